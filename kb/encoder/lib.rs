//! Turns English sentences into vectors that point the same way when the sentences mean much the same. The
//! model (all-MiniLM-L6-v2 in 4 bits, see `NOTICE`) is part of the binary and read in place; nothing is
//! loaded before the first use. It knows nothing of questions, entries or answers.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod forward;
pub mod layout;
mod product;
mod recent;
mod service;
mod tokens;
mod vector;

use std::sync::OnceLock;

use forward::{Model, Room};
use layout::Weights;
pub use recent::Recent;
pub use service::question;
use tokens::Tokens;
pub use vector::{STORED, Vector, Vectors, stored};

/// Names the model and the way it is run. Vectors of another name cannot be compared with these.
pub const NAME: &str = "all-MiniLM-L6-v2-q4";

/// The result of `examples/convert.rs`.
static WEIGHTS: &[u8] = include_bytes!("weights.bin");
static SHARED: OnceLock<Encoder> = OnceLock::new();

/// Windows of one text that are encoded at most.
const MAX_WINDOWS: usize = 32;

/// The model, ready to run; there is one per process, and any number of threads may use it.
pub struct Encoder {
    model: Model,
    tokens: Tokens,
}

impl Encoder {
    /// The one encoder, loaded now if nobody has used it yet: about 20 ms.
    pub fn shared() -> &'static Encoder {
        SHARED.get_or_init(|| {
            let weights = Weights::read(WEIGHTS).expect("the tests read these very bytes");
            Encoder {
                model: Model::new(weights),
                tokens: Tokens::new().expect("the tests read this very vocabulary"),
            }
        })
    }

    /// The vector of a short text: of its first 126 tokens.
    pub fn one(&self, text: &str) -> Vector {
        let windows = self.windows(text, 1);
        windows
            .into_iter()
            .next()
            .expect("even an empty text has a window")
    }

    /// The vectors of a text of any length, one for each window; the windows overlap.
    pub fn all(&self, text: &str) -> Vec<Vector> {
        self.windows(text, MAX_WINDOWS)
    }

    fn windows(&self, text: &str, most: usize) -> Vec<Vector> {
        let mut room = Room::default();
        let windows = self.tokens.windows(text, most);
        let vectors = windows
            .iter()
            .map(|window| Vector::of(&self.model.forward(window, &mut room)));
        vectors.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoder, WEIGHTS};

    /// Printed by `examples/convert.rs`, and told in `NOTICE`.
    const SUM: &str = "e3394b3acdbf455bdad9f4e22b5a6aeb286715953d66a959f42dd63259c1caea";

    fn alike(a: &str, b: &str) -> f32 {
        let encoder = Encoder::shared();
        encoder.one(a).cosine(&encoder.one(b))
    }

    #[test]
    fn the_weights_are_those_that_the_command_makes() {
        assert_eq!(blake3::hash(WEIGHTS).to_string(), SUM);
    }

    #[test]
    fn sentences_that_mean_the_same_are_close() {
        let reset = "How do I reset my password?";
        assert!(alike(reset, "I forgot my login, what now?") > 0.5);
        assert!(alike(reset, "Where is my parcel?") < 0.3);
        let package = alike("Where is my parcel?", "Where is my package?");
        assert!(package > 0.6, "{package}");
        assert!(alike(reset, reset) > 0.99);
    }

    #[test]
    fn long_texts_have_windows_and_odd_ones_a_vector() {
        let encoder = Encoder::shared();
        assert_eq!(encoder.all("one two three").len(), 1);
        assert_eq!(encoder.all(&"parcel ".repeat(300)).len(), 3);
        assert!(encoder.all(&"x ".repeat(200_000)).len() <= 32);
        for odd in ["", "🙂🙂", "\u{0}", "مرحبا بالعالم", "a\u{301}\u{301}"] {
            let vector = encoder.one(odd);
            assert!((vector.cosine(&vector) - 1.0).abs() < 0.02, "{odd:?}");
        }
        assert_eq!(encoder.all(&"a".repeat(1_000_000)).len(), 1);
    }
}
