//! What a Telegram connection needs to know, and the token that nothing can print.

use std::{fmt, time::Duration};

use teloxide::types::UserId;
use url::Url;

use crate::ConnectionId;

/// All settings of one bot. `new` gives the usual ones.
#[derive(Clone, Debug)]
pub struct TelegramConfig {
    pub connection: ConnectionId,
    pub token: Token,
    pub api_url: Url,
    /// How long Telegram may hold a `getUpdates` open when nothing happens.
    pub poll_timeout: Duration,
    /// How long any other call may take.
    pub request_timeout: Duration,
    /// Messages, edits and topics per group and minute; Telegram allows 20.
    pub per_minute: u32,
    /// What counts as a minute for `per_minute`; only tests have another than Telegram's.
    pub minute: Duration,
    /// The groups that `check` looks at.
    pub chats: Vec<i64>,
}

impl TelegramConfig {
    pub fn new(connection: ConnectionId, token: Token) -> Self {
        TelegramConfig {
            connection,
            token,
            api_url: Url::parse(teloxide::net::TELEGRAM_API_URL)
                .expect("the address is a constant of the library"),
            poll_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(15),
            per_minute: 20,
            minute: Duration::from_secs(60),
            chats: Vec::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidConfig> {
        if !matches!(self.api_url.scheme(), "http" | "https") {
            return Err(InvalidConfig::Address(self.api_url.to_string()));
        }
        match self.token.parts() {
            Some(_) => Ok(()),
            None => Err(InvalidConfig::Token),
        }
    }
}

/// Why a connection cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    #[error("the Telegram address must begin with http:// or https://, not {0}")]
    Address(String),
    #[error(
        "this is no Telegram bot token: BotFather gives one that looks like 123456:letters-and-digits"
    )]
    Token,
    #[error("no HTTP client for Telegram: {0}")]
    Client(String),
}

/// A bot's token. It has no `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn new(token: String) -> Self {
        Token(token.trim().to_owned())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// The number before the colon is the bot's own user id.
    pub(super) fn bot_id(&self) -> UserId {
        UserId(self.parts().map_or(0, |(id, _)| id))
    }

    fn parts(&self) -> Option<(u64, &str)> {
        let (id, secret) = self.0.split_once(':')?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        let id = id.parse().ok()?;
        (!secret.is_empty() && secret.chars().all(plain)).then_some((id, secret))
    }

    /// Takes the token out of a text that somebody else wrote.
    pub(super) fn scrub(&self, text: &str) -> String {
        let secret = self.parts().map_or(self.0.as_str(), |(_, secret)| secret);
        match secret.is_empty() {
            true => text.to_owned(),
            false => text.replace(&self.0, "<token>").replace(secret, "<token>"),
        }
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

    fn config(token: &str, address: &str) -> TelegramConfig {
        let token = Token::new(token.to_owned());
        let mut config = TelegramConfig::new(ConnectionId("telegram".to_owned()), token);
        config.api_url = Url::parse(address).unwrap();
        config
    }

    #[test]
    fn a_token_is_never_shown() {
        let config = config("123:secret-Part_1", "https://example.com");
        assert!(config.check().is_ok());
        assert!(!format!("{config:?}").contains("secret"));
        let text = "POST /bot123:secret-Part_1/GetMe and secret-Part_1";
        assert_eq!(
            config.token.scrub(text),
            "POST /bot<token>/GetMe and <token>"
        );
        assert_eq!(config.token.bot_id(), UserId(123));
    }

    #[test]
    fn what_can_never_work_is_refused_at_once() {
        for token in ["", "123", "abc:def", "123:", "123:a b", "123:a/b"] {
            let config = config(token, "https://example.com");
            assert!(
                matches!(config.check(), Err(InvalidConfig::Token)),
                "{token}"
            );
        }
        for address in ["ftp://example.com", "mailto:a@example.com", "data:a"] {
            let config = config("123:a", address);
            assert!(
                matches!(config.check(), Err(InvalidConfig::Address(_))),
                "{address}"
            );
        }
    }
}
