//! Nothing that people write may panic a parser or the judge: random texts, random pieces of the formats'
//! own markup, and the public list of naughty strings where it lies beside the repository.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::chunk;
use crate::read::{Format, read};
use crate::{Generation, IndexJob, Library, Settings};

const FORMATS: [Format; 7] = [
    Format::Yaml,
    Format::Json,
    Format::JsonLines,
    Format::Csv,
    Format::Markdown,
    Format::Html,
    Format::Text,
];

/// Pieces of which the formats' markup is made.
const PIECES: [&str; 40] = [
    "- ",
    "question",
    "answer",
    ": ",
    "\n",
    "  ",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    ",",
    "|",
    ">",
    "&a ",
    "*a",
    "---\n",
    "kind: faq\n",
    "# ",
    "## Why?\n",
    "```\n",
    "<p>",
    "</p>",
    "<h2 id=x>",
    "<pre>",
    "<!--",
    "&amp;",
    "ä",
    "😀",
    "\u{202e}",
    "\0",
    "\r\n",
    "\t",
    ";",
    "\\",
    "text ",
    "? ",
    "!!",
    "<<: ",
];

fn markup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(&PIECES[..]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The shop of the fixtures, indexed once for all tests of this file.
fn shop() -> Arc<Generation> {
    static SHOP: OnceLock<(tempfile::TempDir, Arc<Generation>)> = OnceLock::new();
    let (_, generation) = SHOP.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::open(dir.path()).unwrap();
        let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/kb/shop");
        let job = IndexJob {
            paths: vec![shop],
            ..IndexJob::default()
        };
        let report = library.index(&job, &mut |_| {}).unwrap();
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        let generation = library.generation().unwrap();
        (dir, generation)
    });
    generation.clone()
}

fn judge_holds(query: &str) {
    let judgement = shop().judge(query, &Settings::default()).unwrap();
    let confidence = judgement.confidence;
    assert!((0.0..=1.0).contains(&confidence), "{confidence}: {query:?}");
    assert!(judgement.candidates.len() <= 3);
    assert!(judgement.features.values().all(|value| value.is_finite()));
    assert!(judgement.candidates.iter().all(|c| c.score.is_finite()));
}

fn reading_holds(bytes: &[u8]) {
    for format in FORMATS {
        let reading = read(format, "name.x", bytes);
        for draft in &reading.drafts {
            assert!(!draft.body.trim().is_empty(), "{format:?}: {draft:?}");
            assert!(draft.line >= 1);
        }
    }
}

/// The same cases each time; what they find becomes a test of its own.
fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_text_panics_a_reader(text in any::<String>()) {
        reading_holds(text.as_bytes());
    }

    #[test]
    fn no_bytes_panic_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        reading_holds(&bytes);
    }

    #[test]
    fn no_markup_panics_a_reader(text in markup()) {
        reading_holds(text.as_bytes());
    }

    #[test]
    fn pieces_lose_no_word(text in markup()) {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let pieces = chunk::pieces(&text);
        prop_assert!(pieces.iter().all(|piece| piece.len() <= chunk::MAX_BYTES));
        prop_assert_eq!(words(&pieces.join(" ")), words(&text));
    }

    #[test]
    fn no_question_panics_the_judge(query in any::<String>()) {
        judge_holds(&query);
    }

    #[test]
    fn no_question_of_known_words_panics_the_judge(
        words in prop::collection::vec(prop::sample::select(&["parcel", "boots", "the", "?", "AND", "title:", "pay", "\"", "*", "zzz"][..]), 0..200),
    ) {
        judge_holds(&words.join(" "));
    }
}

#[test]
fn an_endless_question_is_cut_and_judged() {
    let query = "parcel ".repeat(1_000_000);
    let judgement = shop().judge(&query, &Settings::default()).unwrap();
    assert!(judgement.query.chars().count() <= crate::MAX_QUERY_CHARS);
    judge_holds(
        &(0..100_000)
            .map(|n| format!("word{n} "))
            .collect::<String>(),
    );
}

#[test]
fn naughty_strings_are_only_text() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/blns/blns.json");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: ../shared/corpora is absent");
        return;
    };
    let strings: Vec<String> = serde_json::from_str(&text).unwrap();
    assert!(strings.len() > 400);
    for string in &strings {
        judge_holds(string);
        reading_holds(string.as_bytes());
        let entry = serde_json::json!({"question": string, "answer": string}).to_string();
        let reading = read(Format::JsonLines, "faq.jsonl", entry.as_bytes());
        if let Some(draft) = reading.drafts.first() {
            assert_eq!(
                (draft.title.as_str(), draft.body.as_str()),
                (string.trim(), string.trim())
            );
        }
    }
}
