//! What a client may send, and what it is told when that cannot be read.

use std::borrow::Cow;

use hinny_actors::body::Page;
use hinny_actors::ids::Seq;
use serde::Deserialize;
use serde::de::DeserializeOwned;

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
    Typing(Typing),
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

fn read(kind: &str, text: &str) -> Result<ClientFrame, Problem> {
    match kind {
        "hello" => fields(kind, text).map(|hello| ClientFrame::Hello(Box::new(hello))),
        "say" => fields(kind, text).map(ClientFrame::Say),
        "edit" => fields(kind, text).map(ClientFrame::Edit),
        "delete" => fields(kind, text).map(ClientFrame::Delete),
        "seen" => fields(kind, text).map(ClientFrame::Seen),
        "person" => fields(kind, text).map(ClientFrame::Person),
        "choose" => fields(kind, text).map(ClientFrame::Choose),
        "typing" => fields(kind, text).map(ClientFrame::Typing),
        "ping" => fields(kind, text).map(ClientFrame::Ping),
        _ => Err(Problem::new(
            Code::UnknownFrame,
            "There is no such frame. Known are hello, say, edit, delete, seen, person, choose, typing and ping.",
        )),
    }
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
