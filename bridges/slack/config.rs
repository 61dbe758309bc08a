//! What a Slack connection needs to know, and the two tokens that nothing can print.

use std::{fmt, time::Duration};

use url::Url;

use crate::ConnectionId;

/// All settings of one app in one workspace. `new` gives the usual ones.
#[derive(Clone, Debug)]
pub struct SlackConfig {
    pub connection: ConnectionId,
    /// `xoxb-…`: for everything but the socket.
    pub bot_token: Token,
    /// `xapp-…`: opens the socket, and can do nothing else.
    pub app_token: Token,
    pub api_url: Url,
    /// How long any call may take.
    pub request_timeout: Duration,
    /// The channels that `check` looks at.
    pub channels: Vec<String>,
    /// User groups (`S…`) whose members have the group as a role.
    pub groups: Vec<String>,
    pub limits: Limits,
}

/// Slack's rate limits (<https://docs.slack.dev/apis/web-api/rate-limits>).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From one message to the next in one channel.
    pub between_posts: Duration,
    /// What Slack calls a minute in its tiers.
    pub minute: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            between_posts: Duration::from_secs(1),
            minute: Duration::from_secs(60),
        }
    }
}

impl SlackConfig {
    pub fn new(connection: ConnectionId, bot_token: Token, app_token: Token) -> Self {
        SlackConfig {
            connection,
            bot_token,
            app_token,
            api_url: Url::parse("https://slack.com/api").expect("the address is a constant"),
            request_timeout: Duration::from_secs(15),
            channels: Vec::new(),
            groups: Vec::new(),
            limits: Limits::default(),
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidConfig> {
        if !matches!(self.api_url.scheme(), "http" | "https") {
            return Err(InvalidConfig::Address(self.api_url.to_string()));
        }
        if !self.bot_token.is("xoxb-") {
            return Err(InvalidConfig::BotToken);
        }
        match self.app_token.is("xapp-") {
            true => Ok(()),
            false => Err(InvalidConfig::AppToken),
        }
    }
}

/// Why a connection cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    #[error("the Slack address must begin with http:// or https://, not {0}")]
    Address(String),
    #[error(
        "this is no Slack bot token: \"OAuth & Permissions\" of the app shows one that begins with xoxb-"
    )]
    BotToken,
    #[error(
        "this is no Slack app-level token: \"Basic Information\" of the app makes one that begins with xapp-"
    )]
    AppToken,
    #[error("no HTTP client for Slack: {0}")]
    Client(String),
}

/// A token. It has no `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn new(token: String) -> Self {
        Token(token.trim().to_owned())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    fn is(&self, kind: &str) -> bool {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        let rest = self.0.strip_prefix(kind);
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(bot: &str, app: &str) -> SlackConfig {
        let token = |text: &str| Token::new(text.to_owned());
        let connection = ConnectionId("slack".to_owned());
        SlackConfig::new(connection, token(bot), token(app))
    }

    #[test]
    fn a_token_is_never_shown() {
        let config = config(" xoxb-1-secret\n", "xapp-1-secret");
        assert!(config.check().is_ok());
        assert!(!format!("{config:?}").contains("secret"));
    }

    #[test]
    fn what_can_never_work_is_refused_at_once() {
        for bot in ["", "xoxb-", "xoxp-1-a", "xapp-1-a", "xoxb-a b"] {
            let checked = config(bot, "xapp-1-a").check();
            assert!(matches!(checked, Err(InvalidConfig::BotToken)), "{bot}");
        }
        for app in ["", "xoxb-1-a", "xapp-"] {
            let checked = config("xoxb-1-a", app).check();
            assert!(matches!(checked, Err(InvalidConfig::AppToken)), "{app}");
        }
        let mut elsewhere = config("xoxb-1-a", "xapp-1-a");
        elsewhere.api_url = Url::parse("ftp://example.com").unwrap();
        assert!(matches!(elsewhere.check(), Err(InvalidConfig::Address(_))));
    }
}
