//! From one file's bytes to drafts of entries. Every format is one small file of the same shape: text in,
//! `Reading` out; what is broken becomes a `Fault` with its line, never a panic and never a stop for others.

mod csv;
mod faq;
mod html;
mod json;
mod markdown;
mod text;
mod yaml;

use std::path::Path;

pub(crate) use markdown::{comments, headings};

use crate::entry::Kind;
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
}

/// The extensions, as named in messages.
pub(crate) const EXTENSIONS: &str =
    ".yaml, .yml, .json, .jsonl, .csv, .md, .markdown, .html, .htm, .txt";

impl Format {
    /// The format of a file by its name; `None` for files that are no knowledge.
    pub fn of(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "yaml" | "yml" => Format::Yaml,
            "json" => Format::Json,
            "jsonl" | "ndjson" => Format::JsonLines,
            "csv" => Format::Csv,
            "md" | "markdown" => Format::Markdown,
            "html" | "htm" => Format::Html,
            "txt" => Format::Text,
            _ => return None,
        })
    }

    /// The largest file that is read: lists of questions may be long, a page is not.
    pub fn max_bytes(self) -> u64 {
        match self {
            Format::JsonLines | Format::Csv => 64 << 20,
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

/// Reads one file. `name` is its path, for titles of pages that have none.
pub(crate) fn read(format: Format, name: &str, bytes: &[u8]) -> Reading {
    let text = match utf8(bytes) {
        Ok(text) if text.trim().is_empty() => {
            return Reading::broken(Fault {
                line: None,
                what: "the file is empty".to_owned(),
            });
        }
        Ok(text) => text,
        Err(fault) => return Reading::broken(fault),
    };
    let mut reading = match format {
        Format::Yaml => yaml::read(text),
        Format::Json => json::read(text),
        Format::JsonLines => json::read_lines(text),
        Format::Csv => csv::read(text),
        Format::Markdown => markdown::read(name, text),
        Format::Html => html::read(name, text),
        Format::Text => text::read(name, text),
    };
    reading.limit_faults();
    reading
}

/// The text of a file without its byte order mark, or the line where it stops being UTF-8.
fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Fault::at(1, "the file is UTF-16; save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = &bytes[..error.valid_up_to()];
        Fault::at(
            lines_in(valid) + 1,
            "the file is not UTF-8 text from this line on",
        )
    })
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
    fn bytes_that_are_not_utf8_are_named_with_their_line() {
        let reading = read(Format::Text, "a.txt", b"one\ntwo\n\xff\xfe\xfdthree");
        assert!(reading.drafts.is_empty());
        assert_eq!(reading.faults[0].line, Some(3));
    }

    #[test]
    fn utf16_is_named_as_such() {
        let reading = read(Format::Csv, "a.csv", &[0xff, 0xfe, b'a', 0]);
        assert!(reading.faults[0].what.contains("UTF-16"));
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
