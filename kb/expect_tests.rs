//! What a team expects of its knowledge is told apart from what it gets.

use std::path::Path;

use crate::{Checked, IndexJob, KbError, Library, Settings, check_expectations};

fn shop() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/kb/shop"))
}

fn checked(yaml: &str) -> Result<Vec<Checked>, KbError> {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open(dir.path().join("kb")).unwrap();
    let job = IndexJob {
        paths: vec![shop().to_owned()],
        ..IndexJob::default()
    };
    library.index(&job, &mut |_| {}).unwrap();
    let file = dir.path().join("expectations.yaml");
    std::fs::write(&file, yaml).unwrap();
    check_expectations(&library.generation().unwrap(), &Settings::default(), &file)
}

fn problems(yaml: &str) -> Vec<String> {
    let all = checked(yaml).unwrap();
    all.into_iter().flat_map(|one| one.problems).collect()
}

#[test]
fn what_is_as_expected_passes() {
    let all = checked(
        "- question: How long does delivery take?\n  expect: delivery-time\n  says: [WORKING days]\n  never_says: tomorrow\n\
         - question: Can the soles be replaced?\n  expect: boots-care.md\n\
         - question: When will my parcel arrive?\n  suggest: delivery-time\n\
         - question: When will my parcel arrive?\n  says: two to four\n\
         - question: Xylophones qqq zzz?\n  hand_over: true\n\
         - question: Xylophones qqq zzz?\n  no_answer: true\n",
    )
    .unwrap();
    assert_eq!(all.len(), 6);
    for one in &all {
        assert!(one.passed(), "{one:?}");
    }
    assert_eq!(
        (all[1].line, all[0].entry.as_deref()),
        (5, Some("delivery-time"))
    );
}

#[test]
fn each_way_of_missing_is_told() {
    let told = problems(
        "- question: How long does delivery take?\n  expect: returns\n\
         - question: How long does delivery take?\n  hand_over: true\n\
         - question: Xylophones qqq zzz?\n  suggest: returns\n\
         - question: How long does delivery take?\n  expect: delivery-time\n  says: tomorrow\n  never_says: [abroad, mars]\n",
    );
    let wanted = [
        "expected the answer of `returns`, got the answer of `delivery-time` (0.99 sure)",
        "expected a hand-over, got the answer of `delivery-time` (0.99 sure)",
        "expected `returns` as the answer or as a suggestion, got a hand-over",
        "the answer lacks “tomorrow”",
        "the answer has “abroad”",
    ];
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert!(told.starts_with(wanted), "{told}");
    }
}

#[test]
fn an_entry_that_is_gone_is_named() {
    let told = problems("- question: How long does delivery take?\n  expect: shipping\n");
    assert_eq!(told[0], "the knowledge has no entry or document `shipping`");
}

#[test]
fn a_file_that_makes_no_sense_is_refused_with_its_line() {
    let wrong = [
        ("question: alone", 1, "list"),
        (
            "- question: A?\n  expect: x\n- question: B?\n  expected: y\n",
            4,
            "expected",
        ),
        (
            "- question: A?\n  expect: x\n- question: B?\n",
            3,
            "what is expected",
        ),
        ("- question: ' '\n  hand_over: true\n", 1, "empty"),
        (
            "- question: A?\n  expect: x\n  hand_over: true\n",
            1,
            "one of them",
        ),
        (
            "- question: A?\n  hand_over: true\n  says: x\n",
            1,
            "go with `expect`",
        ),
        ("- question: [open\n", 1, "expectations"),
    ];
    for (yaml, at, why) in wrong {
        let error = checked(yaml).unwrap_err();
        let KbError::Questions { line, what, .. } = error else {
            panic!("{yaml}: {error}");
        };
        assert!(
            line.abs_diff(at) <= 1 && what.contains(why),
            "{yaml}: {line}: {what}"
        );
    }
}
