//! Changes messages that exist: edits of ours, deletions, and signs under a member's message.

use serde_json::Value;
use serenity::{
    http::{LightMethod, Request, Route},
    model::id::{ChannelId, MessageId},
};

use super::{
    Discord,
    classify::Failure,
    compose::{Content, Piece, pieces},
    places::{self, Kind},
    post,
};
use crate::{DiscordThread, Line, Post, PostChange, PostId, SendError, Sign};

/// What a sign looks like.
fn emoji(sign: Sign) -> &'static str {
    match sign {
        Sign::Seen => "👀",
        Sign::Failed => "⚠️",
        Sign::Recalled => "↩️",
    }
}

impl Discord {
    pub(super) async fn alter(
        &self,
        thread: &DiscordThread,
        posts: &[PostId],
        change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        match change {
            PostChange::Edit(lines) => self.edit(thread, posts, lines).await,
            PostChange::Delete => {
                for post in posts {
                    self.touch(thread, post, LightMethod::Delete, &Value::Null)
                        .await?;
                }
                Ok(Vec::new())
            }
            PostChange::React { sign, on } => {
                for post in posts {
                    self.react(thread, post, *sign, *on).await?;
                }
                Ok(Vec::new())
            }
        }
    }

    /// Words are edited in place. What is more than there are posts is posted, what is less is deleted; posts
    /// with files stay what they are. Returns every post as it carries now; one that is gone carries nothing.
    async fn edit(
        &self,
        thread: &DiscordThread,
        posts: &[PostId],
        lines: &[Line],
    ) -> Result<Vec<Post>, SendError> {
        let all: Vec<Piece<'_>> = lines.iter().flat_map(pieces).collect();
        let (words, files): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|piece| matches!(piece.content, Content::Words { .. }));
        let kept = posts.len().saturating_sub(files.len());
        let (texts, uploads) = posts.split_at(kept.max(posts.len().min(1)));
        let mut now = Vec::new();
        for (post, piece) in texts.iter().zip(&words) {
            let body = piece.edited().unwrap_or_default();
            let there = self.touch(thread, post, LightMethod::Patch, &body).await?;
            now.push(carrying(post, there.then_some(piece)));
        }
        for extra in texts.iter().skip(words.len()) {
            self.touch(thread, extra, LightMethod::Delete, &Value::Null)
                .await?;
            now.push(carrying(extra, None));
        }
        for (post, piece) in uploads.iter().zip(&files) {
            now.push(carrying(post, Some(piece)));
        }
        let missing = words.iter().skip(texts.len());
        for piece in missing.chain(files.iter().skip(uploads.len())) {
            let made = self.put(thread, piece, None).await?;
            now.push(self::post::post(made, piece));
        }
        Ok(now)
    }

    /// One call for one message. Returns whether the message is there; if not, that is no error.
    async fn touch(
        &self,
        thread: &DiscordThread,
        post: &PostId,
        method: LightMethod,
        body: &Value,
    ) -> Result<bool, SendError> {
        let Some((channel_id, message_id)) = self.locate(thread, post).await? else {
            return Ok(false);
        };
        let route = Route::ChannelMessage {
            channel_id,
            message_id,
        };
        let bytes = (!body.is_null()).then(|| body.to_string().into_bytes());
        self.awake_or_gone(thread, Request::new(route, method).body(bytes))
            .await
    }

    async fn react(
        &self,
        thread: &DiscordThread,
        post: &PostId,
        sign: Sign,
        on: bool,
    ) -> Result<(), SendError> {
        let Some((channel_id, message_id)) = self.locate(thread, post).await? else {
            return Ok(());
        };
        let route = Route::ChannelMessageReactionMe {
            channel_id,
            message_id,
            reaction: emoji(sign),
        };
        let method = if on {
            LightMethod::Put
        } else {
            LightMethod::Delete
        };
        let request = Request::new(route, method);
        self.awake_or_gone(thread, request).await.map(|_| ())
    }

    async fn awake_or_gone(
        &self,
        thread: &DiscordThread,
        request: Request<'_>,
    ) -> Result<bool, SendError> {
        let done = match self.rest.call(request.clone()).await {
            Err(Failure::NoMessage) => return Ok(false),
            Err(Failure::Archived | Failure::Locked) => {
                self.awake(thread, request).await.map(|_| ())?;
                // It slept before, and a changed word is no reason to show it as active.
                self.mark_thread(thread, &crate::Mark::Done).await?;
                return Ok(true);
            }
            other => other,
        };
        done.map(|_| true).map_err(Failure::into_error)
    }

    /// Where a post stands: the card of a text channel is outside of the thread that hangs on it.
    pub(super) async fn locate(
        &self,
        thread: &DiscordThread,
        post: &PostId,
    ) -> Result<Option<(ChannelId, MessageId)>, SendError> {
        let message = number(post)?;
        let mut channel = thread.thread;
        if message == thread.thread {
            let around = self.places.place(thread.channel).await;
            let around = around.map_err(|failure| failure.of_channel(thread.channel))?;
            if around.kind == Kind::Text {
                channel = thread.channel;
            }
        }
        let message_id = (message > 0).then(|| MessageId::new(message));
        Ok(places::channel(channel).zip(message_id))
    }
}

fn carrying(post: &PostId, piece: Option<&Piece<'_>>) -> Post {
    Post {
        id: post.clone(),
        carries: piece.map(|piece| piece.part.clone()).into_iter().collect(),
    }
}

fn number(post: &PostId) -> Result<u64, SendError> {
    let refused = |_| SendError::Refused(format!("Discord has no such post: {}", post.0));
    post.0.parse().map_err(refused)
}
