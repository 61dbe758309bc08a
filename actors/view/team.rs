//! What the team sees of an event, at the desk.

use hinny_bridges::text::Text;
use serde::Serialize;

use super::{
    Author, FileView, SuggestionsView, agent, agent_name, files, quotes, said_by, sources,
    suggestions, text,
};
use crate::body::{Body, SourceLink};
use crate::event::{Held, Reason, Verdict, What};
use crate::ids::{Millis, Seq};
use crate::store::Entry;

/// An event as the team sees it at the desk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TeamEvent {
    Message {
        id: String,
        author: Author,
        text: Text,
        sources: Vec<SourceLink>,
        files: Vec<FileView>,
        quotes: Option<String>,
        edited: bool,
        deleted: bool,
        note: bool,
        /// The held line or draft that this was.
        held: Option<Seq>,
        /// The bot asked which of these was meant.
        #[serde(skip_serializing_if = "Option::is_none")]
        suggestions: Option<SuggestionsView>,
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
    /// What the bot would say; the event's seq names it. The team decides whether the visitor gets it.
    Draft {
        text: Text,
        sources: Vec<SourceLink>,
    },
    /// An answer of the bot's was wrong, or was not after all.
    Marked {
        of: Seq,
        agent: String,
        wrong: bool,
    },
    Notice {
        text: String,
    },
    ThreadOpened,
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
    /// A line that waits for somebody to say whether the visitor may have it. The event's seq names it.
    Held {
        id: String,
        by: Author,
        why: Held,
        /// Empty when it was sent or removed since.
        text: Text,
        files: Vec<FileView>,
    },
    HeldDropped {
        held: Seq,
    },
    Joined {
        agent: String,
    },
    Blocked {
        agent: String,
        until: Option<Millis>,
    },
    Unblocked {
        agent: String,
    },
    Seen {
        upto: Seq,
    },
    DeliveryFailed {
        delivery: String,
        of: Seq,
    },
    /// It is being tried again.
    DeliveryRetried {
        delivery: String,
    },
    /// A draft for the frequent questions. The event's seq names it.
    FaqProposed {
        question: String,
        answer: String,
        masked: bool,
    },
    FaqSaved {
        draft: Seq,
        entry: String,
    },
    /// Of no use any more: not wanted, or taken out again.
    FaqUndone {
        draft: Seq,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateView {
    pub title: String,
    pub score: f64,
    pub url: Option<String>,
}

impl TeamEvent {
    /// The files whose addresses are still to be filled in.
    pub fn files_mut(&mut self) -> &mut [FileView] {
        match self {
            TeamEvent::Message { files, .. }
            | TeamEvent::Edited { files, .. }
            | TeamEvent::Held { files, .. } => files,
            _ => &mut [],
        }
    }

    pub fn author_mut(&mut self) -> Option<&mut Author> {
        match self {
            TeamEvent::Message { author, .. } => Some(author),
            _ => None,
        }
    }
}

/// What the team sees, if anything.
pub fn team(entry: &Entry) -> Option<TeamEvent> {
    match &entry.event.what {
        What::VisitorSaid { .. } | What::VisitorChose { .. } => message(entry),
        What::BotAnswered { .. } | What::Suggested { .. } => message(entry),
        What::BotGreeted { .. } | What::AgentSaid { .. } | What::NoteWritten { .. } => {
            message(entry)
        }
        What::MessageEdited { .. }
        | What::NoteEdited { .. }
        | What::MessageDeleted { .. }
        | What::NoteDeleted { .. }
        | What::Reacted { .. } => change(entry),
        What::Escalated { .. }
        | What::AgentTook { .. }
        | What::HandedBack { .. }
        | What::Reopened
        | What::Closed { .. } => handling(entry),
        What::AgentJoined { .. }
        | What::LineHeld { .. }
        | What::HeldDropped { .. }
        | What::Blocked { .. }
        | What::Unblocked { .. }
        | What::VisitorSaw { .. }
        | What::DeliveryFailed { .. }
        | What::DeliveryRetried { .. } => inside(entry),
        What::FaqProposed { .. } | What::FaqSaved { .. } | What::FaqUndone { .. } => faq(entry),
        What::Judged { .. } => verdict(entry),
        What::Drafted { .. } | What::AnswerMarked { .. } => of_the_bot(entry),
        What::ThreadOpened { .. } => Some(TeamEvent::ThreadOpened),
        What::TeamTold { .. }
        | What::PersonRequested { .. }
        | What::AnswererFailed { .. }
        | What::VisitorIdentified
        | What::ThreadLost { .. }
        | What::FaqTakenOut { .. }
        | What::FaqFailed { .. } => notice(entry),
        What::Helped { .. } | What::Rated { .. } | What::VisitorLeft => notice(entry),
        What::FaqConfirmed { .. } | What::TwinFound { .. } => None,
    }
}

/// What the team does about the bot's words.
fn of_the_bot(entry: &Entry) -> Option<TeamEvent> {
    match &entry.event.what {
        What::AnswerMarked { of, wrong, .. } => Some(TeamEvent::Marked {
            of: *of,
            agent: name(entry),
            wrong: *wrong,
        }),
        _ => drafted(entry),
    }
}

fn message(entry: &Entry) -> Option<TeamEvent> {
    let (id, author) = match said_by(entry) {
        Some((message, author)) => (message.0.clone(), author),
        None => (own_id(entry.event.seq), agent(entry)),
    };
    let held = match entry.event.what {
        What::AgentSaid { held, chosen, .. } => held.or(chosen.map(|chosen| chosen.verdict)),
        _ => None,
    };
    Some(TeamEvent::Message {
        id,
        author,
        text: text(entry),
        sources: sources(entry),
        files: files(entry),
        quotes: quotes(entry),
        edited: entry.edited,
        deleted: entry.body.is_none(),
        note: matches!(entry.event.what, What::NoteWritten { .. }),
        held,
        suggestions: suggestions(entry),
    })
}

fn change(entry: &Entry) -> Option<TeamEvent> {
    match &entry.event.what {
        What::MessageEdited { message, .. } => edited(entry, message.as_str()),
        What::NoteEdited { of, .. } => edited(entry, &own_id(*of)),
        What::MessageDeleted { message, .. } => Some(deleted(message.as_str())),
        What::NoteDeleted { of, .. } => Some(deleted(&own_id(*of))),
        What::Reacted {
            message, sign, on, ..
        } => Some(TeamEvent::Reaction {
            id: message.0.clone(),
            sign: sign.clone(),
            on: *on,
        }),
        _ => None,
    }
}

fn handling(entry: &Entry) -> Option<TeamEvent> {
    let (handling, reason) = match &entry.event.what {
        What::Escalated { reason, .. } => ("waiting", Some(*reason)),
        What::AgentTook { .. } => ("agent", None),
        What::Closed { .. } => ("closed", None),
        _ => ("bot", None),
    };
    Some(TeamEvent::Handling {
        handling,
        reason,
        agent: agent_name(entry),
    })
}

/// What is the team's own business.
fn inside(entry: &Entry) -> Option<TeamEvent> {
    Some(match &entry.event.what {
        What::LineHeld { held, why, .. } => held_line(entry, held.as_str(), *why),
        What::HeldDropped { of, .. } => TeamEvent::HeldDropped { held: *of },
        What::AgentJoined { .. } => TeamEvent::Joined { agent: name(entry) },
        What::Blocked { until, .. } => TeamEvent::Blocked {
            agent: name(entry),
            until: *until,
        },
        What::Unblocked { .. } => TeamEvent::Unblocked { agent: name(entry) },
        What::VisitorSaw { upto, .. } => TeamEvent::Seen { upto: *upto },
        What::DeliveryFailed { delivery, of } => TeamEvent::DeliveryFailed {
            delivery: delivery.clone(),
            of: *of,
        },
        What::DeliveryRetried { delivery, .. } => TeamEvent::DeliveryRetried {
            delivery: delivery.clone(),
        },
        _ => return None,
    })
}

fn faq(entry: &Entry) -> Option<TeamEvent> {
    match &entry.event.what {
        What::FaqSaved { of, entry, .. } => Some(TeamEvent::FaqSaved {
            draft: *of,
            entry: entry.clone(),
        }),
        What::FaqUndone { of, .. } => Some(TeamEvent::FaqUndone { draft: *of }),
        _ => draft(entry),
    }
}

/// What hinny says by itself, or what needs no more than a sentence.
fn notice(entry: &Entry) -> Option<TeamEvent> {
    let text = match &entry.event.what {
        What::TeamTold { .. } => text(entry).to_plain(),
        What::PersonRequested { .. } => {
            "The visitor pressed \u{201c}Talk to a person\u{201d}.".to_owned()
        }
        What::AnswererFailed { .. } => "The bot could not answer.".to_owned(),
        What::VisitorIdentified => "The visitor signed in.".to_owned(),
        What::Helped { yes: true, .. } => "The visitor says that the answer helped.".to_owned(),
        What::Helped { .. } => "The visitor says that the answer did not help.".to_owned(),
        What::Rated { stars } => rating(*stars, entry),
        What::VisitorLeft => "The visitor began a new conversation.".to_owned(),
        What::ThreadLost { .. } => {
            "The thread is gone, or the team has moved. It goes on in another one.".to_owned()
        }
        What::FaqTakenOut { .. } => "The entry is not among the answers any more.".to_owned(),
        What::FaqFailed { .. } => {
            "The entry could not be changed. The server's log says why.".to_owned()
        }
        _ => return None,
    };
    Some(TeamEvent::Notice { text })
}

fn rating(stars: u8, entry: &Entry) -> String {
    let comment = text(entry).to_plain();
    match comment.trim() {
        "" => format!("The visitor gave {stars} of 5 stars."),
        words => format!("The visitor gave {stars} of 5 stars: {words}"),
    }
}

/// Notes and held lines are named by their place in the log.
fn own_id(seq: Seq) -> String {
    format!("e{seq}")
}

fn name(entry: &Entry) -> String {
    agent_name(entry).unwrap_or_else(|| "Team".into())
}

fn edited(entry: &Entry, id: &str) -> Option<TeamEvent> {
    entry.body.as_ref()?;
    Some(TeamEvent::Edited {
        id: id.to_owned(),
        text: text(entry),
        files: files(entry),
    })
}

fn deleted(id: &str) -> TeamEvent {
    TeamEvent::Deleted { id: id.to_owned() }
}

fn held_line(entry: &Entry, id: &str, why: Held) -> TeamEvent {
    TeamEvent::Held {
        id: id.to_owned(),
        by: agent(entry),
        why,
        text: text(entry),
        files: files(entry),
    }
}

fn draft(entry: &Entry) -> Option<TeamEvent> {
    let Some(Body::Faq(draft)) = &entry.body else {
        return None;
    };
    Some(TeamEvent::FaqProposed {
        question: draft.question.clone(),
        answer: draft.answer.clone(),
        masked: draft.masked,
    })
}

fn drafted(entry: &Entry) -> Option<TeamEvent> {
    entry.body.as_ref()?;
    Some(TeamEvent::Draft {
        text: text(entry),
        sources: sources(entry),
    })
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
