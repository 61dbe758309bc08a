//! Cuts a line into messages. How a line is cut depends on that line alone, so that part 2 is the same words in
//! every attempt and `parts_done` can be trusted. Nothing is cut inside a letter.

use serde_json::{Value, json};

use super::render::{Element, List, Run, Style, block, elements, fallback, heading, row};
use crate::Line;

/// Slack takes 3,000 characters in one text of a block
/// (<https://docs.slack.dev/reference/block-kit/composition-objects/text-object>).
pub(super) const LONGEST_MESSAGE: usize = 3_000;
/// Slack takes 25 elements in one row of buttons.
const MOST_BUTTONS: usize = 25;

/// One message to post, without where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub(super) text: String,
    pub(super) blocks: Vec<Value>,
    pub(super) metadata: Value,
}

/// The messages of a line, in order; at least one. Its files come after them.
pub(super) fn messages(line: &Line, answers: Option<Run>) -> Vec<Message> {
    let mut body = elements(&line.text);
    let opening: Vec<Run> = answers.into_iter().chain(heading(&line.author)).collect();
    let overhead: usize = opening.iter().map(|run| units(&run.text) + 1).sum();
    if body.is_empty() && opening.is_empty() {
        body.push(Element::Section(vec![plain(" ".to_owned())]));
    }
    let pieces = match body.is_empty() {
        true => vec![Vec::new()],
        false => cut(body, LONGEST_MESSAGE - overhead),
    };
    let last = pieces.len() - 1;
    let message = |(index, piece): (usize, Vec<Element>)| {
        let piece = headed(&opening, piece);
        let mention = line.mention.as_ref().filter(|_| index == 0);
        let mut blocks = vec![block(&piece, mention)];
        if index == last {
            let rows = line.buttons.iter().filter(|buttons| !buttons.is_empty());
            blocks.extend(
                rows.flat_map(|buttons| buttons.chunks(MOST_BUTTONS))
                    .map(row),
            );
        }
        Message {
            text: fallback(&piece, mention),
            blocks,
            metadata: metadata(&line.delivery, index),
        }
    };
    pieces.into_iter().enumerate().map(message).collect()
}

/// By this an own message is found again (<https://docs.slack.dev/messaging/message-metadata>).
pub(super) fn metadata(delivery: &str, part: usize) -> Value {
    json!({"event_type": "hinny", "event_payload": {"delivery": delivery, "part": part}})
}

fn plain(text: String) -> Run {
    let style = Style::default();
    Run { text, style }
}

/// The same heading stands over each piece, a line of its own.
fn headed(opening: &[Run], mut piece: Vec<Element>) -> Vec<Element> {
    if opening.is_empty() {
        return piece;
    }
    let lines = opening.iter().enumerate();
    let mut runs: Vec<Run> = lines
        .flat_map(|(index, run)| {
            let gap = (index > 0).then(|| plain("\n".to_owned()));
            gap.into_iter().chain([run.clone()])
        })
        .collect();
    match piece.first_mut() {
        Some(Element::Section(first)) => {
            runs.push(plain("\n".to_owned()));
            first.splice(0..0, runs);
        }
        _ => piece.insert(0, Element::Section(runs)),
    }
    piece
}

/// Length in UTF-16 units, the longer of the ways in which Slack may count.
fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn cut(elements: Vec<Element>, room: usize) -> Vec<Vec<Element>> {
    let mut cutter = Cutter {
        room,
        left: room,
        pieces: vec![Vec::new()],
    };
    for element in elements {
        match element {
            Element::Section(runs) => cutter.runs(runs, Element::Section),
            Element::Quote(runs) => cutter.runs(runs, Element::Quote),
            Element::Code(text) => cutter.runs(vec![plain(text)], |runs| {
                Element::Code(runs.into_iter().map(|run| run.text).collect())
            }),
            Element::List(list) => cutter.list(list),
        }
    }
    cutter.pieces.retain(|piece| !piece.is_empty());
    cutter.pieces
}

struct Cutter {
    room: usize,
    left: usize,
    pieces: Vec<Vec<Element>>,
}

impl Cutter {
    fn add(&mut self, element: Element, length: usize) {
        self.left = self.left.saturating_sub(length);
        if let Some(piece) = self.pieces.last_mut() {
            piece.push(element);
        }
    }

    fn turn(&mut self) {
        self.pieces.push(Vec::new());
        self.left = self.room;
    }

    /// What fits goes here, the rest into the pieces that follow.
    fn runs(&mut self, mut runs: Vec<Run>, wrap: impl Fn(Vec<Run>) -> Element) {
        let whole = length(&runs);
        if whole > self.left && whole <= self.room && self.left < self.room / 2 {
            self.turn();
        }
        while !runs.is_empty() {
            if self.left == 0 {
                self.turn();
            }
            let (head, rest) = split(runs, self.left);
            if head.is_empty() {
                self.turn();
            } else {
                let taken = length(&head);
                self.add(wrap(head), taken);
            }
            runs = rest;
            if !runs.is_empty() {
                self.turn();
            }
        }
    }

    /// Item by item; one that is too long for any message goes on as plain lines.
    fn list(&mut self, list: List) {
        for (index, item) in list.items.into_iter().enumerate() {
            let taken = length(&item);
            if taken > self.left && self.left < self.room {
                self.turn();
            }
            let one = |items| List {
                offset: list.offset + index,
                items,
                ..list_like(list.ordered, list.indent)
            };
            if taken > self.room {
                self.runs(item, Element::Section);
                continue;
            }
            self.left = self.left.saturating_sub(taken);
            let piece = self.pieces.last_mut();
            match piece.as_ref().and_then(|piece| piece.last()) {
                Some(Element::List(last)) if index > 0 && follows(last, list.indent) => {
                    if let Some(Element::List(last)) = piece.and_then(|piece| piece.last_mut()) {
                        last.items.push(item);
                    }
                }
                _ => self.add(Element::List(one(vec![item])), 0),
            }
        }
    }
}

fn follows(last: &List, indent: usize) -> bool {
    last.indent == indent
}

fn list_like(ordered: bool, indent: usize) -> List {
    List {
        ordered,
        indent,
        offset: 0,
        items: Vec::new(),
    }
}

fn length(runs: &[Run]) -> usize {
    runs.iter().map(|run| units(&run.text)).sum()
}

/// As much as fits into `room`, and the rest. Joined they are the same again.
fn split(runs: Vec<Run>, room: usize) -> (Vec<Run>, Vec<Run>) {
    if length(&runs) <= room {
        return (runs, Vec::new());
    }
    let (mut head, mut rest) = (Vec::new(), Vec::new());
    let mut left = room;
    for run in runs {
        if !rest.is_empty() {
            rest.push(run);
            continue;
        }
        let taken = units(&run.text);
        if taken <= left {
            left -= taken;
            head.push(run);
            continue;
        }
        let at = place(&run.text, left, head.is_empty());
        let (before, after) = run.text.split_at(at);
        let style = &run.style;
        let part = |text: &str| Run {
            text: text.to_owned(),
            style: style.clone(),
        };
        head.extend((at > 0).then(|| part(before)));
        rest.push(part(after));
    }
    (head, rest)
}

/// Where to cut a text so that at most `room` units stand before: behind a line or a word of the second half, else
/// between two letters. Never at the start, when nothing else stands before.
fn place(text: &str, room: usize, must: bool) -> usize {
    let mut used = 0;
    let fits = |(_, letter): &(usize, char)| {
        used += letter.len_utf16();
        used <= room
    };
    let ends: Vec<(usize, char)> = text.char_indices().take_while(fits).collect();
    let end = |(at, letter): &(usize, char)| at + letter.len_utf8();
    let half = ends.len() / 2;
    let behind = |kind: fn(char) -> bool| {
        let mut back = ends[half..].iter().rev();
        back.find(|(_, letter)| kind(*letter)).map(end)
    };
    let line = behind(|letter| letter == '\n');
    let word = line.or_else(|| behind(char::is_whitespace));
    let between = || {
        let mut back = ends.iter().rev().map(end);
        back.find(|at| !is_joined(text, *at))
    };
    let first = text.chars().next().map_or(0, char::len_utf8);
    let at = word.or_else(between).unwrap_or(0);
    match must {
        true => at.max(ends.last().map_or(first, |last| match at {
            0 => end(last),
            at => at,
        })),
        false => at,
    }
}

/// Whether what stands before and after this place is one sign to the reader, such as an emoji with a colour.
fn is_joined(text: &str, at: usize) -> bool {
    let joins = |letter: char| matches!(letter, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{1f3fb}'..='\u{1f3ff}');
    let after = text[at..].chars().next();
    let before = text[..at].chars().next_back();
    after.is_some_and(joins) || before == Some('\u{200d}')
}

#[cfg(test)]
#[path = "pack_tests.rs"]
mod tests;
