//! What belongs to what inside one sentence. Names and numbers are its anchors: "Pro costs 10, Team costs 25" has
//! two clauses with anchors of their own, and a word of one must not be told of the anchors of the other.

use std::collections::HashSet;

use super::Unsupported;
use super::parts::clauses;
use super::passage::Window;
use super::tokens::{Kind, Token};

/// A part of the passage's sentence with its words and, among them, its anchors.
struct Clause<'a> {
    keys: HashSet<&'a str>,
    anchors: HashSet<&'a str>,
    has_name: bool,
    has_number: bool,
    has_words: bool,
}

/// Refuses a sentence that mixes what the window says of different things.
pub(super) fn check(window: &Window, sentence: &[Token]) -> Result<(), Unsupported> {
    let own = merged(&window.tokens, window);
    let all: HashSet<&str> = own
        .iter()
        .flat_map(|clause| &clause.anchors)
        .copied()
        .collect();
    for clause in merged(sentence, window) {
        let keys = clause
            .keys
            .iter()
            .copied()
            .filter(|key| window.tokens.iter().any(|own| own.key == *key));
        let keys: HashSet<&str> = keys.collect();
        let anchors: HashSet<&str> = keys.intersection(&all).copied().collect();
        if anchors.is_empty() {
            continue;
        }
        // Names and numbers that the passage puts together may share the words around them.
        let together = own
            .iter()
            .any(|own| anchors.len() > 1 && anchors.is_subset(&own.anchors));
        let fits = |key: &str| {
            let mut with_key = own.iter().filter(|own| own.keys.contains(key));
            with_key.any(|own| belongs(own, key, &anchors))
        };
        let alone = |key: &str| anchors.len() == 1 && anchors.contains(key);
        if !together && !keys.iter().all(|key| alone(key) || fits(key)) {
            return Err(Unsupported::Mixed);
        }
    }
    Ok(())
}

/// Whether this clause says `key` of one of `anchors`, or of nothing in particular.
fn belongs(clause: &Clause<'_>, key: &str, anchors: &HashSet<&str>) -> bool {
    let mut others = clause
        .anchors
        .iter()
        .filter(|anchor| **anchor != key)
        .peekable();
    others.peek().is_none() || others.any(|anchor| anchors.contains(anchor))
}

/// The clauses of a sentence. One that only goes on with a list ("Norway, Sweden and Denmark") is part of the one
/// before it, and one without a subject ("and never leave Europe") has the subject of the one before it.
fn merged<'a>(tokens: &'a [Token], window: &Window) -> Vec<Clause<'a>> {
    let mut all: Vec<Clause<'a>> = Vec::new();
    let mut subject: Vec<&str> = Vec::new();
    for tokens in clauses(tokens) {
        let mut clause = read(&tokens, window, all.is_empty());
        let only_list = !(clause.has_words || clause.has_name && clause.has_number);
        if !tokens.first().is_some_and(|token| token.claims()) {
            clause.keys.extend(subject.iter().copied());
        } else if all.is_empty() {
            let leading = tokens.iter().take_while(|token| token.claims());
            subject = leading.map(|token| token.key.as_str()).collect();
        }
        // "Pro and Team include it": the first word is part of what follows.
        let begun = all.len() == 1 && all[0].keys.len() == 1;
        match all.last_mut().filter(|_| only_list || begun) {
            Some(before) => {
                before.keys.extend(clause.keys);
                before.anchors.extend(clause.anchors);
            }
            None => all.push(clause),
        }
    }
    all
}

/// `first`: its first word begins a sentence, and may have its capital letter from that.
fn read<'a>(tokens: &[&'a Token], window: &Window, first: bool) -> Clause<'a> {
    let mut clause = Clause {
        keys: HashSet::new(),
        anchors: HashSet::new(),
        has_name: false,
        has_number: false,
        has_words: false,
    };
    let mut after_number = false;
    for (at, token) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.claims())
    {
        clause.keys.insert(&token.key);
        let number = token.kind == Kind::Number;
        let capital = token.capital && !(first && at == 0) && !is_lower_elsewhere(token, window);
        let name = token.kind == Kind::Fact || capital;
        if number || name {
            clause.anchors.insert(&token.key);
        }
        clause.has_number |= number;
        clause.has_name |= name;
        // The unit of a number says nothing by itself.
        clause.has_words |= !number && !name && !after_number;
        after_number = number;
    }
    clause
}

/// A word that also stands in lower case is no name.
fn is_lower_elsewhere(token: &Token, window: &Window) -> bool {
    let mut all = window.tokens.iter().chain(&window.about);
    all.any(|other| other.key == token.key && !other.capital)
}
