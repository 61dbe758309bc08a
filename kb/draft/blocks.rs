//! Questions that an HTML page marks as such: the list for search engines, parts that unfold, and lists of terms.

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use super::{MAX_ANSWER, Origin, phrase};
use crate::read::{self, Format, too_deep};

/// So deep a page's data may nest its questions.
const MAX_DEPTH: usize = 8;

/// A question with its answer, before it is known whose page it is.
#[derive(Debug, PartialEq)]
pub(super) struct Block {
    pub question: String,
    pub answer: String,
    pub found: Origin,
}

/// All marked questions of a page.
pub(super) fn of(text: &str) -> Vec<Block> {
    if too_deep(text).is_some() {
        return Vec::new();
    }
    let html = Html::parse_document(text);
    let mut blocks = Vec::new();
    each(&html, "script[type='application/ld+json']", &mut |script| {
        let json: String = script.text().collect();
        if let Ok(value) = serde_json::from_str(&json) {
            listed(&value, 0, &mut blocks);
        }
    });
    each(&html, "details", &mut |details| {
        blocks.extend(unfolding(details))
    });
    each(&html, "dt", &mut |term| blocks.extend(explained(term)));
    blocks
}

fn each(html: &Html, selector: &str, see: &mut dyn FnMut(ElementRef<'_>)) {
    if let Ok(selector) = Selector::parse(selector) {
        html.select(&selector).for_each(see);
    }
}

/// `FAQPage` with `mainEntity`, alone or within a graph. <https://schema.org/FAQPage>
fn listed(value: &Value, depth: usize, blocks: &mut Vec<Block>) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| listed(item, depth + 1, blocks)),
        Value::Object(parts) => {
            if value["@type"] == "Question" {
                blocks.extend(question(value));
            }
            for inner in ["@graph", "mainEntity", "hasPart"] {
                parts
                    .get(inner)
                    .into_iter()
                    .for_each(|inner| listed(inner, depth + 1, blocks));
            }
        }
        _ => {}
    }
}

fn question(value: &Value) -> Option<Block> {
    let answer = &value["acceptedAnswer"];
    let answer = if answer.is_array() {
        &answer[0]
    } else {
        answer
    };
    Some(Block {
        question: line(value["name"].as_str()?)?,
        answer: words(answer["text"].as_str()?)?,
        found: Origin::Listed,
    })
}

fn unfolding(details: ElementRef<'_>) -> Option<Block> {
    let summary = details
        .child_elements()
        .find(|child| child.value().name() == "summary")?;
    let question = line(&summary.text().collect::<String>()).filter(|text| phrase::asks(text))?;
    let inside = details.inner_html();
    let summary = summary.html();
    Some(Block {
        question,
        answer: words(&inside.replacen(&summary, "", 1))?,
        found: Origin::Block,
    })
}

fn explained(term: ElementRef<'_>) -> Option<Block> {
    let question = line(&term.text().collect::<String>()).filter(|text| phrase::asks(text))?;
    let next = term.next_siblings().filter_map(ElementRef::wrap).next();
    let answer = next.filter(|next| next.value().name() == "dd")?;
    Some(Block {
        question,
        answer: words(&answer.inner_html())?,
        found: Origin::Block,
    })
}

fn line(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty() && text.len() < 300).then_some(text)
}

/// A piece of HTML as Markdown that shows the same words.
fn words(html: &str) -> Option<String> {
    if html.len() > MAX_ANSWER * 10 {
        return None;
    }
    let reading = read::read(Format::Html, "", format!("<main>{html}</main>").as_bytes());
    let bodies: Vec<_> = reading.drafts.into_iter().map(|draft| draft.body).collect();
    let words = bodies.join("\n\n");
    (!words.is_empty()).then_some(words)
}
