//! Makes the bodies of messages out of lines: words, buttons, whom a message may ping, and the nonce by which
//! Discord knows a repeat (<https://discord.com/developers/docs/resources/message#create-message>).

use serde_json::{Value, json};

use super::pack;
use crate::{Attachment, Button, Line, Look, Mention, Part};

/// No previews of links: visitors write the links.
const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// Rows of buttons under a message, and buttons in a row
/// (<https://discord.com/developers/docs/components/reference#action-row>).
const MOST_ROWS: usize = 5;
const MOST_IN_ROW: usize = 5;

/// One message of a line.
pub(super) struct Piece<'a> {
    pub(super) line: &'a Line,
    pub(super) part: Part,
    pub(super) content: Content<'a>,
}

pub(super) enum Content<'a> {
    /// Whether these are the first, and the last words of the line.
    Words {
        text: String,
        first: bool,
        last: bool,
    },
    File(&'a Attachment),
}

/// All messages of a line: its words, then a message for each file.
pub(super) fn pieces(line: &Line) -> Vec<Piece<'_>> {
    let words = pack::pack(line);
    let (texts, count) = (words.len(), words.len() + line.files.len());
    let words = words
        .into_iter()
        .enumerate()
        .map(|(index, text)| Content::Words {
            text,
            first: index == 0,
            last: index + 1 == texts,
        });
    let contents = words.chain(line.files.iter().map(Content::File));
    let piece = |(index, content)| Piece {
        line,
        part: Part {
            delivery: line.delivery.clone(),
            index: u32::try_from(index).expect("a line has fewer parts than letters"),
            last: index + 1 == count,
        },
        content,
    };
    contents.enumerate().map(piece).collect()
}

impl Piece<'_> {
    /// The body of a new message, without the nonce.
    pub(super) fn body(&self) -> Value {
        let (text, first, last) = match &self.content {
            Content::Words { text, first, last } => (text.as_str(), *first, *last),
            Content::File(_) => ("", false, false),
        };
        let mention = self.line.mention.as_ref().filter(|_| first);
        let mut body = json!({
            "content": text, "flags": SUPPRESS_EMBEDS, "allowed_mentions": allowed(mention),
        });
        if last && !self.line.buttons.is_empty() {
            body["components"] = buttons(&self.line.buttons);
        }
        if let Some(quoted) = self.line.quotes.as_ref().filter(|_| first) {
            body["message_reference"] =
                json!({"message_id": quoted.0, "fail_if_not_exists": false});
        }
        body
    }

    /// The body of an edit: buttons that the line does not have any more go away, and nobody is pinged.
    pub(super) fn edited(&self) -> Option<Value> {
        let Content::Words { text, last, .. } = &self.content else {
            return None;
        };
        let rows = if *last {
            self.line.buttons.as_slice()
        } else {
            &[]
        };
        Some(json!({
            "content": text, "components": buttons(rows), "allowed_mentions": allowed(None),
            "flags": SUPPRESS_EMBEDS,
        }))
    }

    /// At most 25 signs: a delivery's 22, a dot, and the part in base 36.
    pub(super) fn nonce(&self) -> String {
        let index = self.part.index;
        let digit = |of: u32| char::from_digit(of % 36, 36).expect("it is below 36");
        let mut nonce: String = self.part.delivery.chars().take(22).collect();
        nonce.push('.');
        nonce.push(digit(index / 36));
        nonce.push(digit(index));
        nonce
    }
}

/// Nothing in a text ever pings; only who is named here
/// (<https://discord.com/developers/docs/resources/message#allowed-mentions-object>).
fn allowed(mention: Option<&Mention>) -> Value {
    match mention {
        None => json!({"parse": [], "replied_user": false}),
        Some(Mention::Person(id)) => json!({"parse": [], "users": [id], "replied_user": false}),
        Some(Mention::Role(id)) => json!({"parse": [], "roles": [id], "replied_user": false}),
        Some(Mention::Here) => json!({"parse": ["everyone"], "replied_user": false}),
    }
}

fn buttons(rows: &[Vec<Button>]) -> Value {
    let button = |button: &Button| {
        json!({
            "type": 2, "custom_id": button.action, "label": label(&button.label),
            "style": match button.look {
                Look::Plain => 2,
                Look::Primary => 1,
                Look::Danger => 4,
            },
        })
    };
    let full = rows.iter().flat_map(|row| row.chunks(MOST_IN_ROW));
    let row = |row: &[Button]| {
        let buttons: Vec<Value> = row.iter().map(button).collect();
        json!({"type": 1, "components": buttons})
    };
    full.take(MOST_ROWS).map(row).collect()
}

/// One line of at most 80 letters, and never empty.
fn label(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut short = String::new();
    for letter in words.join(" ").chars() {
        if pack_units(&short) + letter.len_utf16() > 80 {
            break;
        }
        short.push(letter);
    }
    if short.is_empty() {
        "…".to_owned()
    } else {
        short
    }
}

fn pack_units(text: &str) -> usize {
    super::render::units(text)
}

/// A title as Discord takes it for a thread: one line, neither empty nor longer than 100
/// (<https://discord.com/developers/docs/resources/channel#start-thread-from-message>).
pub(super) fn name(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    let mut name = String::new();
    for letter in words.join(" ").chars() {
        if pack_units(&name) + letter.len_utf16() > 100 {
            break;
        }
        name.push(letter);
    }
    if name.is_empty() {
        "Conversation".to_owned()
    } else {
        name
    }
}

/// A name for the form of an upload, which takes only plain letters; the body says the real one.
pub(super) fn plain_name(name: &str) -> String {
    let plain = |letter: char| match letter {
        '.' | '-' | '_' => letter,
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '_',
    };
    let plain: String = name.chars().map(plain).take(100).collect();
    if plain.is_empty() {
        "file".to_owned()
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LineAuthor, text::Text};

    #[test]
    fn every_nonce_of_a_line_is_its_own_and_short_enough() {
        let delivery = "abcdefghijklmnopqrstuv";
        let mut line = Line::new(
            delivery,
            LineAuthor::Hinny,
            Text::plain(&"a ".repeat(45_000)),
        );
        line.files = vec![];
        let pieces = pieces(&line);
        let mut nonces: Vec<String> = pieces.iter().map(Piece::nonce).collect();
        assert!(nonces.len() > 40 && nonces.iter().all(|nonce| nonce.len() == 25));
        nonces.dedup();
        assert_eq!(nonces.len(), pieces.len());
    }

    #[test]
    fn names_and_labels_fit() {
        assert_eq!(name(" \n "), "Conversation");
        assert_eq!(name("a\nb"), "a b");
        assert_eq!(name(&"😀".repeat(200)).chars().count(), 50);
        assert_eq!(label(""), "…");
        assert_eq!(plain_name("Übung 1.png"), "_bung_1.png");
    }
}
