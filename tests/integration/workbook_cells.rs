//! What is read of a workbook's cells, of whatever kind and format.

use crate::support::{Case, Place, RawWorkbook, userside};

const HEADER: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>comment</t></is></c></row>"#;

/// Rows of which each has an id and this cell.
fn rows(cells: &[&str]) -> RawWorkbook {
    let rows = (2..).zip(cells).map(|(row, cell)| {
        let cell = cell.replacen("<c", &format!("<c r=\"B{row}\""), 1);
        format!("<row r=\"{row}\"><c r=\"A{row}\"><v>100{row}</v></c>{cell}</row>")
    });
    RawWorkbook::new(format!("{HEADER}{}", rows.collect::<String>()))
}

#[test]
fn text_is_read_however_it_is_written() {
    let mut book = rows(&[
        r#"<c t="s"><v>0</v></c>"#,
        r#"<c t="s"><v>1</v></c>"#,
        r#"<c t="inlineStr"><is><r><t>Жу</t></r><r><rPr/><t xml:space="preserve">к </t></r><t>А</t></is></c>"#,
        r#"<c t="str"><f>A1</f><v>a&amp;b &#1046;</v></c>"#,
        r#"<c t="b"><v>1</v></c>"#,
        r#"<c t="d"><v>2024-03-09T00:00:00</v></c>"#,
        r#"<c t="n"><v>1.5E3</v></c>"#,
        r#"<c t="str"><f t="shared" si="0"/><v>спільна</v></c>"#,
        "<c><v><![CDATA[7]]></v></c>",
    ]);
    book.strings = "<si><r><t>Мо</t></r><r><t>роз</t></r><rPh sb=\"0\" eb=\"1\"><t>moroz</t></rPh></si><si><t>a_x000D_\nb</t></si>".to_owned();
    let case = Case::of("edit", "text.xlsx", book.bytes());
    let expected = ["Мороз", "a\r\nb", "Жук А", "a&b Ж", "TRUE", "1500", "спільна", "7"];
    assert_eq!(case.values("comment"), expected, "{}", case.output.report());
    assert_eq!(case.refused(), [6]);
}

#[test]
fn what_was_never_calculated_is_refused_however_it_is_written() {
    let mut book = rows(&[
        "<c><f>1+2</f></c>",
        "<c><f>1+2</f><v></v></c>",
        "<c><f>1+2</f><v/></c>",
        r#"<c t="str"><f>A1</f></c>"#,
        r#"<c t="e"><f>A1</f><v>#NAME?</v></c>"#,
        "<c><f>1+2</f><v>0</v></c>",
        "<c><f>1+2</f><v>3</v></c>",
        r#"<c t="str"><f>A1</f><v></v></c>"#,
    ]);
    let case = Case::of("edit --empty clear", "formulas.xlsx", book.bytes());
    assert_eq!(case.refused(), [1, 2, 3, 4, 5], "{}", case.output.report());
    assert_eq!(case.values("comment"), ["0", "3", ""]);
    // A program that calculates nothing writes 0, and asks for the value when the workbook is opened.
    book.properties = r#"<calcPr fullCalcOnLoad="1"/>"#.to_owned();
    let case = Case::of("edit --empty clear", "formulas.xlsx", book.bytes());
    assert_eq!(case.refused(), [1, 2, 3, 4, 5, 6], "{}", case.output.report());
}

#[test]
fn formats_are_shown_or_refused() {
    let cell = |style: usize, value: &str| format!("<c s=\"{style}\"><v>{value}</v></c>");
    let formats = ["00000", "0.00", "#,##0,", "\"№\"0", "#,##0.00\" грн\"", "# ?/?", "d/m", "[h]:mm", ";;;"];
    let cells: Vec<String> = [
        cell(1, "42"),
        cell(2, "7.5"),
        cell(2, "7.555"),
        cell(3, "5000"),
        cell(4, "17"),
        cell(5, "17"),
        cell(6, "0.5"),
        cell(7, "45424"),
        cell(8, "1.5"),
        cell(9, "5"),
    ]
    .into();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let case = Case::of("edit", "formats.xlsx", rows(&cells).formats(&formats).bytes());
    assert_eq!(case.values("comment"), ["00042", "7.50", "№17", "36:00"], "{}", case.output.report());
    assert_eq!(case.refused(), [3, 4, 6, 7, 8, 10]);
}

#[test]
fn dates_count_from_the_workbooks_first_day() {
    let mut book = rows(&["<c s=\"1\"><v>43898</v></c>"]).formats(&["dd.mm.yyyy"]);
    book.data = book.data.replace("comment", "agreement_date");
    book.properties = r#"<workbookPr date1904="1"/>"#.to_owned();
    assert_eq!(Case::of("edit", "mac.xlsx", book.bytes()).values("agreement_date"), ["2024-03-09"]);
}

#[test]
fn amounts_are_numbers_whatever_surrounds_them() {
    let data = r#"<row><c t="inlineStr"><is><t>customer_id</t></is></c><c t="inlineStr"><is><t>amount</t></is></c><c t="inlineStr"><is><t>comment</t></is></c></row>
        <row><c><v>1</v></c><c s="1"><v>-12.5</v></c><c t="inlineStr"><is><t>a</t></is></c></row>
        <row><c><v>2</v></c><c s="2"><v>1234.5</v></c><c t="inlineStr"><is><t>b</t></is></c></row>
        <row><c><v>3</v></c><c><v>1.125</v></c><c t="inlineStr"><is><t>c</t></is></c></row>
        <row><c><v>4</v></c><c s="3"><v>-5</v></c><c t="inlineStr"><is><t>c</t></is></c></row>"#;
    let book = RawWorkbook::new(data).formats(&[
        "#,##0.00\\ \"грн.\";[Red]\\-#,##0.00\\ \"грн.\"",
        "# ##0.00",
        "0;0",
    ]);
    let case = Case::of("change_balance --no-comment-tag", "amounts.xlsx", book.bytes());
    assert_eq!(case.values("amount")[..2], ["-12.50", "1234.50"], "{}", case.output.report());
    // Who does not see the minus does not mean it.
    assert!(case.refused().contains(&4));
    assert!(!case.refusals()[2].contains("ambiguous"), "{:?}", case.refusals());
}

#[test]
fn merged_cells_count_where_their_columns_do() {
    let mut book =
        rows(&["<c t=\"inlineStr\"><is><t>a</t></is></c>", "<c t=\"inlineStr\"><is><t>b</t></is></c>"]);
    book.after = r#"<mergeCells><mergeCell ref="B2:F2"/><mergeCell ref="D1:D3"/><mergeCell ref="A9:B9"/></mergeCells>"#.to_owned();
    let case = Case::of("edit", "aside.xlsx", book.bytes());
    assert_eq!(case.values("comment"), ["a", "b"], "{}", case.output.report());
    book.after = r#"<mergeCells><mergeCell ref="A3:B3"/></mergeCells>"#.to_owned();
    assert_eq!(Case::of("edit", "across.xlsx", book.bytes()).refused(), [2]);
}

#[test]
fn rows_of_a_sheet_are_as_long_as_the_header() {
    let book = rows(&["", "<c t=\"inlineStr\"><is><t>b</t></is></c>"]);
    let case = Case::of("edit --empty clear", "short.xlsx", book.bytes());
    assert_eq!(case.values("comment"), ["", "b"], "{}", case.output.report());
}

#[test]
fn hidden_columns_are_told() {
    let mut book = rows(&["<c t=\"inlineStr\"><is><t>b</t></is></c>"]);
    book.before = r#"<cols><col min="2" max="16384" hidden="1"/></cols>"#.to_owned();
    let place = Place::new().with("hidden.xlsx", book.bytes());
    userside(&place).line("validate edit hidden.xlsx").run().exits(0).says("hidden columns (B)");
}

#[test]
fn charts_and_hidden_sheets_are_passed_over() {
    let mut book = rows(&["<c><v>5</v></c>"]);
    let seen = book.sheets.clone();
    book.sheets = format!("<sheet name=\"Графік\" sheetId=\"9\" r:id=\"rId9\"/>{seen}");
    assert_eq!(Case::of("edit", "chart.xlsx", book.bytes()).values("comment"), ["5"]);
    book.sheets = seen.replace("<sheet ", "<sheet state=\"veryHidden\" ");
    let place = Place::new().with("hidden.xlsx", book.bytes());
    userside(&place)
        .line("validate edit hidden.xlsx")
        .run()
        .exits(2)
        .says("hidden")
        .says("--sheet (Абоненти)");
    userside(&place).line("validate edit hidden.xlsx --sheet Абоненти").run().exits(0);
}
