//! What takes a run back: for every booking that was applied one the other way round. Nothing is sent; the
//! rows become a file that a person looks at first.

use crate::catalogue::{Action, Meaning, Operation};
use crate::validating::{Call, Money};

/// The columns of a compensating row with their values, in the order of the row that it takes back.
pub type Compensation = Vec<(&'static str, String)>;

/// Whether rows of this operation can be taken back by other rows: for the rest it is not known what was there before.
pub fn can_be_undone(operation: Operation) -> bool {
    operation.does(Action::ChangeBalance)
}

/// The row that takes this one back: the same customer and employee, the amount negated, and a note that names the
/// booking, and which of several it is where it is not the first. None for a call that books nothing. `call` is as the
/// file has it, without a tag. `booking` is the key: anyone who takes the same booking back writes the same row, which is
/// then the same booking, and is not made twice.
pub fn compensation(call: &Call, booking: &str, nth: u64) -> Option<Compensation> {
    let amount = call.amount()?.negated();
    let columns = call.parameters().filter(|(parameter, _)| parameter.meaning != Meaning::SkipTriggers);
    let columns = columns.map(|(parameter, value)| {
        let value = match parameter.meaning {
            Meaning::Amount => unambiguous(amount),
            Meaning::BookingNote => {
                let nth = if nth > 1 { format!(", no. {nth}") } else { String::new() };
                format!("undo of {booking}{nth}: {value}").trim_end().to_owned()
            }
            _ => value.to_owned(),
        };
        (parameter.name, value)
    });
    Some(columns.collect())
}

/// The amount as an import reads it back: three decimals could be thousands, four cannot.
fn unambiguous(amount: Money) -> String {
    let text = amount.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals == 3 { format!("{text}0") } else { text }
}
