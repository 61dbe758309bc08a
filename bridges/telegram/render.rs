//! Writes a line as Telegram shows it: one string and spans over it, never markup, so that no sign of a
//! visitor's can be taken for formatting. Spans count bytes here, as Rust does; only
//! `Flat::entities` turns them into Telegram's UTF-16 units.

use std::{mem::Discriminant, ops::Range};

use teloxide::types::{MessageEntity, MessageEntityKind, User};
use url::Url;

use super::calm::live_words;
use crate::{
    LineAuthor,
    links::safe_url,
    text::{Block, Inline, Text},
};

/// A name in a heading is cut after so many letters; names are the visitor's to choose.
const LONGEST_NAME: usize = 64;

/// Flattened text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flat {
    pub(super) text: String,
    /// Sorted by start, the longer first. Spans nest or stand apart, they never cross.
    pub(super) spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) range: Range<usize>,
    pub(super) style: Style,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Quote,
    Link(Url),
    Bold,
    Italic,
    Code,
    Pre,
    /// Calls a member. Only the bridge itself makes these, never a text.
    Call(Box<User>),
}

/// The words of a line, without its author.
pub(super) fn body(text: &Text) -> Flat {
    let mut writer = Writer::default();
    writer.blocks(&text.0, "\n\n", 0);
    writer.finish()
}

/// Who speaks, as a line of its own. Always one span, and never empty: Telegram refuses messages without
/// a visible letter, and a visitor may well send one.
pub(super) fn heading(author: &LineAuthor) -> Flat {
    let text = match author {
        LineAuthor::Visitor { name } => format!("{} (visitor)", short(name)),
        LineAuthor::Agent { name } => format!("{} (team)", short(name)),
        LineAuthor::Bot => "Bot".to_owned(),
        LineAuthor::Hinny => "hinny".to_owned(),
    };
    let style = match live_words(&text).is_empty() {
        true => Style::Bold,
        false => Style::Code,
    };
    let range = 0..text.len();
    Flat {
        text,
        spans: vec![Span { range, style }],
    }
}

fn short(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter.is_control() {
        true => ' ',
        false => letter,
    });
    let name: String = letters.take(LONGEST_NAME).collect();
    match name.trim() {
        "" => "Somebody".to_owned(),
        name => name.to_owned(),
    }
}

/// Length as Telegram counts it.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

impl Flat {
    pub(super) fn units(&self) -> usize {
        units(&self.text)
    }

    /// Puts `other` behind what is there.
    pub(super) fn append(&mut self, other: Flat) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        let moved = other.spans.into_iter().map(|span| Span {
            range: span.range.start + shift..span.range.end + shift,
            style: span.style,
        });
        self.spans.extend(moved);
    }

    /// The part within `range`; spans that reach over its ends are cut there.
    pub(super) fn slice(&self, range: Range<usize>) -> Flat {
        let spans = self.spans.iter().filter_map(|span| {
            let start = span.range.start.max(range.start);
            let end = span.range.end.min(range.end);
            (start < end).then(|| Span {
                range: start - range.start..end - range.start,
                style: span.style.clone(),
            })
        });
        Flat {
            text: self.text[range.clone()].to_owned(),
            spans: spans.collect(),
        }
    }

    /// The spans as Telegram wants them.
    pub(super) fn entities(&self) -> Vec<MessageEntity> {
        let entity = |span: &Span| {
            let offset = units(&self.text[..span.range.start]);
            let length = units(&self.text[span.range.clone()]);
            MessageEntity::new(span.style.kind(), offset, length)
        };
        self.spans.iter().map(entity).collect()
    }
}

impl Span {
    /// Whether a cut at this byte would part the span.
    pub(super) fn cut_at(&self, at: usize) -> bool {
        self.range.start < at && at < self.range.end
    }
}

impl Style {
    fn kind(&self) -> MessageEntityKind {
        match self {
            Style::Quote => MessageEntityKind::Blockquote,
            Style::Link(url) => MessageEntityKind::TextLink { url: url.clone() },
            Style::Bold => MessageEntityKind::Bold,
            Style::Italic => MessageEntityKind::Italic,
            Style::Code => MessageEntityKind::Code,
            Style::Pre => MessageEntityKind::Pre { language: None },
            Style::Call(user) => MessageEntityKind::TextMention {
                user: User::clone(user),
            },
        }
    }

    /// `code` and `pre` contain nothing and are part of nothing but a quote.
    fn stands_alone(&self) -> bool {
        matches!(self, Style::Code | Style::Pre)
    }
}

#[derive(Default)]
struct Writer {
    flat: Flat,
    quotes: usize,
    /// The styles that are open where the next words go.
    open: Vec<Discriminant<Style>>,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block], gap: &str, indent: usize) {
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 {
                self.flat.text.push_str(gap);
                self.flat.text.push_str(&" ".repeat(indent));
            }
            self.block(block, indent);
        }
    }

    fn block(&mut self, block: &Block, indent: usize) {
        match block {
            Block::Paragraph { children } => self.inlines(children),
            Block::Code { text } => self.alone(text.trim_end_matches('\n'), Style::Pre),
            Block::Quote { children } => self.quote(children),
            Block::List { ordered, items } => self.list(*ordered, items, indent),
        }
    }

    /// Quotes do not nest on Telegram, so only the outermost one is marked.
    fn quote(&mut self, children: &[Block]) {
        let start = self.flat.text.len();
        self.quotes += 1;
        self.blocks(children, "\n\n", 0);
        self.quotes -= 1;
        if self.quotes == 0 {
            self.span(start, Style::Quote);
        }
    }

    fn list(&mut self, ordered: bool, items: &[Vec<Block>], indent: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.flat.text.push('\n');
                self.flat.text.push_str(&" ".repeat(indent));
            }
            match ordered {
                true => self.flat.text.push_str(&format!("{}. ", index + 1)),
                false => self.flat.text.push_str("• "),
            }
            self.blocks(item, "\n", indent + 2);
        }
    }

    fn inlines(&mut self, children: &[Inline]) {
        for child in children {
            match child {
                Inline::Text { text } => self.flat.text.push_str(text),
                Inline::CodeSpan { text } => self.alone(text, Style::Code),
                Inline::Strong { children } => self.styled(Style::Bold, children),
                Inline::Emphasis { children } => self.styled(Style::Italic, children),
                Inline::Link { url, children } => self.link(url, children),
                Inline::Break => self.flat.text.push('\n'),
            }
        }
    }

    /// A style inside itself says nothing new, and Telegram knows no link inside a link.
    fn styled(&mut self, style: Style, children: &[Inline]) {
        let kind = std::mem::discriminant(&style);
        if self.open.contains(&kind) {
            return self.inlines(children);
        }
        let start = self.flat.text.len();
        self.open.push(kind);
        self.inlines(children);
        self.open.pop();
        self.span(start, style);
    }

    /// Telegram links to web pages only; a mail address it finds by itself when it is written out.
    fn link(&mut self, url: &str, children: &[Inline]) {
        match safe_url(url) {
            Some(url) if url.scheme() == "mailto" => {
                let start = self.flat.text.len();
                self.inlines(children);
                if !self.flat.text[start..].contains(url.path()) {
                    self.flat.text.push_str(&format!(" ({})", url.path()));
                }
            }
            Some(url) => self.styled(Style::Link(url), children),
            None => self.inlines(children),
        }
    }

    fn alone(&mut self, words: &str, style: Style) {
        let start = self.flat.text.len();
        self.flat.text.push_str(words);
        self.span(start, style);
    }

    /// Marks everything from `start` on.
    fn span(&mut self, start: usize, style: Style) {
        let range = start..self.flat.text.len();
        if !range.is_empty() {
            self.flat.spans.push(Span { range, style });
        }
    }

    fn finish(mut self) -> Flat {
        let live = live_words(&self.flat.text);
        self.flat.spans = calm(self.flat.spans, live);
        self.flat.spans.sort_by(|a, b| {
            let longer = b.range.end.cmp(&a.range.end);
            a.range.start.cmp(&b.range.start).then(longer)
        });
        self.flat
    }
}

/// Sets the live words in `code`, and lets other styles give way to code: only a quote may stand around.
fn calm(spans: Vec<Span>, mut live: Vec<Range<usize>>) -> Vec<Span> {
    let (quotes, spans) = split(spans, |span| span.style == Style::Quote);
    let (code, styled) = split(spans, |span| span.style.stands_alone());
    live.retain(|word| !is_inside(word, &code));
    let mut code = carve(code, &live);
    code.extend(live.into_iter().map(|range| Span {
        range,
        style: Style::Code,
    }));
    code.sort_by_key(|span| span.range.start);
    let holes: Vec<_> = code.iter().map(|span| span.range.clone()).collect();
    let styled = carve(styled, &holes);
    [quotes, code, styled].concat()
}

fn split(spans: Vec<Span>, first: impl Fn(&Span) -> bool) -> (Vec<Span>, Vec<Span>) {
    spans.into_iter().partition(first)
}

/// Whether one of the spans, which are sorted and apart, holds the whole word.
fn is_inside(word: &Range<usize>, spans: &[Span]) -> bool {
    let next = spans.partition_point(|span| span.range.end < word.end);
    let span = spans.get(next);
    span.is_some_and(|span| span.range.start <= word.start)
}

/// What is left of the spans outside of the holes, which are sorted and apart.
fn carve(spans: Vec<Span>, holes: &[Range<usize>]) -> Vec<Span> {
    let mut left = Vec::new();
    for Span { range, style } in spans {
        let mut start = range.start;
        let first = holes.partition_point(|hole| hole.end <= range.start);
        let crossing = holes[first..]
            .iter()
            .take_while(|hole| hole.start < range.end);
        let ends = crossing.map(|hole| (hole.start, hole.end));
        for (stop, next) in ends.chain([(range.end, range.end)]) {
            if start < stop {
                let (range, style) = (start..stop, style.clone());
                left.push(Span { range, style });
            }
            start = next;
        }
    }
    left
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
