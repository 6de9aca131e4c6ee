//! Names inside the answers that the program reads, as they were seen. Servers differ in case and in
//! underscores; whoever compares these leaves both out.

/// The field of a history's entry that says when it happened.
pub const HISTORY_DATE: &str = "DateDo";

/// The field of a history's entry that says how much was booked.
pub const HISTORY_AMOUNT: &str = "Amount";

/// The field of a history's entry that holds the note of the booking.
pub const HISTORY_NOTE: &str = "Comment";

/// The field of a history's entry that says what sort of operation it was.
pub const HISTORY_KIND: &str = "Typer";

/// The fields of a history's entry that name the employee: some servers misspell it.
pub const HISTORY_EMPLOYEE: [&str; 2] = ["employee_id", "empoyee_id"];

/// The columns of a table of histories: the customer, and what is known of an entry.
pub const HISTORY_COLUMNS: [&str; 6] = ["customer_id", "date", "type", "employee_id", "amount", "comment"];

/// The field of a customer that holds the balance.
pub const BALANCE: &str = "balance";

/// Whether a field of an answer is the one that is known by this name.
pub fn is_field(spelt: &str, known: &str) -> bool {
    let bare = |c: &char| *c != '_';
    let lower = |c: char| c.to_ascii_lowercase();
    spelt.chars().filter(bare).map(lower).eq(known.chars().filter(bare).map(lower))
}

#[cfg(test)]
mod tests {
    use super::{HISTORY_DATE, is_field};

    #[test]
    fn case_and_underscores_do_not_matter() {
        for spelt in ["DateDo", "datedo", "date_do", "DATE_DO"] {
            assert!(is_field(spelt, HISTORY_DATE), "{spelt}");
        }
        assert!(!is_field("date", HISTORY_DATE) && !is_field("DateDone", HISTORY_DATE));
    }
}
