//! The wire protocol's frames; see `PROTOCOL.md`. Reading is strict: what is not known is refused with a
//! sentence that says what was wrong. Each frame is an example in `fixtures/wire`.

use std::borrow::Cow;

use hinny_actors::body::Page;
use hinny_actors::ids::{Millis, Seq};
use hinny_actors::view::{Author, VisitorEvent};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Problem};

/// The version spoken. There is no older one yet.
pub const PROTOCOL: u32 = 1;

/// The largest frame or body that is read.
pub const MAX_FRAME: usize = 64 * 1024;

/// The longest message, in characters.
pub const MAX_TEXT: usize = 4_000;

/// The longest id that a client may choose.
const MAX_ID: usize = 64;

/// What pages say of themselves is cut to this many characters.
const MAX_URL: usize = 2_000;
const MAX_TITLE: usize = 200;
const MAX_WORD: usize = 64;

/// What a client may send.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientFrame {
    Hello(Box<Hello>),
    Say(Say),
    Person(Ask),
    Typing(Typing),
    Ping(Ping),
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    #[serde(rename = "type", default)]
    _type: IgnoredType,
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
    _type: IgnoredType,
    pub id: String,
    pub text: String,
    #[serde(default)]
    pub page: Option<Page>,
}

/// "I want to talk to a person."
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    #[serde(rename = "type", default)]
    _type: IgnoredType,
    pub id: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typing {
    #[serde(rename = "type", default)]
    _type: IgnoredType,
    pub on: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ping {
    #[serde(rename = "type", default)]
    _type: IgnoredType,
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
        "person" => fields(kind, text).map(ClientFrame::Person),
        "typing" => fields(kind, text).map(ClientFrame::Typing),
        "ping" => fields(kind, text).map(ClientFrame::Ping),
        _ => Err(Problem::new(
            Code::UnknownFrame,
            "There is no such frame. Known are hello, say, person, typing and ping.",
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

fn is_id(id: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(letter)
}

/// An id chosen by a client.
pub fn check_id(id: &str) -> Result<(), Problem> {
    match is_id(id) {
        true => Ok(()),
        false => Err(Problem::new(
            Code::BadId,
            "An id is 1 to 64 of A-Z, a-z, 0-9, _ and -.",
        )),
    }
}

/// A message's words.
pub fn check_text(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(
            Code::Empty,
            "There is nothing in this message.",
        ));
    }
    match text.chars().count() {
        0..=MAX_TEXT => Ok(()),
        _ => Err(Problem::new(
            Code::TooLong,
            format!("This message is longer than {MAX_TEXT} characters."),
        )),
    }
}

/// The version a client speaks.
pub fn check_protocol(protocol: u32) -> Result<(), Problem> {
    match protocol {
        PROTOCOL => Ok(()),
        _ => Err(Problem::new(
            Code::ProtocolUnknown,
            format!("This server speaks protocol {PROTOCOL}."),
        )),
    }
}

/// A page as a client describes it, made short and harmless: an address is a web address or nothing.
pub fn tidy_page(page: Page) -> Page {
    let address = |url: String| match url.starts_with("https://") || url.starts_with("http://") {
        true => cut(&url, MAX_URL),
        false => String::new(),
    };
    Page {
        url: address(page.url),
        title: cut(&page.title, MAX_TITLE),
        referrer: address(page.referrer),
    }
}

/// A language tag or time zone, unless it is too long to be one.
pub fn tidy_word(word: Option<String>) -> Option<String> {
    word.filter(|word| (1..=MAX_WORD).contains(&word.len()))
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

/// What the server sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    Welcome {
        protocol: u32,
        #[serde(flatten)]
        session: SessionView,
        seq: Seq,
        handling: &'static str,
    },
    Event {
        seq: Seq,
        at: Millis,
        event: VisitorEvent,
    },
    CaughtUp {
        seq: Seq,
    },
    Ack {
        id: String,
        seq: Seq,
        conversation: String,
    },
    Refused {
        id: Option<String>,
        error: Code,
        detail: Cow<'static, str>,
        retry_after_ms: Option<u64>,
    },
    Typing {
        author: Author,
        on: bool,
    },
    Pong {
        n: u64,
    },
    Bye {
        error: Code,
        detail: Cow<'static, str>,
        retry_after_ms: Option<u64>,
    },
}

/// Who the visitor is and where they are: the heart of a `welcome`, and the answer of `POST /v1/session`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionView {
    pub token: String,
    pub visitor: VisitorView,
    pub conversation: Option<String>,
    pub site: SiteView,
    pub limits: LimitsView,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VisitorView {
    pub kind: &'static str,
    pub name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SiteView {
    pub id: String,
    pub name: String,
    pub greeting: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitsView {
    pub text: usize,
    pub frame: usize,
}

impl LimitsView {
    pub const OURS: LimitsView = LimitsView {
        text: MAX_TEXT,
        frame: MAX_FRAME,
    };
}

impl ServerFrame {
    pub fn refused(id: Option<String>, problem: Problem) -> Self {
        ServerFrame::Refused {
            id,
            error: problem.code,
            retry_after_ms: problem.retry_after_ms(),
            detail: problem.detail,
        }
    }

    pub fn bye(problem: Problem) -> Self {
        ServerFrame::Bye {
            error: problem.code,
            retry_after_ms: problem.retry_after_ms(),
            detail: problem.detail,
        }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("frames have string keys and no failing parts")
    }
}

#[cfg(test)]
#[path = "wire_refusals.rs"]
mod refusals;
#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
