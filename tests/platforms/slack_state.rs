//! What the Slack for tests remembers: members, channels, messages, files, calls, sockets and planned faults.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt::Write,
    time::{Duration, Instant, UNIX_EPOCH},
};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::{BOT, BOT_ID, CHANNEL, TEAM, dice::Dice};

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
    /// An error word of the API's own.
    Refuse(&'static str),
}

/// How the next event can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFault {
    /// It comes twice, under the same event id.
    Twice,
    /// The one after it comes first.
    Late,
    /// The socket breaks after it, before it can be acknowledged.
    CutAfter,
}

#[derive(Clone, Debug)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub is_private: bool,
    pub is_archived: bool,
    pub is_ext_shared: bool,
    pub members: Vec<String>,
}

/// A message with everything Slack knows of it, its metadata included.
#[derive(Clone, Debug)]
pub struct Stored {
    pub channel: String,
    pub ts: String,
    pub thread: Option<String>,
    pub value: Value,
    pub at: Instant,
}

/// A file; shared once `shared` names a message.
#[derive(Clone, Debug)]
pub struct Stash {
    pub id: String,
    pub name: String,
    pub mime: String,
    pub length: u64,
    pub bytes: Option<Vec<u8>>,
    pub shared: bool,
}

/// A call, with the status of the answer (0 for none) and Slack's word if it was refused.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub params: Value,
    pub at: Instant,
    pub status: u16,
    pub error: Option<String>,
}

/// What is told to a socket's task.
pub enum Out {
    Frame(Value),
    /// The connection breaks without a word.
    Cut,
}

pub struct Link {
    pub id: u64,
    pub sender: UnboundedSender<Out>,
}

/// An envelope that is on its way.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub kind: &'static str,
    pub payload: Value,
    pub attempt: u32,
}

pub struct State {
    /// Where the server is, for addresses in its answers.
    pub address: String,
    pub users: HashMap<String, Value>,
    pub groups: HashMap<String, (String, Vec<String>)>,
    pub channels: Vec<Channel>,
    /// Members' pictures, by their ids.
    pub pictures: HashMap<String, Vec<u8>>,
    pub messages: Vec<Stored>,
    pub files: Vec<Stash>,
    pub scopes: HashSet<&'static str>,
    pub socket_mode: bool,
    /// What answers carry as `Date` instead of the time.
    pub date: Option<String>,
    pub calls: Vec<Call>,
    pub faults: Vec<(String, Fault)>,
    pub event_faults: VecDeque<EventFault>,
    pub dice: Option<Dice>,
    /// What the limits' windows are divided by.
    pub hurry: u32,
    pub spent: HashMap<String, VecDeque<Instant>>,
    pub quiet: HashMap<String, Instant>,
    pub too_many: usize,
    pub too_early: usize,
    pub tickets: HashSet<String>,
    pub links: Vec<Link>,
    pub unacknowledged: HashMap<String, (u64, Envelope)>,
    pub acknowledged: usize,
    pub waiting: VecDeque<Envelope>,
    pub late: Option<Envelope>,
    /// Events that nobody got.
    pub lost: usize,
    /// What a client must never do.
    pub violations: Vec<String>,
    pub away: bool,
    /// The bot's token is not accepted any more.
    pub revoked: bool,
    /// Whether bytes of files do not come.
    pub stuck: bool,
    pub opened: usize,
    last_ts: u64,
    next: u64,
}

/// The scopes of the manifest in the documentation.
pub const SCOPES: [&str; 11] = [
    "channels:history",
    "channels:read",
    "chat:write",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
];

impl State {
    pub fn new() -> Self {
        let bot = user(BOT, "hinny", json!({"is_bot": true}));
        State {
            address: String::new(),
            users: HashMap::from([(BOT.to_owned(), bot)]),
            groups: HashMap::new(),
            channels: vec![channel(CHANNEL, "support")],
            pictures: HashMap::new(),
            messages: Vec::new(),
            files: Vec::new(),
            scopes: SCOPES.into(),
            socket_mode: true,
            date: None,
            calls: Vec::new(),
            faults: Vec::new(),
            event_faults: VecDeque::new(),
            dice: None,
            hurry: 1,
            spent: HashMap::new(),
            quiet: HashMap::new(),
            too_many: 0,
            too_early: 0,
            tickets: HashSet::new(),
            links: Vec::new(),
            unacknowledged: HashMap::new(),
            acknowledged: 0,
            waiting: VecDeque::new(),
            late: None,
            lost: 0,
            violations: Vec::new(),
            away: false,
            revoked: false,
            stuck: false,
            opened: 0,
            last_ts: 0,
            next: 0,
        }
    }

    /// A number that was not there before.
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// A time stamp that no message has: the time, and a little more if need be.
    pub fn stamp(&mut self) -> String {
        let now = UNIX_EPOCH.elapsed().unwrap_or_default().as_micros();
        let now = u64::try_from(now).unwrap_or(u64::MAX);
        self.last_ts = now.max(self.last_ts + 1);
        format!(
            "{}.{:06}",
            self.last_ts / 1_000_000,
            self.last_ts % 1_000_000
        )
    }

    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    pub fn message(&mut self, channel: &str, ts: &str) -> Option<&mut Stored> {
        let mut all = self.messages.iter_mut();
        all.find(|message| message.channel == channel && message.ts == ts)
    }

    /// The replies under a message, without it.
    pub fn replies(&self, channel: &str, root: &str) -> Vec<&Stored> {
        let under = |message: &&Stored| {
            message.channel == channel && message.thread.as_deref() == Some(root)
        };
        self.messages.iter().filter(under).collect()
    }

    /// Stores a message under a new time stamp and tells the app about it.
    pub fn add(&mut self, channel: &str, thread: Option<&str>, mut value: Value) -> String {
        let ts = self.stamp();
        value["ts"] = ts.clone().into();
        value["type"] = "message".into();
        if let Some(thread) = thread {
            value["thread_ts"] = thread.into();
        }
        self.messages.push(Stored {
            channel: channel.to_owned(),
            ts: ts.clone(),
            thread: thread.map(str::to_owned),
            value: value.clone(),
            at: Instant::now(),
        });
        let mut event = value;
        if let Some(event) = event.as_object_mut() {
            event.remove("metadata");
        }
        self.tell(channel, event);
        ts
    }

    /// Sends an event of a channel to the app, as Slack does for channels that the bot is in.
    pub fn tell(&mut self, channel: &str, mut event: Value) {
        let bot_is_in = |channel: &Channel| channel.members.iter().any(|member| member == BOT);
        if !self.channel(channel).is_some_and(bot_is_in) {
            return;
        }
        if event["type"] == "message" {
            event["channel"] = channel.into();
            event["channel_type"] = "group".into();
        }
        if event["event_ts"].is_null() {
            event["event_ts"] = event["ts"].clone();
        }
        let payload = json!({
            "token": "verification-is-deprecated", "team_id": TEAM, "api_app_id": "A0HINNY",
            "type": "event_callback", "event": event, "event_id": format!("Ev{:08}", self.number()),
            "event_time": UNIX_EPOCH.elapsed().unwrap_or_default().as_secs(),
            "event_context": "EC1", "is_ext_shared_channel": false,
            "authorizations": [{"enterprise_id": null, "team_id": TEAM, "user_id": BOT,
                                "is_bot": true, "is_enterprise_install": false}],
        });
        self.send(Envelope {
            kind: "events_api",
            payload,
            attempt: 0,
        });
    }

    pub fn take_fault(&mut self, method: &str) -> Option<Fault> {
        let meant = |(planned, _): &(String, Fault)| planned == method || planned == "any";
        if let Some(index) = self.faults.iter().position(meant) {
            return Some(self.faults.remove(index).1);
        }
        self.dice.as_mut().and_then(Dice::call)
    }

    /// Whether one more call fits into the window, or how many seconds to wait.
    pub fn spend(&mut self, key: &str, most: usize, window: Duration) -> Result<(), u64> {
        let now = Instant::now();
        if let Some(until) = self.quiet.get(key).filter(|until| **until > now) {
            self.too_many += 1;
            self.too_early += 1;
            return Err((*until - now).as_secs() + 1);
        }
        let window = window / self.hurry;
        let spent = self.spent.entry(key.to_owned()).or_default();
        while spent.front().is_some_and(|at| *at + window <= now) {
            spent.pop_front();
        }
        if spent.len() < most {
            spent.push_back(now);
            return Ok(());
        }
        self.refuse_for(key, window.as_secs().clamp(1, 30));
        Err(window.as_secs().clamp(1, 30))
    }

    /// Nothing is taken for so many seconds.
    pub fn refuse_for(&mut self, key: &str, seconds: u64) {
        self.too_many += 1;
        let until = Instant::now() + Duration::from_secs(seconds);
        self.quiet.insert(key.to_owned(), until);
    }

    /// What a person would want to know when a wait was in vain.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        for message in &self.messages {
            let (ts, thread) = (&message.ts, message.thread.as_deref().unwrap_or("-"));
            let words = &message.value["text"];
            writeln!(text, "{ts} in {thread}: {words}").ok();
        }
        for call in self.calls.iter().rev().take(20) {
            let (method, status) = (&call.method, call.status);
            writeln!(text, "{method}: {status} {:?}", call.error).ok();
        }
        let (open, lost) = (self.links.len(), self.lost);
        let (unacknowledged, waiting) = (self.unacknowledged.len(), self.waiting.len());
        writeln!(
            text,
            "{unacknowledged} events on their way, {waiting} waiting"
        )
        .ok();
        writeln!(
            text,
            "{open} sockets, {lost} events lost, {:?}",
            self.violations
        )
        .ok();
        text
    }
}

pub fn channel(id: &str, name: &str) -> Channel {
    Channel {
        id: id.to_owned(),
        name: name.to_owned(),
        is_private: true,
        is_archived: false,
        is_ext_shared: false,
        members: vec![BOT.to_owned()],
    }
}

/// A member as `users.info` shows them (<https://docs.slack.dev/reference/objects/user-object>).
pub fn user(id: &str, name: &str, more: Value) -> Value {
    let mut user = json!({
        "id": id, "team_id": TEAM, "name": name.to_lowercase(), "deleted": false,
        "real_name": format!("{name} Example"), "tz": "Europe/Berlin", "is_admin": false,
        "is_bot": false, "is_app_user": false, "is_restricted": false, "is_ultra_restricted": false,
        "profile": {
            "display_name": name, "real_name": format!("{name} Example"), "team": TEAM,
            "image_192": format!("https://avatars.slack-edge.com/{id}_192.png"),
        },
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        user[key] = value.clone();
    }
    user
}

/// What hinny's bot signs its messages with.
pub fn signed_by_bot(mut value: Value) -> Value {
    value["user"] = BOT.into();
    value["bot_id"] = BOT_ID.into();
    value["app_id"] = "A0HINNY".into();
    value["team"] = TEAM.into();
    value
}
