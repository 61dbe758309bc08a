//! The running server, asked over its control socket: does it answer, and do its listeners work?

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use hinny_bridges::Finding;

use crate::commands::doing;
use crate::config::{Config, DESK};
use crate::control::{Link, Status, Verb};

/// A server that takes longer is stuck.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the server says of itself; the error is what was in the way. `None` if none runs.
pub async fn ask(data: &Path) -> Option<Result<Status, String>> {
    let asked = tokio::time::timeout(PATIENCE, doing::ask_running(data, &Verb::Status)).await;
    let answer = match asked {
        Ok(answer) => answer?,
        Err(_) => return Some(Err("it does not answer".to_owned())),
    };
    let status = answer.map_err(|error| error.to_string());
    Some(status.and_then(|value| serde_json::from_value(value).map_err(|error| error.to_string())))
}

pub fn look(config: &Config, status: Option<&Result<Status, String>>) -> Vec<Finding> {
    match status {
        None => vec![unlocked(&config.data)],
        Some(Err(error)) => vec![Finding::bad(
            format!("a server runs with this folder, but: {error}"),
            "look at its log, and restart it if it is stuck or older than this program",
        )],
        Some(Ok(status)) => {
            let mut findings = vec![Finding::good("a server runs with this folder and answers")];
            findings.extend(links(config, &status.connections));
            findings
        }
    }
}

/// Without a server nobody should hold the folder's lock.
fn unlocked(data: &Path) -> Finding {
    let held = std::fs::File::open(data.join("hinny.lock")).is_ok_and(|file| {
        matches!(
            file.try_lock_shared(),
            Err(std::fs::TryLockError::WouldBlock)
        )
    });
    match held {
        false => Finding::good("no server runs with this folder now"),
        true => Finding::doubtful(
            "another program holds the folder's lock, but does not answer",
            "wait until it has started or ended; if that takes long, look which `hinny` runs",
        ),
    }
}

fn links(config: &Config, links: &BTreeMap<String, Link>) -> Vec<Finding> {
    let finding = |(name, link): (&String, &Link)| match link {
        Link::Up => Finding::good(format!("the server listens to `{name}`")),
        Link::Down { why } => Finding::doubtful(
            format!("the server has no connection to `{name}`: {why}"),
            "it tries again by itself; see below what the platform says",
        ),
        Link::Stopped { why } => Finding::bad(
            format!("the server has stopped `{name}`: {why}"),
            "give it a token that works, and restart the server",
        ),
    };
    // The desk is part of the server.
    let links_out = links.iter().filter(|(name, _)| *name != DESK);
    let mut findings: Vec<Finding> = links_out.map(finding).collect();
    let unknown = config
        .connections
        .names()
        .filter(|(_, name)| !links.contains_key(*name));
    findings.extend(unknown.map(|(_, name)| {
        Finding::doubtful(
            format!("the server does not know `{name}`"),
            "the configuration was changed; restart the server",
        )
    }));
    findings
}
