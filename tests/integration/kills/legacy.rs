//! A list as a person gets it out of a legacy billing: Windows-1251, Russian headers, several spellings of everything, new
//! customers among those who are there already; and what the server must hold of each row in the end.

use rust_decimal::Decimal;
use serde_json::Value;

use super::dice::Dice;

/// Whose row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    New,
    /// The customer is there before the list is imported, with the same code in the billing.
    There,
    /// The row names the customer.
    Named(u64),
}

/// A row, and what becomes of it.
#[derive(Debug)]
pub(super) struct LegacyRow {
    pub(super) who: Who,
    /// The code in the billing; empty where the row names its customer.
    pub(super) code: String,
    name: String,
    is_corporate: bool,
    phones: Vec<String>,
    /// As the server writes it.
    connected: String,
    pub(super) amount: Decimal,
    login: String,
    agreement: String,
    cells: Vec<String>,
}

/// The steps of `migrate`, in their order.
pub(super) const STEPS: [&str; 4] = ["add", "edit", "change_date_connect", "change_balance"];

impl LegacyRow {
    fn draw(dice: &mut Dice, case: u64, n: usize, there: &mut u64) -> Self {
        let who = match dice.between(1, 10) {
            1..=6 => Who::New,
            kind => {
                *there += 1;
                if kind < 9 { Who::There } else { Who::Named(*there) }
            }
        };
        let is_named = matches!(who, Who::Named(_));
        let code = match who {
            Who::New => format!("к{case}/{n}"),
            // As the sandbox's own customers have it.
            Who::There => format!("{there:06}"),
            Who::Named(_) => String::new(),
        };
        let name = if is_named { String::new() } else { format!("Абонент № {n} «Заря»") };
        let is_corporate = dice.one_in(4);
        let (phones, written) = phones(dice, n);
        let (connected, date) = date(dice);
        let (amount, money) = money(dice);
        let has_more = !is_named || !money.is_empty() && dice.one_in(2);
        let login = if has_more { format!("log{case}-{n}") } else { String::new() };
        let (phones, written) = if has_more { (phones, written) } else { (Vec::new(), String::new()) };
        // A row that names its customer has something to be done.
        let (connected, date) = match is_named && !has_more && money.is_empty() {
            true => ("2019-05-04".to_owned(), "04.05.2019".to_owned()),
            false => (connected, date),
        };
        let agreement = if login.is_empty() { String::new() } else { format!("Д-{n}") };
        let kind = match (login.is_empty(), is_corporate) {
            (true, _) => "",
            (false, true) => "юр",
            (false, false) => "физ",
        };
        let id = if let Who::Named(id) = who { id.to_string() } else { String::new() };
        let cells =
            [code.as_str(), &name, &id, kind, &written, &date, &money, &login, &agreement].map(str::to_owned);
        Self {
            who,
            code,
            name,
            is_corporate,
            phones,
            connected,
            amount,
            login,
            agreement,
            cells: cells.to_vec(),
        }
    }

    /// Which steps it has.
    pub(super) fn steps(&self) -> [bool; 4] {
        [self.who == Who::New, !self.login.is_empty(), !self.connected.is_empty(), !self.amount.is_zero()]
    }

    /// What the customer has that is not in the file.
    pub(super) fn differences(&self, customer: &Value, before: Decimal) -> Vec<String> {
        let mut faults = Vec::new();
        let mut same = |what: &str, expected: &str, found: &Value| {
            let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            if !expected.is_empty() && found != expected {
                faults.push(format!("{what} is {found}, not {expected}"));
            }
        };
        if self.who == Who::New {
            same("name", &self.name, &customer["full_name"]);
        }
        same("codeti", &self.code, &customer["codeti"]);
        same("login", &self.login, &customer["login"]);
        same("agreement", &self.agreement, &customer["agreement"][0]["number"]);
        same("connected", &self.connected, &customer["date_connect"]);
        // What goes with the step that makes the customer is not for one who is there.
        if !self.login.is_empty() && self.who != Who::There {
            same("corporate", if self.is_corporate { "1" } else { "0" }, &customer["flag_corporate"]);
        }
        for (place, phone) in self.phones.iter().enumerate() {
            same("phone", phone, &customer["phone"][place]["number"]);
        }
        let balance: Decimal = customer["balance"].as_str().unwrap_or("?").parse().expect("a balance");
        if balance != before + self.amount {
            faults.push(format!("the balance is {balance}, not {before} and {}", self.amount));
        }
        faults
    }
}

/// The list.
#[derive(Debug)]
pub(super) struct Legacy {
    pub(super) rows: Vec<LegacyRow>,
    /// How many customers are there before.
    pub(super) there: u64,
}

impl Legacy {
    pub(super) fn draw(dice: &mut Dice, case: u64, rows: usize) -> Self {
        let mut there = 0;
        let rows = (1..=rows).map(|n| LegacyRow::draw(dice, case, n, &mut there)).collect();
        Self { rows, there }
    }

    /// The file as the legacy billing has written it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let lines = self.rows.iter().map(|row| row.cells.join(";") + "\r\n");
        let text: String = std::iter::once(format!("{HEADER}\r\n")).chain(lines).collect();
        let (bytes, _, has_lost) = encoding_rs::WINDOWS_1251.encode(&text);
        assert!(!has_lost, "there are characters that Windows-1251 does not have");
        bytes.into_owned()
    }
}

const HEADER: &str = "Код;ФИО;ID;Тип;Телефоны;Подключен;Остаток;Логин;Договор";

/// Which column is what.
pub(super) const MAPPING: &str = r#"
[columns]
"Код" = "codeti"
"ФИО" = "fio"
"ID" = "id"
"Тип" = "is_corporate"
"Телефоны" = ["phone0", "phone1"]
"Подключен" = "change_date_connect.value"
"Остаток" = "amount"
"Логин" = "login"
"Договор" = "agreement_number"

[values."Тип"]
"физ" = "0"
"юр" = "1"
"#;

/// Phones as the server gets them, and as they are written.
fn phones(dice: &mut Dice, n: usize) -> (Vec<String>, String) {
    let (a, b) = (n / 100 % 100, n % 100);
    let own = format!("067111{a:02}{b:02}");
    let (first, written) = match dice.between(1, 4) {
        1 => (own.clone(), format!("067 111-{a:02}-{b:02}")),
        2 => (own.clone(), format!("(067) 111 {a:02} {b:02}")),
        3 => (format!("+38{own}"), format!("+38 (067) 111-{a:02}-{b:02}")),
        _ => return (Vec::new(), String::new()),
    };
    if dice.one_in(3) {
        let second = format!("+38050{n:07}");
        return (vec![first, second.clone()], format!("{written}, {second}"));
    }
    (vec![first], written)
}

/// A date as the server writes it, and as the list has it.
fn date(dice: &mut Dice) -> (String, String) {
    if dice.one_in(4) {
        return (String::new(), String::new());
    }
    let (year, month, day) = (dice.between(2005, 2024), dice.between(1, 12), dice.between(1, 28));
    (format!("{year}-{month:02}-{day:02}"), format!("{day:02}.{month:02}.{year}"))
}

/// An opening balance, and as the list has it.
fn money(dice: &mut Dice) -> (Decimal, String) {
    let (whole, cents) = (dice.between(0, 2500), dice.between(1, 99));
    let grouped =
        if whole >= 1000 { format!("{} {:03}", whole / 1000, whole % 1000) } else { whole.to_string() };
    let amount = Decimal::new((whole * 100 + cents) as i64, 2);
    match dice.between(1, 5) {
        1 => (Decimal::ZERO, String::new()),
        2 => (-amount, format!("-{grouped},{cents:02}")),
        3 => (amount, format!("{whole}.{cents:02}")),
        _ => (amount, format!("{grouped},{cents:02}")),
    }
}
