//! What a mapping file says of the cells of a column: words, words for nothing, how dates are written, several values.

use crate::support::{Case, Output, Place, Sandbox, userside};

const LIST: &str = "\
Код;Тип;Телефоны;Дата;Примітка
1;фіз;067 000 11 22, 050-000-33-44;03/04/2023;-
2;ЮР;0670001122;04/03/2023;Немає
3;1;0670001122;12/31/2023;00.00.0000
4;мабуть;0670001122;;x
5;фіз;1234567;1234568,1234569;x
6;фіз;\"1234567;1234568\n1234569\";;x
";

const MAPPING: &str = r#"
empty = ["-", "немає", "00.00.0000"]
[columns]
"Код" = "id"
"Тип" = "flag_corporate"
"Телефоны" = ["phone0", "phone1"]
"Дата" = "date_connect"
"Примітка" = "comment"
[values."Тип"]
"фіз" = "0"
"юр" = 1
[edit.date_format]
"Дата" = "dmy"
"#;

#[test]
fn words_dates_and_several_values_are_read_as_the_mapping_says() {
    let place = Place::new().with("list.csv", LIST).with("map.toml", MAPPING);
    let sandbox = Sandbox::start();
    let line = "import edit list.csv --mapping map.toml --skip-invalid --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run();
    let results = output.results_in("list.results.csv");
    assert_eq!(
        results.statuses(),
        ["ok", "ok", "invalid", "invalid", "invalid", "invalid"],
        "{}",
        output.report()
    );
    let sent: Vec<Vec<(String, String)>> =
        sandbox.writes().iter().map(|entry| entry.parameters.clone().into_iter().collect()).collect();
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(
        sent,
        [
            pairs(&[
                ("date_connect", "2023-04-03"),
                ("flag_corporate", "0"),
                ("id", "1"),
                ("phone0", "0670001122"),
                ("phone1", "0500003344")
            ]),
            pairs(&[
                ("date_connect", "2023-03-04"),
                ("flag_corporate", "1"),
                ("id", "2"),
                ("phone0", "0670001122")
            ]),
        ]
    );
    let why = results.column("result_error");
    assert!(why[2].contains("day does not exist"), "{}", why[2]);
    assert!(why[3].contains("not a valid flag"), "{}", why[3]);
    assert!(why[5].contains("3 values") && why[5].contains("2 parameters"), "{}", why[5]);
}

#[test]
fn a_run_goes_on_with_the_words_it_began_with() {
    let place = Place::new().with("list.csv", "Код;Тип\n1;фіз\n2;юр\n").with("map.toml", MAPPING_OF_WORDS);
    let sandbox = Sandbox::with("--fault 403@1");
    userside(&place)
        .line("import edit list.csv --mapping map.toml --concurrency 1")
        .to(&sandbox)
        .run()
        .exits(3);
    place.write("map.toml", "[columns]\n");
    let output = userside(&place).line("resume list.journal").to(&sandbox).run().exits(1);
    let sent: Vec<String> =
        sandbox.writes().iter().map(|entry| entry.parameter("flag_corporate").to_owned()).collect();
    assert_eq!(sent, ["0", "1"], "{}", output.report());
}

const MAPPING_OF_WORDS: &str = r#"
[columns]
"Код" = "id"
"Тип" = "flag_corporate"
[values."Тип"]
"фіз" = "0"
"юр" = "1"
"#;

fn refused(mapping: &str) -> Output {
    let place = Place::new().with("list.csv", LIST).with("map.toml", mapping);
    userside(&place).line("validate edit list.csv --mapping map.toml --ignore-unknown-columns").run().exits(2)
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    refused("[columns]\n\"Код\" = \"id:logn\"\n").says("did you mean 'login'").says("dognumber");
    refused("[columns]\n\"Код\" = \"id\"\n[date_format]\n\"Дата\" = \"soon\"\n[edit.columns]\n\"Дата\" = \"date_connect\"")
        .says("line 4")
        .says("'soon' is not a date format");
    refused(
        "[columns]\n\"Код\" = \"id\"\n\"Тип\" = \"flag_corporate\"\n[values.\"Тип\"]\n\"фіз\" = \"перше\"\n",
    )
    .says("'фіз'")
    .says("stands for 'перше'")
    .says("flag");
    refused("[columns]\n\"Код\" = \"id\"\n[values.\"Tип\"]\n\"фіз\" = \"0\"\n")
        .says("Tип")
        .says("did you mean 'Тип'");
    refused("[columns]\n\"Код\" = [\"id\", 3]\n").says("line 2").says("quotation marks");
    refused(&format!("# {}\n", "x".repeat(1 << 20))).says("probably another file");
}

#[test]
fn an_empty_word_is_an_empty_cell_in_every_way() {
    let mapping = "empty = [\"-\"]\n";
    let place = Place::new().with("list.csv", "id;comment;phone0\n1;-;-\n-;x;\n").with("map.toml", mapping);
    let sandbox = Sandbox::start();
    let line = "import edit list.csv --mapping map.toml --empty clear --skip-invalid";
    let output = userside(&place).line(line).to(&sandbox).run();
    assert_eq!(sandbox.writes()[0].parameter("comment"), "", "{}", output.report());
    assert_eq!(output.results_in("list.results.csv").statuses(), ["ok", "invalid"]);
    output.says("id is obligatory, but the cell is empty");
}

#[test]
fn a_date_of_a_workbook_needs_no_format() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = ExcelDateTime::from_ymd(2023, 4, 3).expect("a date");
    sheet.write_row(0, 0, ["id", "date_connect"]).expect("written");
    sheet.write(1, 0, 1).expect("written");
    sheet.write_with_format(1, 1, &day, &Format::new().set_num_format("dd.mm.yy")).expect("written");
    sheet.write(2, 0, 2).and_then(|sheet| sheet.write(2, 1, "03.04.23")).expect("written");
    let case =
        Case::of("edit --date-format %d.%m.%y", "list.xlsx", workbook.save_to_buffer().expect("saved"));
    assert_eq!(case.values("date_connect"), ["2023-04-03", "2023-04-03"], "{}", case.output.report());
}
