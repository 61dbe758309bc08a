//! A Telegram for tests: an HTTP server on a port of its own that behaves as the public documentation
//! says (<https://core.telegram.org/bots/api>), keeps what it saw, lets a test speak as an agent, and
//! fails on request. It is stricter than the real one: what hinny must not send is refused.
//!
//! It lives in the test's process, so it outlasts a hinny that is killed and started again.

// Every story uses its own part of this.
#![allow(dead_code)]

#[path = "telegram_body.rs"]
mod body;
#[path = "telegram_checks.rs"]
mod checks;
#[path = "telegram_faults.rs"]
mod faults;
#[path = "telegram_files.rs"]
mod files;
#[path = "telegram_groups.rs"]
mod groups;
#[path = "telegram_messages.rs"]
mod messages;
#[path = "telegram_methods.rs"]
mod methods;
#[path = "telegram_people.rs"]
mod people;
#[path = "telegram_signs.rs"]
mod signs;
#[path = "telegram_state.rs"]
mod state;
#[path = "telegram_topics.rs"]
mod topics;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{any, get},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

#[allow(unused_imports)]
pub use self::{
    faults::{Fault, Storm},
    groups::{BotRole, Group},
    people::Agent,
    state::{Call, Posted, State, Topic},
};
use crate::watched::Watched;

/// The bot that hinny plays. The number is the bot's user id.
pub const TOKEN: &str = "123:test-token_that-must-never-be-logged";
/// The forum group that exists from the start.
pub const CHAT: i64 = -1_001_000_000_001;
/// How long `await_…` waits before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct TelegramServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// What the handlers and the test share.
pub type Shared = Watched<State>;

impl TelegramServer {
    pub async fn start() -> Self {
        let shared = Arc::new(Watched::new(State::new(CHAT)));
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the machine has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let task = tokio::spawn(serve(listener, shared.clone()));
        TelegramServer {
            shared,
            address,
            task,
        }
    }

    /// What to put into hinny's configuration as the address of the Bot API.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Goes away, as in an outage: open connections break and new ones are refused.
    pub async fn stop(&mut self) {
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

    // The group, as a person in it sees it.

    pub fn topics(&self) -> Vec<Topic> {
        self.shared.look(|state| state.topics.clone())
    }

    /// What the bot posted into a topic, in order.
    pub fn posts(&self, topic: i32) -> Vec<Posted> {
        self.shared.look(|state| state.posts_in(topic))
    }

    pub fn all_posts(&self) -> Vec<Posted> {
        self.shared.look(|state| state.posts.clone())
    }

    /// Another group the bot belongs to.
    pub fn add_group(&self, chat: i64, is_forum: bool) {
        self.shared
            .change(|state| state.groups.push(Group::new(chat, is_forum)));
    }

    /// Ann, who is with the team, writes into a topic. Returns the message's id.
    pub fn agent_says(&self, topic: i32, text: &str) -> i32 {
        self.agent_says_styled(topic, text, json!([]))
    }

    pub fn agent_says_styled(&self, topic: i32, text: &str, entities: Value) -> i32 {
        self.person_says(topic, (4242, "Ann"), text, entities)
    }

    /// Anybody, by user id and first name, writes into a topic.
    pub fn person_says(&self, topic: i32, who: (i64, &str), text: &str, entities: Value) -> i32 {
        let mut content = json!({ "text": text });
        if entities.as_array().is_some_and(|list| !list.is_empty()) {
            content["entities"] = entities;
        }
        self.agent(who.0, who.1).writes(topic, content)
    }

    /// Somebody writes into the group, outside of any topic.
    pub fn agent_says_in_general(&self, text: &str) -> i32 {
        self.shared.change(|state| {
            let mut message = state.message(CHAT, None, state::person((4242, "Ann")));
            message["text"] = text.into();
            state.receive("message", message)
        })
    }

    /// Any update, for kinds that have no verb here: `kind` is for instance `message`.
    pub fn push_update(&self, kind: &str, content: Value) {
        self.shared.change(|state| state.receive(kind, content));
    }

    /// A person closes a topic by hand.
    pub fn close_topic(&self, topic: i32) {
        self.shared.change(|state| {
            state.set_open(topic, false);
            let chat = state.topic(topic).map_or(CHAT, |topic| topic.chat);
            let mut message = state.message(chat, Some(topic), state::person((4242, "Ann")));
            message["forum_topic_closed"] = json!({});
            state.receive("message", message)
        });
    }

    /// A person deletes a topic. Telegram tells no bot about it.
    pub fn delete_topic(&self, topic: i32) {
        self.shared
            .change(|state| state.topics.retain(|other| other.id != topic));
    }

    // Faults and limits.

    /// The next `times` calls of `method` end in `fault`; `any` stands for all methods but `getUpdates`.
    pub fn fail_next(&self, method: &str, times: usize, fault: Fault) {
        let method = method.to_lowercase();
        self.shared.change(|state| {
            let faults = std::iter::repeat_n((method, fault), times);
            state.faults.extend(faults);
        });
    }

    /// From now on the bytes of files do not come, or come again.
    pub fn files_are_stuck(&self, stuck: bool) {
        self.shared.change(|state| state.stuck = stuck);
    }

    /// From now on refuses what goes beyond so many posts per minute and group, as the real one does.
    pub fn enforce_limit(&self, per_minute: usize) {
        self.shared
            .change(|state| state.per_minute = Some(per_minute));
    }

    /// The same with a minute of another length, so that tests need not last as long.
    pub fn enforce_limit_in(&self, per_minute: usize, minute: Duration) {
        self.shared.change(|state| {
            state.per_minute = Some(per_minute);
            state.minute = minute;
        });
    }

    /// Plans faults one by one: each is a method, or `any`, and what becomes of its next call.
    pub fn faults(&self, script: &[(&str, Fault)]) {
        for (method, fault) in script {
            self.fail_next(method, 1, *fault);
        }
    }

    /// From now on calls fail by chance; none for fair weather.
    pub fn set_storm(&self, storm: Option<Storm>) {
        self.shared.change(|state| state.storm = storm);
    }

    /// Delivers what is waiting in the opposite order.
    pub fn turn_updates_around(&self) {
        self.shared.change(State::turn_around);
    }

    /// Delivers the last `count` confirmed updates once more, under the same ids.
    pub fn repeat_updates(&self, count: usize) {
        self.shared.change(|state| state.repeat(count));
    }

    // What the server saw.

    /// Every call in order, with its time and the status of the answer.
    pub fn calls(&self, method: &str) -> Vec<Call> {
        let method = method.to_lowercase();
        let wanted = |call: &&Call| call.method == method;
        self.shared
            .look(|state| state.calls.iter().filter(wanted).cloned().collect())
    }

    /// How many calls were answered with 429, and how many came before the time a 429 had named.
    pub fn limit_hits(&self) -> (usize, usize) {
        self.shared.look(|state| (state.too_many, state.too_early))
    }

    /// Updates that are not confirmed yet.
    pub fn pending_updates(&self) -> usize {
        self.shared.look(|state| state.pending.len())
    }

    // Waiting for an observation. Each fails the test after `PATIENCE`, saying what was there instead.

    pub async fn await_posts(&self, topic: i32, count: usize) -> Vec<Posted> {
        let enough = |state: &State| {
            let posts = state.posts_in(topic);
            (posts.len() >= count).then_some(posts)
        };
        self.until(&format!("{count} posts in topic {topic}"), enough)
            .await
    }

    /// Waits until a post in the topic contains `words`.
    pub async fn await_words(&self, topic: i32, words: &str) -> Posted {
        let says = |state: &State| {
            let mut posts = state.posts_in(topic).into_iter();
            posts.find(|post| post.text.contains(words))
        };
        self.until(&format!("{words:?} in topic {topic}"), says)
            .await
    }

    pub async fn await_topics(&self, count: usize) -> Vec<Topic> {
        let enough = |state: &State| (state.topics.len() >= count).then(|| state.topics.clone());
        self.until(&format!("{count} topics"), enough).await
    }

    pub async fn await_calls(&self, method: &str, count: usize) -> Vec<Call> {
        let method = method.to_lowercase();
        let enough = |state: &State| {
            let calls = state.calls.iter().filter(|call| call.method == method);
            let calls: Vec<Call> = calls.cloned().collect();
            (calls.len() >= count).then_some(calls)
        };
        self.until(&format!("{count} calls of {method}"), enough)
            .await
    }

    pub async fn await_all_confirmed(&self) {
        let none_left = |state: &State| state.pending.is_empty().then_some(());
        self.until("every update confirmed", none_left).await;
    }

    /// Waits for as long as it takes; whoever calls has a deadline of its own.
    pub async fn first<T>(&self, look: impl Fn(&State) -> Option<T>) -> T {
        loop {
            if let Some(found) = self.shared.until(PATIENCE, &look).await {
                return found;
            }
        }
    }

    /// Waits until `look` finds what it looks for.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        match self.shared.until(PATIENCE, look).await {
            Some(found) => found,
            None => panic!(
                "waited {PATIENCE:?} in vain for {what}; Telegram has\n{}",
                self.shared.look(State::summary)
            ),
        }
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let routes = Router::new()
        .route("/{bot}/{method}", any(methods::answer))
        .route("/file/{bot}/{*path}", get(files::download))
        .layer(DefaultBodyLimit::max(64 << 20))
        .with_state(shared);
    axum::serve(listener, routes)
        .await
        .expect("the server runs until the test ends");
}

impl Drop for TelegramServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
