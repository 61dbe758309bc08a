//! What ids, words and pages may be.

use hinny_actors::body::Page;

use super::{MAX_FILES, MAX_TEXT, PROTOCOL};
use crate::error::{Code, Problem};

/// The longest id that a client may choose.
const MAX_ID: usize = 64;

/// What pages say of themselves is cut to this many characters.
pub(super) const MAX_URL: usize = 2_000;
const MAX_TITLE: usize = 200;
const MAX_WORD: usize = 64;

pub(super) fn is_id(id: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(letter)
}

/// An id chosen by a client.
pub fn check_id(id: &str) -> Result<(), Problem> {
    match is_id(id) {
        true => Ok(()),
        false => Err(Problem::new(
            Code::BadId,
            "An id is 1 to 64 of A-Z, a-z, 0-9, _ and -.",
        )),
    }
}

/// A message's words; with files there may be none.
pub fn check_message(text: &str, files: &[String]) -> Result<(), Problem> {
    if files.len() > MAX_FILES {
        let detail = format!("A message has at most {MAX_FILES} files.");
        return Err(Problem::new(Code::TooLong, detail));
    }
    files.iter().try_for_each(|id| check_id(id))?;
    match files.is_empty() {
        true => check_text(text),
        false => check_length(text),
    }
}

/// Words that stand alone.
pub fn check_text(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(
            Code::Empty,
            "There is nothing in this message.",
        ));
    }
    check_length(text)
}

fn check_length(text: &str) -> Result<(), Problem> {
    match text.chars().count() {
        0..=MAX_TEXT => Ok(()),
        _ => Err(Problem::new(
            Code::TooLong,
            format!("This message is longer than {MAX_TEXT} characters."),
        )),
    }
}

/// The version a client speaks.
pub fn check_protocol(protocol: u32) -> Result<(), Problem> {
    match protocol {
        PROTOCOL => Ok(()),
        _ => Err(Problem::new(
            Code::ProtocolUnknown,
            format!("This server speaks protocol {PROTOCOL}."),
        )),
    }
}

/// A page as a client describes it, made short and harmless: an address is a web address or nothing.
pub fn tidy_page(page: Page) -> Page {
    let address = |url: String| match url.starts_with("https://") || url.starts_with("http://") {
        true => cut(&url, MAX_URL),
        false => String::new(),
    };
    Page {
        url: address(page.url),
        title: cut(&page.title, MAX_TITLE),
        referrer: address(page.referrer),
    }
}

/// A language tag or time zone, unless it is too long to be one.
pub fn tidy_word(word: Option<String>) -> Option<String> {
    word.filter(|word| (1..=MAX_WORD).contains(&word.len()))
}

pub(super) fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
