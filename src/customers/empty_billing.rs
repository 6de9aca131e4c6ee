//! Whether anybody is in a billing at all. Where the server says that nobody is, and was seen to select customers by their
//! billing, none of the customers who are added there has to be looked for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use super::answer::{SingleAnswer, one};
use super::control::value_at;
use super::fetch::Fetcher;
use super::fields::{KeptFields, tidy};
use super::refusal::{RefusalMeaning, refusal_meaning};
use crate::catalogue::{ApiSelector, BILLING, BILLING_CODES, BILLING_ID, Meaning, Parameter, Version};
use crate::sending::{Clock, Link, Transport, Unread};
use crate::validating::Call;

/// So many billings of a file are asked about; in the others customers are looked for one by one.
const BILLINGS: usize = 64;
/// A list of a round number of customers may have been cut off.
const ROUND: usize = 50;
/// So many customers who are not the run's own are looked at; where more are in a billing, each row is searched for.
const OTHERS: usize = 200;
/// So many customers are looked at to find one of whom the server says in which billing they are.
const SAMPLE: u64 = 20;

/// What a search for anybody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anybody {
    Somebody,
    Nobody,
    /// An error without a reason: nobody, where others are found.
    Silence,
    NotKnown,
}

/// Whether the server selects customers by their billing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Selects {
    /// It has shown that; a customer of each of these billings was seen.
    Shown(BTreeSet<String>),
    /// There is nobody on it by whom to see it.
    Empty,
    NotShown,
}

/// Where a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    There,
    Elsewhere,
    NotKnown,
}

/// The billings in which nobody was before the run's own customers.
#[derive(Debug, Default)]
pub struct EmptyBillings {
    server: Option<Version>,
    /// Whether nobody is in them now.
    asked: RefCell<BTreeMap<String, Rc<OnceCell<bool>>>>,
    selects: OnceCell<Selects>,
    /// In which nobody was when the run began.
    begun: RefCell<BTreeSet<String>>,
    /// Of those: who is in them now beside the run's own customers, by their codes.
    others: RefCell<BTreeMap<String, HashSet<String>>>,
}

impl EmptyBillings {
    /// `begun`: those of which earlier sessions know, as [`Self::begun`] has written them.
    pub fn new(server: Option<Version>, begun: Option<&str>) -> Self {
        let begun = begun.unwrap_or_default().split(',').filter(|id| !id.is_empty()).map(str::to_owned);
        Self { server, begun: RefCell::new(begun.collect()), ..Self::default() }
    }

    /// Those in which nobody was when the run began, for a later session.
    pub fn begun(&self) -> String {
        self.begun.borrow().iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }

    /// Whether nobody was there when the run began, in the billing of the customer whom this call creates.
    pub fn began_empty(&self, add: &Call) -> bool {
        add.billing_of_new().is_some_and(|billing| self.begun.borrow().contains(billing))
    }

    /// Whether nobody is in the billing of the customer whom this call creates. Each billing is asked about once.
    pub async fn is_empty<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        add: &Call,
    ) -> bool {
        let Some(billing) = add.billing_of_new() else { return false };
        let asked = {
            let mut asked = self.asked.borrow_mut();
            match asked.get(billing) {
                Some(known) => Rc::clone(known),
                None if asked.len() >= BILLINGS => return false,
                None => Rc::clone(asked.entry(billing.to_owned()).or_default()),
            }
        };
        let is_empty = *asked.get_or_init(|| self.ask(link, selector, billing)).await;
        if is_empty {
            self.begun.borrow_mut().insert(billing.to_owned());
        }
        is_empty
    }

    /// The billings in which nobody was when the run began.
    pub fn all_begun(&self) -> Vec<String> {
        self.begun.borrow().iter().cloned().collect()
    }

    /// Whether everybody is known who is in the billing of the customer whom this call creates, and the customer is not
    /// among them.
    pub fn is_known_missing(&self, add: &Call) -> bool {
        let others = self.others.borrow();
        let others = add.billing_of_new().and_then(|billing| others.get(billing));
        others.zip(code_of(add)).is_some_and(|(others, code)| !others.contains(&folded(code)))
    }

    /// Finds out who is in a billing that was empty, beside these customers of the run's own; they are sorted. Nothing is
    /// known where the server does not list all of those.
    pub async fn list_others<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        billing: &str,
        own: &[u64],
    ) {
        let inside = (Meaning::Equals(BILLING_ID), billing);
        let mut listed = Vec::new();
        for conditions in [&[inside][..], &[inside, (Meaning::Former, "1")]] {
            let Some(search) = Call::select(conditions, None, self.server) else { return };
            match link.read_ids(selector, &search).await {
                Ok(ids) if !ids.is_empty() && ids.len() % ROUND == 0 => return,
                Ok(ids) => listed.extend(ids),
                Err(Unread::Refused(problem)) if refusal_meaning(&problem) == RefusalMeaning::Nothing => {}
                Err(_) => return,
            }
        }
        listed.sort_unstable();
        listed.dedup();
        let others: Vec<u64> = listed.iter().copied().filter(|id| own.binary_search(id).is_err()).collect();
        if listed.len() - others.len() != own.len() || others.len() > OTHERS {
            return;
        }
        if let Some(codes) = codes_of(link, selector, others).await {
            self.others.borrow_mut().insert(billing.to_owned(), codes);
        }
    }

    async fn ask<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        billing: &str,
    ) -> bool {
        let inside = (Meaning::Equals(BILLING_ID), billing);
        let mut is_silent = false;
        // A list may leave former customers out, and a search for one of them finds them.
        for conditions in [&[inside][..], &[inside, (Meaning::Former, "1")]] {
            match self.anybody(link, selector, conditions).await {
                Anybody::Somebody | Anybody::NotKnown => return false,
                Anybody::Silence => is_silent = true,
                Anybody::Nobody => {}
            }
        }
        match self.selects.get_or_init(|| self.control(link, selector)).await {
            Selects::Shown(seen) => !seen.contains(billing),
            Selects::Empty => !is_silent,
            Selects::NotShown => false,
        }
    }

    async fn anybody<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        conditions: &[(Meaning, &str)],
    ) -> Anybody {
        let Some(search) = Call::select(conditions, Some(1), self.server) else { return Anybody::NotKnown };
        match link.read_ids(selector, &search).await {
            Ok(ids) if ids.is_empty() => Anybody::Nobody,
            Ok(_) => Anybody::Somebody,
            Err(Unread::Refused(problem)) => match refusal_meaning(&problem) {
                RefusalMeaning::Nothing => Anybody::Nobody,
                RefusalMeaning::Silent => Anybody::Silence,
                RefusalMeaning::Other => Anybody::NotKnown,
            },
            Err(Unread::KeyRefused(_) | Unread::Lost(_)) => Anybody::NotKnown,
        }
    }

    /// The control: somebody of whom the server says in which billing they are, and whom it selects by that.
    async fn control<T: Transport, C: Clock>(&self, link: &Link<T, C>, selector: ApiSelector) -> Selects {
        let Some(search) = Call::select(&[(Meaning::Former, "0")], Some(SAMPLE), self.server) else {
            return Selects::NotShown;
        };
        let ids = match link.read_ids(selector, &search).await {
            Ok(ids) if ids.is_empty() => return self.empty(link, selector).await,
            Ok(ids) => ids,
            Err(Unread::Refused(problem)) if refusal_meaning(&problem) == RefusalMeaning::Nothing => {
                return self.empty(link, selector).await;
            }
            Err(_) => return Selects::NotShown,
        };
        let ids: Vec<u64> = ids.into_iter().take(SAMPLE.try_into().unwrap_or(1)).collect();
        let mut seen = BTreeMap::new();
        for customer in billings_of(link, selector, &ids).await {
            seen.entry(customer.billing).or_insert(customer.is_certain);
        }
        for (billing, is_certain) in &seen {
            // What stands for a billing may be the customer's own number there, which nobody else has.
            let enough = if *is_certain { 1 } else { 2 };
            let inside = [(Meaning::Equals(BILLING_ID), billing.as_str())];
            let Some(search) = Call::select(&inside, Some(enough), self.server) else { continue };
            let found = link.read_ids(selector, &search).await.unwrap_or_default();
            if found.len() as u64 >= enough {
                return Selects::Shown(seen.into_keys().collect());
            }
        }
        Selects::NotShown
    }

    /// What a server shows that lists nobody: a server without customers counts none either.
    async fn empty<T: Transport, C: Clock>(&self, link: &Link<T, C>, selector: ApiSelector) -> Selects {
        let Ok(count) = Call::probe() else { return Selects::NotShown };
        match link.read(selector, &count).await {
            Ok(answer) if answer.data.as_ref().and_then(Value::as_u64).is_some_and(|count| count > 0) => {
                Selects::NotShown
            }
            // Older servers do not count.
            Ok(_) | Err(Unread::Refused(_)) => Selects::Empty,
            Err(_) => Selects::NotShown,
        }
    }

    /// Whether a customer who is found now is in the billing of the customer whom this call creates.
    pub async fn whereabouts<T: Transport, C: Clock>(
        &self,
        link: &Link<T, C>,
        selector: ApiSelector,
        add: &Call,
        id: &str,
    ) -> Whereabouts {
        let (Some(billing), Ok(id)) = (add.billing_of_new(), id.parse()) else {
            return Whereabouts::NotKnown;
        };
        let Ok(read) = Call::read_customers(&[id]) else { return Whereabouts::NotKnown };
        let Ok(answer) = link.read(selector, &read).await else { return Whereabouts::NotKnown };
        if let SingleAnswer::Customer(fields) = one(answer.data, id)
            && let Some(told) = value_at(&tidy(id, fields, &KeptFields::All), BILLING)
        {
            return if told == billing { Whereabouts::There } else { Whereabouts::Elsewhere };
        }
        // As it was asked before the run, when nobody was there.
        let Some(select) = Call::select(&[(Meaning::Equals(BILLING_ID), billing)], None, self.server) else {
            return Whereabouts::NotKnown;
        };
        match link.read_ids(selector, &select).await {
            Ok(ids) if ids.contains(&id) => Whereabouts::There,
            _ => Whereabouts::NotKnown,
        }
    }
}

/// The billing of a customer.
struct InBilling {
    billing: String,
    /// Whether the field holds nothing else on any server.
    is_certain: bool,
}

/// The billings of those of these customers of whom the server tells them.
async fn billings_of<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    ids: &[u64],
) -> Vec<InBilling> {
    let names = [BILLING.split('.').next().unwrap_or_default(), BILLING_ID];
    let keep = KeptFields::Only(names.into_iter().map(str::to_owned).collect());
    let fetcher = Fetcher::new(link, selector, keep);
    let Ok(trial) = fetcher.try_batches(ids).await else { return Vec::new() };
    let mut customers = trial.fetched;
    let told = |customers: &[super::fetch::FetchedCustomer]| -> Vec<InBilling> {
        customers.iter().filter_map(|customer| billing_in(customer.customer.as_ref().ok()?)).collect()
    };
    let known = told(&customers);
    if !known.is_empty() {
        return known;
    }
    /// Where each takes a request of its own.
    const FEW: usize = 3;
    let most = if trial.taken { ids.len() } else { FEW };
    let rest: Vec<u64> = ids.iter().copied().take(most).collect();
    for group in if trial.taken { vec![rest] } else { rest.into_iter().map(|id| vec![id]).collect() } {
        if let Ok(read) = fetcher.read(group).await {
            customers.extend(read);
        }
    }
    told(&customers)
}

/// What these customers are searched for by in their billing; none unless it is known of each.
async fn codes_of<T: Transport, C: Clock>(
    link: &Link<T, C>,
    selector: ApiSelector,
    ids: Vec<u64>,
) -> Option<HashSet<String>> {
    let names = BILLING_CODES.iter().filter_map(|path| path.split('.').next());
    let fetcher = Fetcher::new(link, selector, KeptFields::Only(names.map(str::to_owned).collect()));
    let mut codes = HashSet::new();
    let mut rest = ids.into_iter();
    while let Some(group) = fetcher.next_group(&mut rest) {
        for fetched in fetcher.read(group).await.ok()? {
            let fields: Map<String, Value> = serde_json::from_str(&fetched.customer.ok()?).ok()?;
            let before = codes.len();
            codes.extend(
                BILLING_CODES.iter().filter_map(|path| value_at(&fields, path)).map(|code| folded(&code)),
            );
            (codes.len() > before).then_some(())?;
        }
    }
    Some(codes)
}

/// What the customer is searched for by in the billing, whom this call creates.
fn code_of(add: &Call) -> Option<&str> {
    let is_code = |parameter: &Parameter| matches!(parameter.meaning, Meaning::Sets(path) if BILLING_CODES.contains(&path));
    let code = add.parameters().find(|(parameter, value)| is_code(parameter) && !value.is_empty());
    code.map(|(_, value)| value)
}

/// Searches may pass over the case of letters.
fn folded(code: &str) -> String {
    code.trim().to_lowercase()
}

fn billing_in(customer: &str) -> Option<InBilling> {
    let fields: Map<String, Value> = serde_json::from_str(customer).ok()?;
    let certain = value_at(&fields, BILLING);
    let is_certain = certain.is_some();
    Some(InBilling { billing: certain.or_else(|| value_at(&fields, BILLING_ID))?, is_certain })
}
