//! The one run that is meant by a command, found by its journal, its input or its folder.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::exit::Exit;
use crate::recording::{FoundRun, OneRun, find_run};
use crate::reporting::{print_choice, print_found};

/// Goes on with the one run at `place` that this command is for. Where it is not plain which one that is, that is said.
pub(super) fn with_run(
    command: &str,
    place: &Path,
    fits: impl Fn(&FoundRun) -> bool,
    go_on: impl FnOnce(PathBuf) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    match find_run(place, fits)? {
        OneRun::Named(journal) => return go_on(journal),
        OneRun::Found(run) => {
            print_found(&run);
            return go_on(run.journal);
        }
        OneRun::Several(runs) => {
            let problem = format!("{} runs could be meant; name the journal of one:", runs.len());
            print_choice(&problem, Some(command), &runs);
        }
        OneRun::None(mut runs) => {
            // The only one there is: how it stands is the answer.
            if let [run] = runs.as_slice()
                && run.is_over()
            {
                print_found(run);
                return go_on(runs.remove(0).journal);
            }
            let place = place.display();
            let problem = if runs.is_empty() {
                format!("there are no runs in {place}; name the journal of one")
            } else {
                format!("`userside-bulk {command}` has nothing to do here; the runs in {place} are:")
            };
            print_choice(&problem, None, &runs);
        }
    }
    Ok(Exit::Refused)
}
