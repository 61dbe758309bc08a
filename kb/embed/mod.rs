//! Embedders: what turns texts into vectors. The one inside the binary knows English; a server that speaks OpenAI's
//! embeddings interface may know anything, and then the whole knowledge is compared by its vectors. Vectors of
//! different embedders cannot be compared, so each has a name, and an index belongs to one of them.

mod center;
mod pieces;
mod server;

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use hinny_encoder::Vector;

pub(crate) use center::Center;
pub use server::{EmbeddingServer, Embeddings};

use crate::error::KbError;
use crate::language::{ENGLISH, Language};
use crate::semantic::background;

/// Who makes the vectors of one site.
#[derive(Clone, Default)]
pub enum Embedder {
    /// The English model in this binary.
    #[default]
    BuiltIn,
    /// A model elsewhere.
    Server(Arc<Embeddings>),
}

/// What a new index is compared with.
pub(crate) struct Ground {
    /// Where vectors are counted from.
    pub center: Center,
    /// The sentences that are asked elsewhere.
    pub background: Vec<Vector>,
}

/// One text to be made into vectors.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Text {
    pub text: String,
    /// A whole text has a vector for each of its windows, anything else has one.
    pub whole: bool,
}

impl Embedder {
    /// Names the model; vectors of another name cannot be compared with its own.
    pub fn name(&self) -> &str {
        match self {
            Embedder::BuiltIn => hinny_encoder::NAME,
            Embedder::Server(server) => server.name(),
        }
    }

    /// Whether texts in this language mean anything to it.
    pub(crate) fn knows(&self, language: Language) -> bool {
        match self {
            Embedder::BuiltIn => language == ENGLISH,
            Embedder::Server(_) => true,
        }
    }

    /// Asks for what every index needs. The center of the index before is kept, so that its vectors stay good, unless
    /// the model's vectors have become wider or narrower.
    pub(crate) fn ground(&self, before: Center) -> Result<Ground, KbError> {
        let Embedder::Server(server) = self else {
            return Ok(Ground {
                center: Center::default(),
                background: background::built_in(),
            });
        };
        let raw = server.texts(background::sentences().map(str::to_owned).collect())?;
        let own = Center::of(&raw);
        let center = if before.width() == own.width() {
            before
        } else {
            own
        };
        Ok(Ground {
            background: raw.into_iter().map(|raw| center.place(raw)).collect(),
            center,
        })
    }

    /// The vectors of each text.
    pub(crate) fn encode(
        &self,
        texts: &[Text],
        center: &Center,
    ) -> Result<Vec<Vec<Vector>>, KbError> {
        match self {
            Embedder::BuiltIn => Ok(on_all_processors(texts)),
            Embedder::Server(server) => {
                let pieces: Vec<Vec<String>> = texts.iter().map(pieces::of).collect();
                let all: Vec<String> = pieces.iter().flatten().cloned().collect();
                let mut raw = server.texts(all)?.into_iter();
                let counts = pieces.iter().map(Vec::len);
                let vectors = counts.map(|count| {
                    let own = raw.by_ref().take(count);
                    own.map(|numbers| center.place(numbers)).collect()
                });
                Ok(vectors.collect())
            }
        }
    }

    /// The vector of a visitor's question; nothing if it cannot be had in time.
    pub(crate) fn question(&self, text: &str, center: &Center) -> Option<Vector> {
        match self {
            Embedder::BuiltIn => hinny_encoder::question(text),
            Embedder::Server(server) => server.question(text).map(|raw| center.place(raw)),
        }
    }
}

impl std::fmt::Debug for Embedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A page takes a processor tens of milliseconds.
fn on_all_processors(texts: &[Text]) -> Vec<Vec<Vector>> {
    let done: Vec<OnceLock<Vec<Vector>>> = texts.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let (Some(text), Some(place)) = (texts.get(turn), done.get(turn)) else {
                return;
            };
            place.get_or_init(|| alone(text));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    done.into_iter().filter_map(OnceLock::into_inner).collect()
}

fn alone(text: &Text) -> Vec<Vector> {
    let encoder = hinny_encoder::Encoder::shared();
    match text.whole {
        true => encoder.all(&text.text),
        false => vec![encoder.one(&text.text)],
    }
}
