//! Reads what a person wrote on Telegram, a string and entities over it, into a `Text`.
//!
//! Entities come from outside: their UTF-16 offsets may point anywhere and may cross. So the string is
//! cut at every border that exists, and each stretch is asked which styles cover it; nothing here can
//! panic, and what makes no sense has no effect.

use std::ops::Range;

use teloxide::types::{MessageEntity, MessageEntityKind as Kind};

use crate::{
    links::safe_url,
    text::{Block, Inline, Text},
};

/// The string and its entities as a tree.
pub(super) fn read(text: &str, entities: &[MessageEntity]) -> Text {
    let marks = marks(text, entities);
    let reader = Reader {
        text,
        marks: &marks,
    };
    Text(reader.blocks(0..text.len(), true))
}

/// An entity with byte offsets at letters' borders.
struct Mark<'a> {
    range: Range<usize>,
    kind: &'a Kind,
}

fn marks<'a>(text: &str, entities: &'a [MessageEntity]) -> Vec<Mark<'a>> {
    let borders = borders(text);
    let byte = |unit: usize| borders.get(unit).copied().unwrap_or(text.len());
    let mark = |entity: &'a MessageEntity| {
        let end = entity.offset.saturating_add(entity.length);
        let range = byte(entity.offset)..byte(end);
        (range.start < range.end).then_some(Mark {
            range,
            kind: &entity.kind,
        })
    };
    let mut marks: Vec<_> = entities.iter().filter_map(mark).collect();
    marks.sort_by_key(|mark| mark.range.start);
    marks
}

/// For each UTF-16 unit the byte where its letter begins.
fn borders(text: &str) -> Vec<usize> {
    let letters = text.char_indices();
    letters
        .flat_map(|(at, letter)| std::iter::repeat_n(at, letter.len_utf16()))
        .collect()
}

struct Reader<'a> {
    text: &'a str,
    marks: &'a [Mark<'a>],
}

/// The wraps of an inline stretch, outermost first.
const LAYERS: usize = 4;

impl Reader<'_> {
    /// Parts a stretch into quotes, code blocks and the paragraphs between them.
    fn blocks(&self, range: Range<usize>, quotes: bool) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut at = range.start;
        let own = |mark: &&Mark| match mark.kind {
            Kind::Pre { .. } => true,
            Kind::Blockquote | Kind::ExpandableBlockquote => quotes,
            _ => false,
        };
        for mark in self.marks.iter().filter(own) {
            let start = mark.range.start.max(at);
            let end = mark.range.end.min(range.end);
            if start >= end {
                continue;
            }
            self.paragraphs(at..start, &mut blocks);
            blocks.push(match mark.kind {
                Kind::Pre { .. } => Block::Code {
                    text: self.text[start..end].trim_matches('\n').to_owned(),
                },
                _ => Block::Quote {
                    children: self.blocks(start..end, false),
                },
            });
            at = end;
        }
        self.paragraphs(at..range.end, &mut blocks);
        blocks
    }

    /// Blank lines part paragraphs.
    fn paragraphs(&self, range: Range<usize>, blocks: &mut Vec<Block>) {
        let mut at = range.start;
        for part in self.text[range].split("\n\n") {
            let end = at + part.len();
            let inner = part.trim_matches('\n');
            let start = at + (part.len() - part.trim_start_matches('\n').len());
            if !inner.trim().is_empty() {
                let children = self.inlines(start..start + inner.len(), 0);
                blocks.push(Block::Paragraph { children });
            }
            at = end + "\n\n".len();
        }
    }

    /// Stretches that share the wrap of this layer go into one node of it.
    fn inlines(&self, range: Range<usize>, layer: usize) -> Vec<Inline> {
        if layer == LAYERS {
            return lines(&self.text[range]);
        }
        let mut children = Vec::new();
        for (stretch, wrap) in self.stretches(range, layer) {
            let inner = stretch.clone();
            match wrap {
                None => children.extend(self.inlines(inner, layer + 1)),
                Some(Wrap::Code) => children.push(Inline::CodeSpan {
                    text: self.text[stretch].to_owned(),
                }),
                Some(Wrap::Bold) => children.push(Inline::Strong {
                    children: self.inlines(inner, layer + 1),
                }),
                Some(Wrap::Italic) => children.push(Inline::Emphasis {
                    children: self.inlines(inner, layer + 1),
                }),
                Some(Wrap::Link(url)) => children.push(Inline::Link {
                    url,
                    children: self.inlines(inner, layer + 1),
                }),
            }
        }
        join(children)
    }

    /// Cuts a stretch where the wrap of this layer changes.
    fn stretches(&self, range: Range<usize>, layer: usize) -> Vec<(Range<usize>, Option<Wrap>)> {
        let of_layer = |mark: &&Mark| layer_of(mark.kind) == Some(layer);
        let mut found: Vec<(Range<usize>, Option<Wrap>)> = Vec::new();
        let mut at = range.start;
        for mark in self.marks.iter().filter(of_layer) {
            let start = mark.range.start.max(at);
            let end = mark.range.end.min(range.end);
            let Some(wrap) = wrap(mark.kind, &self.text[mark.range.clone()]) else {
                continue;
            };
            if start < end {
                found.push((at..start, None));
                found.push((start..end, Some(wrap)));
                at = end;
            }
        }
        found.push((at..range.end, None));
        found.retain(|(stretch, _)| !stretch.is_empty());
        found
    }
}

enum Wrap {
    Link(String),
    Bold,
    Italic,
    Code,
}

/// Which layer a kind belongs to; the others are mere words here, or blocks.
fn layer_of(kind: &Kind) -> Option<usize> {
    match kind {
        Kind::TextLink { .. } | Kind::Url | Kind::Email => Some(0),
        Kind::Bold => Some(1),
        Kind::Italic => Some(2),
        Kind::Code => Some(3),
        _ => None,
    }
}

fn wrap(kind: &Kind, text: &str) -> Option<Wrap> {
    let link = |address: &str| safe_url(address).map(|url| Wrap::Link(url.into()));
    match kind {
        Kind::TextLink { url } => link(url.as_str()),
        Kind::Url => link(text).or_else(|| link(&format!("https://{text}"))),
        Kind::Email => link(&format!("mailto:{text}")),
        Kind::Bold => Some(Wrap::Bold),
        Kind::Italic => Some(Wrap::Italic),
        Kind::Code => Some(Wrap::Code),
        _ => None,
    }
}

fn lines(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            inlines.push(Inline::Break);
        }
        if !line.is_empty() {
            inlines.push(Inline::Text {
                text: line.to_owned(),
            });
        }
    }
    inlines
}

/// Joins words that only the search for wraps had parted.
fn join(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::new();
    for inline in inlines {
        match (joined.last_mut(), inline) {
            (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(&more),
            (_, inline) => joined.push(inline),
        }
    }
    joined
}

#[cfg(test)]
#[path = "entities_tests.rs"]
mod tests;
