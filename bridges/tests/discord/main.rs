//! The Discord bridge on real sockets: against hinny's own platform server, which is strict, keeps Discord's
//! limits, and fails on request.

#![allow(clippy::unwrap_used)]

#[path = "../support/inbox.rs"]
mod inbox;
#[path = "../../../tests/platforms/discord.rs"]
mod platform;
#[path = "../support/python.rs"]
mod python;
#[path = "../../../tests/platforms/watched.rs"]
mod watched;

mod client;
mod corpus;
mod faults;
mod fidelity;
mod gateway;
mod inbound;
mod life;
mod outbound;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hinny_bridges::{
    Bridge, Channel, ConnectionId, DiscordChannel, DiscordThread, Happened, Inbound, Inbox, Line,
    LineAuthor, LiveThread, NotStored, Opened, Post, PostId, Said, SendError, Thread,
    discord::{Discord, DiscordConfig, Token},
    text::{Block, Inline, Text},
};
use inbox::{Listening, ledger, listen, naughty_strings, said, words};
use platform::{CHANNEL, DiscordServer, TOKEN};

const ANN: u64 = 4_242;

fn config(url: &str) -> DiscordConfig {
    let connection = ConnectionId("discord".to_owned());
    let mut config = DiscordConfig::new(connection, Token::new(TOKEN.to_owned()));
    config.api_url = url.parse().unwrap();
    config.request_timeout = Duration::from_millis(800);
    config
}

fn bridge(server: &DiscordServer) -> Arc<Discord> {
    Arc::new(Discord::new(config(&server.url())).unwrap())
}

fn channel(channel: u64) -> Channel {
    Channel::Discord(DiscordChannel { channel })
}

/// The thread's number.
fn number(thread: &Thread) -> u64 {
    match thread {
        Thread::Discord(DiscordThread { thread, .. }) => *thread,
        other => panic!("not a thread of Discord's: {other:?}"),
    }
}

fn id_of(post: &Post) -> u64 {
    post.id.0.parse().unwrap()
}

fn post_id(id: u64) -> PostId {
    PostId(id.to_string())
}

fn card() -> Line {
    Line::new("d0", LineAuthor::Hinny, raw("The card"))
}

async fn open(bridge: &Discord) -> Opened {
    bridge
        .open(&channel(CHANNEL), "Ada", &card())
        .await
        .unwrap()
}

fn line(delivery: &str, text: &str) -> Line {
    let name = "Ada".to_owned();
    Line::new(delivery, LineAuthor::Visitor { name }, raw(text))
}

/// Text without any reading of blank lines or markup.
fn raw(text: &str) -> Text {
    Text(vec![Block::Paragraph {
        children: vec![plain(text)],
    }])
}

fn plain(text: &str) -> Inline {
    Inline::Text {
        text: text.to_owned(),
    }
}

/// Sends with the patience that the outbox has when it is told to wait.
async fn send(bridge: &Discord, thread: &Thread, batch: &[Line]) -> Vec<Post> {
    let mut sent = Vec::new();
    let mut rest = batch.to_vec();
    loop {
        match bridge.send(thread, &rest).await {
            Ok(posts) => {
                sent.extend(posts);
                return sent;
            }
            Err(stopped) => {
                for part in stopped.sent.iter().flat_map(|post| &post.carries) {
                    rest[0].parts_done += 1;
                    if part.last {
                        rest.remove(0);
                    }
                }
                sent.extend(stopped.sent);
                let SendError::RateLimited { retry_after } = stopped.error else {
                    panic!("{}", stopped.error);
                };
                tokio::time::sleep(retry_after).await;
            }
        }
    }
}

impl Listening {
    async fn start(server: &DiscordServer, bridge: Arc<Discord>) -> Self {
        Listening::with(server, bridge, Vec::new()).await
    }

    /// Starts with these threads to look through, and waits until Discord knows the listener.
    async fn with(server: &DiscordServer, bridge: Arc<Discord>, live: Vec<LiveThread>) -> Self {
        let (before, _) = server.handshakes();
        let listening = Listening::begin(bridge, 0, live);
        server.await_handshakes(before + 1, 0).await;
        listening
    }

    async fn said(&mut self) -> Said {
        said(&self.next().await).clone()
    }
}
