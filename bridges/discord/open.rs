//! Opens threads. In a text channel the card is posted and a thread made from it, which can be repeated
//! without making a second one; in a forum a post is made whose first message is the card.

use std::time::Duration;

use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};

use super::{
    Discord,
    classify::Failure,
    compose::{Piece, name, pieces},
    places::{self, Kind, Place},
    post,
    wire::{self, Channel, Id, Message},
};
use crate::{DiscordThread, Line, Opened, SendError, Thread};

/// A week without words archives a thread, Discord's longest
/// (<https://discord.com/developers/docs/resources/channel#channel-object>).
const ARCHIVED_AFTER: u64 = 10_080;
/// Between card and thread a short wait is waited, so that no card stands alone.
const SHORT_WAIT: Duration = Duration::from_secs(5);
/// Discord's clock and ours are not the same.
const CLOCKS: i64 = 10_000;

impl Discord {
    pub(super) async fn open_in(
        &self,
        channel: u64,
        title: &str,
        first: &Line,
    ) -> Result<Opened, SendError> {
        let place = self.places.place(channel).await;
        let place = place.map_err(|failure| failure.of_channel(channel))?;
        let pieces = pieces(first);
        let piece = pieces.first().expect("a line has at least one piece");
        let title = name(title);
        let thread = match place.kind {
            Kind::Text => self.under_card(channel, &place, &title, piece).await,
            Kind::Forum => self.forum_post(channel, &place, &title, piece).await,
            Kind::Thread | Kind::Other => Err(SendError::NoAccess(format!(
                "the channel {channel} is neither a text channel nor a forum"
            ))),
        }?;
        Ok(Opened {
            posts: vec![post::post(thread, piece)],
            thread: Thread::Discord(DiscordThread { channel, thread }),
        })
    }

    async fn under_card(
        &self,
        channel: u64,
        place: &Place,
        title: &str,
        piece: &Piece<'_>,
    ) -> Result<u64, SendError> {
        let channel_id = places::channel(channel).expect("a place has an id");
        let doubt = piece.line.doubt_since;
        let found = self.standing(channel, piece, doubt).await?;
        let (card, has_thread) = match found {
            Some(card) => (card, false),
            None => {
                let made = self.post_card(channel_id, piece).await;
                let made = made.map_err(|failure| failure.of_channel(channel))?;
                (self.made(&made)?, !made["thread"].is_null())
            }
        };
        if !has_thread {
            self.hang_thread(channel, place, title, card).await?;
        }
        Ok(card)
    }

    /// Makes the thread of a card; one that it has already is as good.
    async fn hang_thread(
        &self,
        channel: u64,
        place: &Place,
        title: &str,
        card: u64,
    ) -> Result<(), SendError> {
        let route = Route::ChannelMessageThreads {
            channel_id: places::channel(channel).expect("a place has an id"),
            message_id: card.into(),
        };
        let body = json!({"name": title, "auto_archive_duration": ARCHIVED_AFTER});
        match self.make_room_and(place.guild, route, &body).await {
            Ok(_) | Err(Failure::HasThread) => Ok(()),
            // The card stands: the next attempt has to look for it.
            Err(Failure::Final(SendError::RateLimited { .. } | SendError::Unreachable(_))) => {
                let text = "the card is posted, but its thread could not be made yet";
                Err(SendError::Ambiguous(text.to_owned()))
            }
            Err(failure) => Err(failure.of_channel(channel)),
        }
    }

    async fn forum_post(
        &self,
        channel: u64,
        place: &Place,
        title: &str,
        piece: &Piece<'_>,
    ) -> Result<u64, SendError> {
        if let Some(since) = piece.line.doubt_since {
            let found = self.standing_post(channel, place, piece, since).await;
            if let Some(found) = found.map_err(|failure| failure.of_channel(channel))? {
                return Ok(found);
            }
        }
        let route = Route::ChannelForumPosts {
            channel_id: places::channel(channel).expect("a place has an id"),
        };
        let body = json!({
            "name": title, "auto_archive_duration": ARCHIVED_AFTER, "message": piece.body(),
        });
        let made = self.make_room_and(place.guild, route, &body).await;
        let made = made.map_err(|failure| failure.of_channel(channel))?;
        self.places
            .learn(&serde_json::from_value(made.clone()).unwrap_or_default());
        self.made(&made)
    }

    /// A post of an earlier attempt: there is no nonce for forum posts, so it is known by its first message.
    async fn standing_post(
        &self,
        channel: u64,
        place: &Place,
        piece: &Piece<'_>,
        since: i64,
    ) -> Result<Option<u64>, Failure> {
        let own = self.places.own().await?;
        let border = Id::at(since - CLOCKS);
        for thread in self.places.active(place.guild).await? {
            let ours = thread.owner_id == Some(Id(own)) && thread.parent_id == Some(Id(channel));
            if !ours || thread.id < border || self.is_remembered(thread.id.0) {
                continue;
            }
            let route = Route::ChannelMessage {
                channel_id: thread.id.0.into(),
                message_id: thread.id.0.into(),
            };
            let first: Message = match self.rest.get(route).await {
                Ok(first) => serde_json::from_value(first).unwrap_or_default(),
                Err(Failure::NoMessage) => continue,
                Err(failure) => return Err(failure),
            };
            if first.content.trim() == piece.body()["content"].as_str().unwrap_or_default().trim() {
                self.places.learn(&thread);
                self.remember(thread.id.0);
                return Ok(Some(thread.id.0));
            }
        }
        Ok(None)
    }

    /// Makes a thread. When the server has as many active ones as Discord allows, the one of ours that was
    /// quiet for longest is archived first.
    async fn make_room_and(
        &self,
        guild: u64,
        route: Route<'_>,
        body: &Value,
    ) -> Result<Value, Failure> {
        let made = match self.rest.send(LightMethod::Post, route, body).await {
            Err(Failure::Final(SendError::RateLimited { retry_after }))
                if retry_after <= SHORT_WAIT =>
            {
                tokio::time::sleep(retry_after).await;
                self.rest.send(LightMethod::Post, route, body).await
            }
            other => other,
        };
        match made {
            Err(Failure::TooManyThreads) if self.archive_oldest(guild, None).await? => {
                self.rest.send(LightMethod::Post, route, body).await
            }
            other => other,
        }
    }
}

/// The thread that was quiet for longest.
pub(super) fn oldest<'a>(
    threads: impl Iterator<Item = &'a Channel>,
    own: u64,
    but: Option<u64>,
) -> Option<u64> {
    let ours = threads.filter(|thread| thread.owner_id == Some(Id(own)));
    let ours = ours.filter(|thread| Some(thread.id.0) != but);
    let last = |thread: &&Channel| thread.last_message_id.unwrap_or(thread.id);
    let oldest = ours.min_by_key(last)?;
    let quiet = wire::now() - last(&oldest).made_at();
    tracing::info!(
        quiet.ms = quiet,
        "the quietest thread is archived to make room"
    );
    Some(oldest.id.0)
}
