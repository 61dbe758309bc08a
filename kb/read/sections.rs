//! Where the sections of a Markdown text begin and end, with their headings and anchors, and where its comments are.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::front::front_matter;
use super::lines_in;
use crate::slug::{Slugs, Style};

/// A heading and the text up to the next one.
pub(super) struct Section {
    pub level: HeadingLevel,
    /// Empty for the text before the first heading.
    pub heading: String,
    pub anchor: Option<String>,
    pub line: usize,
    pub body: Range<usize>,
}

impl Section {
    pub fn is_question(&self) -> bool {
        self.heading.trim_end().ends_with('?')
    }
}

/// Cuts the text at its headings. Headings inside quotes and lists belong to the text around them.
/// Second come the comments, which are for whoever keeps the file.
pub(super) fn sections(
    text: &str,
    start: usize,
    anchors: Style,
) -> (Vec<Section>, Vec<Range<usize>>) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_HEADING_ATTRIBUTES;
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
        slugs: Slugs::of(anchors),
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
    let (sections, _) = sections(text, start, Style::GitHub);
    // A section ends where the next one's heading begins; the last one has no next.
    let ends = sections.iter().map(|section| section.body.end);
    ends.take(sections.len() - 1).collect()
}

/// Where the comments stand that are blocks of their own.
pub(crate) fn comments(text: &str) -> Vec<Range<usize>> {
    let start = front_matter(text).map_or(0, |(_, start)| start);
    sections(text, start, Style::GitHub).1
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
            Event::Start(Tag::Heading { level, id, .. }) if self.depth == 0 => {
                self.begin(level, id.map(|id| id.to_string()), range);
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

    fn begin(&mut self, level: HeadingLevel, anchor: Option<String>, range: Range<usize>) {
        self.line += lines_in(&self.text.as_bytes()[self.counted..range.start]);
        self.counted = range.start;
        if let Some(last) = self.sections.last_mut() {
            last.body.end = range.start;
        }
        self.open = Some(Section {
            level,
            heading: String::new(),
            anchor,
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
            let made = || self.slugs.next(&section.heading);
            section.anchor = Some(section.anchor.take().unwrap_or_else(made));
            self.sections.push(section);
        }
    }
}

fn is_comment(block: &str) -> bool {
    let block = block.trim();
    block.starts_with("<!--") && block.find("-->").is_some_and(|end| end + 3 == block.len())
}
