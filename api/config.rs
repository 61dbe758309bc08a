//! `Config`: what the operator decided, typed and checked. Everything that can be wrong with `hinny.toml` is
//! found here, all of it at once, before anything starts.

pub mod colour;
pub mod connections;
pub mod duration;
pub mod embeddings;
mod endpoint;
mod hand;
mod identity;
pub mod look;
pub mod model;
pub mod proactive;
pub mod raw;
mod read;
pub mod secret;
mod site;
mod size;
pub mod speech;
pub mod team;
pub mod walks;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hinny_actors::Timing;
use ipnet::IpNet;
use url::Url;

use connections::Connections;
pub use hand::{DESK, Hand};
pub use identity::{Identity, Keys, NoKey};
use raw::{RawConfig, RawFiles, RawLimits, RawTiming};
use secret::Env;
pub use site::{Knowledge, Site};
pub use team::Team;

/// The commented example, which is also the list of defaults.
pub const EXAMPLE: &str = include_str!("../hinny.example.toml");

#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub public_url: Option<Url>,
    pub trusted_proxies: Vec<IpNet>,
    pub log: Log,
    /// Whether the desk's page is served.
    pub desk: bool,
    pub files: Files,
    pub limits: RawLimits,
    pub timing: Times,
    pub sites: Vec<Site>,
    pub connections: Connections,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    pub json: bool,
    pub level: String,
}

/// What visitors and the team may send besides words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Files {
    /// Bytes.
    pub max_size: u64,
    /// How long a link to a file is good.
    pub link_valid: Duration,
}

/// Every patience of the server, so that tests can use milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// A socket must say hello within this time.
    pub hello_within: Duration,
    /// A request's head and body must have come within this time.
    pub request_within: Duration,
    /// A socket must take a frame within this time.
    pub send_within: Duration,
    pub ping_every: Duration,
    pub drain_within: Duration,
    pub session_valid: Duration,
    pub login_valid: Duration,
    /// What happens behind the edge.
    pub engine: Timing,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("there is no {path}; make one with `hinny init`, or name another with --config")]
    Missing { path: PathBuf },
    #[error("{path}: {source}")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{0}")]
    Text(String),
    /// Everything that is wrong, one line each.
    #[error("{}", listed(file, problems))]
    Wrong {
        file: PathBuf,
        problems: Vec<String>,
    },
}

fn listed(file: &Path, problems: &[String]) -> String {
    let lines = problems
        .iter()
        .map(|what| format!("{}: {what}", file.display()));
    lines.collect::<Vec<_>>().join("\n")
}

/// Collects what is wrong, so that the operator sees everything in one go.
#[derive(Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    pub fn add(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    /// The value, or its problem noted and `None`.
    pub fn take<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|what| self.0.push(what)).ok()
    }
}

impl Config {
    /// Reads and checks a file. Relative paths in it count from its own folder.
    pub fn load(file: &Path, env: Env<'_>) -> Result<Config, ConfigError> {
        let path = file.to_owned();
        let text = std::fs::read_to_string(file).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => ConfigError::Missing { path },
            _ => ConfigError::File { path, source },
        })?;
        Config::parse(&text, file, env)
    }

    pub fn parse(text: &str, file: &Path, env: Env<'_>) -> Result<Config, ConfigError> {
        let raw = read::read(text, file).map_err(ConfigError::Text)?;
        let mut problems = Problems::default();
        let config = Config::check(
            raw,
            file.parent().unwrap_or(Path::new("")),
            env,
            &mut problems,
        );
        match problems.0.as_slice() {
            [] => Ok(config),
            _ => Err(ConfigError::Wrong {
                file: file.to_owned(),
                problems: problems.0,
            }),
        }
    }

    /// The defaults, which need no environment and have no mistakes.
    pub fn defaults(raw: RawConfig) -> Config {
        let mut problems = Problems::default();
        Config::check(raw, Path::new(""), &|_| None, &mut problems)
    }

    /// Always gives a Config, so that later checks run too; it counts only when there were no problems.
    fn check(raw: RawConfig, base: &Path, env: Env<'_>, problems: &mut Problems) -> Config {
        let connections = Connections::check(&raw, base, env, problems);
        let config = Config {
            data: base.join(&raw.data),
            listen: address(&raw.listen, problems),
            public_url: raw
                .public_url
                .and_then(|url| problems.take(web_url("public_url", &url))),
            trusted_proxies: networks(&raw.trusted_proxies, problems),
            log: log(&raw.log, problems),
            desk: raw.desk.enabled,
            files: files(&raw.files, problems),
            timing: times(&raw.timing, problems),
            sites: raw
                .site
                .into_iter()
                .filter_map(|site| site::check(site, base, env, problems))
                .collect(),
            connections,
            limits: raw.limits,
        };
        limits(&config.limits, problems);
        site::check_all(&config, problems);
        config
    }

    /// The address that people use, without a slash at its end.
    pub fn base(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id.as_str() == id)
    }
}

fn address(text: &str, problems: &mut Problems) -> SocketAddr {
    let parsed = text.parse().map_err(|_| {
        format!("`listen` = \"{text}\" is not an address with a port, like \"127.0.0.1:8080\"")
    });
    problems
        .take(parsed)
        .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)))
}

/// A URL of a web server; `key` is for the message.
pub(crate) fn web_url(key: &str, text: &str) -> Result<Url, String> {
    let wrong =
        || format!("`{key}` = \"{text}\" is not a URL that begins with http:// or https://");
    let url = Url::parse(text).map_err(|_| wrong())?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err(wrong()),
    }
}

fn networks(texts: &[String], problems: &mut Problems) -> Vec<IpNet> {
    let network = |text: &String| {
        let single = || text.parse::<std::net::IpAddr>().map(IpNet::from);
        text.parse().or_else(|_| single()).map_err(|_| {
            format!("`trusted_proxies`: \"{text}\" is no address or network, like \"10.0.0.0/8\"")
        })
    };
    texts
        .iter()
        .filter_map(|text| problems.take(network(text)))
        .collect()
}

fn log(raw: &raw::RawLog, problems: &mut Problems) -> Log {
    if !["text", "json"].contains(&raw.format.as_str()) {
        problems.add(format!(
            "`log.format` = \"{}\": it is \"text\" or \"json\"",
            raw.format
        ));
    }
    // A lone word that is no level would be taken for a module's name, and silence the log.
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let word = raw.level.chars().all(char::is_alphanumeric);
    let unknown = word && !levels.contains(&raw.level.as_str());
    if unknown || raw.level.parse::<tracing_subscriber::EnvFilter>().is_err() {
        problems.add(format!(
            "`log.level` = \"{}\": try \"info\" or \"debug\"",
            raw.level
        ));
    }
    Log {
        json: raw.format == "json",
        level: raw.level.clone(),
    }
}

fn times(raw: &RawTiming, problems: &mut Problems) -> Times {
    let mut time = |key: &str, text: &str| {
        let parsed = duration::parse(text).filter(|time| !time.is_zero());
        let told = parsed.ok_or_else(|| {
            format!("`timing.{key}` = \"{text}\": times are like \"250ms\", \"5s\", \"10m\", \"12h\", \"180d\"")
        });
        problems.take(told).unwrap_or(Duration::from_secs(1))
    };
    Times {
        hello_within: time("hello_within", &raw.hello_within),
        request_within: time("request_within", &raw.request_within),
        send_within: time("send_within", &raw.send_within),
        ping_every: time("ping_every", &raw.ping_every),
        drain_within: time("drain_within", &raw.drain_within),
        session_valid: time("session_valid", &raw.session_valid),
        login_valid: time("login_valid", &raw.login_valid),
        engine: Timing {
            idle: time("conversation_idle", &raw.conversation_idle),
            answer_within: time("answer_within", &raw.answer_within),
            quiet: time("quiet", &raw.quiet),
            alarm_poll: time("alarm_poll", &raw.alarm_poll),
            outbox_poll: time("outbox_poll", &raw.outbox_poll),
            retry_first: time("retry_first", &raw.retry_first),
            retry_max: time("retry_max", &raw.retry_max),
            order_within: time("order_within", &raw.order_within),
        },
    }
}

/// A file is in memory while it is looked at.
const LARGEST_FILE: u64 = 50 << 20;

fn files(raw: &RawFiles, problems: &mut Problems) -> Files {
    let size = size::parse(&raw.max_size).filter(|size| (1..=LARGEST_FILE).contains(size));
    let size = size.ok_or_else(|| {
        format!(
            "`files.max_size` = \"{}\": it is like \"500KB\" or \"10MB\", at most \"50MB\"",
            raw.max_size
        )
    });
    let valid = duration::parse(&raw.link_valid).filter(|time| time.as_secs() > 0);
    let valid = valid.ok_or_else(|| {
        format!(
            "`files.link_valid` = \"{}\": times are like \"5m\" or \"1h\"",
            raw.link_valid
        )
    });
    Files {
        max_size: problems.take(size).unwrap_or(LARGEST_FILE),
        link_valid: problems.take(valid).unwrap_or_default(),
    }
}

/// A limit of nothing would shut everybody out, and the rate limiter knows no zero.
fn limits(limits: &RawLimits, problems: &mut Problems) {
    let all = [
        ("connections", limits.connections as u64),
        (
            "connections_per_address",
            limits.connections_per_address as u64,
        ),
        ("messages_burst", limits.messages_burst.into()),
        ("messages_per_minute", limits.messages_per_minute.into()),
        (
            "address_messages_burst",
            limits.address_messages_burst.into(),
        ),
        (
            "address_messages_per_minute",
            limits.address_messages_per_minute.into(),
        ),
        ("hellos_burst", limits.hellos_burst.into()),
        ("hellos_per_minute", limits.hellos_per_minute.into()),
        ("sessions_burst", limits.sessions_burst.into()),
        ("sessions_per_minute", limits.sessions_per_minute.into()),
        ("bad_frames", limits.bad_frames.into()),
    ];
    for (key, _) in all.iter().filter(|(_, value)| *value == 0) {
        problems.add(format!("`limits.{key}` must be at least 1"));
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod walks_tests;
