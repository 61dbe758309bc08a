//! Telegram: one forum topic per conversation in a supergroup, by long polling, so that no public
//! address is needed. An agent sees the visitor's lines under a heading with the name, and simply writes
//! into the topic. API: <https://core.telegram.org/bots/api>.
//!
//! Limits kept here: 20 messages per minute and group (`budget`), 4,096 UTF-16 units and 100 entities per
//! message (`pack`), 128 letters per topic name. Text goes out as entities, never as markup (`render`).
//! Nothing is stored and nothing is queued.

mod budget;
mod calls;
mod calm;
mod classify;
mod config;
mod entities;
mod examine;
mod files;
mod listen;
mod media;
mod members;
mod memory;
mod pack;
mod post;
mod read;
mod render;
mod signs;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde::Deserialize;
use teloxide::{
    Bot,
    requests::{Request, Requester},
    types::{ChatId, ForumTopic, Me},
};

use self::{
    budget::{Budget, Weight},
    classify::Failure,
    members::Member,
    memory::Memory,
};
use crate::{
    Bridge, Channel, FetchError, Finding, Inbox, Line, Mark, Opened, Person, Post, PostChange,
    PostId, RemoteFile, SendError, SendStopped, TelegramThread, Thread,
};

pub use self::config::{InvalidConfig, TelegramConfig, Token};

/// Telegram's limit for the name of a topic (<https://core.telegram.org/bots/api#createforumtopic>).
const LONGEST_TITLE: usize = 128;

/// "Is typing" is shown for about five seconds (<https://core.telegram.org/bots/api#sendchataction>).
const TYPING_LASTS: Duration = Duration::from_secs(4);

/// One bot. The caller of `send` keeps the order of each thread; this keeps the budget of each group.
pub struct Telegram {
    config: TelegramConfig,
    /// For calls that are answered at once.
    bot: Bot,
    /// For `getUpdates`, which Telegram answers only when something happened.
    poller: Bot,
    budget: Budget,
    /// Topics in which nothing was said yet, by group and number.
    fresh: Memory<(i64, i32), ()>,
    /// What messages of ours look like, so that an edit that changes nothing is no call.
    shown: Memory<(i64, i32), u64>,
    /// The topics of messages, because Telegram does not tell in which topic a reaction happens.
    places: Memory<(i64, i32), i32>,
    /// Members by group and user.
    members: Memory<(i64, u64), Member>,
    /// When "is typing" was shown last.
    typing: Memory<(i64, i32), Instant>,
}

impl Telegram {
    pub fn new(config: TelegramConfig) -> Result<Self, InvalidConfig> {
        config.check()?;
        Ok(Telegram {
            bot: bot(&config, config.request_timeout)?,
            poller: bot(&config, config.poll_timeout + config.request_timeout)?,
            budget: Budget::new(config.per_minute, config.minute),
            fresh: Memory::new(200),
            shown: Memory::new(2_000),
            places: Memory::new(20_000),
            members: Memory::new(2_000),
            typing: Memory::new(200),
            config,
        })
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
        let topic = |topic: ForumTopic| Topic {
            message_thread_id: topic.thread_id.0.0,
        };
        let topic = self
            .metered(chat, Weight::HandOver, request.send(), topic)
            .await;
        let topic = topic.map_err(Failure::into_error)?.message_thread_id;
        self.fresh.put((chat, topic), ());
        Ok(Opened {
            thread: Thread::Telegram(TelegramThread { chat, topic }),
            posts: Vec::new(),
        })
    }

    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped> {
        match thread {
            Thread::Telegram(thread) => self.post_all(thread, batch).await,
            other => Err(SendStopped {
                sent: Vec::new(),
                error: foreign(other),
            }),
        }
    }

    async fn change(
        &self,
        thread: &Thread,
        posts: &[PostId],
        change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        let Thread::Telegram(thread) = thread else {
            return Err(foreign(thread));
        };
        match change {
            PostChange::Edit(lines) => return self.edit(thread, posts, lines).await,
            PostChange::Delete => {
                for post in posts {
                    self.remove(thread, post).await?;
                }
            }
            PostChange::React { sign, on } => {
                for post in posts {
                    self.sign(thread, post, on.then_some(*sign)).await?;
                }
            }
        }
        Ok(Vec::new())
    }

    async fn mark(&self, thread: &Thread, mark: &Mark) -> Result<(), SendError> {
        match (thread, mark) {
            (Thread::Telegram(thread), Mark::Open) => {
                self.set_open(thread, true, Weight::HandOver).await
            }
            (Thread::Telegram(thread), Mark::Done) => {
                self.set_open(thread, false, Weight::Line).await
            }
            // Everybody in the group sees every topic.
            (Thread::Telegram(_), Mark::Taken { .. }) => Ok(()),
            (other, _) => Err(foreign(other)),
        }
    }

    async fn typing(&self, thread: &Thread) -> Result<(), SendError> {
        let Thread::Telegram(thread) = thread else {
            return Err(foreign(thread));
        };
        let place = (thread.chat, thread.topic);
        let shown = self.typing.get(&place);
        if shown.is_some_and(|at| at.elapsed() < TYPING_LASTS) || self.budget.is_quiet(thread.chat)
        {
            return Ok(());
        }
        self.typing.put(place, Instant::now());
        let shown = self.show_typing(thread).await;
        let shown = shown.map_err(Failure::into_error);
        if let Err(SendError::RateLimited { retry_after }) = &shown {
            self.budget.silence(thread.chat, *retry_after);
        }
        shown
    }

    async fn fetch(&self, file: &RemoteFile, limit: u64) -> Result<Vec<u8>, FetchError> {
        self.fetch_file(file, limit).await
    }

    async fn face(&self, person: &Person, limit: u64) -> Result<Vec<u8>, FetchError> {
        self.fetch_picture(person, limit).await
    }

    async fn listen(&self, inbox: &dyn Inbox) -> SendError {
        self.poll(inbox).await
    }

    async fn check(&self) -> Result<(), SendError> {
        let ok = |_: Me| serde_json::Value::Null;
        let me = self.answered(self.bot.get_me().send(), ok).await;
        me.map_err(Failure::into_error)?;
        for chat in &self.config.chats {
            if !self.group(*chat).await?.is_forum {
                let text =
                    format!("the group {chat} has no topics; switch them on in its settings");
                return Err(SendError::Refused(text));
            }
        }
        Ok(())
    }

    async fn examine(&self, channels: &[Channel], agents_by_role: &[String]) -> Vec<Finding> {
        self.findings(channels, agents_by_role).await
    }
}

/// A target that points at another platform is a mistake in the configuration; waiting cannot heal it.
fn foreign(place: &impl std::fmt::Debug) -> SendError {
    SendError::Refused(format!("Telegram has no such place: {place:?}"))
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
