//! What Slack sends, as far as hinny needs it. Every field that Slack may leave out may be missing here, and what
//! is unknown is passed over: Slack adds fields whenever it likes.

use serde::Deserialize;
use serde_json::Value;

/// The answer to `auth.test` (<https://docs.slack.dev/reference/methods/auth.test>): who we are.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Me {
    pub(super) url: String,
    pub(super) team_id: String,
    pub(super) user_id: String,
    #[serde(default)]
    pub(super) bot_id: Option<String>,
    #[serde(default)]
    pub(super) enterprise_id: Option<String>,
}

/// The answer to `chat.getPermalink`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Permalink {
    pub(super) permalink: String,
}

/// A message, as events and the history have it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    pub(super) subtype: Option<String>,
    pub(super) ts: String,
    pub(super) thread_ts: Option<String>,
    pub(super) user: Option<String>,
    pub(super) bot_id: Option<String>,
    pub(super) text: String,
    pub(super) blocks: Vec<Value>,
    pub(super) files: Vec<File>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) edited: Option<Edited>,
    pub(super) metadata: Option<Metadata>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Edited {
    pub(super) ts: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attachment {
    pub(super) is_share: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) event_type: String,
    pub(super) event_payload: Value,
}

/// A file (<https://docs.slack.dev/reference/objects/file-object>).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) size: u64,
    /// `external` files lie elsewhere, `tombstone` and `hidden_by_limit` ones cannot be had.
    pub(super) mode: String,
    pub(super) url_private: Option<String>,
    pub(super) url_private_download: Option<String>,
    /// `check_file_info` for files of another workspace: the rest has to be asked for.
    pub(super) file_access: Option<String>,
}

/// A member (<https://docs.slack.dev/reference/objects/user-object>).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) team_id: String,
    pub(super) real_name: Option<String>,
    pub(super) profile: Profile,
    pub(super) is_bot: bool,
    pub(super) is_restricted: bool,
    pub(super) is_ultra_restricted: bool,
    pub(super) is_stranger: bool,
    pub(super) enterprise_user: Option<EnterpriseUser>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) display_name: String,
    pub(super) real_name: String,
    pub(super) image_192: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EnterpriseUser {
    pub(super) enterprise_id: String,
}

/// A channel (<https://docs.slack.dev/reference/objects/conversation-object>).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) is_private: bool,
    pub(super) is_archived: bool,
    pub(super) is_member: bool,
    pub(super) is_shared: bool,
    pub(super) is_ext_shared: bool,
    pub(super) is_pending_ext_shared: bool,
}

/// What an Events API envelope carries (<https://docs.slack.dev/apis/events-api#callback-field>).
#[derive(Debug, Deserialize)]
pub(super) struct Callback {
    pub(super) event: Event,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Event {
    Message(Box<MessageEvent>),
    ReactionAdded(Reaction),
    ReactionRemoved(Reaction),
    #[serde(other)]
    Other,
}

/// Somebody wrote, changed or deleted a message (<https://docs.slack.dev/reference/events/message>).
#[derive(Debug, Deserialize)]
pub(super) struct MessageEvent {
    pub(super) channel: String,
    #[serde(flatten)]
    pub(super) message: Message,
    /// The new state, of a changed message.
    #[serde(default, rename = "message")]
    pub(super) changed: Option<Message>,
    #[serde(default, rename = "previous_message")]
    pub(super) before: Option<Message>,
    #[serde(default)]
    pub(super) deleted_ts: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reaction {
    pub(super) user: String,
    pub(super) reaction: String,
    pub(super) item: ReactionItem,
    pub(super) event_ts: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReactionItem {
    #[serde(default)]
    pub(super) channel: Option<String>,
    #[serde(default)]
    pub(super) ts: Option<String>,
}

/// A press (<https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>).
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Interaction {
    BlockActions {
        user: Presser,
        container: Container,
        #[serde(default)]
        actions: Vec<Action>,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Presser {
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Container {
    #[serde(default)]
    pub(super) message_ts: Option<String>,
    #[serde(default)]
    pub(super) channel_id: Option<String>,
    #[serde(default)]
    pub(super) thread_ts: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Action {
    pub(super) action_id: String,
    pub(super) action_ts: String,
}

/// A page of messages.
#[derive(Debug, Deserialize)]
pub(super) struct Messages {
    pub(super) messages: Vec<Message>,
    #[serde(default)]
    pub(super) response_metadata: Option<Cursor>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cursor {
    pub(super) next_cursor: String,
}

/// An answer of which nothing but its success matters.
#[derive(Debug, Deserialize)]
pub(super) struct Done {}
