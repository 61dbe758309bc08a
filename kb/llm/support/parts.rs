//! Parts of a sentence: between two of them a denial ends (`statements`), or what belongs together does
//! (`clauses`).

use super::passage::yes_or_no;
use super::tokens::{Kind, Token, listed};
use super::words;

/// Words and whether they are denied: how often, since two denials are none.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub tokens: Vec<&'a Token>,
    pub denied: usize,
    /// It begins a sentence, so a condition in it stands before what it is a condition for.
    pub opens: bool,
}

impl Statement<'_> {
    pub fn has(&self, key: &str) -> bool {
        self.tokens.iter().any(|token| token.key == key)
    }

    /// How many of these words it has.
    pub fn shares(&self, keys: &[&str]) -> usize {
        keys.iter().filter(|key| self.has(key)).count()
    }

    /// What it says.
    pub fn keys(&self) -> Vec<&str> {
        let claims = self.tokens.iter().filter(|token| token.claims());
        claims.map(|token| token.key.as_str()).collect()
    }

    /// Whether it begins with one of these words.
    pub fn begins_with(&self, list: &str) -> bool {
        self.tokens
            .first()
            .is_some_and(|token| listed(list, &token.lower))
    }
}

/// The statements of a sentence. A "no" that only answers a question denies nothing by itself.
pub(super) fn statements(tokens: &[Token]) -> Vec<Statement<'_>> {
    let from = usize::from(yes_or_no(tokens).is_some());
    let tokens = &tokens[from..];
    let mut all = vec![Statement::new(true)];
    for (at, token) in tokens.iter().enumerate() {
        let behind = &tokens[at + 1..];
        if listed(words::PART, &token.lower) || ends_statement(token, behind) {
            let opens =
                token.kind == Kind::Mark && matches!(token.lower.as_str(), "." | "!" | "?" | ";");
            match all.last_mut() {
                Some(last) if last.tokens.is_empty() => last.opens |= opens,
                _ => all.push(Statement::new(opens)),
            }
        }
        if let Some(last) = all.last_mut().filter(|_| token.kind != Kind::Mark) {
            last.tokens.push(token);
            last.denied += usize::from(token.kind == Kind::Deny);
        }
    }
    all.retain(|part| part.tokens.iter().any(|token| token.claims()));
    all
}

impl Statement<'_> {
    fn new(opens: bool) -> Self {
        Statement {
            tokens: Vec::new(),
            denied: 0,
            opens,
        }
    }
}

/// The words that a second statement takes over from the first: "cards" in "Cards are valid for a year and cannot be
/// exchanged".
pub(super) fn shared_subject<'a>(own: &[Statement<'a>]) -> Vec<&'a str> {
    let [first, rest @ ..] = own else {
        return Vec::new();
    };
    if !rest.iter().any(|part| part.begins_with("and or")) {
        return Vec::new();
    }
    let leading = first.tokens.iter().take_while(|token| token.claims());
    leading.map(|token| token.key.as_str()).collect()
}

/// A comma or an "and" ends a statement when another begins behind it, and only goes on with a list when none does.
fn ends_statement(token: &Token, behind: &[Token]) -> bool {
    const BEGINNINGS: &str = "and or so then you we it they please he she i";
    let denies = |within: usize| {
        behind
            .iter()
            .take(within)
            .any(|token| token.kind == Kind::Deny)
    };
    match token.lower.as_str() {
        ";" | "(" | ")" | "—" | "–" | "." | "?" | "!" => token.kind == Kind::Mark,
        "," => {
            denies(1)
                || behind
                    .first()
                    .is_some_and(|next| listed(BEGINNINGS, &next.lower))
        }
        "and" | "or" => denies(2),
        _ => false,
    }
}

/// The smallest parts: between commas, colons, "and" and "or".
pub(super) fn clauses(tokens: &[Token]) -> Vec<Vec<&Token>> {
    let mut all: Vec<Vec<&Token>> = vec![Vec::new()];
    for token in tokens {
        let joins = matches!(token.lower.as_str(), "and" | "or");
        if joins || token.kind == Kind::Mark || listed(words::PART, &token.lower) {
            all.push(Vec::new());
        }
        if let Some(last) = all
            .last_mut()
            .filter(|_| token.kind != Kind::Mark && !joins)
        {
            last.push(token);
        }
    }
    all.retain(|part| part.iter().any(|token| token.claims()));
    all
}
