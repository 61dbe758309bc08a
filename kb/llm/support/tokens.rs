//! `Token`: a text as the support check reads it: words by their stem, numbers by their value, and whatever must
//! be the same letter by letter.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use tantivy::tokenizer::{Language, LowerCaser, RawTokenizer, Stemmer, TextAnalyzer};
use unicode_normalization::UnicodeNormalization;

use super::words;

/// One word, number, fact or mark, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    /// What is compared: the stem of a word (or of the group it stands for), the value of a number, a fact as it is.
    pub key: String,
    /// In lower case, as it was written.
    pub lower: String,
    /// It begins with a capital letter.
    pub capital: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Says something.
    Word,
    /// Only joins.
    Glue,
    Deny,
    Number,
    /// An address, a link, a code: the same or not.
    Fact,
    Mark,
}

impl Token {
    /// Whether its passage must have it.
    pub fn claims(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Number | Kind::Fact)
    }
}

struct Lists {
    glue: HashSet<&'static str>,
    deny: HashSet<&'static str>,
    same: HashMap<String, String>,
    numbers: HashMap<&'static str, &'static str>,
    pattern: Regex,
    thousands: Regex,
}

/// The first that fits is taken: links, addresses, codes, numbers, words, any other sign.
const PATTERN: &str = r"(?x)
    (?P<fact> (?i:https?://|www\.)[^\s<>]+
        | [\w.+%-]+@[\w-]+(?:\.[\w-]+)+
        | \p{L}[\p{L}\p{N}]*(?:[._/@:-][\p{L}\p{N}]+)*[._@:-]\p{N}[\p{L}\p{N}]*(?:[._/@:-][\p{L}\p{N}]+)*
        | \p{L}+\p{N}[\p{L}\p{N}]*(?:[._/-][\p{L}\p{N}]+)*
        | \p{N}+\p{L}+\p{N}[\p{L}\p{N}]*
        | \p{L}[\p{L}\p{N}-]*(?:[._]\p{L}[\p{L}\p{N}-]+)+ )
    | (?P<number> \p{N}+(?:[.,:]\p{N}+)* )
    | (?P<word> \p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)* )
    | (?P<mark> [^\s] )";

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut same = HashMap::new();
    for group in words::SAME {
        let first = group.split_whitespace().next().unwrap_or_default();
        for word in group.split_whitespace() {
            same.insert(stem(word), stem(first));
        }
    }
    Lists {
        glue: words::GLUE.split_whitespace().collect(),
        deny: words::DENY.split_whitespace().collect(),
        same,
        numbers: words::NUMBERS.iter().copied().collect(),
        pattern: Regex::new(PATTERN).expect("the pattern is a constant"),
        thousands: Regex::new(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
            .expect("the pattern is a constant"),
    }
});

/// Whether this list of `words` has the word.
pub(super) fn listed(list: &str, lower: &str) -> bool {
    list.split_whitespace().any(|word| word == lower)
}

fn stem(word: &str) -> String {
    static CHAIN: LazyLock<TextAnalyzer> = LazyLock::new(|| {
        TextAnalyzer::builder(RawTokenizer::default())
            .filter(LowerCaser)
            .filter(Stemmer::new(Language::English))
            .build()
    });
    let mut chain = CHAIN.clone();
    let mut stream = chain.token_stream(word);
    match stream.advance() {
        true => stream.token().text.clone(),
        false => word.to_lowercase(),
    }
}

/// The text token by token.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let text: String = text.nfkc().collect::<String>().replace('’', "'");
    let mut all = Vec::new();
    for found in LISTS.pattern.captures_iter(&text) {
        let piece = found.get(0).map_or("", |whole| whole.as_str());
        if found.name("fact").is_some() {
            all.push(fact(piece));
        } else if found.name("number").is_some() {
            all.push(number(piece));
        } else if found.name("word").is_some() {
            all.push(word(piece));
        } else {
            all.push(mark(piece));
        }
    }
    all
}

fn token(kind: Kind, key: String, piece: &str) -> Token {
    Token {
        kind,
        key,
        lower: piece.to_lowercase(),
        capital: piece.starts_with(char::is_uppercase),
    }
}

fn fact(piece: &str) -> Token {
    let piece = piece.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '"']);
    token(Kind::Fact, piece.to_lowercase(), piece)
}

/// "1,000" is "1000", "09:00" is "9", "4.50" is not "4".
fn number(piece: &str) -> Token {
    let mut value = match LISTS.thousands.is_match(piece) {
        true => piece.replace(',', ""),
        false => piece.to_owned(),
    };
    for zero in [":00", ".00"] {
        value = value
            .strip_suffix(zero)
            .map_or(value.clone(), str::to_owned);
    }
    let short = value.trim_start_matches('0');
    let starts_well = short.starts_with(|c: char| c.is_numeric());
    let value = if starts_well { short.to_owned() } else { value };
    token(Kind::Number, value, piece)
}

fn word(piece: &str) -> Token {
    let lower = piece.to_lowercase();
    if LISTS.deny.contains(lower.as_str()) || lower.ends_with("n't") {
        return token(Kind::Deny, "not".to_owned(), piece);
    }
    let plain = lower.split('\'').next().unwrap_or(&lower);
    if let Some(value) = LISTS.numbers.get(plain) {
        return token(Kind::Number, (*value).to_owned(), piece);
    }
    if LISTS.glue.contains(plain) {
        return token(Kind::Glue, plain.to_owned(), piece);
    }
    let stem = stem(plain);
    let key = LISTS.same.get(&stem).cloned().unwrap_or(stem);
    token(Kind::Word, key, piece)
}

/// A sign that stands for a word is that word.
fn mark(piece: &str) -> Token {
    match LISTS.same.get(piece) {
        Some(key) => token(Kind::Word, key.clone(), piece),
        None => token(Kind::Mark, piece.to_owned(), piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(text: &str) -> Vec<String> {
        let all = tokens(text).into_iter();
        all.filter(Token::claims).map(|token| token.key).collect()
    }

    #[test]
    fn words_meet_by_stem_and_group_and_numbers_by_value() {
        assert_eq!(
            claims("We deliver the orders"),
            claims("Shipping your order")
        );
        assert_eq!(claims("1,000 € at 09:00"), claims("1000 euros at 9"));
        assert_eq!(claims("seven days"), claims("7 day"));
        assert_ne!(claims("4.50"), claims("4"));
    }

    #[test]
    fn addresses_links_and_codes_stay_whole() {
        for fact in [
            "https://shop.example/a?b=c",
            "help@shop.example",
            "E1042",
            "v2.3.1",
            "config.toml",
            "SKU-12",
        ] {
            assert_eq!(
                claims(&format!("See {fact}.")).last(),
                Some(&fact.to_lowercase())
            );
        }
        assert_eq!(claims("30min"), ["30", "minut"]);
    }

    #[test]
    fn every_way_to_deny_is_seen() {
        for text in [
            "don't",
            "cannot",
            "won’t",
            "never",
            "non-refundable",
            "without",
        ] {
            assert!(
                tokens(text).iter().any(|token| token.kind == Kind::Deny),
                "{text}"
            );
        }
    }
}
