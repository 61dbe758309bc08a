//! The file of saved entries: answers that the team gave in threads and found worth keeping. A Markdown file like any
//! other FAQ, which people read, correct and keep in version control. This file only adds an entry at its end and takes
//! exactly that entry out again; what anybody else writes into it stays as it is.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::analyze::same_question;
use crate::error::KbError;
use crate::library::sync_dir;
use crate::read::{self, Format};

/// How a file begins.
const HEAD: &str = "\
---
kind: faq
---

<!-- Answers that the team saved from threads with !faq. Each question is a heading that ends with a question mark.
Change what you like; `hinny kb index` reads the file again. The line below an answer says where it came from. -->
";

/// Where the file lies.
#[derive(Clone, Debug)]
pub struct Saved {
    path: PathBuf,
}

/// What is to be added.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a> {
    /// Names the entry for good.
    pub key: &'a str,
    pub question: &'a str,
    /// In Markdown.
    pub answer: &'a str,
    /// Who saved it.
    pub by: &'a str,
    /// When, for people.
    pub date: &'a str,
    /// The thread it was said in.
    pub link: Option<&'a str>,
}

impl Saved {
    pub fn at(path: impl Into<PathBuf>) -> Saved {
        Saved { path: path.into() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an entry; `false` if it is there already. After `Ok` it is on disk.
    pub fn add(&self, lesson: &Lesson) -> Result<bool, KbError> {
        let text = self.text()?;
        if find(&text, lesson.key).is_some() {
            return Ok(false);
        }
        let heading = heading(lesson.question);
        if self.has_question(&text, &heading) {
            return Err(KbError::Known {
                question: lesson.question.to_owned(),
                path: self.path.display().to_string(),
            });
        }
        let mut text = match text.is_empty() {
            true => HEAD.to_owned(),
            false => text.trim_end().to_owned() + "\n",
        };
        text += &format!(
            "\n# {heading}\n\n{}\n\n{}\n",
            answer(lesson.answer),
            note(lesson)
        );
        self.replace(&text)?;
        Ok(true)
    }

    /// Takes an entry out; `false` if there is none.
    pub fn remove(&self, key: &str) -> Result<bool, KbError> {
        let text = self.text()?;
        let Some(place) = find(&text, key) else {
            return Ok(false);
        };
        let before = text[..place.start].trim_end();
        let after = text[place.end..].trim_start_matches('\n');
        let text = match after.is_empty() {
            true => format!("{before}\n"),
            false => format!("{before}\n\n{after}"),
        };
        self.replace(&text)?;
        Ok(true)
    }

    fn text(&self) -> Result<String, KbError> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(KbError::io(&self.path)(error)),
        }
    }

    fn has_question(&self, text: &str, heading: &str) -> bool {
        let reading = read::read(Format::Markdown, "", text.as_bytes());
        let wanted = same_question(&plain(heading));
        let mut known = reading.drafts.iter();
        known.any(|draft| same_question(&draft.title) == wanted)
    }

    /// The whole file at once: a crash leaves the old one or the new one.
    fn replace(&self, text: &str) -> Result<(), KbError> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(KbError::io(folder))?;
        let mut temporary = tempfile::Builder::new()
            .prefix(".saving-")
            .tempfile_in(folder)
            .map_err(KbError::io(folder))?;
        temporary
            .write_all(text.as_bytes())
            .map_err(KbError::io(&self.path))?;
        self.keep_rights(temporary.as_file())?;
        temporary
            .as_file()
            .sync_all()
            .map_err(KbError::io(&self.path))?;
        temporary
            .persist(&self.path)
            .map_err(|error| KbError::io(&self.path)(error.error))?;
        sync_dir(folder)
    }

    /// Whoever may read and write the file now still may.
    fn keep_rights(&self, file: &File) -> Result<(), KbError> {
        match fs::metadata(&self.path) {
            Ok(old) => file
                .set_permissions(old.permissions())
                .map_err(KbError::io(&self.path)),
            Err(_) => Ok(()),
        }
    }
}

/// One line that ends with a question mark, whose words are no markup.
fn heading(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(['?', '.', '!', ' ', '#']);
    let mut heading = String::with_capacity(line.len() + 8);
    for letter in line.chars() {
        if "\\`*_[]<>&~#|".contains(letter) {
            heading.push('\\');
        }
        heading.push(letter);
    }
    heading + "?"
}

fn plain(heading: &str) -> String {
    heading.replace('\\', "")
}

/// A heading inside an answer would end it, and HTML could hide what follows, so their marks are shown instead.
fn answer(markdown: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in markdown.trim().lines() {
        let start = line.trim_start();
        let ticks = ["```", "~~~"]
            .into_iter()
            .find(|ticks| start.starts_with(ticks));
        let is_code = fence.is_some() || ticks.is_some();
        fence = match (fence, ticks) {
            (None, ticks) => ticks,
            (Some(open), Some(close)) if open == close => None,
            (open, _) => open,
        };
        let underline = !start.is_empty()
            && (start.trim_end().chars().all(|c| c == '=')
                || start.trim_end().chars().all(|c| c == '-'));
        lines.push(
            match !is_code && (start.starts_with('#') || underline || start.starts_with('<')) {
                true => format!("\\{start}"),
                false => line.to_owned(),
            },
        );
    }
    lines.join("\n")
}

/// Where the entry came from, for people and for `remove`.
fn note(lesson: &Lesson) -> String {
    let mut note = format!(
        "<!-- {}by {} on {}",
        mark(lesson.key),
        harmless(lesson.by),
        harmless(lesson.date)
    );
    if let Some(link) = lesson.link {
        note += &format!(", {}", harmless(link));
    }
    note + " -->"
}

fn mark(key: &str) -> String {
    format!("saved {} ", harmless(key))
}

/// Two hyphens could end the comment.
fn harmless(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("--", "- -")
        .replace("--", "- -")
        .replace(['<', '>'], "")
}

/// From the heading above the entry's note to the next heading, or the end.
fn find(text: &str, key: &str) -> Option<std::ops::Range<usize>> {
    let wanted = format!("<!-- {}", mark(key));
    let comments = read::comments(text).into_iter();
    let note = comments
        .map(|comment| comment.start)
        .find(|at| text[*at..].starts_with(&wanted))?;
    let headings = read::headings(text);
    let start = headings.iter().rev().find(|at| **at < note)?;
    let end = headings.iter().find(|at| **at > note);
    Some(*start..*end.unwrap_or(&text.len()))
}
