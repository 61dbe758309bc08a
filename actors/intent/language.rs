//! `Language`: what visitors' wishes look like in one language, read from its file in `languages/`.
//!
//! A file is a list of sections. `[class NAME]`, `[filler]` and `[no typo]` hold phrases, parted by commas; the last
//! are words that only look like a misspelled one. The others hold a pattern in each line (see `pattern`):
//! - `[ask]` is found anywhere in a sentence that wants a person, `[ask alone]` is the whole of it;
//! - `[not]` is found in sentences that only look so;
//! - `[greeting]`, `[thanks]`, `[small_talk]` and `[reject]` are whole clauses;
//! - `[follow]` begins a short line that goes on with what was asked before, `[may follow]` one that may.
//!
//! `[small]` has the words that make no difference when the same is asked in other words.
//!
//! `[say]` holds what the bot says: to courtesies, and (`NAMES`) when it has no answer. A language is added by adding a file, and its name to the list here.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::pattern::{Classes, Pattern};
use super::phrases::{Found, Phrases};
use super::words::words;
use crate::event::Intent;

pub const FILES: &[(&str, &str)] = &[
    ("en", include_str!("languages/en.txt")),
    ("de", include_str!("languages/de.txt")),
    ("fr", include_str!("languages/fr.txt")),
    ("es", include_str!("languages/es.txt")),
    ("pt", include_str!("languages/pt.txt")),
    ("it", include_str!("languages/it.txt")),
    ("ar", include_str!("languages/ar.txt")),
    ("ja", include_str!("languages/ja.txt")),
];

/// What the bot says when it has no answer: what it asks above suggestions and the button for none of them; that it
/// knows nothing in this language and the button for a person; what it says of a part that it cannot answer.
pub const NAMES: [&str; 5] = ["suggest", "none", "foreign", "person", "part"];

/// How many words a gap may hold when a file does not say so.
const GAP: usize = 4;

/// A line of more words than these stands for itself.
const FOLLOWS: usize = 7;

pub static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let read = |(code, file): &(&'static str, &str)| {
        Language::read(file).unwrap_or_else(|line| panic!("languages/{code}.txt: {line}"))
    };
    FILES.iter().map(read).collect()
});

#[derive(Debug, Default)]
pub struct Language {
    phrases: Phrases,
    classes: Classes,
    gap: usize,
    filler: Vec<Vec<String>>,
    ask: Vec<Pattern>,
    not: Vec<Pattern>,
    courtesies: Vec<(Intent, Pattern)>,
    follow: Vec<Pattern>,
    may_follow: Vec<Pattern>,
    small: HashSet<String>,
    says: HashMap<String, String>,
}

impl Language {
    /// Reads a file; the error has the lines that make no sense.
    pub fn read(file: &str) -> Result<Self, String> {
        let mut wrong = Vec::new();
        let mut language = Language {
            gap: GAP,
            ..Language::default()
        };
        let mut section = "";
        for line in file.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'))
            {
                Some(name) => section = name,
                None => {
                    let taken = language.take(section, line);
                    wrong.extend(taken.err().map(|part| format!("{line} ({part})")));
                }
            }
        }
        match wrong.is_empty() {
            true => Ok(language),
            false => Err(wrong.join("\n")),
        }
    }

    fn take(&mut self, section: &str, line: &str) -> Result<(), String> {
        let phrases = line.split(',').map(str::trim);
        let phrases = phrases.filter(|phrase| !phrase.is_empty());
        if let Some(class) = section.strip_prefix("class ") {
            let ids = phrases.filter_map(|phrase| self.phrases.add(phrase));
            self.classes
                .entry(class.to_owned())
                .or_default()
                .extend(ids);
            return Ok(());
        }
        match section {
            "gap" => self.gap = line.parse().map_err(|_| line)?,
            "filler" => {
                let filler = phrases.map(words).filter(|phrase| !phrase.is_empty());
                self.filler.extend(filler);
            }
            "small" => self.small.extend(phrases.flat_map(words)),
            "no typo" => phrases
                .flat_map(words)
                .for_each(|word| self.phrases.is_right(word)),
            "say" => {
                let (name, words) = line.split_once(':').ok_or(line)?;
                if !NAMES.contains(&name) {
                    courtesy(name)?;
                }
                self.says.insert(name.to_owned(), words.trim().to_owned());
            }
            section => self.take_pattern(section, line)?,
        }
        Ok(())
    }

    fn take_pattern(&mut self, section: &str, line: &str) -> Result<(), String> {
        let pattern = Pattern::read(line, &self.classes, &mut self.phrases, self.gap)?;
        match section {
            "ask" => self.ask.push(pattern),
            "ask alone" => self.ask.push(pattern.whole()),
            "not" => self.not.push(pattern),
            "follow" => self.follow.push(pattern),
            "may follow" => self.may_follow.push(pattern),
            section => self.courtesies.push((courtesy(section)?, pattern.whole())),
        }
        Ok(())
    }

    /// A sentence as this language understands it.
    pub fn read_sentence<'a>(&'a self, words: &'a [String]) -> Reading<'a> {
        Reading {
            language: self,
            words,
            found: self.phrases.find(words),
        }
    }

    /// A word that tells little about what a question is about.
    pub fn is_small(&self, word: &str) -> bool {
        self.small.contains(word)
    }

    /// What the bot answers to a courtesy.
    pub fn says(&self, intent: Intent) -> Option<&str> {
        let name = match intent {
            Intent::Greeting => "greeting",
            Intent::Thanks => "thanks",
            Intent::SmallTalk => "small_talk",
            Intent::Reject => "reject",
            Intent::Question | Intent::Person => return None,
        };
        self.sentence(name)
    }

    /// A sentence by its name.
    pub fn sentence(&self, name: &str) -> Option<&str> {
        self.says.get(name).map(String::as_str)
    }
}

/// One sentence in one language. Questions to it are about a stretch of the sentence, such as a clause.
pub struct Reading<'a> {
    language: &'a Language,
    words: &'a [String],
    found: Found,
}

impl Reading<'_> {
    /// The stretch without what is only polite around it.
    fn core(&self, stretch: &Range<usize>) -> Range<usize> {
        let Range { mut start, mut end } = *stretch;
        let filler = &self.language.filler;
        while let Some(phrase) = filler
            .iter()
            .find(|phrase| self.words[start..end].starts_with(phrase))
        {
            start += phrase.len();
        }
        while let Some(phrase) = filler
            .iter()
            .find(|phrase| self.words[start..end].ends_with(phrase))
        {
            end -= phrase.len();
        }
        start..end
    }

    fn has(&self, pattern: &Pattern, stretch: &Range<usize>, core: &Range<usize>) -> bool {
        pattern.is_in(&self.found, stretch) || core != stretch && pattern.is_in(&self.found, core)
    }

    pub fn asks_for_person(&self, stretch: &Range<usize>) -> bool {
        let core = self.core(stretch);
        let any = |patterns: &[Pattern]| {
            patterns
                .iter()
                .any(|pattern| self.has(pattern, stretch, &core))
        };
        any(&self.language.ask) && !any(&self.language.not)
    }

    /// The courtesy that a clause is, if it is one.
    pub fn courtesy(&self, clause: &Range<usize>) -> Option<Intent> {
        let core = self.core(clause);
        let found = |(_, pattern): &&(Intent, Pattern)| self.has(pattern, clause, &core);
        let found = self.language.courtesies.iter().find(found);
        found.map(|(intent, _)| *intent)
    }

    /// The sentence goes on with what was asked before: surely, or perhaps.
    pub fn goes_on(&self, surely: bool) -> bool {
        let whole = 0..self.words.len();
        let patterns = match surely {
            true => &self.language.follow,
            false => &self.language.may_follow,
        };
        let longest = FOLLOWS * self.language.gap / GAP;
        whole.end <= longest
            && patterns
                .iter()
                .any(|pattern| pattern.is_in(&self.found, &whole))
    }
}

fn courtesy(name: &str) -> Result<Intent, String> {
    match name {
        "greeting" => Ok(Intent::Greeting),
        "thanks" => Ok(Intent::Thanks),
        "small_talk" => Ok(Intent::SmallTalk),
        "reject" => Ok(Intent::Reject),
        _ => Err(name.to_owned()),
    }
}
