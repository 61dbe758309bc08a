//! Lets a site's language model put an answer into words that fit the conversation.

use hinny_bridges::text::Text;
use hinny_kb::llm::Turn;
use hinny_kb::{Judgement, Verdict};
use tokio::sync::watch;

use crate::answerer::Around;
use crate::event::{BotMeanwhile, Handling};
use crate::feed::{Topic, Wake};
use crate::ids::{ConversationId, Seq, SiteId};
use crate::shell::{Shell, Speaks};
use crate::view::{self, Author, VisitorEvent};

/// So many events before a question are looked through for what was said.
const LOOKED_BACK: u32 = 20;

/// Lets the site's model phrase the answer, if there is one of each. Without what surrounds it, the answer stays.
pub async fn phrased(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
    questions: &[Seq],
    judgement: Judgement,
) -> Judgement {
    if judgement.verdict != Verdict::Answer || !shell.answerer.phrases(site) {
        return judgement;
    }
    match around(shell, conversation, questions).await {
        Ok(around) => {
            let before = judgement.answer.clone();
            let judgement = written(shell, site, conversation, &around, judgement).await;
            match judgement.answer == before {
                true => shell.tally.unphrased.add(1),
                false => shell.tally.phrased.add(1),
            }
            judgement
        }
        Err(error) => {
            tracing::warn!(conversation.id = %conversation, error, "an answer is not phrased");
            judgement
        }
    }
}

/// Has the answer written, and shows the visitor how far it is.
async fn written(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
    around: &Around,
    judgement: Judgement,
) -> Judgement {
    let (sender, receiver) = watch::channel(String::new());
    let write = async move {
        let mut so_far = |text| drop(sender.send_replace(text));
        shell
            .answerer
            .phrase(site, around, judgement, &mut so_far)
            .await
    };
    let shows = shell
        .sites
        .get(site)
        .is_some_and(|site| site.speaks == Speaks::BotFirst);
    match shows {
        true => tokio::join!(write, show(shell, conversation, receiver)).0,
        false => write.await,
    }
}

/// Shows the newest beginning of an answer, as long as it is the bot's turn to speak.
async fn show(shell: &Shell, conversation: &ConversationId, mut so_far: watch::Receiver<String>) {
    while so_far.changed().await.is_ok() {
        let text = Text::from_markdown(&so_far.borrow_and_update());
        let row = shell.store.conversation(conversation).await;
        let row = row.ok().flatten();
        if row.is_some_and(|row| speaks(&row.handling)) {
            let topic = Topic::Conversation(conversation.clone());
            shell.feed.publish(&topic, Wake::Partial { text });
        }
    }
}

fn speaks(handling: &Handling) -> bool {
    match handling {
        Handling::Bot | Handling::Closed => true,
        Handling::Waiting { bot, .. } => *bot == BotMeanwhile::Helping,
        Handling::Agent { .. } => false,
    }
}

/// Who asks, and what the visitor has read and written before. Nothing of the team's own.
async fn around(
    shell: &Shell,
    conversation: &ConversationId,
    questions: &[Seq],
) -> Result<Around, String> {
    let first = questions.iter().copied().min().unwrap_or_default();
    let after = first.saturating_sub(u64::from(LOOKED_BACK) + 1);
    let limit = u32::try_from(first.saturating_sub(after + 1)).unwrap_or(LOOKED_BACK);
    let row = shell.store.conversation(conversation).await;
    let row = row.map_err(|error| error.to_string())?;
    let read = shell.store.read(conversation, after, limit).await;
    let entries = read.map_err(|error| error.to_string())?;
    Ok(Around {
        visitor: row.ok_or("there is no such conversation")?.visitor.0,
        turns: entries.iter().filter_map(turn).collect(),
    })
}

fn turn(entry: &crate::store::Entry) -> Option<Turn> {
    let Some(VisitorEvent::Message { author, text, .. }) = view::visitor(entry) else {
        return None;
    };
    let from = match author {
        Author::Visitor => "visitor",
        Author::Bot => "bot",
        Author::Agent { .. } => "agent",
    };
    let text = text.to_plain();
    (!text.trim().is_empty()).then_some(Turn { from, text })
}
