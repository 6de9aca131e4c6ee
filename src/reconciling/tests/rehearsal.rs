//! The same against the sandbox, in each of its shapes: what it books and makes is found, and no more.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::support::{booking, call, run};
use crate::catalogue::ApiSelector;
use crate::customers::{balance, read_history};
use crate::reading::RowNumber;
use crate::reconciling::bookings::BookingInDoubt;
use crate::reconciling::verdict::Verdict;
use crate::reconciling::{Control, ExistingCustomer, SameBookings, Sample, Window, existing, shows_bookings};
use crate::recording::Tag;
use crate::sandbox::{Sandbox, Settings};
use crate::sending::{
    ApiKey, Burst, Clock, Http, HttpSettings, Link, LinkSettings, PaceSettings, TokioClock,
};
use crate::validating::{Call, Money};

const KEY: &str = "the-right-key";
const SELECTOR: ApiSelector = ApiSelector::Subcat;

type Way = Link<Http, TokioClock>;

async fn verdict(link: &Way, call: &Call, tag: Option<Tag>, sent: Timestamp) -> Verdict {
    let customer = call.customer().expect("a customer");
    let history = read_history(link, SELECTOR, None, customer).await;
    let window = Window::new(Some(sent), sent.checked_add(Duration::from_secs(30)).ok());
    let zone = TimeZone::UTC;
    BookingInDoubt { call, tag, window, same: SameBookings::default(), sent: Some(sent), zone: &zone }
        .verdict(&history, Verdict::NotApplied)
}

async fn rehearse(link: &Way, shape: &str) {
    let sent = Timestamp::try_from(link.clock().wall()).expect("a moment");
    let row = booking("7", "-10.50", "плата \"за\" <март> & апрель/май");
    let tag = |row| Tag::RunAndRow(run(), RowNumber(row));
    let send = async |call: &Call| link.read(SELECTOR, call).await.unwrap_or_else(|e| panic!("{shape}: {e}"));
    // Nothing was sent yet.
    assert_eq!(verdict(link, &row, Some(tag(11)), sent).await, Verdict::NotApplied, "{shape}");
    assert_eq!(verdict(link, &row, None, sent).await, Verdict::NotApplied, "{shape}");
    let before = balance(link, SELECTOR, "7").await.expect("a balance");
    send(&tag(11).put_on(&row)).await;
    let after = balance(link, SELECTOR, "7").await.expect("a balance");
    let booked: Money = "-10.50".parse().expect("money");
    assert_eq!(before.plus(booked), Some(after), "{shape}");
    let applied = |times| Verdict::Applied { id: None, times };
    assert_eq!(verdict(link, &row, Some(tag(11)), sent).await, applied(1), "{shape}");
    assert_eq!(verdict(link, &row, Some(tag(12)), sent).await, Verdict::NotApplied, "{shape}");
    let samples = [Sample { call: row.clone(), tag: Some(tag(11)) }];
    assert_eq!(shows_bookings(link, SELECTOR, None, &samples).await, Control::Shows, "{shape}");
    send(&tag(11).put_on(&row)).await;
    assert_eq!(verdict(link, &row, Some(tag(11)), sent).await, applied(2), "{shape}");
    // Without a tag by likeness alone.
    let plain = booking("8", "1234.5", "it's \"so\"");
    send(&plain).await;
    assert_eq!(verdict(link, &plain, None, sent).await, applied(1), "{shape}");
    let nobody = booking("999999", "1", "x");
    assert!(matches!(verdict(link, &nobody, None, sent).await, Verdict::Undecided(_)), "{shape}");
    // A customer is there behind the `add` and not before.
    let add = call("add", &[("fio", "x"), ("codeti", "k-7")]);
    assert_eq!(existing(link, SELECTOR, &add).await, Some(ExistingCustomer::No), "{shape}");
    let id = send(&add).await.ids.remove(0);
    assert_eq!(existing(link, SELECTOR, &add).await, Some(ExistingCustomer::Is(id)), "{shape}");
    send(&add).await;
    let found = existing(link, SELECTOR, &add).await;
    assert!(matches!(found, Some(ExistingCustomer::Several(ids)) if ids.len() == 2), "{shape}");
}

async fn in_shape(shape: &str) {
    let mut settings = Settings::new(([127, 0, 0, 1], 0).into(), KEY.to_owned().into());
    settings.customers = 30;
    settings.shape = shape.parse().expect("a shape");
    let sandbox = Sandbox::bind(settings).await.expect("it listens");
    let http = HttpSettings {
        url: format!("http://{}/api.php", sandbox.address()).parse().expect("an address"),
        timeout: Duration::from_secs(10),
        connect_timeout: Duration::from_secs(5),
        connections: 1,
        is_loopback: true,
    };
    let pace = PaceSettings { rate: "unlimited".parse().expect("a rate"), burst: Burst::Default };
    let settings = LinkSettings { pace, retries: 0, retry_wait: Duration::ZERO };
    let http = Http::new(http).expect("a client");
    let link = Link::new(http, TokioClock::start(), ApiKey::new(KEY).expect("a key"), settings);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serve = sandbox.serve(async {
        let _ = stopped.await;
    });
    let rehearsal = async {
        rehearse(&link, shape).await;
        drop((link, stop));
    };
    let (served, ()) = tokio::join!(serve, rehearsal);
    served.expect("it serves");
}

#[tokio::test]
async fn what_the_sandbox_did_is_found_in_every_shape() {
    for shape in ["classic", "modern", "mixed", "mixed,bom,warning"] {
        in_shape(shape).await;
    }
}
