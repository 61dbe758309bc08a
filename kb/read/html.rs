//! HTML pages: the main part of the page cut at its headings, as Markdown that shows the same words. Menus,
//! scripts and forms are left out. Anchors are the `id`s that the page itself carries.

use scraper::node::Element;
use scraper::{Html, Node, Selector};

use super::text::escape;
use super::{Draft, Fault, Reading, lines_in, title_from};
use crate::chunk;
use crate::entry::Kind;

/// Parts of a page that are no content.
const LEFT_OUT: [&str; 16] = [
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form",
    "button", "select", "svg", "iframe", "head", "object", "dialog",
];
/// Elements that begin and end a paragraph.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "blockquote",
    "figure",
    "figcaption",
    "details",
    "summary",
    "address",
    "hr",
    "body",
];

/// Elements whose end is often left out: the next one ends them, so they do not nest.
const ENDED_BY_THE_NEXT: [&str; 14] = [
    "p", "li", "dt", "dd", "td", "th", "tr", "option", "tbody", "thead", "tfoot", "a", "html",
    "body",
];
/// Elements that have no inside.
const EMPTY: [&str; 12] = [
    "br", "img", "hr", "meta", "link", "input", "source", "wbr", "area", "base", "col", "embed",
];
/// Pages nested deeper are refused: the parser's time grows with the square of the depth.
const MAX_DEPTH: usize = 512;

/// Reads an HTML file. The parser accepts anything, so only a page nested without bottom is broken.
pub(crate) fn read(name: &str, text: &str) -> Reading {
    if let Some(line) = too_deep(text) {
        let what = format!("elements are nested deeper than {MAX_DEPTH}");
        return Reading::broken(Fault::at(line, what));
    }
    let html = Html::parse_document(text);
    let title = first_text(&html, "title").or_else(|| first_text(&html, "h1"));
    let mut page = Page {
        title: title.unwrap_or_else(|| title_from(name)),
        path: Vec::new(),
        anchor: None,
        body: String::new(),
        heading: None,
        in_code: 0,
        reading: Reading::default(),
    };
    page.walk(&html);
    page.finish_section();
    page.reading
}

fn first_text(html: &Html, tag: &str) -> Option<String> {
    let selector = Selector::parse(tag).ok()?;
    let text: String = html.select(&selector).next()?.text().collect();
    Some(squeeze(&text)).filter(|text| !text.is_empty())
}

/// The line where the page is nested too deeply, estimated from its tags before it is parsed.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, _) in text.match_indices('<') {
        let rest = &text[at + 1..];
        let (closing, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let name = rest[..end.unwrap_or(rest.len())].to_ascii_lowercase();
        let name = name.as_str();
        if name.is_empty() || ENDED_BY_THE_NEXT.contains(&name) || EMPTY.contains(&name) {
            continue;
        }
        depth = if closing {
            depth.saturating_sub(1)
        } else {
            depth + 1
        };
        if depth > MAX_DEPTH {
            return Some(lines_in(&text.as_bytes()[..at]) + 1);
        }
    }
    None
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn level(tag: &str) -> Option<usize> {
    match tag.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(usize::from(digit - b'0')),
        _ => None,
    }
}

/// One page on its way to drafts.
struct Page {
    title: String,
    path: Vec<(usize, String)>,
    anchor: Option<String>,
    body: String,
    /// The heading being read: its text so far.
    heading: Option<String>,
    /// How many `pre` are open.
    in_code: usize,
    reading: Reading,
}

impl Page {
    /// Visits the page's main part without recursion, because pages may nest as deep as they like.
    fn walk(&mut self, html: &Html) {
        let main = ["main", "article", "body"].iter().find_map(|tag| {
            let selector = Selector::parse(tag).ok()?;
            html.select(&selector).next()
        });
        let mut stack = vec![(*main.unwrap_or_else(|| html.root_element()), false)];
        while let Some((node, leaving)) = stack.pop() {
            match node.value() {
                Node::Text(text) => self.text(text),
                Node::Element(element) if leaving => self.leave(element),
                Node::Element(element) if LEFT_OUT.contains(&element.name()) => {}
                Node::Element(element) => {
                    self.enter(element);
                    stack.push((node, true));
                    stack.extend(node.children().rev().map(|child| (child, false)));
                }
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.push_str(text);
        } else if self.in_code > 0 {
            self.body.push_str(text);
        } else {
            let words = squeeze(text);
            let apart = |c: char| c.is_whitespace();
            if text.starts_with(apart) && !self.body.ends_with(apart) {
                self.body.push(' ');
            }
            self.body.push_str(&escape(&words));
            if text.ends_with(apart) && !words.is_empty() {
                self.body.push(' ');
            }
        }
    }

    fn enter(&mut self, element: &Element) {
        match element.name() {
            tag if level(tag).is_some() => {
                self.finish_section();
                self.anchor = element.id().map(str::to_owned);
                self.heading = Some(String::new());
            }
            _ if self.heading.is_some() => {}
            "pre" => {
                self.in_code += 1;
                self.body.push_str("\n\n```\n");
            }
            "li" => self.body.push_str("\n- "),
            "br" => self.body.push('\n'),
            "td" | "th" => self.body.push(' '),
            tag if BLOCKS.contains(&tag) => self.body.push_str("\n\n"),
            _ => {}
        }
    }

    fn leave(&mut self, element: &Element) {
        match element.name() {
            tag if level(tag).is_some() => self.end_heading(level(tag).unwrap_or(1)),
            _ if self.heading.is_some() => {}
            "pre" => {
                self.in_code = self.in_code.saturating_sub(1);
                self.body.push_str("\n```\n\n");
            }
            tag if BLOCKS.contains(&tag) => self.body.push_str("\n\n"),
            _ => {}
        }
    }

    fn end_heading(&mut self, level: usize) {
        let heading = squeeze(&self.heading.take().unwrap_or_default());
        self.path.retain(|(other, _)| *other < level);
        if !heading.is_empty() {
            self.path.push((level, heading));
        }
    }

    fn finish_section(&mut self) {
        let body = std::mem::take(&mut self.body);
        let headings = self.path.iter().map(|(_, name)| name.as_str());
        let title = super::heading_path(&self.title, headings);
        for piece in chunk::pieces(&body) {
            self.reading.drafts.push(Draft {
                line: 1,
                id: None,
                kind: Kind::Document,
                title: title.clone(),
                alternates: Vec::new(),
                body: piece.trim().to_owned(),
                url: None,
                anchor: self.anchor.clone(),
                requires: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_page_is_cut_at_its_headings() {
        let reading = read(
            "page.html",
            "<title>Help</title><nav>menu</nav><main><h1>Help</h1><p>Welcome <b>you</b>.</p>\
             <h2 id=pay>Paying</h2><p>By card &amp; cash.<ul><li>one<li>two</ul><pre>a\n  b</pre></main>",
        );
        let [intro, pay] = &reading.drafts[..] else {
            panic!("two sections: {reading:?}");
        };
        assert_eq!(
            (intro.title.as_str(), intro.body.as_str()),
            ("Help", "Welcome you.")
        );
        assert_eq!(pay.title, "Help > Paying");
        assert_eq!(pay.anchor.as_deref(), Some("pay"));
        assert!(pay.body.starts_with("By card & cash."), "{}", pay.body);
        assert!(pay.body.contains("- one\n- two"), "{}", pay.body);
        assert!(pay.body.contains("```\na\n  b\n```"), "{}", pay.body);
    }

    #[test]
    fn headings_and_code_may_be_nested_in_any_way() {
        let reading = read("a.html", "<h2 id=x><pre><h2 id=y>Inner</pre>text");
        assert_eq!(reading.faults, []);
        assert!(
            reading
                .drafts
                .iter()
                .any(|draft| draft.body.contains("text"))
        );
    }

    #[test]
    fn scripts_are_no_text_and_markup_in_text_is_escaped() {
        let reading = read(
            "a.html",
            "<body><script>x()</script><p>&lt;img onerror=x&gt;</body>",
        );
        assert_eq!(reading.drafts[0].body, "\\<img onerror=x\\>");
        assert_eq!(reading.drafts[0].title, "a");
    }

    #[test]
    fn a_page_without_an_end_is_read_and_one_without_bottom_refused() {
        assert_eq!(read("a.html", "<p>open <b>ended").drafts.len(), 1);
        let deep = |n: usize| read("a.html", &format!("\n{}deep", "<div>".repeat(n)));
        assert_eq!(deep(400).drafts[0].body, "deep");
        assert_eq!(deep(100_000).faults[0].line, Some(2));
    }
}
