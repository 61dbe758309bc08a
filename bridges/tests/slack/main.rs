//! The Slack bridge on real sockets: against hinny's own platform server, which is strict and fails on
//! request, and that server against a client that other people wrote.

#![allow(clippy::unwrap_used)]

#[path = "../support/inbox.rs"]
mod inbox;
#[path = "../../../tests/platforms/slack.rs"]
mod platform;
#[path = "../support/python.rs"]
mod python;
#[path = "../../../tests/platforms/watched.rs"]
mod watched;

mod backfill;
mod emulator;
mod examine;
mod faults;
mod fidelity_in;
mod fidelity_out;
mod inbound;
mod outbound;

use std::{sync::Arc, time::Duration};

use hinny_bridges::{
    Bridge, Channel, ConnectionId, Happened, Inbound, Line, LineAuthor, LiveThread, SendError,
    SlackChannel, SlackThread, Thread,
    slack::{Slack, SlackConfig, Token},
    text::{Block, Inline, Text},
};
use inbox::{Listening, ledger, naughty_strings, said, words};
use platform::{APP_TOKEN, BOT_TOKEN, CHANNEL, SlackServer};

/// How much faster time passes for the limits, on both sides.
const HURRY: u32 = 1_000;

fn config(url: &str) -> SlackConfig {
    let token = |text: &str| Token::new(text.to_owned());
    let connection = ConnectionId("slack".to_owned());
    let mut config = SlackConfig::new(connection, token(BOT_TOKEN), token(APP_TOKEN));
    config.api_url = url.parse().unwrap();
    config.request_timeout = Duration::from_millis(1_500);
    config.limits.between_posts /= HURRY;
    config.limits.minute /= HURRY;
    config
}

/// A server in a hurry, and a bridge to it.
async fn pair() -> (SlackServer, Slack) {
    let server = SlackServer::start().await;
    server.hurry(HURRY);
    let bridge = Slack::new(config(&server.url())).unwrap();
    (server, bridge)
}

fn channel() -> Channel {
    let channel = CHANNEL.to_owned();
    Channel::Slack(SlackChannel { channel })
}

fn root(thread: &Thread) -> &str {
    match thread {
        Thread::Slack(SlackThread { ts, .. }) => ts,
        other => panic!("not a thread on Slack: {other:?}"),
    }
}

fn card() -> Line {
    Line::new("card", LineAuthor::Hinny, Text::plain("The card"))
}

async fn opened(bridge: &Slack) -> Thread {
    bridge.open(&channel(), "", &card()).await.unwrap().thread
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

/// Sends, waiting as long as the bridge asks for.
async fn send(bridge: &Slack, thread: &Thread, line: &Line) -> Vec<hinny_bridges::Post> {
    let mut line = line.clone();
    let mut sent = Vec::new();
    loop {
        match bridge.send(thread, std::slice::from_ref(&line)).await {
            Ok(posts) => {
                sent.extend(posts);
                return sent;
            }
            Err(stopped) => {
                let SendError::RateLimited { retry_after } = stopped.error else {
                    panic!("{stopped:?}");
                };
                line.parts_done += u32::try_from(stopped.sent.len()).unwrap();
                sent.extend(stopped.sent);
                tokio::time::sleep(retry_after).await;
            }
        }
    }
}

/// Does it again for as long as the bridge asks to wait.
async fn patiently<T>(call: impl AsyncFn() -> Result<T, SendError>) -> T {
    loop {
        match call().await {
            Err(SendError::RateLimited { retry_after }) => tokio::time::sleep(retry_after).await,
            other => return other.unwrap(),
        }
    }
}

/// A listener that passes over what came under the same id before: a repeated id has no second effect.
struct Once {
    listening: Listening,
    known: Vec<String>,
}

impl Once {
    /// Returns when the socket is open.
    async fn start(server: &SlackServer, bridge: &Arc<Slack>) -> Self {
        let listening = Once::with(bridge, 0, Vec::new());
        server.await_sockets(1).await;
        listening
    }

    fn with(bridge: &Arc<Slack>, refuse: usize, live: Vec<LiveThread>) -> Self {
        Once {
            listening: Listening::begin(bridge.clone(), refuse, live),
            known: Vec::new(),
        }
    }

    async fn next(&mut self) -> Inbound {
        loop {
            let next = self.listening.next().await;
            if !self.known.contains(&next.event_id) {
                self.known.push(next.event_id.clone());
                return next;
            }
        }
    }
}
