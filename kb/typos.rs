//! Finds the word that a mistyped one was meant to be, among the words of the knowledge: one letter wrong, missing, too
//! many or swapped, two in long words. The first letter is taken for right, as it nearly always is.

use tantivy::termdict::TermDictionary;

use crate::error::KbError;

/// What a word counts for that is only probably meant.
pub(crate) const WEIGHT: f64 = 0.7;
/// Shorter words are too close to each other.
const SHORTEST: usize = 5;
/// From this length on two letters may be wrong.
const LONG: usize = 9;

/// Whether it is worth a search: a word of letters that is long enough.
pub(crate) fn may_be_mistyped(term: &str) -> bool {
    term.chars().count() >= SHORTEST && term.chars().all(char::is_alphabetic)
}

/// The nearest known word; of equally near ones the most frequent, then the first in order.
pub(crate) fn nearest<'a>(
    term: &str,
    dictionaries: impl Iterator<Item = &'a TermDictionary>,
) -> Result<Option<String>, KbError> {
    let Some(first) = term.chars().next() else {
        return Ok(None);
    };
    let start = first.to_string();
    let length = term.chars().count();
    let most = if length >= LONG { 2 } else { 1 };
    let mut best: Option<(usize, std::cmp::Reverse<u32>, String)> = None;
    for dictionary in dictionaries {
        let range = dictionary.range().ge(start.as_bytes());
        let mut words = range.into_stream().map_err(tantivy::TantivyError::from)?;
        while words.advance() {
            let Some(word) = std::str::from_utf8(words.key()).ok() else {
                continue;
            };
            if !word.starts_with(first) {
                break;
            }
            if word.chars().count().abs_diff(length) > most {
                continue;
            }
            let distance = strsim::osa_distance(term, word);
            let found = (
                distance,
                std::cmp::Reverse(words.value().doc_freq),
                word.to_owned(),
            );
            if distance <= most && best.as_ref().is_none_or(|best| found < *best) {
                best = Some(found);
            }
        }
    }
    Ok(best.map(|(_, _, word)| word))
}
