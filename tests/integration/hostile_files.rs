//! No command writes over a file that it reads, over another of its outputs, or where a link leads: it is refused before
//! anything is written.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{Place, Sandbox, userside};

/// Not the sandbox's: a file with that one would be a leak.
const KEY: &str = "a-key-of-nobody";

/// Everything that is read, under its own name; nothing of it may change.
fn place() -> Place {
    Place::new()
        .with("input.csv", "id,comment\n1,x\n")
        .with("money.csv", "customer_id,amount\n1,1.00\n")
        .with("map.toml", "[columns]\n")
        .with("key.txt", KEY)
        .with("ids.txt", "1\n2\n")
        .with("houses.txt", "1\n")
        .with("earlier.csv", "id\n1\n")
}

/// The file under its own name, by another path, by a link, and by another name of the same file.
fn names(place: &Place, file: &str) -> Vec<String> {
    fs::create_dir_all(place.path("folder")).expect("a folder");
    symlink(place.path(file), place.path("link")).expect("a link");
    fs::hard_link(place.path(file), place.path("hard")).expect("another name");
    vec![
        file.to_owned(),
        format!("./{file}"),
        format!("folder/../{file}"),
        "link".to_owned(),
        "hard".to_owned(),
    ]
}

fn forget(place: &Place) {
    fs::remove_file(place.path("link")).expect("a link");
    fs::remove_file(place.path("hard")).expect("a name");
}

#[test]
fn what_is_read_is_not_written_over() {
    let place = place();
    let sandbox = Sandbox::start();
    let before = |place: &Place| -> Vec<Vec<u8>> {
        ["input.csv", "money.csv", "map.toml", "key.txt", "ids.txt", "houses.txt", "earlier.csv"]
            .map(|name| place.bytes(name))
            .to_vec()
    };
    let content = before(&place);
    let import = "import edit input.csv --mapping map.toml --key-file key.txt";
    let export = "export --key-file key.txt -o out.csv";
    for (file, over, lines) in [
        (
            "input.csv",
            "the input",
            vec![
                format!("{import} --results AT"),
                format!("{import} --failed AT"),
                format!("{import} --journal AT"),
                "validate edit input.csv --results AT".to_owned(),
                "validate edit input.csv --failed AT".to_owned(),
                "lookup login input.csv --column comment -o AT".to_owned(),
                "history input.csv -o AT".to_owned(),
                "history input.csv -o out.csv --errors AT".to_owned(),
            ],
        ),
        (
            "map.toml",
            "the mapping file",
            vec![
                format!("{import} --results AT"),
                format!("{import} --failed AT"),
                format!("{import} --journal AT"),
                "validate edit input.csv --mapping map.toml --results AT".to_owned(),
            ],
        ),
        (
            "key.txt",
            "the key file",
            vec![
                format!("{import} --results AT"),
                format!("{import} --failed AT"),
                format!("{import} --journal AT --new-run"),
                "export --is-ex 0 --key-file key.txt -o AT".to_owned(),
                format!("{export} --is-ex 0 --errors AT"),
                format!("{export} --is-ex 0 --totals AT"),
                format!("{export} --is-ex 0 --journal AT"),
                "lookup login input.csv --column comment --key-file key.txt -o AT".to_owned(),
                "history input.csv --key-file key.txt -o AT".to_owned(),
                "history input.csv --key-file key.txt -o out.csv --errors AT".to_owned(),
            ],
        ),
        (
            "ids.txt",
            "the file of --ids",
            vec![
                "export --ids ids.txt -o AT".to_owned(),
                format!("{export} --ids ids.txt --errors AT"),
                format!("{export} --ids ids.txt --totals AT"),
                format!("{export} --ids ids.txt --journal AT"),
            ],
        ),
        (
            "houses.txt",
            "the file of a condition",
            vec![
                "export --house-id houses.txt -o AT".to_owned(),
                format!("{export} --house-id @houses.txt --errors AT"),
            ],
        ),
        (
            "earlier.csv",
            "the file of --changes-since",
            vec![
                "export --is-ex 0 --changes-since earlier.csv -o AT".to_owned(),
                format!("{export} --is-ex 0 --changes-since earlier.csv --totals AT"),
            ],
        ),
    ] {
        for name in names(&place, file) {
            for line in &lines {
                let program = userside(&place).line(&line.replace("AT", &name));
                let program = if line.starts_with("validate") { program } else { program.to(&sandbox) };
                program.run().exits(2).says(&format!("would be written over {over}"));
            }
        }
        forget(&place);
    }
    assert_eq!(content, before(&place));
    assert!(sandbox.writes().is_empty());
    assert_eq!(place.names().len(), content.len() + 1, "{:?}", place.names());
    userside(&place)
        .line("sandbox --listen 127.0.0.1:0 --key-file key.txt --log ./key.txt")
        .run()
        .exits(2)
        .says("--log would be written over the key file");
}

#[test]
fn outputs_are_not_written_over_each_other() {
    let place = place();
    let sandbox = Sandbox::start();
    for (line, says) in [
        ("import edit input.csv --results x --failed ./x", "--failed would be written over the results"),
        (
            "import edit input.csv --results x --journal folder/../x",
            "the journal would be written over the results",
        ),
        ("import edit input.csv --failed x --journal x", "the journal would be written over the rows to fix"),
        ("export --is-ex 0 -o x --errors x", "--errors would be written over --output"),
        ("export --is-ex 0 -o x --totals x", "--totals would be written over --output"),
        ("export --is-ex 0 -o x --totals y --errors y", "--errors would be written over --totals"),
        ("history input.csv -o x --errors x", "--errors would be written over the output"),
        (
            "import edit input.csv --results x --failed x.partial",
            "--results is first written as x.partial, and that is the rows to fix",
        ),
        (
            "import edit input.csv --journal x --results x.new",
            "the journal is first written as x.new, and that is the results",
        ),
        ("export --ids ids.txt -o ids", "none"),
    ] {
        fs::create_dir_all(place.path("folder")).expect("a folder");
        if says == "none" {
            place.write("ids.partial", "1\n");
            let line = line.replace("ids.txt", "ids.partial");
            userside(&place)
                .line(&line)
                .to(&sandbox)
                .run()
                .exits(2)
                .says("--output is first written as ids.partial, and that is the file of --ids");
        } else {
            userside(&place).line(line).to(&sandbox).run().exits(2).says(says);
        }
    }
    assert!(sandbox.writes().is_empty());
}

/// Certificates and their key are files that are read, too.
#[test]
fn certificates_are_not_written_over() {
    let place = place().with("ca.pem", "x").with("cert.pem", "x").with("cert.key", "x");
    let network = "--ca-file ca.pem --client-cert cert.pem --client-key cert.key --url https://127.0.0.1:1";
    for (file, over) in [("ca.pem", "--ca-file"), ("cert.pem", "--client-cert"), ("cert.key", "--client-key")]
    {
        for line in
            ["import edit input.csv --results AT", "export --is-ex 0 -o AT", "history input.csv -o AT"]
        {
            let program = userside(&place).line(&line.replace("AT", file)).line(network);
            program.run().exits(2).says(&format!("would be written over the file of {over}"));
        }
        assert_eq!(place.text(file), "x");
    }
}

/// A link to nothing is named; so is one that lies under the name of what is written first.
#[test]
fn links_are_not_followed() {
    let sandbox = Sandbox::start();
    let lines = [
        "import edit input.csv --results out",
        "import edit input.csv --failed out",
        "import edit input.csv --journal out",
        "export --is-ex 0 -o out",
        "export --is-ex 0 -o x.csv --errors out",
        "export --is-ex 0 -o x.csv --totals out",
        "lookup login input.csv --column comment -o out",
        "history input.csv -o out",
    ];
    for line in lines {
        let place = place();
        symlink("nowhere", place.path("out")).expect("a link");
        userside(&place).line(line).to(&sandbox).run().exits(2).says("out, which is a link to nowhere");
        assert!(!place.exists("nowhere") && place.path("out").is_symlink());
        fs::remove_file(place.path("out")).expect("a link");
        for name in ["out.partial", "out.new"] {
            symlink("key.txt", place.path(name)).expect("a link");
        }
        if line.contains("journal") {
            userside(&place).line(line).to(&sandbox).run().exits(2).says("out.new is a link to key.txt");
        } else if !line.contains("failed") && !line.contains("errors") && !line.contains("totals") {
            let output = userside(&place).line(line).to(&sandbox).run();
            assert_ne!(output.code, Some(0), "{}", output.report());
            output.says("out.partial is a link, and is not written over");
        }
        assert_eq!(place.text("key.txt"), KEY);
        assert!(place.path("out.partial").is_symlink());
    }
}

/// Another name of a file is not emptied either.
#[test]
fn another_name_of_a_file_is_not_emptied() {
    let (place, sandbox) = (place(), Sandbox::start());
    fs::hard_link(place.path("key.txt"), place.path("out.partial")).expect("another name");
    let output = userside(&place).line("export --is-ex 0 -o out").to(&sandbox).run();
    output.says("out.partial is another name of a file, and is not written over");
    assert_eq!(place.text("key.txt"), KEY);
}

/// A journal is a file of its own, whichever command it is for.
#[test]
fn a_journal_is_not_a_link() {
    let (place, sandbox) = (place(), Sandbox::start());
    userside(&place).line("import edit input.csv").to(&sandbox).run().exits(0);
    symlink("input.journal", place.path("link.journal")).expect("a link");
    for line in ["results link.journal", "undo link.journal", "resume link.journal", "reconcile link.journal"]
    {
        let program = userside(&place).line(line);
        let asks = line.starts_with("resume") || line.starts_with("reconcile");
        let program = if asks { program.args(["--url", sandbox.url()]) } else { program };
        program.run().exits(2).says("link.journal is a link to input.journal");
    }
    userside(&place)
        .line("import edit input.csv --journal link.journal")
        .to(&sandbox)
        .run()
        .exits(2)
        .says("link.journal is a link to input.journal");
}

/// The wrong file under the right option does not fill the memory, whatever size it says it has.
#[test]
fn small_files_are_read_up_to_a_bound() {
    let (place, sandbox) = (place(), Sandbox::start());
    let place = place.with("large.txt", "1\n".repeat(9 << 20));
    for (line, words) in [
        ("count net --key-file /dev/zero", "the key file /dev/zero is larger than 64 KiB"),
        ("count net --key-file large.txt", "the key file large.txt is larger than 64 KiB"),
        ("export --house-id large.txt -o out", "the file of ids large.txt is larger than 16 MiB"),
        ("export --house-id @/dev/zero -o out", "the file of ids /dev/zero is larger than 16 MiB"),
    ] {
        userside(&place).line(line).to(&sandbox).run().exits(2).says(words).says("another file");
    }
}
