//! Puts the open questions to the answerer.

use super::words_of;
use crate::dialogue::OpenTurn;
use crate::ids::{ConversationId, Seq, SiteId};
use crate::order::Request;
use crate::shell::Shell;

/// Asks the answerer about an open turn, and makes its verdict a request. Never fails: a failure is one too.
pub async fn judged(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
    open: OpenTurn,
    known: Option<String>,
) -> Request {
    let turn = open.turn;
    let question = match known {
        Some(text) => Ok(text),
        None => question(shell, conversation, &open.questions).await,
    };
    let judgement = match question {
        Ok(question) => shell
            .answerer
            .answer(site, &question)
            .await
            .map_err(|down| down.to_string()),
        Err(error) => Err(error),
    };
    match judgement {
        Ok(judgement) => Request::Judge {
            turn,
            judgement: Box::new(judgement),
        },
        Err(error) => {
            tracing::error!(conversation.id = %conversation, error, "a question could not be answered");
            Request::FailTurn { turn }
        }
    }
}

/// The words of the open questions, a line each.
async fn question(
    shell: &Shell,
    conversation: &ConversationId,
    questions: &[Seq],
) -> Result<String, String> {
    let (Some(first), Some(last)) = (questions.first(), questions.last()) else {
        return Err("a turn without questions".into());
    };
    let limit = u32::try_from(last - first + 1).unwrap_or(u32::MAX);
    let read = shell.store.read(conversation, first - 1, limit).await;
    let entries = read.map_err(|error| error.to_string())?;
    let asked = entries
        .iter()
        .filter(|entry| questions.contains(&entry.event.seq));
    Ok(asked.map(words_of).collect::<Vec<_>>().join("\n"))
}
