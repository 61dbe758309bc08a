//! Discord: one thread per conversation under a card in a text channel, or one post per conversation in a
//! forum. An agent sees the visitor's lines under a heading with the name, and simply writes into the thread.
//! API: <https://discord.com/developers/docs/intro>. No public address is needed: events come by the gateway.
//!
//! Limits kept here: the buckets that Discord's headers tell of and 50 calls a second (`budget`), 2,000
//! letters per message (`pack`), 1,000 active threads per server (`open`), 3 s for a press (`listen`).
//! Nothing is stored and nothing is queued.

mod budget;
mod catch_up;
mod change;
mod classify;
mod compose;
mod config;
mod events;
mod examine;
mod gateway;
mod life;
mod listen;
mod markdown;
mod open;
mod pack;
mod places;
mod post;
mod read;
mod render;
mod rest;
mod rights;
mod rows;
mod spans;
mod wire;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;
use serenity::http::{LightMethod, Route};
use url::Url;

use self::{classify::Failure, places::Places, rest::Rest};
use crate::{
    Bridge, Channel, DiscordThread, FetchError, Finding, Inbox, Line, Mark, Opened, Person, Post,
    PostChange, PostId, RemoteFile, SendError, SendStopped, Thread,
};

pub use self::config::{DiscordConfig, InvalidConfig, Token};

/// Where members' files are (<https://discord.com/developers/docs/reference#cdn-formatting>).
const FILE_HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// One bot. The caller of `send` keeps the order of each thread; this keeps Discord's limits.
pub struct Discord {
    config: DiscordConfig,
    rest: Arc<Rest>,
    places: Places,
    /// Messages that were posted of late, newest last.
    posted: Mutex<VecDeque<u64>>,
}

impl Discord {
    pub fn new(config: DiscordConfig) -> Result<Self, InvalidConfig> {
        config.check()?;
        let rest = Arc::new(Rest::new(&config)?);
        Ok(Discord {
            places: Places::new(rest.clone()),
            rest,
            posted: Mutex::default(),
            config,
        })
    }

    fn remember(&self, message: u64) {
        let mut posted = self.posted();
        posted.push_back(message);
        if posted.len() > post::REMEMBERED {
            posted.pop_front();
        }
    }

    fn is_remembered(&self, message: u64) -> bool {
        self.posted().contains(&message)
    }

    fn posted(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only Discord's own places are asked for files, whatever an event says.
    fn is_theirs(&self, address: &Url) -> bool {
        let of_base =
            Url::parse(self.rest.base()).is_ok_and(|base| base.origin() == address.origin());
        let known = address
            .host_str()
            .is_some_and(|host| FILE_HOSTS.contains(&host));
        of_base || known && address.scheme() == "https"
    }
}

#[async_trait]
impl Bridge for Discord {
    async fn open(
        &self,
        channel: &Channel,
        title: &str,
        first: &Line,
    ) -> Result<Opened, SendError> {
        match channel {
            Channel::Discord(channel) => self.open_in(channel.channel, title, first).await,
            other => Err(foreign(other)),
        }
    }

    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped> {
        match ours(thread) {
            Ok(thread) => self.say(thread, batch).await,
            Err(error) => Err(SendStopped {
                sent: Vec::new(),
                error,
            }),
        }
    }

    async fn change(
        &self,
        thread: &Thread,
        posts: &[PostId],
        change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        self.alter(ours(thread)?, posts, change).await
    }

    async fn mark(&self, thread: &Thread, mark: &Mark) -> Result<(), SendError> {
        self.mark_thread(ours(thread)?, mark).await
    }

    /// As "Copy Link" makes it; it needs the server's number, which a thread does not have.
    async fn link(&self, thread: &Thread) -> Option<String> {
        let thread = ours(thread).ok()?;
        let guild = self.places.place(thread.channel).await.ok()?.guild;
        let thread = thread.thread;
        Some(format!("https://discord.com/channels/{guild}/{thread}"))
    }

    async fn typing(&self, thread: &Thread) -> Result<(), SendError> {
        let Some(channel_id) = places::channel(ours(thread)?.thread) else {
            return Err(SendError::ThreadGone);
        };
        let route = Route::ChannelTyping { channel_id };
        let shown = self.rest.send(LightMethod::Post, route, &Value::Null).await;
        shown.map(|_| ()).map_err(Failure::into_error)
    }

    async fn fetch(&self, file: &RemoteFile, limit: u64) -> Result<Vec<u8>, FetchError> {
        let gone = |why: &str| FetchError::Gone(format!("{}: {why}", file.name));
        if file.size > limit {
            return Err(FetchError::TooLarge);
        }
        let address = Url::parse(&file.handle).ok();
        let address = address.filter(|address| self.is_theirs(address));
        let address = address.ok_or_else(|| gone("its address is not one of Discord's"))?;
        match self.rest.bytes(address.as_str(), limit).await {
            Ok(Ok(Some(bytes))) => Ok(bytes),
            Ok(Ok(None)) => Err(FetchError::TooLarge),
            Ok(Err(status @ (429 | 500..))) => {
                Err(FetchError::Unreachable(format!("Discord answers {status}")))
            }
            // The signature in the address dies after about a day.
            Ok(Err(status)) => Err(gone(&format!("Discord answers {status}"))),
            Err(error) => Err(FetchError::Unreachable(error.without_url().to_string())),
        }
    }

    /// Pictures are public; another address than Discord's own has its pictures as well.
    async fn face(&self, person: &Person, limit: u64) -> Result<Vec<u8>, FetchError> {
        let address = person.avatar.as_deref().unwrap_or_default();
        let base = self.rest.base();
        let address = match address.strip_prefix(read::PICTURES) {
            Some(path) if base != config::DISCORD => format!("{base}{path}"),
            _ => address.to_owned(),
        };
        let picture = RemoteFile {
            name: "picture".to_owned(),
            size: 0,
            handle: address,
        };
        self.fetch(&picture, limit).await
    }

    async fn listen(&self, inbox: &dyn Inbox) -> SendError {
        match self.hear(inbox).await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    async fn check(&self) -> Result<(), SendError> {
        self.rest.get(Route::UserMe).await.map_err(listen::calm)?;
        for channel in &self.config.channels {
            let found = self.places.ask(*channel).await;
            found.map_err(|failure| failure.of_channel(*channel))?;
        }
        Ok(())
    }

    async fn examine(&self, channels: &[Channel], agents_by_role: &[String]) -> Vec<Finding> {
        self.look_at_everything(channels, agents_by_role).await
    }
}

fn ours(thread: &Thread) -> Result<&DiscordThread, SendError> {
    match thread {
        Thread::Discord(thread) => Ok(thread),
        other => Err(foreign(other)),
    }
}

/// A target that points at another platform is a mistake in the configuration; waiting cannot heal it.
fn foreign(place: &impl std::fmt::Debug) -> SendError {
    SendError::Refused(format!("Discord has no such place: {place:?}"))
}
