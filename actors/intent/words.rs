//! `Sentence`: what somebody wrote, as words that can be compared: small letters, no accents, no marks.
//!
//! Scripts that write no spaces count each sign as a word, so that the same patterns work on them.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What comes after so many words is not looked at.
const MOST_WORDS: usize = 400;

/// One sentence, cut into clauses at its commas.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    pub words: Vec<String>,
    /// Where clauses end, as positions in `words`.
    pub ends: Vec<usize>,
    /// It ends with a question mark.
    pub asks: bool,
}

impl Sentence {
    pub fn clauses(&self) -> impl Iterator<Item = Range<usize>> {
        let mut from = 0;
        let ends = self.ends.iter().copied().chain([self.words.len()]);
        ends.map(move |to| std::mem::replace(&mut from, to)..to)
            .filter(|clause| !clause.is_empty())
    }

    pub fn whole(&self) -> Range<usize> {
        0..self.words.len()
    }
}

/// The sentences of a message; none for one without any words.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut reader = Reader::default();
    for c in fold(text) {
        if reader.count >= MOST_WORDS {
            break;
        }
        reader.take(c);
    }
    reader.end_sentence(false);
    reader.done
}

/// The words of a phrase, marks and all structure gone.
pub fn words(text: &str) -> Vec<String> {
    sentences(text)
        .into_iter()
        .flat_map(|sentence| sentence.words)
        .collect()
}

/// How many words a text has; of a script without spaces, two signs are about one.
pub fn weight(text: &str) -> usize {
    let words = words(text);
    let signs = words.iter().filter(|word| word.chars().all(stands_alone));
    let signs = signs.count();
    words.len() - signs + signs.div_ceil(2)
}

/// Small letters without accents; letters that are written in several ways become one.
fn fold(text: &str) -> impl Iterator<Item = char> {
    let plain = text.nfkd().filter(|c| !is_silent(*c));
    let recomposed: String = plain.nfc().collect();
    recomposed
        .to_lowercase()
        .chars()
        .map(simple)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Accents, vowel signs and stretching that many leave out. The marks of kana change the sound, and stay.
fn is_silent(c: char) -> bool {
    let of_kana = matches!(c, '\u{3099}' | '\u{309a}');
    is_combining_mark(c) && !of_kana || matches!(c, '\u{640}' | '\u{ad}' | '\u{200b}'..='\u{200f}')
}

fn simple(c: char) -> char {
    match c {
        '\u{ff1f}' | '\u{61f}' => '?',
        '\u{2019}' | '\u{2018}' | '\u{60}' | '\u{b4}' => '\'',
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        'ؤ' => 'و',
        'ئ' => 'ي',
        c => c,
    }
}

/// Articles and pronouns that lose their vowel before another word.
fn is_elided(word: &str) -> bool {
    matches!(
        word,
        "l" | "d" | "j" | "n" | "s" | "m" | "t" | "c" | "qu" | "un"
    )
}

/// Whether each sign of this script counts as a word.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '々')
}

#[derive(Default)]
struct Reader {
    done: Vec<Sentence>,
    now: Sentence,
    word: String,
    /// The word before an apostrophe, until it is known whether both are one.
    before: Option<String>,
    count: usize,
}

impl Reader {
    fn take(&mut self, c: char) {
        match c {
            c if stands_alone(c) => {
                self.end_word();
                self.word.push(c);
                self.end_word();
            }
            'ß' => self.word.push_str("ss"),
            c if c.is_alphanumeric() => self.word.push(c),
            '\'' if !self.word.is_empty() && self.before.is_none() => {
                self.before = Some(std::mem::take(&mut self.word));
            }
            '?' => self.end_sentence(true),
            '.' | '!' | ';' | '\n' | '\u{3002}' | '\u{2026}' | '¡' | '¿' | '؛' => {
                self.end_sentence(false);
            }
            ',' | '،' | '、' | ':' | '(' | ')' => self.end_clause(),
            _ => self.end_word(),
        }
    }

    /// "don't" is one word, "l'agent" and "d'un" are two.
    fn end_word(&mut self) {
        let after = std::mem::take(&mut self.word);
        match self.before.take() {
            Some(before) if after.chars().count() <= 2 && !is_elided(&before) => {
                self.push(before + &after);
            }
            Some(before) => {
                self.push(before);
                self.push(after);
            }
            None => self.push(after),
        }
    }

    fn push(&mut self, word: String) {
        if !word.is_empty() {
            self.now.words.push(word);
            self.count += 1;
        }
    }

    fn end_clause(&mut self) {
        self.end_word();
        let end = self.now.words.len();
        if end > 0 && self.now.ends.last() != Some(&end) {
            self.now.ends.push(end);
        }
    }

    fn end_sentence(&mut self, asks: bool) {
        self.end_word();
        if self.now.words.is_empty() {
            return;
        }
        let mut sentence = std::mem::take(&mut self.now);
        sentence.ends.retain(|end| *end < sentence.words.len());
        sentence.asks = asks;
        self.done.push(sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_it_is_written_makes_no_difference() {
        for (written, plain) in [
            ("DON’T  you…", "dont you"),
            ("l'Agent d'un", "l agent d un"),
            ("Größe", "grosse"),
            ("ＡＢＣ", "abc"),
            ("déjà-vu", "deja vu"),
            ("أُريدُ", "اريد"),
        ] {
            assert_eq!(words(written).join(" "), plain);
        }
        assert_eq!(words("人が"), ["人", "が"]);
        assert_eq!(words("?! 🐴 \u{0}"), [] as [&str; 0]);
    }

    #[test]
    fn sentences_and_clauses_end_where_they_are_marked() {
        let read = sentences("Hi, all! ¿Qué tal? 元気、か？");
        let clauses = |at: usize| {
            read[at]
                .clauses()
                .map(|clause| clause.len())
                .collect::<Vec<_>>()
        };
        assert_eq!(read.len(), 3);
        assert_eq!(
            read.iter().map(|s| s.asks).collect::<Vec<_>>(),
            [false, true, true]
        );
        assert_eq!(
            (clauses(0), clauses(1), clauses(2)),
            (vec![1, 1], vec![2], vec![2, 1])
        );
    }

    #[test]
    fn a_flood_of_words_is_cut() {
        assert_eq!(words(&"word ".repeat(50_000)).len(), MOST_WORDS);
        assert!(words(&"x".repeat(100_000)).len() == 1);
    }
}
