//! Rows that add a table up, or are signed below it: they are about no customer.

use super::violation::{Violation, ViolationCode};
use crate::catalogue::Identity;
use crate::reading::{Binding, Columns, Row};

/// What totals begin with, in small letters.
const TOTALS: &[&str] = &[
    "итого",
    "итог",
    "итоги",
    "всего",
    "всього",
    "усього",
    "разом",
    "загалом",
    "підсумок",
    "підсумки",
    "общий итог",
    "загальний підсумок",
    "промежуточный итог",
    "промежуточные итоги",
    "проміжний підсумок",
    "проміжні підсумки",
    "загальна сума",
    "общая сумма",
    "сума",
    "сумма",
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "sub total",
    "sum",
    "razem",
    "ogółem",
    "suma",
    "кількість",
    "количество",
    "к-сть",
    "кол-во",
];

/// Those that are words of other rows too: they count only where nothing or a colon follows.
const BARE: &[&str] =
    &["сума", "сумма", "sum", "suma", "итог", "итоги", "кількість", "количество", "к-сть", "кол-во"];

/// Whether a cell says that its row is one of totals.
fn is_total(cell: &str) -> bool {
    let cell = cell.trim().trim_start_matches(['*', '=', '-', '\u{2013}', '\u{2014}', ' ']);
    let begins_so =
        cell.chars().next().is_some_and(|c| "итвурзпоскgorst".contains(c.to_lowercase().next().unwrap_or(c)));
    if !begins_so || cell.len() > 200 {
        return false;
    }
    let small = cell.to_lowercase();
    let is_loud = !cell.chars().any(char::is_lowercase);
    TOTALS.iter().any(|word| {
        let Some(rest) = small.strip_prefix(word).filter(|rest| !rest.starts_with(char::is_alphanumeric))
        else {
            return false;
        };
        let rest = rest.trim_start();
        if BARE.contains(word) {
            return rest.is_empty() || rest.starts_with(':');
        }
        // A company may be called `Разом Плюс`; nobody begins what is added up with a capital letter.
        let as_written = cell.chars().nth(small.chars().count() - rest.chars().count());
        is_loud || as_written.is_none_or(|c| !c.is_uppercase())
    })
}

/// Whether a cell is a line to be signed on.
fn is_signed(cell: &str) -> bool {
    cell.contains("____")
}

/// What is wrong with a row that has such a cell.
pub(super) fn of_no_customer(row: &Row, cell: &str) -> Violation {
    let reason = format!(
        "a row of totals or the like, which names no customer; delete it, or end the table above it with --last-row {}",
        row.line().saturating_sub(1)
    );
    Violation::new(ViolationCode::BadValue, None, Some(cell.trim()), reason)
}

/// The cell that shows that the row is below the table: totals, or a signature, and no customer. `creates` says that
/// the operation makes customers, so that rows name none.
pub(super) fn cell_of_no_customer<'r>(columns: &Columns, creates: bool, row: &'r Row) -> Option<&'r str> {
    let names_customer = |cell: &str| {
        let cell = cell.trim();
        !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit())
    };
    let needed = |binding: &&Binding| binding.parameter.identity == Identity::Needed;
    let has_customer = columns.bindings.iter().filter(needed).any(|binding| {
        let cell = row.cell(binding.column).unwrap_or_default();
        if creates {
            !cell.trim().is_empty() && !is_total(cell)
        } else {
            binding.parameter.is_customer() && names_customer(cell)
        }
    });
    let has_key = columns.keys.iter().any(|key| {
        let cell = row.cell(key.binding.column).unwrap_or_default();
        key.binding.parameter.is_customer() && !cell.trim().is_empty() && !is_total(cell) && !is_signed(cell)
    });
    if has_customer || has_key {
        return None;
    }
    row.cells().find(|cell| is_total(cell) || is_signed(cell))
}

#[cfg(test)]
mod tests {
    use super::is_total;

    #[test]
    fn totals_are_told_from_names() {
        for total in [
            "Итого",
            "ИТОГО:",
            "Разом",
            "Всього: 2",
            "Усього",
            "Итого по участку",
            "ВСЕГО ПО РАЙОНУ",
            "Total",
            "Grand Total",
            "Загальний підсумок",
            "Всього абонентів - 25",
            "Сума:",
            "Разом 12 345,00",
            "* Итого",
            "Razem",
            "Ogółem: 5",
            "Кількість: 2",
            "К-сть: 2",
        ] {
            assert!(is_total(total), "{total}");
        }
        for name in [
            "",
            "Разом Плюс",
            "Разомчук Олена",
            "Тотальна Ірина",
            "Итогов Пётр",
            "Сума Іван",
            "Total Wine",
            "Суми",
            "Іван",
            "Підсумок Марія",
            "Кількість товару",
            "Коломієць Роман",
            "Razemski Jan",
        ] {
            assert!(!is_total(name), "{name}");
        }
    }
}
