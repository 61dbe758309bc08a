//! Writes a `Text` as Markdown, for files that people review. Read again by `Text::from_markdown` it is the same text:
//! words that look like markup stay words.

use crate::text::{Block, Inline, Text};

impl Text {
    /// CommonMark without headings or HTML.
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        blocks(&self.0, "", &mut out);
        out
    }
}

/// `indent` begins every line but the first.
fn blocks(all: &[Block], indent: &str, out: &mut String) {
    for (at, block) in all.iter().enumerate() {
        if at > 0 {
            new_paragraph(&all[at - 1], block, indent, out);
        }
        match block {
            Block::Paragraph { children } => paragraph(children, indent, out),
            Block::Quote { children } => {
                out.push_str("> ");
                blocks(children, &format!("{indent}> "), out);
            }
            Block::Code { text } => code(text, indent, out),
            Block::List { ordered, items } => list(*ordered, items, indent, out),
        }
    }
}

/// Two lists or two quotes would become one; a comment that nobody sees keeps them apart.
fn new_paragraph(before: &Block, block: &Block, indent: &str, out: &mut String) {
    let merge = matches!(
        (before, block),
        (Block::List { .. }, Block::List { .. }) | (Block::Quote { .. }, Block::Quote { .. })
    );
    new_line(indent, out);
    if merge {
        new_line(indent, out);
        out.push_str("<!-- -->");
        new_line(indent, out);
    }
    new_line(indent, out);
}

fn new_line(indent: &str, out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
    out.push_str(indent);
}

fn list(ordered: bool, items: &[Vec<Block>], indent: &str, out: &mut String) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            new_line(indent, out);
        }
        let mark = match ordered {
            true => format!("{}. ", at + 1),
            false => "- ".to_owned(),
        };
        let deeper = format!("{indent}{}", " ".repeat(mark.len()));
        out.push_str(&mark);
        blocks(item, &deeper, out);
    }
}

/// The fence is longer than any row of backticks inside.
fn code(text: &str, indent: &str, out: &mut String) {
    let fence = "`".repeat(longest_row(text, '`').max(2) + 1);
    out.push_str(&fence);
    for line in text.trim_end_matches('\n').split('\n') {
        out.push('\n');
        out.push_str(indent);
        out.push_str(line);
    }
    out.push('\n');
    out.push_str(indent);
    out.push_str(&fence);
}

fn longest_row(text: &str, wanted: char) -> usize {
    let rows = text.split(|letter| letter != wanted).map(str::len);
    rows.max().unwrap_or(0)
}

fn paragraph(children: &[Inline], indent: &str, out: &mut String) {
    let mut line = String::new();
    inlines(children, &mut line);
    let line = without_last_breaks(&line);
    for (at, line) in line.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
            out.push_str(indent);
        }
        out.push_str(&at_line_start(line.trim_start()));
    }
}

/// A break before nothing would be read as a backslash. An escaped backslash comes in twos and stays.
fn without_last_breaks(line: &str) -> &str {
    let mut line = line.trim_end();
    loop {
        let slashes = line.len() - line.trim_end_matches('\\').len();
        if slashes.is_multiple_of(2) {
            return line;
        }
        line = line[..line.len() - 1].trim_end();
    }
}

fn inlines(children: &[Inline], out: &mut String) {
    for child in children {
        match child {
            Inline::Text { text } => escape(text, out),
            Inline::Strong { children } => around("**", children, out),
            Inline::Emphasis { children } => around("*", children, out),
            Inline::CodeSpan { text } => code_span(text, out),
            Inline::Link { url, children } => link(url, children, out),
            Inline::Break => out.push_str("\\\n"),
        }
    }
}

/// Markup that touches a space does not count as markup, so the spaces go outside.
fn around(mark: &str, children: &[Inline], out: &mut String) {
    let mut inside = String::new();
    inlines(children, &mut inside);
    let words = inside.trim();
    if words.is_empty() {
        out.push_str(&inside);
        return;
    }
    let before = inside.len() - inside.trim_start().len();
    let after = inside.trim_end().len();
    out.push_str(&format!(
        "{}{mark}{words}{mark}{}",
        &inside[..before],
        &inside[after..]
    ));
}

fn code_span(text: &str, out: &mut String) {
    let fence = "`".repeat(longest_row(text, '`') + 1);
    let text = text.replace('\n', " ");
    out.push_str(&match text.starts_with('`') || text.ends_with('`') {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    });
}

fn link(url: &str, children: &[Inline], out: &mut String) {
    let mut words = String::new();
    inlines(children, &mut words);
    let url = url.replace(['<', '>', '\n'], "").replace('\\', "%5C");
    out.push_str(&format!("[{words}](<{url}>)"));
}

/// What means something anywhere in a line.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' | '\r' => out.push(' '),
            _ => out.push(letter),
        }
    }
}

/// What means something only where a line begins: headings, lists, rules.
fn at_line_start(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && line[digits..].starts_with(['.', ')']);
    match line.chars().next() {
        Some('#' | '-' | '+' | '=') => format!("\\{line}"),
        _ if numbered => format!("{}\\{}", &line[..digits], &line[digits..]),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn back(text: &Text) -> Text {
        Text::from_markdown(&text.to_markdown())
    }

    #[test]
    fn formatting_is_written_as_people_write_it() {
        let markdown = "Open **Settings**, then *Security*:\n\n1. press `Reset`\n2. wait\n\n   - or not\n\n> quoted\n\n```\nlet a = 1;\n```\n\nSee [the page](<https://example.com/a_b>).";
        assert_eq!(Text::from_markdown(markdown).to_markdown(), markdown);
    }

    #[test]
    fn words_that_look_like_markup_stay_words() {
        for words in [
            "# no heading?",
            "- no item",
            "1. no item",
            "1) no item",
            "=== --- ***",
            "a *b* _c_ `d` [e](f) <b>g</b> &amp; ~~h~~ |i|",
            "<!-- no comment -->",
            "---",
            "\\ back",
        ] {
            let text = Text::plain(words);
            assert_eq!(back(&text), text, "{}", text.to_markdown());
        }
    }

    #[test]
    fn neighbours_do_not_grow_together() {
        let item = |words: &str| {
            vec![Block::Paragraph {
                children: vec![Inline::Text {
                    text: words.to_owned(),
                }],
            }]
        };
        let list = |words| Block::List {
            ordered: false,
            items: vec![item(words)],
        };
        let text = Text(vec![list("a"), list("b")]);
        assert_eq!(back(&text).to_plain(), text.to_plain());
    }

    #[test]
    fn a_last_line_of_nothing_leaves_no_backslash() {
        assert_eq!(Text::plain("0\n ").to_markdown(), "0");
        assert_eq!(Text::plain("0\\").to_markdown(), "0\\\\");
    }

    proptest! {
        /// Spaces may differ, words never.
        #[test]
        fn any_words_come_back(words in "[ -~äß€\\n]{0,80}") {
            let text = Text::plain(&words);
            let plain = |text: &Text| text.to_plain().split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(plain(&back(&text)), plain(&text), "{}", text.to_markdown());
        }
    }
}
