//! `Window`: a passage as the support check reads it: sentence by sentence, each with what stands above it.

use std::collections::HashSet;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::tokens::{Kind, Token, listed, tokens};
use super::words;

/// One sentence of a passage, or two when the second continues the first.
#[derive(Debug)]
pub(super) struct Window {
    pub tokens: Vec<Token>,
    /// Words of the title and the headings above it: what it is about, without a claim of their own.
    pub about: Vec<Token>,
}

/// A line of the passage's plain text: a paragraph, an item, a row, a heading.
#[derive(Debug, Default)]
struct Line {
    text: String,
    heading: Option<HeadingLevel>,
    item: bool,
    /// The head of the table that this is a row of.
    head: String,
}

/// All that a sentence may rest on. A title that asks for yes or no is answered by the first sentence only, and
/// only if that begins with one of them.
pub(super) fn windows(title: &str, markdown: &str) -> Vec<Window> {
    let title_tokens = tokens(title);
    let asks = title.trim_end().ends_with('?') && asks_yes_or_no(&title_tokens);
    let mut headings: Vec<(HeadingLevel, Vec<Token>)> = Vec::new();
    let mut intro = String::new();
    let mut windows: Vec<Window> = Vec::new();
    for line in lines(markdown) {
        if let Some(level) = line.heading {
            headings.retain(|(above, _)| *above < level);
            headings.push((level, tokens(&line.text)));
            continue;
        }
        let sentences = sentences(&line, &mut intro);
        for (at, pair) in pairs(&sentences).into_iter().enumerate() {
            let above = headings.iter().flat_map(|(_, words)| words.clone());
            let mut about: Vec<Token> = above.chain(tokens(&line.head)).collect();
            let tokens = tokens(&pair);
            let answers = windows.is_empty() && at == 0 && yes_or_no(&tokens).is_some();
            if !asks || answers {
                about.extend(title_tokens.iter().cloned());
            }
            windows.push(Window { tokens, about });
        }
    }
    drop_claimed(&mut windows);
    windows
}

/// A word of the headings that the passage itself uses belongs to where it is used: below "Opening hours", "closed on
/// Sunday" says nothing of being open.
fn drop_claimed(windows: &mut [Window]) {
    let all = windows.iter().flat_map(|window| &window.tokens);
    let claimed: HashSet<String> = all.map(|token| token.key.clone()).collect();
    let only_about = |window: &&mut Window| yes_or_no(&window.tokens).is_none();
    for window in windows.iter_mut().filter(only_about) {
        window
            .about
            .retain(|word| word.kind == Kind::Deny || !claimed.contains(&word.key));
    }
}

/// The sentences of a line. An item is read together with the line that introduces its list.
fn sentences(line: &Line, intro: &mut String) -> Vec<String> {
    let text = line.text.trim();
    if !line.item {
        intro.clear();
    }
    if let Some(begun) = text.strip_suffix(':') {
        begun.clone_into(intro);
    }
    let cut = sentencex::segment("en", text).into_iter().map(str::trim);
    let cut = cut.filter(|sentence| !sentence.is_empty());
    match line.item && !intro.is_empty() {
        true => cut.map(|sentence| format!("{intro} {sentence}")).collect(),
        false => cut.map(str::to_owned).collect(),
    }
}

/// Each sentence, and each with the next one if that points back at it.
fn pairs(sentences: &[String]) -> Vec<String> {
    let mut all: Vec<String> = sentences.to_vec();
    for two in sentences.windows(2) {
        let first = two[1].split_whitespace().next().unwrap_or_default();
        let first = first
            .trim_matches(|c: char| !c.is_alphabetic())
            .to_lowercase();
        if listed(words::BACK, &first) {
            all.push(two.join(" "));
        }
    }
    all
}

fn asks_yes_or_no(title: &[Token]) -> bool {
    title
        .first()
        .is_some_and(|token| listed(words::YES_NO, &token.lower))
}

/// Whether a sentence begins with its answer: `Some(true)` for yes.
pub(super) fn yes_or_no(tokens: &[Token]) -> Option<bool> {
    let [first, second, ..] = tokens else {
        return None;
    };
    match first.lower.as_str() {
        "yes" => Some(true),
        "no" if second.kind == Kind::Mark => Some(false),
        _ => None,
    }
}

/// The passage's plain text. Code is text; pictures and HTML are nothing.
fn lines(markdown: &str) -> Vec<Line> {
    let mut all: Vec<Line> = vec![Line::default()];
    let mut head = String::new();
    let mut depth = 0_usize;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        let begins = begins_line(&event);
        if begins {
            all.push(Line {
                item: depth > 0,
                ..Line::default()
            });
        }
        let Some(line) = all.last_mut() else { continue };
        match event {
            Event::Start(Tag::Heading { level, .. }) => line.heading = Some(level),
            Event::Start(Tag::List(_)) => depth += 1,
            Event::End(TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::End(TagEnd::TableHead) => head = std::mem::take(&mut line.text),
            Event::End(TagEnd::TableCell) => line.text.push_str(", "),
            Event::End(TagEnd::TableRow) => line.head.clone_from(&head),
            Event::Text(text) | Event::Code(text) => line.text.push_str(&text),
            Event::SoftBreak => line.text.push(' '),
            _ => {}
        }
    }
    all.retain(|line| !line.text.trim().is_empty());
    all
}

fn begins_line(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Start(
            Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::Item
                | Tag::TableHead
                | Tag::TableRow
                | Tag::CodeBlock(_)
                | Tag::BlockQuote(_)
        ) | Event::End(TagEnd::Heading(_) | TagEnd::Item | TagEnd::List(_))
            | Event::HardBreak
    )
}
