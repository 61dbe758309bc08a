//! Reads what a member wrote in Slack's composer, rich text blocks, into a `Text`
//! (<https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>). What comes from outside may have any
//! shape: unknown elements are passed over, their words are kept where they have any.

use std::collections::HashMap;

use serde_json::Value;

use super::emoji;
use crate::{
    links::safe_url,
    text::{Block, Inline, Text},
};

/// Lists in lists beyond this are laid out at this depth, so that nobody who walks the tree runs out of stack.
const DEEPEST: u64 = 6;

/// What mentions are shown as, by id.
pub(super) type Names = HashMap<String, String>;

/// The elements of all rich text blocks of a message.
pub(super) fn elements(blocks: &[Value]) -> Vec<&Value> {
    let rich = blocks.iter().filter(|block| block["type"] == "rich_text");
    rich.flat_map(|block| list(&block["elements"])).collect()
}

pub(super) fn read(elements: &[&Value], names: &Names) -> Text {
    let mut blocks = Vec::new();
    for element in elements {
        match element["type"].as_str() {
            Some("rich_text_preformatted") => blocks.push(Block::Code {
                text: words(&element["elements"], names),
            }),
            Some("rich_text_quote") => blocks.push(Block::Quote {
                children: paragraphs(inlines(&element["elements"], names)),
            }),
            Some("rich_text_list") => add_list(&mut blocks, element, names),
            _ => blocks.extend(paragraphs(inlines(&element["elements"], names))),
        }
    }
    Text(blocks)
}

/// Whether the message begins by calling somebody.
pub(super) fn begins_with_mention(elements: &[&Value]) -> bool {
    let mut inline = elements
        .iter()
        .flat_map(|element| list(&element["elements"]));
    let blank = |node: &Value| {
        let text = node["text"].as_str();
        node["type"] == "text" && text.is_none_or(|text| text.trim().is_empty())
    };
    let first = inline.find(|node| !blank(node));
    let kind = first.and_then(|node| node["type"].as_str());
    matches!(kind, Some("user" | "usergroup" | "broadcast"))
}

/// The ids of everything whose name is needed, with the kind of element that named it.
pub(super) fn mentioned(elements: &[&Value]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for element in elements {
        for node in list(&element["elements"]) {
            for (kind, key) in [
                ("user", "user_id"),
                ("usergroup", "usergroup_id"),
                ("channel", "channel_id"),
            ] {
                if node["type"] == kind {
                    found.extend(node[key].as_str().map(|id| (kind, id.to_owned())));
                }
            }
            // The items of a list are sections themselves.
            found.extend(mentioned(&[node]));
        }
    }
    found
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Slack has no lists in lists, but lists with an indent, one after the other.
fn add_list(blocks: &mut Vec<Block>, element: &Value, names: &Names) {
    let ordered = element["style"] == "ordered";
    let items = list(&element["elements"]);
    let items = items
        .map(|item| paragraphs(inlines(&item["elements"], names)))
        .collect();
    let indent = element["indent"].as_u64().unwrap_or(0).min(DEEPEST);
    put_list(blocks, ordered, indent, items);
}

fn put_list(blocks: &mut Vec<Block>, ordered: bool, indent: u64, items: Vec<Vec<Block>>) {
    match blocks.last_mut() {
        Some(Block::List { items: outer, .. }) if indent > 0 && !outer.is_empty() => {
            if let Some(item) = outer.last_mut() {
                put_list(item, ordered, indent - 1, items);
            }
        }
        Some(Block::List {
            ordered: same,
            items: before,
        }) if *same == ordered && indent == 0 => before.extend(items),
        _ => blocks.push(Block::List { ordered, items }),
    }
}

fn words(nodes: &Value, names: &Names) -> String {
    let inlines = inlines(nodes, names);
    Text(vec![Block::Paragraph { children: inlines }]).to_plain()
}

fn inlines(nodes: &Value, names: &Names) -> Vec<Inline> {
    list(nodes).flat_map(|node| inline(node, names)).collect()
}

/// What an element says, whatever it looks like.
fn said(node: &Value, names: &Names) -> String {
    let named = |sign: &str, key: &str| {
        let id = node[key].as_str().unwrap_or_default();
        let name = names.get(id).map_or("somebody", String::as_str);
        format!("{sign}{name}")
    };
    let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
    match node["type"].as_str() {
        Some("user") => named("@", "user_id"),
        Some("usergroup") => named("@", "usergroup_id"),
        Some("channel") => named("#", "channel_id"),
        Some("broadcast") => format!("@{}", text("range")),
        Some("emoji") => {
            let letter = node["unicode"].as_str().and_then(emoji::of_codes);
            letter.unwrap_or_else(|| emoji::sign(&text("name")))
        }
        Some("date") => text("fallback"),
        Some("color") => text("value"),
        Some("link") => match text("text") {
            words if words.is_empty() => text("url"),
            words => words,
        },
        _ => text("text"),
    }
}

fn inline(node: &Value, names: &Names) -> Vec<Inline> {
    let words = said(node, names);
    let style = &node["style"];
    let mut inner = match style["code"] == true {
        true => vec![Inline::CodeSpan { text: words }],
        false => lines(&words),
    };
    if style["italic"] == true {
        inner = vec![Inline::Emphasis { children: inner }];
    }
    if style["bold"] == true {
        inner = vec![Inline::Strong { children: inner }];
    }
    match node["url"].as_str().and_then(safe_url) {
        Some(url) if node["type"] == "link" => vec![Inline::Link {
            url: url.into(),
            children: inner,
        }],
        _ => inner,
    }
}

/// Line ends become breaks.
pub(super) fn lines(text: &str) -> Vec<Inline> {
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

/// Blank lines part paragraphs; line ends at the edges of one say nothing.
pub(super) fn paragraphs(inlines: Vec<Inline>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut line: Vec<Inline> = Vec::new();
    let mut breaks = 0;
    for inline in inlines {
        if inline == Inline::Break {
            breaks += 1;
            continue;
        }
        if breaks > 1 && !line.is_empty() {
            let children = std::mem::take(&mut line);
            blocks.push(Block::Paragraph { children });
        } else if breaks == 1 && !line.is_empty() {
            line.push(Inline::Break);
        }
        breaks = 0;
        match (line.last_mut(), inline) {
            (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(&more),
            (_, inline) => line.push(inline),
        }
    }
    if !line.is_empty() {
        blocks.push(Block::Paragraph { children: line });
    }
    blocks
}

#[cfg(test)]
#[path = "rich_tests.rs"]
mod tests;
