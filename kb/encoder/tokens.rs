//! From text to the numbers of tokens, in windows that the model can take.

use ahash::AHashMap;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{Model as _, NormalizedString, Normalizer, PreTokenizedString, PreTokenizer};

use crate::layout::WINDOW;

const VOCABULARY: &str = include_str!("vocabulary.txt");
/// What stands at the beginning and the end of each window.
const BEGIN: u32 = 101;
const END: u32 = 102;
/// Tokens of text in a window.
const TEXT: usize = WINDOW - 2;
/// How far each window reaches back into the one before.
const OVERLAP: usize = 32;
/// Text beyond this many bytes is not looked at; about 60 windows.
const MAX_BYTES: usize = 32_000;

pub(crate) struct Tokens {
    pieces: WordPiece,
    normalizer: BertNormalizer,
}

impl Tokens {
    pub fn new() -> Option<Tokens> {
        let words = VOCABULARY.lines().zip(0..);
        let words = words.map(|(word, number)| (word.to_owned(), number));
        let pieces = WordPiece::builder()
            .vocab(words.collect::<AHashMap<_, _>>())
            .build()
            .ok()?;
        Some(Tokens {
            pieces,
            normalizer: BertNormalizer::default(),
        })
    }

    /// The windows of a text, at most `most`; an empty text has one empty window.
    pub fn windows(&self, text: &str, most: usize) -> Vec<Vec<u32>> {
        let tokens = self.numbers(cut(text)).unwrap_or_default();
        let starts = (0..).step_by(TEXT - OVERLAP).take(most);
        let mut windows = Vec::new();
        for start in starts {
            let end = tokens.len().min(start + TEXT);
            let text = tokens[start..end].iter().copied();
            windows.push(std::iter::once(BEGIN).chain(text).chain([END]).collect());
            if end == tokens.len() {
                break;
            }
        }
        windows
    }

    fn numbers(&self, text: &str) -> tokenizers::Result<Vec<u32>> {
        let mut normal = NormalizedString::from(text);
        self.normalizer.normalize(&mut normal)?;
        let mut words = PreTokenizedString::from(normal);
        BertPreTokenizer.pre_tokenize(&mut words)?;
        words.tokenize(|word| self.pieces.tokenize(word.get()))?;
        let encoding = words.into_encoding(None, 0, tokenizers::OffsetType::None)?;
        Ok(encoding.get_ids().to_vec())
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
