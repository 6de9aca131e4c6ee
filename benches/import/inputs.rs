//! The input files: the same every time, with no two equal rows.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use form_urlencoded::Serializer;

/// The key that the requests carry.
pub const KEY: &str = "0123456789abcdef";

/// Writes this many rows to a new file.
pub type Content = fn(&mut dyn Write, usize) -> io::Result<()>;

/// The columns of [`customers`].
const CUSTOMER: [&str; 7] = ["id", "login", "name", "account_number", "email", "phone0", "comment"];

const FAMILY_NAMES: [&str; 7] =
    ["Шевченко", "Kowalska", "Бондаренко", "Ковальчук", "O'Neill", "Кравчук", "Мельник"];
const INITIALS: [&str; 5] = ["А. В.", "О. П.", "M. K.", "І. С.", "Т. Д."];

/// Makes a file of `rows` rows.
pub fn write(path: &Path, rows: usize, content: Content) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    content(&mut file, rows)?;
    file.flush()
}

/// `edit`: what a migration sets for every customer.
pub fn customers(file: &mut dyn Write, rows: usize) -> io::Result<()> {
    writeln!(file, "{}", CUSTOMER.join(","))?;
    (0..rows).try_for_each(|row| writeln!(file, "{}", customer(row).join(",")))
}

/// The requests for the rows of [`customers`], one body per line.
pub fn bodies(file: &mut dyn Write, rows: usize) -> io::Result<()> {
    (0..rows).try_for_each(|row| {
        let mut body = Serializer::new(String::new());
        body.extend_pairs([("key", KEY), ("cat", "customer"), ("subcat", "edit")]);
        body.extend_pairs(CUSTOMER.iter().zip(customer(row)));
        writeln!(file, "{}", body.finish())
    })
}

/// The cells of one row of [`customers`].
fn customer(row: usize) -> [String; 7] {
    [
        (100_000 + row).to_string(),
        format!("user{row}"),
        format!("{} {}", FAMILY_NAMES[row % FAMILY_NAMES.len()], INITIALS[row % INITIALS.len()]),
        format!("{:09}", 40_000_000 + row),
        format!("user{row}@example.net"),
        format!("+38050{:07}", row % 10_000_000),
        format!("contract {row}; moved from the old billing"),
    ]
}

/// `edit`: ten columns with every kind of value that the operation has, half of the dates and flags in
/// forms that need normalising.
pub fn every_kind(file: &mut dyn Write, rows: usize) -> io::Result<()> {
    writeln!(
        file,
        "id,flag_corporate,agreement_date,date_activity,email,phone0,floor,house_id,name,account_number"
    )?;
    (0..rows).try_for_each(|row| {
        let (day, month, year) = (row % 28 + 1, row / 28 % 12 + 1, 2000 + row / 336 % 25);
        let (hour, minute, second) = (row % 24, row / 24 % 60, row / 1440 % 60);
        let floor = i64::try_from(row % 40).map_or(0, |floor| floor - 3);
        let [id, _, name, account, email, phone, _] = customer(row);
        let (flag, date) = if row % 2 == 0 {
            (["0", "1"][row / 2 % 2], format!("{year}-{month:02}-{day:02}"))
        } else {
            (["нет", "да"][row / 2 % 2], format!("{day:02}.{month:02}.{year}"))
        };
        writeln!(
            file,
            "{id},{flag},{date},{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02},\
             {email},{phone},{floor},{house},{name},{account}",
            house = row % 5_000 + 1,
        )
    })
}

/// `change_balance`: every fourth amount has other separators, as a spreadsheet may write it.
pub fn money(file: &mut dyn Write, rows: usize) -> io::Result<()> {
    writeln!(file, "customer_id,amount,comment")?;
    (0..rows).try_for_each(|row| {
        let (whole, cents) = (row % 900 + 100, row / 900 % 100);
        let id = 100_000 + row;
        match row % 4 {
            0 => writeln!(file, "{id},\"1 {whole},{cents:02}\",correction {row}"),
            1 => writeln!(file, "{id},-{whole}.{cents:02},correction {row}"),
            _ => writeln!(file, "{id},{whole}.{cents:02},correction {row}"),
        }
    })
}

/// `migrate`: a customer to be made, with fields, a date of connection and an opening balance: four calls a row.
pub fn migration(file: &mut dyn Write, rows: usize) -> io::Result<()> {
    write_migration(file, rows, "", |_| String::new())
}

/// The same in families: every hundredth row is the parent of those that follow.
pub fn families(file: &mut dyn Write, rows: usize) -> io::Result<()> {
    let parent = |row: usize| {
        let parent = row / 100 * 100;
        if parent == row { ",".to_owned() } else { format!(",c{parent}") }
    };
    write_migration(file, rows, ",parent_id:codeti", parent)
}

fn write_migration(
    file: &mut dyn Write,
    rows: usize,
    more: &str,
    cell: impl Fn(usize) -> String,
) -> io::Result<()> {
    writeln!(
        file,
        "codeti,name,login,account_number,email,phone0,edit.comment,change_date_connect.value,amount,\
         change_balance.comment{more}"
    )?;
    (0..rows).try_for_each(|row| {
        let [_, login, name, account, email, phone, comment] = customer(row);
        let (day, month, year) = (row % 28 + 1, row / 28 % 12 + 1, 2000 + row / 336 % 25);
        writeln!(
            file,
            "c{row},{name},{login},{account},{email},{phone},{comment},{year}-{month:02}-{day:02},{}.{:02},opening{}",
            row % 900 + 100,
            row / 900 % 100,
            cell(row)
        )
    })
}

/// The requests for the rows of [`money`], with tags, one body per line.
pub fn bookings(file: &mut dyn Write, rows: usize) -> io::Result<()> {
    (0..rows).try_for_each(|row| {
        let (whole, cents) = (row % 900 + 100, row / 900 % 100);
        let sign = if row % 4 == 1 { "-" } else { "" };
        let mut body = Serializer::new(String::new());
        body.extend_pairs([("key", KEY), ("cat", "customer"), ("subcat", "change_balance")]);
        body.append_pair("customer_id", &(100_000 + row).to_string());
        body.append_pair("amount", &format!("{sign}{whole}.{cents:02}"));
        body.append_pair("comment", &format!("correction {row} [ub-abcdef-{}]", row + 1));
        writeln!(file, "{}", body.finish())
    })
}
