//! Proposals for FAQ entries, from a site's own pages: what the pages mark as questions, what stands under headings that
//! are questions, and how-to headings as the question they answer. Every answer is quoted from its page; nothing is made
//! up. The proposals go to a file that people read before it is used.

mod blocks;
mod phrase;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashSet;

use crate::analyze::same_question;
use crate::entry::Kind;
use crate::error::KbError;
use crate::gather::{Sources, load};
use crate::index::{IndexJob, Problem};
use crate::read::{Draft, Format, Source, decode};
use crate::scan::Found;

pub use write::write_proposals;
pub(crate) use write::{block, quoted, write_new};

/// The most proposals of one run; nobody reads more.
const MAX_PROPOSALS: usize = 500;
/// The longest answer that is proposed; longer ones are no answers but chapters.
const MAX_ANSWER: usize = 2_000;
/// The shortest one.
const MIN_ANSWER: usize = 20;

/// One entry that is proposed.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Proposal {
    pub question: String,
    /// In Markdown, as it stands on the page.
    pub answer: String,
    /// The page, if its address is known.
    pub url: Option<String>,
    /// The file it was read from.
    pub path: String,
    /// What on the page it was made of.
    pub found: Origin,
}

/// What on a page a proposal was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The page lists its questions for search engines: <https://schema.org/FAQPage>.
    Listed,
    /// Something that unfolds, or a list of terms, whose title is a question.
    Block,
    /// A heading that is a question.
    Heading,
    /// A heading that says how to do something.
    HowTo,
}

/// What can be proposed from these sources, and what could not be read.
pub fn propose(job: &IndexJob) -> Result<(Vec<Proposal>, Vec<Problem>), KbError> {
    if let Some(path) = job.paths.iter().find(|path| !path.exists()) {
        return Err(KbError::Missing { path: path.clone() });
    }
    let mut sources = Sources::of(job);
    let mut problems = std::mem::take(&mut sources.problems);
    let (mut proposals, mut seen) = (Vec::new(), HashSet::new());
    for file in &sources.found {
        let found = match load(&file.path, file.format.max_bytes()) {
            Ok(bytes) => of_file(file, &bytes, &sources, job, &mut problems),
            Err(what) => {
                problems.push(problem(file, None, what));
                continue;
            }
        };
        proposals.extend(
            found
                .into_iter()
                .filter(|one| seen.insert(same_question(&one.question))),
        );
        if proposals.len() >= MAX_PROPOSALS {
            proposals.truncate(MAX_PROPOSALS);
            break;
        }
    }
    Ok((proposals, problems))
}

fn problem(file: &Found, line: Option<usize>, what: String) -> Problem {
    Problem {
        file: file.name.clone(),
        line,
        what,
    }
}

fn of_file(
    file: &Found,
    bytes: &[u8],
    sources: &Sources,
    job: &IndexJob,
    problems: &mut Vec<Problem>,
) -> Vec<Proposal> {
    // What is an FAQ already needs no proposal.
    let documents = [Format::Markdown, Format::Html, Format::Text, Format::Pdf];
    if !documents.contains(&file.format) {
        return Vec::new();
    }
    let links = sources.map.links(file);
    let source = Source {
        format: file.format,
        name: &file.name,
        links: Some(&links),
        pdf: &job.pdf,
    };
    let reading = source.read(bytes);
    let faults = reading.faults.into_iter();
    problems.extend(faults.map(|fault| problem(file, fault.line, fault.what)));
    let url = |draft: &Draft| links.of(draft).ok().flatten();
    let mut found = Vec::new();
    if file.format == Format::Html {
        let page = url(&Draft::document(String::new()));
        found.extend(of_page(bytes, page, file));
    }
    found.extend(
        reading
            .drafts
            .iter()
            .filter_map(|draft| of_section(draft, url(draft), file)),
    );
    found.retain(|one| (MIN_ANSWER..=MAX_ANSWER).contains(&one.answer.len()));
    found
}

/// What a page marks as questions.
fn of_page(bytes: &[u8], url: Option<String>, file: &Found) -> Vec<Proposal> {
    let text = decode(bytes, None, true).unwrap_or_default();
    let blocks = blocks::of(&text).into_iter();
    let proposals = blocks.map(|block| Proposal {
        question: block.question,
        answer: block.answer,
        url: url.clone(),
        path: file.name.clone(),
        found: block.found,
    });
    proposals.collect()
}

/// A section whose heading is a question or can be asked.
fn of_section(draft: &Draft, url: Option<String>, file: &Found) -> Option<Proposal> {
    let heading = draft.title.rsplit(" > ").next().unwrap_or_default();
    let (question, found) = match draft.kind {
        Kind::Faq => (draft.title.clone(), Origin::Heading),
        Kind::Document if phrase::is_question(heading) => {
            (heading.trim().to_owned(), Origin::Heading)
        }
        Kind::Document => (phrase::how_to(heading)?, Origin::HowTo),
    };
    Some(Proposal {
        question,
        answer: draft.body.trim().to_owned(),
        url,
        path: file.name.clone(),
        found,
    })
}

/// What looks into pages for questions, for the tests of the parsers.
#[cfg(test)]
pub(crate) fn fuzzed(text: &str) {
    let blocks = blocks::of(text);
    assert!(
        blocks
            .iter()
            .all(|block| !block.question.is_empty() && !block.answer.is_empty())
    );
    text.lines()
        .take(100)
        .for_each(|line| drop(phrase::how_to(line)));
}
