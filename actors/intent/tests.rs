//! How often a wish is misread, both ways, on the lines of `fixtures/intents/`.
//!
//! The rules were made with the lines marked *seen*. Those marked *held* were written before the rules and were not
//! looked at while the rules were made: what they say is an honest guess of how it goes with other people's lines.

use super::language::{FILES, NAMES};
use super::*;

struct Row {
    language: &'static str,
    held: bool,
    wanted: Intent,
    text: String,
}

fn rows() -> Vec<Row> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/intents");
    let mut rows = Vec::new();
    for (language, _) in FILES {
        let path = format!("{folder}/{language}.tsv");
        let file = std::fs::read_to_string(&path).expect("every language has its lines");
        for line in file.lines() {
            let [set, wanted, text] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{path}: {line}");
            };
            rows.push(Row {
                language,
                held: set == "held",
                wanted: serde_json::from_value(wanted.into()).expect("an intent"),
                text: text.to_owned(),
            });
        }
    }
    rows
}

/// How many of some rows were read as something else than they are.
#[derive(Clone, Copy, Default)]
struct Count {
    rows: usize,
    wrong: usize,
}

impl Count {
    fn add(&mut self, wrong: bool) {
        self.rows += 1;
        self.wrong += usize::from(wrong);
    }

    fn percent(self) -> f64 {
        100.0 * self.wrong as f64 / self.rows.max(1) as f64
    }
}

/// Requests that were missed, other lines that were taken for one, and courtesies that were not seen as theirs.
#[derive(Clone, Copy, Default)]
struct Rates {
    missed: Count,
    false_calls: Count,
    courtesies: Count,
}

fn rates(wanted: impl Fn(&Row) -> bool) -> Rates {
    let mut rates = Rates::default();
    for row in rows().iter().filter(|row| wanted(row)) {
        let found = classify(&row.text);
        match row.wanted {
            Intent::Person => rates.missed.add(found != Intent::Person),
            _ => rates.false_calls.add(found == Intent::Person),
        }
        if !matches!(row.wanted, Intent::Person | Intent::Question) {
            rates.courtesies.add(found != row.wanted);
        }
    }
    rates
}

/// `cargo test -p hinny-actors intent -- --nocapture` prints the table.
#[test]
fn requests_for_a_person_are_told_from_questions_in_eight_languages() {
    println!("           requests missed   others taken for one   courtesies misread (seen, held)");
    for (language, _) in FILES {
        let of = |held| rates(|row| row.language == *language && row.held == held);
        let (seen, held) = (of(false), of(true));
        let cell = |seen: Count, held: Count| {
            format!("{}/{} {}/{}", seen.wrong, seen.rows, held.wrong, held.rows)
        };
        println!(
            "{language:10} {:17} {:22} {}",
            cell(seen.missed, held.missed),
            cell(seen.false_calls, held.false_calls),
            cell(seen.courtesies, held.courtesies),
        );
        assert_eq!(
            (seen.missed.wrong, seen.false_calls.wrong),
            (0, 0),
            "{language}"
        );
    }
    let held = rates(|row| row.held);
    println!(
        "held: {:.1} % missed, {:.1} % taken for one, {:.1} % of courtesies misread",
        held.missed.percent(),
        held.false_calls.percent(),
        held.courtesies.percent()
    );
    assert!(held.missed.percent() <= 5.0);
    assert!(held.false_calls.percent() <= 4.0);
    assert!(held.courtesies.percent() <= 15.0);
}

#[test]
fn the_lines_are_many_and_go_both_ways() {
    let (requests, others): (Vec<_>, Vec<_>) = rows()
        .into_iter()
        .partition(|row| row.wanted == Intent::Person);
    assert!(requests.len() >= 200 && others.len() >= 200);
    for (language, _) in FILES {
        let held = requests
            .iter()
            .chain(&others)
            .filter(|row| row.held && row.language == *language);
        assert!(held.count() >= 30, "{language}");
    }
}

#[test]
fn a_request_wins_over_a_question_and_a_question_over_courtesies() {
    for (text, wanted) in [
        (
            "What are your opening hours? I want to talk to a person.",
            Intent::Person,
        ),
        ("thanks, but I need a human", Intent::Person),
        ("no, agent", Intent::Person),
        ("Thanks! How do I undo it?", Intent::Question),
        ("hello, is Telegram free?", Intent::Question),
        ("  hello :) ", Intent::Greeting),
        ("Hi! No, that's wrong.", Intent::Reject),
        ("hello, are you a bot?", Intent::SmallTalk),
        ("danke, super!", Intent::Thanks),
        ("team", Intent::Question),
    ] {
        assert_eq!(classify(text), wanted, "{text}");
    }
}

#[test]
fn anything_else_is_a_question() {
    let long = "person ".repeat(5_000);
    for text in ["", "???", "🐴", "\u{0}", &long] {
        assert_eq!(classify(text), Intent::Question, "{:.20?}", text);
    }
}

#[test]
fn every_language_answers_every_courtesy() {
    for ((code, _), language) in FILES.iter().zip(LANGUAGES.iter()) {
        for intent in [
            Intent::Greeting,
            Intent::Thanks,
            Intent::SmallTalk,
            Intent::Reject,
        ] {
            assert!(language.says(intent).is_some(), "{code} {intent:?}");
        }
    }
    assert_eq!(hear("vielen Dank!").says(), Some("Gern geschehen!"));
}

#[test]
fn every_language_says_that_it_has_no_answer() {
    for ((code, _), language) in FILES.iter().zip(LANGUAGES.iter()) {
        for name in NAMES {
            assert!(language.sentence(name).is_some(), "{code} {name}");
        }
        // What stands on the button is understood when it is typed.
        let says = super::says(Some(code));
        assert_eq!(
            classify(says.person),
            Intent::Person,
            "{code}: {}",
            says.person
        );
    }
    assert_eq!(
        super::says(Some("pt-BR")).suggest,
        super::says(Some("pt")).suggest
    );
    assert_eq!(super::says(Some("nl")).suggest, super::says(None).suggest);
}
