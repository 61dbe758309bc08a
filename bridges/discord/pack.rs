//! Packs a line into messages: as many rows as fit, a long row cut between words, never inside a letter,
//! an escape, a link or a code block's fence.
//!
//! How a line is cut depends on that line alone, so that part 2 of a line is the same words in every attempt
//! and `parts_done` can be trusted. One message carries one line or a part of one: so an edit, a delete and a
//! nonce belong to exactly one.

use super::{
    render::{self, units},
    rows::{Row, Run, rows},
};
use crate::{Line, LineAuthor, Mention};

/// Discord's limit for one message
/// (<https://discord.com/developers/docs/resources/message#create-message>).
pub(super) const LONGEST_MESSAGE: usize = 2_000;
/// A name in a heading is cut after so many letters; names are the visitor's to choose.
const LONGEST_NAME: usize = 64;

/// The contents of the messages that a line needs, in order; at least one.
pub(super) fn pack(line: &Line) -> Vec<String> {
    let loud = line.mention == Some(Mention::Here);
    let heading = heading(&line.author);
    let mut packer = Packer {
        heading: if loud {
            heading.map(|text| defused(&text))
        } else {
            heading
        },
        messages: Vec::new(),
        message: String::new(),
        rows: 0,
        fenced: None,
    };
    let mention = line.mention.as_ref().map(mention);
    packer.begin(mention.as_deref());
    for mut row in rows(&line.text) {
        if loud {
            let runs = row.runs.iter_mut();
            runs.for_each(|run| run.text = defused(&run.text));
        }
        packer.row(&row);
    }
    packer.finish()
}

/// Who speaks, as a line of its own. What hinny itself says stands under the bot's own name already.
fn heading(author: &LineAuthor) -> Option<String> {
    match author {
        LineAuthor::Visitor { name } => Some(format!("**{}** (visitor)", short(name))),
        LineAuthor::Agent { name } => Some(format!("**{}** (team)", short(name))),
        LineAuthor::Bot => Some("**Bot**".to_owned()),
        LineAuthor::Hinny => None,
    }
}

fn short(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter.is_control() {
        true => ' ',
        false => letter,
    });
    let name: String = letters.take(LONGEST_NAME).collect();
    let name = match name.trim() {
        "" => "Somebody",
        name => name,
    };
    let mut out = String::new();
    render::escape(name, false, &mut out);
    out
}

/// <https://discord.com/developers/docs/reference#message-formatting>
fn mention(mention: &Mention) -> String {
    match mention {
        Mention::Person(id) => format!("<@{id}>"),
        Mention::Role(id) => format!("<@&{id}>"),
        Mention::Here => "@here".to_owned(),
    }
}

/// Where `@here` is allowed Discord allows `@everyone` too, whoever wrote it and however it is escaped. In
/// such a line alone an invisible sign parts the words of others.
fn defused(text: &str) -> String {
    text.replace("@everyone", "@\u{200b}everyone")
        .replace("@here", "@\u{200b}here")
}

struct Packer {
    heading: Option<String>,
    messages: Vec<String>,
    message: String,
    /// Rows in the message at hand.
    rows: usize,
    /// Inside a code block; whether that is quoted.
    fenced: Option<bool>,
}

impl Packer {
    /// Begins a message with its heading.
    fn begin(&mut self, mention: Option<&str>) {
        let words: Vec<&str> = mention.into_iter().chain(self.heading.as_deref()).collect();
        self.message = words.join(" ");
        self.rows = 0;
        self.fenced = None;
    }

    fn row(&mut self, row: &Row) {
        let addition = self.addition(row);
        if self.fits(&addition, row) {
            self.message.push_str(&addition);
            self.rows += 1;
            self.fenced = row.code.then_some(row.quoted);
            return;
        }
        if self.rows > 0 {
            self.next();
            return self.row(row);
        }
        // Alone in a message and still too long: cut where it is full.
        let used = units(&self.message)
            + units(&self.addition(&Row {
                runs: Vec::new(),
                ..row.clone()
            }));
        let room = LONGEST_MESSAGE - used - units(closing(row.quoted));
        let (first, rest) = cut(row, room);
        self.row(&first);
        if let Some(rest) = rest {
            self.next();
            self.row(&rest);
        }
    }

    /// What this row adds: the end of a code block before it, its line end, the start of one, and itself.
    fn addition(&self, row: &Row) -> String {
        let mut out = String::new();
        let goes_on = row.code && self.fenced == Some(row.quoted);
        if let Some(quoted) = self.fenced.filter(|_| !goes_on) {
            out.push_str(closing(quoted));
        }
        if !(self.message.is_empty() && out.is_empty()) {
            out.push('\n');
        }
        if row.code && !goes_on {
            out.push_str(if row.quoted { "> ```\n" } else { "```\n" });
        }
        out.push_str(&render::row(row));
        out
    }

    fn fits(&self, addition: &str, row: &Row) -> bool {
        let end = if row.code {
            units(closing(row.quoted))
        } else {
            0
        };
        units(&self.message) + units(addition) + end <= LONGEST_MESSAGE
    }

    /// Ends the message at hand and begins another.
    fn next(&mut self) {
        self.end();
        self.begin(None);
    }

    fn end(&mut self) {
        let mut message = std::mem::take(&mut self.message);
        if let Some(quoted) = self.fenced.take() {
            message.push_str(closing(quoted));
        }
        // Discord takes the spaces around a message away and refuses one without words.
        let shown = message.trim();
        self.messages.push(match shown {
            "" => "\\-".to_owned(),
            shown => shown.to_owned(),
        });
    }

    fn finish(mut self) -> Vec<String> {
        self.end();
        self.messages
    }
}

fn closing(quoted: bool) -> &'static str {
    match quoted {
        true => "\n> ```",
        false => "\n```",
    }
}

/// Cuts a row so that the first piece, written out, takes at most `room` units: at least one letter of it.
fn cut(row: &Row, room: usize) -> (Row, Option<Row>) {
    let mut used = 0;
    for (index, run) in row.runs.iter().enumerate() {
        let around = overhead(run);
        let left = room.saturating_sub(used + around);
        match longest(&run.text, left) {
            end if end == run.text.len() => {
                used += around + cost(&run.text);
            }
            // A link is not parted when it has not begun yet.
            _ if index > 0 && (run.look.link.is_some() || left < 20) => return part(row, index, 0),
            end => {
                let first = run.text.chars().next().map_or(0, char::len_utf8);
                return part(row, index, best(&run.text, end).max(first));
            }
        }
    }
    (row.clone(), None)
}

/// The row up to byte `at` of run `index`, and the rest.
fn part(row: &Row, index: usize, at: usize) -> (Row, Option<Row>) {
    let run = &row.runs[index];
    let piece = |text: &str| Run {
        text: text.to_owned(),
        look: run.look.clone(),
    };
    let mut first = row.clone();
    first.runs.truncate(index);
    first.runs.push(piece(&run.text[..at]));
    let mut rest = row.clone();
    rest.lead = " ".repeat(row.lead.len());
    rest.runs.drain(..=index);
    rest.runs.insert(0, piece(&run.text[at..]));
    (first, Some(rest))
}

/// The most that markers, brackets and an address can take.
fn overhead(run: &Run) -> usize {
    let ticks = run.text.split(|letter| letter != '`').map(str::len).max();
    let address = run.look.link.as_ref();
    let address = address.map_or(0, |url| 6 + 3 * units(url.as_str()).min(1_000));
    match run.look.code {
        true => 6 + 2 * ticks.unwrap_or_default(),
        false => 6 + address.min(LONGEST_MESSAGE / 2),
    }
}

/// The most units that a text can take when it is escaped.
fn cost(text: &str) -> usize {
    text.chars().map(letter_cost).sum()
}

fn letter_cost(letter: char) -> usize {
    letter.len_utf16() + usize::from(letter.is_ascii_punctuation())
}

/// How many bytes from the start fit into `room`.
fn longest(text: &str, room: usize) -> usize {
    let mut used = 0;
    for (at, letter) in text.char_indices() {
        used += letter_cost(letter);
        if used > room {
            return at;
        }
    }
    text.len()
}

/// Behind a word in the second half of what fits, else where it is full.
fn best(text: &str, end: usize) -> usize {
    let half = end / 2;
    let spaces = text[..end].char_indices().rev();
    let mut spaces = spaces.take_while(|(at, _)| *at >= half);
    let space = spaces.find(|(_, letter)| letter.is_whitespace());
    space.map_or(end, |(at, letter)| at + letter.len_utf8())
}

#[cfg(test)]
#[path = "pack_tests.rs"]
mod tests;
