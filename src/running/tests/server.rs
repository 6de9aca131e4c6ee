//! A UserSide server that is played in the same thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use bytes::Bytes;

use crate::sending::{Lost, LostKind, Response, Transport};

/// The fields of a request.
pub(super) type Fields = HashMap<String, String>;
/// What is answered; nothing leaves it to the server's own manners.
pub(super) type Answer = Option<Result<Response, Lost>>;
/// What may come between a request and its answer: the place of the request, its kind, its fields.
pub(super) type Script = dyn Fn(usize, &str, &Fields) -> Answer;

/// A server with customers who can be booked on.
#[derive(Clone)]
pub(super) struct Played(Rc<Inner>);

struct Inner {
    requests: RefCell<Vec<String>>,
    bookings: RefCell<Vec<Fields>>,
    /// The codes of the customers who were added.
    added: RefCell<Vec<String>>,
    script: RefCell<Box<Script>>,
}

impl Played {
    pub(super) fn new(script: impl Fn(usize, &str, &Fields) -> Answer + 'static) -> Self {
        Self(Rc::new(Inner {
            requests: RefCell::default(),
            bookings: RefCell::default(),
            added: RefCell::default(),
            script: RefCell::new(Box::new(script)),
        }))
    }

    /// From now on it does what a server does.
    pub(super) fn behaves(&self) {
        self.does(|_, _, _| None);
    }

    /// From now on it does this.
    pub(super) fn does(&self, script: impl Fn(usize, &str, &Fields) -> Answer + 'static) {
        *self.0.script.borrow_mut() = Box::new(script);
    }

    /// The kinds of the requests, in order.
    pub(super) fn requests(&self) -> Vec<String> {
        self.0.requests.borrow().clone()
    }

    /// The customers who were booked on, in order.
    pub(super) fn booked(&self) -> Vec<String> {
        self.0.bookings.borrow().iter().map(|fields| fields["customer_id"].clone()).collect()
    }

    /// Books what a request asks for, although nobody hears of it.
    pub(super) fn books(&self, fields: &Fields) {
        self.0.bookings.borrow_mut().push(fields.clone());
    }

    fn answer(&self, kind: &str, fields: &Fields) -> Response {
        match kind {
            "get_activity_counter" => says(r#"{"Result":"OK","Data":"12"}"#),
            "get_abon_id" => {
                let added = self.0.added.borrow();
                match added.iter().position(|code| *code == fields["data_value"]) {
                    Some(place) => says(&format!(r#"{{"Result":"OK","Id":"{}"}}"#, 1001 + place)),
                    None => says(r#"{"Result":"ERROR","ErrorText":"not found"}"#),
                }
            }
            "change_balance" => {
                self.books(fields);
                says(r#"{"Result":"OK"}"#)
            }
            "get_customer_id" | "get_nobody_id" => {
                says(r#"{"Result":"ERROR","ErrorText":"unknown subcategory"}"#)
            }
            "add" => {
                self.0.added.borrow_mut().push(fields["codeti"].clone());
                says(&format!(r#"{{"Result":"OK","Id":"{}"}}"#, 1000 + self.0.added.borrow().len()))
            }
            "get_data" => {
                let ids = &fields["customer_id"];
                let customer = |id: &str| {
                    let bookings = self.0.bookings.borrow();
                    let own = bookings.iter().filter(|booking| booking["customer_id"] == id);
                    let sum: f64 = own.filter_map(|booking| booking["amount"].parse::<f64>().ok()).sum();
                    format!(r#"{{"id":"{id}","balance":"{sum:.2}"}}"#)
                };
                let data = if ids.contains(',') {
                    let each = ids.split(',').map(|id| format!(r#""{id}":{}"#, customer(id)));
                    format!("{{{}}}", each.collect::<Vec<_>>().join(","))
                } else {
                    customer(ids)
                };
                says(&format!(r#"{{"Result":"OK","Data":{data}}}"#))
            }
            "abon_hist" => {
                let customer = fields.get("customer_id").or(fields.get("usercode"));
                let entries: Vec<String> = self
                    .0
                    .bookings
                    .borrow()
                    .iter()
                    .filter(|booking| booking.get("customer_id") == customer)
                    .map(|booking| {
                        let (amount, comment) = (&booking["amount"], &booking["comment"]);
                        format!(
                            r#"{{"Typer":"1","DateDo":"2026-11-23 18:30:01","Amount":"{amount}","Comment":"{comment}"}}"#
                        )
                    })
                    .collect();
                says(&format!(r#"{{"Result":"OK","Data":[{}]}}"#, entries.join(",")))
            }
            // Nobody whom the search for one customer could be tried with.
            "get_customers_id" => says(r#"{"Result":"OK","Data":[]}"#),
            other => panic!("nobody plays {other}"),
        }
    }
}

impl Transport for Played {
    async fn post(&self, body: Bytes) -> Result<Response, Lost> {
        let fields: Fields = form_urlencoded::parse(&body).into_owned().collect();
        let kind = fields.get("subcat").or(fields.get("action")).cloned().unwrap_or_default();
        let place = self.0.requests.borrow().len();
        self.0.requests.borrow_mut().push(kind.clone());
        let told = (self.0.script.borrow())(place, &kind, &fields);
        // Others may go on meanwhile, as with a real server.
        tokio::task::yield_now().await;
        told.unwrap_or_else(|| Ok(self.answer(&kind, &fields)))
    }
}

pub(super) fn says(body: &str) -> Response {
    Response { status: 200, body: body.as_bytes().to_vec(), ..Response::default() }
}

/// 403 with the API's own word for a wrong key.
pub(super) fn wrong_key() -> Answer {
    let body = br#"{"Result":"ERROR","ErrorText":"wrong key"}"#.to_vec();
    Some(Ok(Response { status: 403, body, ..Response::default() }))
}

/// The request may have arrived, and no answer came.
pub(super) fn lost() -> Answer {
    Some(Err(Lost { kind: LostKind::TimedOut, text: "no answer in time".to_owned() }))
}
