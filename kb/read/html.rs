//! HTML pages: the main part of the page cut at its headings, as Markdown that shows the same words. Menus,
//! scripts and forms are left out. Anchors are the `id`s that the page itself carries.

mod main;

use main::Content;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node, Selector};

use super::text::escape;
use super::{Draft, Fault, Reading, lines_in, title_from};
use crate::chunk;

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
/// What generators put beside headings, to link to them.
const MARKS: [char; 6] = ['#', '¶', '§', '🔗', '\u{200b}', '\u{feff}'];
/// Pages nested deeper are refused: the parser's time grows with the square of the depth.
const MAX_DEPTH: usize = 512;

/// Reads an HTML file. The parser accepts anything, so only a page nested without bottom is broken.
pub(crate) fn read(name: &str, text: &str) -> Reading {
    if let Some(line) = too_deep(text) {
        let what = format!("elements are nested deeper than {MAX_DEPTH}");
        return Reading::broken(Fault::at(line, what));
    }
    let html = Html::parse_document(text);
    let mut page = Page {
        title: title(&html).unwrap_or_else(|| title_from(name)),
        url: canonical(&html),
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

/// The page's own address, for a file that was saved from the web.
fn canonical(html: &Html) -> Option<String> {
    let selector = Selector::parse("link[rel~=canonical][href]").ok()?;
    let href = html.select(&selector).next()?.attr("href")?.trim();
    let url = url::Url::parse(href).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// Titles in the page's head often end with the site's name; the heading does not.
fn title(html: &Html) -> Option<String> {
    let heading = first_text(html, "main h1, article h1").or_else(|| first_text(html, "h1"));
    match (first_text(html, "title"), heading) {
        (Some(title), Some(heading)) if title.contains(&heading) => Some(heading),
        (title, heading) => title.or(heading),
    }
}

fn first_text(html: &Html, tag: &str) -> Option<String> {
    let selector = Selector::parse(tag).ok()?;
    let text: String = html.select(&selector).next()?.text().collect();
    let text = text.trim_end_matches(MARKS);
    Some(squeeze(text)).filter(|text| !text.is_empty())
}

/// The line where the page is nested too deeply, estimated from its tags before it is parsed.
pub(crate) fn too_deep(text: &str) -> Option<usize> {
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
    /// The page's own address, if it says so.
    url: Option<String>,
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
        let content = Content::of(html);
        let mut stack = vec![(*content.root, false)];
        while let Some((node, leaving)) = stack.pop() {
            match node.value() {
                Node::Text(text) => self.text(text),
                Node::Element(element) if leaving => self.leave(element),
                Node::Element(_)
                    if ElementRef::wrap(node).is_some_and(|e| content.leaves_out(e)) => {}
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
        let heading = self.heading.take().unwrap_or_default();
        let heading = squeeze(heading.trim_end().trim_end_matches(MARKS));
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
                title: title.clone(),
                url: self.url.clone(),
                anchor: self.anchor.clone(),
                ..Draft::document(piece.trim().to_owned())
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
    /// The text of a page's first section, and all of it.
    fn words(html: &str) -> String {
        let drafts = read("a.html", html).drafts;
        let words: Vec<_> = drafts
            .into_iter()
            .map(|d| format!("{}: {}", d.title, d.body))
            .collect();
        words.join(" / ")
    }

    const MENU: &str = "<ul><li><a href=a>Home page</a><li><a href=b>All products</a><li><a href=c>Contact</a></ul>";

    #[test]
    fn the_part_that_a_page_calls_its_main_one_is_taken() {
        for (open, close) in [
            ("<main>", "</main>"),
            ("<div role=main>", "</div>"),
            ("<article>", "</article>"),
        ] {
            let page = format!(
                "<title>Refunds | Acme</title><div>{MENU}</div>{open}<header><h1>Refunds<a href=#r>#</a></h1></header>\
                 <nav>Crumbs</nav><p>Within five days.<footer>Edit me</footer>{close}<p>Copyright"
            );
            assert_eq!(words(&page), "Refunds: Within five days.", "{open}");
        }
    }

    #[test]
    fn without_one_menus_are_told_by_their_links() {
        let text = "You can return everything within thirty days. Write to us and we send a label. \
                    Read <a href=x>the conditions</a> first.";
        for page in [
            format!("<title>Returns</title><div>{MENU}</div><div><p>{text}</div><div>{MENU}</div>"),
            format!("<title>Returns</title><div>{MENU}<p>{text}{MENU}</div>"),
            format!(
                "<title>Returns</title><div class='left-sidebar'>Our shop is the best shop of all shops.</div><p>{text}"
            ),
            format!("<title>Returns</title><table><tr><td>{MENU}<td><p>{text}</table>"),
        ] {
            let found = words(&page);
            assert!(
                found.contains("Returns: You can return everything"),
                "{found}"
            );
            assert!(found.ends_with("the conditions first."), "{found}");
        }
    }

    #[test]
    fn a_page_of_links_alone_is_still_read() {
        assert!(
            words(&format!("<title>Start</title><body>{MENU}")).contains("Start: ")
                || words(MENU).is_empty()
        );
        assert!(words("<p>One <a href=a>two</a> <a href=b>three</a>").contains("One two three"));
    }

    #[test]
    fn a_page_may_know_its_own_address() {
        let page =
            "<link rel=canonical href='https://x.example/help'><main><h2 id=a>A</h2>text</main>";
        assert_eq!(
            read("a.html", page).drafts[0].url.as_deref(),
            Some("https://x.example/help")
        );
        let odd = "<link rel=canonical href='javascript:x()'><p>text";
        assert_eq!(read("a.html", odd).drafts[0].url, None);
    }
}
