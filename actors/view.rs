//! What each audience sees of an event. The two `match`es have no wildcard arm, so that a new kind of event cannot
//! reach anybody before somebody has decided whom it is for.

use hinny_bridges::text::Text;
use serde::Serialize;

use crate::body::{Body, SourceLink};
use crate::event::{Handling, Reason, Verdict, What};
use crate::store::Entry;

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    Visitor,
    Bot,
    Agent { name: String },
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
    },
    Handling {
        handling: &'static str,
        reason: Option<Reason>,
        agent: Option<String>,
    },
}

/// An event as the team sees it at the desk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TeamEvent {
    Message {
        id: String,
        author: Author,
        text: Text,
        sources: Vec<SourceLink>,
        note: bool,
    },
    Handling {
        handling: &'static str,
        reason: Option<Reason>,
        agent: Option<String>,
    },
    Verdict {
        verdict: Verdict,
        confidence: f64,
        candidates: Vec<CandidateView>,
    },
    Notice {
        text: String,
    },
    ThreadOpened,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateView {
    pub title: String,
    pub score: f64,
    pub url: Option<String>,
}

/// What the visitor sees, if anything.
pub fn visitor(entry: &Entry) -> Option<VisitorEvent> {
    match &entry.event.what {
        What::VisitorSaid { message, .. } => {
            visitor_message(entry, message.as_str(), Author::Visitor)
        }
        What::BotAnswered { message, .. } | What::BotGreeted { message, .. } => {
            visitor_message(entry, message.as_str(), Author::Bot)
        }
        What::AgentSaid { message, .. } => visitor_message(entry, message.as_str(), agent(entry)),
        What::Escalated { reason, .. } => Some(handling("waiting", Some(*reason), None)),
        What::AgentTook { .. } => Some(handling("agent", None, agent_name(entry))),
        What::HandedBack { .. } | What::Reopened => Some(handling("bot", None, None)),
        What::Closed { .. } => Some(handling("closed", None, None)),
        What::PersonRequested { .. }
        | What::Judged { .. }
        | What::AnswererFailed { .. }
        | What::ThreadOpened { .. }
        | What::ThreadLost { .. }
        | What::NoteWritten { .. }
        | What::TeamTold { .. }
        | What::VisitorIdentified => None,
    }
}

/// What the team sees, if anything.
pub fn team(entry: &Entry) -> Option<TeamEvent> {
    let note = matches!(entry.event.what, What::NoteWritten { .. });
    match &entry.event.what {
        What::NoteWritten { .. } => {
            let id = format!("e{}", entry.event.seq);
            Some(team_message(entry, &id, agent(entry), note))
        }
        What::VisitorSaid { message, .. } => {
            Some(team_message(entry, message.as_str(), Author::Visitor, note))
        }
        What::BotAnswered { message, .. } | What::BotGreeted { message, .. } => {
            Some(team_message(entry, message.as_str(), Author::Bot, note))
        }
        What::AgentSaid { message, .. } => {
            Some(team_message(entry, message.as_str(), agent(entry), note))
        }
        What::Judged { .. } => verdict(entry),
        What::TeamTold { .. } => Some(notice(text(entry).to_plain())),
        What::PersonRequested { .. } => Some(notice(
            "The visitor pressed \u{201c}Talk to a person\u{201d}.".into(),
        )),
        What::AnswererFailed { .. } => Some(notice("The bot could not answer.".into())),
        What::VisitorIdentified => Some(notice("The visitor signed in.".into())),
        What::ThreadLost { .. } => Some(notice(
            "The thread is gone; the next line opens another.".into(),
        )),
        What::ThreadOpened { .. } => Some(TeamEvent::ThreadOpened),
        What::Escalated { .. }
        | What::AgentTook { .. }
        | What::HandedBack { .. }
        | What::Closed { .. }
        | What::Reopened => team_handling(entry),
    }
}

/// Stands where the words were erased.
const ERASED: &str = "(removed)";

fn text(entry: &Entry) -> Text {
    match &entry.body {
        Some(Body::Message { text, .. }) => text.clone(),
        _ => Text::plain(ERASED),
    }
}

fn sources(entry: &Entry) -> Vec<SourceLink> {
    match &entry.body {
        Some(Body::Message { sources, .. }) => sources.clone(),
        _ => Vec::new(),
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
    Author::Agent {
        name: agent_name(entry).unwrap_or_else(|| "Team".into()),
    }
}

fn visitor_message(entry: &Entry, id: &str, author: Author) -> Option<VisitorEvent> {
    Some(VisitorEvent::Message {
        id: id.to_owned(),
        author,
        text: text(entry),
        sources: sources(entry),
    })
}

fn team_message(entry: &Entry, id: &str, author: Author, note: bool) -> TeamEvent {
    TeamEvent::Message {
        id: id.to_owned(),
        author,
        text: text(entry),
        sources: sources(entry),
        note,
    }
}

fn handling(handling: &'static str, reason: Option<Reason>, agent: Option<String>) -> VisitorEvent {
    VisitorEvent::Handling {
        handling,
        reason,
        agent,
    }
}

/// Both audiences learn the same about who answers; only the team learns who closed or handed back.
fn team_handling(entry: &Entry) -> Option<TeamEvent> {
    match visitor(entry)? {
        VisitorEvent::Handling {
            handling, reason, ..
        } => Some(TeamEvent::Handling {
            handling,
            reason,
            agent: agent_name(entry),
        }),
        VisitorEvent::Message { .. } => None,
    }
}

fn notice(text: String) -> TeamEvent {
    TeamEvent::Notice { text }
}

fn verdict(entry: &Entry) -> Option<TeamEvent> {
    let Some(Body::Verdict { judgement }) = &entry.body else {
        return None;
    };
    let What::Judged { verdict, .. } = entry.event.what else {
        return None;
    };
    let candidates = judgement.candidates.iter().map(|candidate| CandidateView {
        title: candidate.title.clone(),
        score: candidate.score,
        url: candidate.source.url.clone(),
    });
    Some(TeamEvent::Verdict {
        verdict,
        confidence: judgement.confidence,
        candidates: candidates.collect(),
    })
}

/// The `reason` that goes with a handling, for those who only see the state.
pub fn reason_of(handling: &Handling) -> Option<Reason> {
    match handling {
        Handling::Waiting { reason, .. } => Some(*reason),
        Handling::Bot | Handling::Agent { .. } | Handling::Closed => None,
    }
}
