//! Where a table begins and ends by itself, which names its columns have, and which rows are not rows of it.

use rust_xlsxwriter::Workbook;

use crate::support::{Case, Output, Place, userside};

fn validated(arguments: &[&str], content: impl AsRef<[u8]>) -> Output {
    let place = Place::new().with("list.csv", content);
    userside(&place).args(["validate"]).args(arguments).args(["list.csv"]).run()
}

fn refused(arguments: &[&str], content: impl AsRef<[u8]>) -> Output {
    validated(arguments, content).exits(2)
}

fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        sheet.write_row(row, 0, cells.iter().copied()).expect("written");
    }
    workbook.save_to_buffer().expect("saved")
}

#[test]
fn titles_above_the_header_are_passed_over_with_a_note() {
    for (content, line) in [
        ("Дані за договорами, листопад 2024;;;\n;;;\nid;name;comment\n1;Гнатюк Олена;x\n", 3),
        ("Звіт за березень\nДата: 01.04.2024, склала Мороз\n\nid;name;comment\n1;Гнатюк Олена;x\n", 4),
        ("Склав:;Мороз;дата:;01.04.2024\nid;name;comment;\n1;Гнатюк Олена;x;\n", 2),
        ("Договори, тел., адреси\nid\tname\tcomment\n1\tГнатюк Олена\tx\n", 2),
    ] {
        let case = Case::of("edit", "list.csv", content);
        assert_eq!(case.values("name"), ["Гнатюк Олена"], "{}", case.output.report());
        let output = case.output.exits(0).says(&format!("the header is line {line}"));
        assert_eq!(output.results_in("list.results.csv").column("name"), ["Гнатюк Олена"]);
    }
    let case = Case::of("edit", "list.csv", "id;name;comment\n1;Гнатюк Олена;x\n");
    case.output.exits(0).says_not("the header is");
}

#[test]
fn what_is_wrong_with_the_header_is_told_with_its_line() {
    refused(&["edit"], "Звіт за березень;\n;\nid;name;Тариф\n1;Гнатюк Олена;x\n")
        .says("line 3, column 'Тариф'");
    let told = ["edit", "--header-row", "2"];
    refused(&told, "x;y\nid;Тариф\n1;x\n")
        .says("line 2, column 'Тариф'")
        .says("`userside-bulk mapping edit FILE`");
    refused(&["edit"], "\n\nid;Тариф\n1;x\n").says("line 3, column 'Тариф'");
    refused(&["edit", "--header-row", "x"], "id\n1\n").says("'x' is not a whole number from 1 on");
    refused(&["edit", "--last-row", "0"], "id\n1\n").says("'0' is not a whole number from 1 on");
}

#[test]
fn mapped_names_and_the_first_row_of_them_are_the_header() {
    let content = "Станом на 01.04.2024;;\nКод;ПІБ;Примітка\n1;login;comment\n";
    let case = Case::with_args(
        &["edit", "--map", "Код=id", "--map", "ПІБ=login", "--map", "Примітка="],
        "list.csv",
        content,
    );
    assert_eq!(case.values("login"), ["login"], "{}", case.output.report());
    // A value that is the name of a parameter makes no header.
    let map = ["edit", "--map", "Код=id", "--map", "Логін=login", "--map", "Примітка=comment"];
    let case = Case::with_args(&map, "list.csv", "Код;Логін;Примітка\n1;name;login\n");
    assert_eq!(case.values("login"), ["name"], "{}", case.output.report());
}

#[test]
fn the_header_is_looked_for_in_fifty_lines_and_where_the_user_says() {
    let titles = |lines| format!("{}id;name\n1;Гнатюк Олена\n", "Звіт;\n".repeat(lines));
    validated(&["edit"], titles(49)).exits(0).says("the header is line 50");
    refused(&["edit"], titles(50)).says("Звіт");
    validated(&["edit", "--header-row", "51"], titles(50)).exits(0).says_not("the header is");
    refused(&["edit", "--header-row", "1"], titles(1)).says("Звіт");
}

#[test]
fn titles_in_a_sheet_and_a_row_of_totals() {
    let content = workbook(&[
        &["Оплати за березень"],
        &[],
        &["customer_id", "amount", "comment"],
        &["1", "10.50", "березень"],
        &["2", "20.00", "березень"],
        &["Разом", "30.50"],
    ]);
    let case = Case::of("change_balance --no-comment-tag", "march.xlsx", &content);
    assert_eq!(case.values("amount"), ["10.50", "20.00"], "{}", case.output.report());
    assert_eq!(case.refused(), [3]);
    assert!(
        case.refusals()[2].contains("totals") && case.refusals()[2].contains("--last-row 5"),
        "{}",
        case.refusals()[2]
    );
    case.output.says("the header is row 3");
    Case::of("change_balance --last-row 5", "march.xlsx", content).output.exits(0);
}

#[test]
fn rows_of_totals_are_refused_with_the_way_out() {
    for (arguments, header, row) in [
        ("add", "fio;codeti;billing_id", "Всього: 2;;"),
        ("add", "fio;codeti;billing_id", "ИТОГО ПО РАЙОНУ;;7"),
        ("add --set billing_id=1", "fio", "Разом"),
        ("change_balance", "customer_id;amount;comment", ";30,50;Итого"),
        ("change_balance", "customer_id;amount;comment", "Grand Total;30,50;"),
        ("change_balance", "customer_id;amount;comment", ";ПІДСУМОК:;"),
        ("edit", "id;name", "Усього абонентів: 2;"),
        ("edit", "id;name", ";Підпис ______"),
    ] {
        let good = match arguments.split(' ').next() {
            Some("add") => "Разом Плюс;501;1",
            Some("edit") => "1;Разом",
            _ => "1;10;Разом",
        };
        let good: Vec<&str> = good.split(';').take(header.split(';').count()).collect();
        let case = Case::of(arguments, "list.csv", format!("{header}\n{}\n{row}\n", good.join(";")));
        assert_eq!(case.refused(), [2], "{row}: {}", case.output.report());
        assert!(case.refusals()[1].contains("--last-row 2"), "{}", case.refusals()[1]);
    }
}

#[test]
fn a_row_that_repeats_or_numbers_the_header_is_refused() {
    let case = Case::of(
        "add --set billing_id=1",
        "list.csv",
        "fio;codeti\nГнатюк Олена;501\nfio;codeti\n FIO ; Codeti\nМороз Ігор;502\n",
    );
    assert_eq!(case.values("fio"), ["Гнатюк Олена", "Мороз Ігор"], "{}", case.output.report());
    assert!(case.refusals()[1].contains("repeats the header"));
    let case = Case::of("edit", "list.csv", "id;name;login;comment\n1;2;3;4\n1;Гнатюк;g;x\n");
    assert_eq!((case.refused(), case.sent.len()), (vec![1], 1), "{}", case.output.report());
    assert!(case.refusals()[0].contains("numbers the columns"));
    // One cell that is called as its column is a value.
    let case = Case::of("edit", "list.csv", "id;name;comment\n1;Гнатюк;comment\n");
    assert_eq!(case.values("comment"), ["comment"]);
}

#[test]
fn blanks_of_any_kind_in_names_are_one() {
    let content =
        "\u{FEFF}id;\"Номер\r\n договору\";ПІ\u{200B}Б;customer\u{A0} comment\n1;12-3;Гнатюк Олена;x\n";
    for map in ["Номер договору=agreement_number", "номер\u{A0} договору=agreement_number"]
    {
        let arguments = ["edit", "--map", map, "--map", "ПІБ=name", "--map", "customer comment=comment"];
        let case = Case::with_args(&arguments, "list.csv", content);
        assert_eq!(case.values("agreement_number"), ["12-3"], "{}", case.output.report());
        assert_eq!((case.values("name"), case.values("comment")), (vec!["Гнатюк Олена"], vec!["x"]));
    }
}

#[test]
fn columns_of_one_name_are_told_apart_by_their_place() {
    let content = "id;name;Телефон;Телефон\n1;Гнатюк Олена;0670001122;0500003344\n";
    refused(&["edit", "--map", "Телефон=phone0"], content).says("'Телефон#2' the second");
    refused(&["edit"], content).says("--map 'Телефон#1=PARAMETER'").says("Телефон#2");
    let case = Case::with_args(
        &["edit", "--map", "Телефон#2=phone1", "--map", "Телефон#1=phone0"],
        "list.csv",
        content,
    );
    assert_eq!((case.values("phone0"), case.values("phone1")), (vec!["0670001122"], vec!["0500003344"]));
    refused(&["edit", "--map", "Телефон#3=phone0"], content).says("only 2");
}

#[test]
fn a_header_of_two_lines_is_refused_and_the_option_is_named() {
    let content = "id;ПІБ;Телефон;\n;;основний;додатковий\n1;Гнатюк Олена;0670001122;0440004605\n";
    refused(&["edit", "--map", "ПІБ=name"], content).says("header of two lines").says("--header-row 2");
    refused(&["edit", "--map", "ПІБ=name", "--header-row", "1"], content).says_not("two lines");
}

#[test]
fn a_list_without_a_header_is_named_as_such() {
    for content in ["1001;Гнатюк Олена;000123\n1002;Мороз Ігор;000124\n", "Гнатюк Олена;olena@mail.example\n"]
    {
        refused(&["edit"], content).says("must name the columns").says("template edit").says_not("--map '");
    }
}

#[test]
fn names_in_one_cell_name_the_delimiter() {
    refused(&["edit"], "id:name:comment\n1001:Гнатюк Олена:ok\n").says("--delimiter ':'").says_not("--map '");
}

#[test]
fn a_header_of_a_million_columns_is_refused_at_once() {
    let names: Vec<String> = (0..1_000_000).map(|column| format!("c{column}")).collect();
    let output = refused(&["edit"], format!("id;{}\n1\n", names.join(";"))).says("at most 4096");
    assert!(output.report().len() < 4096, "{}", output.report().len());
    let long = "назва".repeat(100_000);
    let output = refused(&["edit"], format!("id;{long};{long}\n1;2;3\n"));
    assert!(output.report().len() < 4096, "{}", output.report().len());
    let many: Vec<String> = (0..4000).map(|column| format!("стовпчик {column}")).collect();
    let output =
        refused(&["edit", "--map", "x=name"], format!("id;{}\n1\n", many.join(";"))).says("3981 more");
    assert!(output.report().len() < 4096, "{}", output.report().len());
}

#[test]
fn a_lookup_finds_its_column_below_titles() {
    let content = "Боржники, березень\n\nПІБ;Телефон\nГнатюк;0670001122\n";
    let place = Place::new().with("list.csv", content);
    let sandbox = crate::support::Sandbox::start();
    let lookup = |column: &str| {
        userside(&place).args(["lookup", "phone", "list.csv", "--column", column]).to(&sandbox).run()
    };
    lookup("телефон").says("the header is line 3");
    lookup("Пошта").exits(2).says("no column 'Пошта'");
}
