//! A Slack for tests: Web API, Socket Mode and files on a port of its own, as the public documentation says
//! (<https://docs.slack.dev/reference/methods>). It keeps what it saw, lets a test speak as members, enforces Slack's
//! limits, and fails on request or by a seeded dice. It is stricter than the real one: what a client must not send is
//! refused.
//!
//! It lives in the test's process, so it outlasts a hinny that is killed and started again.

// Every story uses its own part of this.
#![allow(dead_code)]

#[path = "slack_channels.rs"]
mod channels;
#[path = "slack_chat.rs"]
mod chat;
#[path = "slack_checks.rs"]
mod checks;
#[path = "slack_dice.rs"]
mod dice;
#[path = "slack_files.rs"]
mod files;
#[path = "slack_methods.rs"]
mod methods;
#[path = "slack_socket.rs"]
mod socket;
#[path = "slack_specs.rs"]
mod specs;
#[path = "slack_state.rs"]
mod state;
#[path = "slack_story.rs"]
mod story;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{any, get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

#[allow(unused_imports)]
pub use self::{
    state::{Call, Channel, EventFault, Fault, Stash, State, channel},
    story::{Agent, Device},
};
use crate::watched::Watched;

pub const BOT_TOKEN: &str = "xoxb-1-test-token-that-must-never-be-logged";
pub const APP_TOKEN: &str = "xapp-1-test-token-that-must-never-be-logged";
/// The workspace, the bot's user and bot ids, and the private channel that exists from the start.
pub const TEAM: &str = "T0ACME";
pub const BOT: &str = "U0HINNY";
pub const BOT_ID: &str = "B0HINNY";
pub const CHANNEL: &str = "C0SUPPORT";
/// How long `await_…` waits before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct SlackServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// What the handlers and the test share.
pub type Shared = Watched<State>;

/// A message as people see it.
#[derive(Clone, Debug)]
pub struct Posted {
    pub channel: String,
    pub ts: String,
    pub thread: Option<String>,
    pub user: String,
    /// The words of its rich text.
    pub text: String,
    pub value: Value,
    /// Whom it calls.
    pub pings: Vec<String>,
    pub buttons: Vec<String>,
    /// Names of the emoji on it.
    pub reactions: Vec<String>,
    pub files: Vec<String>,
    pub at: Instant,
}

impl SlackServer {
    pub async fn start() -> Self {
        let shared = Arc::new(Watched::new(State::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the machine has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        shared.change(|state| state.address = address.to_string());
        let task = tokio::spawn(serve(listener, shared.clone()));
        SlackServer {
            shared,
            address,
            task,
        }
    }

    /// What to put into hinny's configuration as the address of the API.
    pub fn url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// Goes away, as in an outage: sockets are cut, and new connections are refused.
    pub async fn stop(&mut self) {
        self.change(|state| {
            state.away = true;
            state.cut();
        });
        self.task.abort();
        // The only way for the task to end is the abort, so its result says nothing.
        (&mut self.task).await.ok();
    }

    /// Comes back at the same address after `stop`, knowing what it knew.
    pub async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await;
        let listener = listener.expect("the port was ours and is free again");
        self.change(|state| state.away = false);
        self.task = tokio::spawn(serve(listener, self.shared.clone()));
    }

    /// Counts every change of what the server knows.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.shared.subscribe()
    }

    /// For what has no verb here.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.shared.change(change)
    }

    /// Gives a member a picture.
    pub fn has_picture(&self, id: &str, bytes: &[u8]) {
        self.change(|state| {
            let address = format!("http://{}/avatars/{id}", state.address);
            let user = state.users.get_mut(id).expect("the member exists");
            user["profile"]["image_192"] = address.into();
            state.pictures.insert(id.to_owned(), bytes.to_vec());
        });
    }

    /// Another private channel, with the bot in it; nothing happens when it is there already.
    pub fn add_channel(&self, id: &str, name: &str) {
        self.change(|state| {
            if state.channel(id).is_none() {
                state.channels.push(state::channel(id, name));
            }
        });
    }

    pub fn open_sockets(&self) -> usize {
        self.shared.look(|state| state.links.len())
    }

    // The channel, as people in it see it.

    /// A member of the workspace and the channel, made on first use.
    pub fn agent(&self, id: &str, name: &str) -> Agent<'_> {
        self.person(id, name, json!({}))
    }

    /// A guest of the workspace.
    pub fn guest(&self, id: &str, name: &str) -> Agent<'_> {
        self.person(id, name, json!({"is_restricted": true}))
    }

    /// Somebody of another workspace, in a shared channel.
    pub fn stranger(&self, id: &str, name: &str) -> Agent<'_> {
        self.person(id, name, json!({"is_stranger": true, "team_id": "T0OTHER"}))
    }

    pub fn bot(&self, id: &str, name: &str) -> Agent<'_> {
        self.person(id, name, json!({"is_bot": true}))
    }

    pub fn person(&self, id: &str, name: &str, more: Value) -> Agent<'_> {
        self.change(|state| story::admit(state, id, name, more));
        Agent {
            server: self,
            id: id.to_owned(),
            device: Device::Desktop,
        }
    }

    /// The cards: what the bot posted into the channel, outside of any thread.
    pub fn cards(&self) -> Vec<Posted> {
        self.shared
            .look(|state| posted(state, |message| message.thread.is_none()))
    }

    /// What the bot posted under a card, in order.
    pub fn posts(&self, thread: &str) -> Vec<Posted> {
        self.shared.look(|state| posts_in(state, thread))
    }

    pub fn all_posts(&self) -> Vec<Posted> {
        self.shared.look(|state| posted(state, |_| true))
    }

    /// A message of anybody's.
    pub fn message(&self, ts: &str) -> Option<Value> {
        self.change(|state| {
            state
                .message(CHANNEL, ts)
                .map(|message| message.value.clone())
        })
    }

    pub fn file(&self, name: &str) -> Option<Stash> {
        self.shared
            .look(|state| state.files.iter().find(|file| file.name == name).cloned())
    }

    // Faults and limits.

    /// The next `times` calls of `method` end in `fault`; `any` stands for all methods.
    pub fn fail_next(&self, method: &str, times: usize, fault: Fault) {
        let faults = std::iter::repeat_n((method.to_owned(), fault), times);
        self.change(|state| state.faults.extend(faults));
    }

    /// What becomes of the next events.
    pub fn disturb(&self, faults: &[EventFault]) {
        self.change(|state| state.event_faults.extend(faults));
    }

    /// From now on calls and events go wrong by a seeded dice, at most `count` times.
    pub fn misbehave(&self, seed: u64, count: u32) {
        self.change(|state| state.dice = Some(dice::Dice::new(seed, count)));
    }

    /// Time passes so many times faster for the limits.
    pub fn hurry(&self, factor: u32) {
        self.change(|state| state.hurry = factor);
    }

    pub fn cut_sockets(&self) {
        self.change(State::cut);
    }

    /// Asks clients to reconnect, for instance with `refresh_requested`.
    pub fn disconnect(&self, reason: &str) {
        self.change(|state| state.disconnect(reason));
    }

    // What the server saw.

    pub fn calls(&self, method: &str) -> Vec<Call> {
        let wanted = |call: &&Call| call.method == method;
        self.shared
            .look(|state| state.calls.iter().filter(wanted).cloned().collect())
    }

    /// How many calls were answered with 429, and how many came before the time a 429 had named.
    pub fn limit_hits(&self) -> (usize, usize) {
        self.shared.look(|state| (state.too_many, state.too_early))
    }

    pub fn violations(&self) -> Vec<String> {
        self.shared.look(|state| state.violations.clone())
    }

    // Waiting for an observation. Each fails the test after `PATIENCE`, saying what was there instead.

    pub async fn await_cards(&self, count: usize) -> Vec<Posted> {
        let enough = |state: &State| {
            let cards = posted(state, |message| message.thread.is_none());
            (cards.len() >= count).then_some(cards)
        };
        self.until(&format!("{count} cards"), enough).await
    }

    pub async fn await_posts(&self, thread: &str, count: usize) -> Vec<Posted> {
        let enough = |state: &State| {
            let posts = posts_in(state, thread);
            (posts.len() >= count).then_some(posts)
        };
        self.until(&format!("{count} posts in {thread}"), enough)
            .await
    }

    /// Waits until a post in the thread contains `words`.
    pub async fn await_words(&self, thread: &str, words: &str) -> Posted {
        let says = |state: &State| {
            let mut posts = posts_in(state, thread).into_iter();
            posts.find(|post| post.text.contains(words))
        };
        self.until(&format!("{words:?} in {thread}"), says).await
    }

    /// Waits until this many sockets are open.
    pub async fn await_sockets(&self, count: usize) {
        let open = |state: &State| (state.links.len() == count).then_some(());
        self.until(&format!("{count} open sockets"), open).await;
    }

    pub async fn await_opened(&self, count: usize) {
        let opened = |state: &State| (state.opened >= count).then_some(());
        self.until(&format!("{count} sockets opened in all"), opened)
            .await;
    }

    /// Waits until every event that was handed out is acknowledged.
    pub async fn await_all_acknowledged(&self) {
        let none = |state: &State| {
            (state.unacknowledged.is_empty() && state.waiting.is_empty()).then_some(())
        };
        self.until("every event acknowledged", none).await;
    }

    /// Waits until `look` finds what it looks for.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        match self.shared.until(PATIENCE, look).await {
            Some(found) => found,
            None => panic!(
                "waited {PATIENCE:?} in vain for {what}; Slack has\n{}",
                self.shared.look(State::summary)
            ),
        }
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let routes = Router::new()
        .route("/api/{method}", any(methods::answer))
        .route("/link", get(socket::connect))
        .route("/upload/{id}", post(files::upload))
        .route("/files-pri/{team}/{id}", get(files::download))
        .route("/avatars/{id}", get(files::picture))
        .layer(DefaultBodyLimit::max(64 << 20))
        .with_state(shared);
    axum::serve(listener, routes)
        .await
        .expect("the server runs until the test ends");
}

fn posts_in(state: &State, thread: &str) -> Vec<Posted> {
    posted(state, |message| message.thread.as_deref() == Some(thread))
}

/// The bot's messages among those that are wanted.
fn posted(state: &State, wanted: impl Fn(&state::Stored) -> bool) -> Vec<Posted> {
    let own = |message: &&state::Stored| message.value["user"] == BOT && wanted(message);
    let names = |value: &Value, key: &str| -> Vec<String> {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(|one| one[key].as_str().map(str::to_owned))
            .collect()
    };
    let shown = |message: &state::Stored| {
        let value = &message.value;
        let blocks = value["blocks"].as_array().into_iter().flatten();
        let rows = blocks.filter(|block| block["type"] == "actions");
        let buttons = rows.flat_map(|row| row["elements"].as_array().into_iter().flatten());
        Posted {
            channel: message.channel.clone(),
            ts: message.ts.clone(),
            thread: message.thread.clone(),
            user: BOT.to_owned(),
            text: checks::shown(&value["blocks"]),
            pings: checks::pings(value["text"].as_str().unwrap_or_default(), &value["blocks"]),
            buttons: buttons
                .filter_map(|button| button["text"]["text"].as_str().map(str::to_owned))
                .collect(),
            reactions: names(&value["reactions"], "name"),
            files: names(&value["files"], "name"),
            at: message.at,
            value: value.clone(),
        }
    };
    state.messages.iter().filter(own).map(shown).collect()
}

impl Drop for SlackServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
