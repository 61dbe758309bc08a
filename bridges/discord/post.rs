//! Puts lines into threads: message by message, each with a nonce, and in doubt only after looking whether it
//! stands there already.

use serde_json::{Value, json};
use serenity::{
    builder::CreateAttachment,
    http::{LightMethod, Multipart, MultipartUpload, Request, Route},
    model::id::ChannelId,
};

use super::{
    Discord,
    classify::Failure,
    compose::{Content, Piece, pieces, plain_name},
    places, read,
    wire::{self, Id, Message},
};
use crate::{DiscordThread, Line, Post, SendError, SendStopped};

/// "A few minutes", says the documentation of `enforce_nonce`; within this one the nonce alone is trusted.
const NONCE_WINDOW: i64 = 60_000;
/// Discord's clock and ours are not the same.
const CLOCKS: i64 = 10_000;
const PAGE: usize = 100;
/// Messages that are remembered as posted, so that a look at the history does not take one for another.
pub(super) const REMEMBERED: usize = 1_000;

impl Discord {
    pub(super) async fn say(
        &self,
        thread: &DiscordThread,
        batch: &[Line],
    ) -> Result<Vec<Post>, SendStopped> {
        let mut sent = Vec::new();
        for line in batch {
            let pieces = pieces(line);
            // The last piece is always sent, else a line could never be completed.
            let done = (line.parts_done as usize).min(pieces.len() - 1);
            for (nth, piece) in pieces.into_iter().skip(done).enumerate() {
                // Only the first one that is not known to be there can be there all the same.
                let doubt = line.doubt_since.filter(|_| nth == 0);
                match self.put(thread, &piece, doubt).await {
                    Ok(id) => sent.push(post(id, &piece)),
                    Err(error) => return Err(SendStopped { sent, error }),
                }
            }
        }
        Ok(sent)
    }

    /// One message of a line; a file that Discord does not take becomes a line of text.
    pub(super) async fn put(
        &self,
        thread: &DiscordThread,
        piece: &Piece<'_>,
        doubt: Option<i64>,
    ) -> Result<u64, SendError> {
        if let Some(found) = self.standing(thread.thread, piece, doubt).await? {
            return Ok(found);
        }
        let made = self.create(thread, piece).await;
        let Content::File(file) = &piece.content else {
            return made;
        };
        match made {
            Err(SendError::Refused(why) | SendError::NoAccess(why)) => {
                tracing::warn!(file.mime, why, "Discord did not take a file");
                let text = crate::text::Text::plain(&format!(
                    "(file {} could not be shown here)",
                    file.name
                ));
                let note = Line::new(piece.line.delivery.clone(), piece.line.author.clone(), text);
                let mut pieces = pieces(&note);
                let mut note = pieces.swap_remove(0);
                note.part = piece.part.clone();
                self.create(thread, &note).await
            }
            other => other,
        }
    }

    async fn create(&self, thread: &DiscordThread, piece: &Piece<'_>) -> Result<u64, SendError> {
        let Some(channel_id) = places::channel(thread.thread) else {
            return Err(SendError::ThreadGone);
        };
        let made = self.awake(thread, request(channel_id, piece)).await?;
        self.made(&made)
    }

    /// Posts a line's first message into a channel, for a thread to hang on it.
    pub(super) async fn post_card(
        &self,
        channel: ChannelId,
        piece: &Piece<'_>,
    ) -> Result<Value, Failure> {
        let made = self.rest.call(request(channel, piece)).await?;
        self.made(&made).map_err(Failure::Final)?;
        Ok(made)
    }

    /// The id of a message or thread that was just made, which is remembered.
    pub(super) fn made(&self, thing: &Value) -> Result<u64, SendError> {
        let id: Id = serde_json::from_value(thing["id"].clone()).unwrap_or_default();
        if id.0 == 0 {
            let text = "Discord's answer does not say what it made";
            return Err(SendError::Ambiguous(text.to_owned()));
        }
        self.remember(id.0);
        Ok(id.0)
    }

    /// The message of an earlier attempt, where the nonce cannot tell any more.
    pub(super) async fn standing(
        &self,
        channel: u64,
        piece: &Piece<'_>,
        doubt: Option<i64>,
    ) -> Result<Option<u64>, SendError> {
        let Some(since) = doubt.filter(|since| wire::now() - since >= NONCE_WINDOW) else {
            return Ok(None);
        };
        let own = self.places.own().await.map_err(Failure::into_error)?;
        let mut after = Id::at(since - CLOCKS);
        loop {
            let page = self.page_after(channel, after).await;
            let page = match page {
                Ok(page) => page,
                Err(Failure::NoChannel) => return Err(SendError::ThreadGone),
                Err(failure) => return Err(failure.into_error()),
            };
            let mine = |message: &&Message| message.author.id.0 == own && is(message, piece);
            let free = |message: &&Message| !self.is_remembered(message.id.0);
            if let Some(found) = page.iter().filter(mine).find(free) {
                self.remember(found.id.0);
                return Ok(Some(found.id.0));
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = last.id,
                _ => return Ok(None),
            }
        }
    }

    /// Up to a hundred messages after that one, oldest first.
    pub(super) async fn page_after(
        &self,
        channel: u64,
        after: Id,
    ) -> Result<Vec<Message>, Failure> {
        let Some(channel_id) = places::channel(channel) else {
            return Err(Failure::NoChannel);
        };
        let params = vec![("after", after.0.to_string()), ("limit", PAGE.to_string())];
        let route = Route::ChannelMessages { channel_id };
        let found = self.rest.find(route, params).await?;
        let mut page: Vec<Message> = wire::each(&found);
        page.sort_by_key(|message| message.id);
        Ok(page)
    }
}

/// Whether a message is this piece: the same words, or the same file and no words.
fn is(message: &Message, piece: &Piece<'_>) -> bool {
    match &piece.content {
        Content::Words { text, .. } => message.content.trim() == text.trim(),
        Content::File(file) => {
            let same = |other: &wire::Attachment| {
                other.filename == file.name && other.size == file.bytes.len() as u64
            };
            message.content.is_empty() && message.attachments.iter().any(same)
        }
    }
}

pub(super) fn post(id: u64, piece: &Piece<'_>) -> Post {
    Post {
        id: read::post_id(id),
        carries: vec![piece.part.clone()],
    }
}

fn request<'a>(channel_id: ChannelId, piece: &Piece<'_>) -> Request<'a> {
    let route = Route::ChannelMessages { channel_id };
    let mut body = piece.body();
    body["nonce"] = piece.nonce().into();
    body["enforce_nonce"] = true.into();
    let request = Request::new(route, LightMethod::Post);
    match &piece.content {
        Content::Words { .. } => request.body(Some(body.to_string().into_bytes())),
        Content::File(file) => {
            body["attachments"] = json!([{"id": 0, "filename": file.name}]);
            let upload = CreateAttachment::bytes(file.bytes.to_vec(), plain_name(&file.name));
            request.multipart(Some(Multipart {
                upload: MultipartUpload::Attachments(vec![upload]),
                fields: Vec::new(),
                payload_json: Some(body.to_string()),
            }))
        }
    }
}
