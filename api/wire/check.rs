//! What ids, words and pages may be.

use std::collections::BTreeMap;

use hinny_actors::body::{self, Page};

use serde_json::Value;

use super::{Context, MAX_FILES, MAX_TEXT, PROTOCOL};
use crate::error::{Code, Problem};

/// The longest id that a client may choose.
const MAX_ID: usize = 64;

/// What pages say of themselves is cut to this many characters.
pub(super) const MAX_URL: usize = 2_000;
const MAX_TITLE: usize = 200;
const MAX_WORD: usize = 64;

/// What a page's script may say of a visitor: so many things, under names and with values of so many characters.
const MAX_ATTRIBUTES: usize = 20;
const MAX_NAME: usize = 40;
const MAX_VALUE: usize = 200;

/// No screen has more pixels on a side.
const MAX_SCREEN: u32 = 100_000;

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

/// Stars, and the words beside them, which may be none.
pub fn check_comment(stars: u8, comment: &str) -> Result<(), Problem> {
    if !(1..=5).contains(&stars) {
        let detail = "There are 1 to 5 stars.";
        return Err(Problem::new(Code::BadFrame, detail));
    }
    check_length(comment)
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
        title: cut(&visible(&page.title), MAX_TITLE),
        referrer: address(page.referrer),
    }
}

/// What a client says of where its visitor is, made short and harmless. What it does not say stays as it was.
pub fn tidy_context(said: Context, before: &body::Context) -> body::Context {
    let mut context = before.clone();
    if let Some(page) = said.page {
        context.page = Some(tidy_page(page));
    }
    context.language = tidy_word(said.language).or(context.language);
    context.time_zone = tidy_word(said.time_zone).or(context.time_zone);
    let fits = |side: u32| (1..=MAX_SCREEN).contains(&side);
    let screen = said.screen;
    let screen = screen.filter(|screen| fits(screen.width) && fits(screen.height));
    context.screen = screen.or(context.screen);
    for (name, value) in said.attributes {
        note(&mut context.attributes, &name, &value);
    }
    context
}

/// One thing that the page says of the visitor. When there are enough, new ones are not taken.
fn note(known: &mut BTreeMap<String, String>, name: &str, value: &Value) {
    let name = cut(visible(name).trim(), MAX_NAME);
    let text = match value {
        Value::String(text) => cut(visible(text).trim(), MAX_VALUE),
        Value::Number(number) => number.to_string(),
        Value::Bool(is_so) => is_so.to_string(),
        Value::Null => String::new(),
        Value::Array(_) | Value::Object(_) => return,
    };
    if text.is_empty() {
        known.remove(&name);
    } else if !name.is_empty() && (known.len() < MAX_ATTRIBUTES || known.contains_key(&name)) {
        known.insert(name, text);
    }
}

/// Without signs that nobody sees, and that can turn round what stands beside them.
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|c| if hidden(c) { ' ' } else { c })
        .collect()
}

/// A language tag or time zone, unless it is too long to be one.
pub fn tidy_word(word: Option<String>) -> Option<String> {
    word.filter(|word| (1..=MAX_WORD).contains(&word.len()))
}

pub(super) fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
