//! `Tally`: counts of what happened since the start, for metrics. Nothing is decided from them.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hinny_bridges::{ConnectionId, Target};

use crate::ids::Millis;

/// A number that only rises.
#[derive(Default)]
pub struct Count(AtomicU64);

impl Count {
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How a connection's listener is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    Up,
    /// Retried by itself.
    Down(String),
    /// The credential was refused: somebody has to look.
    Stopped(String),
}

#[derive(Default)]
pub struct Tally {
    pub said: Count,
    pub answered: Count,
    pub suggested: Count,
    /// Answers that a model phrased, and those that it was to phrase and that stayed as they are.
    pub phrased: Count,
    pub unphrased: Count,
    pub escalated: Count,
    pub replied: Count,
    pub stale_verdicts: Count,
    pub panics: Count,
    pub parked: Count,
    pub woken: Count,
    pub passivated: Count,
    pub posts_sent: Count,
    pub send_failures: Count,
    /// Deliveries that became dead letters.
    pub given_up: Count,
    /// How each is doing, and since when.
    links: Mutex<BTreeMap<ConnectionId, (Link, Millis)>>,
    obstacles: Mutex<HashMap<Target, Obstacle>>,
}

/// Why a team cannot be told anything in its place just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub kind: ObstacleKind,
    /// As the bridge says it.
    pub why: String,
    pub since: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObstacleKind {
    /// The place is gone or closed to us: somebody has to look.
    NoAccess,
    /// The credential was refused, which closes every place behind it.
    Unauthorized,
    /// The platform does not answer; it is tried again by itself.
    Unreachable,
}

impl Tally {
    /// Returns `true` when its credential was accepted before and is refused now, or the other way round.
    pub fn set_link(&self, connection: &ConnectionId, link: Link, now: Millis) -> bool {
        let mut links = self.lock_links();
        let stopped = |link: &Link| matches!(link, Link::Stopped(_));
        let is_stopped = stopped(&link);
        let before = links.get(connection).filter(|(link, _)| stopped(link));
        let was_stopped = before.is_some();
        let since = before.map_or(now, |(_, since)| *since);
        links.insert(connection.clone(), (link, since));
        is_stopped != was_stopped
    }

    pub fn links(&self) -> BTreeMap<ConnectionId, Link> {
        let links = self.lock_links();
        let each = links.iter();
        each.map(|(connection, (link, _))| (connection.clone(), link.clone()))
            .collect()
    }

    fn lock_links(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, (Link, Millis)>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something keeps us from posting there. Returns `true` when that is news.
    pub fn hinder(&self, target: &Target, kind: ObstacleKind, why: &str, now: Millis) -> bool {
        let mut obstacles = self.lock_obstacles();
        let known = obstacles.get(target);
        let is_news = known.is_none_or(|known| known.kind != kind);
        let since = known.map_or(now, |known| known.since);
        let why = why.to_owned();
        obstacles.insert(target.clone(), Obstacle { kind, why, since });
        is_news
    }

    /// Posting works there. Returns `true` when that is news.
    pub fn clear(&self, target: &Target) -> bool {
        let mut obstacles = self.lock_obstacles();
        let before = obstacles.len();
        // A credential is accepted for all of its channels or for none.
        obstacles.retain(|other, obstacle| {
            other != target
                && (other.connection != target.connection
                    || obstacle.kind != ObstacleKind::Unauthorized)
        });
        obstacles.len() != before
    }

    /// What keeps us from posting there, if anything does.
    pub fn obstacle(&self, target: &Target) -> Option<Obstacle> {
        let obstacles = self.lock_obstacles();
        let near = || {
            let mut near = obstacles.iter().filter(|(other, obstacle)| {
                other.connection == target.connection && obstacle.kind == ObstacleKind::Unauthorized
            });
            near.next().map(|(_, obstacle)| obstacle)
        };
        let found = obstacles.get(target).or_else(near).cloned();
        found.or_else(|| self.refused(&target.connection))
    }

    /// The listener's credential may be another one than that which posts.
    fn refused(&self, connection: &ConnectionId) -> Option<Obstacle> {
        match self.lock_links().get(connection) {
            Some((Link::Stopped(why), since)) => Some(Obstacle {
                kind: ObstacleKind::Unauthorized,
                why: why.clone(),
                since: *since,
            }),
            _ => None,
        }
    }

    /// Connections with a channel in which we may not post, and why.
    pub fn barred(&self) -> BTreeMap<ConnectionId, String> {
        let obstacles = self.lock_obstacles();
        let barred = obstacles
            .iter()
            .filter(|(_, obstacle)| obstacle.kind != ObstacleKind::Unreachable);
        barred
            .map(|(target, obstacle)| (target.connection.clone(), obstacle.why.clone()))
            .collect()
    }

    fn lock_obstacles(&self) -> MutexGuard<'_, HashMap<Target, Obstacle>> {
        self.obstacles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use hinny_bridges::{Channel, TelegramChannel};

    use super::*;

    fn target(connection: &str, chat: i64) -> Target {
        Target {
            connection: ConnectionId(connection.into()),
            channel: Channel::Telegram(TelegramChannel { chat }),
        }
    }

    #[test]
    fn an_obstacle_is_news_once_and_keeps_its_beginning() {
        let tally = Tally::default();
        let here = target("team", 1);
        assert!(tally.hinder(&here, ObstacleKind::NoAccess, "removed", 5));
        assert!(!tally.hinder(&here, ObstacleKind::NoAccess, "removed", 9));
        assert_eq!(
            tally.obstacle(&here).map(|obstacle| obstacle.since),
            Some(5)
        );
        assert_eq!(tally.obstacle(&target("team", 2)), None);
        assert!(tally.clear(&here) && !tally.clear(&here));
    }

    #[test]
    fn a_refused_credential_closes_all_its_channels_and_opens_them_together() {
        let tally = Tally::default();
        let (one, two) = (target("team", 1), target("team", 2));
        tally.hinder(&one, ObstacleKind::Unauthorized, "revoked", 5);
        assert!(tally.obstacle(&two).is_some());
        assert_eq!(tally.obstacle(&target("other", 1)), None);
        assert!(tally.clear(&two));
        assert_eq!(tally.obstacle(&one), None);
    }

    #[test]
    fn a_refused_listener_is_an_obstacle_until_it_listens() {
        let tally = Tally::default();
        let here = target("team", 1);
        assert!(!tally.set_link(&here.connection, Link::Up, 1));
        assert!(tally.set_link(&here.connection, Link::Stopped("revoked".into()), 5));
        assert!(!tally.set_link(&here.connection, Link::Stopped("revoked".into()), 9));
        assert_eq!(
            tally.obstacle(&here).map(|obstacle| obstacle.since),
            Some(5)
        );
        assert!(tally.set_link(&here.connection, Link::Up, 10));
        assert_eq!(tally.obstacle(&here), None);
    }

    #[test]
    fn a_silent_platform_is_not_one_that_shuts_us_out() {
        let tally = Tally::default();
        tally.hinder(&target("team", 1), ObstacleKind::Unreachable, "down", 5);
        assert!(tally.barred().is_empty());
    }
}
