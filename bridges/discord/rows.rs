//! Lays a `Text` out in rows: what Discord shows on one line, with the looks of its words. Rows are what is
//! packed into messages, so each can be cut without knowing the tree it came from.

use url::Url;

use crate::{
    links::{linked, safe_url},
    text::{Block, Inline, Text},
};

/// A link whose address is longer than this is only shown, because a cut must leave it whole.
const LONGEST_ADDRESS: usize = 1_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) quoted: bool,
    /// A line of a code block.
    pub(super) code: bool,
    /// What stands before the words of a list's item: `- `, `12. `, or spaces.
    pub(super) lead: String,
    pub(super) runs: Vec<Run>,
}

/// Words of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) look: Look,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) code: bool,
    pub(super) link: Option<Url>,
}

/// All rows of a text.
pub(super) fn rows(text: &Text) -> Vec<Row> {
    let mut layout = Layout::default();
    layout.blocks(&text.0, "", "", true);
    layout.rows
}

#[derive(Default)]
struct Layout {
    rows: Vec<Row>,
    quotes: usize,
}

impl Layout {
    /// `first` stands before the first row, `next` before the others. `gaps`: blank rows between blocks.
    fn blocks(&mut self, blocks: &[Block], first: &str, next: &str, gaps: bool) {
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 && gaps {
                self.push("", Vec::new());
            }
            let lead = if index == 0 { first } else { next };
            match block {
                Block::Paragraph { children } => self.paragraph(children, lead, next),
                Block::Quote { children } => self.quote(children),
                Block::Code { text } => self.code(text),
                Block::List { ordered, items } => self.list(*ordered, items, next),
            }
        }
    }

    fn push(&mut self, lead: &str, runs: Vec<Run>) {
        self.rows.push(Row {
            quoted: self.quotes > 0,
            code: false,
            lead: lead.to_owned(),
            runs,
        });
    }

    fn paragraph(&mut self, children: &[Inline], first: &str, next: &str) {
        let mut lines = vec![Vec::new()];
        flatten(children, &Look::default(), &mut lines);
        for (index, runs) in lines.into_iter().enumerate() {
            self.push(if index == 0 { first } else { next }, runs);
        }
    }

    /// Discord knows no quote in a quote; the inner one stands among the outer one's lines.
    fn quote(&mut self, children: &[Block]) {
        self.quotes += 1;
        self.blocks(children, "", "", true);
        self.quotes -= 1;
    }

    /// Nothing can be escaped inside a code block. Lines of one that would end it too early are shown one by
    /// one as code.
    fn code(&mut self, text: &str) {
        let fenced = !text.contains("```");
        for line in text.trim_end_matches('\n').split('\n') {
            let look = Look {
                code: !fenced,
                ..Look::default()
            };
            let text = line.trim_end_matches('\r').to_owned();
            self.push("", vec![Run { text, look }]);
            self.rows.last_mut().expect("it was just pushed").code = fenced;
        }
    }

    fn list(&mut self, ordered: bool, items: &[Vec<Block>], indent: &str) {
        for (index, item) in items.iter().enumerate() {
            let mark = match ordered {
                true => format!("{}. ", index + 1),
                false => "- ".to_owned(),
            };
            let first = format!("{indent}{mark}");
            let next = format!("{indent}{}", " ".repeat(mark.len()));
            match item.first() {
                Some(Block::Paragraph { .. }) => self.blocks(item, &first, &next, false),
                _ => {
                    self.push(&first, Vec::new());
                    self.blocks(item, &next, &next, false);
                }
            }
        }
    }
}

/// Inlines as lines of runs.
fn flatten(children: &[Inline], look: &Look, lines: &mut Vec<Vec<Run>>) {
    for child in children {
        match child {
            Inline::Text { text } => words(text, look, lines),
            Inline::Break => lines.push(Vec::new()),
            Inline::CodeSpan { text } => {
                let code = true;
                let look = Look {
                    code,
                    ..look.clone()
                };
                add(text, look, lines);
            }
            Inline::Strong { children } => {
                let bold = true;
                let look = Look {
                    bold,
                    ..look.clone()
                };
                flatten(children, &look, lines);
            }
            Inline::Emphasis { children } => {
                let italic = true;
                let look = Look {
                    italic,
                    ..look.clone()
                };
                flatten(children, &look, lines);
            }
            Inline::Link { url, children } => link(url, children, look, lines),
        }
    }
}

/// Plain words: their web addresses can be clicked, as in any message on Discord.
fn words(text: &str, look: &Look, lines: &mut Vec<Vec<Run>>) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            lines.push(Vec::new());
        }
        if look.link.is_some() {
            add(line, look.clone(), lines);
            continue;
        }
        for node in linked(line) {
            match node {
                Inline::Link { url, children } => {
                    let shown = crate::text::Text(vec![Block::Paragraph { children }]).to_plain();
                    let link = address(&url).filter(|_| plain_address(&shown));
                    let look = Look {
                        link,
                        ..look.clone()
                    };
                    add(&shown, look, lines);
                }
                Inline::Text { text } => add(&text, look.clone(), lines),
                _ => {}
            }
        }
    }
}

fn link(url: &str, children: &[Inline], look: &Look, lines: &mut Vec<Vec<Run>>) {
    let shown = crate::text::Text(vec![Block::Paragraph {
        children: children.to_vec(),
    }])
    .to_plain();
    let Some(url) = address(url) else {
        // Not a place for the web: a mail address is shown, anything else is only its words.
        flatten(children, look, lines);
        if let Some(mail) = mail(url).filter(|mail| !shown.contains(mail.as_str())) {
            add(&format!(" ({mail})"), look.clone(), lines);
        }
        return;
    };
    let same = safe_url(&shown).as_ref() == Some(&url) && plain_address(&shown);
    // Discord shows no link whose words are an address themselves: that is how people are tricked.
    if same || !shown.contains("://") {
        let look = Look {
            link: Some(url),
            ..look.clone()
        };
        return flatten(children, &look, lines);
    }
    add(&shown, look.clone(), lines);
    add(" (", look.clone(), lines);
    let look = Look {
        link: Some(url.clone()),
        ..look.clone()
    };
    add(url.as_str(), look.clone(), lines);
    add(")", Look { link: None, ..look }, lines);
}

/// An address that Discord makes a link of.
fn address(url: &str) -> Option<Url> {
    let url = safe_url(url).filter(|url| url.scheme() != "mailto")?;
    (url.as_str().len() <= LONGEST_ADDRESS).then_some(url)
}

fn mail(url: &str) -> Option<String> {
    let url = safe_url(url)?;
    (url.scheme() == "mailto").then(|| url.path().to_owned())
}

/// Whether it can stand between `<` and `>` as it is.
pub(super) fn plain_address(shown: &str) -> bool {
    !shown.contains(|letter: char| letter.is_whitespace() || "<>\\".contains(letter))
}

/// Adds words to the last line; the same look goes on.
fn add(text: &str, look: Look, lines: &mut [Vec<Run>]) {
    let line = lines.last_mut().expect("there is always a line");
    match line.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.look == look => last.text.push_str(text),
        _ => line.push(Run {
            text: text.to_owned(),
            look,
        }),
    }
}
