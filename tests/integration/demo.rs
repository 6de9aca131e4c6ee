//! `demo`: every step ends as it should, also where the samples are not beside the program.

use crate::support::{Place, userside};

#[test]
fn the_demo_comes_to_its_end_and_can_be_shown_again() {
    let place = Place::new();
    for _ in 0..2 {
        userside(&place).line("demo --folder shown").run().exits(0).says("That was everything.");
    }
    assert!(place.text("shown/migrated.results.csv").lines().all(|line| !line.contains(";partial;")));
    assert!(!place.path("shown/draft.1.toml").exists());
}
