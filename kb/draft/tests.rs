//! What is proposed from pages of all kinds, and that nothing is made up.

use std::fs;

use super::{Origin, Proposal, propose, write_proposals};
use crate::{IndexJob, Library};

fn proposals(files: &[(&str, &str)]) -> Vec<Proposal> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let job = IndexJob {
        paths: vec![dir.path().to_owned()],
        base_url: Some("https://x.example/".to_owned()),
        ..IndexJob::default()
    };
    let (found, problems) = propose(&job).unwrap();
    assert_eq!(problems, []);
    found
}

const FAQ_PAGE: &str = r#"<title>Help</title><main><h1>Help</h1>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"FAQPage","mainEntity":[
 {"@type":"Question","name":"Can I pay by card?","acceptedAnswer":{"@type":"Answer","text":"<p>Yes, with <b>every</b> card.</p>"}},
 {"@type":"Question","name":"Empty?","acceptedAnswer":{"@type":"Answer","text":""}}]}</script>
<details><summary>Where is my parcel?</summary><p>Look at the tracking page.</p></details>
<details><summary>Imprint</summary><p>This is the text of the imprint.</p></details>
<dl><dt>How long does it take</dt><dd>Two to four working days.</dd><dt>Box</dt><dd>A thing made of paper to put in.</dd></dl>
<h2 id="return">Returning an item</h2><p>Print the label and bring it to the post office.</p>
<h2>Company history</h2><p>It all began in a small garage, many years ago.</p></main>"#;

#[test]
fn marked_questions_and_how_to_headings_of_a_page_are_proposed() {
    let found = proposals(&[("help.html", FAQ_PAGE)]);
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.question.as_str(), one.answer.as_str(), one.found))
        .collect();
    assert_eq!(
        told,
        [
            (
                "Can I pay by card?",
                "Yes, with every card.",
                Origin::Listed
            ),
            (
                "Where is my parcel?",
                "Look at the tracking page.",
                Origin::Block
            ),
            (
                "How long does it take",
                "Two to four working days.",
                Origin::Block
            ),
            (
                "How do I return an item?",
                "Print the label and bring it to the post office.",
                Origin::HowTo
            ),
        ]
    );
    assert_eq!(found[0].url.as_deref(), Some("https://x.example/help"));
    assert_eq!(
        found[3].url.as_deref(),
        Some("https://x.example/help#return")
    );
}

#[test]
fn headings_of_markdown_are_proposed_and_entries_that_are_there_are_not() {
    let found = proposals(&[
        (
            "a.md",
            "# Guide\n\n## How to install it\n\nRun the installer as it is.\n\n## Is it free?\n\nYes, it is free for everybody.\n",
        ),
        (
            "b.md",
            "# B\n\n## Is it free?\n\nThe same question on another page.\n",
        ),
        (
            "faq.yaml",
            "- question: Known?\n  answer: This is an entry already.\n",
        ),
    ]);
    let told: Vec<_> = found.iter().map(|one| one.question.as_str()).collect();
    assert_eq!(told, ["How do I install it?", "Is it free?"]);
    assert_eq!(found[0].answer, "Run the installer as it is.");
}

#[test]
fn the_file_can_be_indexed_as_it_is_and_is_never_written_over() {
    let odd = "- a: *b*\n\n```sh\n  # x\n```\n\"quoted\" 'text' # no comment";
    let make = |question: &str, answer: &str| Proposal {
        question: question.to_owned(),
        answer: answer.to_owned(),
        url: Some("https://x.example/#a".to_owned()),
        path: "a.md\n- question: evil".to_owned(),
        found: Origin::Heading,
    };
    let all = [
        make("Why: \"so\"?", odd),
        make("Tabs?", "a\tb\u{85}c"),
        make("Spaces?", "  leads with spaces"),
        make("Long?", &"word ".repeat(200)),
    ];
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("draft.yaml");
    write_proposals(&file, &all, false).unwrap();
    assert!(write_proposals(&file, &[], false).is_err());
    let library = Library::open(dir.path().join("kb")).unwrap();
    let job = IndexJob {
        paths: vec![file.clone()],
        ..IndexJob::default()
    };
    let report = library.index(&job, &mut |_| {}).unwrap();
    assert_eq!((report.problems, report.entries), (vec![], 4));
    let generation = library.generation().unwrap();
    for (entry, proposal) in generation.entries().zip(&all) {
        let entry = entry.unwrap();
        assert_eq!(
            (entry.title.as_str(), entry.body.trim()),
            (proposal.question.as_str(), proposal.answer.trim())
        );
    }
    write_proposals(&file, &[], true).unwrap();
    assert!(fs::read_to_string(&file).unwrap().ends_with("[]\n"));
}
