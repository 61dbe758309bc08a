//! The life of a thread: archived ones wake up when something is posted, locked ones are unlocked if the bot
//! may, and a server that is full gets room (<https://discord.com/developers/docs/topics/threads>).

use serde_json::{Value, json};
use serenity::http::{LightMethod, Request, Route};

use super::{Discord, classify::Failure, open::oldest, places};
use crate::{DiscordThread, Mark, SendError};

/// Said in a thread that somebody had locked.
const UNLOCKED: &str = "This thread was locked, and is open again because the conversation goes on. \
     To end it, press Close on the card or write !close.";

impl Discord {
    /// A call into a thread, which is opened first where that is needed. Whoever locked it wanted it to be over, so they
    /// are told why it is not.
    pub(super) async fn awake(
        &self,
        thread: &DiscordThread,
        request: Request<'_>,
    ) -> Result<Value, SendError> {
        let first = self.rest.call(request.clone()).await;
        let opened = match first {
            Err(Failure::Archived) => self.wake(thread).await,
            Err(Failure::Locked) => self.unlock(thread).await,
            other => return other.map_err(Failure::into_error),
        };
        opened.map_err(Failure::into_error)?;
        self.rest.call(request).await.map_err(Failure::into_error)
    }

    /// A thread that is archived because somebody locked it is still closed to colleagues when it is awake.
    async fn wake(&self, thread: &DiscordThread) -> Result<(), Failure> {
        let awake = self.set(thread, json!({"archived": false})).await?;
        match awake["thread_metadata"]["locked"] == true {
            true => self.unlock(thread).await,
            false => Ok(()),
        }
    }

    async fn unlock(&self, thread: &DiscordThread) -> Result<(), Failure> {
        let change = json!({"archived": false, "locked": false});
        match self.set(thread, change).await {
            // Whoever locked it wants nothing more in it, and we cannot change that.
            Err(Failure::Final(SendError::NoAccess(_))) => Err(Failure::Locked),
            Err(other) => Err(other),
            Ok(_) => {
                self.tell_of_unlocking(thread).await;
                Ok(())
            }
        }
    }

    async fn tell_of_unlocking(&self, thread: &DiscordThread) {
        let Some(channel_id) = places::channel(thread.thread) else {
            return;
        };
        let route = Route::ChannelMessages { channel_id };
        let body = json!({"content": UNLOCKED, "allowed_mentions": {"parse": []}});
        if let Err(failure) = self.rest.send(LightMethod::Post, route, &body).await {
            let error = failure.into_error();
            tracing::warn!(%error, "a thread that was locked could not be told why it is open again");
        }
    }

    pub(super) async fn mark_thread(
        &self,
        thread: &DiscordThread,
        mark: &Mark,
    ) -> Result<(), SendError> {
        match mark {
            Mark::Open => self.set(thread, json!({"archived": false})).await,
            Mark::Done => self.set(thread, json!({"archived": true})).await,
            Mark::Taken { by } => return self.join(thread, by).await,
        }
        .map(|_| ())
        .map_err(Failure::into_error)
    }

    /// Adds the member who took the conversation, so that Discord tells them of every line.
    async fn join(&self, thread: &DiscordThread, by: &str) -> Result<(), SendError> {
        let ids = (
            places::channel(thread.thread),
            by.parse().ok().and_then(places::user),
        );
        let (Some(channel_id), Some(user_id)) = ids else {
            return Ok(());
        };
        let route = Route::ChannelThreadMember {
            channel_id,
            user_id,
        };
        let request = Request::new(route, LightMethod::Put);
        match self.rest.call(request.clone()).await {
            // Somebody who left the server since, or who answers from another platform.
            Err(Failure::NoMember) => Ok(()),
            Err(Failure::Archived | Failure::Locked) => {
                self.awake(thread, request).await.map(|_| ())
            }
            other => other.map(|_| ()).map_err(Failure::into_error),
        }
    }

    async fn set(&self, thread: &DiscordThread, change: Value) -> Result<Value, Failure> {
        let Some(channel_id) = places::channel(thread.thread) else {
            return Err(Failure::NoChannel);
        };
        let route = Route::Channel { channel_id };
        match self.rest.send(LightMethod::Patch, route, &change).await {
            Err(Failure::TooManyThreads) => {
                let place = self.places.place(thread.thread).await?;
                match self
                    .archive_oldest(place.guild, Some(thread.thread))
                    .await?
                {
                    true => self.rest.send(LightMethod::Patch, route, &change).await,
                    false => Err(Failure::TooManyThreads),
                }
            }
            other => other,
        }
    }

    /// Archives the thread of ours that was quiet for longest. Writing into it opens it again.
    pub(super) async fn archive_oldest(
        &self,
        guild: u64,
        but: Option<u64>,
    ) -> Result<bool, Failure> {
        let own = self.places.own().await?;
        let active = self.places.active(guild).await?;
        let Some(channel_id) = oldest(active.iter(), own, but).and_then(places::channel) else {
            return Ok(false);
        };
        let route = Route::Channel { channel_id };
        let archived = json!({"archived": true});
        self.rest
            .send(LightMethod::Patch, route, &archived)
            .await
            .map(|_| true)
    }
}
