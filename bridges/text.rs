//! `Text`: what people write, as a small tree of safe nodes.
//!
//! Every text in hinny is stored and sent in this form. Markdown and the markup of the platforms are
//! read into it and written from it at the edges; nothing inside ever handles markup or HTML.

use serde::{Deserialize, Serialize};

/// A text is a list of blocks, in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Block>);

/// A block stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    Paragraph {
        children: Vec<Inline>,
    },
    List {
        ordered: bool,
        items: Vec<Vec<Block>>,
    },
    Quote {
        children: Vec<Block>,
    },
    Code {
        text: String,
    },
}

/// An inline node stands within a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Inline {
    Text { text: String },
    Strong { children: Vec<Inline> },
    Emphasis { children: Vec<Inline> },
    CodeSpan { text: String },
    Link { url: String, children: Vec<Inline> },
    Break,
}

impl Text {
    /// Plain text: blank lines part paragraphs, single line ends become breaks.
    pub fn plain(text: &str) -> Self {
        let paragraphs = text.split("\n\n").filter(|part| !part.trim().is_empty());
        Text(paragraphs.map(paragraph).collect())
    }

    /// Like `plain`, with web addresses as links: for what a member of the team types.
    pub fn typed(text: &str) -> Self {
        let mut typed = Text::plain(text);
        for block in &mut typed.0 {
            if let Block::Paragraph { children } = block {
                *children = children.drain(..).flat_map(with_links).collect();
            }
        }
        typed
    }

    /// The words alone, with line ends where blocks and breaks stand.
    pub fn to_plain(&self) -> String {
        let mut out = String::new();
        write_blocks(&self.0, &mut out);
        out
    }

    pub fn is_empty(&self) -> bool {
        self.to_plain().trim().is_empty()
    }
}

fn with_links(node: Inline) -> Vec<Inline> {
    match node {
        Inline::Text { text } => crate::links::linked(&text),
        other => vec![other],
    }
}

fn paragraph(text: &str) -> Block {
    let mut children = Vec::new();
    for line in text.trim_matches('\n').split('\n') {
        if !children.is_empty() {
            children.push(Inline::Break);
        }
        children.push(Inline::Text {
            text: line.trim_end_matches('\r').to_owned(),
        });
    }
    Block::Paragraph { children }
}

fn write_blocks(blocks: &[Block], out: &mut String) {
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            out.push_str("\n\n");
        }
        write_block(block, out);
    }
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Paragraph { children } => write_inlines(children, out),
        Block::Quote { children } => write_blocks(children, out),
        Block::Code { text } => out.push_str(text.trim_end_matches('\n')),
        Block::List { ordered, items } => write_items(*ordered, items, out),
    }
}

fn write_items(ordered: bool, items: &[Vec<Block>], out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        match ordered {
            true => out.push_str(&format!("{}. ", index + 1)),
            false => out.push_str("- "),
        }
        write_blocks(item, out);
    }
}

fn write_inlines(children: &[Inline], out: &mut String) {
    for child in children {
        match child {
            Inline::Text { text } | Inline::CodeSpan { text } => out.push_str(text),
            Inline::Strong { children }
            | Inline::Emphasis { children }
            | Inline::Link { children, .. } => write_inlines(children, out),
            Inline::Break => out.push('\n'),
        }
    }
}
