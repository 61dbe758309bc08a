//! Tells from a visitor's words what they want, so that `Dialogue` need not see them.
//!
//! Deliberately small: whole short messages only. What is not surely a greeting, thanks or a request for a person
//! is a question, and a question is never lost: at worst it is handed over.

use crate::event::Intent;

/// Messages longer than this many words are questions, whatever else they say.
const SHORT: usize = 12;

const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hi there",
    "hello there",
    "hey there",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "hallo",
    "moin",
];

const THANKS: &[&str] = &[
    "thanks",
    "thank you",
    "thx",
    "ty",
    "cheers",
    "great thanks",
    "ok thanks",
    "okay thanks",
    "thanks a lot",
    "thank you very much",
    "thank you so much",
    "many thanks",
    "perfect thanks",
    "great thank you",
    "thanks so much",
    "ok",
    "okay",
    "ok great",
    "great",
    "perfect",
    "cool",
    "got it",
    "ok thank you",
    "thanks bye",
    "bye",
    "goodbye",
    "danke",
];

/// A person, as visitors call them.
const PERSONS: &[&str] = &[
    "person",
    "human",
    "agent",
    "operator",
    "someone",
    "somebody",
    "representative",
    "real person",
    "human being",
    "staff",
    "support agent",
    "team",
    "people",
    "someone real",
    "real human",
    "live agent",
];

/// What they ask to do with one. Kept apart from questions *about* staff by needing both.
const REACH: &[&str] = &[
    "talk", "speak", "chat", "connect", "transfer", "get", "want", "need", "contact", "reach",
    "call",
];

/// Words that make it a question about something, not a request.
const ABOUT: &[&str] = &[
    "how", "what", "when", "where", "which", "why", "who", "does", "do", "if", "many", "is", "are",
    "will",
];

/// What the message wants.
pub fn classify(text: &str) -> Intent {
    let words = words(text);
    let line = words.join(" ");
    if words.is_empty() || words.len() > SHORT {
        return Intent::Question;
    }
    if GREETINGS.contains(&line.as_str()) {
        return Intent::Greeting;
    }
    if THANKS.contains(&line.as_str()) {
        return Intent::Thanks;
    }
    match wants_person(&words, &line) {
        true => Intent::Person,
        false => Intent::Question,
    }
}

fn wants_person(words: &[String], line: &str) -> bool {
    let polite = line
        .trim_end_matches(" please")
        .trim_start_matches("please ")
        .trim_start_matches("a ");
    if PERSONS.contains(&polite) && polite != "team" && polite != "staff" && polite != "people" {
        return true;
    }
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let about = words
        .first()
        .is_some_and(|word| ABOUT.contains(&word.as_str()));
    has(REACH) && has(PERSONS) && !about
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .take(SHORT + 1)
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_for_a_person_are_told_from_questions_about_people() {
        for text in [
            "I want to talk to a person",
            "Can I speak to a human?",
            "agent please",
            "Human!",
            "please connect me with someone real",
            "I need to talk to somebody",
        ] {
            assert_eq!(classify(text), Intent::Person, "{text}");
        }
        for text in [
            "How do I add an agent?",
            "What does the agent see when a visitor writes?",
            "Does hinny work without a person on call?",
            "How many people can answer?",
            "What are your support hours?",
            "team",
        ] {
            assert_eq!(classify(text), Intent::Question, "{text}");
        }
    }

    #[test]
    fn courtesies_are_whole_messages() {
        assert_eq!(classify("Thanks!"), Intent::Thanks);
        assert_eq!(classify("  hello :) "), Intent::Greeting);
        assert_eq!(classify("Thanks, but how do I undo it?"), Intent::Question);
        assert_eq!(classify("hello, is Telegram free?"), Intent::Question);
    }

    #[test]
    fn anything_else_is_a_question() {
        for text in ["", "???", "🐴", "\u{0}", &"person ".repeat(50)] {
            assert_eq!(classify(text), Intent::Question, "{text:?}");
        }
    }
}
