//! Mistakes on the command line: none of them takes away what a running server answers from.

use std::fs;
use std::path::Path;

use crate::{IndexJob, IndexReport, KbError, Library, SMALLEST, Settings, Verdict};

fn index(library: &Library, path: &Path) -> Result<IndexReport, KbError> {
    let job = IndexJob {
        paths: vec![path.to_owned()],
        ..IndexJob::default()
    };
    library.index(&job, &mut |_| {})
}

#[test]
fn a_typing_mistake_never_empties_the_index() {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open(dir.path().join("kb")).unwrap();
    let (good, broken) = (dir.path().join("faq.md"), dir.path().join("broken.yaml"));
    fs::write(&good, "# FAQ\n\n## Is it on?\n\nYes.\n").unwrap();
    fs::write(&broken, "- question: [").unwrap();
    let before = index(&library, &good).unwrap().generation;

    let missing = index(&library, &dir.path().join("absent.md"));
    assert!(matches!(missing, Err(KbError::Missing { .. })));
    let nothing = index(&library, &broken).unwrap_err().to_string();
    assert!(nothing.contains("broken.yaml:"), "{nothing}");
    assert_eq!(library.generation().unwrap().id(), before);
}

#[test]
fn small_knowledge_answers_only_in_its_own_words() {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open(dir.path().join("kb")).unwrap();
    let faq = dir.path().join("faq.yaml");
    let entry = "- question: Where is my parcel?\n  answer: On its way.\n";
    let other = |n: usize| format!("- question: What is number {n} for?\n  answer: Nothing {n}.\n");
    let mut text = entry.to_owned() + &(3..SMALLEST + 1).map(other).collect::<String>();
    fs::write(&faq, &text).unwrap();
    assert!(index(&library, &faq).unwrap().small);
    let ask = |question: &str| {
        let generation = library.generation().unwrap();
        generation.judge(question, &Settings::default()).unwrap()
    };
    let inexact = ask("Please, where is my parcel now?");
    assert!(inexact.small && inexact.verdict == Verdict::Unsure);
    assert_eq!(inexact.candidates[0].title, "Where is my parcel?");
    assert_eq!(ask("where is my parcel").verdict, Verdict::Answer);

    text = text.replace(
        "  answer: On",
        "  alternates: [Has my parcel been sent?]\n  answer: On",
    );
    fs::write(&faq, &text).unwrap();
    assert!(!index(&library, &faq).unwrap().small);
    assert!(!ask("where is my parcel").small);
}
