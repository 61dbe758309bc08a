//! Proposals as YAML that `kb index` reads, with a comment that says what to do with them.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use super::Proposal;
use crate::error::KbError;

const HEAD: &str = "\
# Proposals for FAQ entries, made by `hinny kb draft`. Every answer is quoted from the page that is named with it.
# Read them, correct them, throw away what does not help, and add `alternates` in your visitors' words. Then add this
# file to the paths that are indexed.

";

/// Writes the proposals to a file; one that is there is written over only with `force`.
pub fn write_proposals(file: &Path, proposals: &[Proposal], force: bool) -> Result<(), KbError> {
    write_new(file, &yaml(proposals), force)
}

/// Writes a file for people to review; one that is there is written over only with `force`.
pub(crate) fn write_new(file: &Path, text: &str, force: bool) -> Result<(), KbError> {
    let opened = match force {
        true => File::create(file),
        false => OpenOptions::new().write(true).create_new(true).open(file),
    };
    let mut opened = opened.map_err(KbError::io(file))?;
    opened.write_all(text.as_bytes()).map_err(KbError::io(file))
}

pub(super) fn yaml(proposals: &[Proposal]) -> String {
    let mut text = HEAD.to_owned();
    for proposal in proposals {
        let said = writeln!(text, "# from {}", one_line(&proposal.path))
            .and_then(|()| writeln!(text, "- question: {}", quoted(&proposal.question)))
            .and_then(|()| writeln!(text, "  answer: {}", block(&proposal.answer)))
            .and_then(|()| match &proposal.url {
                Some(url) => writeln!(text, "  url: {}\n", quoted(url)),
                None => writeln!(text),
            });
        said.expect("writing to a string does not fail");
    }
    if proposals.is_empty() {
        text += "[]\n";
    }
    text
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// JSON's strings are YAML's as well.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// Lines as they are where YAML allows it, so that people can read them.
pub(crate) fn block(text: &str) -> String {
    let plain = |c: char| {
        c == '\n' || (!c.is_control() && c != '\u{feff}' && !"\u{85}\u{2028}\u{2029}".contains(c))
    };
    if !text.chars().all(plain) || text.starts_with([' ', '\n']) || text.trim_end() != text {
        return quoted(text);
    }
    let mut block = "|-".to_owned();
    for line in text.lines() {
        block.push('\n');
        if !line.is_empty() {
            block.push_str("    ");
            block.push_str(line);
        }
    }
    block
}
