//! Telegram: one forum topic per conversation in a supergroup, by long polling, so that no public
//! address is needed. An agent sees the visitor's lines under a heading with the name, and simply writes
//! into the topic. API: <https://core.telegram.org/bots/api>.
//!
//! Limits kept here: 20 messages per minute and group (`budget`), 4,096 UTF-16 units and 100 entities per
//! message (`pack`), 128 letters per topic name. Text goes out as entities, never as markup (`render`).
//! Nothing is stored and nothing is queued.

mod budget;
mod calm;
mod classify;
mod config;
mod entities;
mod pack;
mod read;
mod render;

use std::{future::Future, time::Duration};

use async_trait::async_trait;
use futures_util::StreamExt;
use serde::{Deserialize, de::DeserializeOwned};
use teloxide::{
    Bot, RequestError,
    payloads::SendMessageSetters,
    requests::{Request, Requester},
    types::{AllowedUpdate, ChatId, LinkPreviewOptions, MessageId, ThreadId, Update},
    update_listeners::{AsUpdateStream, Polling},
};

use self::{
    budget::Budget,
    classify::{Failure, classify, forgive},
    render::Flat,
};
use crate::{
    Bridge, Channel, FetchError, Finding, Inbox, Line, Mark, Opened, Post, PostChange, PostId,
    RemoteFile, SendError, SendStopped, TelegramThread, Thread,
};

pub use self::config::{InvalidConfig, TelegramConfig, Token};

/// Telegram's limit for the name of a topic (<https://core.telegram.org/bots/api#createforumtopic>).
const LONGEST_TITLE: usize = 128;

/// One bot. The caller of `send` keeps the order of each thread; this keeps the budget of each group.
pub struct Telegram {
    config: TelegramConfig,
    /// For calls that are answered at once.
    bot: Bot,
    /// For `getUpdates`, which Telegram answers only when something happened.
    poller: Bot,
    budget: Budget,
}

impl Telegram {
    pub fn new(config: TelegramConfig) -> Result<Self, InvalidConfig> {
        config.check()?;
        Ok(Telegram {
            bot: bot(&config, config.request_timeout)?,
            poller: bot(&config, config.poll_timeout + config.request_timeout)?,
            budget: Budget::new(config.per_minute),
            config,
        })
    }

    /// Posts one message, and opens the topic again if somebody closed it.
    async fn post(&self, thread: &TelegramThread, content: &Flat) -> Result<i32, SendError> {
        match self.try_post(thread, content).await {
            Err(Failure::TopicClosed) => {
                self.set_open(thread, true).await?;
                self.try_post(thread, content).await
            }
            other => other,
        }
        .map_err(Failure::into_error)
    }

    async fn try_post(&self, thread: &TelegramThread, content: &Flat) -> Result<i32, Failure> {
        #[derive(Deserialize)]
        struct Sent {
            message_id: i32,
        }
        let request = self
            .bot
            .send_message(ChatId(thread.chat), &content.text)
            .message_thread_id(topic(thread))
            .entities(content.entities())
            .link_preview_options(no_preview())
            .send();
        let sent = |message: teloxide::types::Message| Sent {
            message_id: message.id.0,
        };
        let sent = self.metered(thread.chat, request, sent).await?;
        Ok(sent.message_id)
    }

    async fn set_open(&self, thread: &TelegramThread, open: bool) -> Result<(), SendError> {
        let chat = ChatId(thread.chat);
        let ok = |_: teloxide::types::True| true;
        let answer = match open {
            true => {
                let request = self.bot.reopen_forum_topic(chat, topic(thread)).send();
                self.metered(thread.chat, request, ok).await
            }
            false => {
                let request = self.bot.close_forum_topic(chat, topic(thread)).send();
                self.metered(thread.chat, request, ok).await
            }
        };
        match answer {
            Ok(_) | Err(Failure::NotModified) => Ok(()),
            Err(failure) => Err(failure.into_error()),
        }
    }

    /// A call that counts against the group's budget. Without budget Telegram is not called at all, so
    /// that lines gather meanwhile and later share a message.
    async fn metered<T, M: DeserializeOwned>(
        &self,
        chat: i64,
        request: impl Future<Output = Result<T, RequestError>>,
        pick: impl FnOnce(T) -> M,
    ) -> Result<M, Failure> {
        let slot = self.budget.take(chat).map_err(rate_limited)?;
        let answer = self.answered(request, pick).await;
        drop(slot);
        if let Err(Failure::Final(SendError::RateLimited { retry_after })) = &answer {
            self.budget.silence(chat, *retry_after);
        }
        answer
    }

    /// A call with an end: a platform that hangs must not hang the caller.
    async fn answered<T, M: DeserializeOwned>(
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

    async fn is_forum(&self, chat: i64) -> Result<bool, SendError> {
        #[derive(Deserialize)]
        struct Group {
            #[serde(default)]
            is_forum: bool,
        }
        let group = |info: teloxide::types::ChatFullInfo| Group {
            is_forum: match info.kind {
                teloxide::types::ChatFullInfoKind::Public(public) => matches!(
                    public.kind,
                    teloxide::types::ChatFullInfoPublicKind::Supergroup(group) if group.is_forum
                ),
                teloxide::types::ChatFullInfoKind::Private(_) => false,
            },
        };
        let request = self.bot.get_chat(ChatId(chat)).send();
        let group = self.answered(request, group).await;
        Ok(group.map_err(Failure::into_error)?.is_forum)
    }

    /// Hands one update in. Only the next poll confirms it to Telegram, and that is asked for later.
    async fn hand_in(&self, update: &Update, inbox: &dyn Inbox) -> Result<(), SendError> {
        let own = self.config.token.bot_id();
        match read::inbound(update, &self.config.connection, own) {
            Some(inbound) => inbox.receive(inbound).await.map_err(|not_stored| {
                SendError::Unreachable(format!("update {}: {not_stored}", update.id.0))
            }),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Bridge for Telegram {
    async fn open(
        &self,
        channel: &Channel,
        title: &str,
        _first: &Line,
    ) -> Result<Opened, SendError> {
        #[derive(Deserialize)]
        struct Topic {
            message_thread_id: i32,
        }
        let Channel::Telegram(channel) = channel else {
            return Err(foreign(channel));
        };
        let chat = channel.chat;
        let request = self.bot.create_forum_topic(ChatId(chat), name(title));
        let topic = |topic: teloxide::types::ForumTopic| Topic {
            message_thread_id: topic.thread_id.0.0,
        };
        let topic = self.metered(chat, request.send(), topic).await;
        let topic = topic.map_err(Failure::into_error)?.message_thread_id;
        Ok(Opened {
            thread: Thread::Telegram(TelegramThread { chat, topic }),
            posts: Vec::new(),
        })
    }

    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped> {
        let mut sent = Vec::new();
        let Thread::Telegram(thread) = thread else {
            let error = foreign(thread);
            return Err(SendStopped { sent, error });
        };
        for message in pack::pack(batch) {
            match self.post(thread, &message.content).await {
                Ok(id) => sent.push(Post {
                    id: read::post_id(thread.chat, id),
                    carries: message.carries,
                }),
                Err(error) => return Err(SendStopped { sent, error }),
            }
        }
        Ok(sent)
    }

    async fn change(
        &self,
        thread: &Thread,
        _posts: &[PostId],
        _change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        match thread {
            Thread::Telegram(_) => Ok(Vec::new()),
            other => Err(foreign(other)),
        }
    }

    async fn mark(&self, thread: &Thread, mark: &Mark) -> Result<(), SendError> {
        match (thread, mark) {
            (Thread::Telegram(thread), Mark::Open) => self.set_open(thread, true).await,
            (Thread::Telegram(thread), Mark::Done) => self.set_open(thread, false).await,
            // Everybody in the group sees every topic.
            (Thread::Telegram(_), Mark::Taken { .. }) => Ok(()),
            (other, _) => Err(foreign(other)),
        }
    }

    async fn typing(&self, _thread: &Thread) -> Result<(), SendError> {
        Ok(())
    }

    async fn fetch(&self, file: &RemoteFile, _limit: u64) -> Result<Vec<u8>, FetchError> {
        Err(FetchError::Gone(file.handle.clone()))
    }

    /// teloxide's stream asks for more, and thereby confirms, only when all it fetched was taken out.
    /// When one update cannot be stored the stream is dropped: a new one begins at the first update that
    /// is not confirmed, and what was stored before comes again under the same event id.
    async fn listen(&self, inbox: &dyn Inbox) -> SendError {
        let mut polling = Polling::builder(self.poller.clone())
            .timeout(self.config.poll_timeout)
            .allowed_updates(vec![AllowedUpdate::Message])
            .build();
        let mut updates = std::pin::pin!(polling.as_stream());
        while let Some(update) = updates.next().await {
            let handed_in = match update {
                Ok(update) => self.hand_in(&update, inbox).await,
                Err(error) => Err(harmless(classify(&error, &self.config.token).into_error())),
            };
            if let Err(error) = handed_in {
                return error;
            }
        }
        SendError::Unreachable("polling came to an end".to_owned())
    }

    async fn check(&self) -> Result<(), SendError> {
        let ok = |_: teloxide::types::Me| serde_json::Value::Null;
        let me = self.answered(self.bot.get_me().send(), ok).await;
        me.map_err(Failure::into_error)?;
        for chat in &self.config.chats {
            if !self.is_forum(*chat).await? {
                let text =
                    format!("the group {chat} has no topics; switch them on in its settings");
                return Err(SendError::Refused(text));
            }
        }
        Ok(())
    }

    async fn examine(&self, _channels: &[Channel], _agents_by_role: &[String]) -> Vec<Finding> {
        match self.check().await {
            Ok(()) => vec![Finding::good("the token works and the groups have topics")],
            Err(error) => vec![Finding::bad("the connection", error.to_string())],
        }
    }
}

/// Asking for updates a second time does no harm, so no outcome of it is ambiguous.
fn harmless(error: SendError) -> SendError {
    match error {
        SendError::Ambiguous(text) => SendError::Unreachable(text),
        other => other,
    }
}

fn rate_limited(retry_after: Duration) -> Failure {
    Failure::Final(SendError::RateLimited { retry_after })
}

/// A target that points at another platform is a mistake in the configuration; waiting cannot heal it.
fn foreign(place: &impl std::fmt::Debug) -> SendError {
    SendError::Refused(format!("Telegram has no such place: {place:?}"))
}

fn topic(thread: &TelegramThread) -> ThreadId {
    ThreadId(MessageId(thread.topic))
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// A title as Telegram takes it: one line, neither empty nor too long.
fn name(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    let mut name = String::new();
    let mut room = LONGEST_TITLE;
    for letter in words.join(" ").chars() {
        match room.checked_sub(letter.len_utf16()) {
            Some(left) => room = left,
            None => break,
        }
        name.push(letter);
    }
    match name.is_empty() {
        true => "Conversation".to_owned(),
        false => name,
    }
}

fn bot(config: &TelegramConfig, patience: Duration) -> Result<Bot, InvalidConfig> {
    // Half of the patience is for connecting, so that "surely not sent" is noticed as such.
    let connecting = Duration::from_secs(5).min(config.request_timeout / 2);
    let client = teloxide::net::default_reqwest_settings()
        .connect_timeout(connecting)
        .timeout(patience)
        .build()
        .map_err(|error| InvalidConfig::Client(error.to_string()))?;
    let bot = Bot::with_client(config.token.reveal(), client);
    Ok(bot.set_api_url(config.api_url.clone()))
}
