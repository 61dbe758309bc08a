//! Places: where a team talks, as each platform names it. A place is a struct per platform inside an enum, never a
//! text that has to be taken apart.

use serde::{Deserialize, Serialize};

/// Names one credential with one listener, for instance `telegram`. It comes from the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(pub String);

/// Where a site's threads are opened: a connection and a channel behind it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    pub connection: ConnectionId,
    pub channel: Channel,
}

/// The platform's place in which threads are opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "snake_case")]
pub enum Channel {
    Desk,
    Telegram(TelegramChannel),
    Slack(SlackChannel),
    Discord(DiscordChannel),
}

/// A forum supergroup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TelegramChannel {
    pub chat: i64,
}

/// A public or private channel, by its id (`C…` or `G…`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SlackChannel {
    pub channel: String,
}

/// A text channel, whose threads are used, or a forum, whose posts are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DiscordChannel {
    pub channel: u64,
}

/// A place on a platform where one conversation is talked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "snake_case")]
pub enum Thread {
    Desk(DeskThread),
    Telegram(TelegramThread),
    Slack(SlackThread),
    Discord(DiscordThread),
}

/// The desk knows its threads by the delivery that opened them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeskThread {
    pub id: String,
}

/// A forum topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TelegramThread {
    pub chat: i64,
    pub topic: i32,
}

/// The replies under one message. `ts` is that message's time stamp, which is also its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SlackThread {
    pub channel: String,
    pub ts: String,
}

/// A thread of a text channel or a post of a forum; `channel` is the one it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DiscordThread {
    pub channel: u64,
    pub thread: u64,
}

impl Thread {
    /// A link for members of the team, where the thread alone is enough to make one; `Bridge::link` knows more. Telegram's private links leave the
    /// first digits of a supergroup's number out (<https://core.telegram.org/api/links#message-links>); Slack's redirect
    /// leads to the channel (<https://docs.slack.dev/interactivity/deep-linking>).
    pub fn link(&self) -> Option<String> {
        match self {
            Thread::Telegram(TelegramThread { chat, topic }) => {
                let chat = chat.to_string();
                let chat = chat.strip_prefix("-100")?;
                Some(format!("https://t.me/c/{chat}/{topic}"))
            }
            Thread::Slack(SlackThread { channel, ts }) => Some(format!(
                "https://slack.com/app_redirect?channel={channel}&message_ts={ts}"
            )),
            Thread::Desk(_) | Thread::Discord(_) => None,
        }
    }

    /// Whether this thread is in `channel`.
    pub fn is_in(&self, channel: &Channel) -> bool {
        match (self, channel) {
            (Thread::Desk(_), Channel::Desk) => true,
            (Thread::Telegram(thread), Channel::Telegram(channel)) => thread.chat == channel.chat,
            (Thread::Slack(thread), Channel::Slack(channel)) => thread.channel == channel.channel,
            (Thread::Discord(thread), Channel::Discord(channel)) => {
                thread.channel == channel.channel
            }
            (Thread::Desk(_) | Thread::Telegram(_) | Thread::Slack(_) | Thread::Discord(_), _) => {
                false
            }
        }
    }
}
