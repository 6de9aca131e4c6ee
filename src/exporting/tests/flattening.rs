//! Any customer, however odd, becomes a row without a panic, and a file that reads back as it was written.

use calamine::Reader;
use proptest::prelude::*;
use serde_json::{Map, Number, Value};

use super::support::Memory;
use crate::catalogue::{FIELDS, ValueKind};
use crate::customers::{KeptFields, tidy};
use crate::exporting::column::Column;
use crate::exporting::output::{Output, OutputRow};
use crate::exporting::union::Union;
use crate::exporting::{FieldPath, FileFormat, SheetLocale};

fn name() -> impl Strategy<Value = String> {
    let known: Vec<&'static str> = FIELDS.iter().flat_map(|field| field.path.split('.')).collect();
    prop_oneof![
        4 => prop::sample::select(known).prop_map(str::to_owned),
        1 => "[0-9]{1,3}",
        1 => "[A-Za-zЖ.*_#? ]{0,8}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("1970-01-01".to_owned()),
        Just("0000-00-00 00:00:00".to_owned()),
        "[0-9]{1,4}[-.][0-9]{1,2}[-.][0-9]{1,4}",
        "-?[0-9]{1,30}(\\.[0-9]{0,30})?",
        "[=+@-]?[a-z0-9(\"&;'/\\\\)]{0,12}",
        "&(quot|amp|#039|#0|#x110000|bogus);?",
        any::<String>(),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?"
            .prop_map(|digits| digits.parse::<Number>().map_or(Value::Null, Value::Number)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

fn customer() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((name(), value()), 0..12).prop_map(|fields| fields.into_iter().collect())
}

/// Every column that the customers themselves tell, and every one that is known.
fn columns(customers: &[Map<String, Value>]) -> Vec<FieldPath> {
    let mut union = Union::default();
    customers.iter().for_each(|customer| union.take(customer));
    let mut columns = union.columns().expect("few columns");
    for field in FIELDS {
        let path = FieldPath::parse(&field.example()).expect("a known field");
        if !columns.contains(&path) {
            columns.push(path);
        }
    }
    columns
}

fn written(
    format: FileFormat,
    excel: Option<SheetLocale>,
    columns: &[FieldPath],
    rows: &[Vec<String>],
) -> Memory {
    let memory = Memory::default();
    let own = columns.iter().map(Column::from).collect();
    let mut output = Output::begin(format, excel, Box::new(memory.clone()), own).expect("a file");
    rows.iter().for_each(|cells| output.write(&OutputRow { cells, values: &[] }).expect("a row"));
    output.finish().expect("a file");
    memory
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_customer_becomes_a_row_and_csv_reads_back_as_it_was(raw in prop::collection::vec(customer(), 1..4)) {
        let customers: Vec<_> = (1..).zip(raw).map(|(id, fields)| tidy(id, fields, &KeptFields::All)).collect();
        // What is kept is a JSON text: nothing is lost by that.
        for customer in &customers {
            let text = Value::Object(customer.clone()).to_string();
            prop_assert_eq!(&serde_json::from_str::<Map<String, Value>>(&text).expect("JSON"), customer);
        }
        let columns = columns(&customers);
        let rows: Vec<Vec<String>> =
            customers.iter().map(|customer| columns.iter().map(|path| path.cell(customer)).collect()).collect();
        let plain = written(FileFormat::Csv, None, &columns, &rows).bytes();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*plain);
        let mut read = reader.records().map(|record| {
            record.expect("a record").iter().map(str::to_owned).collect::<Vec<_>>()
        });
        prop_assert_eq!(read.next(), Some(columns.iter().map(ToString::to_string).collect::<Vec<_>>()));
        prop_assert_eq!(read.collect::<Vec<_>>(), rows.clone());
        written(FileFormat::Csv, Some(SheetLocale::Uk), &columns, &rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_customer_becomes_a_sheet(raw in prop::collection::vec(customer(), 1..4)) {
        let customers: Vec<_> = (1..).zip(raw).map(|(id, fields)| tidy(id, fields, &KeptFields::All)).collect();
        let columns = columns(&customers);
        let rows: Vec<Vec<String>> =
            customers.iter().map(|customer| columns.iter().map(|path| path.cell(customer)).collect()).collect();
        let bytes = written(FileFormat::Xlsx, None, &columns, &rows).bytes();
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
        let sheet = book.worksheet_range("customers").expect("a sheet");
        for (row, cells) in (1_u32..).zip(&rows) {
            for ((place, cell), path) in (0_u32..).zip(cells).zip(&columns) {
                // Text is there as it is, unless XML has no way to write it.
                let is_plain = cell.chars().all(|c| !c.is_control() && c < '\u{FFFE}') && !cell.contains("_x");
                if path.kind() == ValueKind::Text && is_plain && cell.trim() == cell {
                    let found = sheet.get_value((row, place)).map(ToString::to_string).unwrap_or_default();
                    prop_assert_eq!(&found, cell, "{}", path);
                }
            }
        }
    }
}

#[test]
fn csv_for_a_spreadsheet_begins_with_its_mark_and_ends_lines_as_it_does() {
    let columns = [FieldPath::parse("id").expect("a column"), FieldPath::parse("balance").expect("a column")];
    let rows = [vec!["7".to_owned(), "-15.40".to_owned()]];
    let text = |excel| written(FileFormat::Csv, excel, &columns, &rows).text();
    assert_eq!(text(None), "id,balance\r\n7,-15.40\r\n");
    assert_eq!(text(Some(SheetLocale::Uk)), "\u{FEFF}id;balance\r\n7;-15,40\r\n");
    assert_eq!(text(Some(SheetLocale::Ru)), "\u{FEFF}id;balance\r\n7;-15,40\r\n");
    assert_eq!(text(Some(SheetLocale::En)), "\u{FEFF}id,balance\r\n7,-15.40\r\n");
}
