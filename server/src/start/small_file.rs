//! Small files that a command line names: one that never ends must not fill the memory.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The most bytes of a file that holds an address or a password.
const MAX_TEXT_FILE: u64 = 64 << 10;

/// What stands in a small file. It may be a pipe, and is read once.
///
/// # Errors
/// Of the file; that it is larger than 64 KiB, or no text.
pub fn small_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_TEXT_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_TEXT_FILE {
        return Err(io::Error::other("it is larger than 64 KiB"));
    }
    Ok(text)
}
