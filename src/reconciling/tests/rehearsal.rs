//! The same against the sandbox, in each of its shapes: what it books and makes is found, and no more.

use std::time::Duration;

use jiff::Timestamp;

use super::support::{booking, call, tag};
use crate::catalogue::ApiSelector;
use crate::customers::{CustomerFinder, HistoryReader, balance};
use crate::reconciling::bookings::BookingInDoubt;
use crate::reconciling::evidence::Trace;
use crate::reconciling::time_window::Window;
use crate::reconciling::{CustomerBookings, ExistingCustomer, Proof, ReadBack, Sample, existing};
use crate::recording::Tag;
use crate::sandbox::{Sandbox, Settings};
use crate::sending::{
    ApiKey, Burst, Clock, Http, HttpSettings, Link, LinkSettings, PaceSettings, TokioClock,
};
use crate::validating::{Call, Money};

const KEY: &str = "the-right-key";
const SELECTOR: ApiSelector = ApiSelector::Subcat;

type Way = Link<Http, TokioClock>;

async fn seen(link: &Way, call: &Call, tag: Option<Tag>, sent: Timestamp) -> Trace {
    let customer = call.customer().expect("a customer");
    let history = HistoryReader::default().read(link, SELECTOR, customer).await.expect("a history");
    assert!(history.is_whole);
    let window = Window::new(Some(sent), sent.checked_add(Duration::from_secs(30)).ok());
    let booking = BookingInDoubt { call, tag, window, offset: None, sent: None };
    booking.seen(&history.entries).0
}

async fn rehearse(link: &Way, shape: &str) {
    let sent = Timestamp::try_from(link.clock().wall()).expect("a moment");
    let row = booking("7", "-10.50", "плата \"за\" <март> & апрель/май");
    let send = async |call: &Call| link.read(SELECTOR, call).await.unwrap_or_else(|e| panic!("{shape}: {e}"));
    // Nothing was sent yet.
    assert_eq!(seen(link, &row, Some(tag(11)), sent).await, Trace::Nothing, "{shape}");
    assert_eq!(seen(link, &row, None, sent).await, Trace::Nothing, "{shape}");
    let before = balance(link, SELECTOR, "7").await.expect("a balance");
    send(&tag(11).put_on(&row)).await;
    let after = balance(link, SELECTOR, "7").await.expect("a balance");
    let booked: Money = "-10.50".parse().expect("money");
    assert_eq!(before.plus(booked), Some(after), "{shape}");
    assert_eq!(seen(link, &row, Some(tag(11)), sent).await, Trace::Tag(1), "{shape}");
    assert_eq!(seen(link, &row, Some(tag(12)), sent).await, Trace::Nothing, "{shape}");
    let bookings =
        CustomerBookings { before: Some(before), booked: Some(booked), ..CustomerBookings::default() };
    let sample = Sample { call: row.clone(), tag: Some(tag(11)), id: None, sent: Some(sent), bookings };
    let (finder, histories) = (&CustomerFinder::default(), &HistoryReader::default());
    let proof = ReadBack { link, selector: SELECTOR, histories, finder }.fresh(&sample).await;
    assert!(matches!(proof, Proof::Shown(instrument) if instrument.has_balance), "{shape}: {proof:?}");
    send(&tag(11).put_on(&row)).await;
    assert_eq!(seen(link, &row, Some(tag(11)), sent).await, Trace::Tag(2), "{shape}");
    // Without a tag by likeness alone.
    let plain = booking("8", "1234.5", "it's \"so\"");
    send(&plain).await;
    assert_eq!(seen(link, &plain, None, sent).await, Trace::Likeness, "{shape}");
    assert!(HistoryReader::default().read(link, SELECTOR, "999999").await.is_err(), "{shape}");
    // A customer is there after the `add` and not before.
    let add = call("add", &[("fio", "x"), ("codeti", "k-7")]);
    assert_eq!(
        existing(link, SELECTOR, &CustomerFinder::default(), &add).await,
        Some(ExistingCustomer::No),
        "{shape}"
    );
    let id = send(&add).await.ids.remove(0);
    assert_eq!(
        existing(link, SELECTOR, &CustomerFinder::default(), &add).await,
        Some(ExistingCustomer::Is(id)),
        "{shape}"
    );
    send(&add).await;
    let found = existing(link, SELECTOR, &CustomerFinder::default(), &add).await;
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
        network: Default::default(),
    };
    let pace = PaceSettings { rate: "unlimited".parse().expect("a rate"), burst: Burst::Default };
    let settings = LinkSettings { pace, retries: 0, retry_wait: Duration::ZERO, patience: Duration::ZERO };
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
