//! The calls of the Bot API that a bridge makes, each with an end, and with the group's budget where it counts.

use std::{future::Future, time::Duration};

use serde::{Deserialize, de::DeserializeOwned};
use teloxide::{
    RequestError,
    payloads::{
        EditMessageTextSetters, SendChatActionSetters, SendDocumentSetters, SendMessageSetters,
        SendPhotoSetters, SetMessageReactionSetters,
    },
    requests::{Request, Requester},
    types::{
        ChatAction, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, InputFile,
        LinkPreviewOptions, Message, MessageId, ReactionType, ReplyParameters, ThreadId, True,
    },
};

use super::{
    Telegram,
    budget::Weight,
    classify::{Failure, classify, forgive},
    read,
    render::Flat,
};
use crate::{Attachment, Button, PostId, SendError, TelegramThread};

/// All of a message that hinny needs.
#[derive(Deserialize)]
struct Sent {
    message_id: i32,
}

fn sent(message: Message) -> Sent {
    Sent {
        message_id: message.id.0,
    }
}

/// What goes with a message besides its content.
#[derive(Clone, Copy, Default)]
pub(super) struct Around<'a> {
    pub(super) buttons: &'a [Vec<Button>],
    pub(super) quotes: Option<&'a PostId>,
}

impl Telegram {
    pub(super) async fn send_words(
        &self,
        thread: &TelegramThread,
        words: &Flat,
        around: Around<'_>,
        weight: Weight,
    ) -> Result<i32, Failure> {
        let mut request = self
            .bot
            .send_message(ChatId(thread.chat), &words.text)
            .message_thread_id(topic(thread))
            .entities(words.entities())
            .link_preview_options(no_preview());
        if let Some(quoted) = around.quotes.and_then(|post| reply(thread.chat, post)) {
            request = request.reply_parameters(quoted);
        }
        if let Some(buttons) = keyboard(around.buttons) {
            request = request.reply_markup(buttons);
        }
        let sent = self.metered(thread.chat, weight, request.send(), sent);
        Ok(sent.await?.message_id)
    }

    /// A picture that everybody sees at once.
    pub(super) async fn send_photo(
        &self,
        thread: &TelegramThread,
        file: &Attachment,
        weight: Weight,
    ) -> Result<i32, Failure> {
        let request = self
            .bot
            .send_photo(ChatId(thread.chat), input(file))
            .message_thread_id(topic(thread));
        let sent = self.metered(thread.chat, weight, request.send(), sent);
        Ok(sent.await?.message_id)
    }

    /// A file as it is.
    pub(super) async fn send_document(
        &self,
        thread: &TelegramThread,
        file: &Attachment,
        weight: Weight,
    ) -> Result<i32, Failure> {
        let request = self
            .bot
            .send_document(ChatId(thread.chat), input(file))
            .message_thread_id(topic(thread))
            .disable_content_type_detection(true);
        let sent = self.metered(thread.chat, weight, request.send(), sent);
        Ok(sent.await?.message_id)
    }

    pub(super) async fn edit_words(
        &self,
        chat: i64,
        message: i32,
        words: &Flat,
        buttons: &[Vec<Button>],
    ) -> Result<(), Failure> {
        let mut request = self
            .bot
            .edit_message_text(ChatId(chat), MessageId(message), &words.text)
            .entities(words.entities())
            .link_preview_options(no_preview());
        if let Some(buttons) = keyboard(buttons) {
            request = request.reply_markup(buttons);
        }
        let sent = self.metered(chat, Weight::Trifle, request.send(), sent);
        sent.await.map(|_| ())
    }

    pub(super) async fn delete_message(&self, chat: i64, message: i32) -> Result<(), Failure> {
        let request = self.bot.delete_message(ChatId(chat), MessageId(message));
        let done = self.metered(chat, Weight::Line, request.send(), yes);
        done.await.map(|_| ())
    }

    /// Replaces what reaction of ours there was. A bot may have one per message.
    pub(super) async fn set_reaction(
        &self,
        chat: i64,
        message: i32,
        emoji: Option<&str>,
    ) -> Result<(), Failure> {
        let reaction = emoji.map(|emoji| ReactionType::Emoji {
            emoji: emoji.to_owned(),
        });
        let request = self
            .bot
            .set_message_reaction(ChatId(chat), MessageId(message))
            .reaction(reaction);
        let done = self.metered(chat, Weight::Trifle, request.send(), yes);
        done.await.map(|_| ())
    }

    pub(super) async fn set_open(
        &self,
        thread: &TelegramThread,
        open: bool,
        weight: Weight,
    ) -> Result<(), SendError> {
        let (chat, topic) = (ChatId(thread.chat), topic(thread));
        let answer = match open {
            true => {
                let request = self.bot.reopen_forum_topic(chat, topic).send();
                self.metered(thread.chat, weight, request, yes).await
            }
            false => {
                let request = self.bot.close_forum_topic(chat, topic).send();
                self.metered(thread.chat, weight, request, yes).await
            }
        };
        match answer {
            Ok(_) | Err(Failure::NotModified) => Ok(()),
            Err(failure) => Err(failure.into_error()),
        }
    }

    /// Shows in a topic that somebody writes, for about five seconds. No message, so it is not counted.
    pub(super) async fn show_typing(&self, thread: &TelegramThread) -> Result<(), Failure> {
        let request = self
            .bot
            .send_chat_action(ChatId(thread.chat), ChatAction::Typing)
            .message_thread_id(topic(thread));
        self.answered(request.send(), yes).await.map(|_| ())
    }

    /// A call that counts against the group's budget. Without budget Telegram is not called at all, so
    /// that lines gather meanwhile and later share a message.
    pub(super) async fn metered<T, M: DeserializeOwned>(
        &self,
        chat: i64,
        weight: Weight,
        request: impl Future<Output = Result<T, RequestError>>,
        pick: impl FnOnce(T) -> M,
    ) -> Result<M, Failure> {
        let slot = self.budget.take(chat, weight).map_err(rate_limited)?;
        let answer = self.answered(request, pick).await;
        drop(slot);
        if let Err(Failure::Final(SendError::RateLimited { retry_after })) = &answer {
            self.budget.silence(chat, *retry_after);
        }
        answer
    }

    /// A call with an end: a platform that hangs must not hang the caller.
    pub(super) async fn answered<T, M: DeserializeOwned>(
        &self,
        request: impl Future<Output = Result<T, RequestError>>,
        pick: impl FnOnce(T) -> M,
    ) -> Result<M, Failure> {
        let patience = self.config.request_timeout;
        match tokio::time::timeout(patience, request).await {
            Ok(answer) => forgive(answer, pick).map_err(|e| classify(&e, &self.config.token)),
            Err(_elapsed) => Err(Failure::Final(SendError::Ambiguous(format!(
                "no answer within {} s",
                patience.as_secs_f32()
            )))),
        }
    }
}

fn rate_limited(retry_after: Duration) -> Failure {
    Failure::Final(SendError::RateLimited { retry_after })
}

pub(super) fn yes(_: True) -> bool {
    true
}

pub(super) fn topic(thread: &TelegramThread) -> ThreadId {
    ThreadId(MessageId(thread.topic))
}

/// The quoted message may be gone; the words matter more.
fn reply(chat: i64, post: &PostId) -> Option<ReplyParameters> {
    let message = read::message_of(chat, post)?;
    Some(ReplyParameters::new(MessageId(message)).allow_sending_without_reply())
}

fn keyboard(rows: &[Vec<Button>]) -> Option<InlineKeyboardMarkup> {
    let button = |button: &Button| InlineKeyboardButton::callback(&button.label, &button.action);
    let rows = rows.iter().filter(|row| !row.is_empty());
    let rows: Vec<Vec<_>> = rows.map(|row| row.iter().map(button).collect()).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn input(file: &Attachment) -> InputFile {
    let name: String = file.name.chars().filter(|c| !c.is_control()).collect();
    InputFile::memory(file.bytes.clone()).file_name(name)
}

/// Previews would fetch what visitors name.
fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
