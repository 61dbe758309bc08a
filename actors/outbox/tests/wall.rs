//! `Wall`: a platform that keeps what is put on it and fails on request. It stands at the network's edge; everything
//! behind it is real.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hinny_bridges::*;
use tokio::sync::watch;

/// No observation may take longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was asked of the platform, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    Open(String, Line),
    Send(Thread, Vec<Line>),
    Change(Thread, Vec<PostId>, PostChange),
    Mark(Thread, Mark),
}

#[derive(Default)]
pub struct State {
    pub calls: Vec<Call>,
    /// By the verb's name; an error each for the next calls.
    faults: HashMap<&'static str, VecDeque<SendError>>,
    posts: u64,
    threads: u64,
}

pub struct Wall {
    state: Mutex<State>,
    changes: watch::Sender<()>,
    /// `open` posts the card itself, as Slack's and Discord's do.
    posts_card: bool,
    /// Nothing ever comes back.
    hangs: AtomicBool,
    /// Happens while the next thread is being opened.
    meanwhile: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Wall {
    pub fn new(posts_card: bool) -> Self {
        Wall {
            state: Mutex::default(),
            changes: watch::channel(()).0,
            posts_card,
            hangs: AtomicBool::new(false),
            meanwhile: Mutex::default(),
        }
    }

    pub fn fail(&self, verb: &'static str, error: SendError) {
        let mut state = self.lock();
        state.faults.entry(verb).or_default().push_back(error);
    }

    pub fn hang(&self) {
        self.hangs.store(true, Ordering::Relaxed);
    }

    pub fn meanwhile(&self, event: BoxFuture<'static, ()>) {
        *self.meanwhile.lock().unwrap() = Some(event);
    }

    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// Waits until `look` finds what it looks for among the calls.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&[Call]) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        let waiting = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look(&self.lock().calls) {
                    return found;
                }
                changes.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("never seen: {what}; there is\n{:#?}", self.lock().calls),
        }
    }

    /// Waits for a line that says `words`, in an open, a send or an edit.
    pub async fn hears(&self, words: &str) -> Line {
        let says = |line: &&Line| line.text.to_plain().contains(words);
        self.until(words, |calls| {
            let mut lines = calls.iter().rev().flat_map(lines_of);
            lines.find(says).cloned()
        })
        .await
    }

    async fn take(&self, verb: &'static str, call: Call) -> Result<u64, SendError> {
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        let mut state = self.lock();
        let fault = state.faults.get_mut(verb).and_then(VecDeque::pop_front);
        state.calls.push(call);
        state.posts += 1;
        let id = state.posts;
        drop(state);
        self.changes.send_replace(());
        match fault {
            Some(error) => Err(error),
            None => Ok(id),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// The lines that a call puts on the wall.
pub fn lines_of(call: &Call) -> Vec<&Line> {
    match call {
        Call::Open(_, line) => vec![line],
        Call::Send(_, lines) | Call::Change(_, _, PostChange::Edit(lines)) => {
            lines.iter().collect()
        }
        Call::Change(..) | Call::Mark(..) => Vec::new(),
    }
}

fn post(id: u64, line: &Line) -> Post {
    Post {
        id: PostId(format!("p{id}-{}", &line.delivery[..4])),
        carries: vec![Part {
            delivery: line.delivery.clone(),
            index: 0,
            last: true,
        }],
    }
}

#[async_trait]
impl Bridge for Wall {
    async fn open(
        &self,
        channel: &Channel,
        title: &str,
        first: &Line,
    ) -> Result<Opened, SendError> {
        let call = Call::Open(title.to_owned(), first.clone());
        let id = self.take("open", call).await?;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(event) = meanwhile {
            event.await;
        }
        self.lock().threads += 1;
        let number = self.lock().threads;
        Ok(Opened {
            thread: match channel {
                Channel::Telegram(TelegramChannel { chat }) => Thread::Telegram(TelegramThread {
                    chat: *chat,
                    topic: number as i32,
                }),
                _ => Thread::Desk(DeskThread {
                    id: format!("t{number}"),
                }),
            },
            posts: match self.posts_card {
                true => vec![post(id, first)],
                false => Vec::new(),
            },
        })
    }

    async fn send(&self, thread: &Thread, batch: &[Line]) -> Result<Vec<Post>, SendStopped> {
        let call = Call::Send(thread.clone(), batch.to_vec());
        let sent = Vec::new();
        match self.take("send", call).await {
            Ok(id) => Ok(batch.iter().map(|line| post(id, line)).collect()),
            Err(error) => Err(SendStopped { sent, error }),
        }
    }

    async fn change(
        &self,
        thread: &Thread,
        posts: &[PostId],
        change: &PostChange,
    ) -> Result<Vec<Post>, SendError> {
        let call = Call::Change(thread.clone(), posts.to_vec(), change.clone());
        self.take("change", call).await.map(|_| Vec::new())
    }

    async fn mark(&self, thread: &Thread, mark: &Mark) -> Result<(), SendError> {
        let call = Call::Mark(thread.clone(), mark.clone());
        self.take("mark", call).await.map(drop)
    }

    async fn link(&self, thread: &Thread) -> Option<String> {
        match thread {
            Thread::Desk(thread) => Some(format!("https://wall.example/{}", thread.id)),
            _ => None,
        }
    }

    async fn typing(&self, _: &Thread) -> Result<(), SendError> {
        Ok(())
    }

    async fn fetch(&self, file: &RemoteFile, _: u64) -> Result<Vec<u8>, FetchError> {
        Err(FetchError::Gone(file.handle.clone()))
    }

    async fn listen(&self, _: &dyn Inbox) -> SendError {
        std::future::pending().await
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }

    async fn examine(&self, _: &[Channel], _: &[String]) -> Vec<Finding> {
        Vec::new()
    }
}
