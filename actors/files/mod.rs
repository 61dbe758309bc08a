//! Files that visitors and the team send: looked at, kept in the data folder, given out again.

mod kind;

pub use kind::{Kind, TYPES};

/// Why a file is not taken, in a sentence for whoever sent it.
#[derive(Debug, thiserror::Error)]
pub enum FileRefused {
    #[error("This file is empty.")]
    Empty,
    #[error("This file is too large. A file has at most {}.", in_words(*.limit))]
    TooLarge { limit: u64 },
    #[error(
        "Archives and office documents cannot be sent. Send a PDF, a picture or plain text instead."
    )]
    Archive,
    #[error(
        "SVG pictures can carry programs and cannot be sent. Send a PNG or JPEG picture instead."
    )]
    Svg,
    #[error("Web pages cannot be sent. Send a PDF, a picture or plain text instead.")]
    Page,
    #[error("Programs and scripts cannot be sent.")]
    Program,
    #[error(
        "The name of this file ends with .{ending}, but it is {called}. Rename it and send it again."
    )]
    Lies {
        ending: String,
        called: &'static str,
    },
    #[error(
        "Files of this kind cannot be sent. Possible are pictures (PNG, JPEG, GIF, WebP), PDF, plain text, MP4, WebM, \
         MP3, Ogg and M4A."
    )]
    Unknown,
}

/// A size as people write it.
fn in_words(bytes: u64) -> String {
    match bytes {
        1_000_000.. => format!("{} MB", bytes / 1_000_000),
        1_000.. => format!("{} kB", bytes / 1_000),
        _ => format!("{bytes} bytes"),
    }
}
