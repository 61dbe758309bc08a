//! What Discord was asked once and remembers here: which channel a thread belongs to, what kind a channel is,
//! who a member is, and what roles are called. Nothing here is the truth; all of it can be asked again.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use serenity::{
    http::Route,
    model::id::{ChannelId, GuildId, UserId},
};
use tokio::sync::OnceCell;

use super::{
    classify::Failure,
    rest::Rest,
    wire::{Channel, Id, Member, Role, User, each},
};
use crate::{DiscordThread, Origin, Thread};

/// Names and roles of people change now and then.
const FRESH: Duration = Duration::from_secs(60);
/// Beyond so many the memory begins anew.
const MOST: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Forum,
    Thread,
    Other,
}

#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) guild: u64,
    pub(super) kind: Kind,
    pub(super) parent: Option<u64>,
    pub(super) name: String,
}

impl Place {
    /// <https://discord.com/developers/docs/resources/channel#channel-object-channel-types>
    pub(super) fn of(channel: &Channel) -> Self {
        Place {
            guild: channel.guild_id.0,
            kind: match channel.kind {
                0 | 5 => Kind::Text,
                15 | 16 => Kind::Forum,
                10..=12 => Kind::Thread,
                _ => Kind::Other,
            },
            parent: channel.parent_id.map(|id| id.0),
            name: channel.name.clone(),
        }
    }
}

pub(super) struct Places {
    rest: Arc<Rest>,
    own: OnceCell<u64>,
    places: Memory<u64, Place>,
    members: Memory<(u64, u64), Option<Member>>,
    roles: Memory<u64, Vec<Role>>,
}

impl Places {
    pub(super) fn new(rest: Arc<Rest>) -> Self {
        Places {
            rest,
            own: OnceCell::new(),
            places: Memory::default(),
            members: Memory::default(),
            roles: Memory::default(),
        }
    }

    /// The bot's own user id, asked once.
    pub(super) async fn own(&self) -> Result<u64, Failure> {
        let ask = async || {
            let me = self.rest.get(Route::UserMe).await?;
            let me: User = serde_json::from_value(me).unwrap_or_default();
            Ok(me.id.0)
        };
        self.own.get_or_try_init(ask).await.copied()
    }

    pub(super) async fn place(&self, id: u64) -> Result<Place, Failure> {
        if let Some(place) = self.places.recall(&id, Duration::MAX) {
            return Ok(place);
        }
        let channel = self.ask(id).await?;
        Ok(Place::of(&channel))
    }

    /// Asks Discord about a channel even if it is known.
    pub(super) async fn ask(&self, id: u64) -> Result<Channel, Failure> {
        let Some(channel_id) = channel(id) else {
            return Err(Failure::NoChannel);
        };
        let found = self
            .rest
            .patiently(Route::Channel { channel_id }, Vec::new())
            .await?;
        let found: Channel = serde_json::from_value(found).unwrap_or_default();
        self.learn(&found);
        Ok(found)
    }

    /// Remembers a channel that an event told of.
    pub(super) fn learn(&self, channel: &Channel) {
        if channel.id != Id::default() {
            self.places.keep(channel.id.0, Place::of(channel));
        }
    }

    /// Where a message in this channel is said. Under a card in a text channel hangs a thread with the card's id.
    pub(super) async fn origin(&self, id: u64) -> Result<Origin, Failure> {
        let place = self.place(id).await?;
        Ok(match (place.kind, place.parent) {
            (Kind::Thread, Some(channel)) => Origin::Thread(Thread::Discord(DiscordThread {
                channel,
                thread: id,
            })),
            _ => Origin::Channel(crate::Channel::Discord(crate::DiscordChannel {
                channel: id,
            })),
        })
    }

    /// A member of the server; nothing if that person is none.
    pub(super) async fn member(&self, guild: u64, user: u64) -> Result<Option<Member>, Failure> {
        let key = (guild, user);
        if let Some(member) = self.members.recall(&key, FRESH) {
            return Ok(member);
        }
        let (Some(guild_id), Some(user_id)) = (self::guild(guild), self::user(user)) else {
            return Ok(None);
        };
        let route = Route::GuildMember { guild_id, user_id };
        let member = match self.rest.patiently(route, Vec::new()).await {
            Ok(found) => Some(serde_json::from_value(found).unwrap_or_default()),
            Err(Failure::NoMember) => None,
            Err(failure) => return Err(failure),
        };
        self.members.keep(key, member.clone());
        Ok(member)
    }

    pub(super) async fn roles(&self, guild: u64) -> Result<Vec<Role>, Failure> {
        if let Some(roles) = self.roles.recall(&guild, FRESH) {
            return Ok(roles);
        }
        let Some(guild_id) = self::guild(guild) else {
            return Ok(Vec::new());
        };
        let found = self
            .rest
            .patiently(Route::GuildRoles { guild_id }, Vec::new())
            .await?;
        let roles: Vec<Role> = each(&found);
        self.roles.keep(guild, roles.clone());
        Ok(roles)
    }

    /// Active threads of a server, of whomever.
    pub(super) async fn active(&self, guild: u64) -> Result<Vec<Channel>, Failure> {
        let Some(guild_id) = self::guild(guild) else {
            return Ok(Vec::new());
        };
        let found: Value = self
            .rest
            .get(Route::GuildThreadsActive { guild_id })
            .await?;
        Ok(each(&found["threads"]))
    }
}

/// serenity's ids cannot be zero.
pub(super) fn channel(id: u64) -> Option<ChannelId> {
    (id > 0).then(|| ChannelId::new(id))
}

pub(super) fn guild(id: u64) -> Option<GuildId> {
    (id > 0).then(|| GuildId::new(id))
}

pub(super) fn user(id: u64) -> Option<UserId> {
    (id > 0).then(|| UserId::new(id))
}

/// Things with the time at which they were learnt.
struct Memory<K, V>(Mutex<HashMap<K, (Instant, V)>>);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Memory(Mutex::new(HashMap::new()))
    }
}

impl<K: Hash + Eq, V: Clone> Memory<K, V> {
    fn recall(&self, key: &K, fresh: Duration) -> Option<V> {
        let known = self.known();
        let (at, value) = known.get(key)?;
        (at.elapsed() < fresh).then(|| value.clone())
    }

    fn keep(&self, key: K, value: V) {
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (Instant::now(), value));
    }

    fn known(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
