//! What must stand together in the passage too: a number and its unit, "before" and what it is before, "all" and what
//! it is all of.

use super::Unsupported;
use super::passage::Window;
use super::tokens::{Kind, Token, listed};
use super::words;

/// How many words may be between the two.
const NEAR: usize = 3;

pub(super) fn check(window: &Window, sentence: &[Token]) -> Result<(), Unsupported> {
    for at in 0..sentence.len() {
        let token = &sentence[at];
        let kept = match token.kind {
            Kind::Number => unit(sentence, at).is_none_or(|unit| has_unit(window, token, unit)),
            _ if listed(words::ORDER, &token.lower) => {
                let mut behind = sentence[at + 1..].iter().filter(|token| token.claims());
                behind
                    .next()
                    .is_none_or(|next| has_order(window, token, next))
            }
            _ if listed(words::QUANTITY, &token.lower) => follows(window, sentence, at),
            _ => true,
        };
        if !kept {
            return Err(Unsupported::Order);
        }
    }
    Ok(())
}

/// Whether the next word that says something is the same as in the window.
pub(super) fn follows(window: &Window, sentence: &[Token], at: usize) -> bool {
    let next = |tokens: &[Token], at: usize| {
        let mut behind = tokens[at + 1..].iter().filter(|token| token.claims());
        behind.next().map(|token| token.key.clone())
    };
    let wanted = next(sentence, at);
    let own = &window.tokens;
    let alike = |other: &Token| other.key == sentence[at].key && other.kind == sentence[at].kind;
    let mut same = (0..own.len()).filter(|at| alike(&own[*at])).peekable();
    same.peek().is_none() || same.any(|at| next(own, at) == wanted)
}

/// The word behind a number, or the sign before it.
fn unit(sentence: &[Token], at: usize) -> Option<&Token> {
    let before = at.checked_sub(1).and_then(|at| sentence.get(at));
    let sign = before
        .filter(|token| token.kind == Kind::Word && !token.lower.starts_with(char::is_alphabetic));
    let after = sentence
        .get(at + 1)
        .filter(|token| token.kind == Kind::Word);
    sign.or(after)
}

/// Whether the window gives this number this unit, or its heading does: a column of a table, for instance.
fn has_unit(window: &Window, number: &Token, unit: &Token) -> bool {
    let own = &window.tokens;
    let near = |at: usize| {
        let from = at.saturating_sub(NEAR);
        let to = (at + NEAR + 1).min(own.len());
        own[from..to].iter().any(|own| own.key == unit.key)
    };
    let mut same = (0..own.len()).filter(|at| own[*at].key == number.key);
    let elsewhere = own.iter().any(|own| own.key == unit.key);
    same.any(near) || !elsewhere && window.about.iter().any(|about| about.key == unit.key)
}

fn has_order(window: &Window, first: &Token, second: &Token) -> bool {
    let own = &window.tokens;
    let mut same = (0..own.len()).filter(|at| own[*at].key == first.key);
    same.any(|at| {
        let to = (at + 1 + NEAR).min(own.len());
        own[at + 1..to].iter().any(|own| own.key == second.key)
    })
}
