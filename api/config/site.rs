//! One website of the configuration: its origins, identity, knowledge, and where its threads are opened.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use hinny_actors::ids::SiteId;
use hinny_bridges::{Channel, ConnectionId, Target, TelegramChannel};
use url::Url;

use super::raw::RawSite;
use super::secret::{self, Env, Secret};
use super::{Config, Problems, web_url};
use crate::origin::{Origins, Pattern};

/// The longest id of a site; it stands in every row and in many log lines.
const MAX_ID: usize = 40;

/// The built-in bridge's connection name.
pub const DESK: &str = "desk";

#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub id: SiteId,
    pub name: String,
    pub origins: Origins,
    pub greeting: Option<String>,
    pub identity: Identity,
    pub knowledge: Knowledge,
    pub answers: hinny_kb::Settings,
    pub hand: Hand,
}

/// Whether visitors may or must prove who they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Identity {
    Off,
    Optional(Secret),
    Required(Secret),
}

impl Identity {
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Identity::Off => None,
            Identity::Optional(secret) | Identity::Required(secret) => Some(secret),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowledge {
    pub paths: Vec<PathBuf>,
    pub base_url: Option<Url>,
}

/// Where a hand-over goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Hand {
    Desk,
    Telegram { connection: String, chat: i64 },
}

impl Hand {
    pub fn target(&self) -> Target {
        match self {
            Hand::Desk => Target {
                connection: ConnectionId(DESK.to_owned()),
                channel: Channel::Desk,
            },
            Hand::Telegram { connection, chat } => Target {
                connection: ConnectionId(connection.clone()),
                channel: Channel::Telegram(TelegramChannel { chat: *chat }),
            },
        }
    }
}

/// Checks one site by itself.
pub(super) fn check(
    raw: RawSite,
    base: &Path,
    env: Env<'_>,
    problems: &mut Problems,
) -> Option<Site> {
    let label = format!("site `{}`", raw.id);
    let within = |what: String| format!("{label}: {what}");
    let id = problems.take(id(&raw.id).map_err(within));
    let hand = problems.take(hand(&raw).map_err(within));
    let identity = problems.take(identity(&raw, base, env).map_err(within));
    let origins = problems.take(origins(&raw.origins).map_err(within));
    if let Err(what) = raw.answers.check() {
        problems.add(within(format!("`answers`: {what}")));
    }
    let url = |url: &String| web_url("base_url", url).map_err(within);
    let base_url = raw
        .knowledge
        .base_url
        .as_ref()
        .and_then(|text| problems.take(url(text)));
    let paths = raw
        .knowledge
        .paths
        .iter()
        .map(|path| base.join(path))
        .collect();
    Some(Site {
        id: id?,
        name: raw.name,
        origins: origins?,
        greeting: raw.greeting,
        identity: identity?,
        knowledge: Knowledge { paths, base_url },
        answers: raw.answers,
        hand: hand?,
    })
}

/// Checks what several parts must agree on.
pub(super) fn check_all(config: &Config, problems: &mut Problems) {
    let mut names = HashSet::from([DESK]);
    for connection in &config.telegram {
        if !names.insert(&connection.name) {
            problems.add(format!(
                "the connection name `{}` is used twice",
                connection.name
            ));
        }
    }
    let mut ids = HashSet::new();
    for site in &config.sites {
        if !ids.insert(&site.id) {
            problems.add(format!("site `{}` is there twice", site.id));
        }
        match &site.hand {
            Hand::Desk if !config.desk => problems.add(format!(
                "site `{}` hands over to the desk, but `desk.enabled` is false",
                site.id
            )),
            Hand::Telegram { connection, .. } if !is_telegram(config, connection) => {
                problems.add(format!(
                    "site `{}`: there is no [[telegram]] named `{connection}`",
                    site.id
                ))
            }
            _ => {}
        }
    }
}

fn is_telegram(config: &Config, name: &str) -> bool {
    config
        .telegram
        .iter()
        .any(|connection| connection.name == name)
}

fn id(id: &str) -> Result<SiteId, String> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match (1..=MAX_ID).contains(&id.len()) && id.bytes().all(letter) {
        true => Ok(SiteId(id.to_owned())),
        false => Err(format!("`id` is 1 to {MAX_ID} of a-z, 0-9 and -")),
    }
}

fn origins(texts: &[String]) -> Result<Origins, String> {
    if texts.is_empty() {
        return Err("`origins` is empty, so no page could use it".to_owned());
    }
    let patterns = texts.iter().map(|text| Pattern::parse(text));
    patterns.collect::<Result<_, _>>().map(Origins::new)
}

fn hand(raw: &RawSite) -> Result<Hand, String> {
    match (raw.bridge.as_deref(), &raw.telegram) {
        (None | Some("telegram"), Some(telegram)) => Ok(Hand::Telegram {
            connection: telegram.connection.clone(),
            chat: telegram.chat,
        }),
        (None | Some(DESK), None) => Ok(Hand::Desk),
        (Some(DESK), Some(_)) => Err("`bridge` is \"desk\", but [site.telegram] is set".to_owned()),
        (Some("telegram"), None) => Err("`bridge` is \"telegram\": add [site.telegram]".to_owned()),
        (Some(other), _) => Err(format!(
            "`bridge` = \"{other}\": it is \"desk\" or \"telegram\""
        )),
    }
}

fn identity(raw: &RawSite, base: &Path, env: Env<'_>) -> Result<Identity, String> {
    let file = raw
        .identity_secret_file
        .as_ref()
        .map(|file| base.join(file));
    let key = "identity_secret";
    let secret = secret::load(key, raw.identity_secret_env.as_deref(), file, env)?;
    if let Some(weakness) = secret.as_ref().and_then(secret::weakness) {
        return Err(format!("`{key}` {weakness}"));
    }
    match (raw.identity.as_deref(), secret) {
        (None, None) | (Some("off"), _) => Ok(Identity::Off),
        (None | Some("optional"), Some(secret)) => Ok(Identity::Optional(secret)),
        (Some("required"), Some(secret)) => Ok(Identity::Required(secret)),
        (Some(mode @ ("optional" | "required")), None) => Err(format!(
            "`identity` = \"{mode}\" needs `{key}_env` or `{key}_file`"
        )),
        (Some(other), _) => Err(format!(
            "`identity` = \"{other}\": it is \"off\", \"optional\" or \"required\""
        )),
    }
}
