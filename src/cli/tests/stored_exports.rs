//! The options of an export go into its journal and come out as they were; what was never an option does not.

use std::path::Path;

use super::super::export::StoredExport;
use super::super::program::Command;
use super::{BOTH, command, key};
use crate::exporting::ExportSpec;

fn export_json(line: &str) -> String {
    let Command::Export(args) = command(&format!("export {line} --url http://localhost")) else {
        panic!("not an export")
    };
    args.settings(BOTH, key()).expect(line).begin.options
}

fn resumed(line: &str, json: &str) -> Result<ExportSpec, String> {
    let Command::Resume(args) = command(&format!("resume x.journal {line}")) else { panic!("not a resume") };
    let stored = StoredExport::from_json(json).map_err(|error| error.to_string())?;
    let settings = args.export_settings(stored, Path::new("x.journal"), BOTH, key());
    settings.map(|settings| settings.export).map_err(|error| error.to_string())
}

#[test]
fn options_are_kept_and_conditions_are_not() {
    let line = "--state-id 2 --is-ex --columns id,login --total balance -o /o/x.csv --excel --rate 5/s --json --journal /j";
    let json = export_json(line);
    for kept in ["columns", "total", "output", "excel", "rate"] {
        assert!(json.contains(&format!("\"{kept}\"")), "{kept} in {json}");
    }
    for left in ["state-id", "is-ex", "json", "journal"] {
        assert!(!json.contains(left), "{left} in {json}");
    }
    let export = resumed("", &json).expect("the same");
    assert!(export.excel.is_some() && export.totals.len() == 1);
}

#[test]
fn what_is_about_rows_is_for_imports() {
    let json = export_json("--is-ex -o /o/x.csv");
    for option in ["--results /r", "--failed /f", "--resend", "--settle 1s", "--max-failures 3"] {
        let refused = resumed(option, &json).expect_err(option);
        let name = option.split(' ').next().expect("a name");
        assert_eq!(refused, format!("this is the journal of an export, and {name} is for imports"));
    }
    assert!(resumed("--yes --rate 9/s --quiet", &json).is_ok());
}

#[test]
fn what_no_journal_holds_is_refused() {
    for json in [
        r#"{"options":{"ids":["x"]}}"#,
        r#"{"options":{"nobody-knows":["x"]}}"#,
        r#"{"options":{"excel":["x"]}}"#,
        r#"{"options":{"columns":["qqq"]}}"#,
        r#"{"options":[]}"#,
        r#"{"options":{},"more":1}"#,
    ] {
        assert!(resumed("", json).is_err(), "{json}");
    }
}
