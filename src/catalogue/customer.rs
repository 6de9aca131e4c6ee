//! The `customer` section: its eleven subcategories, one line per parameter.
//!
//! Names, versions and which parameters are required come from the vendor's page "API customer" or, where
//! marked [`Provenance::NewerWiki`](super::Provenance::NewerWiki), from newer pages of the vendor's wiki.
//! Which parameter names the customer, and which field each one sets, follows from the answers of `get_data`.

use super::model::Meaning::{
    Amount, AtLeast, AtMost, BookingNote, Customer, Employee, Equals, Former, Limit, Sets, SkipTriggers,
    Sought, Substring, Typer,
};
use super::model::{Action, Choice, Effect, Identity, Parameter, Section, Subcategory, ValueKind};
use super::version::Version;

/// Everything that the `customer` section offers.
pub static CUSTOMER: Section = Section {
    name: "customer",
    subcategories: &[
        ADD,
        EDIT,
        CHANGE_DATE_CONNECT,
        CHANGE_BALANCE,
        CHANGE_BILLING,
        DELETE,
        GET_DATA,
        GET_CUSTOMERS_ID,
        GET_ABON_ID,
        ABON_HIST,
        GET_ACTIVITY_COUNTER,
    ],
    skip_internal_api: p(
        "skip_internal_api",
        FLAG,
        SkipTriggers,
        "do not fire the server's internal triggers",
    )
    .newer_wiki(),
};

/// The fields that hold a customer's id in the billing: one value, which a search finds under both names.
pub const BILLING_CODES: [&str; 2] = ["codeti", "billing.uuid"];

pub(super) const ADD: Subcategory = Subcategory {
    action: Action::Add,
    name: "add",
    summary: "create a customer",
    effect: Effect::OnceOnly,
    added: None,
    parameters: &[
        p("fio", TEXT, Sets("full_name"), "customer's name").in_practice(),
        p("codeti", TEXT, Sets("codeti"), "customer's id in the billing").identity(Identity::Needed),
        p("is_potential", FLAG, Sets("is_potential"), "potential customer"),
        p("is_corporate", FLAG, Sets("flag_corporate"), "legal entity").since(Version::point(3, 13, 25)),
        p(
            "billing_id",
            ID,
            Sets("billing_id"),
            "billing id; newer servers require it unless is_potential is 1",
        )
        .identity(Identity::Where),
        p(
            "billing_customer_id",
            TEXT,
            Sets("billing.uuid"),
            "customer's id in that billing; newer servers require it unless is_potential is 1",
        )
        .newer_wiki(),
    ],
};

pub(super) const EDIT: Subcategory = Subcategory {
    action: Action::Edit,
    name: "edit",
    summary: "change a customer's fields",
    effect: Effect::Repeatable,
    added: Some(Version::candidate(3, 12, 2)),
    parameters: &[
        p("id", ID, Customer, "customer's id").obligatory().identity(Identity::Needed),
        p("account_number", TEXT, Sets("account_number"), "personal account number"),
        p("agreement_date", DATE, Sets("agreement.0.date"), "agreement date"),
        p("agreement_number", TEXT, Sets("agreement.0.number"), "agreement number"),
        p("apartment_number", TEXT, Sets("address.0.apartment.full_name"), "flat number"),
        p("comment", TEXT, Sets("comment"), "notes"),
        p("date_activity", DATE_TIME, Sets("date_activity"), "last activity in the network"),
        p("date_activity_inet", DATE_TIME, Sets("date_activity_inet"), "last activity on the internet"),
        p("date_connect", DATE, Sets("date_connect"), "connection date"),
        p("email", EMAIL, Sets("email.0.address"), "e-mail address"),
        p("entrance", NUMBER_OR_TEXT, Sets("address.0.entrance"), "entrance"),
        p("flag_corporate", FLAG, Sets("flag_corporate"), "legal entity"),
        p("floor", NUMBER_OR_TEXT, Sets("address.0.floor"), "floor"),
        p("group_id", ID, Sets("group.*.id"), "group id").since(Version::dev(3, 16, 3)),
        p("house_id", ID, Sets("address.0.house_id"), "house id"),
        p("is_potential", FLAG, Sets("is_potential"), "potential customer"),
        p("login", TEXT, Sets("login"), "login"),
        p("manager_id", ID, Sets("manager_id"), "employee id of the manager")
            .since(Version::point(3, 13, 56)),
        p("name", TEXT, Sets("full_name"), "customer's name"),
        p("parent_id", ID, Sets("parent_id"), "parent customer's id"),
        p("phone0", PHONE, Sets("phone.0.number"), "mobile phone"),
        p("phone1", PHONE, Sets("phone.1.number"), "home phone"),
        p("phone2", PHONE, Sets("phone.2.number"), "third phone").newer_wiki(),
        p("phone3", PHONE, Sets("phone.3.number"), "fourth phone").newer_wiki(),
        p("phone4", PHONE, Sets("phone.4.number"), "fifth phone").newer_wiki(),
        p("coordinates", TEXT, Sets("coordinates"), "latitude and longitude, such as 47.839628,35.140553")
            .newer_wiki(),
    ],
};

pub(super) const CHANGE_DATE_CONNECT: Subcategory = Subcategory {
    action: Action::ChangeDateConnect,
    name: "change_date_connect",
    summary: "set a customer's connection date",
    effect: Effect::Repeatable,
    added: Some(Version::point(3, 12, 80)),
    parameters: &[
        p("customer_id", ID, Customer, "customer's id").obligatory().identity(Identity::Needed),
        p("value", DATE, Sets("date_connect"), "connection date").obligatory(),
    ],
};

pub(super) const CHANGE_BALANCE: Subcategory = Subcategory {
    action: Action::ChangeBalance,
    name: "change_balance",
    summary: "book income or expense on a customer's balance",
    effect: Effect::OnceOnly,
    added: None,
    parameters: &[
        p("customer_id", ID, Customer, "customer's id").obligatory().identity(Identity::Needed),
        p("amount", MONEY, Amount, "amount; a negative one takes money off the balance")
            .obligatory()
            .identity(Identity::Needed),
        p("comment", TEXT, BookingNote, "note for the operation").obligatory().identity(Identity::Needed),
        p("employee_id", ID, Employee, "employee id").since(Version::dev(3, 16, 2)),
        p("operator_id", ID, Employee, "operator id")
            .since(Version::point(3, 13, 22))
            .until(Version::dev(3, 16, 2)),
    ],
};

pub(super) const CHANGE_BILLING: Subcategory = Subcategory {
    action: Action::ChangeBilling,
    name: "change_billing",
    summary: "move a customer to another billing",
    effect: Effect::Repeatable,
    added: Some(Version::point(3, 12, 48)),
    parameters: &[
        p("customer_id", ID, Customer, "customer's id").obligatory().identity(Identity::Needed),
        p("billing_id", ID, Sets("billing_id"), "billing id").obligatory(),
        p("billing_user_id", TEXT, Sets("billing.uuid"), "customer's id in that billing")
            .since(Version::point(3, 16, 23)),
    ],
};

pub(super) const DELETE: Subcategory = Subcategory {
    action: Action::Delete,
    name: "delete",
    summary: "remove a customer",
    effect: Effect::Repeatable,
    added: Some(Version::point(3, 14, 21)),
    parameters: &[p("id", ID, Customer, "customer's id").obligatory().identity(Identity::Needed)],
};

const GET_DATA: Subcategory = Subcategory {
    action: Action::Read,
    name: "get_data",
    summary: "read a customer",
    effect: Effect::Reads,
    added: None,
    parameters: &[
        p("customer_id", ID, Customer, "customer's id; newer servers take several, joined by commas")
            .obligatory(),
        p(
            "account_number",
            TEXT,
            Equals("account_number"),
            "account number; with billing_id it takes the place of the id",
        )
        .newer_wiki(),
        p("billing_id", ID, Equals("billing_id"), "id of the billing that the account number belongs to")
            .newer_wiki(),
    ],
};

/// The read of customers as some newer servers have it: with another parameter for who is read.
pub static READ_BY_ID: &Subcategory = &Subcategory {
    parameters: &[p(
        "id",
        ID,
        Customer,
        "customer's id, as some newer servers name it; several joined by commas",
    )
    .obligatory()
    .newer_wiki()],
    ..GET_DATA
};

const GET_CUSTOMERS_ID: Subcategory = Subcategory {
    action: Action::Select,
    name: "get_customers_id",
    summary: "list the ids of customers that meet conditions",
    effect: Effect::Reads,
    added: Some(Version::point(3, 12, 8)),
    parameters: &[
        p("address_unit_id", ID, Equals("address.*.unit_id"), "address unit id")
            .since(Version::point(3, 14, 5)),
        p(
            "appartment",
            TEXT,
            Equals("address.*.apartment.full_name"),
            "flat number (the API's own spelling)",
        ),
        p("balance_from", MONEY, AtLeast("balance"), "lowest balance").since(Version::point(3, 14, 58)),
        p("balance_to", MONEY, AtMost("balance"), "highest balance").since(Version::point(3, 14, 58)),
        p("billing_id", ID, Equals("billing_id"), "billing id"),
        p("date_connect_from", DATE, AtLeast("date_connect"), "earliest connection date")
            .since(Version::point(3, 14, 41)),
        p("date_connect_to", DATE, AtMost("date_connect"), "latest connection date")
            .since(Version::point(3, 14, 41)),
        p(
            "dependence_device_id",
            ID,
            Equals("dependence_device_id"),
            "id of the device the customers depend on",
        )
        .since(Version::point(3, 14, 71)),
        p("house_id", ID, Equals("address.*.house_id"), "house id"),
        p("is_ex", FLAG, Former, "former customers").since(Version::point(3, 15, 26)),
        p("mark_id", ID, Equals("mark.*.id"), "mark id").since(Version::point(3, 13, 35)),
        p("name", TEXT, Equals("full_name"), "customer's name").since(Version::dev(3, 16, 3)),
        p("state_id", ID, Equals("state_id"), "state id").since(Version::point(3, 14, 58)),
        p("tariff_id", ID, Equals("tariff.current.*.id"), "tariff id").since(Version::point(3, 13, 48)),
        p("limit", INTEGER, Limit, "maximum number of ids; not a condition").since(Version::dev(3, 16, 3)),
        p("is_like", FLAG, Substring, "match substrings where possible; not a condition")
            .since(Version::dev(3, 16, 3)),
        p("account_number", TEXT, Equals("account_number"), "personal account number").newer_wiki(),
        p("billing_uuid", TEXT, Equals("billing.uuid"), "customer's id in the billing").newer_wiki(),
        p("is_corporate", FLAG, Equals("flag_corporate"), "legal entities").newer_wiki(),
        p("manager_id", ID, Equals("manager_id"), "employee id of the manager").newer_wiki(),
    ],
};

const GET_ABON_ID: Subcategory = Subcategory {
    action: Action::Find,
    name: "get_abon_id",
    summary: "find a customer by a known value",
    effect: Effect::Reads,
    added: None,
    parameters: &[
        p("data_typer", ValueKind::Choice(DATA_TYPERS), Typer, "what kind of value it is").obligatory(),
        p("data_value", TEXT, Sought, "the value").obligatory(),
        p("is_skip_old", FLAG, Former, "leave out former customers"),
    ],
};

/// The search for one customer as newer servers have it, some of them in place of the older one.
pub static NEWER_FIND: &Subcategory = &Subcategory {
    action: Action::Find,
    name: "get_customer_id",
    summary: "find a customer by a known value, as newer servers have it",
    effect: Effect::Reads,
    added: None,
    parameters: &[
        p("data_typer", ValueKind::Choice(NEWER_DATA_TYPERS), Typer, "what kind of value it is").obligatory(),
        p("data_value", TEXT, Sought, "the value").obligatory(),
        p("is_skip_old", FLAG, Former, "leave out former customers"),
    ],
};

/// A search that no server has: what is answered to it is what a server answers where it does not know a name.
pub static UNKNOWN_FIND: &Subcategory = &Subcategory {
    name: "get_nobody_id",
    summary: "find out how a server answers what it does not know",
    ..*NEWER_FIND
};

const ABON_HIST: Subcategory = Subcategory {
    action: Action::History,
    name: "abon_hist",
    summary: "list a customer's operations",
    effect: Effect::Reads,
    added: None,
    parameters: &[
        p("usercode", ID, Customer, "customer's id, up to 3.16").obligatory().until(Version::dev(3, 17, 1)),
        p("customer_id", ID, Customer, "customer's id, from 3.17").obligatory().since(Version::dev(3, 17, 1)),
    ],
};

const GET_ACTIVITY_COUNTER: Subcategory = Subcategory {
    action: Action::Count,
    name: "get_activity_counter",
    summary: "count active customers",
    effect: Effect::Reads,
    added: Some(Version::point(3, 12, 81)),
    parameters: &[p("type", ValueKind::Choice(COUNTERS), Typer, "what is counted").obligatory()],
};

const DATA_TYPERS: &[Choice] = &[
    c("account", "account_number", TEXT).since(Version::point(3, 14, 34)),
    c("billing_uid", "billing.uuid", TEXT),
    c("codeti", "codeti", TEXT),
    c("dognumber", "agreement.*.number", TEXT),
    c("ip", "ip_mac.*.ip", ValueKind::Ip),
    c("login", "login", TEXT),
    c("mac", "ip_mac.*.mac", ValueKind::Mac),
    c("mail", "email.*.address", EMAIL),
    c("phone", "phone.*.number", PHONE),
];

/// The same kinds, one of them under a newer name.
const NEWER_DATA_TYPERS: &[Choice] = &[
    c("account", "account_number", TEXT),
    c("agreement_number", "agreement.*.number", TEXT),
    c("billing_uid", "billing.uuid", TEXT),
    c("codeti", "codeti", TEXT),
    c("ip", "ip_mac.*.ip", ValueKind::Ip),
    c("login", "login", TEXT),
    c("mac", "ip_mac.*.mac", ValueKind::Mac),
    c("mail", "email.*.address", EMAIL),
    c("phone", "phone.*.number", PHONE),
];

const COUNTERS: &[Choice] = &[
    c("net", "date_activity", DATE_TIME),
    c("internet", "date_activity_inet", DATE_TIME),
    c("personal_area", "date_activity_personal_area", DATE_TIME),
];

const ID: ValueKind = ValueKind::Id;
const FLAG: ValueKind = ValueKind::Flag;
const DATE: ValueKind = ValueKind::Date;
const DATE_TIME: ValueKind = ValueKind::DateTime;
const MONEY: ValueKind = ValueKind::Money;
const EMAIL: ValueKind = ValueKind::Email;
const PHONE: ValueKind = ValueKind::Phone;
const INTEGER: ValueKind = ValueKind::Integer;
const NUMBER_OR_TEXT: ValueKind = ValueKind::NumberOrText;
const TEXT: ValueKind = ValueKind::Text;

const fn p(name: &'static str, kind: ValueKind, meaning: super::Meaning, summary: &'static str) -> Parameter {
    Parameter::new(name, kind, meaning, summary)
}

const fn c(name: &'static str, field: &'static str, kind: ValueKind) -> Choice {
    Choice { name, field, kind, since: None }
}
