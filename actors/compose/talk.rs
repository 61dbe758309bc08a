//! What was said before, where a new line has to be read beside it.

use hinny_bridges::text::Text;
use hinny_kb::{Candidate, Judgement};

use super::words_of;
use crate::dialogue::{Dialogue, Talk};
use crate::ids::{ConversationId, Seq};
use crate::intent;
use crate::shell::Shell;
use crate::store::Stored;

/// Whether the visitor asks what the bot has answered already.
pub async fn asks_again(
    shell: &Shell,
    conversation: &ConversationId,
    dialogue: &Dialogue,
    text: &str,
) -> Stored<bool> {
    for question in &dialogue.talk.doubtful {
        let before = words_at(shell, conversation, *question).await?;
        if intent::is_same(&before, text) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether this answer is one of those that were given already.
pub fn says_again(given: &[String], judgement: &Judgement) -> bool {
    let answer = judgement.answer.as_ref();
    answer.is_some_and(|answer| given.contains(&plain(&answer.markdown)))
}

/// The answers that the visitor has had already.
pub async fn given(
    shell: &Shell,
    conversation: &ConversationId,
    talk: &Talk,
) -> Stored<Vec<String>> {
    let mut given = Vec::new();
    for answer in &talk.answers {
        given.push(words_at(shell, conversation, *answer).await?);
    }
    Ok(given)
}

/// The answers that the visitor has had, beside those of a verdict.
#[derive(Default)]
pub struct Given(pub Vec<String>);

impl Given {
    pub fn add(&mut self, judgement: &Judgement) {
        let answer = judgement.answer.as_ref();
        self.0.extend(answer.map(|answer| plain(&answer.markdown)));
    }

    /// Whether this answer would be nothing new.
    pub fn has_answer(&self, judgement: &Judgement) -> bool {
        let answer = judgement.answer.as_ref();
        answer.is_some_and(|answer| self.has_words(&answer.markdown))
    }

    /// The best entry that the visitor has not had.
    pub fn best_left<'a>(&self, judgement: &'a Judgement) -> Option<&'a Candidate> {
        let mut candidates = judgement.candidates.iter();
        candidates.find(|candidate| !self.has_words(&candidate.markdown))
    }

    /// Several answers may stand in one message.
    fn has_words(&self, markdown: &str) -> bool {
        let alone = |words: &str| format!("\n\n{words}\n\n");
        let words = alone(&plain(markdown));
        self.0.iter().any(|given| alone(given).contains(&words))
    }
}

fn plain(markdown: &str) -> String {
    Text::from_markdown(markdown).to_plain()
}

/// The newest of some questions that can be understood by itself.
pub async fn subject(
    shell: &Shell,
    conversation: &ConversationId,
    questions: &[Seq],
) -> Stored<Option<String>> {
    for question in questions.iter().rev() {
        let words = words_at(shell, conversation, *question).await?;
        if !words.trim().is_empty() && intent::goes_on(&words).is_none() {
            return Ok(Some(words));
        }
    }
    Ok(None)
}

/// The current words of an event; empty when they were taken back.
async fn words_at(shell: &Shell, conversation: &ConversationId, seq: Seq) -> Stored<String> {
    let read = shell.store.read(conversation, seq - 1, 1).await?;
    Ok(read.first().map(words_of).unwrap_or_default())
}
