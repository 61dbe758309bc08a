//! The Telegram bridge on real sockets: against hinny's own platform server, which is strict and fails on
//! request, and against a server that other people wrote.

#![allow(clippy::unwrap_used)]

#[path = "../../../tests/platforms/telegram.rs"]
mod platform;

#[path = "../support/inbox.rs"]
mod inbox;
#[path = "../support/python.rs"]
mod python;
#[path = "../../../tests/platforms/watched.rs"]
mod watched;

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
    Post, PostChange, PostId, SendError, TelegramChannel, TelegramThread, Thread,
    telegram::{Telegram, TelegramConfig, Token},
    text::{Block, Inline, Text},
};
use inbox::{Listening, ledger, listen, naughty_strings, said, words};
use platform::{CHAT, PATIENCE, Posted, TOKEN, TelegramServer};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

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

/// A topic with the card in it.
async fn opened(bridge: &Telegram) -> Thread {
    let opened = bridge.open(&channel(), "Ada", &card()).await;
    opened.unwrap().thread
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

impl Listening {
    fn start(bridge: Arc<Telegram>, refuse: usize) -> Self {
        Listening::begin(bridge, refuse, Vec::new())
    }
}

fn text_of(inbound: &Inbound) -> &Text {
    &said(inbound).text
}
