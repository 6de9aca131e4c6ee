//! Panics that are caught and told in a sentence are not told a second time as what they look like inside.

/// The library that gives up with a panic where its temporary file cannot be written. `exporting` catches it.
const GIVES_UP: &str = "rust_xlsxwriter";

/// Keeps quiet about panics of that library, for the whole process; all others are shown as before. To be called
/// once, by the binary.
pub fn hush_caught_panics() {
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains(GIVES_UP)) {
            shown(panic);
        }
    }));
}
