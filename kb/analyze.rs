//! Turns text into search terms: English for now. The index and every query go through the same
//! function, so another language is another `Analyzer` and nothing else.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};
use unicode_normalization::UnicodeNormalization;

/// A term longer than this many bytes is noise (a key, a base64 blob) and is left out.
const MAX_TERM_BYTES: usize = 64;

/// Words in which people wrap a question, whatever it is about.
pub(crate) const COMMON_ENGLISH: &str = "\
    i me my mine myself we us our you your yours he him his she her it its they them their \
    am is are was were be been being do does did done doing have has had having get got getting \
    can could may might must shall should will would ca don doesn didn isn won \
    what which who whom whose when where why how that this these those there here \
    please thanks thank hello hi hey ok okay yes well so just also too very really \
    want wants wanted need needs like know tell let say says ask help give show see find \
    some any all every each one ones something anything thing things way ways \
    from about than then now again still yet out up down over s t m re ve ll d \
    possible able possibly maybe go going come make use using take long much many";

/// What such a word counts for.
const COMMON_WEIGHT: f64 = 0.5;
/// What it counts for if the knowledge does not have it: that nobody wrote "please" means nothing.
const UNKNOWN_COMMON_WEIGHT: f64 = 0.1;

/// One language's way from text to terms.
#[derive(Clone)]
pub(crate) struct Analyzer {
    chain: TextAnalyzer,
    /// Terms of politeness and grammar, which say little about what is asked.
    common: Arc<HashSet<String>>,
}

impl Analyzer {
    /// Lower case, words of letters and digits, a short stop list, Porter's stemmer.
    pub fn english() -> Self {
        let stop = StopWordFilter::new(Language::English).expect("the English list is compiled in");
        let chain = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(MAX_TERM_BYTES))
            .filter(LowerCaser)
            .filter(stop)
            .filter(Stemmer::new(Language::English))
            .build();
        let mut analyzer = Analyzer {
            chain,
            common: Arc::default(),
        };
        analyzer.common = Arc::new(analyzer.terms(COMMON_ENGLISH).into_iter().collect());
        analyzer
    }

    /// How much a term says about what is asked, before its rarity: 1 for most. In a small knowledge base
    /// "please" is as rare as "refund"; this keeps it from weighing as much.
    pub fn weight(&self, term: &str, known: bool) -> f64 {
        match (self.common.contains(term), known) {
            (true, true) => COMMON_WEIGHT,
            (true, false) => UNKNOWN_COMMON_WEIGHT,
            (false, _) => 1.0,
        }
    }

    /// The terms of a text in order, repeated ones included.
    pub fn terms(&self, text: &str) -> Vec<String> {
        let normal: String = text.nfkc().collect();
        let mut chain = self.chain.clone();
        let mut stream = chain.token_stream(&normal);
        let mut terms = Vec::new();
        while stream.advance() {
            terms.push(stream.token().text.clone());
        }
        terms
    }
}

/// A phrasing reduced to what makes two questions the same: letters and digits in lower case.
pub(crate) fn same_question(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let words = lower
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .map(|word| word.replace(['\'', '’'], ""))
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Analyzer, same_question};

    #[test]
    fn words_are_stemmed_and_stop_words_left_out() {
        let terms = Analyzer::english().terms("The refunds are NOT showing up!");
        assert_eq!(terms, ["refund", "show", "up"]);
    }

    #[test]
    fn the_same_question_ignores_case_and_punctuation() {
        let known = same_question("What's the “trial” period?");
        assert_eq!(known, "whats the trial period");
        assert_eq!(same_question("  WHATS THE TRIAL, period "), known);
        assert_eq!(same_question("?!…"), "");
    }

    #[test]
    fn full_width_letters_are_ordinary_letters() {
        assert_eq!(Analyzer::english().terms("Ｒｅｆｕｎｄ"), ["refund"]);
    }
}
