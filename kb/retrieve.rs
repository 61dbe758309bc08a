//! Ranks all entries for a question: BM25 over three weighted fields (BM25F). The query is a list of terms
//! from our own analyzer, never a query language, so there is nothing in a visitor's text to parse.
//! Postings are walked here rather than through tantivy's collectors, because the judge needs to know
//! how much of the question each entry explains and how good a perfect match would be.

use std::collections::BTreeMap;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, InvertedIndexReader, SegmentReader, TERMINATED, TantivyError, Term};

use crate::analyze::Analyzer;
use crate::engine::Engine;
use crate::error::KbError;
use crate::identifiers::{is_name_term, shape};
use crate::language::Language;
use crate::typos;

/// A question longer than this is cut: what a visitor asks is in its first terms.
pub const MAX_TERMS: usize = 64;

/// How much one occurrence counts in question, alternates and body.
const WEIGHTS: [f64; 3] = [1.5, 1.0, 0.7];
/// How much a field's length matters.
const LENGTH: [f64; 3] = [0.4, 0.8, 0.6];
/// Where repeated occurrences stop to count.
const SATURATION: f64 = 2.0;

/// The share of a question's weight from which one term is all that it says.
const TELLING: f64 = 0.8;

/// One entry in the ranking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub doc: DocId,
    pub score: f64,
    /// The share of the question's weight that occurs in this entry.
    pub matched: f64,
    /// The share of the question's names, such as error codes, that occur in this entry.
    pub named: f64,
}

impl Hit {
    /// An entry that was found by other means than its terms.
    pub fn without_terms(doc: DocId) -> Hit {
        Hit {
            doc,
            score: 0.0,
            matched: 0.0,
            named: 0.0,
        }
    }
}

/// All entries that share a term with the question, best first, and what the question is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranking {
    pub hits: Vec<Hit>,
    /// The question's distinct terms with their weights, in a fixed order so that sums are the same each
    /// time.
    pub terms: BTreeMap<String, f64>,
    /// The weight of all terms together.
    pub mass: f64,
    /// The part of it that the knowledge has words for.
    pub known: f64,
    /// Whether terms were left out because the question is too long.
    pub cut: bool,
    /// Names in the question, such as error codes.
    pub names: usize,
    /// Whether one of them is not known, though others of its shape are.
    pub strange: bool,
}

impl Ranking {
    /// The same question with its entries in another order.
    pub fn reordered(&self, hits: Vec<Hit>) -> Ranking {
        Ranking {
            hits,
            terms: self.terms.clone(),
            ..*self
        }
    }

    /// The word that almost all of the question is in, such as "price?" or "What about the price?".
    pub fn one_word(&self) -> Option<&str> {
        let telling = |weight: f64| weight > 0.0 && weight >= TELLING * self.mass;
        let mut terms = self.terms.iter();
        let found = terms.find(|(_, weight)| telling(**weight));
        found.map(|(term, _)| term.as_str())
    }

    /// The score of an entry in which every term occurs without end; never zero, so that it can divide.
    pub fn perfect(&self) -> f64 {
        (self.mass * (1.0 + SATURATION)).max(f64::MIN_POSITIVE)
    }
}

/// One searched field, opened for a query.
struct Opened {
    field: Field,
    index: std::sync::Arc<InvertedIndexReader>,
    norms: FieldNormReader,
    mean_length: f64,
}

/// The fields of an engine, opened for one query.
pub(crate) struct Retriever {
    pub analyzer: &'static Analyzer,
    fields: Vec<Opened>,
    entries: f64,
}

impl Retriever {
    /// For questions in this language.
    pub fn new(
        engine: &Engine,
        segment: &SegmentReader,
        language: Language,
    ) -> Result<Self, KbError> {
        let entries = f64::from(segment.max_doc());
        let mut fields = Vec::new();
        for field in engine.fields.searched {
            let index = segment.inverted_index(field)?;
            let tokens = index.total_num_tokens() as f64;
            fields.push(Opened {
                field,
                norms: segment.get_fieldnorms_reader(field)?,
                mean_length: (tokens / entries).max(1.0),
                index,
            });
        }
        Ok(Retriever {
            analyzer: Analyzer::of(language),
            fields,
            entries,
        })
    }

    /// How telling a term is: rare ones more, words that every question has less. The second value says
    /// whether the knowledge has the term at all.
    pub fn weight(&self, term: &str) -> Result<(f64, bool), KbError> {
        let found = self.frequency(term)?;
        let count = f64::from(found);
        let rarity = (1.0 + (self.entries - count + 0.5) / (count + 0.5)).ln();
        let share = self.analyzer.weight(term, found > 0);
        Ok((rarity * share, found > 0))
    }

    /// In how many entries a term is, in the field where it is most frequent.
    fn frequency(&self, term: &str) -> Result<u32, KbError> {
        let mut found = 0;
        for opened in &self.fields {
            let key = Term::from_field_text(opened.field, term);
            let count = opened.index.doc_freq(&key).map_err(TantivyError::from)?;
            found = found.max(count);
        }
        Ok(found)
    }

    /// Ranks the entries for a question.
    pub fn rank(&self, question: &str) -> Result<Ranking, KbError> {
        let mut ranking = Ranking::default();
        let mut sums = vec![Sums::default(); self.entries as usize];
        let mut counts = vec![0.0; self.entries as usize];
        for term in self.analyzer.terms(question) {
            if ranking.terms.contains_key(&term) {
                continue;
            }
            if ranking.terms.len() == MAX_TERMS {
                ranking.cut = true;
                break;
            }
            let (term, weight, known) = self.look_up(term, &mut ranking)?;
            ranking.mass += weight;
            if known && !ranking.terms.contains_key(&term) {
                ranking.known += weight;
                self.add(&term, weight, &mut counts, &mut sums)?;
            }
            ranking.terms.insert(term, weight);
        }
        ranking.hits = best_first(&sums, &ranking);
        Ok(ranking)
    }

    /// A term with its weight and whether it is known. A word that nobody wrote is taken for the one that it is
    /// probably a mistyping of.
    fn look_up(&self, term: String, ranking: &mut Ranking) -> Result<(String, f64, bool), KbError> {
        let (weight, known) = self.weight(&term)?;
        if is_name_term(&term) {
            ranking.names += 1;
            ranking.strange |= !known && self.frequency(&shape(&term))? > 0;
        }
        if known || !typos::may_be_mistyped(&term) {
            return Ok((term, weight, known));
        }
        let dictionaries = self.fields.iter().map(|opened| opened.index.terms());
        match typos::nearest(&term, dictionaries)? {
            Some(meant) => {
                let (weight, _) = self.weight(&meant)?;
                Ok((meant, typos::WEIGHT * weight, true))
            }
            None => Ok((term, weight, false)),
        }
    }

    /// Adds one term's part to the score of every entry that has it. `counts` is scratch space, all zero
    /// before and after.
    fn add(
        &self,
        term: &str,
        weight: f64,
        counts: &mut [f64],
        sums: &mut [Sums],
    ) -> Result<(), KbError> {
        let named = f64::from(u8::from(is_name_term(term)));
        let mut touched = Vec::new();
        for (n, opened) in self.fields.iter().enumerate() {
            let key = Term::from_field_text(opened.field, term);
            let postings = opened
                .index
                .read_postings(&key, IndexRecordOption::WithFreqs);
            let Some(mut postings) = postings.map_err(TantivyError::from)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                let length = f64::from(opened.norms.fieldnorm(doc)) / opened.mean_length;
                let norm = 1.0 - LENGTH[n] + LENGTH[n] * length;
                let count = &mut counts[doc as usize];
                if *count == 0.0 {
                    touched.push(doc);
                }
                *count += WEIGHTS[n] * f64::from(postings.term_freq()) / norm;
                postings.advance();
            }
        }
        for doc in touched {
            let count = std::mem::take(&mut counts[doc as usize]);
            let sums = &mut sums[doc as usize];
            sums.score += weight * count * (1.0 + SATURATION) / (count + SATURATION);
            sums.matched += weight;
            sums.names += named;
        }
        Ok(())
    }
}

/// What one entry has of the question.
#[derive(Clone, Copy, Default)]
struct Sums {
    score: f64,
    matched: f64,
    names: f64,
}

/// Equal scores keep the order of the source files, so that a ranking is the same each time.
fn best_first(sums: &[Sums], ranking: &Ranking) -> Vec<Hit> {
    let found = sums.iter().enumerate().filter(|(_, sums)| sums.score > 0.0);
    let mut hits: Vec<Hit> = found
        .map(|(doc, sums)| Hit {
            doc: doc as DocId,
            score: sums.score,
            matched: sums.matched / ranking.mass,
            named: sums.names / ranking.names.max(1) as f64,
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
    hits
}
