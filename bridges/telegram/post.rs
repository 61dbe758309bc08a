//! Lines as messages in a topic: the first time, and whenever they change later.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    Telegram,
    budget::Weight,
    calls::Around,
    classify::Failure,
    pack::{Content, Packed, pack},
    read,
    render::{Flat, body},
    signs,
};
use crate::{
    Attachment, Button, Line, Post, PostId, SendError, SendStopped, Sign, TelegramThread,
    text::Text,
};

/// Photos may have up to 10 MB (<https://core.telegram.org/bots/api#sendphoto>); the rest are documents.
const LARGEST_PHOTO: usize = 10_000_000;

impl Telegram {
    pub(super) async fn post_all(
        &self,
        thread: &TelegramThread,
        batch: &[Line],
    ) -> Result<Vec<Post>, SendStopped> {
        let mut sent = Vec::new();
        let called = self.called(thread.chat, batch).await;
        for message in pack(batch, &called) {
            let first = self.fresh.get(&(thread.chat, thread.topic)).is_some();
            let weight = match first || message.calls {
                true => Weight::HandOver,
                false => Weight::Line,
            };
            match self.post(thread, message, weight).await {
                Ok(post) => sent.push(post),
                Err(error) => return Err(SendStopped { sent, error }),
            }
            self.fresh.forget(&(thread.chat, thread.topic));
        }
        Ok(sent)
    }

    /// Posts one message, and opens the topic again if somebody closed it.
    async fn post(
        &self,
        thread: &TelegramThread,
        message: Packed,
        weight: Weight,
    ) -> Result<Post, SendError> {
        let id = match self.try_post(thread, &message, weight).await {
            Err(Failure::TopicClosed) => {
                self.set_open(thread, true, weight).await?;
                self.try_post(thread, &message, weight).await
            }
            other => other,
        };
        let id = id.map_err(Failure::into_error)?;
        if let Content::Words(words) = &message.content {
            self.shown
                .put((thread.chat, id), look(words, &message.buttons));
        }
        self.places.put((thread.chat, id), thread.topic);
        Ok(Post {
            id: read::post_id(thread.chat, id),
            carries: message.carries,
        })
    }

    async fn try_post(
        &self,
        thread: &TelegramThread,
        message: &Packed,
        weight: Weight,
    ) -> Result<i32, Failure> {
        match &message.content {
            Content::File(file) => self.post_file(thread, file, weight).await,
            Content::Words(words) => {
                let around = Around {
                    buttons: &message.buttons,
                    quotes: message.quotes.as_ref(),
                };
                self.send_words(thread, words, around, weight).await
            }
        }
    }

    /// A file that Telegram does not want as a picture may do as a document, and if not, the team is told of it.
    async fn post_file(
        &self,
        thread: &TelegramThread,
        file: &Attachment,
        weight: Weight,
    ) -> Result<i32, Failure> {
        if is_photo(file) {
            match self.send_photo(thread, file, weight).await {
                Err(Failure::Final(SendError::Refused(why))) => {
                    tracing::debug!(why, "a picture goes as a document");
                }
                other => return other,
            }
        }
        match self.send_document(thread, file, weight).await {
            Err(Failure::Final(SendError::Refused(why))) => {
                tracing::warn!(why, "a file was refused");
                let text = format!("(file {} could not be shown here)", file.name);
                let words = body(&Text::plain(&text));
                self.send_words(thread, &words, Around::default(), weight)
                    .await
            }
            other => other,
        }
    }

    /// The posts of some lines become these lines. Edits and deletions first, so that a stop in between repeats nothing.
    pub(super) async fn edit(
        &self,
        thread: &TelegramThread,
        posts: &[PostId],
        lines: &[Line],
    ) -> Result<Vec<Post>, SendError> {
        let called = self.called(thread.chat, lines).await;
        let whole: Vec<Line> = lines.iter().map(from_the_start).collect();
        let (words, files): (Vec<Packed>, Vec<Packed>) = pack(&whole, &called)
            .into_iter()
            .partition(|message| matches!(message.content, Content::Words(_)));
        // Files follow the words, and what was uploaded stays as it is.
        let uploaded = files.len().min(posts.len().saturating_sub(1));
        let (old, kept) = posts.split_at(posts.len() - uploaded);
        let mut now = Vec::new();
        for post in old.iter().skip(words.len()) {
            self.remove(thread, post).await?;
            now.push(nothing(post));
        }
        let mut words = words.into_iter();
        for (post, message) in old.iter().zip(words.by_ref()) {
            now.push(self.rewrite(thread, post, message).await?);
        }
        let kept = kept.iter().cloned().zip(files);
        now.extend(kept.map(|(id, file)| Post {
            id,
            carries: file.carries,
        }));
        for message in words {
            now.push(self.post(thread, message, Weight::Line).await?);
        }
        Ok(now)
    }

    /// One post gets other words. What it shows already is not sent again.
    async fn rewrite(
        &self,
        thread: &TelegramThread,
        post: &PostId,
        message: Packed,
    ) -> Result<Post, SendError> {
        let (chat, id) = (thread.chat, read::message_of(thread.chat, post));
        let (Some(id), Content::Words(words)) = (id, &message.content) else {
            return Ok(nothing(post));
        };
        let look = look(words, &message.buttons);
        if self.shown.get(&(chat, id)) != Some(look) {
            match self.edit_words(chat, id, words, &message.buttons).await {
                Ok(()) | Err(Failure::NotModified) => self.shown.put((chat, id), look),
                Err(Failure::Missing) => return Ok(nothing(post)),
                Err(failure) => return Err(failure.into_error()),
            }
        }
        Ok(Post {
            id: post.clone(),
            carries: message.carries,
        })
    }

    /// Takes a post away. Without the right to delete old messages its words at least are taken out.
    pub(super) async fn remove(
        &self,
        thread: &TelegramThread,
        post: &PostId,
    ) -> Result<(), SendError> {
        let Some(id) = read::message_of(thread.chat, post) else {
            return Ok(());
        };
        self.shown.forget(&(thread.chat, id));
        match self.delete_message(thread.chat, id).await {
            Ok(()) | Err(Failure::Missing) => Ok(()),
            Err(Failure::CantDelete) => self.blank(thread.chat, id).await,
            Err(failure) => Err(failure.into_error()),
        }
    }

    async fn blank(&self, chat: i64, id: i32) -> Result<(), SendError> {
        let words = body(&Text::plain("(removed)"));
        match self.edit_words(chat, id, &words, &[]).await {
            Ok(()) | Err(Failure::NotModified | Failure::Missing) => Ok(()),
            Err(Failure::Final(SendError::Refused(_))) => Err(SendError::Refused(
                "this message is older than two days; give the bot the right \"Delete messages\""
                    .to_owned(),
            )),
            Err(failure) => Err(failure.into_error()),
        }
    }

    /// A group may forbid reactions; then there is no sign, which is no failure of anything.
    pub(super) async fn sign(
        &self,
        thread: &TelegramThread,
        post: &PostId,
        sign: Option<Sign>,
    ) -> Result<(), SendError> {
        let Some(id) = read::message_of(thread.chat, post) else {
            return Ok(());
        };
        match self
            .set_reaction(thread.chat, id, sign.map(signs::emoji))
            .await
        {
            Ok(()) | Err(Failure::Missing | Failure::NotModified) => Ok(()),
            Err(Failure::NoSuchSign) => {
                tracing::debug!(chat = thread.chat, "the group does not allow this reaction");
                Ok(())
            }
            Err(failure) => Err(failure.into_error()),
        }
    }
}

fn from_the_start(line: &Line) -> Line {
    Line {
        parts_done: 0,
        ..line.clone()
    }
}

/// A post that is not there any more.
fn nothing(post: &PostId) -> Post {
    Post {
        id: post.clone(),
        carries: Vec::new(),
    }
}

/// Says whether two messages look the same.
fn look(words: &Flat, buttons: &[Vec<Button>]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.text.hash(&mut hasher);
    format!("{:?}", words.spans).hash(&mut hasher);
    for button in buttons.iter().flatten() {
        (&button.label, &button.action).hash(&mut hasher);
    }
    hasher.finish()
}

fn is_photo(file: &Attachment) -> bool {
    let photo = ["image/jpeg", "image/png", "image/webp"];
    photo.contains(&file.mime.as_str()) && file.bytes.len() <= LARGEST_PHOTO
}
