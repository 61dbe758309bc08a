//! Reads what a person wrote on Discord into a `Text`. Discord's Markdown is a dialect of its own: a line
//! end is a line end, there is no HTML, `__` underlines, `||` hides, and mentions are written as ids
//! (<https://discord.com/developers/docs/reference#message-formatting>). This file finds blocks; `spans`
//! finds what stands in a line.

use super::spans::{Names, inlines};
use crate::text::{Block, Inline, Text};

/// Quotes and lists in each other beyond this are only words.
const DEEPEST: usize = 4;

/// Any input is valid; what makes no sense is only words.
pub(super) fn read(content: &str, names: &Names) -> Text {
    let mut reader = Reader {
        names,
        blocks: Vec::new(),
        lines: Vec::new(),
    };
    reader.blocks(content, DEEPEST);
    Text(reader.blocks)
}

struct Reader<'a> {
    names: &'a Names,
    blocks: Vec<Block>,
    /// Lines of the paragraph at hand.
    lines: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn blocks(&mut self, content: &'a str, depth: usize) {
        let mut rest = content;
        while !rest.is_empty() {
            rest = match self.block(rest, depth) {
                Some(left) => left,
                None => self.line(rest),
            };
        }
        self.flush();
    }

    /// A block that begins with this line, if one does; returns what is behind it.
    fn block(&mut self, rest: &'a str, depth: usize) -> Option<&'a str> {
        let (line, left) = split_line(rest);
        if let Some(all) = rest.strip_prefix(">>> ").filter(|_| depth > 0) {
            self.quote(all, depth);
            return Some("");
        }
        if depth > 0 && (line.starts_with("> ") || line == ">") {
            let count = lines_while(rest, |line| line.starts_with("> ") || line == ">");
            let (quoted, left) = take_lines(rest, count);
            let inner: Vec<&str> = quoted
                .iter()
                .map(|line| line.strip_prefix("> ").unwrap_or_default())
                .collect();
            self.quote(&inner.join("\n"), depth);
            return Some(left);
        }
        if let Some(heading) = heading(line) {
            self.flush();
            let children = inlines(heading, self.names);
            self.blocks.push(Block::Paragraph {
                children: vec![Inline::Strong { children }],
            });
            return Some(left);
        }
        if depth > 0 && item(line).is_some() {
            let count = lines_while(rest, |line| item(line).is_some());
            let (items, left) = take_lines(rest, count);
            self.flush();
            let list = self.list(&items, depth);
            self.blocks.push(list);
            return Some(left);
        }
        None
    }

    fn quote(&mut self, inner: &str, depth: usize) {
        self.flush();
        let mut reader = Reader {
            names: self.names,
            blocks: Vec::new(),
            lines: Vec::new(),
        };
        reader.blocks(inner, if depth == DEEPEST { 1 } else { 0 });
        if !reader.blocks.is_empty() {
            self.blocks.push(Block::Quote {
                children: reader.blocks,
            });
        }
    }

    /// An ordinary line, or as much of it as stands before a code block.
    fn line(&mut self, rest: &'a str) -> &'a str {
        let (line, left) = split_line(rest);
        if let Some((at, code, behind)) = fence(rest, line.len()) {
            if !rest[..at].trim().is_empty() {
                self.lines.push(&rest[..at]);
            }
            self.flush();
            self.blocks.push(Block::Code {
                text: code.to_owned(),
            });
            return behind.strip_prefix('\n').unwrap_or(behind);
        }
        if line.trim().is_empty() {
            self.flush();
        } else {
            self.lines.push(line.strip_prefix("-# ").unwrap_or(line));
        }
        left
    }

    fn flush(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let children = inlines(&self.lines.join("\n"), self.names);
        self.lines.clear();
        self.blocks.push(Block::Paragraph { children });
    }

    /// Items of one list; deeper ones hang on the item before them.
    fn list(&self, lines: &[&str], depth: usize) -> Block {
        let first = lines.first().and_then(|line| item(line));
        let (indent, ordered) = first.map_or((0, false), |item| (item.indent, item.ordered));
        let mut items: Vec<Vec<Block>> = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let deeper = |line: &&str| item(line).is_some_and(|item| item.indent > indent + 1);
            let count = lines[at..].iter().take_while(|line| deeper(line)).count();
            if count > 0 && depth > 1 {
                let inner = self.list(&lines[at..at + count], depth - 1);
                items
                    .last_mut()
                    .expect("the first line is not deeper")
                    .push(inner);
                at += count;
                continue;
            }
            let words = item(lines[at]).map_or("", |item| item.words);
            let children = inlines(words, self.names);
            items.push(vec![Block::Paragraph { children }]);
            at += 1;
        }
        Block::List { ordered, items }
    }
}

struct Item<'a> {
    indent: usize,
    ordered: bool,
    words: &'a str,
}

fn item(line: &str) -> Option<Item<'_>> {
    let trimmed = line.trim_start_matches(' ');
    let indent = line.len() - trimmed.len();
    let bullet = trimmed.strip_prefix("- ").or(trimmed.strip_prefix("* "));
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = trimmed[digits..]
        .strip_prefix(". ")
        .filter(|_| (1..10).contains(&digits));
    let words = bullet
        .or(numbered)
        .filter(|words| !words.trim().is_empty())?;
    Some(Item {
        indent,
        ordered: bullet.is_none(),
        words,
    })
}

fn heading(line: &str) -> Option<&str> {
    let words = ["# ", "## ", "### "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark));
    words.map(str::trim).filter(|words| !words.is_empty())
}

/// A code block that begins within the first `line` bytes: where, what it holds, and what is behind it.
fn fence(rest: &str, line: usize) -> Option<(usize, &str, &str)> {
    let mut from = 0;
    let at = loop {
        let at = from + rest[from..line].find("```")?;
        let slashes = rest[..at]
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count();
        if slashes % 2 == 0 {
            break at;
        }
        from = at + 1;
    };
    let inside = &rest[at + 3..];
    let end = inside.find("```")?;
    let code = without_language(&inside[..end]).trim_matches('\n');
    // Three signs are the end even when more follow; those belong to the code.
    (!code.trim().is_empty()).then_some((at, code, &inside[end + 3..]))
}

/// The first line names the language, if it is one word and more follows.
fn without_language(code: &str) -> &str {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_+-.#".contains(letter);
    match code.split_once('\n') {
        Some((first, rest)) if !first.is_empty() && first.chars().all(plain) => rest,
        _ => code,
    }
}

fn split_line(rest: &str) -> (&str, &str) {
    rest.split_once('\n').unwrap_or((rest, ""))
}

fn lines_while(rest: &str, wanted: impl Fn(&str) -> bool) -> usize {
    rest.split('\n').take_while(|line| wanted(line)).count()
}

fn take_lines(rest: &str, count: usize) -> (Vec<&str>, &str) {
    let mut left = rest;
    let mut taken = Vec::new();
    for _ in 0..count {
        let (line, behind) = split_line(left);
        taken.push(line);
        left = behind;
    }
    (taken, left)
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
