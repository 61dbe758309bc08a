//! Sentences about everything under the sun, written for hinny: what people ask, but hardly ever of somebody's
//! support. A question that is closer to one of them than to any entry is probably none for this knowledge
//! base. Nothing that a shop, a bank or a program may have to answer belongs here.

use hinny_encoder::{STORED, Vector, Vectors};

/// One sentence per line.
const SENTENCES: &str = include_str!("background.txt");

/// As the built-in encoder has them; `kb/examples/background.rs` makes the file.
static VECTORS: &[u8] = include_bytes!("background.bin");

/// A sentence this close to a phrasing that the knowledge has is not foreign to it; nor one this close to a text,
/// which says much else as well and so is never very close.
const AT_HOME: f32 = 0.45;
const IN_TEXT: f32 = 0.4;

/// The sentences, for an encoder that does not know them yet.
pub(crate) fn sentences() -> impl Iterator<Item = &'static str> {
    SENTENCES.lines()
}

/// Their vectors by the built-in encoder.
pub(crate) fn built_in() -> Vec<Vector> {
    let (records, _) = VECTORS.as_chunks::<STORED>();
    records.iter().map(|record| Vector::read(record)).collect()
}

/// Those of the sentences (`all` are their vectors) that are foreign to a knowledge base with these texts.
pub(crate) fn foreign_to(all: &[Vector], phrasings: &Vectors, texts: &Vectors) -> Vectors {
    let near = |known: &Vectors, vector: &Vector, limit: f32| {
        let cosines = known.cosines(vector).into_iter();
        cosines.fold(0.0, f32::max) >= limit
    };
    let mut foreign = Vectors::default();
    for vector in all {
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

    use super::{VECTORS, built_in, foreign_to, nearest, sentences};

    #[test]
    fn each_sentence_has_its_vector() {
        let sentences: Vec<&str> = sentences().collect();
        assert_eq!(VECTORS.len(), sentences.len() * STORED);
        for (sentence, vector) in sentences.iter().zip(built_in()).step_by(15) {
            let again = Encoder::shared().one(sentence);
            assert!(again.cosine(&vector) > 0.98, "{sentence}");
        }
    }

    #[test]
    fn what_the_knowledge_has_is_not_foreign_to_it() {
        let all = built_in();
        let mut own = Vectors::default();
        own.push(&all[0]);
        let foreign = foreign_to(&all, &own, &Vectors::default());
        assert!(foreign.len() < all.len() && foreign.len() > all.len() / 2);
        let moon = Encoder::shared().one("what colour is the moon on Thursdays");
        assert!(nearest(&foreign, &moon) > 0.2);
    }
}
