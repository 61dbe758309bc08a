//! Connections of the configuration: one credential each, with one listener. Sites refer to them by name and may share
//! one.

use std::path::Path;

use url::Url;

use super::raw::{RawConfig, RawDiscord, RawSlack, RawTelegram};
use super::secret::{self, Env, Secret};
use super::{Problems, web_url};

/// One Slack app in one workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Slack {
    pub name: String,
    pub bot_token: Secret,
    /// Opens the socket that events come through.
    pub app_token: Secret,
    pub api_url: Option<Url>,
}

/// One Discord bot.
#[derive(Clone, Debug, PartialEq)]
pub struct Discord {
    pub name: String,
    pub token: Secret,
    pub api_url: Option<Url>,
}

/// One Telegram bot.
#[derive(Clone, Debug, PartialEq)]
pub struct Telegram {
    pub name: String,
    pub token: Secret,
    pub api_url: Option<Url>,
    pub per_minute: u32,
}

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    Slack,
    Discord,
    Telegram,
}

impl Platform {
    /// As it stands in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Platform::Slack => "slack",
            Platform::Discord => "discord",
            Platform::Telegram => "telegram",
        }
    }

    /// As it calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Platform::Slack => "Slack",
            Platform::Discord => "Discord",
            Platform::Telegram => "Telegram",
        }
    }
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connections {
    pub slack: Vec<Slack>,
    pub discord: Vec<Discord>,
    pub telegram: Vec<Telegram>,
}

impl Connections {
    pub(super) fn check(
        raw: &RawConfig,
        base: &Path,
        env: Env<'_>,
        problems: &mut Problems,
    ) -> Self {
        let secrets = Secrets { base, env };
        let slack = raw
            .slack
            .iter()
            .filter_map(|raw| slack(raw, &secrets, problems))
            .collect();
        let discord = raw
            .discord
            .iter()
            .filter_map(|raw| discord(raw, &secrets, problems))
            .collect();
        let telegram = raw
            .telegram
            .iter()
            .filter_map(|raw| telegram(raw, &secrets, problems))
            .collect();
        let connections = Connections {
            slack,
            discord,
            telegram,
        };
        connections.check_tokens(problems);
        connections
    }

    /// Every connection's platform and name.
    pub fn names(&self) -> impl Iterator<Item = (Platform, &str)> {
        let slack = self
            .slack
            .iter()
            .map(|one| (Platform::Slack, one.name.as_str()));
        let discord = self
            .discord
            .iter()
            .map(|one| (Platform::Discord, one.name.as_str()));
        let telegram = self
            .telegram
            .iter()
            .map(|one| (Platform::Telegram, one.name.as_str()));
        slack.chain(discord).chain(telegram)
    }

    /// Two listeners with one token take each other's messages away.
    fn check_tokens(&self, problems: &mut Problems) {
        let bots = self
            .slack
            .iter()
            .map(|one| (&one.name, "bot_token", &one.bot_token));
        let apps = self
            .slack
            .iter()
            .map(|one| (&one.name, "app_token", &one.app_token));
        let discord = self
            .discord
            .iter()
            .map(|one| (&one.name, "token", &one.token));
        let telegram = self
            .telegram
            .iter()
            .map(|one| (&one.name, "token", &one.token));
        let all: Vec<_> = bots.chain(apps).chain(discord).chain(telegram).collect();
        for (at, (name, key, token)) in all.iter().enumerate() {
            let earlier = all[..at].iter().find(|(_, _, other)| other == token);
            if let Some((other, other_key, _)) = earlier {
                problems.add(match name == other {
                    true => format!("`{name}`: `{other_key}` and `{key}` are the same; they are two different tokens"),
                    false => format!(
                        "the connections `{other}` and `{name}` have the same `{key}`: keep one of them, and let both sites name it"
                    ),
                });
            }
        }
    }
}

/// Where secrets are looked up.
struct Secrets<'a> {
    base: &'a Path,
    env: Env<'a>,
}

impl Secrets<'_> {
    /// The token that one of the two keys leads to.
    fn token(
        &self,
        key: &str,
        env_name: Option<&String>,
        file: Option<&String>,
    ) -> Result<Secret, String> {
        let file = file.map(|file| self.base.join(file));
        let loaded = secret::load(key, env_name.map(String::as_str), file, self.env)?;
        loaded.ok_or_else(|| format!("set `{key}_env` or `{key}_file`"))
    }
}

/// Notes problems of one connection under its name.
struct Named<'a> {
    label: String,
    problems: &'a mut Problems,
}

impl<'a> Named<'a> {
    fn new(platform: Platform, name: &str, problems: &'a mut Problems) -> Self {
        if name.trim().is_empty() {
            problems.add(format!("a [[{}]] has an empty `name`", platform.word()));
        }
        let label = format!("{} `{name}`", platform.word());
        Named { label, problems }
    }

    fn take<T>(&mut self, found: Result<T, String>) -> Option<T> {
        let label = &self.label;
        self.problems
            .take(found.map_err(|what| format!("{label}: {what}")))
    }

    /// `None` inside: the platform's own address.
    fn api_url(&mut self, text: Option<&String>) -> Option<Option<Url>> {
        self.take(text.map(|text| web_url("api_url", text)).transpose())
    }
}

fn slack(raw: &RawSlack, secrets: &Secrets<'_>, problems: &mut Problems) -> Option<Slack> {
    let mut named = Named::new(Platform::Slack, &raw.name, problems);
    let bot = secrets.token(
        "bot_token",
        raw.bot_token_env.as_ref(),
        raw.bot_token_file.as_ref(),
    );
    let app = secrets.token(
        "app_token",
        raw.app_token_env.as_ref(),
        raw.app_token_file.as_ref(),
    );
    let (bot_token, app_token) = (named.take(bot), named.take(app));
    let api_url = named.api_url(raw.api_url.as_ref());
    Some(Slack {
        name: raw.name.clone(),
        bot_token: bot_token?,
        app_token: app_token?,
        api_url: api_url?,
    })
}

fn discord(raw: &RawDiscord, secrets: &Secrets<'_>, problems: &mut Problems) -> Option<Discord> {
    let mut named = Named::new(Platform::Discord, &raw.name, problems);
    let token = secrets.token("token", raw.token_env.as_ref(), raw.token_file.as_ref());
    let token = named.take(token);
    let api_url = named.api_url(raw.api_url.as_ref());
    Some(Discord {
        name: raw.name.clone(),
        token: token?,
        api_url: api_url?,
    })
}

fn telegram(raw: &RawTelegram, secrets: &Secrets<'_>, problems: &mut Problems) -> Option<Telegram> {
    let mut named = Named::new(Platform::Telegram, &raw.name, problems);
    let token = secrets.token("token", raw.token_env.as_ref(), raw.token_file.as_ref());
    let token = named.take(token);
    let api_url = named.api_url(raw.api_url.as_ref());
    Some(Telegram {
        name: raw.name.clone(),
        token: token?,
        api_url: api_url?,
        per_minute: raw.per_minute.unwrap_or(20).max(1),
    })
}
