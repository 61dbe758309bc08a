//! Where a site's hand-overs go: the desk, or a channel behind a connection.

use hinny_bridges::{Channel, ConnectionId, DiscordChannel, SlackChannel, Target, TelegramChannel};

use super::connections::Platform;
use super::raw::RawSite;

/// The built-in bridge's connection name.
pub const DESK: &str = "desk";

#[derive(Clone, Debug, PartialEq)]
pub enum Hand {
    Desk,
    Slack { connection: String, channel: String },
    Discord { connection: String, channel: u64 },
    Telegram { connection: String, chat: i64 },
}

impl Hand {
    pub(super) fn check(raw: &RawSite) -> Result<Hand, String> {
        let mut found: Vec<Hand> = Vec::new();
        if let Some(slack) = &raw.slack {
            found.push(Hand::Slack {
                connection: slack.connection.clone(),
                channel: slack_channel(&slack.channel)?,
            });
        }
        found.extend(raw.discord.as_ref().map(|discord| Hand::Discord {
            connection: discord.connection.clone(),
            channel: discord.channel,
        }));
        found.extend(raw.telegram.as_ref().map(|telegram| Hand::Telegram {
            connection: telegram.connection.clone(),
            chat: telegram.chat,
        }));
        Hand::choose(raw.bridge.as_deref(), found)
    }

    /// `bridge` is only a second word for what the tables say already; it must not contradict them.
    fn choose(bridge: Option<&str>, mut found: Vec<Hand>) -> Result<Hand, String> {
        let words = [DESK, "slack", "discord", "telegram"];
        if let Some(other) = bridge.filter(|word| !words.contains(word)) {
            return Err(format!(
                "`bridge` = \"{other}\": it is \"desk\", \"slack\", \"discord\" or \"telegram\""
            ));
        }
        let tables = found.iter().map(|hand| format!("[site.{}]", hand.word()));
        let tables = tables.collect::<Vec<_>>().join(" and ");
        match (found.pop(), bridge) {
            (Some(_), _) if !found.is_empty() => {
                Err(format!("{tables} are set; a site has one of them"))
            }
            (Some(hand), None) => Ok(hand),
            (Some(hand), Some(word)) if hand.word() == word => Ok(hand),
            (Some(_), Some(word)) => Err(format!("`bridge` is \"{word}\", but {tables} is set")),
            (None, None | Some(DESK)) => Ok(Hand::Desk),
            (None, Some(word)) => Err(format!("`bridge` is \"{word}\": add [site.{word}]")),
        }
    }

    fn word(&self) -> &'static str {
        self.platform().map_or(DESK, Platform::word)
    }

    pub fn platform(&self) -> Option<Platform> {
        match self {
            Hand::Desk => None,
            Hand::Slack { .. } => Some(Platform::Slack),
            Hand::Discord { .. } => Some(Platform::Discord),
            Hand::Telegram { .. } => Some(Platform::Telegram),
        }
    }

    /// The connection's name; the desk has one of its own.
    pub fn connection(&self) -> &str {
        match self {
            Hand::Desk => DESK,
            Hand::Slack { connection, .. }
            | Hand::Discord { connection, .. }
            | Hand::Telegram { connection, .. } => connection,
        }
    }

    pub fn target(&self) -> Target {
        Target {
            connection: ConnectionId(self.connection().to_owned()),
            channel: self.channel(),
        }
    }

    fn channel(&self) -> Channel {
        match self {
            Hand::Desk => Channel::Desk,
            Hand::Slack { channel, .. } => Channel::Slack(SlackChannel {
                channel: channel.clone(),
            }),
            Hand::Discord { channel, .. } => Channel::Discord(DiscordChannel { channel: *channel }),
            Hand::Telegram { chat, .. } => Channel::Telegram(TelegramChannel { chat: *chat }),
        }
    }
}

/// Slack's ids of channels are capitals and digits and begin with C (or G, for old private ones).
fn slack_channel(text: &str) -> Result<String, String> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    match plain && text.len() > 1 && text.starts_with(['C', 'G']) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "`slack.channel` = \"{text}\" is no id of a channel, like \"C0123456789\"; it stands at the bottom of the \
             channel's details in Slack"
        )),
    }
}
