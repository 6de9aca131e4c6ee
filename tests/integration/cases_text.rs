//! Text files as people have them, with the faults that people's programs leave in them: what a person saw is what is
//! sent, or the row is refused with its cause.

use crate::support::{Case, Place, userside};

fn cp1251(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1251.encode(text).0.into_owned()
}

fn validated(operation: &str, content: impl AsRef<[u8]>) -> crate::support::Output {
    let place = Place::new().with("input.csv", content);
    userside(&place).line(&format!("validate {operation} input.csv")).run()
}

#[test]
fn a_quotation_mark_that_swallows_bookings_is_named_with_its_lines() {
    let text = "customer_id;amount;comment\n1001;10,00;\"Повернення\n1002;20,00;Залишок\n1003;30,00;ТОВ \"Мальва\"\n1004;40,00;\"Залишок\"\n";
    let case = Case::of("change_balance", "input.csv", text);
    assert_eq!((case.refused(), case.refusals().len()), (vec![1], 2));
    let why = &case.refusals()[0];
    assert!(why.contains("opens a cell on line 2 closes on line 4") && why.contains("lines 2 to 4"), "{why}");
}

#[test]
fn text_after_a_closing_mark_is_refused() {
    let text =
        "id;name;comment\r\n1001;\"Мальва\" ТОВ;ok\r\n1002;\"ТОВ \"Мальва\"\";ok\r\n1003;Кіт Юлія;ok\r\n";
    let case = Case::of("edit", "input.csv", cp1251(text));
    assert_eq!(case.values("name"), ["Кіт Юлія"]);
    assert_eq!(case.refused(), [1, 2]);
    assert!(case.refusals().iter().take(2).all(|why| why.contains("text follows a closing quotation mark")));
}

#[test]
fn marks_after_a_backslash_are_those_of_mysql() {
    for name in [r#""ТОВ \"Мальва\"""#, r#"ТОВ \"Мальва\""#, r#""\"Мальва\" ТОВ""#]
    {
        let text =
            format!("\"id\";\"name\";\"comment\"\n\"1001\";{name};\"ok\"\n\"1002\";\"Мороз Ігор\";\"ok\"\n");
        let case = Case::of("edit", "input.csv", text);
        assert_eq!(case.values("name"), ["Мороз Ігор"], "{name}");
        assert!(case.refusals()[0].contains("MySQL"), "{:?}", case.refusals());
    }
}

#[test]
fn a_delimiter_between_marks_that_begin_no_cell_is_named() {
    let text = "id,name,comment\n1,ТОВ\"Мальва, Київ\"\n2,труба 3\",дріт 5\"\n3,ТОВ \"Мальва\",\"x, y\"\n";
    let case = Case::of("edit", "input.csv", text);
    assert_eq!(case.refused(), [1]);
    assert!(case.refusals()[0].contains("between two quotation marks"), "{:?}", case.refusals());
    assert_eq!(case.values("comment"), ["дріт 5\"", "x, y"]);
}

#[test]
fn rows_inside_a_cell_are_named() {
    let text = "customer_id;amount;comment\n1001;10,00;\"оплата\n1002;20,00;оплата\n1003;30,00;оплата\"\n1004;40,00;оплата\n";
    let case = Case::of("change_balance", "input.csv", text);
    assert_eq!((case.refused(), case.refusals().len()), (vec![1], 2));
    let why = &case.refusals()[0];
    assert!(why.contains("begins on line 2") && why.contains("several rows, to line 4"), "{why}");
}

#[test]
fn marks_that_keep_the_rule_are_read_right() {
    let text = "id;name;comment\r\n1001;\"Мальва\"  ;ok\r\n1002;\"Мороз; Ігор\"\t;\"ok\" \r\n1003;ТОВ \"Ромашка\";«Ромашка» “x”\r\n1004;x;\"поверх 3\r\nдзвонити двічі, або \"\"у двір\"\"\"\r\n1005;x;\"Київ; центр\r\nЛьвів; вокзал; 5\"\r\n";
    let case = Case::of("edit", "input.csv", text);
    assert_eq!(case.values("name"), ["Мальва", "Мороз; Ігор", "ТОВ \"Ромашка\"", "x", "x"]);
    let last = "Київ; центр\r\nЛьвів; вокзал; 5";
    let comments = ["ok", "ok", "«Ромашка» “x”", "поверх 3\r\nдзвонити двічі, або \"у двір\"", last];
    assert_eq!(case.values("comment"), comments);
}

#[test]
fn a_blank_before_marks_is_nothing_where_they_are_the_whole_cell() {
    let text = "id, name, comment\n1001, \"Гнатюк, Олена\", ok\n1002, Мороз Ігор, ok\n1003, \"Мальва\" ТОВ, ok\n1004, \"Мальва, ТОВ, ok\n";
    let case = Case::of("edit", "input.csv", text);
    assert_eq!(case.values("name"), ["Гнатюк, Олена", "Мороз Ігор", "\"Мальва\" ТОВ"]);
    assert!(case.refusals()[3].contains("a space stands before a quotation mark"), "{:?}", case.refusals());
}

#[test]
fn the_rest_of_a_row_with_a_stray_mark_is_not_a_row() {
    let text = "id;name;comment\n1;x;\"каже \"так\"\n2;y;ні\";ok\n3;z;ok\n4;w;27\" монітор\n";
    let case = Case::of("edit", "input.csv", text);
    assert_eq!((case.values("name"), case.refused()), (vec!["z", "w"], vec![1, 2]));
    assert!(case.refusals()[1].contains("a part of the one that ends on line 2"), "{:?}", case.refusals());
}

#[test]
fn what_an_unclosed_mark_swallows_is_refused_and_what_stands_before_it_is_not() {
    let case = Case::of("edit", "input.csv", "id,comment\n1,a\n2,\"b\n3,c\n4,d\n");
    assert_eq!(case.values("comment"), ["a"]);
    assert!(case.refusals()[1].contains("lines 3 to 5"), "{:?}", case.refusals());
    let case = Case::of("edit", "input.csv", "id,comment\n1,a\n2,\"b\n");
    let why = &case.refusals()[1];
    assert!(why.contains("on line 3 that is never closed; close it"), "{why}");
}

#[test]
fn a_header_with_a_stray_mark_is_refused_as_a_whole() {
    let output = validated("edit", "id,\"comment\" x\n1,a\n").exits(2);
    output.says("line 1").says("names the columns").says("text follows a closing quotation mark");
}

#[test]
fn a_row_that_is_longer_than_the_header_is_refused_even_by_an_empty_cell() {
    let text = "id;name;apartment_number;account_number;comment\r\n1001;Гнатюк Олена;12;000123;\r\n1002;Мороз Ігор; син;14;000124;\r\n1003;Кіт Юлія;7;000125;\r\n";
    let case = Case::of("edit", "input.csv", cp1251(text));
    assert_eq!(case.values("account_number"), ["000123", "000125"]);
    assert!(case.refusals()[1].contains("6 cells, 1 more than it should"), "{:?}", case.refusals());
}

#[test]
fn delimiters_at_the_end_of_every_line_are_nothing() {
    let names = ["Гнатюк Олена", "Мороз Ігор"];
    for header in ["id;name;comment;", "id;name;comment"] {
        let text = format!("{header}\r\n1001;Гнатюк Олена;a;\r\n;;\r\n1002;Мороз Ігор;b;\r\n");
        assert_eq!(Case::of("edit", "input.csv", cp1251(&text)).values("name"), names);
    }
    let shifted = "id;name;comment\r\n1001;Гнатюк Олена;a;\r\n1002;Мороз Ігор;b;\r\n1003;Кіт; Юлія;;\r\n";
    let case = Case::of("edit", "input.csv", cp1251(shifted));
    assert_eq!((case.values("name"), case.refused()), (names.to_vec(), vec![3]));
}

#[test]
fn short_rows_are_filled_up_and_counted() {
    let text = "id;name;apartment_number;account_number;comment\r\n1001;Гнатюк Олена;12;000123;ok\r\n1002;Мороз Ігор;14;000124\r\n1003;Кіт Юлія;7\r\n1004;Бойко Тарас;9;000126;ok\r\n";
    let case = Case::of("edit", "input.csv", cp1251(text));
    assert_eq!(case.values("account_number"), ["000123", "000124", "", "000126"]);
    case.output.says("2 rows have fewer cells than the header, the first on line 3");
    let whole = "id;name;;\n1001;a\n1002;b;;\n";
    validated("edit", whole).exits(0).says_not("fewer cells");
}

#[test]
fn a_damaged_byte_makes_one_row_invalid() {
    let rows: String = (1..=20).map(|id| format!("{id},Гнатюк Олена {id},\"вул. Садова, {id}\"\n")).collect();
    let mut bytes = format!("id,name,comment\n{rows}").into_bytes();
    let place = rows.find("Олена 10").expect("a row") + "id,name,comment\n".len() + 1;
    bytes[place] = 0xFF;
    let case = Case::of("edit", "input.csv", bytes);
    assert_eq!((case.refused(), case.sent.len()), (vec![10], 19));
    assert_eq!(case.values("name")[0], "Гнатюк Олена 1");
    let why = &case.refusals()[9];
    assert!(why.contains("column 'name'") && why.contains("at character 8 is damaged"), "{why}");
}

#[test]
fn a_line_in_another_encoding_is_refused() {
    let utf8 =
        "fio;codeti;billing_id\nГнатюк Олена Іванівна;1001;1\nМороз Ігор Петрович;1002;1\nКіт Юлія;1003;1\n";
    let bytes = [utf8.as_bytes(), &cp1251("Лемешко Ждан;1006;1\n")].concat();
    let case = Case::of("add", "input.csv", bytes);
    assert_eq!((case.refused(), case.sent.len()), (vec![4], 3));
    assert!(case.refusals()[3].contains("in another encoding"), "{:?}", case.refusals());
}

/// Every letter of the text as the byte that a program of that page writes.
fn paged(text: &str, page: &[(char, u8)]) -> Vec<u8> {
    let byte = |c: char| match page.iter().find(|(letter, _)| *letter == c) {
        Some((_, byte)) => *byte,
        None => u8::try_from(c).expect("ASCII"),
    };
    text.chars().map(byte).collect()
}

#[test]
fn the_pages_of_dos_and_of_the_mac_are_recognised() {
    let text =
        "id;name;comment\r\n1001;Гнатюк Олена Іванівна;вул. Садова, буд. 1\r\n1002;Мороз Ігор;Їжак\r\n";
    let names = ["Гнатюк Олена Іванівна", "Мороз Ігор"];
    let capitals = ('А'..='Я').zip(0x80..);
    let low = ('а'..='п').zip(0xA0..).chain(('р'..='я').zip(0xE0..));
    let ukrainian = [('І', 0xF6), ('і', 0xF7), ('Ї', 0xF8), ('ї', 0xF9)];
    let dos: Vec<_> = capitals.clone().chain(low).chain(ukrainian).collect();
    let mac: Vec<_> = capitals
        .chain(('а'..='ю').zip(0xE0..))
        .chain([('я', 0xDF), ('І', 0xA7), ('і', 0xB4), ('Ї', 0xBA), ('ї', 0xBB)])
        .collect();
    for (page, name) in [(dos, "cp1125"), (mac, "x-mac-cyrillic")] {
        let case = Case::of("edit", "input.csv", paged(text, &page));
        assert_eq!(case.values("name"), names, "{name}");
        case.output.says(name);
        let case = Case::of(&format!("edit --encoding {name}"), "input.csv", paged(text, &page));
        assert_eq!(case.values("name"), names, "{name}");
    }
}

#[test]
fn one_word_is_enough_or_both_encodings_are_named() {
    let case = Case::of("add", "input.csv", cp1251("fio;codeti;billing_id\r\nІван;1;1\r\n"));
    assert_eq!(case.values("fio"), ["Іван"]);
    let output = validated("add", cp1251("fio;codeti;billing_id\r\nФИО;1;1\r\n")).exits(2);
    output.says("it may be windows-1251 or KOI8-U").says("--encoding windows-1251");
}

#[test]
fn utf16_is_read_without_a_mark_and_utf32_is_named() {
    let text = "id;name;comment\r\n1001;Гнатюк Олена;вул. Садова, 1\r\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(Case::of("edit", "input.csv", utf16).values("name"), ["Гнатюк Олена"]);
    let utf32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    validated("edit", utf32).exits(2).says("UTF-32");
}

#[test]
fn a_dos_end_byte_is_nothing() {
    let text = [cp1251("fio;codeti;billing_id\r\nКовальчук Юрій;1;1\r\n"), vec![0x1A]].concat();
    assert_eq!(Case::of("add", "input.csv", text).values("fio"), ["Ковальчук Юрій"]);
}

#[test]
fn a_first_line_that_names_the_delimiter_is_obeyed() {
    for line in ["sep=;", "\u{FEFF}sep=;", "\"sep=;\""] {
        let text = format!("{line}\r\nid;name;comment\r\n1001;Гнатюк Олена;вул. Тестова, 5\r\nx;a;b\r\n");
        let case = Case::of("edit", "input.csv", text);
        assert_eq!(case.values("comment"), ["вул. Тестова, 5"], "{line}");
        case.output.says("line 4");
    }
}

#[test]
fn commas_in_the_header_do_not_split_it() {
    let text = "id;ПІБ;Телефон (дом., роб., моб.);Адреса (місто, вулиця, буд., кв.)\r\n1001;Гнатюк Олена;0670001122;Київ\r\n1002;Мороз Ігор;0500003344;Львів\r\n";
    let maps = [
        "edit",
        "--map",
        "ПІБ=name",
        "--map",
        "Телефон (дом., роб., моб.)=phone0",
        "--map",
        "Адреса (місто, вулиця, буд., кв.)=comment",
    ];
    assert_eq!(Case::with_args(&maps, "input.csv", cp1251(text)).values("comment"), ["Київ", "Львів"]);
}

#[test]
fn an_unusual_delimiter_is_named() {
    let output = validated("edit", "id:name:comment\n1001:Гнатюк Олена:ok\n").exits(2);
    output.says("--delimiter ':'").says_not("--map");
    validated("edit", "id   name\n1001 Гнатюк  Олена\n1  x\n").exits(2).says("separated by spaces");
    let place = Place::new().with("input.csv", "id:name:comment\n1001:Гнатюк Олена:ok\n");
    userside(&place).line("validate edit input.csv --delimiter :").run().exits(0);
}

#[test]
fn a_lookup_does_not_lose_what_a_mark_swallows() {
    let place = Place::new().with("input.csv", "id,login\n1,\"a\n2,b\n3,\"c\"\n");
    let output = userside(&place)
        .line("lookup login input.csv --column login")
        .at_url("http://127.0.0.1:9")
        .run()
        .exits(2);
    output.says("line 2").says("closes on line 4");
}
