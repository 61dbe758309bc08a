//! Who does it: "you pay the postage" does not support "we pay the postage".

use super::Unsupported;
use super::passage::Window;
use super::tokens::{Kind, Token, listed};

/// Those who can be meant without a name.
const PERSONS: &str = "we you i they";

/// What may stand between somebody and what they do.
const BETWEEN: &str = "can could may might will would shall should must do does did have has had also always never please then";

/// Refuses what the passage lets somebody else do.
pub(super) fn check(window: &Window, sentence: &[Token]) -> Result<(), Unsupported> {
    for (at, token) in sentence.iter().enumerate() {
        let between = |token: &&Token| token.kind == Kind::Deny || listed(BETWEEN, &token.lower);
        let done = sentence[at + 1..].iter().find(|token| !between(token));
        let Some(done) =
            done.filter(|done| listed(PERSONS, &token.lower) && done.kind == Kind::Word)
        else {
            continue;
        };
        let own = &window.tokens;
        let mut same = (0..own.len())
            .filter(|at| own[*at].key == done.key)
            .peekable();
        let fits = |at: usize| {
            let before = own[..at].iter().rev().find(|token| !between(token));
            before.is_none_or(|before| is_free(before) || before.lower == token.lower)
        };
        if same.peek().is_some() && !same.any(fits) {
            return Err(Unsupported::Mixed);
        }
    }
    Ok(())
}

/// Whether this word before what is done names nobody who does it.
fn is_free(before: &Token) -> bool {
    !before.claims() && !listed(PERSONS, &before.lower)
}
