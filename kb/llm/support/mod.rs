//! The support check: does this passage say what this sentence says? No model judges it. It is strict, because a
//! sentence that is refused costs little (the passage itself is shown instead), and one that is wrong costs much.
//!
//! A sentence is supported if one sentence of the passage (or two, when the second points back at the first)
//! 1. has every word of it: by stem, by a short list of words that mean the same, or in the headings above.
//!    Only words that merely join are free (`words::GLUE`);
//! 2. has every number with the same unit, every "before" and "within" with the same word behind it, and every address, link and code letter by letter;
//! 3. denies what the sentence denies and nothing else, part by part;
//! 4. speaks of no less: "all paid plans" does not support "all plans", nor "folded bikes" "bikes";
//! 5. has no exception and no final condition that the sentence leaves out;
//! 6. lets nobody else do it: "you pay" does not support "we pay";
//! 7. does not say it of something else: "Pro costs 10 and Team costs 25" does not support "Team costs 10".
//!
//! A sentence that joins several statements may rest on several sentences, part by part. The check reads English;
//! what it does not understand it refuses.

mod anchors;
mod doers;
mod narrow;
mod order;
#[cfg(test)]
mod pairs_tests;
mod parts;
mod passage;
mod tokens;
mod words;

use parts::Statement;
use passage::{Window, windows, yes_or_no};
use tokens::{Kind, Token, listed, tokens};

/// Why a sentence is not supported by its passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unsupported {
    #[error("it says nothing that could be checked")]
    Nothing,
    #[error("it has a word that the passage does not have there")]
    Word,
    #[error("it has a number, address, link or code that the passage does not have")]
    Fact,
    #[error("it gives a number another unit or turns an order round")]
    Order,
    #[error("it leaves out what narrows a statement")]
    Narrowed,
    #[error("it denies what the passage does not deny, or the other way round")]
    Denial,
    #[error("it leaves out an exception or a condition")]
    Condition,
    #[error("it says of one thing what the passage says of another")]
    Mixed,
}

/// A passage, read once for all sentences that cite it.
#[derive(Debug)]
pub struct Support {
    windows: Vec<Window>,
}

impl Support {
    pub fn new(title: &str, markdown: &str) -> Support {
        Support {
            windows: windows(title, markdown),
        }
    }

    /// Whether the passage says this.
    pub fn check(&self, sentence: &str) -> Result<(), Unsupported> {
        let sentence = tokens(sentence);
        if !sentence.iter().any(Token::claims) {
            return Err(Unsupported::Nothing);
        }
        self.facts(&sentence)?;
        match self.rests(&sentence) {
            Err(Unsupported::Word) => self.rests_in_parts(&sentence),
            found => found,
        }
    }

    /// Cheap and first: what must stand in the passage somewhere.
    fn facts(&self, sentence: &[Token]) -> Result<(), Unsupported> {
        let mut exact = sentence
            .iter()
            .filter(|token| matches!(token.kind, Kind::Number | Kind::Fact));
        let known = |token: &Token| {
            let mut all = self.windows.iter().flat_map(|window| &window.tokens);
            all.any(|other| other.key == token.key)
        };
        match exact.all(known) {
            true => Ok(()),
            false => Err(Unsupported::Fact),
        }
    }

    /// Whether one window says all of it; the reason is the one of the window that came furthest.
    fn rests(&self, sentence: &[Token]) -> Result<(), Unsupported> {
        let mut reason = Unsupported::Word;
        for window in &self.windows {
            match window.says(sentence) {
                Ok(()) => return Ok(()),
                Err(Unsupported::Word) => {}
                Err(other) => reason = other,
            }
        }
        Err(reason)
    }

    /// "Open Settings, and we send you a mail": each part may rest on a sentence of its own.
    fn rests_in_parts(&self, sentence: &[Token]) -> Result<(), Unsupported> {
        let parts = parts::statements(sentence);
        if parts.len() < 2 {
            return Err(Unsupported::Word);
        }
        for part in parts {
            let part: Vec<Token> = part.tokens.into_iter().cloned().collect();
            self.rests(&part)?;
        }
        Ok(())
    }
}

impl Window {
    fn says(&self, sentence: &[Token]) -> Result<(), Unsupported> {
        if !sentence
            .iter()
            .filter(|token| token.claims())
            .all(|token| self.has(token))
        {
            return Err(Unsupported::Word);
        }
        order::check(self, sentence)?;
        doers::check(self, sentence)?;
        narrow::check(self, sentence)?;
        self.denials(sentence)?;
        self.conditions(sentence)?;
        anchors::check(self, sentence)
    }

    fn has(&self, token: &Token) -> bool {
        self.says_word(&token.key) || token.kind == Kind::Word && self.is_about(&token.key)
    }

    fn says_word(&self, key: &str) -> bool {
        self.tokens.iter().any(|own| own.key == key)
    }

    fn is_about(&self, key: &str) -> bool {
        self.about.iter().any(|own| own.key == key)
    }

    /// Each statement is denied as often as the statement of the passage that it has most words from, and no word
    /// of it stands only where the passage denies more or less.
    fn denials(&self, sentence: &[Token]) -> Result<(), Unsupported> {
        let own = parts::statements(&self.tokens);
        let statements = parts::statements(sentence);
        if own.len() == 1 && self.denies_the_same(&own[0], &statements, sentence) {
            return Ok(());
        }
        match statements
            .iter()
            .all(|statement| self.agrees(&own, statement))
        {
            true => Ok(()),
            false => Err(Unsupported::Denial),
        }
    }

    /// A window of one statement: as many denials, each of the same word.
    fn denies_the_same(
        &self,
        own: &Statement<'_>,
        statements: &[Statement<'_>],
        sentence: &[Token],
    ) -> bool {
        let denied: usize = statements.iter().map(|statement| statement.denied).sum();
        let mut denials = (0..sentence.len()).filter(|at| sentence[*at].kind == Kind::Deny);
        own.denied == denied && denied > 0 && denials.all(|at| order::follows(self, sentence, at))
    }

    fn agrees(&self, own: &[Statement<'_>], statement: &Statement<'_>) -> bool {
        let keys = statement.keys();
        let most = own.iter().map(|own| own.shares(&keys)).max();
        let most = most.unwrap_or_default();
        let mut closest = own.iter().filter(|own| own.shares(&keys) == most);
        let from_title = keys.iter().any(|key| !self.says_word(key));
        let same = match most {
            // The title is what "yes" and "no" affirm or deny.
            _ if from_title && yes_or_no(&self.tokens).is_some() => {
                self.answer_denied() == statement.denied
            }
            0 => self.answer_denied() == statement.denied,
            _ => closest.all(|own| own.denied == statement.denied),
        };
        let subject = parts::shared_subject(own);
        let only_elsewhere = |key: &&str| -> bool {
            let mut with_key = own.iter().filter(|own| own.has(key)).peekable();
            with_key.peek().is_some() && with_key.all(|own| own.denied != statement.denied)
        };
        let mut others = keys.iter().filter(|key| !subject.contains(*key));
        same && !others.any(only_elsewhere)
    }

    /// How often "yes" or "no" denies what the title asks.
    fn answer_denied(&self) -> usize {
        let asked = self
            .about
            .iter()
            .filter(|token| token.kind == Kind::Deny)
            .count();
        match yes_or_no(&self.tokens) {
            Some(false) => asked + 1,
            _ => asked,
        }
    }

    /// An exception, or a condition behind what it is for, must not be lost; and what the passage says of the one
    /// side of it must not be said of the other.
    fn conditions(&self, sentence: &[Token]) -> Result<(), Unsupported> {
        let any = |list: &str| sentence.iter().any(|token| listed(list, &token.lower));
        let own = parts::statements(&self.tokens);
        for statement in parts::statements(sentence) {
            let keys = statement.keys();
            let keys: Vec<&str> = keys.into_iter().filter(|key| self.says_word(key)).collect();
            let most = own
                .iter()
                .map(|own| own.shares(&keys))
                .max()
                .unwrap_or_default();
            let closest = own.iter().position(|own| own.shares(&keys) == most);
            let Some(closest) = closest else { continue };
            let next = own.get(closest + 1).filter(|next| !next.opens);
            let excepts = |part: &Statement<'_>| {
                part.tokens
                    .iter()
                    .any(|token| listed(words::EXCEPT, &token.lower))
            };
            let excepted =
                excepts(&own[closest]) || next.is_some_and(|next| next.begins_with(words::EXCEPT));
            let conditional = next.is_some_and(|next| next.begins_with(words::CONDITION));
            let lost = excepted && !any(words::EXCEPT) || conditional && !any(words::CONDITIONAL);
            let divided = own.iter().any(|own| own.begins_with(words::SIDES));
            if lost || divided && most < keys.len() {
                return Err(Unsupported::Condition);
            }
        }
        Ok(())
    }
}
