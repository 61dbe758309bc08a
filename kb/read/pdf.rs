//! PDF: a section for each page, with the page's number as its place. The library that reads them trusts its input, so
//! it runs in a process of its own, with limits on time, memory and what it may say; what goes wrong there is one line
//! in the report. This room does not know which program that is: it is told.

use std::any::Any;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use pdf_extract::Document;
use serde::{Deserialize, Serialize};

use super::text::escape;
use super::{Draft, Fault, Reading, heading_path, title_from};
use crate::chunk;

/// A file must be read within this time.
const WITHIN: Duration = Duration::from_secs(30);
/// The most that the reading process may say.
const MAX_OUTPUT: u64 = 16 << 20;
/// The most text of one file; a long book has two million characters.
const MAX_TEXT: usize = 8 << 20;
const MAX_PAGES: usize = 5_000;

/// Who reads PDF files.
#[derive(Clone, Debug, Default)]
pub enum PdfReader {
    /// Nobody: they are named and left out.
    #[default]
    Nobody,
    /// A program with its arguments, which gets the file on its standard input and answers as `read_pdf` does.
    Program(Vec<OsString>),
    /// For tests, with files of known content.
    #[cfg(test)]
    InProcess,
}

/// What the reading process says, one JSON line each. Without an `End` it has died.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Page { number: u32, text: String },
    Trouble(String),
    End,
}

/// Reads the PDF on `input` and writes its pages to `output`: the inside of the program that `PdfReader` starts.
/// Limits on memory and time are for the caller to set.
pub fn read_pdf(input: &mut dyn Read, output: &mut dyn Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let mut failed = None;
    let mut say = |said: &Said| {
        let line = serde_json::to_string(said).unwrap_or_default();
        let written = writeln!(output, "{line}").and_then(|()| output.flush());
        failed = written.err();
        failed.is_none()
    };
    let done = catch_unwind(AssertUnwindSafe(|| pages(&bytes, &mut say)));
    let last = match done {
        Ok(Ok(())) => Said::End,
        Ok(Err(what)) => Said::Trouble(what),
        Err(panic) => Said::Trouble(broken(panic.as_ref())),
    };
    say(&last);
    failed.map_or(Ok(()), Err)
}

/// What the library says when it gives up on a file is meant for its authors, so it is cut short.
fn broken(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
    let start: String = words
        .unwrap_or("no reason given")
        .chars()
        .take(80)
        .collect();
    format!("the PDF is broken or of a kind that cannot be read ({start})")
}

fn pages(bytes: &[u8], say: &mut dyn FnMut(&Said) -> bool) -> Result<(), String> {
    let refused = |error: pdf_extract::Error| {
        let what: String = error.to_string().chars().take(120).collect();
        format!("the PDF is broken: {what}")
    };
    let document = Document::load_mem(bytes).map_err(refused)?;
    // What is encrypted with an empty password, to forbid printing, has been opened by now.
    if document.trailer.get(b"Encrypt").is_ok() {
        return Err("the PDF is encrypted; save it without a password".to_owned());
    }
    let numbers: Vec<u32> = document.get_pages().into_keys().collect();
    if numbers.len() > MAX_PAGES {
        return Err(format!("the PDF has more than {MAX_PAGES} pages"));
    }
    let mut length = 0;
    for number in numbers {
        let mut text = String::new();
        let mut output = pdf_extract::PlainTextOutput::new(&mut text);
        let read = pdf_extract::output_doc_page(&document, &mut output, number);
        read.map_err(|error| format!("page {number} of the PDF is broken: {error}"))?;
        length += text.len();
        if length > MAX_TEXT {
            return Err(format!(
                "the PDF has more than {} MiB of text",
                MAX_TEXT >> 20
            ));
        }
        if !say(&Said::Page { number, text }) {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads a PDF file.
pub(crate) fn read(name: &str, bytes: &[u8], reader: &PdfReader) -> Reading {
    let broken = |what: String| Reading::broken(Fault { line: None, what });
    if bytes.is_empty() {
        return broken("the file is empty".to_owned());
    }
    let said = match reader {
        PdfReader::Nobody => Err("PDF files are not read here".to_owned()),
        PdfReader::Program(program) => ask(program, bytes),
        #[cfg(test)]
        PdfReader::InProcess => {
            let mut output = Vec::new();
            let done = read_pdf(&mut &bytes[..], &mut output);
            done.map_err(|error| error.to_string())
                .and_then(|()| heard(&output))
        }
    };
    match said {
        Ok(pages) => drafts(name, pages),
        Err(what) => broken(what),
    }
}

fn drafts(name: &str, pages: Vec<(u32, String)>) -> Reading {
    let title = title_from(name);
    let mut reading = Reading::default();
    for (number, text) in pages {
        let page = format!("page {number}");
        let pieces = chunk::pieces(text.trim()).into_iter();
        reading.drafts.extend(pieces.map(|piece| Draft {
            title: heading_path(&title, std::iter::once(page.as_str())),
            anchor: Some(format!("page={number}")),
            ..Draft::document(escape(&piece))
        }));
    }
    if reading.drafts.is_empty() {
        let what = "the PDF holds no text; perhaps its pages are pictures".to_owned();
        return Reading::broken(Fault { line: None, what });
    }
    reading
}

/// Lets the program read the file, and ends it when it takes too long or says too much.
fn ask(program: &[OsString], bytes: &[u8]) -> Result<Vec<(u32, String)>, String> {
    let (first, rest) = program.split_first().ok_or("PDF files are not read here")?;
    let mut child = Command::new(first)
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("the program that reads PDF files does not start: {error}"))?;
    let said = converse(&mut child, bytes);
    // It may have ended by itself; then there is nothing to end.
    child.kill().ok();
    child.wait().ok();
    heard(&said?)
}

fn converse(child: &mut Child, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (Some(mut input), Some(output)) = (input, output) else {
        return Err("the program that reads PDF files does not listen".to_owned());
    };
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        // A program that has seen enough closes its ears, which is no fault.
        scope.spawn(move || input.write_all(bytes).ok());
        scope.spawn(move || tell.send(hear(output)).ok());
        let said = told.recv_timeout(WITHIN);
        if said.is_err() {
            child.kill().ok();
        }
        match said {
            Ok(said) => said.map_err(|error| error.to_string()),
            Err(_) => Err(format!(
                "the PDF was not read within {} seconds",
                WITHIN.as_secs()
            )),
        }
    })
}

fn hear(output: ChildStdout) -> io::Result<Vec<u8>> {
    let mut said = Vec::new();
    output.take(MAX_OUTPUT).read_to_end(&mut said)?;
    Ok(said)
}

/// The pages, if the process came to its end.
fn heard(said: &[u8]) -> Result<Vec<(u32, String)>, String> {
    let mut pages = Vec::new();
    for line in BufReader::new(said).lines() {
        let line = line.map_err(|error| error.to_string())?;
        // The library prints words of its own now and then.
        match serde_json::from_str(&line) {
            Ok(Said::Page { number, text }) => pages.push((number, text)),
            Ok(Said::Trouble(what)) => return Err(what),
            Ok(Said::End) => return Ok(pages),
            Err(_) => {}
        }
    }
    Err("the PDF cannot be read: it needs too much memory or time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{PdfReader, read};
    use crate::read::pdf_tests::pdf;

    fn reading(bytes: &[u8]) -> super::Reading {
        read("docs/user-manual.pdf", bytes, &PdfReader::InProcess)
    }

    #[test]
    fn a_page_is_a_section_with_its_number() {
        let reading = reading(&pdf(&["Press the red button.", "Call (us) now."]));
        let found: Vec<_> = reading
            .drafts
            .iter()
            .map(|d| (d.title.as_str(), d.body.as_str(), d.anchor.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                (
                    "user manual > page 1",
                    "Press the red button.",
                    Some("page=1")
                ),
                ("user manual > page 2", "Call (us) now.", Some("page=2")),
            ]
        );
    }

    #[test]
    fn what_is_no_pdf_is_one_clear_line() {
        let whole = pdf(&["text"]);
        for bytes in [
            &b"%PDF-1.7\nnonsense"[..],
            b"text",
            &whole[..whole.len() / 2],
        ] {
            let reading = reading(bytes);
            assert!(reading.drafts.is_empty());
            assert_eq!(reading.faults.len(), 1);
            assert!(
                reading.faults[0].what.contains("PDF"),
                "{:?}",
                reading.faults
            );
        }
        let none = read("a.pdf", &whole, &PdfReader::Nobody);
        assert_eq!(none.faults[0].what, "PDF files are not read here");
    }

    #[test]
    fn a_pdf_without_words_says_so() {
        let reading = reading(&pdf(&["", ""]));
        assert!(reading.faults[0].what.contains("holds no text"));
    }

    #[test]
    fn a_program_that_dies_or_babbles_is_one_line() {
        let run = |script: &str| {
            let program = ["sh", "-c", script].map(Into::into).to_vec();
            read("a.pdf", b"%PDF-1.7", &PdfReader::Program(program))
        };
        assert!(
            run("cat >/dev/null; echo hello").faults[0]
                .what
                .contains("memory or time")
        );
        let page = "echo '{\"page\":{\"number\":1,\"text\":\"Hello\"}}'";
        assert!(
            run(&format!("{page}; kill -9 $$")).faults[0]
                .what
                .contains("memory")
        );
        assert!(run("exec yes").faults[0].what.contains("memory or time"));
        let good = run(&format!(
            "echo words of the library; {page}; echo '\"end\"'"
        ));
        assert_eq!(good.drafts[0].body, "Hello");
        let absent = PdfReader::Program(vec!["/nowhere/reader".into()]);
        assert!(
            read("a.pdf", b"x", &absent).faults[0]
                .what
                .contains("does not start")
        );
    }
}
