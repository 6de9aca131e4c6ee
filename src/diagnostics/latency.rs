//! How long a read takes, how far the clocks differ, and what the version says of writes.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::check_result::CheckResult;
use crate::catalogue::{ApiSelector, Version, WRITES_BY_POST};
use crate::sending::{Clock, Link, Measured, Transport};
use crate::validating::{Call, CallError};

/// So many reads are measured.
const READS: usize = 10;

/// Measures reads, one after the other.
pub(super) async fn measure<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
) -> Result<Vec<Measured>, CallError> {
    let probe = Call::probe()?;
    let mut measured = Vec::with_capacity(READS);
    for _ in 0..READS {
        measured.push(link.measure(selector, &probe).await);
    }
    Ok(measured)
}

/// How long the server takes. A refusal is an answer too.
pub(super) fn latency(measured: &[Measured]) -> CheckResult {
    const POINT: &str = "latency";
    let lost = |one: &&Measured| matches!(one.read, Err(crate::sending::Unread::Lost(_)));
    let last = measured.iter().rev().find(lost).and_then(|one| one.read.as_ref().err());
    let mut times: Vec<Duration> = measured.iter().filter(|one| !lost(one)).map(|one| one.elapsed).collect();
    times.sort_unstable();
    let (all, why) = (measured.len(), last.map(ToString::to_string).unwrap_or_default());
    let advice = "Look in the web server's log; imports retry, and take longer";
    let (Some(least), Some(most)) = (times.first(), times.last()) else {
        return CheckResult::problem(POINT, format!("none of {all} reads was answered: {why}"), advice);
    };
    let median = (times[(times.len() - 1) / 2] + times[times.len() / 2]) / 2;
    let ms = |time: &Duration| (time.as_secs_f64() * 10_000.0).round() / 10.0;
    let text =
        format!("fastest {} ms, median {} ms, slowest {} ms", whole(least), whole(&median), whole(most));
    let found = json!({
        "least_ms": ms(least), "median_ms": ms(&median), "most_ms": ms(most),
        "reads": all, "lost": all - times.len(),
    });
    match all - times.len() {
        0 => CheckResult::ok(POINT, format!("{text} ({all} reads, one after the other)")),
        lost => {
            CheckResult::warning(POINT, format!("{text}; {lost} of {all} reads had no answer: {why}"), advice)
        }
    }
    .found(found)
}

/// Milliseconds for people.
fn whole(time: &Duration) -> String {
    match time.as_millis() {
        0 => format!("{:.1}", time.as_secs_f64() * 1000.0),
        ms => ms.to_string(),
    }
}

/// How far the server's clock is from this machine's.
pub(super) fn clock(measured: &[Measured]) -> CheckResult {
    const POINT: &str = "clock";
    /// What no import suffers from.
    const BEARABLE: u64 = 60;
    let differences = measured.iter().filter_map(|one| Some(difference(one.date?, one.wall)));
    // An answer that was long under way makes the difference larger than it is.
    let Some(seconds) = differences.min_by_key(|seconds| seconds.unsigned_abs()) else {
        return CheckResult::ok(POINT, "not known: the server's answers contain no date");
    };
    let text = match seconds {
        0 => "the same as this machine's".to_owned(),
        1.. => format!("the server's is {seconds} s ahead of this machine's"),
        _ => format!("the server's is {} s behind this machine's", seconds.unsigned_abs()),
    };
    if seconds.unsigned_abs() <= BEARABLE {
        return CheckResult::ok(POINT, text).found(json!({ "seconds": seconds }));
    }
    let advice = "Set both clocks (NTP): the times in results and messages are this machine's, and anyone who compares them with those in UserSide looks at the wrong entries";
    CheckResult::warning(POINT, text, advice).found(json!({ "seconds": seconds }))
}

/// Whole seconds, as a date has no more; positive where the server is ahead.
fn difference(server: SystemTime, here: SystemTime) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match server.duration_since(here) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    }
}

/// Whether writes must be sent by POST: the version says it, and nothing is written to find out.
pub(super) fn writes(server: Option<Version>) -> CheckResult {
    const POINT: &str = "writes";
    let always = "this program always uses POST";
    match server {
        None => CheckResult::ok(POINT, format!("not known without --server-version; {always}")),
        Some(version) => {
            let must = version >= WRITES_BY_POST;
            let how = if must { "must be sent by POST" } else { "may be sent by GET or POST" };
            let text = format!("{how} to UserSide {version}; {always}");
            CheckResult::ok(POINT, text).found(json!({ "post_only": must }))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::super::check_result::Severity;
    use super::{clock, latency, writes};
    use crate::sending::{FailureCode, Measured, Problem, Unread};

    const NOON: SystemTime = SystemTime::UNIX_EPOCH;

    fn took(ms: u64) -> Measured {
        let elapsed = Duration::from_millis(ms);
        let wall = NOON + Duration::from_secs(1_000_000);
        Measured { read: Ok(()), elapsed, date: None, wall }
    }

    fn lost(ms: u64) -> Measured {
        let problem = Problem { code: FailureCode::Timeout, text: "no answer".to_owned() };
        Measured { read: Err(Unread::Lost(problem)), ..took(ms) }
    }

    #[test]
    fn what_has_no_answer_has_no_time() {
        let point = latency(&[took(30), took(10), lost(900), took(20), took(45)]);
        assert_eq!(point.status, Severity::Warning);
        assert_eq!(
            point.text,
            "fastest 10 ms, median 25 ms, slowest 45 ms; 1 of 5 reads had no answer: no answer"
        );
        assert_eq!(point.found["median_ms"], 25.0);
        let point = latency(&[took(30), took(10), took(20)]);
        assert_eq!((point.status, point.found["lost"].clone()), (Severity::Ok, 0.into()));
        assert!(point.text.starts_with("fastest 10 ms, median 20 ms, slowest 30 ms"), "{}", point.text);
        assert!(latency(&[lost(1), lost(2)]).is_problem());
        assert!(latency(&[]).is_problem());
    }

    #[test]
    fn a_minute_is_borne() {
        let away = |seconds: i64| {
            let here = took(1);
            let by = Duration::from_secs(seconds.unsigned_abs());
            let date = if seconds < 0 { here.wall - by } else { here.wall + by };
            clock(&[Measured { date: Some(date), ..here }])
        };
        for (seconds, status, text) in [
            (0, Severity::Ok, "the same as this machine's"),
            (60, Severity::Ok, "the server's is 60 s ahead of this machine's"),
            (-60, Severity::Ok, "the server's is 60 s behind this machine's"),
            (61, Severity::Warning, "the server's is 61 s ahead of this machine's"),
            (-3600, Severity::Warning, "the server's is 3600 s behind this machine's"),
        ] {
            let point = away(seconds);
            assert_eq!((point.status, point.text.as_str()), (status, text), "{seconds}");
            assert_eq!(point.found["seconds"], seconds);
        }
        assert!(away(61).advice.is_some_and(|advice| advice.contains("both clocks")));
        assert_eq!((clock(&[took(1)]).status, clock(&[]).found.is_null()), (Severity::Ok, true));
    }

    #[test]
    fn the_version_says_whether_writes_must_be_posted() {
        let must =
            |version: &str| writes(Some(version.parse().expect("a version"))).found["post_only"].clone();
        assert_eq!(
            [must("3.20.9"), must("3.21dev1"), must("3.21"), must("3.22")],
            [false, false, true, true]
        );
        assert!(writes(None).text.starts_with("not known") && writes(None).found.is_null());
    }
}
