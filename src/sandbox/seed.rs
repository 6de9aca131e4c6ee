//! Invented customers: the same ones for the same seed. `invented.json` is their template: `{word}` is filled
//! in here, and `#` turns the text into a number. `blank.json` is a new customer.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::chance::Draw;
use super::paths;

const BLANK: &str = include_str!("blank.json");
const INVENTED: &str = include_str!("invented.json");

/// The field of a customer that lists the telephones.
const PHONES: &str = "phone";

const SURNAMES: [&str; 12] = [
    "Иванов",
    "Петров",
    "Сидоров",
    "Кузнецов",
    "Смирнов",
    "Попов",
    "Соколов",
    "Лебедев",
    "Козлов",
    "Новиков",
    "Морозов",
    "Волков",
];
const MEN: [&str; 6] = ["Иван", "Пётр", "Алексей", "Сергей", "Дмитрий", "Николай"];
const WOMEN: [&str; 6] = ["Анна", "Мария", "Ольга", "Елена", "Наталья", "Ирина"];
/// Without the ending, which differs for men and women.
const FATHERS: [&str; 6] = ["Иванов", "Петров", "Алексеев", "Сергеев", "Николаев", "Александров"];
const FIRMS: [&str; 4] = ["ООО \"Ромашка\"", "ТОВ \"Зв'язок & Ко\"", "АО \"Вектор-М\"", "ИП Громова О.В."];
const NOTES: [&str; 4] = ["", "", "звонить после 18:00", "ключи у соседей; подъезд 2/3"];

/// A new customer.
pub(super) fn blank() -> Result<Value, serde_json::Error> {
    serde_json::from_str(BLANK)
}

/// This many customers; the first has the id 1.
pub(super) fn invented(seed: u64, customers: u32) -> Result<Vec<Value>, serde_json::Error> {
    let template: Value = serde_json::from_str(INVENTED)?;
    Ok((1..=u64::from(customers)).map(|id| person(&template, id, Draw::new(seed, id, 0))).collect())
}

fn person(template: &Value, id: u64, draw: Draw) -> Value {
    let mut customer = fill(template, &|word| invent(word, id, draw).unwrap_or_default());
    // Many customers have one telephone number, or none.
    match draw.below(40, 6) {
        0 => paths::set(&mut customer, PHONES, Value::Array(Vec::new())),
        1 | 2 => {
            if let Some(Value::Array(phones)) = customer.get_mut(PHONES) {
                phones.truncate(1);
            }
        }
        _ => {}
    }
    customer
}

/// The value of a word of the template.
fn invent(word: &str, id: u64, draw: Draw) -> Option<String> {
    let between = |purpose, first: u64, last: u64| first + draw.below(purpose, last - first + 1);
    let date = |purpose, first, last| {
        let (year, month) = (between(purpose, first, last), between(purpose + 100, 1, 12));
        (year, month, between(purpose + 200, 1, 28))
    };
    let is_firm = draw.one_in(1, 12);
    Some(match word {
        "number" => format!("{id:06}"),
        "who" if is_firm => draw.choose(2, &FIRMS, "").to_owned(),
        "who" => name(draw),
        "corporate" => u8::from(is_firm).to_string(),
        "former" => u8::from(draw.one_in(3, 15)).to_string(),
        // In cents: a binary float never holds money.
        "balance" => Decimal::new(i64::try_from(draw.below(4, 200_000)).ok()? - 50_000, 2).to_string(),
        "note" => draw.choose(5, &NOTES, "").to_owned(),
        // Stopped, paused, active.
        "state" => (between(6, 1, 3) % 3).to_string(),
        "billing" => between(7, 1, 2).to_string(),
        // 0 is nobody.
        "manager" => between(8, 0, 5).to_string(),
        "device" => between(9, 100, 130).to_string(),
        "connected" => iso(date(10, 2012, 2023)),
        "active" => iso(date(11, 2024, 2025)),
        "signed" => {
            let (year, month, day) = date(10, 2012, 2023);
            format!("{day:02}.{month:02}.{year}")
        }
        // Numbers in these ranges are assigned to nobody.
        "mobile" => format!("7900{id:07}"),
        "landline" => format!("7495{id:07}"),
        "unit" => between(12, 1, 20).to_string(),
        "house" => between(13, 1, 200).to_string(),
        "flat" => between(14, 1, 180).to_string(),
        "stair" => between(15, 1, 6).to_string(),
        "storey" => between(16, 1, 16).to_string(),
        "group" => between(17, 50, 55).to_string(),
        "tariff" => between(18, 1, 8).to_string(),
        "mark" => between(19, 1, 9).to_string(),
        "network" => (u64::from(u32::from_be_bytes([10, 0, 0, 0])) + id % (1 << 24)).to_string(),
        "hardware" => format!("02{id:010x}"),
        "up" => draw.below(20, 1 << 34).to_string(),
        "down" => draw.below(21, 1 << 38).to_string(),
        "cost" => format!("{}.00", between(22, 3, 12) * 50),
        _ => return None,
    })
}

fn iso((year, month, day): (u64, u64, u64)) -> String {
    format!("{year}-{month:02}-{day:02}")
}

fn name(draw: Draw) -> String {
    let (surname, father) = (draw.choose(30, &SURNAMES, ""), draw.choose(31, &FATHERS, ""));
    if draw.one_in(32, 2) {
        format!("{surname}а {} {father}на", draw.choose(33, &WOMEN, ""))
    } else {
        format!("{surname} {} {father}ич", draw.choose(33, &MEN, ""))
    }
}

fn fill(template: &Value, invent: &impl Fn(&str) -> String) -> Value {
    match template {
        Value::String(text) => match text.strip_prefix('#') {
            Some(number) => {
                let number = fill_text(number, invent);
                number.parse::<u64>().map_or_else(|_| Value::String(number), Value::from)
            }
            None => Value::String(fill_text(text, invent)),
        },
        Value::Array(list) => list.iter().map(|element| fill(element, invent)).collect(),
        Value::Object(fields) => {
            let filled: Map<String, Value> =
                fields.iter().map(|(name, value)| (fill_text(name, invent), fill(value, invent))).collect();
            filled.into()
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str, invent: &impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (word, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        filled.push_str(before);
        filled.push_str(&invent(word));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::{blank, fill, invent, invented};
    use crate::catalogue::{CUSTOMER, Meaning};
    use crate::sandbox::chance::Draw;
    use crate::sandbox::paths;

    fn words(value: &Value) -> HashSet<String> {
        let words = std::cell::RefCell::new(HashSet::new());
        fill(value, &|word| {
            words.borrow_mut().insert(word.to_owned());
            String::new()
        });
        words.into_inner()
    }

    #[test]
    fn every_word_of_the_template_is_known() {
        let template = serde_json::from_str(super::INVENTED).expect("JSON");
        for word in words(&template) {
            assert!(invent(&word, 1, Draw::new(0, 1, 0)).is_some(), "{word}");
        }
    }

    #[test]
    fn the_same_seed_invents_the_same_people() {
        assert_eq!(invented(7, 20).expect("JSON"), invented(7, 20).expect("JSON"));
        assert_ne!(invented(7, 20).expect("JSON"), invented(8, 20).expect("JSON"));
    }

    #[test]
    fn some_have_telephones_and_some_have_none() {
        let customers = invented(1, 60).expect("JSON");
        let counts: HashSet<usize> = customers.iter().map(|c| paths::all(c, "phone.*").len()).collect();
        assert_eq!(counts, HashSet::from([0, 1, 2]));
    }

    #[test]
    fn every_condition_of_the_catalogue_has_something_to_compare_with() {
        let customers = invented(1, 20).expect("JSON");
        for parameter in CUSTOMER.subcategories.iter().flat_map(|subcategory| subcategory.parameters) {
            if let Meaning::Equals(path) | Meaning::AtLeast(path) | Meaning::AtMost(path) = parameter.meaning
            {
                assert!(paths::first(&customers[0], path).is_some(), "{path}");
            }
        }
    }

    #[test]
    fn a_blank_customer_is_an_object() {
        assert!(blank().expect("JSON").is_object());
    }
}
