//! Writes a text as Slack's rich text (<https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>), never
//! as mrkdwn: text in rich text is only text, so no sign of a visitor's can format anything or call anybody. Who is
//! called stands in an element of its own, and that comes from `Line::mention` alone.

use serde_json::{Value, json};

use crate::{
    Button, LineAuthor, Look, Mention,
    links::safe_url,
    text::{Block, Inline, Text},
};

/// A name in a heading is cut after so many letters; names are the visitor's to choose.
const LONGEST_NAME: usize = 64;

/// How a stretch of words looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) code: bool,
    pub(super) link: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) style: Style,
}

/// What stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Section(Vec<Run>),
    Quote(Vec<Run>),
    Code(String),
    List(List),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) ordered: bool,
    pub(super) indent: usize,
    /// How many items of this list stand before.
    pub(super) offset: usize,
    pub(super) items: Vec<Vec<Run>>,
}

/// The words of a text, without its author.
pub(super) fn elements(text: &Text) -> Vec<Element> {
    let mut writer = Writer::default();
    writer.blocks(&text.0, 0);
    writer.close();
    writer.elements
}

/// Who speaks, as the beginning of the first section. hinny itself is the app, whose name Slack shows.
pub(super) fn heading(author: &LineAuthor) -> Option<Run> {
    let text = match author {
        LineAuthor::Visitor { name } => format!("{} (visitor)", short(name)),
        LineAuthor::Agent { name } => format!("{} (team)", short(name)),
        LineAuthor::Bot => "Bot".to_owned(),
        LineAuthor::Hinny => return None,
    };
    let style = Style {
        bold: true,
        ..Style::default()
    };
    Some(Run { text, style })
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

#[derive(Default)]
struct Writer {
    elements: Vec<Element>,
    /// The section at hand.
    runs: Vec<Run>,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block], indent: usize) {
        for block in blocks {
            match block {
                Block::Paragraph { children } => {
                    if !self.runs.is_empty() {
                        push(&mut self.runs, "\n\n", &Style::default());
                    }
                    inlines(children, &Style::default(), &mut self.runs);
                }
                Block::Code { text } => {
                    self.close();
                    self.elements
                        .push(Element::Code(text.trim_end_matches('\n').to_owned()));
                }
                Block::Quote { children } => {
                    self.close();
                    self.elements.push(Element::Quote(flat(children)));
                }
                Block::List { ordered, items } => {
                    self.close();
                    self.list(*ordered, items, indent);
                }
            }
        }
    }

    /// Slack has no lists in lists, but lists with an indent, one after the other.
    fn list(&mut self, ordered: bool, items: &[Vec<Block>], indent: usize) {
        let empty = |offset| List {
            ordered,
            indent,
            offset,
            items: Vec::new(),
        };
        let mut list = empty(0);
        for (index, item) in items.iter().enumerate() {
            let is_list = |block: &&Block| matches!(block, Block::List { .. });
            let words: Vec<Block> = item
                .iter()
                .filter(|block| !is_list(block))
                .cloned()
                .collect();
            list.items.push(flat(&words));
            for inner in item.iter().filter(is_list) {
                let before = std::mem::replace(&mut list, empty(index + 1));
                self.list_done(before);
                self.blocks(std::slice::from_ref(inner), indent + 1);
            }
        }
        self.list_done(list);
    }

    fn list_done(&mut self, list: List) {
        if !list.items.is_empty() {
            self.elements.push(Element::List(list));
        }
    }

    fn close(&mut self) {
        if !self.runs.is_empty() {
            let runs = std::mem::take(&mut self.runs);
            self.elements.push(Element::Section(runs));
        }
    }
}

/// Blocks as one stretch of lines, for places in which Slack has no blocks.
fn flat(blocks: &[Block]) -> Vec<Run> {
    let mut runs = Vec::new();
    for block in blocks {
        if !runs.is_empty() {
            push(&mut runs, "\n", &Style::default());
        }
        match block {
            Block::Paragraph { children } => inlines(children, &Style::default(), &mut runs),
            Block::Quote { children } => runs.extend(flat(children)),
            Block::Code { text } => {
                let code = Style {
                    code: true,
                    ..Style::default()
                };
                push(&mut runs, text.trim_end_matches('\n'), &code);
            }
            Block::List { .. } => {
                let list = Text(vec![block.clone()]);
                push(&mut runs, &list.to_plain(), &Style::default());
            }
        }
    }
    runs
}

fn inlines(children: &[Inline], style: &Style, runs: &mut Vec<Run>) {
    for child in children {
        let mut inner = style.clone();
        match child {
            Inline::Text { text } => push(runs, text, style),
            Inline::Break => push(runs, "\n", style),
            Inline::CodeSpan { text } => {
                inner.code = true;
                push(runs, text, &inner);
            }
            Inline::Strong { children } => {
                inner.bold = true;
                inlines(children, &inner, runs);
            }
            Inline::Emphasis { children } => {
                inner.italic = true;
                inlines(children, &inner, runs);
            }
            Inline::Link { url, children } => {
                inner.link = safe_url(url).map(String::from);
                inlines(children, &inner, runs);
            }
        }
    }
}

/// Adds words, to the last run if they look the same.
fn push(runs: &mut Vec<Run>, text: &str, style: &Style) {
    match runs.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.style == *style => last.text.push_str(text),
        _ => runs.push(Run {
            text: text.to_owned(),
            style: style.clone(),
        }),
    }
}

// What Slack reads.

/// The rich text block.
pub(super) fn block(elements: &[Element], mention: Option<&Mention>) -> Value {
    let mut written: Vec<Value> = elements.iter().map(element).collect();
    if let Some(mention) = mention {
        let called = [called(mention), json!({"type": "text", "text": " "})];
        match written.first_mut() {
            Some(first) if first["type"] == "rich_text_section" => {
                if let Some(runs) = first["elements"].as_array_mut() {
                    runs.splice(0..0, called);
                }
            }
            _ => written.insert(0, json!({"type": "rich_text_section", "elements": called})),
        }
    }
    json!({"type": "rich_text", "elements": written})
}

fn called(mention: &Mention) -> Value {
    match mention {
        Mention::Person(id) => json!({"type": "user", "user_id": id}),
        Mention::Role(id) => json!({"type": "usergroup", "usergroup_id": id}),
        Mention::Here => json!({"type": "broadcast", "range": "here"}),
    }
}

fn element(element: &Element) -> Value {
    let section = |kind: &str, runs: &[Run]| {
        let runs: Vec<Value> = runs.iter().map(run).collect();
        json!({"type": kind, "elements": runs})
    };
    match element {
        Element::Section(runs) => section("rich_text_section", runs),
        Element::Quote(runs) => section("rich_text_quote", runs),
        Element::Code(text) => json!({
            "type": "rich_text_preformatted",
            "elements": [{"type": "text", "text": text}],
        }),
        Element::List(list) => {
            let items = list.items.iter();
            let items: Vec<Value> = items
                .map(|item| section("rich_text_section", item))
                .collect();
            let style = if list.ordered { "ordered" } else { "bullet" };
            json!({
                "type": "rich_text_list", "style": style, "indent": list.indent,
                "offset": list.offset, "elements": items,
            })
        }
    }
}

fn run(run: &Run) -> Value {
    let mut written = match &run.style.link {
        Some(url) => json!({"type": "link", "url": url, "text": run.text}),
        None => json!({"type": "text", "text": run.text}),
    };
    let mut looks = serde_json::Map::new();
    let Style {
        bold, italic, code, ..
    } = run.style;
    for (name, on) in [("bold", bold), ("italic", italic), ("code", code)] {
        if on {
            looks.insert(name.to_owned(), true.into());
        }
    }
    if !looks.is_empty() {
        written["style"] = looks.into();
    }
    written
}

/// A row of buttons (<https://docs.slack.dev/reference/block-kit/blocks/actions-block>).
pub(super) fn row(buttons: &[Button]) -> Value {
    let button = |button: &Button| {
        let label = json!({"type": "plain_text", "text": button.label, "emoji": true});
        let mut written = json!({"type": "button", "action_id": button.action, "text": label});
        match button.look {
            Look::Plain => {}
            Look::Primary => written["style"] = "primary".into(),
            Look::Danger => written["style"] = "danger".into(),
        }
        written
    };
    let buttons: Vec<Value> = buttons.iter().map(button).collect();
    json!({"type": "actions", "elements": buttons})
}

/// What notifications show. It is mrkdwn, so what could be a mention or an entity is written out
/// (<https://docs.slack.dev/messaging/formatting-message-text#escaping>).
pub(super) fn fallback(elements: &[Element], mention: Option<&Mention>) -> String {
    let mut text = match mention {
        Some(Mention::Person(id)) => format!("<@{id}> "),
        Some(Mention::Role(id)) => format!("<!subteam^{id}> "),
        Some(Mention::Here) => "<!here> ".to_owned(),
        None => String::new(),
    };
    let lines: Vec<String> = elements.iter().map(words).collect();
    for letter in lines.join("\n").chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            letter => text.push(letter),
        }
    }
    text
}

fn words(element: &Element) -> String {
    let join = |runs: &[Run]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
    match element {
        Element::Section(runs) | Element::Quote(runs) => join(runs),
        Element::Code(text) => text.clone(),
        Element::List(list) => {
            let items = list.items.iter().map(|item| format!("• {}", join(item)));
            items.collect::<Vec<_>>().join("\n")
        }
    }
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
