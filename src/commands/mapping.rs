//! `mapping`: a mapping file to start from.

use std::io::Write as _;

use super::failure::Failure;
use crate::cli::MappingSettings;
use crate::drafting::draft;
use crate::exit::Exit;
use crate::recording::{OutputTarget, RecordError};
use crate::reporting::{print_document, print_mapping_written};

/// Drafts a mapping, and writes it.
pub(super) fn run(settings: &MappingSettings) -> Result<Exit, Failure> {
    let text = draft(&settings.draft).map_err(crate::running::RunError::from)?;
    match &settings.output {
        OutputTarget::Stdout => {
            let _ = print_document(text.as_bytes());
        }
        file @ OutputTarget::File(path) => {
            let mut out = file.begin()?;
            out.write_all(text.as_bytes())
                .map_err(|source| RecordError::Write { path: path.clone(), source })?;
            let earlier = out.finish()?;
            print_mapping_written(path, earlier.as_deref(), &settings.draft.next(path));
        }
    }
    Ok(Exit::Done)
}
