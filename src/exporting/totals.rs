//! Control totals: how many rows a file has, and what a column of it adds up to, to the last kopeck.

use std::collections::BTreeMap;

use serde::Serialize;

use super::path::FieldPath;
use crate::count::Count;
use crate::customers::summand;
use crate::validating::Money;

/// Adds up columns while rows are written.
#[derive(Debug, Clone)]
pub struct ControlTotals {
    rows: u64,
    columns: Vec<ColumnSum>,
}

#[derive(Debug, Clone)]
struct ColumnSum {
    path: FieldPath,
    /// None beyond what a decimal holds.
    sum: Option<Money>,
    /// Cells that are not amounts.
    no_amounts: u64,
}

#[derive(Serialize)]
struct TotalsJson {
    rows: u64,
    totals: BTreeMap<String, Option<String>>,
}

impl ControlTotals {
    /// Totals of these columns.
    pub fn new(columns: Vec<FieldPath>) -> Self {
        let sum = |path| ColumnSum { path, sum: Some(Money::ZERO), no_amounts: 0 };
        Self { rows: 0, columns: columns.into_iter().map(sum).collect() }
    }

    /// The columns, in the order in which they were named.
    pub fn paths(&self) -> impl Iterator<Item = &FieldPath> {
        self.columns.iter().map(|sum| &sum.path)
    }

    /// Adds a row; `cells` has one for every column of the totals. An empty cell adds nothing.
    pub fn add(&mut self, cells: impl Iterator<Item = String>) {
        self.rows += 1;
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            if cell.trim().is_empty() {
                continue;
            }
            match summand(&cell) {
                Some(amount) => column.sum = column.sum.and_then(|sum| sum.plus(amount)),
                None => column.no_amounts += 1,
            }
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Every column with its sum.
    pub fn sums(&self) -> Vec<(String, Option<Money>)> {
        self.columns.iter().map(|column| (column.path.to_string(), column.sum)).collect()
    }

    /// What a person should know before they rely on the sums.
    pub fn doubts(&self) -> Vec<String> {
        let doubtful = self.columns.iter().filter(|column| column.no_amounts > 0);
        doubtful
            .map(|column| {
                let cells = Count(column.no_amounts, "cell");
                format!(
                    "{cells} of {} {}, and {} not in its total",
                    column.path,
                    cells.agree("is not an amount", "are not amounts"),
                    cells.agree("is", "are")
                )
            })
            .collect()
    }

    /// The totals for a program: `{"rows": 2, "totals": {"balance": "123.45"}}`; sums are text, so that no binary
    /// number comes near them, and `null` where there are too many digits to add up.
    pub fn to_json(&self) -> String {
        let totals =
            self.columns.iter().map(|c| (c.path.to_string(), c.sum.map(|sum| sum.to_string()))).collect();
        let object = TotalsJson { rows: self.rows, totals };
        serde_json::to_string(&object).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::ControlTotals;
    use crate::exporting::FieldPath;

    fn totals(cells: &[&str]) -> ControlTotals {
        let mut totals = ControlTotals::new(vec![FieldPath::parse("balance").expect("a column")]);
        cells.iter().for_each(|cell| totals.add([(*cell).to_owned()].into_iter()));
        totals
    }

    #[test]
    fn sums_are_exact() {
        let totals = totals(&["0.10", "0.20", "-15.405", "", "100"]);
        assert_eq!(totals.to_json(), r#"{"rows":5,"totals":{"balance":"84.895"}}"#);
        assert!(totals.doubts().is_empty());
    }

    #[test]
    fn what_is_no_amount_is_told() {
        let totals = totals(&["1", "much"]);
        assert_eq!(totals.doubts(), ["1 cell of balance is not an amount, and is not in its total"]);
        assert_eq!(totals.sums()[0].1.map(|sum| sum.to_string()).as_deref(), Some("1.00"));
    }

    #[test]
    fn what_cannot_be_added_up_is_not_guessed() {
        let most = "79228162514264337593543950335";
        assert_eq!(totals(&[most, most]).to_json(), r#"{"rows":2,"totals":{"balance":null}}"#);
    }
}
