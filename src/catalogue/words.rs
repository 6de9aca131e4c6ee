//! How people call the columns of their tables, in Ukrainian, Russian and English: by what a parameter means.

use super::model::{Action, Meaning, Parameter, ValueKind};
use super::operation::Operation;

/// Words for a meaning, in small letters, the dots and hyphens of abbreviations left out.
struct MeaningWords {
    meaning: Meaning,
    /// Between upright lines.
    words: &'static str,
}

impl MeaningWords {
    fn words(&self) -> impl Iterator<Item = &'static str> {
        self.words.split('|').map(str::trim)
    }
}

const fn w(meaning: Meaning, words: &'static str) -> MeaningWords {
    MeaningWords { meaning, words }
}

/// The more special meaning comes first where one word has several.
const WORDS: &[MeaningWords] = &[
    w(
        Meaning::Customer,
        "id | ід | ид | id абонента | id клієнта | id клиента | ід абонента | ід клієнта | ид \
         абонента | код абонента | код клієнта | код клиента | номер абонента | customer id | client \
         id | userside id | id userside | id в userside | id у userside | код",
    ),
    w(
        Meaning::Sets("codeti"),
        "код у білінгу | код в білінгу | код в биллинге | код білінгу | код биллинга | id в білінгу | \
         id у білінгу | id в биллинге | код клієнта | код клиента | код абонента | номер абонента | \
         uid | billing code | код | id | ід | ид | id абонента | id клієнта | id клиента | ід \
         абонента | ід клієнта | ид абонента | customer id | client id",
    ),
    w(
        Meaning::Sets("billing.uuid"),
        "id в білінгу | id у білінгу | id в биллинге | uuid | uid | billing uid | billing uuid",
    ),
    w(Meaning::Sets("billing_id"), "id білінгу | id биллинга | білінг | биллинг | billing"),
    w(
        Meaning::Sets("account_number"),
        "особовий рахунок | особовий | ос рахунок | о р | номер о р | номер л с | номер рахунку | рахунок | лицевой счет | \
         лицевой счёт | лицевой | л с | номер счета | номер счёта | лиц счет | лиц счёт | account | \
         account number | personal account",
    ),
    w(
        Meaning::Sets("agreement.0.date"),
        "дата договору | дата договора | дата укладання | дата укладання договору | дата заключения | \
         дата заключения договора | дата дог | agreement date | contract date",
    ),
    w(
        Meaning::Sets("agreement.0.number"),
        "номер договору | номер договора | договір | договор | n договору | n договора | дог | номер \
         дог | agreement | agreement number | contract | contract number",
    ),
    w(
        Meaning::Sets("full_name"),
        "піб | пиб | п і б | фио | ф и о | піб абонента | фио абонента | піб клієнта | фио клиента | \
         прізвище ім'я по батькові | прізвище ім’я по батькові | прізвище | фамилия имя отчество | \
         фамилия | повне ім'я | абонент | клієнт | клиент | споживач | потребитель | назва | \
         найменування | название | наименование | контрагент | ім'я | ім’я | имя | name | full name | \
         customer | customer name | client | client name",
    ),
    w(
        Meaning::Sets("phone.1.number"),
        "телефон дом | домашній телефон | домашній | дом телефон | дом тел | тел дом | телефон домашній | телефон \
         домашний | домашний телефон | домашний | додатковий телефон | дополнительный телефон | дод \
         телефон | доп телефон | стаціонарний | стационарный | телефон 2 | телефон2 | тел 2 | другий \
         телефон | второй телефон | home phone | phone 2",
    ),
    w(
        Meaning::Sets("phone.0.number"),
        "телефон | телефони | телефоны | тел | моб | телефон моб | мобільний | мобильный | мобільний телефон | \
         мобильный телефон | моб телефон | моб тел | тел моб | контактний телефон | контактный \
         телефон | номер телефону | номер телефона | телефон 1 | контакт | контакти | контакты | \
         phone | phones | mobile | mobile phone | cell | telephone | tel",
    ),
    w(
        Meaning::Sets("email.0.address"),
        "e mail | email | mail | мейл | імейл | имейл | пошта | ел пошта | електронна пошта | \
         електронна адреса | почта | эл почта | электронная почта | электронный адрес | email address",
    ),
    w(
        Meaning::Sets("address.0.house_id"),
        "id будинку | id дома | код будинку | код дома | house id | будинок id | дом id",
    ),
    w(
        Meaning::Sets("address.0.apartment.full_name"),
        "квартира | кв | номер квартири | номер квартиры | flat | apartment | apt",
    ),
    w(
        Meaning::Sets("address.0.entrance"),
        "під'їзд | під’їзд | підїзд | подъезд | парадне | парадная | entrance",
    ),
    w(Meaning::Sets("address.0.floor"), "поверх | этаж | floor"),
    w(
        Meaning::Sets("date_connect"),
        "дата підключення | дата подключения | підключення | подключение | підключено | подключен | \
         дата підкл | дата подкл | connected | connection date | date connected",
    ),
    w(
        Meaning::Sets("date_activity"),
        "остання активність | последняя активность | дата активності | дата активности | last \
         activity",
    ),
    w(
        Meaning::Sets("flag_corporate"),
        "юр особа | юрособа | юридична особа | юр лицо | юрлицо | юридическое лицо | тип абонента | \
         тип клієнта | тип клиента | тип особи | тип | фіз юр | физ юр | юр | корпоративний | \
         корпоративный | corporate | legal entity | is corporate",
    ),
    w(Meaning::Sets("is_potential"), "потенційний | потенциальный | potential"),
    w(Meaning::Sets("group.*.id"), "id групи | id группы | група | группа | group"),
    w(
        Meaning::Sets("login"),
        "логін | логин | login | user | username | user name | користувач | пользователь",
    ),
    w(Meaning::Sets("manager_id"), "id менеджера | менеджер | manager"),
    w(
        Meaning::Sets("parent_id"),
        "id батьківського | головний абонент | id родителя | родитель | parent | код платника | код \
         плательщика | платник | плательщик | код батьківського | код родителя | код головного \
         абонента | код главного абонента | главный абонент | id головного | батьківський договір | \
         головний договір | родительский договор | главный договор | parent code | payer | payer code",
    ),
    w(Meaning::Sets("coordinates"), "координати | координаты | gps | coordinates"),
    w(
        Meaning::Sets("comment"),
        "примітка | примітки | примечание | примечания | прим | коментар | коментарі | комментарий | \
         комментарии | comment | comments | note | notes | опис | описание",
    ),
    w(
        Meaning::Amount,
        "сума | сумма | сума грн | сумма грн | сума платежу | сумма платежа | сума оплати | сумма \
         оплаты | платіж | платеж | оплата | нарахування | начисление | баланс | залишок | остаток | \
         сальдо | борг | долг | заборгованість | задолженность | amount | sum | payment \
         | balance | debt | saldo",
    ),
    w(
        Meaning::BookingNote,
        "призначення платежу | призначення | назначение платежа | назначение | підстава | основание | \
         примітка | примечание | коментар | комментарий | purpose | comment | note | description | \
         опис | описание",
    ),
    w(
        Meaning::Employee,
        "id співробітника | id сотрудника | співробітник | сотрудник | оператор | operator | employee",
    ),
];

/// Short words that are part of no other name.
const SHORT: &[&str] = &["піб", "пиб", "фио"];

/// The server's program, whose own ids a column may be said to hold.
const PROGRAM: &str = "userside";

/// What words of a column of flags stand for, by meaning: words for 1, and words for 0.
const FLAG_WORDS: &[(Meaning, &[&str], &[&str])] = &[(
    Meaning::Sets("flag_corporate"),
    &[
        "юр",
        "юр.",
        "ю",
        "юр. особа",
        "юрособа",
        "юридична особа",
        "юридична",
        "юр. лицо",
        "юрлицо",
        "юридическое лицо",
        "юридическое",
        "корпоративний",
        "корпоративный",
        "company",
        "business",
        "тов",
        "ооо",
    ],
    &[
        "фіз",
        "фіз.",
        "физ",
        "физ.",
        "ф",
        "фіз. особа",
        "фізособа",
        "фізична особа",
        "фізична",
        "физ. лицо",
        "физлицо",
        "физическое лицо",
        "физическое",
        "приватний",
        "частный",
        "person",
        "private",
    ],
)];

/// Words for a balance that is owed, mostly written without a sign.
const DEBTS: &[&str] = &["борг", "долг", "заборгованість", "задолженность", "debt"];

/// Whether a column of this name holds what customers owe.
pub fn speaks_of_debt(column: &str) -> bool {
    let name = plain(column);
    DEBTS.iter().any(|word| name.split(' ').any(|said| said == *word))
}

/// How sure a name speaks of a parameter: the whole name does, or only some of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// So many characters of the name do.
    Part(usize),
    /// The whole name does.
    Whole,
}

/// The parameters that a column with this name may stand for, each with how sure it is.
pub fn spoken_of(operation: Operation, column: &str) -> Vec<(&'static Parameter, Likeness)> {
    let name = plain(column);
    let padded = format!(" {name} ");
    let mut found = Vec::new();
    for words in WORDS {
        let Some(parameter) = operation.by_meaning(words.meaning) else { continue };
        // Where customers are made from a list, its ids are those of another program, unless it says otherwise.
        if parameter.is_customer() && operation.does(Action::Add) && !name.contains(PROGRAM) {
            continue;
        }
        let likeness = words.words().filter_map(|word| {
            if name == word {
                Some(Likeness::Whole)
            } else {
                // Short words are parts of too many names, and an id that is not the customer's is called
                // `billing_customer_id` or `id договору`.
                ((word.chars().count() > 3 || SHORT.contains(&word))
                    && parameter.kind != ValueKind::Id
                    && padded.contains(&format!(" {word} ")))
                .then(|| Likeness::Part(word.chars().count()))
            }
        });
        found.extend(likeness.max().map(|likeness| (parameter, likeness)));
    }
    found
}

/// What a word in a column of flags stands for.
pub fn flag_of_word(parameter: &Parameter, word: &str) -> Option<bool> {
    let (_, yes, no) = FLAG_WORDS.iter().find(|(meaning, ..)| *meaning == parameter.meaning)?;
    let word = word.trim().to_lowercase();
    if yes.contains(&word.as_str()) { Some(true) } else { no.contains(&word.as_str()).then_some(false) }
}

/// The name in small letters, with single blanks between words and nothing else between them.
fn plain(name: &str) -> String {
    let letters = name.to_lowercase();
    let letters = letters.replace('№', "номер ");
    let words: String = letters
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '\'' | '’') { c } else { ' ' })
        .collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Parameter {
    /// Whether the parameter is what a customer is called.
    pub fn is_name_of_customer(&self) -> bool {
        self.meaning == Meaning::Sets("full_name")
    }
}

#[cfg(test)]
mod tests {
    use super::{FLAG_WORDS, Likeness, WORDS, plain, speaks_of_debt, spoken_of};
    use crate::catalogue::{operation, operations};

    fn best(name: &str, column: &str) -> Option<&'static str> {
        let found = spoken_of(operation(name).expect("an operation"), column);
        let best = found.iter().map(|(_, likeness)| *likeness).max()?;
        found.into_iter().find(|(_, likeness)| *likeness == best).map(|(parameter, _)| parameter.name)
    }

    #[test]
    fn names_of_columns_are_understood_in_three_languages() {
        for (column, parameter) in [
            ("ПІБ", "name"),
            ("Ф.И.О.", "name"),
            ("Full name", "name"),
            ("Лицевой счёт", "account_number"),
            ("Особовий рахунок №", "account_number"),
            ("Моб. тел.", "phone0"),
            ("Телефон (домашній)", "phone1"),
            ("E-mail", "email"),
            ("№ договору", "agreement_number"),
            ("Дата договора", "agreement_date"),
            ("Під'їзд", "entrance"),
            ("Кв.", "apartment_number"),
            ("Примечание", "comment"),
            ("Connection date", "date_connect"),
        ] {
            assert_eq!(best("edit", column), Some(parameter), "{column}");
        }
        assert_eq!(best("change_balance", "Сума, грн"), Some("amount"));
        assert_eq!(best("change_balance", "Призначення платежу"), Some("comment"));
        assert_eq!(best("add", "ПІБ абонента"), Some("fio"));
        assert_eq!(best("add", "ПІБ споживача (повністю)"), Some("fio"));
        assert_eq!(best("migrate", "Сальдо на 01.03"), Some("amount"));
        for code in ["Код клиента", "ID", "id абонента"] {
            assert_eq!(best("migrate", code), Some("codeti"), "{code}");
        }
        assert_eq!(best("migrate", "ID в UserSide"), Some("id"));
        assert_eq!(best("migrate", "Код плательщика"), Some("parent_id"));
        assert_eq!(best("edit", "Тариф"), None);
        assert_eq!(best("edit", "Код клієнта"), Some("id"));
        for column in ["billing_customer_id", "Код клієнта в 1С", "ID договору абонента"]
        {
            assert_ne!(best("edit", column), Some("id"), "{column}");
        }
    }

    #[test]
    fn what_is_owed_is_told_from_what_is_left() {
        assert!(["Борг, грн", "Задолженность", "ДОЛГ", "debt"].iter().all(|name| speaks_of_debt(name)));
        assert!(["Остаток", "Баланс", "долгота"].iter().all(|name| !speaks_of_debt(name)));
    }

    #[test]
    fn every_meaning_is_one_of_a_parameter_and_every_word_is_plain() {
        for words in WORDS {
            assert!(operations().any(|o| o.by_meaning(words.meaning).is_some()), "{:?}", words.meaning);
            for word in words.words() {
                assert_eq!(plain(word), word);
            }
        }
        assert!(FLAG_WORDS.iter().all(|(meaning, ..)| WORDS.iter().any(|words| words.meaning == *meaning)));
        assert!(Likeness::Whole > Likeness::Part(100));
    }
}
