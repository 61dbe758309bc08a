//! Tells from a visitor's words what they want, so that `Dialogue` need not see them.
//!
//! No model: each language has a file of phrases and patterns (`languages/`), and a message is read in all of them,
//! because visitors mix them and nobody has said which one they write. What is not surely a courtesy or a request
//! for a person is a question, and a question is never lost: at worst it is handed over. How often this is wrong,
//! both ways and by language, is measured in `tests`.
//!
//! Which file answers which question:
//! - `words`: how a message becomes sentences and words that can be compared.
//! - `phrases`: where words and phrases stand in a sentence.
//! - `pattern`: how a row of them is looked for.
//! - `language`: what a language's file means.

mod language;
mod pattern;
mod phrases;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

use self::language::{LANGUAGES, Language, Reading};
use self::words::Sentence;
use crate::event::Intent;

/// What a message wants, and the language in which that was understood.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    pub intent: Intent,
    language: Option<&'static Language>,
}

impl Heard {
    /// What the bot answers to it, in the visitor's language, if it is a courtesy.
    pub fn says(&self) -> Option<&'static str> {
        self.language?.says(self.intent)
    }
}

/// What the message wants.
pub fn classify(text: &str) -> Intent {
    hear(text).intent
}

/// Whoever asks for a person gets one, whatever else they say; a question wins over all courtesies beside it.
pub fn hear(text: &str) -> Heard {
    let mut best: Option<(Intent, &'static Language)> = None;
    let mut asks = false;
    for sentence in &words::sentences(text) {
        let readings = read(sentence);
        if wants_person(sentence, &readings) {
            return heard(Intent::Person);
        }
        for clause in sentence.clauses() {
            match courtesy(&readings, &clause) {
                None => asks = true,
                Some(found) if best.is_none_or(|best| weight(found.0) > weight(best.0)) => {
                    best = Some(found);
                }
                Some(_) => {}
            }
        }
    }
    best.filter(|_| !asks)
        .map_or(heard(Intent::Question), |(intent, language)| Heard {
            intent,
            language: Some(language),
        })
}

fn heard(intent: Intent) -> Heard {
    Heard {
        intent,
        language: None,
    }
}

fn read(sentence: &Sentence) -> Vec<(&'static Language, Reading<'_>)> {
    let read = |language: &'static Language| (language, language.read_sentence(&sentence.words));
    LANGUAGES.iter().map(read).collect()
}

fn wants_person(sentence: &Sentence, readings: &[(&'static Language, Reading)]) -> bool {
    let asks = |stretch: &Range<usize>| {
        readings
            .iter()
            .any(|(_, reading)| reading.asks_for_person(stretch))
    };
    // "Hi, an agent please": what stands alone counts, when all that stands beside it is no question.
    let beside = |clause: &Range<usize>| asks(clause) || courtesy(readings, clause).is_some();
    asks(&sentence.whole())
        || !sentence.ends.is_empty()
            && sentence.clauses().any(|clause| asks(&clause))
            && sentence.clauses().all(|clause| beside(&clause))
}

fn courtesy(
    readings: &[(&'static Language, Reading)],
    clause: &Range<usize>,
) -> Option<(Intent, &'static Language)> {
    let mut readings = readings.iter();
    readings.find_map(|(language, reading)| Some((reading.courtesy(clause)?, *language)))
}

/// Of several courtesies in a message, the one that most needs an answer counts.
fn weight(intent: Intent) -> u8 {
    match intent {
        Intent::Question | Intent::Person => 4,
        Intent::Reject => 3,
        Intent::SmallTalk => 2,
        Intent::Greeting => 1,
        Intent::Thanks => 0,
    }
}
