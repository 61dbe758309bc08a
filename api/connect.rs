//! From the configuration to bridges: one for each credential, and what conversations must know of their site. Used by
//! the server and by `hinny doctor`, so that both look at the same thing.

use std::collections::HashMap;
use std::sync::Arc;

use hinny_actors::SiteRules;
use hinny_actors::ids::SiteId;
use hinny_bridges::desk::Desk;
use hinny_bridges::telegram::{Telegram, TelegramConfig, Token};
use hinny_bridges::{Bridge, Channel, ConnectionId};

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
    let telegram = config.connections.telegram.iter();
    let telegram =
        telegram.map(|one| (ConnectionId(one.name.clone()), telegram_bridge(config, one)));
    telegram.collect()
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

fn telegram_bridge(
    config: &Config,
    connection: &connections::Telegram,
) -> Result<Arc<dyn Bridge>, NoConnection> {
    let id = ConnectionId(connection.name.clone());
    let mut settings = TelegramConfig::new(id, Token::new(connection.token.expose().to_owned()));
    settings.per_minute = connection.per_minute;
    if let Some(url) = &connection.api_url {
        settings.api_url.clone_from(url);
    }
    let chats = channels(config, &connection.name).into_iter();
    settings.chats = chats
        .filter_map(|channel| match channel {
            Channel::Telegram(channel) => Some(channel.chat),
            _ => None,
        })
        .collect();
    let bridge = Telegram::new(settings).map_err(|why| NoConnection {
        platform: connections::Platform::Telegram.word(),
        name: connection.name.clone(),
        why: why.to_string(),
    })?;
    Ok(Arc::new(bridge))
}

/// What conversations need to know of each site.
pub fn rules(config: &Config) -> HashMap<SiteId, SiteRules> {
    let rules = |site: &config::Site| {
        let team = site.team.clone();
        SiteRules {
            name: site.name.clone(),
            target: site.hand.target(),
            agents: team.agents,
            mode: team.mode,
            notify: team.notify,
            nudge_after: team.nudge_after,
            names: team.names,
            block_for: team.block_for,
        }
    };
    let sites = config.sites.iter();
    sites.map(|site| (site.id.clone(), rules(site))).collect()
}
