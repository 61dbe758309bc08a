//! What narrows a statement must not be left out: folded bikes that are free do not make bikes free.

use super::Unsupported;
use super::parts::clauses;
use super::passage::Window;
use super::tokens::{Kind, Token, listed};
use super::words;

pub(super) fn check(window: &Window, sentence: &[Token]) -> Result<(), Unsupported> {
    let told = |token: &Token| sentence.iter().any(|other| other.key == token.key);
    let clauses = clauses(&window.tokens);
    let cut = clauses.iter().any(|clause| is_cut(clause, &told));
    let front = clauses
        .first()
        .is_some_and(|clause| is_front(clause, &told));
    match cut || front || widens(window, sentence) {
        true => Err(Unsupported::Narrowed),
        false => Ok(()),
    }
}

/// Whether the sentence takes something from this clause and leaves out what narrows it: a number, an order, "only",
/// or "that …", before the last word that it takes.
fn is_cut(clause: &[&Token], told: &impl Fn(&Token) -> bool) -> bool {
    let taken = |token: &&&Token| token.claims() && told(token);
    let Some(last) = clause.iter().rposition(|token| taken(&token)) else {
        return false;
    };
    let lost = |token: &Token| listed(words::NARROW, &token.lower) && !told(token);
    let narrowed = clause.iter().any(|token| lost(token));
    narrowed
        || (0..last).any(|at| {
            let token = clause[at];
            let relative = listed(words::RELATIVE, &token.lower) && at > 0;
            let next = clause[at + 1..].iter().find(|token| token.claims());
            let narrows = match relative {
                true => next.is_some_and(|next| !told(next)),
                false => token.kind == Kind::Number || listed(words::ORDER, &token.lower),
            };
            narrows && (relative || !told(token))
        })
}

/// "From 30 euros on, delivery is free": a beginning with a number is a condition, and must not be lost as a whole.
fn is_front(clause: &[&Token], told: &impl Fn(&Token) -> bool) -> bool {
    let begins = clause.first().is_some_and(|token| {
        listed(words::ORDER, &token.lower) || listed("from for with at in on", &token.lower)
    });
    let number = clause.iter().any(|token| token.kind == Kind::Number);
    begins && number && !clause.iter().any(|token| token.claims() && told(token))
}

/// What the sentence begins with must stand without a narrower word before it somewhere.
fn widens(window: &Window, sentence: &[Token]) -> bool {
    let Some(at) = sentence.iter().position(Token::claims) else {
        return false;
    };
    let first = &sentence[at];
    // A name inside of a sentence is narrow enough.
    if at > 0 && first.capital {
        return false;
    }
    let own = &window.tokens;
    let known = |token: &Token| {
        let free = !token.claims() || listed("all every each", &token.lower);
        let mut told = sentence.iter().chain(&window.about);
        free || told.any(|other| other.key == token.key)
    };
    let mut same = (0..own.len())
        .filter(|at| own[*at].key == first.key)
        .peekable();
    same.peek().is_some() && !same.any(|at| at == 0 || known(&own[at - 1]))
}
