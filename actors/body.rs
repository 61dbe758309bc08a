//! `Body`: the words of an event. Kept apart from the skeleton, so that they can be edited and erased.

use std::collections::BTreeMap;

use hinny_bridges::text::Text;
use hinny_kb::{Judgement, Person, Source};
use serde::{Deserialize, Serialize};

use crate::ids::{FileId, MessageId, Millis};

/// What belongs to an event but is not needed to fold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "body", rename_all = "snake_case")]
pub enum Body {
    /// Words that somebody reads. `sources` go with the bot's answers only.
    Message {
        text: Text,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sources: Vec<SourceLink>,
        /// The agent's name as it was when they wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The file with the agent's picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        avatar: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileRef>,
        /// The message that this one answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quotes: Option<MessageId>,
    },
    /// What the visitor is asked, the buttons below it, and the one for none of them.
    Suggestions {
        text: Text,
        choices: Vec<String>,
        other: String,
    },
    /// Everything the verdict was made from.
    Verdict {
        judgement: Box<Judgement>,
    },
    /// Who took the conversation.
    Agent {
        name: String,
    },
    Profile(Profile),
    Faq(FaqDraft),
}

/// A question with its answer, as it would stand among the site's frequent questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaqDraft {
    pub question: String,
    /// In Markdown.
    pub answer: String,
    /// Personal data was found and covered.
    #[serde(default)]
    pub masked: bool,
    /// The name of the agent who proposed it.
    #[serde(default)]
    pub author: String,
}

/// A file that is kept, and what was found by looking at its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    pub id: FileId,
    pub name: String,
    pub mime: String,
    /// Bytes.
    pub size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// Where an answer comes from, as a visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLink {
    pub title: String,
    pub url: Option<String>,
}

impl From<&Source> for SourceLink {
    fn from(source: &Source) -> Self {
        SourceLink {
            title: source.title.clone(),
            url: source.url.clone(),
        }
    }
}

/// What a visitor proved about themselves by a signed token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub subject: String,
    pub name: Option<String>,
    pub email: Option<String>,
    /// What else the site says of them, such as their plan. Short texts, each by its claim's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl Profile {
    /// What answers may use. The names of the standard claims are kept for those.
    pub fn proven(self) -> Person {
        let mut signed = self.attributes;
        signed.extend(self.name.map(|name| ("name".to_owned(), name)));
        signed.extend(self.email.map(|email| ("email".to_owned(), email)));
        signed.insert("id".to_owned(), self.subject);
        Person { signed }
    }
}

/// Where the visitor is and what their browser says of itself. Unverified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    pub page: Option<Page>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    pub screen: Option<Screen>,
    /// What the page's own script says of the visitor, each by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// When they agreed to what the site asks first, by our own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_at: Option<Millis>,
}

/// In the pixels that pages count in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
}

/// The page a visitor wrote from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Page {
    pub url: String,
    pub title: String,
    pub referrer: String,
}

impl Body {
    /// Words without an author's name, as hinny and visitors write them.
    pub fn words(text: Text) -> Self {
        Body::Message {
            text,
            sources: Vec::new(),
            name: None,
            avatar: None,
            files: Vec::new(),
            quotes: None,
        }
    }
}
