//! Which language a text is in, if it says enough to be sure, and which languages a knowledge base has. A short
//! question often fits several languages; then nothing is claimed, and the knowledge base's own is taken.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use tantivy::tokenizer::{
    Language as Words, LowerCaser, SimpleTokenizer, StopWordFilter, TextAnalyzer,
};
use whatlang::{Detector, Lang, Script};

use crate::analyze::COMMON_ENGLISH;
use crate::entry::Entry;

/// The languages that are told apart, by their code in ISO 639-1, with the word forms that are known of them.
const LANGUAGES: [(Lang, &str, Option<Words>); 40] = [
    (Lang::Eng, "en", Some(Words::English)),
    (Lang::Deu, "de", Some(Words::German)),
    (Lang::Fra, "fr", Some(Words::French)),
    (Lang::Spa, "es", Some(Words::Spanish)),
    (Lang::Ita, "it", Some(Words::Italian)),
    (Lang::Por, "pt", Some(Words::Portuguese)),
    (Lang::Nld, "nl", Some(Words::Dutch)),
    (Lang::Swe, "sv", Some(Words::Swedish)),
    (Lang::Dan, "da", Some(Words::Danish)),
    (Lang::Nob, "no", Some(Words::Norwegian)),
    (Lang::Fin, "fi", Some(Words::Finnish)),
    (Lang::Hun, "hu", Some(Words::Hungarian)),
    (Lang::Ron, "ro", Some(Words::Romanian)),
    (Lang::Tur, "tr", Some(Words::Turkish)),
    (Lang::Pol, "pl", None),
    (Lang::Ces, "cs", None),
    (Lang::Slk, "sk", None),
    (Lang::Slv, "sl", None),
    (Lang::Hrv, "hr", None),
    (Lang::Lit, "lt", None),
    (Lang::Lav, "lv", None),
    (Lang::Est, "et", None),
    (Lang::Vie, "vi", None),
    (Lang::Ind, "id", None),
    (Lang::Cat, "ca", None),
    (Lang::Ell, "el", Some(Words::Greek)),
    (Lang::Rus, "ru", Some(Words::Russian)),
    (Lang::Ukr, "uk", None),
    (Lang::Bul, "bg", None),
    (Lang::Srp, "sr", None),
    (Lang::Ara, "ar", Some(Words::Arabic)),
    (Lang::Pes, "fa", None),
    (Lang::Heb, "he", None),
    (Lang::Hin, "hi", None),
    (Lang::Ben, "bn", None),
    (Lang::Tam, "ta", Some(Words::Tamil)),
    (Lang::Tha, "th", None),
    (Lang::Jpn, "ja", None),
    (Lang::Cmn, "zh", None),
    (Lang::Kor, "ko", None),
];

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Language(&'static str);

/// Taken for granted where nothing says otherwise.
pub(crate) const ENGLISH: Language = Language("en");

/// What short questions begin with and turn on, where the stop lists lack it. Few of these words are in two languages.
const ASKING: [(&str, &str); 6] = [
    (
        "de",
        "kostet kosten dauert gibt möchte brauche kann könnt liefert liefern wieviel lange bekomme bitte geht nehmt \
         funktioniert verschickt",
    ),
    (
        "fr",
        "combien coûte coute comment pourquoi puis peux pouvez peut livrez avez acceptez où quand faire voudrais \
         prend dois quels quelles",
    ),
    (
        "es",
        "cuánto cuanto cuánta cuántos cuesta cómo dónde cuándo puedo puede pueden tarda hacéis hacen aceptan aceptáis quiero \
         necesito tienen tenéis",
    ),
    (
        "pt",
        "quanto custa como onde quando posso pode podem qual quais demora aceitam quero preciso fazem vocês enviam tem",
    ),
    (
        "it",
        "quanto costa come dove quando posso può quale quali vuole accettate voglio vorrei fate spedite devo avete",
    ),
    (
        "nl",
        "hoe hoeveel kost kosten duurt kan kunnen waar wanneer welke mijn leveren jullie betalen lang",
    ),
];

/// Letters that are looked at.
const ENOUGH: usize = 2_000;
/// A short text counts from this certainty, and from the lower one if its small words agree.
const CERTAIN: f64 = 0.9;
const LIKELY: f64 = 0.3;
/// Letters that a text must have if its script belongs to several languages.
const FEWEST: usize = 8;

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(code: String) -> Result<Language, String> {
        let known = LANGUAGES.iter().find(|(_, known, _)| *known == code);
        known
            .map(|(_, code, _)| Language(code))
            .ok_or_else(|| format!("no language is called `{code}`"))
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.0.to_owned()
    }
}

impl Language {
    fn of(lang: Lang) -> Option<Language> {
        let known = LANGUAGES.iter().find(|(known, ..)| *known == lang);
        known.map(|(_, code, _)| Language(code))
    }

    /// Its code in ISO 639-1.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// The word forms that tantivy knows of it.
    pub fn words(self) -> Option<Words> {
        let own = LANGUAGES.iter().find(|(_, code, _)| *code == self.0);
        own.and_then(|(.., words)| *words)
    }
}

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::with_allowlist(LANGUAGES.map(|(lang, ..)| lang).to_vec()));

/// The language of a text, or nothing if it could be one of several.
pub(crate) fn detect(text: &str) -> Option<Language> {
    let start: String = text.chars().take(ENOUGH).collect();
    let letters = start.chars().filter(|c| c.is_alphabetic()).count();
    let found = DETECTOR.detect(&start)?;
    let language = Language::of(found.lang())?;
    let alone = !matches!(
        found.script(),
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari
    );
    if alone {
        return (letters > 1).then_some(language);
    }
    if letters < FEWEST {
        return None;
    }
    if found.confidence() > CERTAIN {
        return Some(language);
    }
    let small = by_small_words(&start, (found.confidence() > LIKELY).then_some(language));
    match found.script() {
        Script::Latin => small,
        _ => small.or(Some(language)),
    }
}

/// The language that has more of the text's small words than every other. One more is enough for the language
/// that its letters suggest, and for one of two small words if none is English; any other takes two more.
fn by_small_words(text: &str, suggested: Option<Language>) -> Option<Language> {
    let counts = SMALL_WORDS
        .iter()
        .map(|(language, chain)| (small_words(chain, text), *language));
    let mut counts: Vec<(usize, Language)> = counts.collect();
    counts.sort_unstable();
    let (second, best) = counts
        .split_last()
        .map(|(best, rest)| (rest.last(), best))?;
    let ahead = best.0 - second.map_or(0, |(count, _)| *count);
    let english = counts.iter().find(|(_, language)| *language == ENGLISH);
    let no_english = best.0 >= 2 && english.is_some_and(|(count, _)| *count == 0);
    let enough = if no_english || suggested == Some(best.1) {
        1
    } else {
        2
    };
    (ahead >= enough).then_some(best.1)
}

static SMALL_WORDS: LazyLock<Vec<(Language, TextAnalyzer)>> = LazyLock::new(|| {
    let chains = LANGUAGES.iter().filter_map(|(_, code, _)| {
        let language = Language(code);
        let stop = StopWordFilter::new(language.words()?)?;
        // The English list is much shorter than the others.
        let more = match language {
            ENGLISH => COMMON_ENGLISH,
            _ => ASKING
                .iter()
                .find(|(code, _)| *code == language.0)
                .map_or("", |(_, words)| words),
        };
        let more = StopWordFilter::remove(more.split_whitespace().map(str::to_owned));
        let chain = TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser);
        Some((language, chain.filter(stop).filter(more).build()))
    });
    chains.collect()
});

/// How many words the stop list takes out.
fn small_words(chain: &TextAnalyzer, text: &str) -> usize {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let all = words.filter(|word| !word.is_empty()).count();
    let mut chain = chain.clone();
    let mut stream = chain.token_stream(text);
    let mut kept = 0;
    while stream.advance() {
        kept += 1;
    }
    all.saturating_sub(kept)
}

/// The language of each entry: its own if its text says enough, else that of most entries of its file, else that of
/// most entries.
pub(crate) fn of_entries(entries: &[Entry]) -> Vec<Language> {
    let own: Vec<_> = entries.iter().map(|entry| detect(&text(entry))).collect();
    let mut files: HashMap<&str, BTreeMap<Language, usize>> = HashMap::new();
    let mut all = BTreeMap::new();
    for (entry, language) in entries.iter().zip(&own) {
        if let Some(language) = *language {
            let file = files.entry(&entry.path).or_default();
            *file.entry(language).or_default() += 1;
            *all.entry(language).or_default() += 1;
        }
    }
    let usual = most(&all).unwrap_or(ENGLISH);
    let of_file = |entry: &Entry| files.get(entry.path.as_str()).and_then(most);
    let pairs = entries.iter().zip(own);
    pairs
        .map(|(entry, own)| own.or_else(|| of_file(entry)).unwrap_or(usual))
        .collect()
}

/// The most frequent one; of equally frequent ones the first by code.
fn most(counts: &BTreeMap<Language, usize>) -> Option<Language> {
    let best = counts.iter().rev().max_by_key(|(_, count)| **count);
    best.map(|(language, _)| *language)
}

/// The language of most entries, from what `counted` gives.
pub(crate) fn usual(counts: &BTreeMap<String, usize>) -> Language {
    let best = counts.iter().rev().max_by_key(|(_, count)| **count);
    let language = best.map(|(code, _)| Language::try_from(code.clone()));
    language.and_then(Result::ok).unwrap_or(ENGLISH)
}

/// How many entries there are in each language.
pub(crate) fn counted(languages: &[Language]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for language in languages {
        *counts.entry(language.code().to_owned()).or_default() += 1;
    }
    counts
}

fn text(entry: &Entry) -> String {
    let phrasings: Vec<&str> = entry.phrasings().collect();
    format!("{}\n{}", phrasings.join("\n"), entry.body)
}
