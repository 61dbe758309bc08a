//! What a command has to know besides its request: the clock, the site's rules, and what it points at. Read from the
//! store before anything is decided; if somebody else writes meanwhile, the commit fails and all is read again.

use hinny_bridges::Thread;

use super::{offers, talk};
use crate::action::Action;
use crate::body::Body;
use crate::clock;
use crate::dialogue::{Dialogue, Pointed};
use crate::event::{Event, Intent, Turn, What};
use crate::ids::{ConversationId, DeliveryId, MessageId, Millis, Seq, SiteId};
use crate::intent::{self, Heard};
use crate::lines::{Meant, understand};
use crate::order::{Editor, Pointer, Request};
use crate::shell::{Mode, Shell, Speaks};
use crate::store::Stored;

/// Everything from outside that one decision uses.
pub struct Facts {
    pub now: Millis,
    pub mode: Mode,
    pub speaks: Speaks,
    /// How long a block lasts, in milliseconds.
    pub block_for: Millis,
    /// Somebody keeps frequent questions.
    pub can_learn: bool,
    /// The turn that this process put to the answerer.
    pub asked: Option<Turn>,
    pub pointed: Option<Pointed>,
    /// The current words of what is pointed at.
    pub body: Option<Body>,
    /// For a button below suggestions, which are pointed at: their own words. `body` is the verdict behind them.
    pub offered: Option<Body>,
    /// Candidates that the visitor may be asked about, if they are to be asked.
    pub offer: Option<Vec<usize>>,
    /// The language that the visitor's browser asks for, if they are to be asked.
    pub browser: Option<String>,
    /// For an answer that is pointed at: the language of its question, where that is known.
    pub asked_in: Option<String>,
    /// What the visitor's words want.
    pub heard: Option<Heard>,
    /// The visitor asks again what was answered, or the bot would answer again what it said.
    pub again: bool,
}

impl Facts {
    /// What a line answers, if the visitor can see that.
    pub fn quoted(&self) -> Option<MessageId> {
        let pointed = self.pointed.as_ref().filter(|of| !of.is_gone())?;
        pointed.message().cloned()
    }
}

/// What is known without the store.
fn unread(shell: &Shell, site: &SiteId, asked: Option<Turn>) -> Facts {
    let rules = shell.sites.get(site);
    Facts {
        now: clock::now(),
        mode: rules.map_or(Mode::Open, |rules| rules.mode),
        speaks: rules.map_or(Speaks::BotFirst, |rules| rules.speaks),
        block_for: rules.map_or(0, |rules| rules.block_for.as_millis() as Millis),
        can_learn: shell.learner.is_some(),
        asked,
        pointed: None,
        body: None,
        offered: None,
        offer: None,
        browser: None,
        asked_in: None,
        heard: None,
        again: false,
    }
}

pub async fn facts(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
    request: &Request,
    dialogue: &Dialogue,
    asked: Option<Turn>,
) -> Stored<Facts> {
    let mut facts = unread(shell, site, asked);
    read_talk(&mut facts, shell, conversation, request, dialogue).await?;
    let Some(seq) = pointed_at(shell, conversation, request, dialogue).await? else {
        return Ok(facts);
    };
    if let Some(about) = shell.store.about(conversation, seq).await? {
        facts.body = about.entry.body;
        facts.pointed = Some(Pointed {
            seq,
            what: about.entry.event.what,
            later: about.later.into_iter().map(|event| event.what).collect(),
            written_in: about.written_in,
        });
    }
    read_verdict(&mut facts, shell, conversation).await?;
    Ok(facts)
}

/// The verdict whose candidates were suggested.
async fn read_verdict(
    facts: &mut Facts,
    shell: &Shell,
    conversation: &ConversationId,
) -> Stored<()> {
    if let Some(pointed) = &facts.pointed
        && let What::Suggested { verdict, .. } = pointed.what
    {
        let read = shell.store.read(conversation, verdict - 1, 1).await?;
        let body = read.into_iter().next().and_then(|entry| entry.body);
        facts.offered = std::mem::replace(&mut facts.body, body);
    }
    read_language(facts, shell, conversation).await
}

/// The language in which an answer was asked for: the bot goes on in it.
async fn read_language(
    facts: &mut Facts,
    shell: &Shell,
    conversation: &ConversationId,
) -> Stored<()> {
    let Some(Pointed {
        seq,
        what: What::BotAnswered { chosen, .. },
        ..
    }) = &facts.pointed
    else {
        return Ok(());
    };
    let verdict = chosen.map_or(seq - 1, |chosen| chosen.verdict);
    let read = shell
        .store
        .read(conversation, verdict.saturating_sub(1), 1)
        .await?;
    if let Some(Body::Verdict { judgement }) = read.into_iter().next().and_then(|entry| entry.body)
    {
        facts.asked_in = judgement.language;
    }
    Ok(())
}

/// What new words mean beside those that were said before.
async fn read_talk(
    facts: &mut Facts,
    shell: &Shell,
    conversation: &ConversationId,
    request: &Request,
    dialogue: &Dialogue,
) -> Stored<()> {
    match request {
        Request::Say { text, .. } => {
            let heard = intent::hear(text);
            facts.again = heard.intent == Intent::Question
                && talk::asks_again(shell, conversation, dialogue, text).await?;
            facts.heard = Some(heard);
        }
        Request::Judge { judgement, .. } => {
            let given = talk::given(shell, conversation, &dialogue.talk).await?;
            facts.again = talk::says_again(&given, judgement);
            facts.offer = offers::choices(judgement, &given);
            if facts.offer.is_some() {
                let row = shell.store.conversation(conversation).await?;
                facts.browser = row.and_then(|row| row.context.language);
            }
        }
        _ => {}
    }
    Ok(())
}

/// The event that the request is about, if it is about one.
async fn pointed_at(
    shell: &Shell,
    conversation: &ConversationId,
    request: &Request,
    dialogue: &Dialogue,
) -> Stored<Option<Seq>> {
    let (pointer, by_visitor, via) = match request {
        Request::EditMessage { by, of, via, .. } | Request::DeleteMessage { by, of, via, .. } => {
            (of, *by == Editor::Visitor, via)
        }
        Request::Choose { of, .. } | Request::Help { of, .. } => {
            return shell.store.message_seq(conversation, of, false).await;
        }
        Request::React { of, via, .. } => (of, false, via),
        Request::Reply { said, via, .. } => match (&said.quotes, understand(&said.text).line) {
            (_, Meant::FaqUndo) => return Ok(dialogue.faq.draft),
            (Some(quoted), _) => (quoted, false, via),
            (None, _) => return Ok(None),
        },
        Request::Press {
            action: Action::Retry { delivery },
            ..
        }
        | Request::Retry { delivery } => {
            return failure_of(shell, conversation, delivery).await;
        }
        Request::Press { action, .. } => return Ok(seq_of(action)),
        Request::FaqSettled { of, .. } => return Ok(Some(*of)),
        _ => return Ok(None),
    };
    find(shell, conversation, pointer, by_visitor, via.as_ref()).await
}

async fn find(
    shell: &Shell,
    conversation: &ConversationId,
    pointer: &Pointer,
    by_visitor: bool,
    via: Option<&Thread>,
) -> Stored<Option<Seq>> {
    match (pointer, via) {
        (Pointer::Post(post), Some(thread)) => {
            shell.store.at_post(conversation, thread, post).await
        }
        (Pointer::Post(_), None) => Ok(None),
        (Pointer::Message(message), _) => {
            let found = shell
                .store
                .message_seq(conversation, message, by_visitor)
                .await?;
            match found {
                // The desk quotes and marks messages of both sides by the same kind of name.
                None if !by_visitor => shell.store.message_seq(conversation, message, true).await,
                found => Ok(found),
            }
        }
    }
}

/// The last event that told of this delivery's failure.
async fn failure_of(
    shell: &Shell,
    conversation: &ConversationId,
    delivery: &DeliveryId,
) -> Stored<Option<Seq>> {
    let log = shell.store.history(conversation).await?;
    let told = |event: &&Event| match &event.what {
        What::DeliveryFailed { delivery: id, .. } => *id == delivery.0,
        _ => false,
    };
    Ok(log.iter().rev().find(told).map(|event| event.seq))
}

fn seq_of(action: &Action) -> Option<Seq> {
    match action {
        Action::Send { verdict, .. } | Action::Save { verdict, .. } => Some(*verdict),
        Action::SendHeld { held } | Action::DropHeld { held } => Some(*held),
        Action::SaveFaq { draft } | Action::DropFaq { draft } => Some(*draft),
        Action::Wrong { answer } | Action::Right { answer } => Some(*answer),
        Action::Take
        | Action::Close
        | Action::Back
        | Action::Block
        | Action::Unblock
        | Action::Retry { .. }
        | Action::In { .. } => None,
    }
}
