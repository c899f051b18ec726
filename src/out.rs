//! What the program prints: a transcript for people, who may stop reading before it ends.

use std::fmt::Arguments;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether nobody reads any more.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Prints a line on standard output, as `println!`, which would panic where nobody reads: in `demo | head`.
macro_rules! say {
    ($($words:tt)*) => { $crate::out::line(format_args!($($words)*)) };
}
pub(crate) use say;

/// Prints a line; what nobody reads is let go, because the work that it tells of is to be done all the same.
pub fn line(words: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{words}").and_then(|()| out.flush()).is_err() {
        CLOSED.store(true, Ordering::Relaxed);
    }
}

/// Prints on standard error, without a line end.
pub fn complain(words: Arguments<'_>) {
    let mut err = std::io::stderr().lock();
    // There is no other place to say that it failed.
    drop(write!(err, "{words}").and_then(|()| err.flush()));
}

/// Whether what was printed last was read by nobody.
pub fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// A word of a command line, as a shell takes it.
pub fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "/.:-_=@".contains(char);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The program, as it was called: so that a printed command can be run as it stands.
pub fn program() -> String {
    quoted(&std::env::args().next().unwrap_or_else(|| "roadbook".to_owned()))
}
