//! Markdown: every section under a heading is an entry. A heading that ends with `?` is a FAQ entry and the
//! text below it the answer; any other section is a piece of a document. Front matter may settle it for
//! the file: `kind: document` takes no question for an entry, `kind: faq` takes nothing else. It may also
//! carry `title`, `description` and `url`, and keep the file out.

use std::ops::Range;

use pulldown_cmark::HeadingLevel;

use super::faq::RawEntry;
use super::front::front_matter;
use super::mdx;
use super::sections::{Section, sections};
use super::{Draft, Reading, title_from};
use crate::chunk;
use crate::entry::Kind;
use crate::links::{Links, absolute};
use crate::slug::Style;

/// Reads a Markdown file. Links within its text are made with `links`, if it is known where it is published.
pub(crate) fn read(name: &str, text: &str, links: Option<&Links>) -> Reading {
    let (front, start) = match front_matter(text) {
        Ok(found) => found,
        Err(fault) => return Reading::broken(fault),
    };
    if front.is_left_out() {
        return Reading::default();
    }
    let is_mdx = name.ends_with(".mdx") || links.is_some_and(Links::are_mdx);
    let text = &match is_mdx {
        true => text[..start].to_owned() + &mdx::plain(&text[start..]),
        false => text.to_owned(),
    };
    let resolve = |href: &str| links.and_then(|links| links.resolve(href));
    let text = text[..start].to_owned() + &absolute(&text[start..], &resolve);
    let anchors = links.map_or(Style::GitHub, Links::anchors);
    let (sections, comments) = sections(&text, start, anchors);
    let mut page = Page {
        text: &text,
        title: front.title.clone(),
        url: links.map_or(front.url.clone(), |links| links.own(&front)),
        sections,
        comments,
        reading: Reading::default(),
    };
    if page.title.is_none() {
        page.title = page.first_title();
    }
    page.title.get_or_insert_with(|| title_from(name));
    if front.kind != Some(Kind::Faq) {
        page.describe(front.description.as_deref());
    }
    page.walk(front.kind);
    page.reading
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

    /// What the author says the page is about stands for its beginning where it has none.
    fn describe(&mut self, description: Option<&str>) {
        let begins = |section: &Section| !self.words(section.body.clone()).is_empty();
        let mut top = self.sections.iter().take(2);
        let Some(description) = description.filter(|_| !top.any(begins)) else {
            return;
        };
        self.reading.drafts.push(Draft {
            title: self.title.clone().unwrap_or_default(),
            url: self.url.clone(),
            ..Draft::document(description.to_owned())
        });
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
                title: title.clone(),
                url: self.url.clone(),
                anchor: section.anchor.clone(),
                ..Draft::document(piece)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::entry::Kind;
    use crate::read::Reading;

    fn read(name: &str, text: &str) -> Reading {
        super::read(name, text, None)
    }

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
    #[test]
    fn a_draft_is_left_out_and_a_description_stands_for_a_missing_beginning() {
        let text = |front: &str| format!("---\n{front}\n---\n# T\n\n## Part\n\ntext\n");
        assert_eq!(read("a.md", &text("draft: true")), Reading::default());
        let reading = read("a.md", &text("description: All about T."));
        assert_eq!(reading.drafts[0].body, "All about T.");
        assert_eq!(reading.drafts[0].title, "T");
        assert_eq!(reading.drafts.len(), 2);
        let begun = "---\ndescription: All about T.\n---\n# T\n\nIntro.\n";
        assert_eq!(read("a.md", begun).drafts.len(), 1);
    }

    #[test]
    fn an_address_that_stands_elsewhere_in_the_file_is_in_the_answer() {
        let reading = read(
            "a.md",
            "# Why?\n\nSee [this].\n\n# T\n\nx\n\n[this]: https://x.example/y\n",
        );
        assert_eq!(reading.drafts[0].body, "See [this](https://x.example/y).");
    }
}
