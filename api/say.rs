//! What commands print. A reader who has seen enough, such as `head`, is no reason to fail.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints one line to the standard output.
macro_rules! say {
    ($($part:tt)*) => { $crate::say::line(format_args!($($part)*)) };
}
pub(crate) use say;

pub fn line(text: Arguments<'_>) {
    if let Err(error) = writeln!(std::io::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("hinny: cannot write to the standard output: {error}");
    }
}
