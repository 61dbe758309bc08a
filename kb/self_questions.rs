//! Asks the texts of a new generation about themselves: its heading, and sentences of it with every other word left
//! out, are questions that a text answers; and with the text hidden, ones that nothing answers. How far apart the two come out
//! is how sure one may be of an answer from these texts, without any labelled question.

use std::collections::HashMap;
use std::path::Path;

use hinny_encoder::Encoder;

use crate::confidence;
use crate::engine::Engine;
use crate::entry::Entry;
use crate::error::KbError;
use crate::features::{self, LOOKED_AT};
use crate::fuse::{self, Fused};
use crate::language::ENGLISH;
use crate::retrieve::{Ranking, Retriever};
use crate::semantic::{Calibration, Semantic};

/// Questions asked at most; more say the same at a higher price.
const MOST: usize = 150;
/// Questions made of one text.
const PER_TEXT: usize = 3;
/// Words of a sentence that can be halved and still say something.
const WORDS: std::ops::RangeInclusive<usize> = 6..=40;

/// One question, made of the text of this entry.
struct Asked {
    owner: u32,
    text: String,
}

/// Learns from the texts of the index in this folder.
pub(crate) fn calibrate(
    index: &Path,
    semantic: &Semantic,
    entries: &[Entry],
) -> Result<Calibration, KbError> {
    let questions = questions(semantic, entries);
    let engine = Engine::open(index)?;
    let Some(segment) = engine.segment.as_ref().filter(|_| !questions.is_empty()) else {
        return Ok(Calibration::default());
    };
    let retriever = Retriever::new(&engine, segment, ENGLISH)?;
    let (mut itself, mut hidden) = (Vec::new(), Vec::new());
    for question in &questions {
        let ranking = retriever.rank(&question.text)?;
        let vector = Encoder::shared().one(&question.text);
        let mut fused = fuse::fuse(semantic, &question.text, &vector, &ranking);
        let top = fused.hits.first().map(|best| best.hit.doc);
        if let Some(odds) = odds(&engine, &retriever, &ranking, &fused)? {
            itself.push((odds, top == Some(question.owner)));
        }
        fused.hits.retain(|scored| scored.hit.doc != question.owner);
        hidden.extend(odds(&engine, &retriever, &ranking, &fused)?);
    }
    Ok(Calibration::learn(&itself, &hidden, entries.len()))
}

/// The same number of questions from texts all over the knowledge.
fn questions(semantic: &Semantic, entries: &[Entry]) -> Vec<Asked> {
    let texts = (0..)
        .zip(entries)
        .filter(|(doc, _)| !semantic.is_phrased(*doc));
    let texts: Vec<(u32, &Entry)> = texts.collect();
    let step = (texts.len() * PER_TEXT).div_ceil(MOST).max(1);
    let mut headings: HashMap<&str, usize> = HashMap::new();
    for (_, entry) in &texts {
        *headings.entry(heading(entry)).or_default() += 1;
    }
    let alone = |entry: &Entry| {
        let heading = heading(entry);
        let telling = heading.contains(' ') && headings.get(heading) == Some(&1);
        telling.then(|| heading.to_owned())
    };
    let made = texts.iter().step_by(step).flat_map(|(owner, entry)| {
        let asked = alone(entry).into_iter().chain(halves(&entry.body));
        asked
            .take(PER_TEXT)
            .map(|text| Asked {
                owner: *owner,
                text,
            })
            .collect::<Vec<_>>()
    });
    made.take(MOST).collect()
}

/// The last of the headings that lead to a text.
fn heading(entry: &Entry) -> &str {
    let last = entry.title.rsplit(" > ").next();
    last.unwrap_or_default()
}

/// Sentences from all over a text, with every other word left out.
fn halves(body: &str) -> Vec<String> {
    let sentences = body
        .split_inclusive(['.', '?', '!', '\n'])
        .map(|sentence| sentence.split_whitespace().collect::<Vec<_>>())
        .filter(|words| WORDS.contains(&words.len()));
    let sentences: Vec<Vec<&str>> = sentences.collect();
    let step = (sentences.len() / PER_TEXT).max(1);
    let some = sentences.iter().step_by(step).take(PER_TEXT);
    some.map(|words| {
        words
            .iter()
            .step_by(2)
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    })
    .collect()
}

/// What the common model says to the best entry; nothing if that one is found by its phrasings.
fn odds(
    engine: &Engine,
    retriever: &Retriever,
    ranking: &Ranking,
    fused: &Fused,
) -> Result<Option<f64>, KbError> {
    if fused.hits.is_empty() || fused.of_phrased().is_some() {
        return Ok(None);
    }
    let mut likenesses = Vec::new();
    for scored in fused.hits.iter().take(LOOKED_AT) {
        let entry = engine.entry(scored.hit.doc)?;
        let likeness = features::likeness(retriever, ranking, &entry)?;
        likenesses.push(likeness);
    }
    let ordered = ranking.reordered(fused.hits.iter().map(|scored| scored.hit).collect());
    let words = features::features(&ordered, &likenesses);
    Ok(Some(confidence::odds_of_any(&words, &fused.of_any())))
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn a_sentence_loses_every_other_word() {
        let body =
            "Too short. The server writes its log into the data folder each night.\n\nAnd so on.";
        assert_eq!(halves(body), ["The writes log the folder night."]);
        assert!(halves("").is_empty());
    }
}
