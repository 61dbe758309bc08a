//! `Feed`: wakes readers. It carries no truth: who is woken reads the log from their own cursor.
//!
//! Typing and partial answers pass through as ephemeral wakes. A reader that lags is told to read again; it never holds up a
//! writer, and a topic without readers costs nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hinny_bridges::text::Text;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::ids::{ConversationId, SiteId, VisitorId};

/// What one can listen to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    Conversation(ConversationId),
    /// Tells the visitor's other tabs that a conversation was opened.
    Visitor(VisitorId),
    /// Everything that changes at a site, for the desk.
    Site(SiteId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Something was committed, or wakes were missed: read from your cursor.
    Log,
    Opened(ConversationId),
    Changed(ConversationId),
    Typing {
        from: Typist,
        on: bool,
    },
    /// The beginning of an answer that is still being written, all of it so far. Nothing of it is stored.
    Partial {
        text: Text,
    },
    /// Something came between us and the place where the site's team talks, or is gone again.
    Obstacle,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typist {
    Visitor,
    Agent { name: String },
}

/// A reader that lags by more wakes than this is told to read again.
const BACKLOG: usize = 16;

type Topics = Arc<Mutex<HashMap<Topic, broadcast::Sender<Wake>>>>;

/// Cheap to clone; all clones are the same feed.
#[derive(Clone, Default)]
pub struct Feed {
    topics: Topics,
}

/// One reader's place at a topic. Dropping it leaves the topic.
pub struct Subscription {
    topic: Topic,
    wakes: Option<broadcast::Receiver<Wake>>,
    topics: Topics,
}

impl Feed {
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        let wakes = lock(&self.topics)
            .entry(topic.clone())
            .or_insert_with(|| broadcast::channel(BACKLOG).0)
            .subscribe();
        Subscription {
            topic,
            wakes: Some(wakes),
            topics: self.topics.clone(),
        }
    }

    pub fn publish(&self, topic: &Topic, wake: Wake) {
        if let Some(sender) = lock(&self.topics).get(topic) {
            // An error only says that the last reader has just left.
            sender.send(wake).ok();
        }
    }

    /// How many topics have readers.
    pub fn topics(&self) -> usize {
        lock(&self.topics).len()
    }
}

impl Subscription {
    /// The next wake. Safe to drop and call again.
    pub async fn next(&mut self) -> Wake {
        let wakes = self.wakes.as_mut().expect("taken out only by drop");
        match wakes.recv().await {
            Ok(wake) => wake,
            Err(RecvError::Lagged(_)) => Wake::Log,
            // The sender lives as long as the topic has a reader, and this is one.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut topics = lock(&self.topics);
        self.wakes = None;
        if topics
            .get(&self.topic)
            .is_some_and(|sender| sender.receiver_count() == 0)
        {
            topics.remove(&self.topic);
        }
    }
}

/// A map of senders is whole after every statement, so a panic elsewhere cannot have broken it.
fn lock(topics: &Topics) -> MutexGuard<'_, HashMap<Topic, broadcast::Sender<Wake>>> {
    topics.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic() -> Topic {
        Topic::Conversation("c".into())
    }

    #[tokio::test]
    async fn every_reader_is_woken() {
        let feed = Feed::default();
        let (mut a, mut b) = (feed.subscribe(topic()), feed.subscribe(topic()));
        feed.publish(&topic(), Wake::Log);
        assert_eq!(a.next().await, Wake::Log);
        assert_eq!(b.next().await, Wake::Log);
    }

    #[tokio::test]
    async fn who_lags_is_told_to_read_again() {
        let feed = Feed::default();
        let mut slow = feed.subscribe(topic());
        let typing = Wake::Typing {
            from: Typist::Visitor,
            on: true,
        };
        for _ in 0..BACKLOG * 3 {
            feed.publish(&topic(), typing.clone());
        }
        assert_eq!(slow.next().await, Wake::Log);
    }

    #[test]
    fn a_topic_goes_with_its_last_reader() {
        let feed = Feed::default();
        let first = feed.subscribe(topic());
        let second = feed.subscribe(topic());
        drop(first);
        assert_eq!(feed.topics(), 1);
        drop(second);
        assert_eq!(feed.topics(), 0);
    }
}
