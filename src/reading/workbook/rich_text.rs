//! Text of which every part may look different.

use quick_xml::events::Event;

use super::fault::WorkbookFault;
use super::xml::push_text;

/// The text of runs, without what only says how it is pronounced.
#[derive(Debug, Default)]
pub(super) struct RichText {
    is_text: bool,
    is_phonetic: bool,
}

impl RichText {
    pub(super) fn take(&mut self, event: &Event<'_>, text: &mut String) -> Result<(), WorkbookFault> {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => self.is_text = true,
                "rPh" => self.is_phonetic = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => self.is_text = false,
                "rPh" => self.is_phonetic = false,
                _ => {}
            },
            event if self.is_text && !self.is_phonetic => push_text(event, text)?,
            _ => {}
        }
        Ok(())
    }
}
