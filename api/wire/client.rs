//! What a client may send, and what it is told when that cannot be read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hinny_actors::body::{Page, Screen};
use hinny_actors::ids::Seq;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::check::{cut, is_id};
use crate::error::{Code, Problem};

/// What a client may send.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientFrame {
    Hello(Box<Hello>),
    Say(Say),
    Edit(Edit),
    Delete(Delete),
    Seen(Seen),
    Person(Ask),
    Choose(Choose),
    Helped(Helped),
    Rate(Rate),
    Leave(Leave),
    Conversations(Ask),
    Conversation(Look),
    Typing(Typing),
    Context(Box<Context>),
    Ping(Ping),
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub protocol: u32,
    pub site: String,
    #[serde(default)]
    pub token: Option<String>,
    #[serde(default)]
    pub identity: Option<String>,
    #[serde(default)]
    pub conversation: Option<String>,
    #[serde(default)]
    pub after: Option<Seq>,
    #[serde(default)]
    pub page: Option<Page>,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub time_zone: Option<String>,
    #[serde(default)]
    pub screen: Option<Screen>,
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// The visitor agrees to what the site asks first.
    #[serde(default)]
    pub consent: bool,
}

/// Where the visitor is now, and what the page says of them. What is missing stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    #[serde(default)]
    pub page: Option<Page>,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub time_zone: Option<String>,
    #[serde(default)]
    pub screen: Option<Screen>,
    /// Texts, numbers, true and false say something, null takes a name away, and all else says nothing.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
}

impl Context {
    /// Of one who says no more than where they are.
    pub fn at(page: Page) -> Context {
        Context {
            page: Some(page),
            ..Context::default()
        }
    }
}

impl Hello {
    /// What it says of where the visitor is.
    pub fn context(&self) -> Context {
        Context {
            _type: None,
            page: self.page.clone(),
            language: self.language.clone(),
            time_zone: self.time_zone.clone(),
            screen: self.screen,
            attributes: self.attributes.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub text: String,
    /// Ids of files that were uploaded before.
    #[serde(default)]
    pub files: Vec<String>,
    #[serde(default)]
    pub page: Option<Page>,
}

/// Other words for a message of one's own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub of: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub of: String,
}

/// The visitor had everything up to `seq` before their eyes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub seq: Seq,
}

/// "I want to talk to a person."
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
}

/// A button below suggestions; without `choice`, the one for none of them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub of: String,
    #[serde(default)]
    pub choice: Option<usize>,
}

/// Whether the bot's answer `of` helped.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helped {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub of: String,
    pub yes: bool,
}

/// 1 to 5 stars for a conversation that has ended.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub stars: u8,
    #[serde(default)]
    pub comment: String,
}

/// "I want to begin anew."
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub conversation: String,
}

/// What was said in one of the visitor's own conversations.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub id: String,
    pub conversation: String,
    #[serde(default)]
    pub after: Seq,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typing {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub on: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ping {
    #[serde(rename = "type", default)]
    pub(super) _type: IgnoredType,
    pub n: u64,
}

/// The type was read before; here it only has to be allowed.
type IgnoredType = Option<serde::de::IgnoredAny>;

/// A frame that was not understood, with its id if that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct NotUnderstood {
    pub id: Option<String>,
    pub problem: Problem,
}

/// The first look at a frame.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    id: Option<Cow<'a, str>>,
}

impl ClientFrame {
    pub fn parse(text: &str) -> Result<ClientFrame, NotUnderstood> {
        let envelope: Envelope = serde_json::from_str(text).map_err(|error| NotUnderstood {
            id: None,
            problem: not_a_frame(&error),
        })?;
        read(&envelope.kind, text).map_err(|problem| NotUnderstood {
            id: envelope.id.filter(|id| is_id(id)).map(Cow::into_owned),
            problem,
        })
    }
}

type Read = fn(&str, &str) -> Result<ClientFrame, Problem>;

/// How each frame is read. What is not here does not exist.
const FRAMES: &[(&str, Read)] = &[
    ("hello", |kind, text| {
        fields(kind, text).map(|hello| ClientFrame::Hello(Box::new(hello)))
    }),
    ("say", |kind, text| fields(kind, text).map(ClientFrame::Say)),
    ("edit", |kind, text| {
        fields(kind, text).map(ClientFrame::Edit)
    }),
    ("delete", |kind, text| {
        fields(kind, text).map(ClientFrame::Delete)
    }),
    ("seen", |kind, text| {
        fields(kind, text).map(ClientFrame::Seen)
    }),
    ("person", |kind, text| {
        fields(kind, text).map(ClientFrame::Person)
    }),
    ("choose", |kind, text| {
        fields(kind, text).map(ClientFrame::Choose)
    }),
    ("helped", |kind, text| {
        fields(kind, text).map(ClientFrame::Helped)
    }),
    ("rate", |kind, text| {
        fields(kind, text).map(ClientFrame::Rate)
    }),
    ("leave", |kind, text| {
        fields(kind, text).map(ClientFrame::Leave)
    }),
    ("conversations", |kind, text| {
        fields(kind, text).map(ClientFrame::Conversations)
    }),
    ("conversation", |kind, text| {
        fields(kind, text).map(ClientFrame::Conversation)
    }),
    ("typing", |kind, text| {
        fields(kind, text).map(ClientFrame::Typing)
    }),
    ("context", |kind, text| {
        fields(kind, text).map(|context| ClientFrame::Context(Box::new(context)))
    }),
    ("ping", |kind, text| {
        fields(kind, text).map(ClientFrame::Ping)
    }),
];

/// The names of all frames, for whoever must try everything.
pub fn frames() -> Vec<&'static str> {
    FRAMES.iter().map(|(kind, _)| *kind).collect()
}

fn read(kind: &str, text: &str) -> Result<ClientFrame, Problem> {
    let known = FRAMES.iter().find(|(name, _)| *name == kind);
    let Some((name, read)) = known else {
        let known = frames().join(", ");
        let detail = format!("There is no such frame. Known are: {known}.");
        return Err(Problem::new(Code::UnknownFrame, detail));
    };
    read(name, text)
}

fn fields<T: DeserializeOwned>(kind: &str, text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let detail = format!("This is no good `{kind}` frame: {}.", sober(&error));
        Problem::new(Code::BadFrame, detail)
    })
}

fn not_a_frame(error: &serde_json::Error) -> Problem {
    let detail = match error.classify() {
        serde_json::error::Category::Data => {
            format!("A frame is a JSON object with a `type`: {}.", sober(error))
        }
        _ => format!("This is not JSON: {}.", sober(error)),
    };
    Problem::new(Code::BadFrame, detail)
}

/// The parser's sentence, cut: it may repeat what the client sent.
pub fn sober(error: &serde_json::Error) -> String {
    cut(&error.to_string(), 160)
}
