//! What was said before, where a new line has to be read beside it.

use hinny_bridges::text::Text;
use hinny_kb::Judgement;

use super::words_of;
use crate::dialogue::Dialogue;
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

/// Whether this answer was given already.
pub async fn says_again(
    shell: &Shell,
    conversation: &ConversationId,
    dialogue: &Dialogue,
    judgement: &Judgement,
) -> Stored<bool> {
    let Some(answer) = &judgement.answer else {
        return Ok(false);
    };
    let answer = Text::from_markdown(&answer.markdown).to_plain();
    Ok(given(shell, conversation, dialogue)
        .await?
        .contains(&answer))
}

/// The answers that the visitor has had already.
pub async fn given(
    shell: &Shell,
    conversation: &ConversationId,
    dialogue: &Dialogue,
) -> Stored<Vec<String>> {
    let mut given = Vec::new();
    for answer in &dialogue.talk.answers {
        given.push(words_at(shell, conversation, *answer).await?);
    }
    Ok(given)
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
