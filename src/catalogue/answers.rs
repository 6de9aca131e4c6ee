//! Names of fields in the answers that the program reads, as seen on real servers. Servers differ in case and
//! underscores, so compare with [`is_field`], which ignores both.

/// The field of a history entry that holds its date.
pub const HISTORY_DATE: &str = "DateDo";

/// The field of a history entry that holds the amount booked.
pub const HISTORY_AMOUNT: &str = "Amount";

/// The field of a history entry that holds the note of the booking.
pub const HISTORY_NOTE: &str = "Comment";

/// The fields of a history entry that may hold the kind of operation: the second one until about 2017.
pub const HISTORY_KIND: [&str; 2] = ["Typer", "Id"];

/// The fields of a history entry that may hold the employee: some servers misspell the name, and until about 2017 it was
/// another one.
pub const HISTORY_EMPLOYEE: [&str; 3] = ["employee_id", "empoyee_id", "OperID"];

/// The columns of a history table: the customer, then one entry.
pub const HISTORY_COLUMNS: [&str; 6] = ["customer_id", "date", "type", "employee_id", "amount", "comment"];

/// The field of a customer that holds the balance.
pub const BALANCE: &str = "balance";

/// The field with the billing that a customer is in.
pub const BILLING_ID: &str = "billing_id";

/// The same where an answer tells more of the billing. The other field may hold what the billing calls the customer.
pub const BILLING: &str = "billing.id";

/// The field that marks somebody who is not a customer yet.
pub const POTENTIAL: &str = "is_potential";

/// The field with the customer that this one belongs to.
pub(super) const PARENT_ID: &str = "parent_id";

/// Whether a field of an answer has this name, whatever its case and underscores.
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
