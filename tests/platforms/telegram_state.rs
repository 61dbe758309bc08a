//! What the Telegram for tests remembers: groups, topics, messages, updates, calls and planned faults.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt::Write,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{
    body::Upload,
    faults::{Fault, Storm},
    groups::{BotRole, Group},
};

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
    pub chat: i64,
    pub reply_to: Option<i32>,
    /// The rows of buttons, as (label, data).
    pub buttons: Vec<Vec<(String, String)>>,
    /// Its kind and content, when this is a file; `text` is the caption then.
    pub file: Option<(String, Upload)>,
    pub edits: usize,
}

impl Posted {
    /// A message of plain words.
    pub fn words(id: i32, chat: i64, topic: Option<i32>, text: &str, at: Instant) -> Self {
        Posted {
            id,
            topic,
            text: text.to_owned(),
            entities: Vec::new(),
            at,
            pings: Vec::new(),
            chat,
            reply_to: None,
            buttons: Vec::new(),
            file: None,
            edits: 0,
        }
    }
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
    pub groups: Vec<Group>,
    /// Everybody who ever wrote, by user id and first name.
    pub people: Vec<(i64, String)>,
    /// Whether the bot sees only what is meant for it, where it is no administrator.
    pub privacy: bool,
    pub webhook: String,
    pub topics: Vec<Topic>,
    /// What the bot posted and nobody deleted.
    pub posts: Vec<Posted>,
    /// All messages as they are now, by chat and id.
    pub messages: HashMap<(i64, i32), Value>,
    /// Messages that are older than the 48 hours in which everybody may delete their own.
    pub old: HashSet<(i64, i32)>,
    /// Deleted messages of the bot's.
    pub deleted: Vec<Posted>,
    /// The bot's reaction per message.
    pub reactions: HashMap<(i64, i32), String>,
    /// What `getFile` finds, by file id.
    pub files: HashMap<String, Upload>,
    /// Presses of buttons that nobody answered yet.
    pub open_queries: HashSet<String>,
    /// The picture of a user, in its sizes.
    pub pictures: HashMap<i64, Value>,
    pub calls: Vec<Call>,
    /// Updates that are not confirmed, oldest first.
    pub pending: VecDeque<Value>,
    pub confirmed: Vec<Value>,
    /// Confirmed updates that the next `getUpdates` gets all the same.
    pub repeated: Vec<Value>,
    pub faults: Vec<(String, Fault)>,
    pub storm: Option<Storm>,
    pub per_minute: Option<usize>,
    /// How long a minute lasts here.
    pub minute: Duration,
    /// When posts were accepted, per group.
    pub accepted: Vec<(i64, Instant)>,
    pub quiet_until: Vec<(i64, Instant)>,
    /// Whether the server has gone away.
    pub away: bool,
    /// Somebody revoked the token at BotFather.
    pub revoked: bool,
    /// Whether bytes of files do not come.
    pub stuck: bool,
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
            groups: vec![Group::new(chat, true)],
            people: Vec::new(),
            privacy: false,
            webhook: String::new(),
            topics: Vec::new(),
            posts: Vec::new(),
            messages: HashMap::new(),
            old: HashSet::new(),
            deleted: Vec::new(),
            reactions: HashMap::new(),
            files: HashMap::new(),
            open_queries: HashSet::new(),
            pictures: HashMap::new(),
            calls: Vec::new(),
            pending: VecDeque::new(),
            confirmed: Vec::new(),
            repeated: Vec::new(),
            faults: Vec::new(),
            storm: None,
            per_minute: None,
            minute: Duration::from_secs(60),
            accepted: Vec::new(),
            quiet_until: Vec::new(),
            away: false,
            revoked: false,
            stuck: false,
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
        let group = self.groups.iter().find(|group| group.chat == chat);
        let group = group.map_or_else(|| json!({"id": chat, "type": "group"}), Group::json);
        let mut message = json!({
            "message_id": self.message_id(),
            "from": from,
            "chat": group,
            "date": now(),
        });
        if let Some(topic) = topic {
            message["message_thread_id"] = topic.into();
            message["is_topic_message"] = true.into();
        }
        message
    }

    /// A message that now stands in the group.
    pub fn keep(&mut self, message: &Value) {
        let id = message["message_id"].as_i64().unwrap_or_default();
        let id = i32::try_from(id).expect("message ids are small");
        let chat = message["chat"]["id"].as_i64().unwrap_or_default();
        self.messages.insert((chat, id), message.clone());
    }

    /// Puts an update where `getUpdates` finds it, if the bot is told such things. Returns the message's id.
    pub fn receive(&mut self, kind: &str, content: Value) -> i32 {
        let id = content["message_id"].as_i64().unwrap_or_default();
        if kind == "message" {
            self.keep(&content);
        }
        if self.is_told(kind, &content) {
            self.next_update += 1;
            let mut update = json!({ "update_id": self.next_update });
            update[kind] = content;
            self.pending.push_back(update);
        }
        i32::try_from(id).expect("message ids are small")
    }

    /// Reactions must be asked for by name, and only administrators hear of them
    /// (<https://core.telegram.org/bots/api#update>). With privacy mode on a mere member hears commands and
    /// replies to itself only (<https://core.telegram.org/bots/features#privacy-mode>).
    fn is_told(&self, kind: &str, content: &Value) -> bool {
        let asked = |kind: &str| self.allowed_updates.iter().any(|allowed| allowed == kind);
        let chat = content["chat"]["id"].as_i64();
        let group = self.groups.iter().find(|group| Some(group.chat) == chat);
        let role = group.map_or(BotRole::Member, |group| group.bot);
        let is_admin = matches!(role, BotRole::Admin { .. });
        match kind {
            _ if role == BotRole::Kicked => false,
            "message_reaction" => asked(kind) && is_admin,
            _ if !self.allowed_updates.is_empty() && !asked(kind) => false,
            "message" | "edited_message" if self.privacy && !is_admin && group.is_some() => {
                let text = content["text"].as_str().unwrap_or_default();
                text.starts_with('/') || content["reply_to_message"]["from"]["id"] == 123
            }
            _ => true,
        }
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

    /// What lies in wait comes in the opposite order, under numbers that rise as ever.
    pub fn turn_around(&mut self) {
        let numbers: Vec<Value> = self
            .pending
            .iter()
            .map(|update| update["update_id"].clone())
            .collect();
        self.pending.make_contiguous().reverse();
        for (update, number) in self.pending.iter_mut().zip(numbers) {
            update["update_id"] = number;
        }
    }

    /// The fault that is planned for this call, if any.
    pub fn take_fault(&mut self, method: &str) -> Option<Fault> {
        let meant = |(planned, _): &(String, Fault)| {
            planned == method || (planned == "any" && method != "getupdates")
        };
        match self.faults.iter().position(meant) {
            Some(index) => Some(self.faults.remove(index).1),
            None => self.storm.as_mut()?.strike(),
        }
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
        let minute = self.minute;
        self.accepted.retain(|(_, at)| now - *at < minute);
        let spent = self.accepted.iter().filter(|accepted| accepted.0 == chat);
        let spent: Vec<Instant> = spent.map(|accepted| accepted.1).collect();
        let limit = self.per_minute.unwrap_or(usize::MAX);
        // One message a second, with short bursts: five in five seconds when 20 fit into the minute.
        let (burst, most) = (minute / 12, (limit / 4).max(1));
        let recent: Vec<Instant> = spent
            .iter()
            .copied()
            .filter(|at| now - *at < burst)
            .collect();
        for (window, most, seen) in [(minute, limit, spent), (burst, most, recent)] {
            if seen.len() >= most {
                let oldest = seen.first().copied().unwrap_or(now);
                return Err(self.refuse_for(chat, oldest + window - now));
            }
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

/// A member of the team.
pub fn person((id, name): (i64, &str)) -> Value {
    json!({"id": id, "is_bot": false, "first_name": name, "language_code": "en"})
}

pub fn bot() -> Value {
    json!({"id": 123, "is_bot": true, "first_name": "Hinny", "username": "hinny_test_bot"})
}

pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("the clock is past 1970").as_secs()
}
