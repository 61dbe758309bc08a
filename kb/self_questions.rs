//! Asks the texts of a new generation about themselves: its heading, and sentences of it with every other word left
//! out, are questions that a text answers; and with the text hidden, ones that nothing answers. How far apart the two come out
//! is how sure one may be of an answer from these texts, without any labelled question.

use std::collections::HashMap;
use std::path::Path;

use hinny_encoder::Vector;

use crate::confidence;
use crate::embed::{Embedder, Text};
use crate::engine::Engine;
use crate::entry::Entry;
use crate::error::KbError;
use crate::features::{self, Features, LOOKED_AT};
use crate::fuse::{self, Fused};
use crate::language::{self, Language};
use crate::retrieve::{Ranking, Retriever};
use crate::semantic::{Calibration, Held, Semantic};

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

/// What a best entry's odds were, and whether it was the right one; and the odds of the next best.
#[derive(Default)]
struct Answers {
    itself: Vec<(f64, bool)>,
    hidden: Vec<f64>,
}

/// The index that is asked, and what is known about meaning in it.
struct Asking<'a> {
    engine: &'a Engine,
    semantic: &'a Semantic,
}

/// Learns from the texts of the index in this folder: from those that the embedder reads, and from all others.
pub(crate) fn calibrate(
    index: &Path,
    semantic: &Semantic,
    embedder: &Embedder,
    entries: &[Entry],
) -> Result<[Calibration; 2], KbError> {
    let engine = Engine::open(index)?;
    let languages = language::of_entries(entries);
    let language = |asked: &Asked| languages[asked.owner as usize];
    let (read, other): (Vec<Asked>, Vec<Asked>) = questions(semantic, entries)
        .into_iter()
        .partition(|asked| embedder.knows(language(asked)));
    let asking = Asking {
        engine: &engine,
        semantic,
    };
    let text = |asked: &Asked| Text {
        text: asked.text.clone(),
        whole: false,
    };
    let texts: Vec<Text> = read.iter().map(text).collect();
    let vectors = embedder.encode(&texts, semantic.center())?;
    let mut by_meaning = Answers::default();
    for (asked, vector) in read.iter().zip(vectors.iter().flatten()) {
        asking.by_meaning(asked, language(asked), vector, &mut by_meaning)?;
    }
    let mut by_words = Answers::default();
    for asked in &other {
        asking.by_words(asked, language(asked), &mut by_words)?;
    }
    Ok([by_meaning, by_words].map(|answers| answers.learn(entries.len())))
}

impl Answers {
    fn learn(&self, entries: usize) -> Calibration {
        Calibration::learn(&self.itself, &self.hidden, entries, Held::LOOSELY)
    }
}

impl Asking<'_> {
    fn retriever(&self, language: Language) -> Result<Option<Retriever>, KbError> {
        let segment = self.engine.segment.as_ref();
        let made = segment.map(|segment| Retriever::new(self.engine, segment, language));
        made.transpose()
    }

    fn by_meaning(
        &self,
        asked: &Asked,
        language: Language,
        vector: &Vector,
        answers: &mut Answers,
    ) -> Result<(), KbError> {
        let Some(retriever) = self.retriever(language)? else {
            return Ok(());
        };
        let ranking = retriever.rank(&asked.text)?;
        let mut fused = fuse::fuse(self.semantic, &asked.text, vector, &ranking);
        let top = fused.hits.first().map(|best| best.hit.doc);
        if let Some(odds) = self.odds(&retriever, &ranking, &fused)? {
            answers.itself.push((odds, top == Some(asked.owner)));
        }
        fused.hits.retain(|scored| scored.hit.doc != asked.owner);
        answers
            .hidden
            .extend(self.odds(&retriever, &ranking, &fused)?);
        Ok(())
    }

    fn by_words(
        &self,
        asked: &Asked,
        language: Language,
        answers: &mut Answers,
    ) -> Result<(), KbError> {
        let Some(retriever) = self.retriever(language)? else {
            return Ok(());
        };
        let mut ranking = retriever.rank(&asked.text)?;
        let Some(top) = ranking.hits.first().map(|best| best.doc) else {
            return Ok(());
        };
        let odds = confidence::odds_of_words(&self.words(&retriever, &ranking)?);
        answers.itself.push((odds, top == asked.owner));
        ranking.hits.retain(|hit| hit.doc != asked.owner);
        if !ranking.hits.is_empty() {
            let odds = confidence::odds_of_words(&self.words(&retriever, &ranking)?);
            answers.hidden.push(odds);
        }
        Ok(())
    }

    /// What the words say to the best entries of a ranking.
    fn words(&self, retriever: &Retriever, ranking: &Ranking) -> Result<Features, KbError> {
        let mut likenesses = Vec::new();
        for hit in ranking.hits.iter().take(LOOKED_AT) {
            let entry = self.engine.entry(hit.doc)?;
            likenesses.push(features::likeness(retriever, ranking, &entry)?);
        }
        Ok(features::features(ranking, &likenesses))
    }

    /// What the common model says to the best entry; nothing if that one is found by its phrasings.
    fn odds(
        &self,
        retriever: &Retriever,
        ranking: &Ranking,
        fused: &Fused,
    ) -> Result<Option<f64>, KbError> {
        if fused.hits.is_empty() || fused.of_phrased().is_some() {
            return Ok(None);
        }
        let ordered = ranking.reordered(fused.hits.iter().map(|scored| scored.hit).collect());
        let words = self.words(retriever, &ordered)?;
        Ok(Some(confidence::odds_of_any(&words, &fused.of_any())))
    }
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
