//! Who of a team speaks for a site, when they are called, and what blocking means there.

use std::collections::HashMap;
use std::time::Duration;

use hinny_actors::shell::{Agents, Mode};
use hinny_bridges::Mention;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use toml::Value;

use super::Problems;
use super::connections::Platform;
use super::duration;
use super::hand::Hand;
use super::raw::RawTeam;

#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    pub agents: Agents,
    pub mode: Mode,
    pub notify: Option<Mention>,
    /// `None` never calls the taker again.
    pub nudge_after: Option<Duration>,
    /// What visitors read instead of a member's own name, by the member's id.
    pub names: HashMap<String, String>,
    pub block_for: Duration,
    /// Where the team's days begin and end.
    pub zone: TimeZone,
    /// When the team gets to read what the bot said on the day before. `None` never tells.
    pub digest: Option<Time>,
}

impl Default for Team {
    fn default() -> Self {
        Team::check(&RawTeam::default(), None, "", &mut Problems::default())
    }
}

impl Team {
    /// `label` names the site.
    pub(super) fn check(
        raw: &RawTeam,
        hand: Option<&Hand>,
        label: &str,
        problems: &mut Problems,
    ) -> Self {
        let within = |what: String| format!("{label}: {what}");
        let agents = problems.take(agents(&raw.agents).map_err(within));
        let notify = problems.take(notify(&raw.notify).map_err(within));
        let mode = problems.take(mode(&raw.mode).map_err(within));
        let nudge_after = match raw.nudge_after.as_str() {
            "never" => None,
            text => problems.take(time("nudge_after", text, " or \"never\"").map_err(within)),
        };
        let zone = problems.take(zone(&raw.time_zone).map_err(within));
        let digest = problems.take(digest(&raw.digest).map_err(within));
        let block_for = time("block_for", &raw.block_for, "").map_err(within);
        let team = Team {
            agents: agents.unwrap_or(Agents::Everyone),
            mode: mode.unwrap_or(Mode::Open),
            notify: notify.flatten(),
            nudge_after,
            names: raw.names.clone().into_iter().collect(),
            block_for: problems.take(block_for).unwrap_or_default(),
            zone: zone.unwrap_or(TimeZone::UTC),
            digest: digest.flatten(),
        };
        if let Some(what) = hand.and_then(|hand| team.misfit(hand)) {
            problems.add(within(what));
        }
        team
    }

    /// What the place where the team sits does not have.
    fn misfit(&self, hand: &Hand) -> Option<String> {
        let calls = match hand.platform() {
            None => &[][..],
            Some(Platform::Telegram) => &["person"],
            Some(Platform::Slack | Platform::Discord) => &["person", "role", "here"],
        };
        let wanted = match &self.notify {
            None => return None,
            Some(Mention::Person(_)) => "person",
            Some(Mention::Role(_)) => "role",
            Some(Mention::Here) => "here",
        };
        if calls.contains(&wanted) {
            return None;
        }
        Some(match hand.platform() {
            None => "`team.notify`: the desk calls nobody; leave it out".to_owned(),
            Some(platform) => format!(
                "`team.notify`: {} cannot call \"{wanted}\"; name a person, like {{ person = \"@ada\" }}",
                platform.word()
            ),
        })
    }
}

fn time(key: &str, text: &str, or: &str) -> Result<Duration, String> {
    let parsed = duration::parse(text).filter(|time| !time.is_zero());
    parsed.ok_or_else(|| {
        format!("`team.{key}` = \"{text}\": times are like \"10m\", \"12h\", \"30d\"{or}")
    })
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| {
        format!("`team.time_zone` = \"{name}\": zones are called like \"Europe/Berlin\" or \"UTC\"")
    })
}

fn digest(text: &str) -> Result<Option<Time>, String> {
    if text == "off" {
        return Ok(None);
    }
    let time = Time::strptime("%H:%M", text).map_err(|_| {
        format!("`team.digest` = \"{text}\": it is a time of the day like \"09:00\", or \"off\"")
    })?;
    Ok(Some(time))
}

fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "open" => Ok(Mode::Open),
        "explicit" => Ok(Mode::Explicit),
        other => Err(format!(
            "`team.mode` = \"{other}\": it is \"open\" or \"explicit\""
        )),
    }
}

fn agents(value: &Value) -> Result<Agents, String> {
    let wrong = "`team.agents` is \"everyone\", { roles = [\"…\"] } or { list = [\"…\"] }";
    match value {
        Value::String(word) if word == "everyone" => Ok(Agents::Everyone),
        Value::Table(table) => match only(table) {
            Some(("roles", ids)) => ids_of("team.agents.roles", ids).map(Agents::Role),
            Some(("list", ids)) => ids_of("team.agents.list", ids).map(Agents::List),
            _ => Err(wrong.to_owned()),
        },
        _ => Err(wrong.to_owned()),
    }
}

fn notify(value: &Value) -> Result<Option<Mention>, String> {
    let wrong = "`team.notify` is \"none\", \"here\", { person = \"…\" } or { role = \"…\" }";
    match value {
        Value::String(word) if word == "none" => Ok(None),
        Value::String(word) if word == "here" => Ok(Some(Mention::Here)),
        Value::Table(table) => match only(table) {
            Some(("person", id)) => id_of("team.notify.person", id)
                .map(Mention::Person)
                .map(Some),
            Some(("role", id)) => id_of("team.notify.role", id).map(Mention::Role).map(Some),
            _ => Err(wrong.to_owned()),
        },
        _ => Err(wrong.to_owned()),
    }
}

fn only(table: &toml::Table) -> Option<(&str, &Value)> {
    let mut items = table.iter();
    let (key, value) = items.next()?;
    items.next().is_none().then_some((key.as_str(), value))
}

fn ids_of(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_array().filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| format!("`{key}` is a list of ids with at least one"))?;
    list.iter().map(|id| id_of(key, id)).collect()
}

/// Ids are texts, but a number is what people copy from some platforms.
fn id_of(key: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(id) if !id.trim().is_empty() => Ok(id.trim().to_owned()),
        Value::Integer(id) => Ok(id.to_string()),
        _ => Err(format!(
            "`{key}`: an id is a text like \"U0123456789\", or a number"
        )),
    }
}
