//! `Pattern`: a row of words to look for in a sentence, as it stands in a language's file.
//!
//! `want ... <talk> to? <person>`: a word, a gap of a few words, a class of phrases, a word that may be missing.
//! `a|b` is one or the other, `word*` any word that begins so, `_` joins the words of one phrase. `^` and `$` are the
//! beginning and the end of the sentence; `a|$` is a word or the end. Longer words may have one letter wrong.

use std::collections::HashMap;
use std::ops::Range;

use super::phrases::{Found, PhraseId, Phrases};

/// Phrases by the name of their class.
pub type Classes = HashMap<String, Vec<PhraseId>>;

/// What parts of a pattern may be; ids are sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Begin,
    End,
    Gap,
    OneOf(Vec<PhraseId>),
    /// The end will do too.
    OrEnd(Vec<PhraseId>),
    Maybe(Vec<PhraseId>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    /// How many words a gap may hold.
    gap: usize,
}

impl Pattern {
    /// Reads a pattern; the error is its part that makes no sense.
    pub fn read(
        text: &str,
        classes: &Classes,
        phrases: &mut Phrases,
        gap: usize,
    ) -> Result<Self, String> {
        let parts = text.split_whitespace().map(|part| {
            let read = read_part(part, classes, phrases);
            read.ok_or_else(|| part.to_owned())
        });
        Ok(Pattern {
            parts: parts.collect::<Result<_, _>>()?,
            gap,
        })
    }

    /// The same, for the sentence as a whole.
    pub fn whole(mut self) -> Self {
        self.parts.insert(0, Part::Begin);
        self.parts.push(Part::End);
        self
    }

    /// Whether it is found in this stretch of the sentence.
    pub fn is_in(&self, found: &Found, stretch: &Range<usize>) -> bool {
        let starts = match self.parts.first() {
            Some(Part::Begin) => stretch.start..stretch.start + 1,
            _ => stretch.clone(),
        };
        let look = Look {
            found,
            stretch,
            gap: self.gap,
        };
        !stretch.is_empty() && starts.into_iter().any(|at| look.fits(&self.parts, at))
    }
}

struct Look<'a> {
    found: &'a Found,
    stretch: &'a Range<usize>,
    gap: usize,
}

impl Look<'_> {
    fn fits(&self, parts: &[Part], at: usize) -> bool {
        let Some((part, rest)) = parts.split_first() else {
            return true;
        };
        let last = self.stretch.end;
        let after = |phrases: &[PhraseId]| {
            let mut ends = self.found.ends(at, phrases).filter(|end| *end <= last);
            ends.any(|end| self.fits(rest, end))
        };
        match part {
            Part::Begin => at == self.stretch.start && self.fits(rest, at),
            Part::End => at == last && self.fits(rest, at),
            Part::Gap => (at..=last.min(at + self.gap)).any(|at| self.fits(rest, at)),
            Part::OneOf(phrases) => after(phrases),
            Part::OrEnd(phrases) => at == last || after(phrases),
            Part::Maybe(phrases) => after(phrases) || self.fits(rest, at),
        }
    }
}

fn read_part(part: &str, classes: &Classes, phrases: &mut Phrases) -> Option<Part> {
    match part {
        "^" => return Some(Part::Begin),
        "$" => return Some(Part::End),
        "..." => return Some(Part::Gap),
        _ => {}
    }
    let (names, maybe) = match part.strip_suffix('?') {
        Some(names) => (names, true),
        None => (part, false),
    };
    let mut ids = Vec::new();
    for name in names.split('|').filter(|name| *name != "$") {
        match name
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'))
        {
            Some(class) => ids.extend(classes.get(class)?),
            None => ids.push(phrases.add(name)?),
        }
    }
    ids.sort_unstable();
    Some(match names.split('|').any(|name| name == "$") {
        true => Part::OrEnd(ids),
        false if maybe => Part::Maybe(ids),
        false => Part::OneOf(ids),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::words::words;

    fn finds(pattern: &str, line: &str) -> bool {
        let mut phrases = Phrases::default();
        let person = ["human", "real_person"].map(|name| phrases.add(name).unwrap());
        let classes = Classes::from([("person".to_owned(), person.to_vec())]);
        let pattern = Pattern::read(pattern, &classes, &mut phrases, 2).unwrap();
        let words = words(line);
        pattern.is_in(&phrases.find(&words), &(0..words.len()))
    }

    #[test]
    fn each_part_finds_what_it_says() {
        assert!(finds("want ... <person>", "I want a kind human now"));
        assert!(finds("want ... <person>", "we want a real person"));
        assert!(!finds("want ... <person>", "I want a very kind old human"));
        assert!(finds("talk to? <person>", "talk human"));
        assert!(finds("^ call|ring me $", "ring me"));
        assert!(!finds("^ call|ring me $", "do not ring me"));
        assert!(finds("call me|$", "call") && !finds("call me|$", "call it"));
        assert!(finds("transfer*", "transferring"));
        assert!(finds("人と話", "本物の人と話したい"));
        assert!(finds("موظف", "والموظف"));
    }

    #[test]
    fn one_letter_may_be_wrong_in_longer_words() {
        assert!(finds("<person>", "humann"));
        assert!(finds("<person>", "hmuan"));
        assert!(!finds("<person>", "woman"));
        assert!(!finds("call", "cell"));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let read = |text: &str| {
            Pattern::read(text, &Classes::default(), &mut Phrases::default(), 2).unwrap_err()
        };
        assert_eq!(read("want <nobody>"), "<nobody>");
        assert_eq!(read("want |x"), "|x");
    }
}
