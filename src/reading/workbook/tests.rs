//! What number formats show.

use super::number_format::NumberFormat;
use super::shared_strings::unescaped;
use super::shown_moment::DateSystem;
use super::shown_number::{decimal, shown};
use crate::reading::flaw::FlawKind;
use crate::reading::row::CellType;

fn read(code: &str, number: f64) -> Result<(String, CellType), FlawKind> {
    let cell = shown(number, &NumberFormat::parse(code), DateSystem::Since1900);
    cell.flaw.map_or(Ok((cell.text, cell.cell_type)), Err)
}

#[track_caller]
fn is(code: &str, number: f64, cell_type: CellType, text: &str) {
    assert_eq!(read(code, number), Ok((text.to_owned(), cell_type)), "{code} of {number}");
}

#[test]
fn numbers_are_what_a_spreadsheet_shows() {
    for (number, shown) in [
        (1001.0, "1001"),
        (0.1 + 0.2, "0.3"),
        (30.000_000_000_000_004, "30"),
        (-15.4, "-15.4"),
        (1234.5, "1234.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (380_670_001_122.0, "380670001122"),
        (0.07, "0.07"),
        (1.005, "1.005"),
        (12.345, "12.345"),
        (1e-7, "0.0000001"),
    ] {
        assert_eq!(decimal(number), shown);
    }
}

#[test]
fn plain_formats_leave_a_number_a_number() {
    for (code, number, text) in [
        ("General", 12.345, "12.345"),
        ("@", 123.0, "123"),
        ("0", 1001.0, "1001"),
        ("0.00", 30.0, "30"),
        ("0.00", 7.5, "7.50"),
        ("#,##0.00", 1_234_567.5, "1234567.50"),
        ("# ##0.00", 1234.5, "1234.50"),
        ("#,##0.00;[Red]-#,##0.00", -1234.5, "-1234.50"),
        ("0.00;[Red]0.00", -5.5, "-5.50"),
        ("#,##0.00_);(#,##0.00)", -12.25, "-12.25"),
        ("_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-", -12.25, "-12.25"),
        ("0.0##", 1.5, "1.5"),
        ("0.00E+00", 1500.0, "1500"),
        ("# ?/?", 3.0, "3"),
        ("[>100]0;0.0", 7.5, "7.5"),
        ("+0;-0", 5.0, "5"),
        ("+0;-0", -5.0, "-5"),
        ("General;-General", -2.5, "-2.5"),
    ] {
        is(code, number, CellType::Number, text);
    }
}

#[test]
fn what_a_format_makes_of_a_number_is_taken_as_shown() {
    for (code, number, text) in [
        ("0000000", 123.0, "0000123"),
        ("00000", -12.0, "-00012"),
        ("0%", 0.15, "15%"),
        ("0.0%", 0.075, "7.5%"),
        ("0.00%", 0.15, "15.00%"),
        ("0 %", 1.0, "100%"),
        ("(000) 000-00-00", 671_112_233.0, "(067) 111-22-33"),
        ("\"+38\"0000000000", 671_112_233.0, "+380671112233"),
        ("000-000", 1234.0, "001-234"),
        ("\"№\"0", 17.0, "№17"),
        ("0\" шт\"", 3.0, "3 шт"),
        ("[<=9999999]000-0000;(000) 000-0000", 5_551_234.0, "555-1234"),
        ("h:mm", 0.378_472_222_222_222_2, "9:05"),
        ("hh:mm:ss", 0.378_472_222_222_222_2, "09:05:00"),
        ("h:mm AM/PM", 0.75, "6:00 PM"),
        ("h:mm AM/PM", 0.0, "12:00 AM"),
        ("[h]:mm", 1.0625, "25:30"),
        ("[mm]:ss", 0.05, "72:00"),
        ("[$-F400]h:mm:ss", 0.5, "12:00:00"),
    ] {
        is(code, number, CellType::Text, text);
    }
}

#[test]
fn a_currency_makes_an_amount() {
    for (code, number, text) in [
        ("#,##0.00\" грн\"", 100.5, "100.50"),
        ("#,##0.00\\ \"грн.\"", -7.0, "-7"),
        ("#,##0.00 [$₴-422]", 1234.0, "1234"),
        ("\"$\"#,##0.00_);(\"$\"#,##0.00)", -3.25, "-3.25"),
        ("_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)", 0.0, "0"),
        ("_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)", 0.0, "0"),
    ] {
        is(code, number, CellType::Amount, text);
    }
}

#[test]
fn a_date_that_is_shown_whole_is_a_date() {
    for (code, number, text) in [
        ("dd.mm.yyyy", 45360.0, "2024-03-09"),
        ("m/d/yy", 45360.0, "2024-03-09"),
        ("[$-FC19]dd\\ mmmm\\ yyyy\\ \"г.\";@", 45360.0, "2024-03-09"),
        ("dd.mm.yyyy hh:mm", 45360.66875, "2024-03-09 16:03:00"),
        ("dd.mm.yyyy hh:mm", 45360.0, "2024-03-09"),
        ("dd.mm.yyyy", 45360.66875, "2024-03-09"),
        ("yyyy-mm-dd hh:mm:ss", 45_360.668_761_574_07, "2024-03-09 16:03:01"),
        ("dd.mm.yyyy", 1.0, "1900-01-01"),
        ("dd.mm.yyyy", 59.0, "1900-02-28"),
        ("dd.mm.yyyy", 61.0, "1900-03-01"),
        ("yyyy\\-mm\\-dd\\Thh:mm:ss", 45360.5, "2024-03-09 12:00:00"),
    ] {
        is(code, number, CellType::Date, text);
    }
    let cell = shown(43898.0, &NumberFormat::parse("dd.mm.yyyy"), DateSystem::Since1904);
    assert_eq!(cell.text, "2024-03-09");
}

#[test]
fn what_shows_something_else_is_a_flaw() {
    for (code, number) in [
        ("0.00", 33.333_333_333_333_3),
        ("0", 2.5),
        ("0%", 0.075),
        ("#,##0,", 12_345.0),
        ("0.0,,\" млн\"", 1_500_000.0),
        ("# ?/?", 1.5),
        ("0.00E+00", 380_671_112_233.0),
        ("0;0", -5.0),
        ("0;-0;;@", 0.0),
        (";;;", 5.0),
        ("#", 0.0),
        ("\"-\"0", 5.0),
        ("\"так\";\"ні\"", 1.0),
        ("h:mm", 45360.5),
        ("h:mm", 0.378_53),
        ("[DBNum1]0", 5.0),
        ("0\" тис. грн\";-0\" тис. грн\"", -5.0),
    ] {
        assert_eq!(read(code, number), Err(FlawKind::OtherDigits), "{code} of {number}");
    }
    for code in ["d/m", "d-mmm", "mmm-yy", "dddd", "yyyy"] {
        assert_eq!(read(code, 45424.0), Err(FlawKind::PartOfDate), "{code}");
    }
    for number in [0.0, 60.0, -1.0, 3_000_000.0, 0.378] {
        assert_eq!(read("dd.mm.yyyy", number), Err(FlawKind::NoDate), "{number}");
    }
    assert_eq!(read("General", 4_000_123_412_341_234.0), Err(FlawKind::LongNumber));
    assert_eq!(read("0", 4_000_123_412_341_234.0), Err(FlawKind::LongNumber));
    assert_eq!(read("General", f64::NAN), Err(FlawKind::NoNumber));
}

#[test]
fn a_format_may_change_text_too() {
    for (code, keeps) in [
        ("General", true),
        ("0.00", true),
        ("@", true),
        ("_-* #,##0_-;-* #,##0_-;_-* \"-\"_-;_-@_-", true),
        ("\"+\"@", false),
        ("0;-0;0;", false),
        (";;;", false),
        ("@\" грн\"", false),
    ] {
        assert_eq!(NumberFormat::parse(code).keeps_text(), keeps, "{code}");
    }
}

#[test]
fn built_in_formats_need_no_code() {
    let read = |id: u32, number: f64| shown(number, &NumberFormat::built_in(id), DateSystem::Since1900).text;
    assert_eq!(read(14, 45360.0), "2024-03-09");
    assert_eq!(read(20, 0.5), "12:00");
    assert_eq!(read(49, 7.0), "7");
    assert_eq!(read(4, 7.5), "7.50");
    for id in 0..200 {
        let _ = read(id, 1.5);
    }
}

#[test]
fn characters_that_xml_has_none_for() {
    for (written, meant) in [
        ("a_x000D_\nb", "a\r\nb"),
        ("_x005F_x000D_", "_x000D_"),
        ("a_x00", "a_x00"),
        ("_xZZZZ_", "_xZZZZ_"),
        ("_x_x0041_", "_xA"),
    ] {
        assert_eq!(unescaped(written), meant);
    }
}
