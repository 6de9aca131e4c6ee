//! Any file at all: the program does not panic, and the results have a line for every row.

use proptest::prelude::*;

use crate::support::{Place, userside};

/// A cell as files have them: empty, plausible, wrong, or with what CSV must quote.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,4}",
        "[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}",
        "-?[0-9 ]{1,6}[,.][0-9]{0,3}",
        "[а-яіїєґА-Я ]{1,12}",
        "[ -~]{0,8}",
        "\\PC{0,6}",
        Just("a\nb".to_owned()),
        Just("\"".to_owned()),
    ]
}

fn table() -> impl Strategy<Value = (Vec<String>, Vec<Vec<String>>, u8, bool)> {
    let names = prop::sample::subsequence(
        vec![
            "id",
            "name",
            "comment",
            "date_connect",
            "email",
            "floor",
            "flag_corporate",
            "result_status",
            "Тариф",
        ],
        1..=9,
    );
    let names = names.prop_map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let rows = prop::collection::vec(prop::collection::vec(cell(), 1..=10), 0..=30);
    (names, rows, prop::sample::select(vec![b',', b';', b'\t']), any::<bool>())
}

fn write(names: &[String], rows: &[Vec<String>], delimiter: u8, bom: bool) -> Vec<u8> {
    let mut bytes = if bom { "\u{FEFF}".as_bytes().to_vec() } else { Vec::new() };
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(&mut bytes);
    writer.write_record(names).expect("a header");
    rows.iter().for_each(|row| writer.write_record(row).expect("a row"));
    writer.flush().expect("written");
    drop(writer);
    bytes
}

/// What the program promises to leave out: rows in which nothing is.
fn is_row(row: &[String]) -> bool {
    row.iter().any(|cell| !cell.trim().is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_validated_row_by_row((names, rows, delimiter, bom) in table()) {
        let place = Place::new().with("input.csv", write(&names, &rows, delimiter, bom));
        let name = match delimiter { b'\t' => "tab".to_owned(), other => char::from(other).to_string() };
        let program = userside(&place).line("validate edit input.csv --encoding utf-8 --results out.csv --delimiter");
        let output = program.args([name]).run();
        prop_assert!(matches!(output.code, Some(0 | 2)), "{}", output.report());
        prop_assert!(!output.stderr.contains("panicked"), "{}", output.report());
        let results = output.results_in("out.csv");
        prop_assert_eq!(results.rows.len(), rows.iter().filter(|row| is_row(row)).count(), "{}", output.report());
        // A row is invalid or skipped; if any is invalid, the code says so.
        let invalid = results.count("invalid");
        prop_assert_eq!(invalid + results.count("skipped"), results.rows.len());
        prop_assert!(invalid == 0 || output.code == Some(2), "{}", output.report());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let place = Place::new().with("input.csv", bytes);
        let output = userside(&place).line("validate edit input.csv").run();
        prop_assert!(matches!(output.code, Some(0 | 2)), "{}", output.report());
        prop_assert!(!output.stderr.contains("panicked"), "{}", output.report());
    }
}
