//! Turns text into search terms, by the rules of its language as far as they are known: word forms and stop words of
//! seventeen languages, and pairs of letters for scripts without spaces. The index and every query go through
//! the same function.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use tantivy::tokenizer::{
    LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};
use unicode_normalization::UnicodeNormalization;

use crate::identifiers::{is_name_term, names, shape};
use crate::language::{ENGLISH, Language};

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
/// What a name such as an error code counts for, known and unknown; its words count as well.
const NAME_WEIGHT: f64 = 2.0;
const UNKNOWN_NAME_WEIGHT: f64 = 0.5;

/// One language's way from text to terms.
pub(crate) struct Analyzer {
    chain: TextAnalyzer,
    /// Terms of politeness and grammar, which say little about what is asked.
    common: HashSet<String>,
}

impl Analyzer {
    /// The one of a language; made when it is first needed.
    pub fn of(language: Language) -> &'static Analyzer {
        static MADE: Mutex<BTreeMap<Language, &'static Analyzer>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        // One per language stays for the life of the process, so that nobody has to hold it.
        made.entry(language)
            .or_insert_with(|| Box::leak(Box::new(Analyzer::new(language))))
    }

    /// Lower case, words of letters and digits, a stop list and a stemmer, as far as they are known.
    fn new(language: Language) -> Analyzer {
        let words = language.words();
        let chain = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(MAX_TERM_BYTES))
            .filter(LowerCaser)
            .dynamic();
        let chain = match words.and_then(StopWordFilter::new) {
            Some(stop) => chain.filter_dynamic(stop),
            None => chain,
        };
        let chain = match words {
            Some(words) => chain.filter_dynamic(Stemmer::new(words)),
            None => chain,
        };
        let mut analyzer = Analyzer {
            chain: chain.build(),
            common: HashSet::new(),
        };
        if language == ENGLISH {
            analyzer.common = analyzer.terms(COMMON_ENGLISH).into_iter().collect();
        }
        analyzer
    }

    /// How much a term says about what is asked, before its rarity: 1 for most. In a small knowledge base
    /// "please" is as rare as "refund"; this keeps it from weighing as much.
    pub fn weight(&self, term: &str, known: bool) -> f64 {
        match (self.common.contains(term), known) {
            (true, true) => COMMON_WEIGHT,
            (true, false) => UNKNOWN_COMMON_WEIGHT,
            (false, true) if is_name_term(term) => NAME_WEIGHT,
            (false, false) if is_name_term(term) => UNKNOWN_NAME_WEIGHT,
            (false, _) => 1.0,
        }
    }

    /// The terms of a text in order, repeated ones included; those of names come last.
    pub fn terms(&self, text: &str) -> Vec<String> {
        let normal: String = text.nfkc().collect();
        let mut chain = self.chain.clone();
        let pairs = in_pairs(&normal);
        let mut stream = chain.token_stream(&pairs);
        let mut terms = Vec::new();
        while stream.advance() {
            terms.push(stream.token().text.clone());
        }
        terms.extend(names(&normal));
        terms
    }

    /// The same for the index, which has the shapes of names as well.
    pub fn indexed(&self, text: &str) -> String {
        let mut terms = self.terms(text);
        let shapes: Vec<String> = terms
            .iter()
            .filter(|term| is_name_term(term))
            .map(|name| shape(name))
            .collect();
        terms.extend(shapes);
        terms.join(" ")
    }
}

/// Scripts that put no spaces between words: each letter is taken together with the next one.
fn has_no_spaces(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0E7F | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0x20000..=0x2FA1F)
}

/// The text with each run of such letters as overlapping pairs.
fn in_pairs(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (n, letter) in letters.iter().enumerate() {
        let close = |at: Option<usize>| {
            at.and_then(|at| letters.get(at))
                .is_some_and(|c| has_no_spaces(*c))
        };
        let (before, after) = (close(n.checked_sub(1)), close(Some(n + 1)));
        if !has_no_spaces(*letter) {
            out.push(*letter);
        } else if after {
            out.extend([' ', *letter, letters[n + 1], ' ']);
        } else if !before {
            out.extend([' ', *letter, ' ']);
        }
    }
    out
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
    use crate::language::{ENGLISH, Language, detect};

    #[test]
    fn words_are_stemmed_and_stop_words_left_out() {
        let terms = Analyzer::of(ENGLISH).terms("The refunds are NOT showing up!");
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
        assert_eq!(Analyzer::of(ENGLISH).terms("Ｒｅｆｕｎｄ"), ["refund"]);
    }

    fn of(code: &str) -> &'static Analyzer {
        Analyzer::of(Language::try_from(code.to_owned()).unwrap())
    }

    #[test]
    fn each_language_has_its_word_forms_and_stop_words() {
        let german = of("de");
        assert_eq!(german.terms("die Rechnungen"), german.terms("der Rechnung"));
        assert_eq!(
            of("fr").terms("les livraisons"),
            of("fr").terms("la livraison")
        );
        assert_eq!(of("es").terms("los pedidos"), of("es").terms("el pedido"));
        assert_eq!(of("ru").terms("пароли"), of("ru").terms("пароль"));
        assert!(!of("ar").terms("كلمة المرور").is_empty());
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        let question = "パスワードを忘れた";
        let japanese = Analyzer::of(detect(question).unwrap());
        let terms = japanese.terms(question);
        assert!(
            terms.contains(&"パス".to_owned()) && terms.contains(&"忘れ".to_owned()),
            "{terms:?}"
        );
        assert_eq!(of("zh").terms("密码 A 码"), ["密码", "a", "码"]);
        assert!(of("ja").terms(&"あ".repeat(100)).len() > 90);
    }
}
