//! What the Telegram for tests remembers: groups, topics, posts, updates, calls and planned faults.

use std::{
    collections::VecDeque,
    fmt::Write,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

/// How a call can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 with so many seconds to wait.
    TooMany(u64),
    /// 500; nothing happened.
    ServerError,
    /// Nothing happens, and no answer comes.
    Hang,
    /// The call has its effect, but no answer comes.
    HangAfterAccept,
    /// Nothing happens, and the connection breaks.
    Reset,
    /// The call has its effect, and the connection breaks before the answer.
    ResetAfterAccept,
    /// An error of the API's own: status and description.
    Refuse(u16, &'static str),
}

/// A forum topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub id: i32,
    pub chat: i64,
    pub name: String,
    pub open: bool,
}

/// A message of the bot's.
#[derive(Clone, Debug)]
pub struct Posted {
    pub id: i32,
    pub topic: Option<i32>,
    pub text: String,
    pub entities: Vec<Value>,
    pub at: Instant,
    /// Names that Telegram would notify because of this message.
    pub pings: Vec<String>,
}

/// A call of the bot's, with the method in small letters and the status of the answer; 0 for none.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub params: Value,
    pub at: Instant,
    pub status: u16,
}

pub struct State {
    pub groups: Vec<(i64, bool)>,
    pub topics: Vec<Topic>,
    pub posts: Vec<Posted>,
    pub calls: Vec<Call>,
    /// Updates that are not confirmed, oldest first.
    pub pending: VecDeque<Value>,
    pub confirmed: Vec<Value>,
    /// Confirmed updates that the next `getUpdates` gets all the same.
    pub repeated: Vec<Value>,
    pub faults: Vec<(String, Fault)>,
    pub per_minute: Option<usize>,
    /// When posts were accepted, per group.
    pub accepted: Vec<(i64, Instant)>,
    pub quiet_until: Vec<(i64, Instant)>,
    /// Whether the server has gone away.
    pub away: bool,
    pub too_many: usize,
    pub too_early: usize,
    /// Counts polls: only the newest may wait.
    pub poll: u64,
    pub allowed_updates: Vec<String>,
    next_message: i32,
    next_update: i64,
}

impl State {
    pub fn new(chat: i64) -> Self {
        State {
            groups: vec![(chat, true)],
            topics: Vec::new(),
            posts: Vec::new(),
            calls: Vec::new(),
            pending: VecDeque::new(),
            confirmed: Vec::new(),
            repeated: Vec::new(),
            faults: Vec::new(),
            per_minute: None,
            accepted: Vec::new(),
            quiet_until: Vec::new(),
            away: false,
            too_many: 0,
            too_early: 0,
            poll: 0,
            allowed_updates: Vec::new(),
            next_message: 100,
            next_update: 900_000,
        }
    }

    pub fn topic(&self, id: i32) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.id == id)
    }

    /// Whether this changed anything.
    pub fn set_open(&mut self, id: i32, open: bool) -> bool {
        let topic = self.topics.iter_mut().find(|topic| topic.id == id);
        topic.is_some_and(|topic| std::mem::replace(&mut topic.open, open) != open)
    }

    pub fn posts_in(&self, topic: i32) -> Vec<Posted> {
        let posts = self.posts.iter();
        posts
            .filter(|post| post.topic == Some(topic))
            .cloned()
            .collect()
    }

    pub fn message_id(&mut self) -> i32 {
        self.next_message += 1;
        self.next_message
    }

    /// The frame of a message, as every update and every answer has it.
    pub fn message(&mut self, chat: i64, topic: Option<i32>, from: Value) -> Value {
        let is_forum = self.groups.contains(&(chat, true));
        let mut message = json!({
            "message_id": self.message_id(),
            "from": from,
            "chat": {"id": chat, "title": "Support", "type": "supergroup", "is_forum": is_forum},
            "date": now(),
        });
        if let Some(topic) = topic {
            message["message_thread_id"] = topic.into();
            message["is_topic_message"] = true.into();
        }
        message
    }

    /// Puts an update where `getUpdates` finds it. Returns the message's id.
    pub fn receive(&mut self, kind: &str, content: Value) -> i32 {
        let id = content["message_id"].as_i64().unwrap_or_default();
        let allowed = &self.allowed_updates;
        if allowed.is_empty() || allowed.iter().any(|allowed| allowed == kind) {
            self.next_update += 1;
            let mut update = json!({ "update_id": self.next_update });
            update[kind] = content;
            self.pending.push_back(update);
        }
        i32::try_from(id).expect("message ids are small")
    }

    /// An offset confirms everything before it.
    pub fn confirm(&mut self, offset: i64) {
        while let Some(update) = self.pending.front() {
            if update["update_id"].as_i64() >= Some(offset) {
                break;
            }
            self.confirmed.extend(self.pending.pop_front());
        }
    }

    pub fn repeat(&mut self, count: usize) {
        let from = self.confirmed.len().saturating_sub(count);
        self.repeated = self.confirmed[from..].to_vec();
    }

    /// The fault that is planned for this call, if any.
    pub fn take_fault(&mut self, method: &str) -> Option<Fault> {
        let meant = |(planned, _): &(String, Fault)| {
            planned == method || (planned == "any" && method != "getupdates")
        };
        let index = self.faults.iter().position(meant)?;
        Some(self.faults.remove(index).1)
    }

    /// Seconds to wait if a post into this group now would be one too many. Otherwise counts it.
    pub fn spend(&mut self, chat: i64) -> Result<(), u64> {
        let now = Instant::now();
        let quiet = self.quiet_until.iter().filter(|quiet| quiet.0 == chat);
        if let Some(until) = quiet
            .map(|quiet| quiet.1)
            .max()
            .filter(|until| now < *until)
        {
            self.too_early += 1;
            return Err(self.refuse_for(chat, until - now));
        }
        let minute = Duration::from_secs(60);
        self.accepted.retain(|(_, at)| now - *at < minute);
        let spent = self.accepted.iter().filter(|accepted| accepted.0 == chat);
        let spent: Vec<Instant> = spent.map(|accepted| accepted.1).collect();
        if self.per_minute.is_some_and(|limit| spent.len() >= limit) {
            let oldest = spent.first().copied().unwrap_or(now);
            return Err(self.refuse_for(chat, oldest + minute - now));
        }
        self.accepted.push((chat, now));
        Ok(())
    }

    /// Notes a 429 and returns its whole seconds.
    pub fn refuse_for(&mut self, chat: i64, left: Duration) -> u64 {
        let seconds = left.as_secs_f64().ceil() as u64;
        let until = Instant::now() + Duration::from_secs(seconds);
        self.quiet_until.push((chat, until));
        self.too_many += 1;
        seconds
    }

    /// For a test that waited in vain.
    pub fn summary(&self) -> String {
        let mut out = String::new();
        for topic in &self.topics {
            writeln!(
                out,
                "topic {} {:?} open: {}",
                topic.id, topic.name, topic.open
            )
            .expect("writing to a string cannot fail");
            for post in self.posts_in(topic.id) {
                writeln!(out, "  {}: {:?}", post.id, post.text)
                    .expect("writing to a string cannot fail");
            }
        }
        let (pending, calls) = (self.pending.len(), self.calls.len());
        writeln!(out, "{pending} updates pending, {calls} calls in all")
            .expect("writing to a string cannot fail");
        out
    }
}

pub fn person((id, name): (i64, &str)) -> Value {
    json!({"id": id, "is_bot": false, "first_name": name, "language_code": "en"})
}

pub fn bot() -> Value {
    json!({"id": 123, "is_bot": true, "first_name": "Hinny", "username": "hinny_test_bot"})
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("the clock is past 1970").as_secs()
}
