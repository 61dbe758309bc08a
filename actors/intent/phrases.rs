//! `Phrases`: all words and phrases that a language's patterns speak of, and where they stand in a sentence.
//!
//! A sentence is looked through once; patterns then work with what was found.

use std::collections::{HashMap, HashSet};

use super::words::words;

/// A word of fewer letters must be spelled right.
const FORGIVING: usize = 5;

pub type PhraseId = u16;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Phrase {
    words: Vec<String>,
    /// The last word may go on.
    open: bool,
}

#[derive(Debug, Default)]
pub struct Phrases {
    all: Vec<Phrase>,
    known: HashMap<Phrase, PhraseId>,
    /// By the first letter of their first word.
    by_letter: HashMap<char, Vec<PhraseId>>,
    /// Words that are spelled right, although they look like another one with a wrong letter.
    right: HashSet<String>,
}

impl Phrases {
    /// The id of a phrase; `None` for one without words.
    pub fn add(&mut self, text: &str) -> Option<PhraseId> {
        let phrase = Phrase {
            words: words(&text.replace('_', " ")),
            open: text.ends_with('*'),
        };
        if let Some(id) = self.known.get(&phrase) {
            return Some(*id);
        }
        let letter = phrase.words.first()?.chars().next()?;
        let id = PhraseId::try_from(self.all.len()).ok()?;
        self.by_letter.entry(letter).or_default().push(id);
        self.known.insert(phrase.clone(), id);
        self.all.push(phrase);
        Some(id)
    }

    pub fn is_right(&mut self, word: String) {
        self.right.insert(word);
    }

    pub fn find(&self, line: &[String]) -> Found {
        let at = |at: usize| {
            let word = line[at].as_str();
            let forms = std::iter::once(word).chain(bare(word));
            let mut letters: Vec<char> = forms.filter_map(|form| form.chars().next()).collect();
            letters.sort_unstable();
            letters.dedup();
            let ids = letters
                .iter()
                .filter_map(|letter| self.by_letter.get(letter));
            ids.flatten()
                .filter_map(|id| Some((*id, self.end(&self.all[usize::from(*id)], at, line)?)))
                .collect()
        };
        Found((0..line.len()).map(at).collect())
    }

    /// Where the phrase ends, if it stands at `at`.
    fn end(&self, phrase: &Phrase, at: usize, line: &[String]) -> Option<usize> {
        let end = at + phrase.words.len();
        let found = line.get(at..end)?;
        let last = phrase.words.len().checked_sub(1)?;
        let fits = |index: usize| {
            let open = phrase.open && index == last;
            self.is_word(&found[index], &phrase.words[index], open)
        };
        (0..=last).all(fits).then_some(end)
    }

    fn is_word(&self, found: &str, wanted: &str, open: bool) -> bool {
        if found == wanted || open && found.starts_with(wanted) {
            return true;
        }
        if is_arabic(wanted) {
            let is_it = |bare: &str| bare == wanted || open && bare.starts_with(wanted);
            return bare(found).any(is_it);
        }
        wanted.is_ascii()
            && wanted.len() >= FORGIVING
            && found.len().abs_diff(wanted.len()) <= 1
            && found.as_bytes()[0] == wanted.as_bytes()[0]
            && !self.right.contains(found)
            && strsim::osa_distance(found, wanted) == 1
    }
}

/// The phrases that begin at each word, and where they end.
#[derive(Debug, Default)]
pub struct Found(Vec<Vec<(PhraseId, usize)>>);

impl Found {
    /// Where phrases that are among `wanted`, which is sorted, end when they begin at `at`.
    pub fn ends(&self, at: usize, wanted: &[PhraseId]) -> impl Iterator<Item = usize> {
        let here = self.0.get(at).map_or(&[][..], Vec::as_slice);
        here.iter()
            .filter(|(id, _)| wanted.binary_search(id).is_ok())
            .map(|(_, end)| *end)
    }
}

fn is_arabic(word: &str) -> bool {
    let first = word.chars().next();
    first.is_some_and(|c| ('\u{600}'..='\u{6ff}').contains(&c))
}

/// The word without the articles and prepositions that Arabic writes in front of it.
fn bare(word: &str) -> impl Iterator<Item = &str> {
    const FRONTS: &[&str] = &[
        "ال", "لل", "بال", "وال", "فال", "كال", "و", "ف", "ب", "ل", "وب", "ول",
    ];
    let fronts = if is_arabic(word) { FRONTS } else { &[] };
    fronts
        .iter()
        .filter_map(|front| word.strip_prefix(front))
        .filter(|rest| rest.chars().count() >= 2)
}
