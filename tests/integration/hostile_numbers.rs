//! Huge and absurd numbers after options: each is refused in a sentence or does what it says; none ends the program.

use crate::support::{Place, Sandbox, userside};

const HUGE: &str = "18446744073709551615";

#[test]
fn absurd_numbers_are_refused_or_obeyed() {
    let place = Place::new().with("input.csv", "id,comment\n1,x\n");
    let sandbox = Sandbox::start();
    let at = ["import", "edit", "input.csv", "--new-run", "--retry-wait", "1ms", "--url", sandbox.url()];
    for (option, refused) in [
        ("--burst=4294967295", true),
        ("--burst=1000001", true),
        ("--rate=1/h --burst=1000000", false),
        ("--rate=0.0000001/s", true),
        ("--rate=4294967295/s", true),
        ("--rate=unlimited --timeout=99999999999h", true),
        ("--rate=unlimited --patience=99999999999h", true),
        ("--rate=unlimited --settle=99999999999h", true),
        ("--rate=unlimited --timeout=24h --patience=24h --settle=24h --connect-timeout=24h", false),
        ("--rate=unlimited --retries=4294967295", false),
        ("--rate=unlimited --concurrency=HUGE", false),
        ("--rate=unlimited --max-failures=HUGE", false),
        ("--rate=unlimited --max-failures=99999999999%", true),
        ("--rate=unlimited --expect-rows=HUGE", true),
        ("--rate=unlimited --header-row=HUGE", true),
        ("--rate=unlimited --last-row=HUGE", false),
        ("--rate=unlimited --server-version=99999999999.99999999999", true),
    ] {
        let option = option.replace("HUGE", HUGE);
        let program = userside(&place).args(at).line(&option);
        program.run().exits(if refused { 2 } else { 0 }).says_not("panicked");
    }
}
