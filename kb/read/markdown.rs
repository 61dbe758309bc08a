//! Markdown: every section under a heading is an entry. A heading that ends with `?` is a FAQ entry and the
//! text below it the answer; any other section is a piece of a document. Front matter may settle it for
//! the file: `kind: document` takes no question for an entry, `kind: faq` takes nothing else. It may also
//! carry `title` and `url`.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde::Deserialize;

use super::faq::RawEntry;
use super::{Draft, Fault, Reading, lines_in, title_from, yaml};
use crate::chunk;
use crate::entry::Kind;
use crate::slug::Slugs;

/// What the author says about the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FrontMatter {
    kind: Option<Kind>,
    title: Option<String>,
    url: Option<String>,
}

/// A heading and the text up to the next one.
struct Section {
    level: HeadingLevel,
    /// Empty for the text before the first heading.
    heading: String,
    anchor: Option<String>,
    line: usize,
    body: Range<usize>,
}

impl Section {
    fn is_question(&self) -> bool {
        self.heading.trim_end().ends_with('?')
    }
}

/// Reads a Markdown file.
pub(crate) fn read(name: &str, text: &str) -> Reading {
    let (front, start) = match front_matter(text) {
        Ok(found) => found,
        Err(fault) => return Reading::broken(fault),
    };
    let (sections, comments) = sections(text, start);
    let mut page = Page {
        text,
        title: front.title.clone(),
        url: front.url.clone(),
        sections,
        comments,
        reading: Reading::default(),
    };
    if page.title.is_none() {
        page.title = page.first_title();
    }
    page.title.get_or_insert_with(|| title_from(name));
    page.walk(front.kind);
    page.reading
}

/// The front matter, if any, and where the text begins.
fn front_matter(text: &str) -> Result<(FrontMatter, usize), Fault> {
    let Some(rest) = text
        .strip_prefix("---\n")
        .or_else(|| text.strip_prefix("---\r\n"))
    else {
        return Ok((FrontMatter::default(), 0));
    };
    let offset = text.len() - rest.len();
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            let front = parse_front_matter(&rest[..end])?;
            return Ok((front, offset + end + line.len()));
        }
        end += line.len();
    }
    Ok((FrontMatter::default(), 0))
}

fn parse_front_matter(source: &str) -> Result<FrontMatter, Fault> {
    if source.trim().is_empty() {
        return Ok(FrontMatter::default());
    }
    serde_saphyr::from_str(source).map_err(|error| {
        let mut fault = yaml::fault(&error);
        fault.what = fault.what.replace("YAML of a FAQ", "front matter");
        fault.line = fault.line.map(|line| line + 1);
        fault
    })
}

/// Cuts the text at its headings. Headings inside quotes and lists belong to the text around them.
/// Second come the comments, which are for whoever keeps the file.
fn sections(text: &str, start: usize) -> (Vec<Section>, Vec<Range<usize>>) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let mut cutter = Cutter {
        text,
        sections: vec![Section {
            level: HeadingLevel::H1,
            heading: String::new(),
            anchor: None,
            line: 1,
            body: start..text.len(),
        }],
        open: None,
        comments: Vec::new(),
        depth: 0,
        slugs: Slugs::default(),
        counted: 0,
        line: 1,
    };
    for (event, range) in Parser::new_ext(&text[start..], options).into_offset_iter() {
        cutter.take(event, range.start + start..range.end + start);
    }
    (cutter.sections, cutter.comments)
}

/// Where the headings begin that part a file.
pub(crate) fn headings(text: &str) -> Vec<usize> {
    let start = front_matter(text).map_or(0, |(_, start)| start);
    let (sections, _) = sections(text, start);
    // A section ends where the next one's heading begins; the last one has no next.
    let ends = sections.iter().map(|section| section.body.end);
    ends.take(sections.len() - 1).collect()
}

/// Where the comments stand that are blocks of their own.
pub(crate) fn comments(text: &str) -> Vec<Range<usize>> {
    let start = front_matter(text).map_or(0, |(_, start)| start);
    sections(text, start).1
}

/// Walks through the parser's events and notes where sections begin and end.
struct Cutter<'a> {
    text: &'a str,
    sections: Vec<Section>,
    /// The heading being read.
    open: Option<Section>,
    comments: Vec<Range<usize>>,
    /// How many blocks are open around this place.
    depth: usize,
    slugs: Slugs,
    /// Up to where lines are counted, and the line there.
    counted: usize,
    line: usize,
}

impl Cutter<'_> {
    fn take(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if self.depth == 0 => {
                self.begin(level, range);
            }
            Event::End(TagEnd::Heading(_)) if self.depth == 0 => self.end(),
            Event::Text(part) | Event::Code(part) => self.say(&part),
            Event::SoftBreak => self.say(" "),
            Event::Start(tag) if self.open.is_none() => {
                self.depth += 1;
                if tag == Tag::HtmlBlock && is_comment(&self.text[range.clone()]) {
                    self.comments.push(range);
                }
            }
            Event::End(_) if self.open.is_none() => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn begin(&mut self, level: HeadingLevel, range: Range<usize>) {
        self.line += lines_in(&self.text.as_bytes()[self.counted..range.start]);
        self.counted = range.start;
        if let Some(last) = self.sections.last_mut() {
            last.body.end = range.start;
        }
        self.open = Some(Section {
            level,
            heading: String::new(),
            anchor: None,
            line: self.line,
            body: range.end..self.text.len(),
        });
    }

    fn say(&mut self, text: &str) {
        if let Some(section) = &mut self.open {
            section.heading.push_str(text);
        }
    }

    fn end(&mut self) {
        if let Some(mut section) = self.open.take() {
            section.anchor = Some(self.slugs.next(&section.heading));
            self.sections.push(section);
        }
    }
}

fn is_comment(block: &str) -> bool {
    let block = block.trim();
    block.starts_with("<!--") && block.find("-->").is_some_and(|end| end + 3 == block.len())
}

/// One file on its way to drafts.
struct Page<'a> {
    text: &'a str,
    title: Option<String>,
    url: Option<String>,
    sections: Vec<Section>,
    comments: Vec<Range<usize>>,
    reading: Reading,
}

impl Page<'_> {
    fn first_title(&self) -> Option<String> {
        let mut top = self
            .sections
            .iter()
            .filter(|section| section.level == HeadingLevel::H1);
        top.find(|section| !section.heading.is_empty() && !section.is_question())
            .map(|section| section.heading.clone())
    }

    fn walk(&mut self, kind: Option<Kind>) {
        let mut path: Vec<(HeadingLevel, String)> = Vec::new();
        let mut next = 0;
        while next < self.sections.len() {
            let at = next;
            next += 1;
            let section = &self.sections[at];
            path.retain(|(level, _)| *level < section.level);
            if section.is_question() && kind != Some(Kind::Document) {
                next = self.answer_ends(at);
                self.question(at, next);
                continue;
            }
            if !section.heading.is_empty() {
                path.push((section.level, section.heading.clone()));
            }
            if kind != Some(Kind::Faq) {
                self.document(at, &path);
            }
        }
    }

    /// An answer goes on through deeper headings, up to one of its own level or another question.
    fn answer_ends(&self, at: usize) -> usize {
        let level = self.sections[at].level;
        let rest = &self.sections[at + 1..];
        let length = rest
            .iter()
            .position(|section| section.level <= level || section.is_question());
        at + 1 + length.unwrap_or(rest.len())
    }

    fn question(&mut self, at: usize, next: usize) {
        let section = &self.sections[at];
        let end = self.sections[next - 1].body.end;
        let answer = self.words(section.body.start..end);
        let deeper = self
            .sections
            .get(next)
            .is_some_and(|other| other.level > section.level);
        if answer.is_empty() && deeper {
            return;
        }
        let raw = RawEntry {
            question: Some(section.heading.clone()),
            answer: Some(answer),
            url: self.url.clone(),
            ..RawEntry::default()
        };
        let anchor = section.anchor.clone();
        let found = raw.draft(section.line);
        self.reading
            .push(found.map(|draft| Draft { anchor, ..draft }));
    }

    /// What stands in this range, without comments.
    fn words(&self, range: Range<usize>) -> String {
        let mut words = String::with_capacity(range.len());
        let mut at = range.start;
        let inside =
            |comment: &&Range<usize>| comment.start >= range.start && comment.end <= range.end;
        for comment in self.comments.iter().filter(inside) {
            words.push_str(&self.text[at..comment.start]);
            at = comment.end;
        }
        words.push_str(&self.text[at..range.end]);
        words.trim().to_owned()
    }

    fn document(&mut self, at: usize, path: &[(HeadingLevel, String)]) {
        let section = &self.sections[at];
        let title = self.title.as_deref().unwrap_or_default();
        let title = crate::read::heading_path(title, path.iter().map(|(_, name)| name.as_str()));
        for piece in chunk::pieces(&self.words(section.body.clone())) {
            self.reading.drafts.push(Draft {
                line: section.line,
                id: None,
                kind: Kind::Document,
                title: title.clone(),
                alternates: Vec::new(),
                body: piece,
                url: self.url.clone(),
                anchor: section.anchor.clone(),
                requires: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::entry::Kind;

    #[test]
    fn question_headings_are_entries_and_other_sections_are_documents() {
        let reading = read(
            "guide.md",
            "# Guide\n\nIntro.\n\n## Install\n\nRun it.\n\n### Where to?\n\nHere.\n\n#### Note\n\nOr there.\n\n## Use\n\nSo.\n",
        );
        let found: Vec<_> = reading
            .drafts
            .iter()
            .map(|d| (d.kind, d.title.as_str(), d.body.as_str(), d.line))
            .collect();
        assert_eq!(
            found,
            [
                (Kind::Document, "Guide", "Intro.", 1),
                (Kind::Document, "Guide > Install", "Run it.", 5),
                (Kind::Faq, "Where to?", "Here.\n\n#### Note\n\nOr there.", 9),
                (Kind::Document, "Guide > Use", "So.", 17),
            ]
        );
        assert_eq!(reading.drafts[2].anchor.as_deref(), Some("where-to"));
    }

    #[test]
    fn front_matter_settles_kind_and_title() {
        let text = "# T\n\nx\n\n## Why?\n\nBecause.\n";
        let document = read(
            "a.md",
            &format!("---\nkind: document\ntitle: Help\n---\n{text}"),
        );
        assert!(document.drafts.iter().all(|d| d.kind == Kind::Document));
        assert_eq!(document.drafts[1].title, "Help > T > Why?");
        assert_eq!(document.drafts[1].line, 9);
        let faq = read("a.md", &format!("---\nkind: faq\n---\n{text}"));
        assert_eq!(faq.drafts.len(), 1);
    }

    #[test]
    fn broken_front_matter_is_named_with_its_line() {
        let reading = read("a.md", "---\ntitle: x\nkind: novel\n---\n# T\n\ntext\n");
        assert_eq!(reading.faults[0].line, Some(3));
        assert!(reading.drafts.is_empty());
    }

    #[test]
    fn a_question_without_answer_is_named() {
        let reading = read("a.md", "# Why?\n\n# How?\n\nSo.\n");
        assert_eq!(reading.drafts.len(), 1);
        assert_eq!(reading.faults[0].line, Some(1));
    }

    #[test]
    fn headings_in_code_and_quotes_are_text() {
        let reading = read("a.md", "# T\n\n```\n# no\n```\n\n> # nor this\n\nend\n");
        assert_eq!(reading.drafts.len(), 1);
        assert!(reading.drafts[0].body.ends_with("end"));
    }

    #[test]
    fn comments_are_for_whoever_keeps_the_file() {
        let text = "<!-- a -->\n\n# Why?\n\nSo.\n\n<!-- by\nAda -->\n\nAnd `<!-- this -->`.\n\n# T\n\nx\n\n<!-- b -->\n";
        let reading = read("a.md", text);
        let found: Vec<_> = reading
            .drafts
            .iter()
            .map(|d| (d.title.as_str(), d.body.as_str()))
            .collect();
        assert_eq!(
            found,
            [("Why?", "So.\n\n\nAnd `<!-- this -->`."), ("T", "x")]
        );
    }

    #[test]
    fn a_page_without_headings_is_named_after_its_file() {
        assert_eq!(
            read("docs/first-steps.md", "Hi.").drafts[0].title,
            "first steps"
        );
    }
}
