//! A mapping file: what it says of columns, for all operations and for one. Whatever is wrong in it is named with its
//! line and with what to do.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::column_name::{clean, folded, shown};
use crate::catalogue::{Operation, nearest, operation, operations};

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// It is left out.
    LeftOut,
    /// It holds values for these parameters, in this order; usually one.
    Parameters(Vec<String>),
}

impl Target {
    /// The target as the command line has it: a parameter, or nothing.
    pub(super) fn of(name: &str) -> Self {
        match name.trim() {
            "" => Self::LeftOut,
            name => Self::Parameters(vec![name.to_owned()]),
        }
    }
}

/// How the dates of a column are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    /// As it is written in the file.
    pub text: String,
    /// The line of the file.
    pub line: usize,
}

/// The tables of a mapping file.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    /// Column name to what it is.
    pub(super) columns: BTreeMap<String, Target>,
    /// Parameter name to the value that every row gets.
    pub(super) constants: BTreeMap<String, String>,
    /// Column name to its words and what they stand for; the words in small letters.
    pub(super) values: BTreeMap<String, BTreeMap<String, String>>,
    /// Words that stand for an empty cell, in small letters.
    pub(super) empty: Vec<String>,
    pub(super) date_formats: BTreeMap<String, DateFormat>,
}

/// What is wrong, and where in the text.
struct Mistake {
    at: usize,
    text: String,
}

type Read<T> = Result<T, Mistake>;

fn mistake<T>(span: &Range<usize>, text: impl Into<String>) -> Read<T> {
    Err(Mistake { at: span.start, text: text.into() })
}

/// Reads the tables for an operation; the error is a sentence with the line.
pub(super) fn parse(text: &str, of: Operation) -> Result<Tables, String> {
    let read = DeTable::parse(text)
        .map_err(|error| Mistake {
            at: error.span().map_or(0, |span| span.start),
            text: error.message().split_whitespace().collect::<Vec<_>>().join(" "),
        })
        .and_then(|file| MappingReader { text }.file(file.get_ref(), of));
    read.map_err(|mistake| format!("line {}: {}", line(text, mistake.at), mistake.text))
}

fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count()
}

struct MappingReader<'t> {
    text: &'t str,
}

impl MappingReader<'_> {
    fn file(&self, file: &DeTable<'_>, of: Operation) -> Read<Tables> {
        let (mut tables, mut own) = (Tables::default(), Tables::default());
        for (key, value) in file {
            let name = key.get_ref();
            if self.take(&mut tables, name, value)? {
                continue;
            }
            let Ok(known) = operation(name) else {
                let near = nearest(name, operations().map(Operation::name).chain(TABLES));
                return mistake(
                    &key.span(),
                    format!(
                        "[{}] is neither an operation nor a table of a mapping{near}; use [columns], [set], [values.\"COLUMN\"], [date_format] and empty = [\"-\"], for one operation as in [edit.columns]",
                        shown(name)
                    ),
                );
            };
            let mut unused = Tables::default();
            let target = if known == of { &mut own } else { &mut unused };
            for (key, value) in table(value, name)? {
                if !self.take(target, key.get_ref(), value)? {
                    let near = nearest(key.get_ref(), TABLES);
                    return mistake(
                        &key.span(),
                        format!(
                            "[{}.{}] is not a table of a mapping{near}; there are {}",
                            shown(name),
                            shown(key.get_ref()),
                            TABLES.join(", ")
                        ),
                    );
                }
            }
        }
        tables.columns.extend(own.columns);
        tables.constants.extend(own.constants);
        for (column, words) in own.values {
            tables.values.entry(column).or_default().extend(words);
        }
        tables.empty.extend(own.empty);
        tables.date_formats.extend(own.date_formats);
        Ok(tables)
    }

    /// Reads one of the tables that a file may have; false for another name.
    fn take(&self, tables: &mut Tables, name: &str, value: &Spanned<DeValue<'_>>) -> Read<bool> {
        match name {
            "columns" => {
                for (column, target) in table(value, name)? {
                    put(
                        &mut tables.columns,
                        column,
                        clean(column.get_ref()).into_owned(),
                        self::target(target)?,
                    )?;
                }
            }
            "set" => {
                for (parameter, value) in table(value, name)? {
                    let name = parameter.get_ref().trim();
                    // TOML takes `edit.comment` without quotation marks for a table in a table.
                    if let DeValue::Table(of_step) = value.get_ref() {
                        for (parameter, value) in of_step {
                            let name = format!("{name}.{}", parameter.get_ref().trim());
                            put(&mut tables.constants, parameter, name, scalar(value)?)?;
                        }
                        continue;
                    }
                    put(&mut tables.constants, parameter, name.to_owned(), scalar(value)?)?;
                }
            }
            "values" => {
                for (column, words) in table(value, name)? {
                    let mut meant = BTreeMap::new();
                    for (word, value) in table(words, "values.\"COLUMN\"")? {
                        put(&mut meant, word, folded(word.get_ref()), scalar(value)?)?;
                    }
                    put(&mut tables.values, column, clean(column.get_ref()).into_owned(), meant)?;
                }
            }
            "date_format" => {
                for (column, format) in table(value, name)? {
                    let text = text(format, "a date format such as \"dmy\"")?;
                    let line = line(self.text, format.span().start);
                    let column_name = clean(column.get_ref()).into_owned();
                    put(&mut tables.date_formats, column, column_name, DateFormat { text, line })?;
                }
            }
            "empty" => {
                let DeValue::Array(words) = value.get_ref() else {
                    return mistake(
                        &value.span(),
                        "'empty' lists words for no value: write it like empty = [\"-\", \"немає\"], above the first table",
                    );
                };
                for word in words {
                    tables.empty.push(folded(&text(word, "a word")?));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What a mapping file, and an operation's part of it, can have.
const TABLES: [&str; 5] = ["columns", "set", "values", "date_format", "empty"];

fn put<T>(
    map: &mut BTreeMap<String, T>,
    key: &Spanned<std::borrow::Cow<'_, str>>,
    name: String,
    value: T,
) -> Read<()> {
    match map.insert(name, value) {
        None => Ok(()),
        Some(_) => mistake(
            &key.span(),
            format!(
                "'{}' stands there twice, as capital letters and white space do not count; leave out one",
                shown(key.get_ref())
            ),
        ),
    }
}

fn table<'v, 'i>(value: &'v Spanned<DeValue<'i>>, name: &str) -> Read<&'v DeTable<'i>> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        _ => mistake(
            &value.span(),
            format!(
                "'{0}' must be a table: write [{0}] on a line of its own, and what belongs to it below",
                shown(name)
            ),
        ),
    }
}

fn text(value: &Spanned<DeValue<'_>>, what: &str) -> Read<String> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.trim().to_owned()),
        _ => mistake(&value.span(), format!("{what} is expected, in quotation marks")),
    }
}

fn target(value: &Spanned<DeValue<'_>>) -> Read<Target> {
    const WHAT: &str = "the name of a parameter";
    match value.get_ref() {
        DeValue::Array(names) => {
            let names = names.iter().map(|name| text(name, WHAT)).collect::<Read<Vec<_>>>()?;
            if names.is_empty() || names.iter().any(String::is_empty) {
                return mistake(
                    &value.span(),
                    "a list of parameters has none, or one without a name; to leave the column out write \"\"",
                );
            }
            Ok(Target::Parameters(names))
        }
        _ => text(value, "the name of a parameter, or a list of them,").map(|name| Target::of(&name)),
    }
}

/// A value as TOML writes it. Floats are not accepted: `1.10` would lose its last digit.
fn scalar(value: &Spanned<DeValue<'_>>) -> Read<String> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.trim().to_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().replace('_', "")),
        DeValue::Boolean(flag) => Ok(if *flag { "1" } else { "0" }.to_owned()),
        _ => mistake(&value.span(), "write the value in quotation marks, as in \"1.10\""),
    }
}

#[cfg(test)]
mod tests {
    use super::{Tables, Target, parse};
    use crate::catalogue::operation;

    fn read(text: &str) -> Result<Tables, String> {
        parse(text, operation("edit").expect("an operation"))
    }

    #[test]
    fn all_that_a_file_may_say_is_read_and_the_operations_own_wins() {
        let tables = read(
            r#"
            empty = ["-", "Немає"]
            [columns]
            "Телефоны" = ["phone0", "phone1"]
            "Примітка" = ""
            [values."Тип"]
            "Фіз" = 0
            "юр" = "1"
            [date_format]
            "Дата" = "dmy"
            [set]
            edit.comment = "a"
            "edit.login" = "b"
            [edit]
            empty = ["00.00.0000"]
            [edit.values."Тип"]
            "юр" = 0
            [edit.date_format]
            "Дата" = "mdy"
            [add.columns]
            "Примітка" = "comment"
            "#,
        )
        .expect("a mapping");
        let phones = Target::Parameters(vec!["phone0".to_owned(), "phone1".to_owned()]);
        assert_eq!((&tables.columns["Телефоны"], &tables.columns["Примітка"]), (&phones, &Target::LeftOut));
        assert_eq!((&*tables.constants["edit.comment"], &*tables.constants["edit.login"]), ("a", "b"));
        assert_eq!(tables.empty, ["-", "немає", "00.00.0000"]);
        assert_eq!((tables.values["Тип"]["фіз"].as_str(), tables.values["Тип"]["юр"].as_str()), ("0", "0"));
        assert_eq!(
            (tables.date_formats["Дата"].text.as_str(), tables.date_formats["Дата"].line),
            ("mdy", 19)
        );
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, said) in [
            ("[columns]\n\"x\" = 3", 2, "in quotation marks"),
            ("[columns\n", 1, ""),
            ("[ad.columns]\nx = 'fio'", 1, "[ad] is neither"),
            ("[add.colums]\nx = 'fio'", 1, "did you mean 'columns'"),
            ("[colums]\nx = 'fio'", 1, "did you mean 'columns'"),
            ("columns = 3", 1, "must be a table"),
            ("[set]\nbilling_id = 1.10", 2, "\"1.10\""),
            ("empty = \"-\"", 1, "empty = ["),
            ("[columns]\nx = []", 2, "has none"),
            ("[columns]\n\"a b\" = 'id'\n\"a  b\" = 'name'", 2, "twice"),
            ("[values]\nx = 'y'", 2, "must be a table"),
            ("[date_format]\nx = 3", 2, "\"dmy\""),
            ("[columns]\nx = 'id'\nx = 'name'", 3, ""),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.starts_with(&format!("line {line}: ")) && error.contains(said), "{text}: {error}");
        }
    }
}
