//! `mapping`: a mapping file to start from, which `validate` accepts for the same table.

use crate::support::{Output, Place, userside};

fn drafted(operation: &str, name: &str, content: impl AsRef<[u8]>) -> (Place, Output) {
    let place = Place::new().with(name, content);
    let output = userside(&place).args(["mapping", operation, name, "-o", "draft.toml"]).run().exits(0);
    (place, output)
}

fn validated(place: &Place, operation: &str, name: &str) -> Output {
    userside(place).args(["validate", operation, name, "--mapping", "draft.toml"]).run()
}

const LEGACY: &str = "\
Абоненти станом на 01.04.2024;;;;;;;;;
Код абонента;ПІБ;Тип;Моб. телефон;E-mail;Дата договору;№ договору;Тариф;Примітка;Примітка
1001;Гнатюк Олена;фіз;067 000 11 22, 050-000-33-44;olena@mail.example;03/04/2023;12-3;Бізнес;-;\"a\"\"b\\\"
1002;Мороз Ігор;юр;0670001133;-;31/12/2023;12-4;Бізнес;немає;
1003;Шевчук Ян;фіз;0670001144;yan@mail.example;30/11/2023;12-5;Дім;ключі;
1004;Бойко Ада;юр;0670001155;ada@mail.example;29/10/2023;12-6;Дім;x;
";

#[test]
fn a_draft_says_what_each_column_is_and_is_accepted() {
    let (place, _) = drafted("edit", "legacy.csv", LEGACY);
    let text = place.text("draft.toml");
    for line in [
        "# the header is line 2",
        "empty = [\"-\", \"немає\"]",
        "# 1001 | 1002 | 1003\n# These must be UserSide's own ids: a number from another program is somebody else, or something else, there.\n\"Код абонента\" = \"id\"",
        "\"ПІБ\" = \"name\"",
        "\"Тип\" = \"flag_corporate\"",
        "\"Моб. телефон\" = [\"phone0\", \"phone1\"]",
        "\"E-mail\" = \"email\"",
        "\"Дата договору\" = \"agreement_date\"",
        "\"№ договору\" = \"agreement_number\"",
        "# all values: Бізнес | Дім\n# Not guessed",
        "\"Тариф\" = \"\"",
        "\"Примітка#1\" = \"comment\"",
        "\"Примітка#2\" = \"\"",
        "[edit.values.\"Тип\"]\n\"фіз\" = \"0\"\n\"юр\" = \"1\"",
        "[edit.date_format]\n\"Дата договору\" = \"dmy\"",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    validated(&place, "edit", "legacy.csv").exits(0).says("the header is line 2").says("4 valid");
}

#[test]
fn drafts_of_other_operations_are_accepted_too() {
    let money = "ID клієнта;Сума, грн;Призначення платежу;Дата\n1001;10,50;березень;01.03.2024\n1002;20,00;березень;02.03.2024\n";
    let (place, _) = drafted("change_balance", "money.csv", money);
    validated(&place, "change_balance", "money.csv").exits(0).says("2 valid");
    let new =
        "ФИО,Код в биллинге,Юр. лицо,Телефон\nИванов Иван,17,нет,0670001122\nПетров Пётр,18,да,0670001133\n";
    let (place, _) = drafted("add", "new.csv", new);
    let text = place.text("draft.toml");
    assert!(
        text.contains("\"Код в биллинге\" = \"codeti\"") && text.contains("\"Телефон\" = \"\""),
        "{text}"
    );
    validated(&place, "add", "new.csv").exits(0).says("2 valid");
}

/// What a draft can't know: where customers are made, what a rare word stands for, and bad values.
const EDITS: &str = "--set billing_id=1 --leave-out-bad phone1";

#[test]
fn a_draft_of_a_migration_names_what_each_step_takes() {
    let place = Place::new().with_sample("legacy-cp1251.csv");
    userside(&place).line("mapping migrate legacy-cp1251.csv -o draft.toml").run().exits(0);
    let text = place.text("draft.toml");
    for line in [
        "empty = [\"-\", \"00.00.0000\", \"нет\"]",
        "\"Код клиента\" = \"codeti\"",
        "\"UID\" = \"billing_customer_id\"",
        "\"ФИО\" = \"fio\"",
        "\"Тип\" = \"is_corporate\"",
        "\"Код плательщика\" = \"parent_id:codeti\"",
        "\"Телефон моб.\" = [\"phone0\", \"phone2\"]",
        "\"Телефон дом.\" = \"phone1\"",
        "\"Дата подключения\" = \"date_connect\"",
        "\"Остаток\" = \"amount\"",
        "\"Примечание\" = \"edit.comment\"",
        "[migrate.set]",
        "# billing_id = 1",
        "\"change_balance.comment\" = \"Остаток\"",
        "[migrate.values.\"Тип\"]\n\"фіз\" = \"0\"\n\"юр\" = \"1\"\n# \"ФЛП\" = \"\"",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // Bad telephone numbers, and a word that only a person can decide on.
    let refused = validated(&place, "migrate", "legacy-cp1251.csv").exits(2);
    refused.says("column 'Телефон дом.', value '26-14'").says("column 'Тип', value 'ФЛП'");
    let place = place.with("draft.toml", text.replace("# \"ФЛП\" = \"\"", "\"ФЛП\" = 1"));
    let command = format!("validate migrate legacy-cp1251.csv --mapping draft.toml {EDITS}");
    userside(&place).line(&command).run().exits(0).says("126 valid");
}

#[test]
fn ids_debts_and_parents_of_another_program_are_warned_about() {
    let list = "ID;ПІБ;Платник;Борг\n17;Гнатюк Олена;;100,00\n18;Гнатюк Ян;17;0\n19;Бойко Ада;17;20,50\n";
    let (place, _) = drafted("migrate", "list.csv", list);
    let text = place.text("draft.toml");
    assert!(text.contains("\n\"ID\" = \"codeti\"\n"), "{text}");
    let warned = "# A debt has to be a negative amount. These have no minus: they would be booked in the customers' favour.\n\"Борг\" = \"amount\"";
    assert!(text.contains(warned), "{text}");
    assert!(text.contains("\"Платник\" = \"parent_id:codeti\""), "{text}");
    validated(&place, "migrate", "list.csv").exits(0).says("3 valid");
    // By another value that each row has.
    let list = "№ договора;ФИО;Родительский договор\n12-1;Иванов Иван;\n12-2;Иванов Пётр;12-1\n";
    let (place, _) = drafted("migrate", "list.csv", list);
    assert!(place.text("draft.toml").contains("\"Родительский договор\" = \"parent_id:dognumber\""));
    // Beside a code it may be either, and one of them is somebody else.
    let (place, _) = drafted("migrate", "list.csv", "id;codeti;ПІБ\n17;a-1;Гнатюк Олена\n");
    let text = place.text("draft.toml");
    let line = "# Left out: if these are UserSide's own ids, of customers who are there, write \"id\".\n\"id\" = \"\"";
    assert!(text.contains(line), "{text}");
}

#[test]
fn a_column_whose_values_do_not_fit_its_name_is_left_out_and_says_so() {
    let (place, _) = drafted("edit", "list.csv", "id;E-mail;Тариф\n7;сорок;x\n8;два;y\n");
    let text = place.text("draft.toml");
    let line = "# Left out: its name speaks of email, but most of its values would be refused as that.\n\"E-mail\" = \"\"";
    assert!(text.contains(line), "{text}");
}

#[test]
fn the_ids_of_an_earlier_import_are_those_of_the_next_step() {
    let results = "ПІБ;Код;Сума;Примітка;result_status;result_id\nГнатюк Олена;ab-7;10,50;борг;ok;1001\n";
    let (place, _) = drafted("change_balance", "list.results.csv", results);
    let text = place.text("draft.toml");
    assert!(text.contains("\n\"result_id\" = \"customer_id\"\n"), "{text}");
    validated(&place, "change_balance", "list.results.csv").exits(0).says("1 valid");
    let (place, _) = drafted("edit", "list.csv", "id;ПІБ;result_id\n7;Гнатюк Олена;1001\n");
    assert!(!place.text("draft.toml").contains("result_id"), "{}", place.text("draft.toml"));
}

#[test]
fn what_a_table_holds_cannot_break_the_draft() {
    let content = "id;\"a\"\"b\n]= \\ # c\";\u{202E}evil;;;phone\n1;\"x\ny\";\u{1b}[31m;z;;0670001122\n2;];#;\"\"\"\";;+380670001133\n";
    let (place, _) = drafted("edit", "hostile.csv", content);
    let text = place.text("draft.toml");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202E}'), "{text}");
    assert!(text.contains("\"#1\" = \"\"") && text.contains("\"phone\" = "), "{text}");
    validated(&place, "edit", "hostile.csv").says_not("mapping").says_not("not a parameter");
}

#[test]
fn columns_are_guessed_by_what_they_hold() {
    let content = "Код;Як зв'язатися;Куди писати;Ще\n7;0670001122;a@mail.example;0440001122\n8;+380670001133;b@mail.example;0440001133\n9;0670001144;-;\n";
    let (place, _) = drafted("edit", "list.csv", content);
    let text = place.text("draft.toml");
    for line in ["\"Як зв'язатися\" = \"phone0\"", "\"Куди писати\" = \"email\"", "\"Ще\" = \"phone1\""]
    {
        assert!(text.contains(line), "{line}\n{text}");
    }
    validated(&place, "edit", "list.csv").exits(0);
}

#[test]
fn a_draft_goes_to_standard_output_and_keeps_what_is_there() {
    let place = Place::new().with("list.csv", "id,name\n1,x\n").with("draft.toml", "mine");
    let output = userside(&place).line("mapping edit list.csv").run().exits(0);
    assert!(output.stdout.contains("[edit.columns]\n# 1\n\"id\" = \"id\""), "{}", output.report());
    userside(&place).line("mapping edit list.csv -o list.csv").run().exits(2);
    let output = userside(&place).line("mapping edit list.csv -o draft.toml").run().exits(0);
    output
        .says("an earlier file is kept as draft.1.toml")
        .says("mapping: draft.toml")
        .says("check every line");
    let output =
        userside(&place).line("mapping edit list.csv --header-row 1 --last-row 2 -o m.toml").run().exits(0);
    output.says("then: `userside-bulk validate edit list.csv --header-row 1 --last-row 2 --mapping m.toml`");
    assert!(place.names().iter().any(|name| place.text(name) == "mine"), "{:?}", place.names());
    userside(&place).line("mapping edit nowhere.csv").run().exits(2).says("nowhere.csv");
    userside(&place).line("mapping").run().exits(2);
}
