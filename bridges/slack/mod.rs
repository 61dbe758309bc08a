//! Slack: one thread per conversation, under its hand-over card, in a channel; by Socket Mode, so that no public
//! address is needed. An agent sees the visitor's lines under a heading with the name, and simply writes into the
//! thread. API: <https://docs.slack.dev/reference/methods>.
//!
//! Limits kept here: one message per second and channel and the tiers of the methods (`budget`), 3,000 characters
//! per message (`pack`). Text goes out as rich text, never as markup (`render`). Every message carries its delivery
//! in its metadata, so that after an unknown outcome it is looked for before it is said again (`post`). Nothing is
//! stored and nothing is queued.

mod backfill;
mod budget;
mod change;
mod classify;
mod client;
mod config;
mod date;
mod emoji;
mod examine;
mod files;
mod hear;
mod heard;
mod listen;
mod model;
mod mrkdwn;
mod pack;
mod people;
mod post;
mod render;
mod rich;
mod socket;

use async_trait::async_trait;
use tokio::sync::OnceCell;

use self::{
    classify::harmless,
    client::Client,
    files::Store,
    model::{Me, Permalink},
    people::People,
};
use crate::{
    Bridge, Channel, FetchError, Finding, Inbox, Line, Mark, Opened, Person, Post, PostChange,
    PostId, RemoteFile, SendError, SendStopped, SlackThread, Thread,
};

pub use self::config::{InvalidConfig, Limits, SlackConfig, Token};

/// One app in one workspace. The caller of `send` keeps the order of each thread; this keeps the budgets.
pub struct Slack {
    config: SlackConfig,
    client: Client,
    /// For the bytes of files, which slack-morphism does not carry.
    store: Store,
    people: People,
    /// Who the bot is; asked once, because it never changes for a token.
    me: OnceCell<Me>,
}

impl Slack {
    pub fn new(config: SlackConfig) -> Result<Self, InvalidConfig> {
        config.check()?;
        Ok(Slack {
            client: Client::new(&config)?,
            store: Store::new(&config)?,
            people: People::default(),
            me: OnceCell::new(),
            config,
        })
    }

    async fn me(&self) -> Result<Me, SendError> {
        let me = self.me.get_or_try_init(|| self.who_am_i()).await?;
        Ok(me.clone())
    }

    async fn who_am_i(&self) -> Result<Me, SendError> {
        let me = self.client.get("auth.test", &[]).await;
        me.map_err(|failure| harmless(failure.into_error()))
    }
}

#[async_trait]
impl Bridge for Slack {
    async fn open(
        &self,
        channel: &Channel,
        _title: &str,
        first: &Line,
    ) -> Result<Opened, SendError> {
        match channel {
            Channel::Slack(channel) => self.open_thread(&channel.channel, first).await,
            other => Err(foreign(other)),
        }
    }

    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped> {
        let mut sent = Vec::new();
        let done = match slack_thread(thread) {
            Ok(thread) => self.say(thread, batch, &mut sent).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(()) => Ok(sent),
            Err(error) => Err(SendStopped { sent, error }),
        }
    }

    async fn change(
        &self,
        thread: &Thread,
        posts: &[PostId],
        change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        let thread = slack_thread(thread)?;
        match change {
            PostChange::Edit(lines) => self.edit(thread, posts, lines).await,
            PostChange::Delete => self.delete(thread, posts).await,
            PostChange::React { sign, on } => {
                for post in posts {
                    self.react(thread, post, emoji::name(*sign), *on).await?;
                }
                Ok(Vec::new())
            }
        }
    }

    async fn mark(&self, thread: &Thread, mark: &Mark) -> Result<(), SendError> {
        let thread = slack_thread(thread)?;
        match mark {
            Mark::Open => self.mark_done(thread, false).await,
            Mark::Done => self.mark_done(thread, true).await,
            Mark::Taken { by } => self.follow(thread, by).await,
        }
    }

    /// <https://docs.slack.dev/reference/methods/chat.getPermalink>
    async fn link(&self, thread: &Thread) -> Option<String> {
        let SlackThread { channel, ts } = slack_thread(thread).ok()?;
        let message = [("channel", channel.as_str()), ("message_ts", ts.as_str())];
        let found = self.client.get("chat.getPermalink", &message).await;
        let found: Result<Permalink, _> = found;
        found.map_or_else(|_| thread.link(), |found| Some(found.permalink))
    }

    /// Slack shows only people typing; apps have no call for it outside of its assistant's own panes
    /// (<https://docs.slack.dev/legacy/legacy-rtm-api#typing-indicators>).
    async fn typing(&self, _thread: &Thread) -> Result<(), SendError> {
        Ok(())
    }

    async fn fetch(&self, file: &RemoteFile, limit: u64) -> Result<Vec<u8>, FetchError> {
        self.fetch_file(file, limit).await
    }

    async fn face(&self, person: &Person, limit: u64) -> Result<Vec<u8>, FetchError> {
        self.fetch_picture(person, limit).await
    }

    async fn listen(&self, inbox: &dyn Inbox) -> SendError {
        match self.listening(inbox).await {
            Ok(()) => SendError::Unreachable("listening came to an end".to_owned()),
            Err(error) => harmless(error),
        }
    }

    async fn check(&self) -> Result<(), SendError> {
        self.who_am_i().await?;
        for channel in &self.config.channels {
            self.channel(channel).await?;
        }
        Ok(())
    }

    async fn examine(&self, channels: &[Channel], agents_by_role: &[String]) -> Vec<Finding> {
        self.findings(channels, agents_by_role).await
    }
}

fn slack_thread(thread: &Thread) -> Result<&SlackThread, SendError> {
    match thread {
        Thread::Slack(thread) => Ok(thread),
        other => Err(foreign(other)),
    }
}

/// A target that points at another platform is a mistake in the configuration; waiting cannot heal it.
fn foreign(place: &impl std::fmt::Debug) -> SendError {
    SendError::Refused(format!("Slack has no such place: {place:?}"))
}
