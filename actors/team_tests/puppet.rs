//! What stands around the stage: a platform with nobody behind it, an answerer that is never sure, and a shelf.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use hinny_bridges::text::Text;
use hinny_bridges::{
    Bridge, Channel, FetchError, Finding, Inbound, Inbox, Line, Mark, Opened, Part, Post,
    PostChange, PostId, RemoteFile, SendError, SendStopped, Sign, Thread,
};
use hinny_kb::{Candidate, Judgement, Person, Settings, Source};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};

use super::stage::{numbered, thread};
use crate::answerer::{Answerer, AnswererDown};
use crate::body::FaqDraft;
use crate::ids::{ConversationId, SiteId};
use crate::learner::{Learner, NotLearned};

pub type Told = (Inbound, oneshot::Sender<bool>);

/// A platform with nobody behind it but the test.
pub struct Puppet {
    pub inbound: AsyncMutex<mpsc::UnboundedReceiver<Told>>,
    pub files: Mutex<HashMap<String, Bytes>>,
    /// Files that do not come.
    pub hung: watch::Sender<HashSet<String>>,
    pub fetches: AtomicUsize,
    opened: AtomicUsize,
    /// Signs that were put on members' messages or taken away: thread, post, sign, on.
    pub signs: Mutex<Vec<(Thread, String, Sign, bool)>>,
    /// How often it was shown that the visitor writes.
    pub typing: AtomicUsize,
}

impl Puppet {
    /// With the end at which a test lets things happen.
    pub fn new() -> (mpsc::UnboundedSender<Told>, Arc<Puppet>) {
        let (tell, inbound) = mpsc::unbounded_channel();
        let puppet = Puppet {
            inbound: AsyncMutex::new(inbound),
            files: Mutex::default(),
            hung: watch::Sender::default(),
            fetches: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            signs: Mutex::default(),
            typing: AtomicUsize::new(0),
        };
        (tell, Arc::new(puppet))
    }

    /// This file does not come, until it is let go.
    pub fn hangs(&self, handle: &str) {
        self.hung.send_modify(|hung| {
            hung.insert(handle.to_owned());
        });
    }

    pub fn lets_go(&self, handle: &str) {
        self.hung.send_modify(|hung| {
            hung.remove(handle);
        });
    }
}

#[async_trait]
impl Bridge for Puppet {
    async fn open(&self, _: &Channel, _: &str, first: &Line) -> Result<Opened, SendError> {
        let number = self.opened.fetch_add(1, Ordering::Relaxed) + 1;
        let thread = match number {
            1 => thread(),
            number => numbered(number),
        };
        let posts = vec![post(first)];
        Ok(Opened { thread, posts })
    }

    async fn send(&self, _: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped> {
        Ok(batch.iter().map(post).collect())
    }

    async fn change(
        &self,
        thread: &Thread,
        posts: &[PostId],
        change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        if let PostChange::React { sign, on } = change {
            let sign = (thread.clone(), posts[0].0.clone(), *sign, *on);
            self.signs.lock().unwrap().push(sign);
        }
        Ok(Vec::new())
    }

    async fn mark(&self, _: &Thread, _: &Mark) -> Result<(), SendError> {
        Ok(())
    }

    async fn typing(&self, _: &Thread) -> Result<(), SendError> {
        self.typing.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn fetch(&self, file: &RemoteFile, _: u64) -> Result<Vec<u8>, FetchError> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let mut hung = self.hung.subscribe();
        let came = hung.wait_for(|hung| !hung.contains(&file.handle)).await;
        drop(came.expect("the sender lives in this"));
        let files = self.files.lock().unwrap();
        let found = files.get(&file.handle).map(|bytes| bytes.to_vec());
        found.ok_or_else(|| FetchError::Gone("no such file".into()))
    }

    async fn listen(&self, inbox: &dyn Inbox) -> SendError {
        let mut inbound = self.inbound.lock().await;
        while let Some((next, done)) = inbound.recv().await {
            done.send(inbox.receive(next).await.is_ok()).unwrap();
        }
        SendError::Unreachable("the test is over".into())
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }

    async fn examine(&self, _: &[Channel], _: &[String]) -> Vec<Finding> {
        Vec::new()
    }
}

fn post(line: &Line) -> Post {
    Post {
        id: PostId(format!("ours-{}", line.delivery)),
        carries: vec![Part {
            delivery: line.delivery.clone(),
            index: 0,
            last: true,
        }],
    }
}

/// Knows one candidate, and is never sure.
pub struct Unsure;

#[async_trait]
impl Answerer for Unsure {
    async fn answer(
        &self,
        _: &SiteId,
        _: &Person,
        question: &str,
    ) -> Result<Judgement, AnswererDown> {
        let mut judgement = Judgement::unsure(question, "g", &Settings::default());
        let title = "Prices".to_owned();
        judgement.candidates.push(Candidate {
            entry: "prices".into(),
            title: title.clone(),
            score: 0.5,
            features: Default::default(),
            source: Source {
                title,
                url: None,
                path: "prices.md".into(),
            },
            markdown: "Five euros.".into(),
        });
        Ok(judgement)
    }
}

/// Keeps entries in memory.
#[derive(Default)]
pub struct Shelf(pub Mutex<HashMap<String, FaqDraft>>);

#[async_trait]
impl Learner for Shelf {
    fn draft(&self, question: &Text, answer: &Text, _: &[String]) -> FaqDraft {
        FaqDraft {
            question: question.to_plain(),
            answer: answer.to_plain(),
            masked: false,
            author: String::new(),
        }
    }

    async fn save(
        &self,
        _: &SiteId,
        key: &str,
        draft: &FaqDraft,
        _: &str,
        _: &ConversationId,
        _: Option<&str>,
    ) -> Result<String, NotLearned> {
        self.0.lock().unwrap().insert(key.into(), draft.clone());
        Ok(key.into())
    }

    async fn undo(&self, _: &SiteId, entry: &str) -> Result<(), NotLearned> {
        self.0.lock().unwrap().remove(entry);
        Ok(())
    }
}
