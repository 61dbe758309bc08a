//! Sentences about everything under the sun, written for hinny: what visitors might ask of somebody else. A
//! question that is closer to one of them than to any entry is probably none for this knowledge base. Without
//! them, a knowledge base of three entries would take whatever comes for one of the three.

use std::sync::OnceLock;

use hinny_encoder::{STORED, Vector, Vectors};

/// One sentence per line; `kb/examples/background.rs` makes the vectors.
static VECTORS: &[u8] = include_bytes!("background.bin");

/// A sentence this close to a phrasing that the knowledge has is not foreign to it; nor one this close to a text,
/// which says much else as well and so is never very close.
const AT_HOME: f32 = 0.6;
const IN_TEXT: f32 = 0.4;

fn all() -> &'static [Vector] {
    static ALL: OnceLock<Vec<Vector>> = OnceLock::new();
    let (records, _) = VECTORS.as_chunks::<STORED>();
    ALL.get_or_init(|| records.iter().map(Vector::read).collect())
}

/// The sentences that are foreign to a knowledge base with these texts.
pub(crate) fn foreign_to(phrasings: &Vectors, texts: &Vectors) -> Vectors {
    let near = |known: &Vectors, vector: &Vector, limit: f32| {
        let cosines = known.cosines(vector).into_iter();
        cosines.fold(0.0, f32::max) >= limit
    };
    let mut foreign = Vectors::default();
    for vector in all() {
        if !near(phrasings, vector, AT_HOME) && !near(texts, vector, IN_TEXT) {
            foreign.push(vector);
        }
    }
    foreign
}

/// How close a question is to the nearest of them.
pub(crate) fn nearest(foreign: &Vectors, question: &Vector) -> f64 {
    let cosines = foreign.cosines(question).into_iter();
    f64::from(cosines.fold(0.0, f32::max))
}

#[cfg(test)]
mod tests {
    use hinny_encoder::{Encoder, STORED, Vectors};

    use super::{VECTORS, all, foreign_to, nearest};

    const SENTENCES: &str = include_str!("background.txt");

    #[test]
    fn each_sentence_has_its_vector() {
        let sentences: Vec<&str> = SENTENCES.lines().collect();
        assert_eq!(VECTORS.len(), sentences.len() * STORED);
        for (sentence, vector) in sentences.iter().zip(all()).step_by(25) {
            let again = Encoder::shared().one(sentence);
            assert!(again.cosine(vector) > 0.98, "{sentence}");
        }
    }

    #[test]
    fn what_the_knowledge_has_is_not_foreign_to_it() {
        let mut own = Vectors::default();
        own.push(&Encoder::shared().one("I have forgotten my password, how do I reset it?"));
        let foreign = foreign_to(&own, &Vectors::default());
        assert!(foreign.len() < all().len() && foreign.len() > all().len() / 2);
        let moon = Encoder::shared().one("what colour is the moon on Thursdays");
        assert!(nearest(&foreign, &moon) > 0.2);
    }
}
