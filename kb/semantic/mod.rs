//! The side of a generation that knows meaning: vectors of all texts, what the FAQ's phrasings teach, and how
//! sure one may be of it. Made when a generation is built, read when it is first asked.

pub(crate) mod ahead;
pub(crate) mod background;
mod calibrate;
mod grams;
mod head;
mod linear;
mod phrased;
mod store;

use std::path::Path;

use hinny_encoder::Vector;
use tantivy::DocId;

pub use calibrate::SMALLEST;
pub(crate) use calibrate::{Calibration, Held, logistic};
use grams::Grams;
use head::Head;
use phrased::greatest;
pub(crate) use phrased::{Features, NAMES, Phrased};
pub(crate) use store::Known;
use store::Store;

use serde::{Deserialize, Serialize};

use crate::confidence;
use crate::embed::{Center, Embedder, Ground};
use crate::entry::Entry;
use crate::error::KbError;
use crate::library::write_synced;

/// Files within a generation.
const HEAD: &str = "head.bin";
const CALIBRATION: &str = "calibration.json";

/// Everything about meaning that one generation knows.
pub(crate) struct Semantic {
    store: Store,
    /// Which documents are found by their phrasings.
    by_phrasing: Vec<bool>,
    taught: Option<Taught>,
    pub calibrations: Calibrations,
}

/// What the knowledge's own texts say about how sure one may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibrations {
    /// For entries that are found by their phrasings.
    pub phrased: Calibration,
    /// For entries that are found by their text.
    pub texts: Calibration,
    /// For texts in languages that the embedder does not have, which are found by their words alone.
    pub words: Calibration,
}

/// What was learnt from the phrasings of the FAQ.
struct Taught {
    head: Head,
    grams: Grams,
    /// The document of each entry that has phrasings, in ascending order.
    docs: Vec<DocId>,
    /// The sum of each entry's vectors.
    sums: Vec<Vec<f32>>,
}

/// Asks the texts of a generation that is being built about themselves: those that meaning has a say in, and those
/// that are found by their words alone.
pub(crate) type AskTexts<'a> = &'a dyn Fn(&Semantic) -> Result<[Calibration; 2], KbError>;

/// What is found for one question, a number per document.
pub(crate) struct Meaning {
    /// The cosine of the best window.
    pub windows: Vec<f64>,
    /// What the phrasings say, and of which documents.
    pub phrased: Option<(Phrased, Vec<DocId>)>,
    /// The cosine of the nearest sentence that is asked elsewhere.
    pub foreign: f64,
}

/// Builds and writes what belongs to a new generation, from all that is known of its entries.
pub(crate) fn build(
    dir: &Path,
    entries: &[Entry],
    known: &Known,
    (embedder, ground): (&Embedder, Ground),
    ask_texts: AskTexts,
) -> Result<(), KbError> {
    let store = Store::build(entries, known, &ground.background, ground.center);
    store.write(dir, embedder.name())?;
    let mut calibrations = Calibrations::default();
    let mut taught = None;
    if let Some((lesson, left_out)) = teach(&store, entries) {
        calibrations.phrased = lesson.calibrate(&store, entries, &left_out);
        write_synced(&dir.join(HEAD), &lesson.head.bytes())?;
        taught = Some(lesson);
    }
    let mut semantic = Semantic::new(store, taught, entries, calibrations);
    let [texts, words] = ask_texts(&semantic)?;
    semantic.calibrations = Calibrations {
        texts,
        words,
        ..calibrations
    };
    let json = serde_json::to_vec_pretty(&semantic.calibrations);
    let json = json.expect("a calibration is plain JSON");
    write_synced(&dir.join(CALIBRATION), &json)
}

/// What the generation in this folder can lend to the next one of the same embedder: vectors, and their center.
pub(crate) fn known(dir: &Path, entries: &[Entry], embedder: &Embedder) -> (Known, Center) {
    match Store::read(dir, entries.len(), embedder.name()) {
        Ok(store) => (store.known(entries), store.center),
        Err(error) => {
            tracing::debug!(%error, "all texts are encoded anew");
            Default::default()
        }
    }
}

/// Reads what `build` wrote.
pub(crate) fn open(
    dir: &Path,
    entries: &[Entry],
    embedder: &Embedder,
) -> Result<Semantic, KbError> {
    let store = Store::read(dir, entries.len(), embedder.name())?;
    let path = dir.join(CALIBRATION);
    let json = std::fs::read(&path).map_err(|error| KbError::broken(&path, error))?;
    let calibrations =
        serde_json::from_slice(&json).map_err(|error| KbError::broken(&path, error))?;
    let path = dir.join(HEAD);
    let taught = match path.exists() {
        true => Some(read_head(&path, &store, entries)?),
        false => None,
    };
    Ok(Semantic::new(store, taught, entries, calibrations))
}

fn read_head(path: &Path, store: &Store, entries: &[Entry]) -> Result<Taught, KbError> {
    let bytes = std::fs::read(path).map_err(|error| KbError::broken(path, error))?;
    let (docs, owners) = owners(store);
    let head = Head::read(&bytes).filter(|head| head.owners == owners);
    let head = head.ok_or_else(|| KbError::broken(path, "it belongs to other entries"))?;
    let grams = Grams::new(texts(store, entries).into_iter());
    Ok(Taught::new(store, docs, head, grams))
}

/// The documents that have phrasings, and for each phrasing the place of its document among them.
fn owners(store: &Store) -> (Vec<DocId>, Vec<u32>) {
    let mut docs = store.phrasing_owners.clone();
    docs.dedup();
    let place = |doc: &u32| docs.binary_search(doc).unwrap_or_default() as u32;
    let owners = store.phrasing_owners.iter().map(place).collect();
    (docs, owners)
}

fn teach(store: &Store, entries: &[Entry]) -> Option<(Taught, head::LeftOut)> {
    if store.phrasings.len() > head::MAX_PHRASINGS {
        return None;
    }
    let (docs, owners) = owners(store);
    let texts = texts(store, entries);
    let grams = Grams::new(texts.iter().copied());
    let square = head::square(&store.phrasings, &grams, &texts);
    let (head, left_out) = Head::fit(&square, owners)?;
    Some((Taught::new(store, docs, head, grams), left_out))
}

/// The phrasings of the FAQ in the order of their vectors.
fn texts<'a>(store: &Store, entries: &'a [Entry]) -> Vec<&'a str> {
    let taught = (0..)
        .zip(entries)
        .filter(|(doc, _)| store.has_phrasings(*doc));
    taught
        .flat_map(|(_, entry)| store::phrasings(entry))
        .collect()
}

/// The cosine between a vector and a sum of vectors, from which one is taken away if so wished.
fn to_middle(own: &[f32], sum: &[f32], without: Option<&[f32]>) -> f64 {
    let (mut product, mut squares) = (0.0_f64, 0.0_f64);
    for (n, (x, sum)) in own.iter().zip(sum).enumerate() {
        let sum = sum - without.map_or(0.0, |without| without[n]);
        product += f64::from(x * sum);
        squares += f64::from(sum * sum);
    }
    if squares < 1e-6 {
        0.0
    } else {
        product / squares.sqrt()
    }
}

impl Semantic {
    fn new(
        store: Store,
        taught: Option<Taught>,
        entries: &[Entry],
        calibrations: Calibrations,
    ) -> Semantic {
        Semantic {
            taught,
            by_phrasing: entries.iter().map(Entry::is_phrased).collect(),
            store,
            calibrations,
        }
    }

    /// Where its vectors are counted from.
    pub fn center(&self) -> &Center {
        &self.store.center
    }

    /// Compares a question with everything.
    pub fn find(&self, question: &str, vector: &Vector) -> Meaning {
        let documents = self.by_phrasing.len();
        let windows = self.store.windows.cosines(vector);
        let foreign = background::nearest(&self.store.foreign, vector);
        let phrased = self.taught.as_ref().map(|taught| {
            let cosines = self.store.phrasings.cosines(vector);
            let phrased = taught.ask(question, vector, &cosines, foreign);
            (phrased, taught.docs.clone())
        });
        Meaning {
            windows: greatest(&windows, &self.store.window_owners, documents, None),
            phrased,
            foreign,
        }
    }

    /// The best phrasing's cosine per document, for an FAQ that is too large to be taught.
    pub fn phrasings(&self, vector: &Vector) -> Vec<f64> {
        let cosines = self.store.phrasings.cosines(vector);
        greatest(
            &cosines,
            &self.store.phrasing_owners,
            self.by_phrasing.len(),
            None,
        )
    }

    pub fn is_phrased(&self, doc: DocId) -> bool {
        self.by_phrasing.get(doc as usize) == Some(&true)
    }
}

impl Taught {
    fn new(store: &Store, docs: Vec<DocId>, head: Head, grams: Grams) -> Taught {
        let mut sums = vec![vec![0.0; store.phrasings.width()]; docs.len()];
        for (n, owner) in head.owners.iter().enumerate() {
            let own = store.phrasings.get(n).floats();
            let sum = sums[*owner as usize].iter_mut();
            sum.zip(own).for_each(|(sum, x)| *sum += x);
        }
        Taught {
            head,
            grams,
            docs,
            sums,
        }
    }

    fn ask(&self, question: &str, vector: &Vector, cosines: &[f32], foreign: f64) -> Phrased {
        let letters = self.grams.likeness(question);
        let head = self.head.ask(&head::kernel(cosines, &letters));
        Phrased {
            dense: self.dense(&vector.floats(), cosines, None),
            letters: greatest(&letters, &self.head.owners, self.head.entries, None),
            head: head.into_iter().map(f64::from).collect(),
            foreign,
        }
    }

    /// What `ask` would say to one of the phrasings if it were not there itself.
    fn ask_self(&self, store: &Store, number: usize, text: &str, head: &[f64]) -> Phrased {
        let vector = store.phrasings.get(number);
        let cosines = store.phrasings.cosines(&vector);
        let letters = self.grams.likeness(text);
        let (owners, entries) = (&self.head.owners, self.head.entries);
        Phrased {
            dense: self.dense(&vector.floats(), &cosines, Some(number)),
            letters: greatest(&letters, owners, entries, Some(number)),
            head: head.to_vec(),
            foreign: background::nearest(&store.foreign, &vector),
        }
    }

    /// Half the best phrasing's cosine, half that of the middle of all of them, for each entry; `skip` names a
    /// phrasing that does not count.
    fn dense(&self, own: &[f32], cosines: &[f32], skip: Option<usize>) -> Vec<f64> {
        let best = greatest(cosines, &self.head.owners, self.head.entries, skip);
        let owner = skip.map(|number| self.head.owners[number] as usize);
        let middles = self.sums.iter().enumerate().map(|(n, sum)| {
            let without = (Some(n) == owner).then_some(own);
            to_middle(own, sum, without)
        });
        best.iter()
            .zip(middles)
            .map(|(a, b)| (a + b) / 2.0)
            .collect()
    }

    fn calibrate(&self, store: &Store, entries: &[Entry], left_out: &head::LeftOut) -> Calibration {
        let (mut itself, mut hidden) = (Vec::new(), Vec::new());
        let rows = left_out.itself.chunks_exact(self.head.entries);
        let rows = rows.zip(left_out.entry.chunks_exact(self.head.entries));
        let texts = texts(store, entries);
        for (number, (text, (alone, without))) in texts.iter().zip(rows).enumerate() {
            let owner = self.head.owners[number] as usize;
            let mut phrased = self.ask_self(store, number, text, alone);
            let siblings = [number.wrapping_sub(1), number + 1];
            let has_sibling = siblings
                .iter()
                .any(|n| self.head.owners.get(*n) == Some(&(owner as u32)));
            if let Some(top) = phrased.best(None).filter(|_| has_sibling) {
                let odds = confidence::odds_of_phrased(&phrased.features(top, None));
                itself.push((odds, top == owner));
            }
            phrased.head = without.to_vec();
            if let Some(top) = phrased.best(Some(owner)) {
                let features = phrased.features(top, Some(owner));
                hidden.push(confidence::odds_of_phrased(&features));
            }
        }
        Calibration::of_phrasings(&itself, &hidden, self.head.entries)
    }
}
