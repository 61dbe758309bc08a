//! Packs lines into messages: short ones of one batch share a message, long ones are cut.
//!
//! How a line is cut depends on that line alone, never on its neighbours in the batch, so that part 2 of
//! a line is the same words in every attempt and `parts_done` can be trusted. A line that needs several messages, or
//! that has files, buttons, a quote or a call for somebody, shares no message: so a message holds either whole lines or
//! a part of one, and can be edited by what it holds alone.

use super::render::{Flat, Span, Style, body, heading, units};
use crate::{Attachment, Button, Line, LineAuthor, Part, PostId};

/// Telegram's limits for one message (<https://core.telegram.org/bots/api#sendmessage>): UTF-16 units,
/// and entities, of which it drops without a word those beyond the hundredth.
pub(super) const LONGEST_MESSAGE: usize = 4_096;
pub(super) const MOST_ENTITIES: usize = 100;

/// One message to send.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) content: Content,
    pub(super) buttons: Vec<Vec<Button>>,
    pub(super) quotes: Option<PostId>,
    /// It has buttons or calls somebody: a person is waited for.
    pub(super) calls: bool,
    pub(super) carries: Vec<Part>,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Words(Flat),
    File(Attachment),
}

/// All messages that a batch needs, in order. `called` has for each line the words that call somebody.
pub(super) fn pack(batch: &[Line], called: &[Option<Flat>]) -> Vec<Packed> {
    let mut packer = Packer::default();
    for (index, line) in batch.iter().enumerate() {
        packer.line(line, called.get(index).and_then(Option::as_ref));
    }
    packer.messages
}

#[derive(Default)]
struct Packer {
    messages: Vec<Packed>,
    /// Who spoke last in the last message; nobody when that message takes no more lines.
    author: Option<LineAuthor>,
}

impl Packer {
    fn line(&mut self, line: &Line, called: Option<&Flat>) {
        let heading = heading(&line.author);
        let room = LONGEST_MESSAGE - heading.units() - units("\n");
        let text = with_call(called, body(&line.text));
        let pieces = cut(&text, room, MOST_ENTITIES - heading.spans.len());
        let words = pieces.len();
        let count = words + line.files.len();
        let alone =
            count > 1 || !line.buttons.is_empty() || line.quotes.is_some() || called.is_some();
        let pieces = pieces.into_iter().map(Content::Words);
        let files = line.files.iter().cloned().map(Content::File);
        // The last piece is always sent, else a line could never be completed.
        let done = (line.parts_done as usize).min(count - 1);
        for (index, content) in pieces.chain(files).enumerate().skip(done) {
            let part = Part {
                delivery: line.delivery.clone(),
                index: u32::try_from(index).expect("a line has fewer parts than letters"),
                last: index + 1 == count,
            };
            match content {
                Content::Words(piece) if !alone => self.piece(&line.author, &heading, piece, part),
                Content::Words(piece) => {
                    let piece = Content::Words(titled("", Some(&heading), piece));
                    self.alone(line, piece, part);
                    self.dress(line, called.is_some(), index, words);
                }
                file => self.alone(line, file, part),
            }
        }
    }

    /// A message that no other line shares.
    fn alone(&mut self, line: &Line, content: Content, part: Part) {
        let calls = !line.buttons.is_empty();
        self.messages.push(Packed {
            content,
            buttons: Vec::new(),
            quotes: None,
            calls,
            carries: vec![part],
        });
        self.author = None;
    }

    /// Quotes belong to the first words, buttons under the last.
    fn dress(&mut self, line: &Line, called: bool, index: usize, words: usize) {
        if let Some(message) = self.messages.last_mut() {
            message.calls |= called;
            if index == 0 {
                message.quotes.clone_from(&line.quotes);
            }
            if index + 1 == words {
                message.buttons.clone_from(&line.buttons);
            }
        }
    }

    /// Adds to the last message if that has room, else begins another.
    fn piece(&mut self, author: &LineAuthor, heading: &Flat, piece: Flat, part: Part) {
        let same = self.author.as_ref() == Some(author);
        let joins = self.author.is_some();
        let (gap, head) = match same {
            true => ("\n", None),
            false => ("\n\n", Some(heading)),
        };
        let addition = titled(gap, head, piece.clone());
        match self.messages.last_mut() {
            Some(Packed {
                content: Content::Words(content),
                carries,
                ..
            }) if joins && fits(content, &addition) => {
                content.append(addition);
                carries.push(part);
            }
            _ => self.messages.push(Packed {
                content: Content::Words(titled("", Some(heading), piece)),
                buttons: Vec::new(),
                quotes: None,
                calls: false,
                carries: vec![part],
            }),
        }
        self.author = Some(author.clone());
    }
}

/// Whom a line calls stands above its words.
fn with_call(called: Option<&Flat>, body: Flat) -> Flat {
    match called {
        None => body,
        Some(called) => {
            let mut all = called.clone();
            all.text.push('\n');
            all.append(body);
            all
        }
    }
}

fn titled(gap: &str, heading: Option<&Flat>, piece: Flat) -> Flat {
    let mut content = Flat {
        text: gap.to_owned(),
        spans: Vec::new(),
    };
    if let Some(heading) = heading {
        content.append(heading.clone());
        content.text.push('\n');
    }
    content.append(piece);
    content
}

fn fits(content: &Flat, addition: &Flat) -> bool {
    content.units() + addition.units() <= LONGEST_MESSAGE
        && content.spans.len() + addition.spans.len() <= MOST_ENTITIES
}

/// Cuts a text into pieces of at most `room` units and `spans` spans. Joined they are the text again.
pub(super) fn cut(flat: &Flat, room: usize, spans: usize) -> Vec<Flat> {
    let mut pieces = Vec::new();
    let mut start = 0;
    loop {
        let end = piece_end(flat, start, room, spans);
        pieces.push(flat.slice(start..end));
        start = end;
        if start >= flat.text.len() {
            return pieces;
        }
    }
}

/// Where the piece that begins at `start` ends, in bytes.
fn piece_end(flat: &Flat, start: usize, room: usize, spans: usize) -> usize {
    let by_length = longest(&flat.text, start, room);
    let touching = |span: &&Span| span.range.end > start;
    let too_many = flat.spans.iter().filter(touching).nth(spans);
    let by_spans = too_many.map_or(flat.text.len(), |span| span.range.start);
    let hard = match by_spans > start {
        true => by_length.min(by_spans),
        false => by_length,
    };
    match hard == flat.text.len() {
        true => hard,
        false => best_cut(flat, start, hard),
    }
}

/// The end of as many letters from `start` on as fit into `room` units; at least one letter.
fn longest(text: &str, start: usize, room: usize) -> usize {
    let mut used = 0;
    for (at, letter) in text[start..].char_indices() {
        used += letter.len_utf16();
        if used > room && at > 0 {
            return start + at;
        }
    }
    text.len()
}

/// The best place in the second half of `start..hard`: behind a line, behind a word, in front of the span
/// that would be cut; and only in a span that is itself too long, inside it.
fn best_cut(flat: &Flat, start: usize, hard: usize) -> usize {
    let here = |span: &&Span| span.range.start < hard && start < span.range.end;
    let near: Vec<&Span> = flat.spans.iter().filter(here).collect();
    let half = start + (hard - start) / 2;
    let outside = |at: &usize| !near.iter().any(|span| span.cut_at(*at));
    let lines = || breaks(&flat.text, half, hard, |letter| letter == '\n');
    let words = || breaks(&flat.text, half, hard, char::is_whitespace);
    let cut = near.iter().filter(|span| span.cut_at(hard));
    let in_front = cut.map(|span| span.range.start).min();
    lines()
        .find(outside)
        .or_else(|| words().find(outside))
        .or(in_front
            .filter(|at| *at > start)
            .map(|at| step_back(flat, start, at)))
        .or_else(|| lines().next())
        .or_else(|| words().next())
        .unwrap_or_else(|| step_back(flat, start, hard))
}

/// The places behind letters of one kind, from the end backwards.
fn breaks(
    text: &str,
    from: usize,
    to: usize,
    kind: impl Fn(char) -> bool,
) -> impl Iterator<Item = usize> {
    let letters = text[..to].char_indices().rev();
    letters
        .take_while(move |(at, _)| *at >= from)
        .filter(move |(_, letter)| kind(*letter))
        .map(|(at, letter)| at + letter.len_utf8())
}

/// A cut in front of an `@` or `/` would bring to life what the letters before it kept calm, as in
/// `ada@example.com`; so the cut goes some letters back. A word in `code` stays calm anyway.
fn step_back(flat: &Flat, start: usize, cut: usize) -> usize {
    const FARTHEST: usize = 64;
    let text = &flat.text;
    let calm = |at: usize| {
        let mut spans = flat.spans.iter();
        spans.any(|span| span.style == Style::Code && span.range.start == at)
    };
    let wakes = |at: &usize| text[*at..].starts_with(['@', '/']) && !calm(*at);
    let places = text[start..cut].char_indices().rev().take(FARTHEST);
    std::iter::once(cut)
        .chain(places.map(|(at, _)| start + at))
        .find(|at| *at > start && !wakes(at))
        .unwrap_or(cut)
}

#[cfg(test)]
#[path = "pack_tests.rs"]
mod tests;
