//! What a visitor's way of writing must not spoil: other languages, typing mistakes, and names that mean one thing
//! only.

use crate::{IndexJob, Judgement, Library, Settings, Verdict};

struct Kb {
    library: Library,
    _dir: tempfile::TempDir,
}

/// Knowledge of these questions and answers.
fn kb(faq: &[(&str, &str)]) -> Kb {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("faq.jsonl");
    let lines = faq.iter().map(|(question, answer)| {
        serde_json::json!({"question": question, "answer": answer}).to_string()
    });
    std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let library = Library::open(dir.path().join("kb")).unwrap();
    let job = IndexJob {
        paths: vec![path],
        ..IndexJob::default()
    };
    let report = library.index(&job, &mut |_| {}).unwrap();
    assert!(report.problems.is_empty(), "{report:?}");
    Kb { library, _dir: dir }
}

impl Kb {
    fn ask(&self, question: &str) -> Judgement {
        let generation = self.library.generation().unwrap();
        generation.judge(question, &Settings::default()).unwrap()
    }

    fn title(&self, question: &str) -> String {
        let judgement = self.ask(question);
        judgement
            .candidates
            .first()
            .map_or_else(String::new, |best| best.title.clone())
    }
}

const ENGLISH: [(&str, &str); 9] = [
    ("How long does delivery take?", "Two to four working days."),
    (
        "What is your refund policy?",
        "You get your money back within 30 days.",
    ),
    ("Do you ship to Switzerland?", "Yes, for ten francs."),
    (
        "What does error E0432 mean?",
        "The import could not be resolved.",
    ),
    (
        "What does error E0433 mean?",
        "The path could not be resolved.",
    ),
    (
        "What is new in version 1.2.3?",
        "The list is sorted by date.",
    ),
    (
        "What is new in version 1.3.2?",
        "The list is sorted by name.",
    ),
    (
        "What does --dry-run do?",
        "It only says what would be done.",
    ),
    ("What does ERR_CONN_RESET mean?", "The other side hung up."),
];

#[test]
fn typing_mistakes_are_forgiven() {
    let kb = kb(&ENGLISH);
    for (question, title) in [
        (
            "how long dose delivrey take",
            "How long does delivery take?",
        ),
        ("whats your refnud polcy", "What is your refund policy?"),
        ("ship to switserland", "Do you ship to Switzerland?"),
    ] {
        assert_eq!(kb.title(question), title, "{question}");
    }
    let judgement = kb.ask("switserland");
    assert!(
        judgement.candidates[0].features["matched"] > 0.9,
        "{judgement:?}"
    );
}

#[test]
fn names_are_matched_as_a_whole() {
    let kb = kb(&ENGLISH);
    for (question, title) in [
        ("I get E0433, why?", "What does error E0433 mean?"),
        ("I get e0432, why?", "What does error E0432 mean?"),
        ("changes of v1.3.2", "What is new in version 1.3.2?"),
        ("changes of v1.2.3.", "What is new in version 1.2.3?"),
        ("explain `--dry-run`", "What does --dry-run do?"),
        ("err_conn_reset again!", "What does ERR_CONN_RESET mean?"),
    ] {
        let judgement = kb.ask(question);
        assert_eq!(judgement.candidates[0].title, title, "{question}");
        assert!(judgement.verdict != Verdict::Unsure, "{judgement:?}");
        assert_eq!(judgement.features["named"], 1.0);
    }
}

#[test]
fn a_name_that_nobody_wrote_about_is_not_answered() {
    let kb = kb(&ENGLISH);
    for question in [
        "What does error E0499 mean?",
        "What is new in version 9.9.9?",
    ] {
        let judgement = kb.ask(question);
        assert!(judgement.verdict != Verdict::Answer, "{judgement:?}");
        assert_eq!(judgement.features["strange"], 1.0);
    }
}

#[test]
fn one_word_is_answered_by_a_section_about_it_and_not_by_one_that_mentions_it() {
    let dir = tempfile::tempdir().unwrap();
    let guide = "# Guide\n\n## Backups\n\nEach night everything is copied to another disk.\n\n\
        ## Accounts\n\nOpen the account page. Your plan, your invoice and your name stand there.\n\n\
        ## Sharing\n\nInvite others by mail. They see what you share, and nothing else.\n\n\
        ## Printing\n\nChoose a printer. Paper in A4 and letter size is known to it.\n";
    let more = "# More\n\n## Colours\n\nThere are nine of them. Pick one in the settings.\n\n\
        ## Keyboard\n\nEvery key can be changed. The defaults are those of most editors.\n\n\
        ## Export\n\nA table is written as CSV. Pictures are put beside it.\n\n\
        ## Offline\n\nWithout a network all is kept until there is one.\n";
    std::fs::write(dir.path().join("guide.md"), guide).unwrap();
    std::fs::write(dir.path().join("more.md"), more).unwrap();
    let library = Library::open(dir.path().join("kb")).unwrap();
    let job = IndexJob {
        paths: vec![dir.path().join("guide.md"), dir.path().join("more.md")],
        ..IndexJob::default()
    };
    library.index(&job, &mut |_| {}).unwrap();
    let generation = library.generation().unwrap();
    let ask = |question| generation.judge(question, &Settings::default()).unwrap();
    for mentioned in ["invoice", "Invoice?", "the invoice"] {
        let judgement = ask(mentioned);
        assert!(judgement.verdict != Verdict::Answer, "{judgement:?}");
        assert_eq!(judgement.features["one_word"], 1.0);
        assert!(
            judgement.candidates[0].title.ends_with("Accounts"),
            "{judgement:?}"
        );
    }
    let judgement = ask("backups");
    assert!(
        !judgement.features.contains_key("one_word"),
        "{judgement:?}"
    );
    assert!(
        judgement.candidates[0].title.ends_with("Backups"),
        "{judgement:?}"
    );
}

const GERMAN: [(&str, &str); 8] = [
    (
        "Wie lange dauert die Lieferung?",
        "Die Lieferung dauert zwei bis vier Werktage.",
    ),
    (
        "Wie kann ich eine Bestellung zurückgeben?",
        "Sie können alles innerhalb von 30 Tagen zurückgeben.",
    ),
    (
        "Welche Zahlungsarten gibt es?",
        "Sie können mit Karte, Rechnung oder Überweisung zahlen.",
    ),
    (
        "Wo finde ich meine Rechnungen?",
        "Sie finden die Rechnungen in Ihrem Konto.",
    ),
    (
        "Wie ändere ich mein Passwort?",
        "Das geht in den Einstellungen unter Sicherheit.",
    ),
    (
        "Liefern Sie auch in die Schweiz?",
        "Ja, wir liefern für zehn Franken in die Schweiz.",
    ),
    (
        "Wann haben Sie geöffnet?",
        "Wir haben von Montag bis Freitag geöffnet.",
    ),
    (
        "Gibt es einen Mengenrabatt?",
        "Ja, ab zehn Stück bekommen Sie einen Rabatt.",
    ),
];

#[test]
fn a_german_knowledge_base_is_searched_by_its_words() {
    let kb = kb(&GERMAN);
    let judgement = kb.ask("Wo ist denn meine Rechnung von gestern?");
    assert_eq!(judgement.language.as_deref(), Some("de"));
    assert!(judgement.language_known && judgement.encoder.is_none());
    assert_eq!(
        judgement.candidates[0].title,
        "Wo finde ich meine Rechnungen?"
    );
    let judgement = kb.ask("Lieferungen?");
    assert_eq!((judgement.language, judgement.encoder), (None, None));
    assert_eq!(
        judgement.candidates[0].title,
        "Wie lange dauert die Lieferung?"
    );
}

#[test]
fn japanese_is_found_by_pairs_of_letters() {
    let kb = kb(&[
        ("パスワードを忘れました", "設定の画面で再設定できます。"),
        ("配送には何日かかりますか", "二日から四日かかります。"),
        ("返品はできますか", "三十日以内なら返品できます。"),
    ]);
    assert_eq!(
        kb.title("パスワードを再設定したい"),
        "パスワードを忘れました"
    );
    assert_eq!(kb.title("返品したいです"), "返品はできますか");
}

#[test]
fn a_language_that_the_knowledge_does_not_have_is_said() {
    let kb = kb(&ENGLISH);
    let judgement = kb.ask("Wie lange dauert es, bis meine Bestellung ankommt?");
    assert_eq!(judgement.language.as_deref(), Some("de"));
    assert!(!judgement.language_known);
    assert!(
        kb.ask("How long does it take until my order arrives?")
            .language_known
    );
}

#[test]
fn what_has_nothing_to_do_with_it_is_handed_over() {
    let kb = kb(&ENGLISH);
    for question in [
        "What colour is the moon on Thursdays?",
        "Who won the chess tournament in Reykjavik in 1972?",
        "My cat does not like the new food",
    ] {
        let judgement = kb.ask(question);
        assert_eq!(judgement.verdict, Verdict::Unsure, "{judgement:?}");
    }
}
