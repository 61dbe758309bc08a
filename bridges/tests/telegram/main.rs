//! The Telegram bridge on real sockets: against hinny's own platform server, which is strict and fails on
//! request, and against a server that other people wrote.

#![allow(clippy::unwrap_used)]

#[path = "../../../tests/platforms/telegram.rs"]
mod platform;

#[path = "../support/python.rs"]
mod python;

mod changes;
mod client;
mod emulator;
mod examine;
mod faults;
mod fidelity;
mod inbound;
mod outbound;
mod trouble;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hinny_bridges::{
    Bridge, Channel, ConnectionId, Happened, Inbound, Inbox, Line, LineAuthor, Mark, NotStored,
    Post, PostChange, PostId, Said, SendError, TelegramChannel, TelegramThread, Thread,
    telegram::{Telegram, TelegramConfig, Token},
    text::{Block, Inline, Text},
};
use platform::{CHAT, PATIENCE, Posted, TOKEN, TelegramServer};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

fn config(url: &str) -> TelegramConfig {
    let connection = ConnectionId("telegram".to_owned());
    let mut config = TelegramConfig::new(connection, Token::new(TOKEN.to_owned()));
    config.api_url = url.parse().unwrap();
    config.poll_timeout = Duration::from_secs(5);
    config.request_timeout = Duration::from_millis(500);
    config.per_minute = 100_000;
    config
}

fn bridge(server: &TelegramServer) -> Telegram {
    Telegram::new(config(&server.url())).unwrap()
}

/// A server, a bridge to it, and a topic.
struct Desk {
    server: TelegramServer,
    bridge: Arc<Telegram>,
    thread: Thread,
    topic: i32,
}

impl Desk {
    async fn open() -> Self {
        Desk::open_with(|_| ()).await
    }

    async fn open_with(change: impl FnOnce(&mut TelegramConfig)) -> Self {
        let server = TelegramServer::start().await;
        let mut config = config(&server.url());
        change(&mut config);
        let bridge = Arc::new(Telegram::new(config).unwrap());
        let opened = bridge.open(&channel(), "Ada", &card()).await.unwrap();
        let topic = topic_of(&opened.thread);
        Desk {
            server,
            bridge,
            thread: opened.thread,
            topic,
        }
    }

    /// Sends one line and returns what stands in the topic because of it.
    async fn sends(&self, line: Line) -> Vec<Posted> {
        let posts = self.bridge.send(&self.thread, &[line]).await.unwrap();
        self.shown(&posts)
    }

    /// These posts as a person in the group sees them.
    fn shown(&self, posts: &[Post]) -> Vec<Posted> {
        let all = self.server.all_posts();
        let find = |post: &Post| all.iter().find(|shown| id(shown) == post.id).cloned();
        posts.iter().filter_map(find).collect()
    }

    fn ann(&self) -> platform::Agent<'_> {
        self.server.agent(4242, "Ann")
    }

    fn listen(&self) -> Listening {
        Listening::start(self.bridge.clone(), 0)
    }

    /// Waits until the bridge listens: reactions are told only to those who asked for them before.
    async fn listening(&self) -> Listening {
        let listening = self.listen();
        self.server.await_calls("getUpdates", 1).await;
        listening
    }

    async fn edits(&self, posts: &[Post], lines: &[Line]) -> Vec<Post> {
        let ids: Vec<PostId> = posts.iter().map(|post| post.id.clone()).collect();
        let change = PostChange::Edit(lines.to_vec());
        self.bridge
            .change(&self.thread, &ids, &change)
            .await
            .unwrap()
    }
}

/// The name that the bridge has for a message.
fn id(post: &Posted) -> PostId {
    post_id(post.id)
}

fn post_id(message: i32) -> PostId {
    PostId(format!("{CHAT}/{message}"))
}

fn said(inbound: &Inbound) -> &Said {
    match &inbound.what {
        Happened::Said(said) => said,
        other => panic!("not words: {other:?}"),
    }
}

fn channel() -> Channel {
    Channel::Telegram(TelegramChannel { chat: CHAT })
}

fn topic_of(thread: &Thread) -> i32 {
    match thread {
        Thread::Telegram(TelegramThread { topic, .. }) => *topic,
        other => panic!("not a topic: {other:?}"),
    }
}

/// Telegram's topics need no first line.
fn card() -> Line {
    line("d0", "The card")
}

fn mark(open: bool) -> Mark {
    match open {
        true => Mark::Open,
        false => Mark::Done,
    }
}

fn line(delivery: &str, text: &str) -> Line {
    let name = "Ada".to_owned();
    Line::new(delivery, LineAuthor::Visitor { name }, raw(text))
}

/// Text without any reading of blank lines or markup.
fn raw(text: &str) -> Text {
    Text(vec![Block::Paragraph {
        children: vec![Inline::Text {
            text: text.to_owned(),
        }],
    }])
}

/// Keeps what comes in, and refuses the first `refuse` things.
struct Ledger {
    seen: UnboundedSender<Inbound>,
    refuse: Mutex<usize>,
}

#[async_trait]
impl Inbox for Ledger {
    async fn receive(&self, inbound: Inbound) -> Result<(), NotStored> {
        let mut refuse = self.refuse.lock().unwrap();
        if *refuse > 0 {
            *refuse -= 1;
            return Err(NotStored("the disk is full".to_owned()));
        }
        self.seen.send(inbound).unwrap();
        Ok(())
    }
}

/// Listens until it stops by itself, which it must do soon.
async fn listen(bridge: &Telegram, inbox: &dyn Inbox) -> SendError {
    let stopped = tokio::time::timeout(PATIENCE, bridge.listen(inbox)).await;
    stopped.expect("listening stops")
}

/// A listener in the background that is started again whenever it stops, as hinny does.
struct Listening {
    seen: UnboundedReceiver<Inbound>,
    task: JoinHandle<()>,
}

impl Listening {
    fn start(bridge: Arc<Telegram>, refuse: usize) -> Self {
        let (sender, seen) = unbounded_channel();
        let ledger = Ledger {
            seen: sender,
            refuse: Mutex::new(refuse),
        };
        let task = tokio::spawn(async move {
            loop {
                bridge.listen(&ledger).await;
                tokio::task::yield_now().await;
            }
        });
        Listening { seen, task }
    }

    async fn next(&mut self) -> Inbound {
        let next = tokio::time::timeout(PATIENCE, self.seen.recv()).await;
        next.expect("something comes in")
            .expect("the listener lives")
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn text_of(inbound: &Inbound) -> &Text {
    &said(inbound).text
}

fn words(inbound: &Inbound) -> String {
    text_of(inbound).to_plain()
}

/// The strings that are known to upset programs, where the machine has them.
fn naughty_strings() -> Vec<String> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/corpora/blns/blns.json"
    );
    match std::fs::read_to_string(path) {
        Ok(file) => serde_json::from_str(&file).unwrap(),
        Err(_) => {
            println!("passed over: the list of naughty strings is not there");
            Vec::new()
        }
    }
}
