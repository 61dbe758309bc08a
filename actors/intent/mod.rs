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

use std::collections::BTreeSet;
use std::ops::Range;

use self::language::{FILES, LANGUAGES, Language, Reading};
use self::words::Sentence;
use crate::event::Intent;

/// What goes on in more words than these may well have a subject of its own.
const CURT: usize = 4;

/// A line of more words than these is a whole one.
const SHORT: usize = 6;

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

/// What the bot says when it has no answer.
pub struct Says {
    /// Above suggestions, and the button for none of them.
    pub suggest: &'static str,
    pub none: &'static str,
    /// Where the knowledge base lacks the language, and the button for a person.
    pub foreign: &'static str,
    pub person: &'static str,
    /// In front of a part that has no answer.
    pub part: &'static str,
    /// To "no, that did not help".
    pub reject: &'static str,
}

/// The bot's sentences in the language with this code, such as `pt` or `pt-BR`, or in English.
pub fn says(code: Option<&str>) -> Says {
    let main = code.and_then(|code| code.split(['-', '_']).next());
    let is_it = |code: &str| {
        FILES
            .iter()
            .position(|(known, _)| known.eq_ignore_ascii_case(code))
    };
    let known = main.and_then(is_it);
    let language = &LANGUAGES[known.unwrap_or(0)];
    let sentence = |name| language.sentence(name).unwrap_or_default();
    Says {
        suggest: sentence("suggest"),
        none: sentence("none"),
        foreign: sentence("foreign"),
        person: sentence("person"),
        part: sentence("part"),
        reject: language.says(Intent::Reject).unwrap_or_default(),
    }
}

#[cfg(test)]
fn classify(text: &str) -> Intent {
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

/// How a line belongs to what was asked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// "And for teams?" makes no sense alone.
    Surely,
    /// "Is it free?" may.
    Perhaps,
}

/// Whether a short line goes on with what was asked before.
pub fn goes_on(text: &str) -> Option<Follows> {
    let sentences = words::sentences(text);
    let [sentence] = sentences.as_slice() else {
        return None;
    };
    let readings = read(sentence);
    let any = |surely| {
        let mut readings = readings.iter();
        readings.any(|(_, reading)| reading.goes_on(surely))
    };
    let (surely, perhaps) = (any(true), any(false));
    match words::weight(text) <= CURT {
        true if surely => Some(Follows::Surely),
        _ if surely || perhaps => Some(Follows::Perhaps),
        _ => None,
    }
}

/// Whether two questions are the same but for words that mean little: order, politeness, articles, "again".
pub fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (meaning(one), meaning(other));
    !one.is_empty() && one == other
}

fn meaning(text: &str) -> BTreeSet<String> {
    let mut words = words::words(text);
    words.retain(|word| !LANGUAGES.iter().any(|language| language.is_small(word)));
    words.into_iter().collect()
}

/// Whether somebody waits for words: there is a question mark in it.
pub fn asks(text: &str) -> bool {
    words::sentences(text).iter().any(|sentence| sentence.asks)
}

/// A line so short, and without any mark at its end, may be the beginning of more.
pub fn sounds_unfinished(text: &str) -> bool {
    let text = text.trim_end();
    let marked = text.ends_with(|c: char| !c.is_alphanumeric() && !",،、-–…".contains(c));
    !marked && words::weight(text) <= SHORT
}

/// The questions of a message, when there are several that make sense alone. What stands between them goes with the
/// one after it.
pub fn questions(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['?', '\u{ff1f}', '\u{61f}']) {
        let end = at + rest[at..].chars().next().map_or(1, char::len_utf8);
        let part = rest[..end].trim();
        let alone = words::weight(part) >= 3 && goes_on(part) != Some(Follows::Surely);
        match parts.last_mut() {
            Some(last) if !alone => *last = format!("{last} {part}"),
            _ => parts.push(part.to_owned()),
        }
        rest = &rest[end..];
    }
    if let Some(last) = parts.last_mut()
        && !rest.trim().is_empty()
    {
        *last = format!("{last} {}", rest.trim());
    }
    parts
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
