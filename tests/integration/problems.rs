//! How problems are told: by kind and column first, with advice that puts right what it is about.

use crate::support::{Output, Place, Sandbox, userside};

fn validate(operation: &str, file: &str, options: &str) -> Output {
    let place = Place::new().with("input.csv", file);
    userside(&place).line("validate").line(operation).line("input.csv").line(options).run()
}

#[test]
fn problems_are_told_by_kind_and_column_first() {
    let columns = [
        ("date_connect", "позавчора", 13, "not a valid date"),
        ("phone0", "дзвонити", 11, "not a valid telephone number"),
        ("email", "без адреси", 9, "not a valid e-mail address"),
        ("house_id", "дім", 8, "not a valid id"),
        ("flag_corporate", "може", 7, "not a valid flag"),
        ("group_id", "VIP", 6, "not a valid id"),
        ("parent_id", "мати", 5, "not a valid id"),
    ];
    let header: Vec<&str> = columns.iter().map(|(column, ..)| *column).collect();
    let mut file = format!("id;login;{}\n", header.join(";"));
    let mut told = Vec::new();
    let mut line = 1;
    for (place, (column, value, rows, reason)) in columns.into_iter().enumerate() {
        told.push(format!(
            "{rows} rows: bad_value, for example line {}: column '{column}', value '{value}': {reason}",
            line + 1
        ));
        for _ in 0..rows {
            line += 1;
            file += &format!("{};u;{}{value}{}\n", 1000 + line, ";".repeat(place), ";".repeat(6 - place));
        }
    }
    let output = validate("edit", &file, "").exits(2);
    let kinds: Vec<&str> = output.stderr.lines().filter(|line| line.contains(" rows: ")).collect();
    for (found, expected) in kinds.iter().zip(&told) {
        assert!(found.contains(expected), "{expected}\n{}", output.report());
    }
    let first = output.stderr.find("input.csv, line 2, column").expect("the first one by itself");
    assert!(output.stderr.find(&told[6]).is_some_and(|last_kind| last_kind < first), "{}", output.report());
    output.says("39 more problems");
}

#[test]
fn each_problem_is_told_once_where_no_kind_comes_twice() {
    let output = validate("edit", "id,email,floor\n1,ivan@,1.5\n", "").exits(2);
    assert_eq!(output.stderr.matches("'ivan@'").count(), 1, "{}", output.report());
    output.says_not("bad_value");
}

/// Numbers and values in the reason don't make another kind.
#[test]
fn reasons_that_differ_in_a_value_are_of_one_kind() {
    let file = "id,date_connect\n1,03/04/2023\n2,05/06/2023\n3,01/02/2022\n";
    validate("edit", file, "").exits(2).says("3 rows: bad_value, for example line 2: column 'date_connect'");
}

#[test]
fn a_format_of_dates_is_suggested_only_where_it_reads_nearly_all() {
    let rows = |short: usize| -> String {
        let date = |id: usize| {
            if id < short { "05.03.23".to_owned() } else { format!("2023-03-{:02}", id % 28 + 1) }
        };
        (0..30).map(|id| format!("{};{};k{id}\n", id + 1, date(id))).collect()
    };
    let file = |short| format!("id;date_connect;comment\n{}", rows(short));
    let output = validate("edit", &file(5), "").exits(2).says("5 rows: bad_value").says("two digits");
    let output = output.says_not("--date-format");
    assert_eq!(output.stderr.matches("two digits").count(), 6, "{}", output.report());
    validate("edit", &file(28), "").exits(2).says("--date-format %d.%m.%y").says("28 of its 30 dates");
    validate("edit", &file(30), "--date-format %d.%m.%y").exits(0);
}

#[test]
fn what_can_be_pasted_is_quoted_for_the_shell() {
    let output = validate("edit", "id;Під'їзд;$HOME `x`\n1;2;3\n", "").exits(2);
    output.says(r#"--map "Під'їзд=PARAMETER""#).says(r"--map '$HOME `x`=PARAMETER'");
}

#[test]
fn messages_about_a_workbook_speak_of_its_rows() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Абоненти").expect("a name");
    for (row, cells) in [["id", "email", ""], ["1", "x@", ""], ["2", "y@", "more"], ["2", "a@b.example", ""]]
        .iter()
        .enumerate()
    {
        sheet.write_row(u32::try_from(row).expect("a row"), 0, *cells).expect("written");
    }
    let place = Place::new().with("input.xlsx", workbook.save_to_buffer().expect("saved"));
    let output = userside(&place).line("validate edit input.xlsx").run().exits(2);
    let output = output
        .says("input.xlsx, sheet 'Абоненти', row 2, column 'email'")
        .says("2 rows: bad_value, for example row 2");
    for word in ["line ", "delimiter", "quotation"] {
        assert!(!output.stderr.contains(word), "{word}: {}", output.report());
    }
}

#[test]
fn bad_values_are_left_out_where_that_is_wanted() {
    let file =
        "id,name,email,phone1\n1,Гнатюк,ivan@,дзвонити\n2,Мороз,a@b.example,\n3,,x,0441234567\n0,Кіт,,\n";
    let (place, sandbox) = (Place::new().with("input.csv", file), Sandbox::start());
    let line = "import edit input.csv --skip-invalid --leave-out-bad email,phone1 --concurrency 1";
    let output = userside(&place).line(line).to(&sandbox).run().exits(1);
    let output =
        output.says("bad values are left out in 2 rows, first on line 2: column 'email', value 'ivan@'");
    let results = output.results();
    assert_eq!(results.statuses(), ["ok", "ok", "ok", "invalid"], "{}", output.report());
    let errors = results.column("result_error");
    assert!(
        errors[0].starts_with(
            "left out: column 'email', value 'ivan@': not a valid e-mail address; column 'phone1'"
        )
    );
    assert_eq!(errors[1], "");
    assert!(errors[2].starts_with("left out: column 'email', value 'x'"), "{}", errors[2]);
    assert_eq!(results.column("result_error_code"), ["", "", "", "bad_value"]);
    let sent = sandbox.writes();
    assert!(!sent[0].parameters.contains_key("email") && !sent[0].parameters.contains_key("phone1"));
    assert_eq!((sent[1].parameter("email"), sent[2].parameter("phone1")), ("a@b.example", "0441234567"));
    // The same again from the journal.
    let again = userside(&place).line("results input.journal --results again.csv").run();
    assert_eq!(again.results_in("again.csv").column("result_error"), errors);
    for (parameters, reason) in [("email,id", "every row needs it"), ("emial", "did you mean 'email'")] {
        let line = format!("validate edit input.csv --leave-out-bad {parameters}");
        userside(&place).line(&line).run().exits(2).says("--leave-out-bad").says(reason);
    }
}
