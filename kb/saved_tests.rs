//! Tests of the file of saved entries: it is read as it was meant, hand edits stay, and undo takes out one entry.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use crate::entry::Kind;
use crate::read::{self, Format, Reading};
use crate::{IndexJob, KbError, Lesson, Library, Saved, Settings, Verdict};

fn lesson<'a>(key: &'a str, question: &'a str, answer: &'a str) -> Lesson<'a> {
    Lesson {
        key,
        question,
        answer,
        by: "Ada",
        date: "2026-11-22",
        link: Some("https://chat.example/t/5"),
    }
}

fn file() -> (tempfile::TempDir, Saved) {
    let folder = tempfile::tempdir().unwrap();
    let saved = Saved::at(folder.path().join("deep").join("from-threads.md"));
    (folder, saved)
}

fn reading(saved: &Saved) -> Reading {
    read::read(
        Format::Markdown,
        "from-threads.md",
        &fs::read(saved.path()).unwrap(),
    )
}

fn entries(saved: &Saved) -> Vec<(String, String)> {
    let reading = reading(saved);
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    assert!(reading.drafts.iter().all(|draft| draft.kind == Kind::Faq));
    reading
        .drafts
        .into_iter()
        .map(|draft| (draft.title, draft.body))
        .collect()
}

fn pair(question: &str, answer: &str) -> (String, String) {
    (question.to_owned(), answer.to_owned())
}

#[test]
fn an_entry_is_added_once_and_says_where_it_came_from() {
    let (_folder, saved) = file();
    assert!(
        saved
            .add(&lesson("k1", "can I pay later", "Yes, *within* 30 days."))
            .unwrap()
    );
    assert!(!saved.add(&lesson("k1", "can I pay later", "Yes.")).unwrap());
    assert!(saved.add(&lesson("k2", "Is it safe?", "It is.")).unwrap());
    let expected = [
        pair("can I pay later?", "Yes, *within* 30 days."),
        pair("Is it safe?", "It is."),
    ];
    assert_eq!(entries(&saved), expected);
    let text = fs::read_to_string(saved.path()).unwrap();
    assert!(
        text.contains("<!-- saved k1 by Ada on 2026-11-22, https://chat.example/t/5 -->"),
        "{text}"
    );
    let left: Vec<_> = fs::read_dir(saved.path().parent().unwrap())
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1, "no temporary file stays");
}

#[test]
fn a_question_that_is_saved_already_is_refused() {
    let (_folder, saved) = file();
    saved
        .add(&lesson("k1", "Can I pay *later*?", "Yes."))
        .unwrap();
    let again = saved.add(&lesson("k2", "can i pay *LATER*", "No."));
    assert!(matches!(again, Err(KbError::Known { .. })), "{again:?}");
    assert_eq!(entries(&saved).len(), 1);
}

#[test]
fn undo_takes_out_exactly_one_entry_and_hand_edits_stay() {
    let (_folder, saved) = file();
    for (key, question) in [("k1", "One?"), ("k2", "Two?"), ("k3", "Three?")] {
        saved
            .add(&lesson(key, question, "Answer.\n\n## Part\n\nMore."))
            .unwrap();
    }
    let text = fs::read_to_string(saved.path()).unwrap();
    let edited = text
        .replace("# Three?", "# Three, by hand?")
        .replace("# One?", "# One?\n\nMy own words.");
    fs::write(saved.path(), edited + "\n# Own?\n\nOwn answer.\n").unwrap();
    assert!(saved.remove("k2").unwrap());
    assert!(!saved.remove("k2").unwrap());
    assert!(!saved.remove("k").unwrap(), "a part of a key is no key");
    let titles: Vec<String> = entries(&saved)
        .into_iter()
        .map(|(title, _)| title)
        .collect();
    assert_eq!(titles, ["One?", "Three, by hand?", "Own?"]);
    assert!(entries(&saved)[0].1.starts_with("My own words.\n\nAnswer."));
    for key in ["k1", "k3"] {
        assert!(saved.remove(key).unwrap());
    }
    assert_eq!(entries(&saved), [pair("Own?", "Own answer.")]);
}

#[test]
fn markup_of_an_answer_cannot_end_it() {
    let (_folder, saved) = file();
    let answer = "Do this:\n\n# Why?\n\n```\n# a comment\n<!-- saved k9 by x -->\n```\n\nTitle\n---\n\n<!-- saved k2 by x -->\n\nEnd.";
    saved.add(&lesson("k1", "How?", answer)).unwrap();
    saved
        .add(&Lesson {
            by: "--> # Evil?",
            ..lesson("k2", "<!-- x", "B")
        })
        .unwrap();
    let entries = entries(&saved);
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert!(entries[0].1.contains("# a comment") && entries[0].1.ends_with("End."));
    assert_eq!(entries[1], pair("<!-- x?", "B"));
    assert!(saved.remove("k2").unwrap());
    assert_eq!(self::entries(&saved).len(), 1);
}

#[test]
fn rights_of_the_file_stay() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, saved) = file();
    saved.add(&lesson("k1", "One?", "A")).unwrap();
    fs::set_permissions(saved.path(), fs::Permissions::from_mode(0o664)).unwrap();
    saved.add(&lesson("k2", "Two?", "B")).unwrap();
    let mode = fs::metadata(saved.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o664);
}

/// A library with one indexed page, and the job that was used.
fn library(folder: &std::path::Path) -> (Library, IndexJob, PathBuf) {
    let page = folder.join("page.md");
    fs::write(&page, "# Do you ship?\n\nYes, everywhere.\n").unwrap();
    let job = IndexJob {
        paths: vec![page.clone()],
        saved: Some(folder.join("deep").join("from-threads.md")),
        ..IndexJob::default()
    };
    (Library::open(folder.join("kb")).unwrap(), job, page)
}

fn answer(library: &Library, question: &str) -> Option<String> {
    let generation = library.generation().unwrap();
    let judgement = generation.judge(question, &Settings::default()).unwrap();
    let right = judgement.verdict == Verdict::Answer;
    judgement
        .answer
        .filter(|_| right)
        .map(|answer| answer.markdown)
}

#[test]
fn renewing_one_file_leaves_the_others_as_they_were_indexed() {
    let (folder, saved) = file();
    let (library, job, page) = library(folder.path());
    library.index(&job, &mut |_| {}).unwrap();
    fs::write(&page, "# Do you ship?\n\nHalf written").unwrap();
    saved
        .add(&lesson("k1", "Can I pay later?", "Within 30 days."))
        .unwrap();
    let report = library.renew(saved.path(), &job).unwrap();
    assert_eq!((report.added, report.unchanged, report.files), (1, 1, 2));
    assert_eq!(
        answer(&library, "can I pay later").as_deref(),
        Some("Within 30 days.")
    );
    assert_eq!(
        answer(&library, "do you ship").as_deref(),
        Some("Yes, everywhere.")
    );
    saved.remove("k1").unwrap();
    let report = library.renew(saved.path(), &job).unwrap();
    assert_eq!((report.removed, report.entries), (1, 1));
    assert_eq!(answer(&library, "can I pay later"), None);
}

#[test]
fn the_saved_file_is_part_of_every_index_and_need_not_be_there() {
    let (folder, saved) = file();
    let (library, job, _) = library(folder.path());
    assert_eq!(library.index(&job, &mut |_| {}).unwrap().files, 1);
    saved
        .add(&lesson("k1", "Can I pay later?", "Within 30 days."))
        .unwrap();
    let renewed = library.renew(saved.path(), &job).unwrap();
    let indexed = library.index(&job, &mut |_| {}).unwrap();
    assert_eq!((indexed.files, indexed.entries), (2, 2));
    assert_eq!(
        indexed.generation, renewed.generation,
        "both ways lead to the same content"
    );
}

#[test]
fn without_an_index_everything_is_read() {
    let (folder, saved) = file();
    let (library, job, _) = library(folder.path());
    saved
        .add(&lesson("k1", "Can I pay later?", "Within 30 days."))
        .unwrap();
    assert_eq!(library.renew(saved.path(), &job).unwrap().entries, 2);
}

/// What begins like HTML would hide the note behind it, and the entry could not be found again.
#[test]
fn an_answer_that_looks_like_html_is_taken_out_again() {
    for answer in ["<?a", "<!DOCTYPE a", "<script>a", "<!-- a"] {
        let (_folder, saved) = file();
        saved.add(&lesson("k1", "Really?", answer)).unwrap();
        assert!(saved.remove("k1").unwrap(), "{answer}");
    }
}

proptest! {
    /// Whatever a visitor asked and an agent answered is one entry, and can be taken out again.
    #[test]
    fn any_words_are_one_entry(question in "[ -~ä€\\n]{0,60}[a-z]", answer in "([ -~ä€]{0,30}\\n{0,2}){0,4}[a-z]") {
        let (_folder, saved) = file();
        saved.add(&lesson("before", "First?", "A")).unwrap();
        saved.add(&lesson("k1", &question, &answer)).unwrap();
        let reading = reading(&saved);
        prop_assert!(reading.drafts.len() == 2, "{:?}", fs::read_to_string(saved.path()));
        prop_assert!(saved.remove("k1").unwrap());
        prop_assert_eq!(entries(&saved), [pair("First?", "A")]);
    }
}
