//! What the library promises on disk: increments, deletions, the atomic switch, and an old generation that
//! stays whole while a query holds it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::embed::Embedder;
use crate::{IndexJob, IndexReport, Judgement, KbError, Library, Settings, Verdict};

/// A folder with sources and a library beside it.
struct Bench {
    dir: tempfile::TempDir,
    library: Library,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("src")).unwrap();
        let library = Library::open(dir.path().join("kb")).unwrap();
        let bench = Bench { dir, library };
        for (name, text) in files {
            bench.write(name, text);
        }
        bench
    }

    fn source(&self) -> PathBuf {
        self.dir.path().join("src")
    }

    fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.source().join(name), text).unwrap();
    }

    fn job(&self) -> IndexJob {
        IndexJob {
            paths: vec![self.source()],
            ..IndexJob::default()
        }
    }

    fn index(&self) -> IndexReport {
        self.library.index(&self.job(), &mut |_| {}).unwrap()
    }

    fn ask(&self, query: &str) -> Judgement {
        let generation = self.library.generation().unwrap();
        generation.judge(query, &Settings::default()).unwrap()
    }
}

const FAQ: &str = "\
- question: How do I reset my password?
  alternates: [I forgot my password]
  answer: Use the link on the sign-in page.
- question: Which cards do you accept?
  answer: All of them.
- question: Where is my parcel?
  answer: Look at the tracking page.
";

fn counts(report: &IndexReport) -> [usize; 4] {
    [
        report.added,
        report.changed,
        report.removed,
        report.unchanged,
    ]
}

fn folders(path: &Path) -> Vec<String> {
    let items = fs::read_dir(path).unwrap();
    let names = items.map(|item| item.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| !["LOCK", "CURRENT", "LAST"].contains(&name.as_str()))
        .collect();
    names.sort();
    names
}

#[test]
fn a_known_question_is_answered_with_its_source() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    let report = bench.index();
    assert_eq!(counts(&report), [3, 0, 0, 0]);
    let judgement = bench.ask("i forgot MY password!!");
    assert_eq!(judgement.verdict, Verdict::Answer);
    assert_eq!(judgement.candidates[0].title, "How do I reset my password?");
    let answer = judgement.answer.unwrap();
    assert_eq!(answer.markdown, "Use the link on the sign-in page.");
    assert_eq!(answer.sources[0].path, "faq.yaml");
    assert_eq!(judgement.generation, report.generation);
}

#[test]
fn without_knowledge_nothing_is_sure() {
    let bench = Bench::new(&[]);
    assert!(bench.library.generation().is_none());
    let report = bench.index();
    assert_eq!(report.entries, 0);
    for query in ["Where is my parcel?", "", "the"] {
        let judgement = bench.ask(query);
        assert_eq!(judgement.verdict, Verdict::Unsure);
        assert_eq!(judgement.confidence, 0.0);
    }
}

#[test]
fn a_question_with_no_known_word_is_unsure() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    bench.index();
    let judgement = bench.ask("quantum chromodynamics");
    assert_eq!(
        (judgement.verdict, judgement.confidence),
        (Verdict::Unsure, 0.0)
    );
    assert!(judgement.candidates.is_empty());
}

#[test]
fn a_known_phrasing_of_stop_words_alone_is_found() {
    let bench = Bench::new(&[(
        "faq.yaml",
        "- question: To be or not to be?\n  answer: Be.\n",
    )]);
    bench.index();
    assert_eq!(bench.ask("to be or not to be").verdict, Verdict::Answer);
}

#[test]
fn a_question_that_two_entries_answer_differently_is_not_answered() {
    let faq = "- question: Why?\n  answer: A.\n";
    let bench = Bench::new(&[("a.yaml", faq), ("b.yaml", faq)]);
    bench.index();
    let judgement = bench.ask("why");
    assert_eq!(judgement.verdict, Verdict::Suggest);
    assert_eq!(judgement.candidates.len(), 2);
}

#[test]
fn the_same_content_keeps_its_generation() {
    let bench = Bench::new(&[("faq.yaml", FAQ), ("guide.md", "# Guide\n\nText.\n")]);
    let first = bench.index();
    let again = bench.index();
    assert_eq!(again.generation, first.generation);
    assert_eq!(counts(&again), [0, 0, 0, 4]);
    assert_eq!(folders(&bench.kb()).len(), 1);
}

#[test]
fn changes_and_deletions_reach_the_index() {
    let bench = Bench::new(&[("faq.yaml", FAQ), ("guide.md", "# Guide\n\nOld text.\n")]);
    bench.index();
    bench.write("guide.md", "# Guide\n\nNew text.\n");
    bench.write("more.md", "# More\n\nElephants.\n");
    let report = bench.index();
    assert_eq!(counts(&report), [1, 1, 0, 3]);
    assert_eq!(bench.ask("elephants").candidates[0].title, "More");
    fs::remove_file(bench.source().join("more.md")).unwrap();
    assert_eq!(counts(&bench.index()), [0, 0, 1, 4]);
    assert!(bench.ask("elephants").candidates.is_empty());
}

#[test]
fn unchanged_files_are_taken_from_the_generation_before() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    bench.index();
    let generation = bench.library.generation().unwrap();
    let path = bench
        .kb()
        .join(format!("gen-{}/entries.jsonl", generation.id()));
    let marked = fs::read_to_string(&path)
        .unwrap()
        .replace("All of them.", "Reused.");
    fs::write(&path, marked).unwrap();
    bench.write("new.txt", "something new");
    bench.index();
    assert_eq!(
        bench
            .ask("which cards do you accept")
            .answer
            .unwrap()
            .markdown,
        "Reused."
    );
}

#[test]
fn another_base_url_makes_new_links() {
    let bench = Bench::new(&[("guide.md", "# Guide\n\n## Setup\n\nDo this.\n")]);
    bench.index();
    let job = IndexJob {
        base_url: Some("https://example.org".to_owned()),
        ..bench.job()
    };
    let report = bench.library.index(&job, &mut |_| {}).unwrap();
    assert_eq!(counts(&report), [0, 1, 0, 0]);
    let source = bench.ask("setup").candidates[0].source.clone();
    assert_eq!(
        source.url.as_deref(),
        Some("https://example.org/guide#setup")
    );
}

#[test]
fn broken_files_are_named_and_the_rest_is_indexed() {
    let bench = Bench::new(&[
        ("faq.yaml", FAQ),
        ("bad.yaml", "- question: [\n"),
        ("empty.md", ""),
    ]);
    bench.write("latin.txt", b"fine \xc3\xa9\xc3\xa9\ncaf\xe9\n");
    bench.write("twice.jsonl", "{\"id\":\"a\",\"question\":\"One?\",\"answer\":\"1\"}\n{\"id\":\"a\",\"question\":\"Two?\",\"answer\":\"2\"}\n");
    for _ in 0..2 {
        let report = bench.index();
        assert_eq!(report.entries, 4);
        let files: Vec<_> = report.problems.iter().map(|p| p.file.as_str()).collect();
        assert_eq!(files, ["bad.yaml", "empty.md", "latin.txt", "twice.jsonl"]);
        assert_eq!(report.problems[2].line, Some(2));
        assert_eq!(report.problems[3].line, Some(2));
    }
}

#[test]
fn progress_is_told_before_each_file_and_at_the_end() {
    let bench = Bench::new(&[("a.txt", "one"), ("b.txt", "two")]);
    let mut told = Vec::new();
    let mut tell = |p: crate::Progress| told.push(format!("{}/{} {}", p.done, p.total, p.file));
    bench.library.index(&bench.job(), &mut tell).unwrap();
    assert_eq!(
        told,
        [
            "0/2 a.txt",
            "1/2 b.txt",
            "2/2 ",
            "0/2 understanding the texts"
        ]
    );
}

#[test]
fn another_library_on_the_same_folder_switches_over_by_refresh() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    let server = Library::open(bench.kb()).unwrap();
    assert!(!server.refresh().unwrap());
    bench.index();
    assert!(server.refresh().unwrap());
    assert!(!server.refresh().unwrap());
    assert_eq!(server.generation().unwrap().len(), 3);
}

#[test]
fn a_running_query_keeps_its_generation_and_old_ones_are_pruned() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    bench.index();
    let held = bench.library.generation().unwrap();
    for n in 0..4 {
        bench.write("n.txt", format!("number {n}"));
        bench.index();
    }
    let names = folders(&bench.kb());
    assert_eq!(
        names.len(),
        3,
        "the current, the one before, the held one: {names:?}"
    );
    let judgement = held.judge("forgot password", &Settings::default()).unwrap();
    assert_eq!(judgement.candidates[0].title, "How do I reset my password?");
    drop(held);
    bench.write("n.txt", "number 5");
    bench.index();
    assert_eq!(folders(&bench.kb()).len(), 2);
}

#[test]
fn content_that_comes_back_gets_its_generation_back() {
    let bench = Bench::new(&[("a.txt", "one")]);
    let first = bench.index().generation;
    bench.write("a.txt", "two");
    assert_ne!(bench.index().generation, first);
    bench.write("a.txt", "one");
    assert_eq!(bench.index().generation, first);
    assert_eq!(bench.ask("one").candidates.len(), 1);
}

#[test]
fn what_a_crash_left_half_built_is_swept_and_the_old_generation_stays() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    let first = bench.index().generation;
    let half = bench.kb().join(".building-0123456789abcdef");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("entries.jsonl"), "{").unwrap();
    fs::write(bench.kb().join(".CURRENT.new"), "gen-").unwrap();
    let reopened = Library::open(bench.kb()).unwrap();
    assert_eq!(reopened.generation().unwrap().id(), first);
    bench.write("a.txt", "one");
    let report = reopened.index(&bench.job(), &mut |_| {}).unwrap();
    assert_eq!(report.entries, 4);
    assert!(!half.exists());
}

#[test]
fn a_generation_folder_without_its_end_is_built_again() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    let id = bench.index().generation;
    fs::remove_file(bench.kb().join(format!("gen-{id}/manifest.json"))).unwrap();
    let error = Library::open(bench.kb()).map(|_| ()).unwrap_err();
    assert!(matches!(error, KbError::Broken { .. }), "{error}");
    let library = Library::open_to_index(bench.kb(), Embedder::BuiltIn);
    let report = library.index(&bench.job(), &mut |_| {}).unwrap();
    assert_eq!((report.generation, report.added), (id, 3));
    assert_eq!(
        Library::open(bench.kb())
            .unwrap()
            .generation()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_pointer_to_nowhere_is_an_error_that_says_what_to_do() {
    let bench = Bench::new(&[]);
    fs::create_dir(bench.kb()).unwrap();
    fs::write(bench.kb().join("CURRENT"), "gen-../../etc\n").unwrap();
    let error = Library::open(bench.kb()).map(|_| ()).unwrap_err();
    assert!(
        error.to_string().contains("index the knowledge again"),
        "{error}"
    );
}

#[test]
fn a_second_process_that_indexes_is_told_to_wait() {
    let bench = Bench::new(&[("a.txt", "one")]);
    fs::create_dir(bench.kb()).unwrap();
    let lock = fs::File::create(bench.kb().join("LOCK")).unwrap();
    lock.lock().unwrap();
    let error = bench.library.index(&bench.job(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, KbError::Busy { .. }), "{error}");
    drop(lock);
    assert_eq!(bench.index().entries, 1);
}

#[test]
fn questions_are_judged_while_indexing_goes_on() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    bench.index();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    assert_eq!(bench.ask("Where is my parcel?").verdict, Verdict::Answer);
                }
            });
        }
        for n in 0..8 {
            bench.write("n.txt", format!("number {n}"));
            bench.index();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(bench.library.generation().unwrap().len(), 4);
}

#[test]
fn entries_can_be_listed_and_shown() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    bench.index();
    let generation = bench.library.generation().unwrap();
    let ids: Vec<_> = generation
        .entries()
        .map(|entry| entry.unwrap().id)
        .collect();
    assert_eq!(ids[1], "faq.yaml#which-cards-do-you-accept");
    let shown = generation.entry(&ids[1]).unwrap().unwrap();
    assert_eq!(shown.body, "All of them.");
    assert!(generation.entry("nobody").unwrap().is_none());
}

#[test]
fn a_judgement_survives_storage() {
    let bench = Bench::new(&[("faq.yaml", FAQ)]);
    bench.index();
    let judgement = bench.ask("which cards\nare accepted?\u{7}");
    assert_eq!(judgement.query, "which cards are accepted?");
    let stored = serde_json::to_string(&judgement).unwrap();
    let back: Judgement = serde_json::from_str(&stored).unwrap();
    assert_eq!(back, judgement);
    assert_eq!(back.settings_hash, Settings::default().hash());
}
