//! The Slack bridge on real sockets: against hinny's own platform server, which is strict and fails on
//! request, and that server against a client that other people wrote.

#![allow(clippy::unwrap_used)]

#[path = "../../../tests/platforms/slack.rs"]
mod platform;
#[path = "../support/python.rs"]
mod python;

mod backfill;
mod emulator;
mod examine;
mod faults;
mod fidelity_in;
mod fidelity_out;
mod inbound;
mod outbound;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hinny_bridges::{
    Bridge, Channel, ConnectionId, Happened, Inbound, Inbox, Line, LineAuthor, LiveThread,
    NotStored, SendError, SlackChannel, SlackThread, Thread,
    slack::{Slack, SlackConfig, Token},
    text::{Block, Inline, Text},
};
use platform::{APP_TOKEN, BOT_TOKEN, CHANNEL, PATIENCE, SlackServer};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

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

/// Keeps what comes in, and refuses the first `refuse` things.
struct Ledger {
    seen: UnboundedSender<Inbound>,
    refuse: Mutex<usize>,
    live: Vec<LiveThread>,
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

    async fn live(&self, _connection: &ConnectionId) -> Result<Vec<LiveThread>, NotStored> {
        Ok(self.live.clone())
    }
}

/// A listener in the background that is started again whenever it stops, as hinny does.
struct Listening {
    seen: UnboundedReceiver<Inbound>,
    known: Vec<String>,
    task: JoinHandle<()>,
}

impl Listening {
    /// Returns when the socket is open.
    async fn start(server: &SlackServer, bridge: &Arc<Slack>) -> Self {
        let listening = Listening::with(bridge, 0, Vec::new());
        server.await_sockets(1).await;
        listening
    }

    fn with(bridge: &Arc<Slack>, refuse: usize, live: Vec<LiveThread>) -> Self {
        let (sender, seen) = unbounded_channel();
        let ledger = Ledger {
            seen: sender,
            refuse: Mutex::new(refuse),
            live,
        };
        let bridge = bridge.clone();
        let task = tokio::spawn(async move {
            loop {
                let error = bridge.listen(&ledger).await;
                println!("listening ended: {error}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        Listening {
            seen,
            known: Vec::new(),
            task,
        }
    }

    /// The next thing under an id that was not there before: a repeated id has no second effect.
    async fn next(&mut self) -> Inbound {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.seen.recv()).await;
            let next = next
                .expect("something comes in")
                .expect("the listener lives");
            if !self.known.contains(&next.event_id) {
                self.known.push(next.event_id.clone());
                return next;
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn said(inbound: &Inbound) -> &hinny_bridges::Said {
    match &inbound.what {
        Happened::Said(said) => said,
        other => panic!("not words: {other:?}"),
    }
}

fn words(inbound: &Inbound) -> String {
    said(inbound).text.to_plain()
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
