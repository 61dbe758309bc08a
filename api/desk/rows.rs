//! What the desk's page gets to see, as JSON.

use std::collections::BTreeMap;

use hinny_actors::body::SourceLink;
use hinny_actors::body::{Body, Context, Page, Profile, Screen};
use hinny_actors::event::{Reason, Verdict, What};
use hinny_actors::ids::{ConversationId, Millis, Seq};
use hinny_actors::store::DeliveryKind;
use hinny_actors::store::{AnswerRow, DeadLetter, Entry, Said, ThreadRow, handling_name};
use hinny_actors::view::{Author, TeamEvent, reason_of};
use serde::Serialize;

/// The last line of a thread is cut to this many characters.
const EXCERPT: usize = 140;

/// One line of the list.
#[derive(Serialize)]
pub struct Row {
    pub conversation: ConversationId,
    pub visitor: Visitor,
    pub handling: &'static str,
    pub reason: Option<Reason>,
    pub agent: Option<String>,
    pub page: Option<Place>,
    #[serde(flatten)]
    pub claims: Claims,
    pub last: Option<Last>,
    pub seq: Seq,
    pub opened_at: Millis,
    pub updated_at: Millis,
}

#[derive(Serialize)]
pub struct Visitor {
    pub name: Option<String>,
    pub kind: &'static str,
}

#[derive(Serialize)]
pub struct Place {
    pub url: String,
    pub title: String,
    pub referrer: String,
}

/// What the visitor's browser and the page's script say. Nothing of it is verified.
#[derive(Serialize)]
pub struct Claims {
    pub screen: Option<Screen>,
    pub page_says: BTreeMap<String, String>,
}

impl Claims {
    fn of(context: &Context) -> Claims {
        Claims {
            screen: context.screen,
            page_says: context.attributes.clone(),
        }
    }
}

#[derive(Serialize)]
pub struct Last {
    pub author: Author,
    pub text: String,
    pub at: Millis,
}

/// A conversation with its log.
#[derive(Serialize)]
pub struct Conversation {
    pub conversation: ConversationId,
    pub visitor: FullVisitor,
    pub page: Option<Place>,
    #[serde(flatten)]
    pub claims: Claims,
    /// When the visitor agreed to what the site asks first.
    pub agreed_at: Option<Millis>,
    pub handling: &'static str,
    pub reason: Option<Reason>,
    pub agent: Option<String>,
    pub seq: Seq,
    pub events: Vec<Numbered>,
}

#[derive(Serialize)]
pub struct FullVisitor {
    pub id: String,
    pub name: Option<String>,
    pub kind: &'static str,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    /// What the site's own server signed; nothing of it comes from the browser.
    pub email: Option<String>,
    pub attributes: BTreeMap<String, String>,
    pub verified: bool,
}

#[derive(Serialize)]
pub struct Numbered {
    pub seq: Seq,
    pub at: Millis,
    pub event: TeamEvent,
}

#[derive(Serialize)]
pub struct Answer {
    pub conversation: ConversationId,
    pub seq: Seq,
    pub said: Said,
    pub at: Millis,
    pub question: String,
    pub answer: String,
    pub confidence: f64,
    pub verdict: Verdict,
    pub sources: Vec<SourceLink>,
    pub wrong: Option<Marked>,
    /// What the visitor says of it, if they have said.
    pub helped: Option<bool>,
}

/// Who said that an answer was wrong.
#[derive(Serialize)]
pub struct Marked {
    pub by: String,
    pub at: Millis,
}

#[derive(Serialize)]
pub struct Failed {
    pub delivery: String,
    pub conversation: ConversationId,
    pub target: String,
    pub what: DeliveryKind,
    pub error: String,
    pub attempts: u32,
    pub at: Millis,
}

impl From<ThreadRow> for Row {
    fn from(row: ThreadRow) -> Self {
        Row {
            visitor: Visitor {
                name: row.visitor_name,
                kind: kind(row.identified),
            },
            handling: handling_name(&row.conversation.handling),
            reason: reason_of(&row.conversation.handling),
            agent: row.agent,
            claims: Claims::of(&row.conversation.context),
            page: row.conversation.context.page.map(Place::from),
            last: row.last.as_ref().and_then(last),
            seq: row.conversation.seq,
            opened_at: row.conversation.opened_at,
            updated_at: row.conversation.updated_at,
            conversation: row.conversation.id,
        }
    }
}

impl Conversation {
    /// `events` are what the team sees of the log.
    pub fn new(row: ThreadRow, profile: Option<Profile>, events: Vec<Numbered>) -> Self {
        let conversation = row.conversation;
        let profile = profile.unwrap_or_default();
        let claims = Claims::of(&conversation.context);
        Conversation {
            visitor: FullVisitor {
                id: conversation.visitor.0,
                name: row.visitor_name,
                kind: kind(row.identified),
                language: conversation.context.language,
                time_zone: conversation.context.time_zone,
                email: profile.email,
                attributes: profile.attributes,
                verified: row.identified,
            },
            page: conversation.context.page.map(Place::from),
            claims,
            agreed_at: conversation.context.agreed_at,
            handling: handling_name(&conversation.handling),
            reason: reason_of(&conversation.handling),
            agent: row.agent,
            seq: conversation.seq,
            conversation: conversation.id,
            events,
        }
    }
}

impl From<Page> for Place {
    fn from(page: Page) -> Self {
        Place {
            url: page.url,
            title: page.title,
            referrer: page.referrer,
        }
    }
}

impl From<AnswerRow> for Answer {
    fn from(row: AnswerRow) -> Self {
        Answer {
            conversation: row.conversation,
            seq: row.seq,
            said: row.said,
            at: row.at,
            question: row.question,
            answer: row.answer,
            confidence: row.confidence,
            verdict: row.verdict,
            sources: row.sources,
            helped: row.helped,
            wrong: row.wrong.map(|mark| Marked {
                by: mark.by,
                at: mark.at,
            }),
        }
    }
}

impl From<DeadLetter> for Failed {
    fn from(letter: DeadLetter) -> Self {
        Failed {
            delivery: letter.delivery.0,
            conversation: letter.conversation,
            target: letter.target,
            what: letter.what,
            error: letter.error,
            attempts: letter.attempts,
            at: letter.at,
        }
    }
}

fn kind(identified: bool) -> &'static str {
    match identified {
        true => "identified",
        false => "anonymous",
    }
}

/// Who said what last, in one short line.
fn last(entry: &Entry) -> Option<Last> {
    let Some(Body::Message { text, name, .. }) = &entry.body else {
        return None;
    };
    let author = match entry.event.what {
        What::VisitorSaid { .. } => Author::Visitor,
        What::AgentSaid { .. } => Author::Agent {
            name: name.clone().unwrap_or_else(|| "Team".to_owned()),
            avatar: None,
        },
        _ => Author::Bot,
    };
    let words = text.to_plain();
    let line: Vec<&str> = words.split_whitespace().collect();
    Some(Last {
        author,
        text: line.join(" ").chars().take(EXCERPT).collect(),
        at: entry.event.at,
    })
}
