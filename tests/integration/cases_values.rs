//! Values as files really have them: what a person saw is what is sent, or the row is refused with the cause.

use crate::support::{Entry, Output, Place, Sandbox, userside};

/// What `import --skip-invalid` makes of a file.
struct Imported {
    output: Output,
    sent: Vec<Entry>,
}

fn import(operation: &str, file: impl AsRef<[u8]>, options: &str) -> Imported {
    let place = Place::new().with("input.csv", file);
    let sandbox = Sandbox::with("--customers 1010");
    let line = format!("import {operation} input.csv --skip-invalid --yes {options}");
    let output = userside(&place).line(&line).to(&sandbox).run();
    Imported { output, sent: sandbox.writes() }
}

impl Imported {
    /// The values of a parameter, as they were sent, in the order of the customers.
    #[track_caller]
    fn sends(&self, parameter: &str, values: &[&str]) -> &Self {
        let customer = |entry: &Entry| {
            let named = ["id", "customer_id"].iter().find_map(|name| entry.parameters.get(*name));
            named.and_then(|id| id.parse::<u64>().ok())
        };
        let mut sent: Vec<_> = self.sent.iter().collect();
        sent.sort_by_key(|entry| customer(entry));
        let sent: Vec<&str> = sent.iter().map(|entry| entry.parameter(parameter)).collect();
        // A booking's comment carries the key of its row.
        let sent: Vec<&str> = sent.iter().map(|value| value.split(" [").next().unwrap_or(value)).collect();
        assert_eq!(sent, values, "{}", self.output.report());
        self
    }

    /// The rows that are refused, by their lines, each with a part of what its result says.
    #[track_caller]
    fn refuses(&self, lines: &[(usize, &str)]) -> &Self {
        let results = self.output.results();
        let refused: Vec<_> =
            (2..).zip(&results.rows).filter(|(_, row)| row.result("status") == "invalid").collect();
        let found: Vec<usize> = refused.iter().map(|(line, _)| *line).collect();
        assert_eq!(
            found,
            lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            "{}",
            self.output.report()
        );
        for ((line, row), (_, reason)) in refused.iter().zip(lines) {
            let error = row.result("error");
            assert!(error.contains(reason), "line {line}: {error}, not {reason}");
        }
        self
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.output.stderr.contains(text), "{}", self.output.report());
        self
    }
}

#[test]
fn amounts_in_other_forms_are_told_what_they_are() {
    let file = "customer_id;amount;comment\n1001;−5,50;a\n1002;1 234,50 грн;b\n1003;₴ 15,00;c\n1004;\"1'234,50\";d\n\
                1005;12.345,6;e\n1006;5,;f\n1007;15%;g\n1008;--;h\n1009;0,5-;i\n1010;(15.40);j\n";
    let found = import("change_balance", file, "");
    found.sends("amount", &["-5.50", "12345.6"]).refuses(&[
        (3, "'грн'"),
        (4, "'₴'"),
        (5, "apostrophes"),
        (7, "no digits follow the ','"),
        (8, "percentage"),
        (9, "not a valid amount"),
        (10, "the minus stands after the amount; write it before: -0,5"),
        (11, "brackets"),
    ]);
    let found = import("change_balance", "customer_id;amount;comment\n1001;15,40-;a\n1002;-15,40;b\n", "");
    found.sends("amount", &["-15.40"]).refuses(&[(2, "write it before: -15,40")]);
}

#[test]
fn an_amount_is_never_finer_than_the_smallest_unit() {
    let file = "customer_id;amount;comment\n1001;33,3333333333;a\n1002;1234.565;b\n1003;33,33;c\n1004;33,330;d\n1005;12,3400;e\n";
    let found = import("change_balance", file, "");
    found.sends("amount", &["33.33", "12.34"]).refuses(&[
        (2, "more than two decimals"),
        (3, "more than two decimals"),
        (5, "ambiguous"),
    ]);
}

#[test]
fn a_booking_of_nothing_is_refused_unless_it_is_meant() {
    let file = "customer_id;amount;comment\n1001;0;a\n1002;0,00;b\n1003;0,01;c\n1004;-0;d\n";
    let found = import("change_balance", file, "");
    found.sends("amount", &["0.01"]).refuses(&[
        (2, "--allow-zero"),
        (3, "--allow-zero"),
        (5, "--allow-zero"),
    ]);
    import("change_balance", file, "--allow-zero").sends("amount", &["0", "0.00", "0.01", "0"]);
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let line = "validate edit input.csv --allow-zero";
    userside(&place).line(line).run().exits(2).says("--allow-zero");
}

#[test]
fn numbers_as_spreadsheets_of_this_country_write_them_are_read() {
    let file = "customer_id;amount;comment\n1001;1\u{A0}234,50;Залишок\n1002;-15,40;Залишок\n";
    import("change_balance", file, "").sends("amount", &["1234.50", "-15.40"]);
}

#[test]
fn a_zone_after_a_time_is_converted_or_refused() {
    let file = "id,date_activity\n1001,2022-03-24T22:00:00.000Z\n1002,2022-03-24T22:00:00.000+03:00\n\
                1003,2022-03-24 22:00:00.5 anything\n1004,2022-03-24T22:00:00Z\n1005,2022-03-24 22:00:00\n\
                1006,2022-03-24 22:00:00.500\n1007,24.03.2022 22:00:00 +0300\n1008,2022-03-24 22:00:00 EET\n";
    let zoned = "--time-zone";
    import("edit", file, "")
        .sends("date_activity", &["2022-03-24 22:00:00", "2022-03-24 22:00:00"])
        .refuses(&[(2, zoned), (3, zoned), (4, "not a valid time"), (5, zoned), (8, zoned), (9, "'EET'")]);
    import("edit", file, "--time-zone Europe/Kyiv")
        .sends(
            "date_activity",
            &[
                "2022-03-25 00:00:00",
                "2022-03-24 21:00:00",
                "2022-03-25 00:00:00",
                "2022-03-24 22:00:00",
                "2022-03-24 22:00:00",
                "2022-03-24 21:00:00",
            ],
        )
        .refuses(&[(4, "not a valid time"), (9, "'EET'")]);
    let place = Place::new().with("input.csv", file);
    let line = "validate edit input.csv --time-zone Europe/Nowhere";
    userside(&place).line(line).run().exits(2).says("'Europe/Nowhere' is not a time zone");
}

#[test]
fn a_time_after_a_date_is_left_out_and_counted() {
    let file = "id,date_connect\n1001,2011-02-02 00:00:00\n1002,2011-02-02 15:30:00\n1003,03.02.2011 8:05\n\
                1004,2011-02-02T22:30:00Z\n";
    let note = "column 'date_connect': the time of day is left out in";
    import("edit", file, "")
        .sends("date_connect", &["2011-02-02", "2011-02-02", "2011-02-03"])
        .refuses(&[(5, "--time-zone")])
        .says(&format!("{note} 2 rows, first on line 3"));
    // What is midnight on one clock is another day on the other.
    import("edit", file, "--time-zone Europe/Kyiv")
        .sends("date_connect", &["2011-02-02", "2011-02-02", "2011-02-03", "2011-02-03"])
        .says(&format!("{note} 3 rows, first on line 3"));
}

#[test]
fn numbers_that_a_spreadsheet_has_shortened_are_refused() {
    let file = "id;account_number;login\n1001;1,23457E+11;2,5E+03\n1002;000123;ab2\n1003;12E4;1E5\n";
    import("edit", file, "").sends("account_number", &["000123", "12E4"]).refuses(&[(2, "digits are lost")]);
    let file = "id;phone0;house_id\n1001;3,80671E+11;\n1002;;1,2E+5\n1003;;7\n";
    import("edit", file, "")
        .sends("id", &["1003"])
        .refuses(&[(2, "digits are lost"), (3, "digits are lost")]);
}

#[test]
fn words_for_no_value_are_refused() {
    let file = "id;name;login;comment\n1001;Гнатюк Олена;NULL;NULL\n1002;Мороз Ігор;\\N;ok\n1003;Кіт Юлія;kit;ok\n\
                1004;None;x;y\n1005;Кіт;NaN;\n1006;Лис;(null);?\n1007;Бик;[NULL];<null>\n";
    let word = "for no value";
    import("edit", file, "").sends("login", &["kit", "(null)"]).refuses(&[
        (2, word),
        (3, word),
        (5, word),
        (6, word),
        (8, word),
    ]);
}

#[test]
fn what_keeps_zeros_in_a_spreadsheet_is_taken_off() {
    let file = "id;account_number;phone0\n1001;'000123;'+380671112233\n";
    import("edit", file, "").sends("account_number", &["000123"]).sends("phone0", &["+380671112233"]);
    let file = "id;account_number;login\n1001;=\"000123\";=\"abc\"\n\"=\"\"1002\"\"\";\"=\"\"0007\"\"\";x\n1003;'000123';y\n";
    import("edit", file, "")
        .sends("id", &["1001", "1002"])
        .sends("account_number", &["000123", "0007"])
        .refuses(&[(4, "between apostrophes")]);
    import("edit", "id,phone0,manager_id\n1001,380670001122.0,12.0\n", "")
        .sends("phone0", &["380670001122"])
        .sends("manager_id", &["12"]);
}

#[test]
fn errors_of_formulas_and_narrow_columns_are_refused() {
    let text = "id;name;account_number;comment\n1001;#Н/Д;#ССЫЛКА!;#ЗНАЧ!\n1002;#N/A;#REF!;########\n\
                1003;Кіт Юлія;№ 5;#5 під'їзд\n1004;Лис;5;Err:502\n1005;Бик;5;####\n1006;=СУММ(A1:A3);5;\n";
    for file in [text.as_bytes().to_vec(), windows_1251(text)] {
        import("edit", file, "").sends("comment", &["#5 під'їзд"]).sends("account_number", &["№ 5"]).refuses(
            &[
                (2, "formula"),
                (3, "formula"),
                (5, "formula"),
                (6, "too narrow"),
                (7, "a formula, not its result"),
            ],
        );
    }
}

fn windows_1251(text: &str) -> Vec<u8> {
    let byte = |c: char| match u32::from(c) {
        code @ 0..=0x7F => code,
        code @ 0x410..=0x44F => code - 0x350,
        0x456 => 0xB3,
        0x457 => 0xBF,
        0x2116 => 0xB9,
        other => panic!("{other:X}"),
    };
    text.chars().map(|c| u8::try_from(byte(c)).expect("a byte")).collect()
}

#[test]
fn invisible_characters_are_named_by_code_and_place() {
    let file = "id;name;phone0;login\n1001;Гнатюк\u{200B} Олена;;gna\n1002;Мороз Ігор;\u{202A}+380671112233\u{202C};mor\n\
                1003;Кіт Юлія;;ki\u{AD}t\n1004;Бойко\u{96} Тарас;;boyko\n1005;Левчук Ніна;;nina\n1006;Лис 👨\u{200D}👩\u{200D}👧;;fox\n";
    import("edit", file, "").sends("login", &["nina", "fox"]).refuses(&[
        (2, "character 7 is invisible: U+200B"),
        (3, "character 1 is invisible: U+202A"),
        (4, "character 3 is invisible: U+00AD"),
        (5, "character 6 is the control character U+0096"),
    ]);
}

#[test]
fn letters_that_were_lost_or_read_wrong_are_refused() {
    let file = "id;name;comment\n1001;Р“РЅР°С‚СЋРє РћР»РµРЅР°;ok\n1002;Мороз Ігор;ok\n1003;Ð†Ð²Ð°Ð½;ok\n\
                1004;?????? ?????;ok\n1005;Мороз Ігор;чи є борг?\n1006;Сергієнко Роман;?\n1007;В?ктор;ok\n1008;Müller;Łódź\n";
    import("edit", file, "").sends("comment", &["ok", "чи є борг?", "?", "Łódź"]).refuses(&[
        (2, "'Гнатюк'"),
        (4, "'Іван'"),
        (5, "letters were lost"),
        (8, "letters were lost"),
    ]);
}

#[test]
fn a_table_of_google_is_read() {
    let file = "id,name,agreement_date,comment\n1001,\"Гнатюк, Олена\",09.03.2024,\"1 234,50\"\n";
    import("edit", file, "").sends("name", &["Гнатюк, Олена"]).sends("comment", &["1 234,50"]);
}

#[test]
fn a_telephone_loses_zeros_after_its_point_but_never_gains_digits() {
    let file = "id;phone0\n1001;380670001122.00\n1002;380670001122,0\n1003;0670001122.5\n1004;0670001122/33\n\
                1005;234-56-78 345-67-89\n1006;'(067) 000-11-22\n1007;044/000-11-22\n";
    import("edit", file, "")
        .sends("phone0", &["380670001122", "380670001122", "0670001122", "0440001122"])
        .refuses(&[(4, "telephone"), (5, "more than one"), (6, "more than one")]);
}

#[test]
fn names_that_were_read_wrong_twice_or_lost_a_part_are_refused() {
    let file = "id;name;comment\n1001;Р\u{A0}в\u{402}\u{A0}Р\u{A0}Р†Р\u{A0}В°Р\u{A0}Р…;ok\n1002;п≤п╡п╟пҐ;ok\n\
                1003;–Ш–≤–∞–љ;ok\n1004;├эрЄ■ъ ╬ыхэр;ok\n1005;Гнатюк ????;ok\n1006;Мороз – Кіт;борг ???\n1007;¯æàê;ok\n";
    import("edit", file, "").sends("comment", &["борг ???"]).refuses(&[
        (2, "wrong encoding"),
        (3, "wrong encoding"),
        (4, "wrong encoding"),
        (5, "wrong encoding"),
        (6, "letters were lost"),
        (8, "wrong encoding"),
    ]);
}

#[test]
fn a_row_of_totals_makes_no_customer_whatever_its_columns() {
    let file = "codeti;fio;billing_id\n501;Гнатюк Олена;1\nРазом:;1;\n";
    import("add", file, "").sends("fio", &["Гнатюк Олена"]).refuses(&[(3, "a row of totals")]);
    let file = "fio;codeti;billing_id\nКоломієць Роман;501;1\nКількість: 1;;\n";
    import("add", file, "").sends("fio", &["Коломієць Роман"]).refuses(&[(3, "a row of totals")]);
}

#[test]
fn a_tab_at_the_end_of_the_header_is_no_blank() {
    let file = "id\tname\tlogin\t\n1001\tГнатюк Олена\tgna\n1002\tМороз Ігор\tmor\n";
    import("edit", file, "").sends("name", &["Гнатюк Олена", "Мороз Ігор"]).refuses(&[]);
}
