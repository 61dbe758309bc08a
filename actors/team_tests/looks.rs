//! What tests look at besides the log: signs, names, who writes, and what waits; and a server that starts again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use hinny_bridges::{Sign, Thread};

use super::puppet::Puppet;
use super::stage::{Stage, connection, site, start, target};
use crate::feed::{Subscription, Topic};
use crate::order::Request;
use crate::store::{InboundStore, LogStore};
use crate::view::{Author, VisitorEvent, visitor};

impl Stage {
    /// A second thread was opened while there was one.
    pub async fn has_twin(&self, twin: Thread) {
        let request = Request::NoteThread {
            target: target(),
            thread: twin,
            posts: Vec::new(),
        };
        self.order("twin", request).await.unwrap();
    }

    /// The first `count` signs that were put on members' messages.
    pub async fn signs(&self, count: usize) -> Vec<(Thread, String, Sign, bool)> {
        let signs = || self.puppet.signs.lock().unwrap().clone();
        within("signs", || signs().len() >= count).await;
        signs()
    }

    /// The visitor writes, and the team sees it.
    pub async fn visitor_types(&self) {
        let before = self.puppet.typing.load(Ordering::Relaxed);
        let (site, id) = (site(), &self.conversation);
        self.engine.visitor_types(&site, id, true);
        let shown = || self.puppet.typing.load(Ordering::Relaxed) > before;
        within("typing", shown).await;
    }

    pub fn reader(&self) -> Subscription {
        let topic = Topic::Conversation(self.conversation.clone());
        self.engine.feed().subscribe(topic)
    }

    /// The names of the agents, as the visitor reads them.
    pub async fn names(&self) -> Vec<String> {
        let entries = self.store.read(&self.conversation, 0, 1000).await.unwrap();
        let seen = entries.iter().filter_map(visitor);
        let name = |event| match event {
            VisitorEvent::Message {
                author: Author::Agent { name, .. },
                ..
            } => Some(name),
            _ => None,
        };
        seen.filter_map(name).collect()
    }

    /// Waits until all that was handed in is taken in.
    pub async fn nothing_waits(&self) {
        let quiet = async {
            while !self.waiting().await.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), quiet).await;
        assert!(ended.is_ok(), "something waits for ever");
    }

    /// Threads in which something waits.
    pub async fn waiting(&self) -> Vec<Thread> {
        self.store.waiting_inbound(&connection()).await.unwrap()
    }

    /// The process ends and another one begins, in front of a platform whose files all come.
    pub async fn starts_again(&mut self) {
        self.engine.stop().await;
        let (tell, puppet) = Puppet::new();
        let files = std::mem::take(&mut *self.puppet.files.lock().unwrap());
        *puppet.files.lock().unwrap() = files;
        (self.tell, self.puppet) = (tell, puppet);
        self.engine = start(&self.folder, &self.store, &self.puppet, &self.shelf);
    }
}

async fn within(what: &str, seen: impl Fn() -> bool) {
    let wait = async {
        while !seen() {
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), wait).await;
    assert!(ended.is_ok(), "never seen: {what}");
}
