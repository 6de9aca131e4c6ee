//! Reading ahead: rows are cut out of the bytes on one thread while they are checked on another.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::Scope;

use crate::reading::{ReadError, Records, Row};

/// Rows in a bundle: enough that handing it over costs nothing against reading it.
const BUNDLE: usize = 256;
/// A bundle with so many bytes is full, however few rows it has: rows may have cells of megabytes.
const BUNDLE_BYTES: usize = 1 << 20;
/// Bundles that wait at the most.
const BUNDLES: usize = 4;

/// Some rows, and room for more.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    rows: Vec<Row>,
    used: usize,
    bytes: usize,
}

impl Bundle {
    /// The rows, in the order of the input.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows[..self.used]
    }
}

/// Bundles of rows as they come.
pub(super) struct Prefetch {
    full: Receiver<Result<Bundle, ReadError>>,
    empty: Sender<Bundle>,
}

impl Prefetch {
    /// Starts reading; it ends with the input, with an error, or when this is dropped.
    pub(super) fn start<'s>(scope: &'s Scope<'s, '_>, records: Records) -> Self {
        let (full, taken) = sync_channel(BUNDLES);
        let (empty, returned) = channel();
        scope.spawn(move || read(records, &full, &returned));
        Self { full: taken, empty }
    }

    /// The next rows; none at the end.
    pub(super) fn next(&self) -> Result<Option<Bundle>, ReadError> {
        self.full.recv().ok().transpose()
    }

    /// Gives a bundle back, so that its memory serves again.
    pub(super) fn give_back(&self, bundle: Bundle) {
        // Large rows would keep their memory. At the end nobody wants any bundle.
        if bundle.bytes < BUNDLE_BYTES {
            let _ = self.empty.send(bundle);
        }
    }
}

fn read(mut records: Records, full: &SyncSender<Result<Bundle, ReadError>>, returned: &Receiver<Bundle>) {
    loop {
        let mut bundle = returned.try_recv().unwrap_or_default();
        let end = fill(&mut records, &mut bundle);
        let is_last = !matches!(end, Ok(true));
        if full.send(Ok(bundle)).is_err() {
            return;
        }
        if let Err(error) = end {
            let _ = full.send(Err(error));
        }
        if is_last {
            return;
        }
    }
}

/// Fills a bundle; whether more rows may come.
fn fill(records: &mut Records, bundle: &mut Bundle) -> Result<bool, ReadError> {
    bundle.rows.resize_with(BUNDLE, Row::default);
    (bundle.used, bundle.bytes) = (0, 0);
    for row in &mut bundle.rows {
        if !records.read(row)? {
            return Ok(false);
        }
        bundle.used += 1;
        bundle.bytes += row.text().len();
        if bundle.bytes >= BUNDLE_BYTES {
            break;
        }
    }
    Ok(true)
}
