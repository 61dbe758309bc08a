//! From one file's bytes to drafts of entries. Every format is one small file of the same shape: text in,
//! `Reading` out; what is broken becomes a `Fault` with its line, never a panic and never a stop for others.

mod csv;
mod decode;
mod faq;
mod front;
mod html;
mod json;
mod markdown;
mod mdx;
#[cfg(test)]
mod mdx_tests;
mod pdf;
#[cfg(test)]
pub(crate) mod pdf_tests;
mod script;
mod sections;
mod text;
mod yaml;

use std::path::Path;

pub(crate) use decode::decode;
pub(crate) use front::{Front, front_matter};
pub(crate) use html::too_deep;
pub use pdf::{PdfReader, read_pdf};
pub(crate) use sections::{comments, headings};

use crate::entry::Kind;
use crate::links::Links;
use crate::personal::Requires;

/// Faults listed per file; a file with more is broken as a whole, and the rest is only counted.
const MAX_FAULTS: usize = 20;

/// A kind of file that can be read, told by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Yaml,
    Json,
    JsonLines,
    Csv,
    Markdown,
    Html,
    Text,
    Pdf,
}

/// The extensions, as named in messages.
pub(crate) const EXTENSIONS: &str =
    ".yaml, .yml, .json, .jsonl, .csv, .md, .mdx, .markdown, .html, .htm, .txt, .pdf";

impl Format {
    /// The format of a file by its name; `None` for files that are no knowledge.
    pub fn of(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "yaml" | "yml" => Format::Yaml,
            "json" => Format::Json,
            "jsonl" | "ndjson" => Format::JsonLines,
            "csv" => Format::Csv,
            "md" | "mdx" | "markdown" => Format::Markdown,
            "html" | "htm" => Format::Html,
            "txt" => Format::Text,
            "pdf" => Format::Pdf,
            _ => return None,
        })
    }

    /// The largest file that is read: lists of questions may be long, a page is not.
    pub fn max_bytes(self) -> u64 {
        match self {
            Format::JsonLines | Format::Csv | Format::Pdf => 64 << 20,
            _ => 8 << 20,
        }
    }
}

/// An entry as found in a file, before it has a final id and link.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub line: usize,
    pub id: Option<String>,
    pub kind: Kind,
    pub title: String,
    pub alternates: Vec<String>,
    pub body: String,
    pub url: Option<String>,
    pub anchor: Option<String>,
    /// Whom it is for, if not for everybody.
    pub requires: Option<Requires>,
}

impl Draft {
    /// A piece of a document from the first line on, without title and place.
    pub fn document(body: String) -> Draft {
        Draft {
            line: 1,
            id: None,
            kind: Kind::Document,
            title: String::new(),
            alternates: Vec::new(),
            body,
            url: None,
            anchor: None,
            requires: None,
        }
    }
}

/// What is wrong with a file or one of its entries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub line: Option<usize>,
    pub what: String,
}

impl Fault {
    pub fn at(line: usize, what: impl Into<String>) -> Self {
        Fault {
            line: Some(line),
            what: what.into(),
        }
    }
}

/// Everything found in one file.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reading {
    pub drafts: Vec<Draft>,
    pub faults: Vec<Fault>,
}

impl Reading {
    fn broken(fault: Fault) -> Self {
        Reading {
            drafts: Vec::new(),
            faults: vec![fault],
        }
    }

    fn push(&mut self, found: Result<Draft, Fault>) {
        match found {
            Ok(draft) => self.drafts.push(draft),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn limit_faults(&mut self) {
        let more = self.faults.len().saturating_sub(MAX_FAULTS);
        if more > 0 {
            self.faults.truncate(MAX_FAULTS);
            self.faults.push(Fault {
                line: None,
                what: format!("{more} more problems of this file are not listed"),
            });
        }
    }
}

/// A file to read, and what is known of it besides its bytes.
pub(crate) struct Source<'a> {
    pub format: Format,
    /// Its path, for titles of pages that have none.
    pub name: &'a str,
    /// How its links are made, if it is known where it is published.
    pub links: Option<&'a Links<'a>>,
    pub pdf: &'a PdfReader,
}

/// Reads one file that stands alone.
pub(crate) fn read(format: Format, name: &str, bytes: &[u8]) -> Reading {
    let pdf = &PdfReader::default();
    Source {
        format,
        name,
        links: None,
        pdf,
    }
    .read(bytes)
}

impl Source<'_> {
    pub fn read(&self, bytes: &[u8]) -> Reading {
        let mut reading = match self.format {
            Format::Pdf => pdf::read(self.name, bytes, self.pdf),
            format => match decode(bytes, None, format == Format::Html) {
                Ok(text) => self.text(text.strip_prefix('\u{feff}').unwrap_or(&text)),
                Err(fault) => Reading::broken(fault),
            },
        };
        reading.limit_faults();
        reading
    }

    fn text(&self, text: &str) -> Reading {
        if text.trim().is_empty() {
            return Reading::broken(Fault {
                line: None,
                what: "the file is empty".to_owned(),
            });
        }
        match self.format {
            Format::Yaml => yaml::read(text),
            Format::Json => json::read(text),
            Format::JsonLines => json::read_lines(text),
            Format::Csv => csv::read(text),
            Format::Markdown => markdown::read(self.name, text, self.links),
            Format::Html => html::read(self.name, text),
            Format::Text | Format::Pdf => text::read(self.name, text),
        }
    }
}

/// How many line ends there are before a place in a file.
fn lines_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// A page's title when it gives none itself: its file name without extension.
fn title_from(name: &str) -> String {
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str());
    stem.unwrap_or(name).replace(['-', '_'], " ")
}

/// `Page > Section > Part`; the page's own first heading is not said twice.
fn heading_path<'a>(page: &'a str, headings: impl Iterator<Item = &'a str>) -> String {
    let mut parts = vec![page];
    parts.extend(headings);
    parts.dedup();
    parts.join(" > ")
}

#[cfg(test)]
mod tests {
    use super::{Format, read};

    #[test]
    fn damaged_bytes_are_named_with_their_line() {
        let reading = read(Format::Text, "a.txt", "ä\nö\n".as_bytes());
        assert_eq!(reading.drafts.len(), 1);
        let reading = read(Format::Text, "a.txt", b"\xc3\xa4\n\xc3\xb6\n\xff");
        assert!(reading.drafts.is_empty());
        assert_eq!(reading.faults[0].line, Some(3));
    }

    #[test]
    fn every_text_format_may_have_another_encoding() {
        let wide = |text: &str| -> Vec<u8> {
            let text = format!("\u{feff}{text}");
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        for (format, text) in [
            (Format::Csv, "question,answer\nWie heißt das?,Größe\n"),
            (
                Format::Yaml,
                "- question: Wie heißt das?\n  answer: Größe\n",
            ),
            (Format::Markdown, "# Wie heißt das?\n\nGröße\n"),
            (Format::Html, "<p>Größe</p>"),
            (Format::Text, "Größe"),
        ] {
            let reading = read(format, "a", &wide(text));
            assert_eq!(reading.drafts[0].body, "Größe", "{format:?}");
        }
    }

    #[test]
    fn an_empty_file_is_a_fault_in_every_format() {
        for format in [
            Format::Yaml,
            Format::Json,
            Format::JsonLines,
            Format::Csv,
            Format::Markdown,
            Format::Html,
            Format::Text,
        ] {
            let reading = read(format, "a", b" \n\t\n");
            assert_eq!(reading.faults[0].what, "the file is empty", "{format:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        let reading = read(Format::Text, "hello-there.txt", "\u{feff}Hello".as_bytes());
        assert_eq!(reading.drafts[0].body, "Hello");
        assert_eq!(reading.drafts[0].title, "hello there");
    }
}
