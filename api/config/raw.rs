//! `RawConfig`: `hinny.toml` as it is written. Nothing is checked here but names and types; what the values
//! mean is decided in `config`. The defaults below are the ones that `hinny.example.toml` documents.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::identity::RawKey;
use super::look::RawLook;
use super::speech::RawWords;
use super::walks::RawWalk;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawConfig {
    pub data: String,
    pub listen: String,
    pub public_url: Option<String>,
    pub trusted_proxies: Vec<String>,
    pub log: RawLog,
    pub desk: RawDesk,
    pub files: RawFiles,
    pub limits: RawLimits,
    pub timing: RawTiming,
    pub site: Vec<RawSite>,
    pub slack: Vec<RawSlack>,
    pub discord: Vec<RawDiscord>,
    pub telegram: Vec<RawTelegram>,
}

impl Default for RawConfig {
    fn default() -> Self {
        RawConfig {
            data: "hinny-data".to_owned(),
            listen: "127.0.0.1:8080".to_owned(),
            public_url: None,
            trusted_proxies: Vec::new(),
            log: RawLog::default(),
            desk: RawDesk::default(),
            files: RawFiles::default(),
            limits: RawLimits::default(),
            timing: RawTiming::default(),
            site: Vec::new(),
            slack: Vec::new(),
            discord: Vec::new(),
            telegram: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawLog {
    pub format: String,
    pub level: String,
}

impl Default for RawLog {
    fn default() -> Self {
        RawLog {
            format: "text".to_owned(),
            level: "info".to_owned(),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawDesk {
    pub enabled: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawFiles {
    pub max_size: String,
    pub link_valid: String,
}

impl Default for RawFiles {
    fn default() -> Self {
        RawFiles {
            max_size: "10MB".to_owned(),
            link_valid: "15m".to_owned(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawLimits {
    pub connections: usize,
    pub connections_per_address: usize,
    pub messages_burst: u32,
    pub messages_per_minute: u32,
    pub address_messages_burst: u32,
    pub address_messages_per_minute: u32,
    pub hellos_burst: u32,
    pub hellos_per_minute: u32,
    pub sessions_burst: u32,
    pub sessions_per_minute: u32,
    pub bad_frames: u32,
}

impl Default for RawLimits {
    fn default() -> Self {
        RawLimits {
            connections: 20_000,
            connections_per_address: 200,
            messages_burst: 20,
            messages_per_minute: 60,
            address_messages_burst: 100,
            address_messages_per_minute: 300,
            hellos_burst: 100,
            hellos_per_minute: 200,
            sessions_burst: 30,
            sessions_per_minute: 60,
            bad_frames: 20,
        }
    }
}

/// Times are written like `250ms`, `5s`, `10m`, `12h` or `180d`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawTiming {
    pub hello_within: String,
    pub request_within: String,
    pub send_within: String,
    pub ping_every: String,
    pub drain_within: String,
    pub session_valid: String,
    pub login_valid: String,
    pub answer_within: String,
    pub quiet: String,
    pub conversation_idle: String,
    pub alarm_poll: String,
    pub outbox_poll: String,
    pub retry_first: String,
    pub retry_max: String,
    pub order_within: String,
}

impl Default for RawTiming {
    fn default() -> Self {
        let text = str::to_owned;
        RawTiming {
            hello_within: text("5s"),
            request_within: text("10s"),
            send_within: text("10s"),
            ping_every: text("25s"),
            drain_within: text("8s"),
            session_valid: text("180d"),
            login_valid: text("15m"),
            answer_within: text("8s"),
            quiet: text("800ms"),
            conversation_idle: text("5m"),
            alarm_poll: text("250ms"),
            outbox_poll: text("1s"),
            retry_first: text("1s"),
            retry_max: text("5m"),
            order_within: text("10s"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSite {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub origins: Vec<String>,
    #[serde(default)]
    pub greeting: Option<String>,
    #[serde(default)]
    pub consent: Option<String>,
    #[serde(default)]
    pub identity: Option<String>,
    #[serde(default)]
    pub identity_secret_env: Option<String>,
    #[serde(default)]
    pub identity_secret_file: Option<String>,
    #[serde(default)]
    pub identity_keys: Vec<RawKey>,
    #[serde(default)]
    pub bridge: Option<String>,
    #[serde(default)]
    pub slack: Option<RawSiteSlack>,
    #[serde(default)]
    pub discord: Option<RawSiteDiscord>,
    #[serde(default)]
    pub telegram: Option<RawSiteTelegram>,
    #[serde(default)]
    pub look: RawLook,
    #[serde(default)]
    pub team: RawTeam,
    #[serde(default)]
    pub knowledge: RawKnowledge,
    #[serde(default)]
    pub answers: RawAnswers,
    #[serde(default)]
    pub model: Option<RawModel>,
    #[serde(default)]
    pub words: RawWords,
    #[serde(default)]
    pub proactive: Vec<super::proactive::RawProactive>,
    pub embeddings: Option<super::embeddings::RawEmbeddings>,
}

/// Who speaks first, beside how sure the bot must be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "toml::Table")]
pub struct RawAnswers {
    pub mode: String,
    pub settings: hinny_kb::Settings,
}

impl Default for RawAnswers {
    fn default() -> Self {
        RawAnswers {
            mode: "bot-first".to_owned(),
            settings: hinny_kb::Settings::default(),
        }
    }
}

impl TryFrom<toml::Table> for RawAnswers {
    type Error = toml::de::Error;

    fn try_from(mut table: toml::Table) -> Result<Self, Self::Error> {
        let mode = table.remove("mode");
        Ok(RawAnswers {
            mode: match mode {
                Some(mode) => mode.try_into()?,
                None => RawAnswers::default().mode,
            },
            settings: table.try_into()?,
        })
    }
}

/// A language model behind an OpenAI-compatible address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawModel {
    pub base_url: String,
    pub model: String,
    #[serde(default)]
    pub key_env: Option<String>,
    #[serde(default)]
    pub key_file: Option<String>,
    #[serde(default)]
    pub hosts: Vec<String>,
    #[serde(default = "RawModel::most_tokens")]
    pub most_tokens: u32,
    #[serde(default)]
    pub temperature: Option<f32>,
    #[serde(default = "RawModel::first_token_within")]
    pub first_token_within: String,
    #[serde(default = "RawModel::answer_within")]
    pub answer_within: String,
    #[serde(default = "RawModel::visitor_tokens")]
    pub visitor_tokens: u64,
    #[serde(default = "RawModel::site_tokens")]
    pub site_tokens: u64,
}

impl RawModel {
    fn most_tokens() -> u32 {
        400
    }

    fn first_token_within() -> String {
        "8s".to_owned()
    }

    fn answer_within() -> String {
        "30s".to_owned()
    }

    fn visitor_tokens() -> u64 {
        50_000
    }

    fn site_tokens() -> u64 {
        2_000_000
    }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawKnowledge {
    pub paths: Vec<String>,
    pub base_url: Option<String>,
    /// Whose rules make the links.
    pub links: Option<String>,
    /// Where the team's own answers are kept.
    pub saved: Option<String>,
    /// How often all of it is looked at again.
    pub every: Option<String>,
    pub crawl: Vec<RawWalk>,
}

/// Who of the team may do what. `agents` and `notify` may be a word or a table; `team` reads them, so that a mistake in
/// one is told in words.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawTeam {
    pub agents: toml::Value,
    pub mode: String,
    pub notify: toml::Value,
    pub nudge_after: String,
    pub time_zone: String,
    pub digest: String,
    pub names: BTreeMap<String, String>,
    pub block_for: String,
}

impl Default for RawTeam {
    fn default() -> Self {
        RawTeam {
            agents: "everyone".into(),
            mode: "open".to_owned(),
            notify: "none".into(),
            nudge_after: "10m".to_owned(),
            time_zone: "UTC".to_owned(),
            digest: "09:00".to_owned(),
            names: BTreeMap::new(),
            block_for: "30d".to_owned(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSiteSlack {
    pub connection: String,
    pub channel: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSiteDiscord {
    pub connection: String,
    pub channel: u64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSiteTelegram {
    pub connection: String,
    pub chat: i64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSlack {
    pub name: String,
    #[serde(default)]
    pub bot_token_env: Option<String>,
    #[serde(default)]
    pub bot_token_file: Option<String>,
    #[serde(default)]
    pub app_token_env: Option<String>,
    #[serde(default)]
    pub app_token_file: Option<String>,
    #[serde(default)]
    pub api_url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDiscord {
    pub name: String,
    #[serde(default)]
    pub token_env: Option<String>,
    #[serde(default)]
    pub token_file: Option<String>,
    #[serde(default)]
    pub api_url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTelegram {
    pub name: String,
    #[serde(default)]
    pub token_env: Option<String>,
    #[serde(default)]
    pub token_file: Option<String>,
    #[serde(default)]
    pub api_url: Option<String>,
    #[serde(default)]
    pub per_minute: Option<u32>,
}
