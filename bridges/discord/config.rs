//! What a Discord connection needs to know, and the token that nothing can print.

use std::{fmt, time::Duration};

use url::Url;

use crate::ConnectionId;

/// All settings of one bot. `new` gives the usual ones.
#[derive(Clone, Debug)]
pub struct DiscordConfig {
    pub connection: ConnectionId,
    pub token: Token,
    /// Where Discord is, without the path of its API.
    pub api_url: Url,
    /// How long one call may take.
    pub request_timeout: Duration,
    /// The channels that `check` looks at.
    pub channels: Vec<u64>,
}

/// Where Discord is.
pub(super) const DISCORD: &str = "https://discord.com";

impl DiscordConfig {
    pub fn new(connection: ConnectionId, token: Token) -> Self {
        DiscordConfig {
            connection,
            token,
            api_url: Url::parse(DISCORD).expect("the address is a constant"),
            request_timeout: Duration::from_secs(15),
            channels: Vec::new(),
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidConfig> {
        if !matches!(self.api_url.scheme(), "http" | "https") {
            return Err(InvalidConfig::Address(self.api_url.to_string()));
        }
        match self.token.is_one() {
            true => Ok(()),
            false => Err(InvalidConfig::Token),
        }
    }
}

/// Why a connection cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    #[error("the Discord address must begin with http:// or https://, not {0}")]
    Address(String),
    #[error(
        "this is no Discord bot token: the portal shows one of three parts with dots between them"
    )]
    Token,
    #[error("no HTTP client for Discord: {0}")]
    Client(String),
}

/// A bot's token. It has no `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn new(token: String) -> Self {
        let token = token.trim();
        Token(token.strip_prefix("Bot ").unwrap_or(token).to_owned())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    fn is_one(&self) -> bool {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        let parts: Vec<&str> = self.0.split('.').collect();
        parts.len() == 3
            && parts
                .iter()
                .all(|part| !part.is_empty() && part.chars().all(plain))
    }

    /// Takes the token out of a text that somebody else wrote.
    pub(super) fn scrub(&self, text: &str) -> String {
        match self.0.is_empty() {
            true => text.to_owned(),
            false => text.replace(&self.0, "<token>"),
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

    fn config(token: &str, address: &str) -> DiscordConfig {
        let token = Token::new(token.to_owned());
        let mut config = DiscordConfig::new(ConnectionId("discord".to_owned()), token);
        config.api_url = Url::parse(address).unwrap();
        config
    }

    #[test]
    fn a_token_is_never_shown() {
        let config = config("Bot abc.def.secret-Part_1", "https://example.com");
        assert!(config.check().is_ok());
        assert!(!format!("{config:?}").contains("secret"));
        let text = "Authorization: Bot abc.def.secret-Part_1";
        assert_eq!(config.token.scrub(text), "Authorization: Bot <token>");
    }

    #[test]
    fn what_can_never_work_is_refused_at_once() {
        for token in ["", "abc", "a.b", "a..c", "a.b.c.d", "a.b.c d", "a.b/c.d"] {
            let config = config(token, "https://example.com");
            let checked = config.check();
            assert!(matches!(checked, Err(InvalidConfig::Token)), "{token}");
        }
        for address in ["ftp://example.com", "mailto:a@example.com", "data:a"] {
            let checked = config("a.b.c", address).check();
            assert!(
                matches!(checked, Err(InvalidConfig::Address(_))),
                "{address}"
            );
        }
    }
}
