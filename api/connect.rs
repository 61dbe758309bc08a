//! From the configuration to bridges: one for each credential, and what conversations must know of their site. Used by
//! the server and by `hinny doctor`, so that both look at the same thing.

use std::collections::HashMap;
use std::sync::Arc;

use hinny_actors::ids::SiteId;
use hinny_actors::{Agents, DigestAt, SiteRules};
use hinny_bridges::desk::Desk;
use hinny_bridges::discord::{self, Discord, DiscordConfig};
use hinny_bridges::slack::{self, Slack, SlackConfig};
use hinny_bridges::telegram::{self, Telegram, TelegramConfig};
use hinny_bridges::{Bridge, Channel, ConnectionId};

use crate::config::connections::Platform;
use crate::config::secret::Secret;
use crate::config::{self, Config, connections};

/// Why a connection cannot even be tried.
#[derive(Debug, thiserror::Error)]
#[error("{platform} `{name}`: {why}")]
pub struct NoConnection {
    platform: &'static str,
    name: String,
    why: String,
}

/// A bridge, or why there is none.
pub type Made = Result<Arc<dyn Bridge>, NoConnection>;

/// Every connection of the configuration and the desk.
pub fn bridges(config: &Config) -> Result<HashMap<ConnectionId, Arc<dyn Bridge>>, NoConnection> {
    let desk: Arc<dyn Bridge> = Arc::new(Desk);
    let mut bridges = HashMap::from([(ConnectionId(config::DESK.to_owned()), desk)]);
    for (id, bridge) in connections(config) {
        bridges.insert(id, bridge?);
    }
    Ok(bridges)
}

/// Every connection of the configuration by itself, so that one that cannot be made hides no other.
pub fn connections(config: &Config) -> Vec<(ConnectionId, Made)> {
    let all = &config.connections;
    let slack = all
        .slack
        .iter()
        .map(|one| (&one.name, slack_bridge(config, one)));
    let telegram = all
        .telegram
        .iter()
        .map(|one| (&one.name, telegram_bridge(config, one)));
    let discord = all
        .discord
        .iter()
        .map(|one| (&one.name, discord_bridge(config, one)));
    let all = slack.chain(discord).chain(telegram);
    all.map(|(name, made)| (ConnectionId(name.clone()), made))
        .collect()
}

/// The channels in which sites meet their teams over this connection.
pub fn channels(config: &Config, connection: &str) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for site in &config.sites {
        let target = site.hand.target();
        if target.connection.0 == connection && !channels.contains(&target.channel) {
            channels.push(target.channel);
        }
    }
    channels
}

/// The roles by which sites of this connection know their agents.
pub fn roles(config: &Config, connection: &str) -> Vec<String> {
    let sites = config
        .sites
        .iter()
        .filter(|site| site.hand.connection() == connection);
    let mut roles: Vec<String> = sites
        .filter_map(|site| match &site.team.agents {
            Agents::Role(roles) => Some(roles.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    roles.sort();
    roles.dedup();
    roles
}

fn slack_bridge(config: &Config, one: &connections::Slack) -> Made {
    let id = ConnectionId(one.name.clone());
    let token = |secret: &Secret| slack::Token::new(secret.expose().to_owned());
    let mut settings = SlackConfig::new(id, token(&one.bot_token), token(&one.app_token));
    settings.channels = named(config, &one.name, |channel| match channel {
        Channel::Slack(channel) => Some(channel.channel),
        _ => None,
    });
    settings.groups = roles(config, &one.name);
    if let Some(url) = &one.api_url {
        settings.api_url.clone_from(url);
    }
    made(Platform::Slack, &one.name, Slack::new(settings))
}

fn discord_bridge(config: &Config, one: &connections::Discord) -> Made {
    let id = ConnectionId(one.name.clone());
    let mut settings = DiscordConfig::new(id, discord::Token::new(one.token.expose().to_owned()));
    settings.channels = named(config, &one.name, |channel| match channel {
        Channel::Discord(channel) => Some(channel.channel),
        _ => None,
    });
    if let Some(url) = &one.api_url {
        settings.api_url.clone_from(url);
    }
    made(Platform::Discord, &one.name, Discord::new(settings))
}

fn telegram_bridge(config: &Config, one: &connections::Telegram) -> Made {
    let id = ConnectionId(one.name.clone());
    let token = telegram::Token::new(one.token.expose().to_owned());
    let mut settings = TelegramConfig::new(id, token);
    settings.per_minute = one.per_minute;
    settings.chats = named(config, &one.name, |channel| match channel {
        Channel::Telegram(channel) => Some(channel.chat),
        _ => None,
    });
    if let Some(url) = &one.api_url {
        settings.api_url.clone_from(url);
    }
    made(Platform::Telegram, &one.name, Telegram::new(settings))
}

/// The channels of a connection as its platform names them.
fn named<T>(config: &Config, connection: &str, name: fn(Channel) -> Option<T>) -> Vec<T> {
    channels(config, connection)
        .into_iter()
        .filter_map(name)
        .collect()
}

fn made<B: Bridge + 'static>(
    platform: Platform,
    name: &str,
    bridge: Result<B, impl std::fmt::Display>,
) -> Made {
    match bridge {
        Ok(bridge) => Ok(Arc::new(bridge)),
        Err(why) => Err(NoConnection {
            platform: platform.word(),
            name: name.to_owned(),
            why: why.to_string(),
        }),
    }
}

/// What conversations need to know of each site.
pub fn rules(config: &Config) -> HashMap<SiteId, SiteRules> {
    let usual = config.timing.engine.answer_within;
    let rules = |site: &config::Site| {
        let team = site.team.clone();
        let model = site.model.as_ref();
        SiteRules {
            name: site.name.clone(),
            target: site.hand.target(),
            agents: team.agents,
            mode: team.mode,
            speaks: site.speaks,
            notify: team.notify,
            nudge_after: team.nudge_after,
            names: team.names,
            block_for: team.block_for,
            digest: team.digest.map(|time| DigestAt {
                time,
                zone: team.zone,
            }),
            answer_within: model.map(|model| usual + model.answer_within),
        }
    };
    let sites = config.sites.iter();
    sites.map(|site| (site.id.clone(), rules(site))).collect()
}
