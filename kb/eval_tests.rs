//! Quality as tests: the shop's questions, always; and floors on public question sets where those lie
//! beside the repository. A floor is a little below what was measured, so that only a loss fails.

use std::path::{Path, PathBuf};

use crate::{EvalReport, Evaluation, IndexJob, Library, Settings, Verdict, evaluate};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/kb")
}

fn shop() -> Evaluation {
    let questions = fixtures().join("questions.jsonl");
    evaluate(&fixtures().join("shop"), &questions, &Settings::default()).unwrap()
}

#[test]
fn the_shop_answers_its_visitors() {
    let evaluation = shop();
    assert!(evaluation.problems.is_empty());
    let report = &evaluation.report;
    assert_eq!((report.entries, report.queries), (16, 24));
    let misses: Vec<_> = evaluation
        .outcomes
        .iter()
        .filter(|o| o.expect.is_some() && !o.right())
        .map(|o| o.query.as_str())
        .collect();
    assert!(misses.len() <= 1, "{misses:?}");
    assert!(report.in_scope_accuracy.unwrap() >= 0.75, "{report:?}");
    assert_eq!(report.wrong_rate, Some(0.0), "{report:?}");
    assert_eq!(report.oos_recall, Some(1.0), "{report:?}");
}

#[test]
fn the_curve_goes_from_everything_to_nothing() {
    let curve = shop().curve;
    assert_eq!((curve[0].border, curve[0].coverage), (0.0, 1.0));
    let last = curve.last().unwrap();
    assert_eq!(
        (last.border, last.coverage, last.wrong_rate),
        (1.0, 0.0, 0.0)
    );
    assert!(
        curve
            .windows(2)
            .all(|pair| pair[0].coverage >= pair[1].coverage)
    );
}

#[test]
fn each_broken_file_is_named_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open(dir.path()).unwrap();
    let job = IndexJob {
        paths: vec![fixtures().join("broken")],
        ..IndexJob::default()
    };
    let report = library.index(&job, &mut |_| {}).unwrap();
    let named: Vec<_> = report
        .problems
        .iter()
        .map(|problem| (problem.file.as_str(), problem.line))
        .collect();
    assert_eq!(
        named,
        [
            ("empty.md", None),
            ("front-matter.md", Some(2)),
            ("no-answer.yaml", Some(1)),
            ("no-columns.csv", Some(1)),
            ("no-comma.json", Some(3)),
            ("one-bad-line.jsonl", Some(2)),
            ("open-quote.yaml", Some(3)),
            ("ragged.csv", Some(2)),
            ("twice.yaml", Some(4)),
        ]
    );
    assert_eq!(
        report.entries, 6,
        "latin-1.txt is read: its encoding is recognised"
    );
}

#[test]
fn a_bad_question_file_is_named_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("q.jsonl");
    std::fs::write(&path, "{\"query\": \"a\"}\n\n{\"quest\": 1}\n").unwrap();
    let error = evaluate(&fixtures().join("shop"), &path, &Settings::default()).unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
}

/// Evaluates a public set, or tells why not.
fn public(name: &str) -> Option<Evaluation> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/eval");
    if !dir.is_dir() {
        println!("skipped: ../shared/eval is absent");
        return None;
    }
    let file = |end: &str| dir.join(format!("{name}.{end}.jsonl"));
    Some(evaluate(&file("kb"), &file("queries"), &Settings::default()).unwrap())
}

/// Floors of top1, recall_at_3 and auroc, and ceilings of ece and wrong_rate.
fn check(
    name: &str,
    [top1, recall, auroc]: [f64; 3],
    [ece, wrong]: [f64; 2],
) -> Option<EvalReport> {
    let report = public(name)?.report;
    assert!(report.top1.unwrap() >= top1, "{name}: {report:?}");
    assert!(report.recall_at_3.unwrap() >= recall, "{name}: {report:?}");
    assert!(report.auroc.unwrap() >= auroc, "{name}: {report:?}");
    assert!(report.ece.unwrap() <= ece, "{name}: {report:?}");
    assert!(report.wrong_rate.unwrap() <= wrong, "{name}: {report:?}");
    Some(report)
}

#[test]
fn an_assistant_of_ten_subjects_holds_its_floors() {
    check("clinc-single-banking", [0.96, 0.99, 0.91], [0.095, 0.135]);
}

#[test]
fn clinc150_holds_its_floors() {
    check("clinc150", [0.875, 0.96, 0.90], [0.065, 0.065]);
}

#[test]
fn banking77_holds_its_floors() {
    check("banking77", [0.82, 0.93, 0.86], [0.10, 0.08]);
}

#[test]
fn hwu64_holds_its_floors() {
    check("hwu64", [0.765, 0.905, 0.81], [0.16, 0.07]);
}

#[test]
fn a_real_shops_traffic_holds_its_floors() {
    let floors = [0.82, 0.97, 0.88];
    let Some(report) = check("hint3-sofmattress", floors, [0.085, 0.07]) else {
        return;
    };
    assert!(report.in_scope_accuracy.unwrap() >= 0.59, "{report:?}");
    assert!(report.accuracy.unwrap() >= 0.7, "{report:?}");
    assert!(report.suggest_hit.unwrap() >= 0.6, "{report:?}");
}

#[test]
fn documents_hold_their_floors() {
    check("xquad-en-docs", [0.97, 0.99, 0.99], [0.05, 0.02]);
}

#[test]
fn a_word_for_word_question_is_always_answered_rightly() {
    let questions = fixtures().join("questions.jsonl");
    let dir = tempfile::tempdir().unwrap();
    let own = dir.path().join("own.jsonl");
    let library = Library::open(dir.path().join("kb")).unwrap();
    let job = IndexJob {
        paths: vec![fixtures().join("shop")],
        ..IndexJob::default()
    };
    library.index(&job, &mut |_| {}).unwrap();
    let generation = library.generation().unwrap();
    let mut lines = String::new();
    for entry in generation.entries().map(Result::unwrap) {
        for query in entry.alternates.iter().map(|text| text.to_uppercase()) {
            lines += &format!(
                "{}\n",
                serde_json::json!({"query": query, "expect": entry.id})
            );
        }
    }
    std::fs::write(&own, lines).unwrap();
    assert!(questions.exists());
    let evaluation = evaluate(&fixtures().join("shop"), &own, &Settings::default()).unwrap();
    assert!(evaluation.outcomes.len() >= 14);
    for outcome in &evaluation.outcomes {
        assert!(
            outcome.right() && outcome.verdict == Verdict::Answer,
            "{outcome:?}"
        );
    }
}
