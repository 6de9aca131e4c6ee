//! The same customers give the same bytes, however a server spells its answers, however many customers it gives
//! at once, and whatever goes wrong on the way.

use crate::support::{Entry, Place, Sandbox, userside};

const CUSTOMERS: usize = 40;

/// Text that HTML, CSV and JSON each write in their own way.
const ODD: &str = "R&D \"Ромашка\" <b>, 'кв. 5/6'; \\ 100%\nвторая строка";

/// What is asked for: the usual columns, and those that are lists and maps.
const COLUMNS: &str = "--columns id,full_name,balance,account_number,flag_corporate,state_id,agreement,\
                       agreement.0.date,phone.*.number,email,address.0.apartment.full_name,group,mark,tariff.current,\
                       ip_mac.*.ip,ip_mac.*.mac,service.*.cost,billing.uuid,traffic.month.up,parent_id,tag,\
                       additional_data,date_create,date_connect,date_activity,date_positive_balance,comment";

/// A server with odd customers among the invented ones.
fn server(options: &str) -> Sandbox {
    let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} {options}"));
    sandbox.call("edit", &[("id", "3"), ("comment", ODD), ("name", "О'Ніл \"Ґ\"")]);
    sandbox.call("edit", &[("id", "4"), ("account_number", "000000"), ("phone0", "+380671112233")]);
    sandbox.call("edit", &[("id", "5"), ("agreement_date", "2022-10-23"), ("comment", "=1+1")]);
    sandbox.book("6", "0.10", "x");
    sandbox
}

/// The bytes of an export of everybody.
#[track_caller]
fn exported(sandbox: &Sandbox, options: &str) -> String {
    let place = Place::new();
    let line = format!("export --is-ex 0 --is-ex 1 -o out.csv --retries 12 {COLUMNS} {options}");
    userside(&place).line(&line).to(sandbox).run().exits(0);
    assert_eq!(place.names(), ["out.csv"]);
    place.text("out.csv")
}

fn plain() -> String {
    exported(&server(""), "--batch 1")
}

/// The ids of every read of customers, request by request.
fn reads(log: &[Entry]) -> Vec<Vec<u64>> {
    let reads = log.iter().filter(|entry| entry.subcategory.as_deref() == Some("get_data"));
    reads
        .filter_map(|entry| entry.parameters.get("customer_id"))
        .map(|ids| ids.split(',').map(|id| id.parse().expect("an id")).collect())
        .collect()
}

fn most(sandbox: &Sandbox) -> usize {
    reads(&sandbox.log()).iter().map(Vec::len).max().unwrap_or_default()
}

#[test]
fn everybody_is_there_in_the_order_of_the_ids() {
    let text = plain();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let ids: Vec<u64> = rows.iter().map(|row| row[0].parse().expect("an id")).collect();
    assert_eq!(ids, (1..=CUSTOMERS as u64).collect::<Vec<_>>());
    let column = |name: &str| {
        let header = text.lines().next().expect("a header");
        header.split(',').position(|column| column == name).expect("a column")
    };
    assert_eq!(&rows[2][column("comment")], ODD);
    assert_eq!(&rows[2][column("full_name")], "О'Ніл \"Ґ\"");
    assert_eq!(&rows[3][column("account_number")], "000000");
    assert_eq!(&rows[4][column("agreement.0.date")], "2022-10-23");
    // No date is nothing, whichever way a server writes it.
    assert!(!text.contains("1970-01-01") && !text.contains("0000-00-00"), "{text}");
}

#[test]
fn every_shape_gives_the_same_bytes() {
    let plain = plain();
    for shape in
        ["classic", "modern", "mixed", "mixed --seed 7", "modern,bom", "classic,warning", "mixed,bom,warning"]
    {
        for batches in ["map", "list", "first", "refuse"] {
            // A seed draws other customers as well, unless it draws only the looks.
            let (shape, seed) = shape.split_once(' ').unwrap_or((shape, ""));
            let sandbox = server(&format!("--shape {shape} --batches {batches} {seed}"));
            let expected = if seed.is_empty() { plain.clone() } else { exported(&server(seed), "--batch 1") };
            // One by one a server's manners with several do not show.
            let one_by_one = if batches == "map" { "--batch 1" } else { "--batch 7" };
            for options in ["--batch auto", one_by_one] {
                assert_eq!(exported(&sandbox, options), expected, "{shape} {batches} {options}");
            }
        }
    }
}

#[test]
fn every_fault_that_passes_leaves_the_same_bytes() {
    let plain = plain();
    for fault in [
        "read:500=9%",
        "read:502=9%",
        "read:504@3,5",
        "read:504-after=9%",
        "read:503=20%",
        "read:429=20%",
        "read:drop-before=9%",
        "read:drop-after=9%",
        "read:html=9%",
        "read:empty=9%",
        "read:truncate=9%",
    ] {
        for options in ["--batch auto", "--batch 1 --concurrency 3", "--batch 5"] {
            let sandbox = server(&format!("--shape mixed --fault {fault}"));
            assert_eq!(exported(&sandbox, options), plain, "{fault} {options}");
            let faults = sandbox.log().iter().filter(|entry| entry.fault.is_some()).count();
            assert!(faults > 0 || options != "--batch 1 --concurrency 3", "nothing is proven: {fault}");
        }
    }
}

/// A server that looks only at the first so many of a list.
#[test]
fn a_server_that_cuts_lists_short_gives_the_same_bytes() {
    let plain = plain();
    for batches in ["map", "list"] {
        for limit in [1, 2, 3, 7] {
            let sandbox = server(&format!("--batches {batches} --batch-limit {limit}"));
            assert_eq!(exported(&sandbox, ""), plain, "{batches} {limit}");
            assert_eq!(exported(&sandbox, "--batch 20"), plain, "{batches} {limit}");
        }
    }
}

#[test]
fn both_names_of_the_subcategory_give_the_same_bytes() {
    let plain = exported(&Sandbox::with(&format!("--customers {CUSTOMERS}")), "");
    for selector in ["subcat", "action"] {
        let sandbox = Sandbox::with(&format!("--customers {CUSTOMERS} --selector {selector}"));
        assert_eq!(exported(&sandbox, ""), plain);
        assert_eq!(exported(&sandbox, &format!("--selector {selector}")), plain);
    }
}

/// Two are tried once; then as many as the server is glad with go into a request.
#[test]
fn many_go_into_one_request_where_the_server_takes_them() {
    for batches in ["map", "list"] {
        let sandbox = server(&format!("--batches {batches}"));
        exported(&sandbox, "");
        assert_eq!(reads(&sandbox.log()), [vec![1, 2], (3..=40).collect()]);
    }
    let sandbox = server("");
    exported(&sandbox, "--batch 10 --concurrency 1");
    assert_eq!(most(&sandbox), 10);
}

#[test]
fn a_server_that_answers_one_of_two_is_asked_one_by_one() {
    for batches in ["first", "refuse", "map --batch-limit 1", "list --batch-limit 1"] {
        let sandbox = server(&format!("--batches {batches}"));
        let output = userside(&Place::new()).line("export --is-ex 0 --is-ex 1").to(&sandbox).run().exits(0);
        output.says("one customer per request");
        let reads = reads(&sandbox.log());
        assert_eq!(reads[..2], [vec![1, 2], vec![21, 22]], "one more pair is tried, and no third one");
        let mut alone: Vec<u64> = reads[2..].iter().map(|ids| ids[0]).collect();
        alone.sort_unstable();
        assert!(reads[2..].iter().all(|ids| ids.len() == 1));
        assert_eq!(alone, (1..=CUSTOMERS as u64).collect::<Vec<_>>());
    }
}

/// The batches grow while the server answers them all.
#[test]
fn many_customers_are_few_requests() {
    for (options, fewest) in [("", 7), ("--batch-limit 150", 25)] {
        let (place, sandbox) = (Place::new(), Sandbox::with(&format!("--customers 2000 {options}")));
        let line = "export --is-ex 0 --is-ex 1 --columns id --concurrency 1";
        let output = userside(&place).line(line).to(&sandbox).run().exits(0);
        assert_eq!(output.stdout.lines().count(), 2001);
        let sizes: Vec<usize> = reads(&sandbox.log()).iter().map(Vec::len).collect();
        assert!(sizes.len() <= fewest && sizes.iter().all(|size| *size <= 1000), "{options}: {sizes:?}");
    }
}

/// One of the first two may have been deleted meanwhile: that says nothing of the server.
#[test]
fn one_of_the_first_two_who_is_gone_does_not_make_it_slow() {
    let ids: String = [9001].into_iter().chain(1..=CUSTOMERS).map(|id| format!("{id}\n")).collect();
    for options in ["", "--batches list"] {
        let (place, sandbox) = (Place::new().with("ids.txt", &ids), server(options));
        let output = userside(&place).line("export --ids ids.txt --columns id").to(&sandbox).run().exits(1);
        assert_eq!(output.stdout.lines().count(), CUSTOMERS + 1);
        assert!(most(&sandbox) > 20, "{:?}", reads(&sandbox.log()));
        output.says("9001");
    }
}

#[test]
fn batches_are_not_tried_where_they_are_not_wanted() {
    let sandbox = server("");
    exported(&sandbox, "--batch 1");
    assert_eq!(most(&sandbox), 1);
    assert_eq!(reads(&sandbox.log()).len(), CUSTOMERS);
}

/// What is asked goes out at the pace that was promised: so many requests a second, and no more.
#[test]
fn the_pace_is_kept() {
    let (place, sandbox) = (Place::new(), server(""));
    let line = "export --is-ex 0 --is-ex 1 --batch 1 --rate 40/s --burst 1 --concurrency 8 --url";
    userside(&place).line(line).args([sandbox.url()]).run().exits(0);
    let log: Vec<Entry> = sandbox.log().into_iter().filter(Entry::is_read).collect();
    // One to find the name of the subcategory, and two searches.
    assert_eq!(log.len(), CUSTOMERS + 3);
    // Slower is always allowed; faster never is.
    let (first, last) = (log[0].t_ms, log[log.len() - 1].t_ms);
    let least = (log.len() - 2) as f64 * 1000.0 / 40.0;
    assert!(last - first >= least * 0.97, "{} requests within {} ms", log.len(), last - first);
}

#[test]
fn several_are_asked_at_a_time() {
    let (place, sandbox) = (Place::new(), server("--fault read:stall@6"));
    let line = "export --is-ex 0 --is-ex 1 --batch 1 --concurrency 2 --timeout 120s --columns id";
    let running = userside(&place).line(line).to(&sandbox).start();
    // One request never comes back; the others go on beside it.
    crate::support::until("all the others", || (reads(&sandbox.log()).len() == CUSTOMERS).then_some(()));
    running.killed();
}
