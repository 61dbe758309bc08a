//! A Discord for tests: REST and gateway on a port of its own, behaving as the public documentation says
//! (<https://discord.com/developers/docs/reference>). It keeps what it saw, lets a test speak as members of
//! the team, enforces Discord's limits, and fails on request. It is stricter than the real one: what hinny
//! must not send is refused.
//!
//! It lives in the test's process, so it outlasts a hinny that is killed and started again.

// Every story uses its own part of this.
#![allow(dead_code, unused_imports)]

#[path = "discord_checks.rs"]
mod checks;
#[path = "discord_form.rs"]
mod form;
#[path = "discord_gateway.rs"]
mod gateway;
#[path = "discord_guild.rs"]
mod guild;
#[path = "discord_limits.rs"]
mod limits;
#[path = "discord_messages.rs"]
mod messages;
#[path = "discord_people.rs"]
mod people;
#[path = "discord_rest.rs"]
mod rest;
#[path = "discord_rights.rs"]
mod rights;
#[path = "discord_sessions.rs"]
mod sessions;
#[path = "discord_shapes.rs"]
mod shapes;
#[path = "discord_state.rs"]
mod state;
#[path = "discord_threads.rs"]
mod threads;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::any};
use tokio::{net::TcpListener, task::JoinHandle};

pub use self::{
    people::Agent,
    rights::bits,
    state::{Call, Channel, Fault, Kind, Member, Message, Overwrite, Press, State},
};
use crate::watched::Watched;

/// The bot's token. Its first part is the bot's id in base 64.
pub const TOKEN: &str = "NDI.test-token.that-must-never-be-logged";
pub const BOT: u64 = 42;
pub const GUILD: u64 = 1_000;
/// The private text channel and the private forum that exist from the start.
pub const CHANNEL: u64 = 2_000;
pub const FORUM: u64 = 2_001;
/// A role of the team's.
pub const TEAM: u64 = 3_000;
/// The bot's own role, which makes it see the two channels.
pub const HINNY: u64 = 3_001;
/// How long `await_…` waits before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct DiscordServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// What the handlers and the test share.
pub type Shared = Watched<State>;

impl DiscordServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the machine has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Watched::new(State::new(&format!("http://{address}"))));
        let task = tokio::spawn(serve(listener, shared.clone()));
        DiscordServer {
            shared,
            address,
            task,
        }
    }

    /// What to put into hinny's configuration as the address of Discord.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Goes away, as in an outage: open connections break and new ones are refused.
    pub async fn stop(&mut self) {
        self.cut_sockets();
        self.shared.change(|state| state.away = true);
        self.task.abort();
        // The only way for the task to end is the abort, so its result says nothing.
        (&mut self.task).await.ok();
    }

    /// Comes back at the same address after `stop`, knowing what it knew.
    pub async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await;
        let listener = listener.expect("the port was ours and is free again");
        self.shared.change(|state| state.away = false);
        self.task = tokio::spawn(serve(listener, self.shared.clone()));
    }

    /// Counts every change of what the server knows.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.shared.subscribe()
    }

    /// Changes anything of the world: channels, roles, rights, members.
    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.shared.change(change)
    }

    /// Looks at anything.
    pub fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        self.shared.look(look)
    }

    /// A member of the team, who may speak from now on.
    pub fn agent(&self, id: u64, name: &str) -> Agent<'_> {
        self.with(|state| state.join(id, name));
        Agent { server: self, id }
    }

    /// Another bot, or somebody of a webhook's.
    pub fn bot(&self, id: u64, name: &str) -> Agent<'_> {
        self.with(|state| {
            state.join(id, name);
            state
                .members
                .entry(id)
                .and_modify(|member| member.bot = true);
        });
        Agent { server: self, id }
    }

    // What the server saw.

    /// The messages in a channel or thread, oldest first, as they stand now.
    pub fn posts(&self, channel: u64) -> Vec<Message> {
        self.look(|state| state.in_channel(channel))
    }

    /// The threads of a channel or forum that exist, oldest first.
    pub fn threads(&self, parent: u64) -> Vec<Channel> {
        let of_parent = |channel: &&Channel| channel.parent == Some(parent);
        self.look(|state| state.channels.values().filter(of_parent).cloned().collect())
    }

    /// Every call of one route, for instance `POST channels/messages`; ids are left out of its name.
    pub fn calls(&self, route: &str) -> Vec<Call> {
        let wanted = |call: &&Call| call.route == route;
        self.look(|state| state.calls.iter().filter(wanted).cloned().collect())
    }

    /// How many calls were answered with 429, and how many came before the time a 429 had named.
    pub fn limit_hits(&self) -> (usize, usize) {
        self.look(|state| (state.limits.too_many, state.limits.too_early))
    }

    /// Presses of buttons, with whether and when they were acknowledged.
    pub fn presses(&self) -> Vec<Press> {
        self.look(|state| state.presses.clone())
    }

    // Faults.

    /// The next `times` calls of `route` end in `fault`; `any` stands for every route.
    pub fn fail_next(&self, route: &str, times: usize, fault: Fault) {
        let faults = std::iter::repeat_n((route.to_owned(), fault), times);
        self.with(|state| state.faults.extend(faults));
    }

    /// A seeded script: each later call fails with a chance of one in `one_in`, in one of `faults`.
    pub fn fault_script(&self, seed: u64, one_in: u64, faults: &[Fault]) {
        self.with(|state| state.script = Some((seed.max(1), one_in, faults.to_vec())));
    }

    /// Limits so wide that a test may send hundreds of messages.
    pub fn relax_limits(&self) {
        self.with(|state| state.limits.relaxed = true);
    }

    // Waiting for an observation. Each fails the test after `PATIENCE`, saying what was there instead.

    pub async fn await_posts(&self, channel: u64, count: usize) -> Vec<Message> {
        let enough = |state: &State| {
            let posts = state.in_channel(channel);
            (posts.len() >= count).then_some(posts)
        };
        self.until(&format!("{count} posts in {channel}"), enough)
            .await
    }

    /// Waits until a post in the channel contains `words`.
    pub async fn await_words(&self, channel: u64, words: &str) -> Message {
        let says = |state: &State| {
            let mut posts = state.in_channel(channel).into_iter();
            posts.find(|post| post.content.contains(words))
        };
        self.until(&format!("{words:?} in {channel}"), says).await
    }

    pub async fn await_threads(&self, parent: u64, count: usize) -> Vec<Channel> {
        let enough = |state: &State| {
            let all = state.channels.values();
            let found = all.filter(|channel| channel.parent == Some(parent));
            let found: Vec<Channel> = found.cloned().collect();
            (found.len() >= count).then_some(found)
        };
        self.until(&format!("{count} threads in {parent}"), enough)
            .await
    }

    pub async fn await_calls(&self, route: &str, count: usize) -> Vec<Call> {
        let enough = |state: &State| {
            let calls = state.calls.iter().filter(|call| call.route == route);
            let calls: Vec<Call> = calls.cloned().collect();
            (calls.len() >= count).then_some(calls)
        };
        self.until(&format!("{count} calls of {route}"), enough)
            .await
    }

    /// Waits until `look` finds what it looks for.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        match self.shared.until(PATIENCE, look).await {
            Some(found) => found,
            None => panic!(
                "waited {PATIENCE:?} in vain for {what}; Discord has\n{}",
                self.shared.look(State::summary)
            ),
        }
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let routes = Router::new()
        .route("/api/v10/{*path}", any(rest::answer))
        .route("/gateway/", any(gateway::connect))
        .route("/gateway", any(gateway::connect))
        .route("/attachments/{*path}", any(rest::file))
        .route("/avatars/{*path}", any(rest::file))
        .with_state(shared);
    axum::serve(listener, routes)
        .await
        .expect("the server runs until the test ends");
}

impl Drop for DiscordServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
