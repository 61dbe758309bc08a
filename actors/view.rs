//! What each audience sees of an event. The two `match`es have no wildcard arm, so that a new kind of event cannot
//! reach anybody before somebody has decided whom it is for.

mod team;

use hinny_bridges::text::Text;
use serde::Serialize;

use crate::body::{Body, FileRef, SourceLink};
use crate::event::{Handling, Reason, What};
use crate::ids::MessageId;
use crate::store::Entry;
pub use team::{CandidateView, TeamEvent, team};

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    Visitor,
    Bot,
    Agent {
        name: String,
        /// A file of ours, and on the wire its address, which is filled in at the door.
        #[serde(skip_serializing_if = "Option::is_none")]
        avatar: Option<String>,
    },
}

/// A file of a message. The address is a secret that lasts for minutes, so it is filled in at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileView {
    #[serde(flatten)]
    pub file: FileRef,
    pub url: Option<String>,
}

/// What can be pressed below a question of the bot's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SuggestionsView {
    pub choices: Vec<String>,
    /// The button for none of them, which fetches a person.
    pub other: String,
}

/// An event as the visitor's browser gets it; see `api/PROTOCOL.md`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VisitorEvent {
    Message {
        id: String,
        author: Author,
        text: Text,
        sources: Vec<SourceLink>,
        files: Vec<FileView>,
        quotes: Option<String>,
        edited: bool,
        /// The words are gone; a reader who never had them learns that something stood here.
        deleted: bool,
        /// The bot answers a question: the visitor may say whether that helped.
        #[serde(skip_serializing_if = "is_false")]
        answer: bool,
        /// The bot asks which of these is meant. Open until anybody says anything or the conversation changes hands.
        #[serde(skip_serializing_if = "Option::is_none")]
        suggestions: Option<SuggestionsView>,
    },
    Handling {
        handling: &'static str,
        reason: Option<Reason>,
        agent: Option<String>,
    },
    Edited {
        id: String,
        text: Text,
        files: Vec<FileView>,
    },
    Deleted {
        id: String,
    },
    Reaction {
        id: String,
        sign: String,
        on: bool,
    },
    /// What the visitor said of an answer of the bot's.
    Helped {
        id: String,
        yes: bool,
    },
    /// The visitor's stars; the last ones count.
    Rated {
        stars: u8,
        comment: String,
    },
}

fn is_false(value: &bool) -> bool {
    !value
}

impl VisitorEvent {
    /// The files whose addresses are still to be filled in.
    pub fn files_mut(&mut self) -> &mut [FileView] {
        match self {
            VisitorEvent::Message { files, .. } | VisitorEvent::Edited { files, .. } => files,
            VisitorEvent::Handling { .. }
            | VisitorEvent::Deleted { .. }
            | VisitorEvent::Reaction { .. }
            | VisitorEvent::Helped { .. }
            | VisitorEvent::Rated { .. } => &mut [],
        }
    }

    pub fn author_mut(&mut self) -> Option<&mut Author> {
        match self {
            VisitorEvent::Message { author, .. } => Some(author),
            _ => None,
        }
    }
}

/// What the visitor sees, if anything.
pub fn visitor(entry: &Entry) -> Option<VisitorEvent> {
    match &entry.event.what {
        What::Suggested { .. } | What::VisitorChose { .. } => visitor_message(entry),
        What::VisitorSaid { .. }
        | What::BotAnswered { .. }
        | What::BotGreeted { .. }
        | What::AgentSaid { .. }
        | What::MessageEdited { .. }
        | What::MessageDeleted { .. }
        | What::Reacted { .. } => visitor_message(entry).or_else(|| visitor_change(entry)),
        What::Escalated { .. }
        | What::AgentTook { .. }
        | What::HandedBack { .. }
        | What::Reopened
        | What::Closed { .. } => visitor_handling(entry),
        What::Helped { .. } | What::Rated { .. } => visitor_opinion(entry),
        What::PersonRequested { .. } | What::TwinFound { .. } | What::VisitorLeft => None,
        What::Judged { .. } | What::Drafted { .. } => None,
        What::AnswererFailed { .. }
        | What::ThreadOpened { .. }
        | What::ThreadLost { .. }
        | What::NoteWritten { .. }
        | What::TeamTold { .. }
        | What::VisitorIdentified
        | What::NoteEdited { .. }
        | What::NoteDeleted { .. }
        | What::AgentJoined { .. }
        | What::LineHeld { .. }
        | What::HeldDropped { .. }
        | What::Blocked { .. }
        | What::Unblocked { .. }
        | What::VisitorSaw { .. }
        | What::DeliveryFailed { .. }
        | What::DeliveryRetried { .. }
        | What::FaqProposed { .. }
        | What::FaqConfirmed { .. } => None,
        What::FaqSaved { .. } | What::FaqUndone { .. } | What::FaqTakenOut { .. } => None,
        What::FaqFailed { .. } | What::AnswerMarked { .. } => None,
    }
}

/// Who said it and under which name, for what a visitor can see.
fn said_by(entry: &Entry) -> Option<(&MessageId, Author)> {
    match &entry.event.what {
        What::VisitorSaid { message, .. } | What::VisitorChose { message, .. } => {
            Some((message, Author::Visitor))
        }
        What::BotAnswered { message, .. }
        | What::BotGreeted { message, .. }
        | What::Suggested { message, .. } => Some((message, Author::Bot)),
        What::AgentSaid { message, .. } => Some((message, agent(entry))),
        _ => None,
    }
}

fn visitor_message(entry: &Entry) -> Option<VisitorEvent> {
    let (message, author) = said_by(entry)?;
    Some(VisitorEvent::Message {
        id: message.0.clone(),
        author,
        text: text(entry),
        sources: sources(entry),
        files: files(entry),
        quotes: quotes(entry),
        edited: entry.edited,
        deleted: entry.body.is_none(),
        answer: matches!(entry.event.what, What::BotAnswered { .. }),
        suggestions: suggestions(entry),
    })
}

fn suggestions(entry: &Entry) -> Option<SuggestionsView> {
    match &entry.body {
        Some(Body::Suggestions { choices, other, .. }) => Some(SuggestionsView {
            choices: choices.clone(),
            other: other.clone(),
        }),
        _ => None,
    }
}

fn visitor_handling(entry: &Entry) -> Option<VisitorEvent> {
    let (handling, reason, agent) = match &entry.event.what {
        What::Escalated { reason, .. } => ("waiting", Some(*reason), None),
        What::AgentTook { .. } => ("agent", None, agent_name(entry)),
        What::Closed { .. } => ("closed", None, None),
        _ => ("bot", None, None),
    };
    Some(VisitorEvent::Handling {
        handling,
        reason,
        agent,
    })
}

fn visitor_change(entry: &Entry) -> Option<VisitorEvent> {
    match &entry.event.what {
        // What was deleted after it was edited says so by itself.
        What::MessageEdited { message, .. } => entry.body.as_ref().map(|_| VisitorEvent::Edited {
            id: message.0.clone(),
            text: text(entry),
            files: files(entry),
        }),
        What::MessageDeleted { message, .. } => Some(VisitorEvent::Deleted {
            id: message.0.clone(),
        }),
        What::Reacted {
            message, sign, on, ..
        } => Some(VisitorEvent::Reaction {
            id: message.0.clone(),
            sign: sign.clone(),
            on: *on,
        }),
        _ => None,
    }
}

/// What the visitor said of it in another tab, or before.
fn visitor_opinion(entry: &Entry) -> Option<VisitorEvent> {
    match &entry.event.what {
        What::Helped { message, yes, .. } => Some(VisitorEvent::Helped {
            id: message.0.clone(),
            yes: *yes,
        }),
        What::Rated { stars } => Some(VisitorEvent::Rated {
            stars: *stars,
            comment: text(entry).to_plain(),
        }),
        _ => None,
    }
}

/// The current words; empty when they were removed.
fn text(entry: &Entry) -> Text {
    match &entry.body {
        Some(Body::Message { text, .. } | Body::Suggestions { text, .. }) => text.clone(),
        _ => Text::default(),
    }
}

fn sources(entry: &Entry) -> Vec<SourceLink> {
    match &entry.body {
        Some(Body::Message { sources, .. }) => sources.clone(),
        _ => Vec::new(),
    }
}

fn files(entry: &Entry) -> Vec<FileView> {
    let Some(Body::Message { files, .. }) = &entry.body else {
        return Vec::new();
    };
    let view = |file: &FileRef| FileView {
        file: file.clone(),
        url: None,
    };
    files.iter().map(view).collect()
}

fn quotes(entry: &Entry) -> Option<String> {
    match &entry.body {
        Some(Body::Message { quotes, .. }) => quotes.as_ref().map(|quoted| quoted.0.clone()),
        _ => None,
    }
}

/// The agent's name as the body has it.
pub fn agent_name(entry: &Entry) -> Option<String> {
    match &entry.body {
        Some(Body::Message { name, .. }) => name.clone(),
        Some(Body::Agent { name }) => Some(name.clone()),
        _ => None,
    }
}

fn agent(entry: &Entry) -> Author {
    let avatar = match &entry.body {
        Some(Body::Message { avatar, .. }) => avatar.clone(),
        _ => None,
    };
    Author::Agent {
        name: agent_name(entry).unwrap_or_else(|| "Team".into()),
        avatar,
    }
}

/// The `reason` that goes with a handling, for those who only see the state.
pub fn reason_of(handling: &Handling) -> Option<Reason> {
    match handling {
        Handling::Waiting { reason, .. } => Some(*reason),
        Handling::Bot | Handling::Agent { .. } | Handling::Closed => None,
    }
}
