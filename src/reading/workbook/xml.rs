//! A part of a workbook that is XML, event by event, in bounded memory.

use std::borrow::Cow;
use std::io::{BufReader, Read};

use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::budget::{Budget, Metered};
use super::fault::WorkbookFault;

/// No workbook nests tags as deep as this.
const DEEPEST: u32 = 256;

/// Reads the events of a part. An empty tag is one that begins and ends.
pub(super) struct Xml<R: Read> {
    reader: quick_xml::Reader<BufReader<Metered<R>>>,
    buffer: Vec<u8>,
    budget: Budget,
    depth: u32,
}

impl<R: Read> Xml<R> {
    pub(super) fn new(part: R, budget: &Budget) -> Self {
        budget.next_piece();
        let part = BufReader::with_capacity(64 << 10, Metered::new(part, budget.clone()));
        let mut reader = quick_xml::Reader::from_reader(part);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Self { reader, buffer: Vec::new(), budget: budget.clone(), depth: 0 }
    }

    /// The next event; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>, WorkbookFault> {
        self.buffer.clear();
        self.budget.next_piece();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(fault)?;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof => return Ok(None),
            _ => {}
        }
        if self.depth > DEEPEST {
            return Err(WorkbookFault::broken(format!("its tags are nested more than {DEEPEST} deep")));
        }
        Ok(Some(event))
    }
}

fn fault(error: quick_xml::Error) -> WorkbookFault {
    match error {
        quick_xml::Error::Io(error) => match std::sync::Arc::try_unwrap(error) {
            Ok(error) => error.into(),
            Err(shared) => WorkbookFault::broken(shared.to_string()),
        },
        other => WorkbookFault::broken(format!("its XML is damaged ({other})")),
    }
}

/// The value of an attribute by its name, without a prefix.
pub(super) fn attribute<'e>(
    tag: &'e BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'e, str>>, WorkbookFault> {
    for found in Attributes(tag.attributes_raw()) {
        let (key, value) = found?;
        if key == name {
            let value = unescape(value)
                .map_err(|error| WorkbookFault::broken(format!("its XML is damaged ({error})")))?;
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// The attributes of a tag, with their names without a prefix and their values as they are written.
pub(super) struct Attributes<'t>(pub(super) &'t str);

impl<'t> Iterator for Attributes<'t> {
    type Item = Result<(&'t str, &'t str), WorkbookFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        self.0 = "";
        let parts = rest.split_once('=').and_then(|(name, value)| {
            let value = value.trim_ascii_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, rest) = value.get(1..)?.split_once(quote)?;
            let name = name.trim_ascii_end();
            Some((name.rsplit_once(':').map_or(name, |(_, name)| name), value, rest))
        });
        Some(match parts {
            Some((name, value, rest)) => {
                self.0 = rest;
                Ok((name, value))
            }
            None => Err(WorkbookFault::broken("its XML is damaged (an attribute without a value)")),
        })
    }
}

/// Whether an attribute says yes.
pub(super) fn is_true(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// Adds the character that an entity stands for.
pub(super) fn push_entity(entity: &BytesRef<'_>, out: &mut String) -> Result<(), WorkbookFault> {
    if let Some(text) = resolve_predefined_entity(entity) {
        out.push_str(text);
        return Ok(());
    }
    match entity.resolve_char_ref() {
        Ok(Some(c)) => out.push(c),
        _ => return Err(WorkbookFault::broken("it uses an entity that workbooks don't have")),
    }
    Ok(())
}

/// Adds what an event says as text; other events add nothing.
pub(super) fn push_text(event: &Event<'_>, out: &mut String) -> Result<(), WorkbookFault> {
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(entity) => push_entity(entity, out)?,
        _ => return Ok(()),
    }
    if out.len() > LONGEST_TEXT {
        return Err(WorkbookFault::broken("a cell of it holds more than 1 MiB of text"));
    }
    Ok(())
}

/// A cell holds 32,767 characters at most.
const LONGEST_TEXT: usize = 1 << 20;
