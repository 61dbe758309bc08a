//! What the Discord for tests remembers: members, roles, channels, messages, calls and planned faults.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fmt::Write,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use super::{
    BOT, CHANNEL, FORUM, GUILD, HINNY, TEAM, limits::Limits, rights::bits, sessions::Sessions,
};

/// The first millisecond of Discord's clock
/// (<https://discord.com/developers/docs/reference#snowflakes>).
pub const EPOCH: u64 = 1_420_070_400_000;

/// How a call can go wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// 429 with so many seconds to wait, for this route only.
    TooMany(f64),
    /// 429 for the whole bot.
    TooManyGlobal(f64),
    /// A status without effect, for instance 500 or 502.
    ServerError(u16),
    /// Nothing happens, and no answer comes.
    Hang,
    /// The call has its effect, but no answer comes.
    HangAfterAccept,
    /// Nothing happens, and the connection breaks.
    Reset,
    /// The call has its effect, and the connection breaks before the answer.
    ResetAfterAccept,
    /// An error of the API's own: status and code.
    Refuse(u16, i64),
}

#[derive(Clone, Debug, Default)]
pub struct Member {
    pub id: u64,
    pub username: String,
    pub global_name: Option<String>,
    pub nick: Option<String>,
    pub avatar: Option<String>,
    pub bot: bool,
    pub roles: Vec<u64>,
    /// Left the server, or only looks in as a guest.
    pub gone: bool,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub name: String,
    pub permissions: u64,
    pub mentionable: bool,
}

/// The types of channels by their numbers
/// (<https://discord.com/developers/docs/resources/channel#channel-object-channel-types>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text = 0,
    Voice = 2,
    Thread = 11,
    Forum = 15,
}

#[derive(Clone, Copy, Debug)]
pub struct Overwrite {
    pub id: u64,
    /// Of a role, else of a member.
    pub role: bool,
    pub allow: u64,
    pub deny: u64,
}

#[derive(Clone, Debug)]
pub struct Channel {
    pub id: u64,
    pub kind: Kind,
    pub name: String,
    pub parent: Option<u64>,
    pub overwrites: Vec<Overwrite>,
    pub owner: u64,
    pub archived: bool,
    pub locked: bool,
    pub followers: BTreeSet<u64>,
    pub last_message: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: u64,
    pub channel: u64,
    pub author: u64,
    pub kind: u64,
    pub content: String,
    pub nonce: Option<Value>,
    pub edited: Option<u64>,
    pub attachments: Vec<Value>,
    pub components: Value,
    pub flags: u64,
    /// The message that this one answers.
    pub reference: Option<(u64, u64)>,
    pub reactions: Vec<(String, u64)>,
    pub webhook: bool,
    /// Whom Discord notifies because of this message: members by id, roles as `&id`, `@everyone`, `@here`.
    pub pings: Vec<String>,
    pub at: Instant,
}

/// A call of the bot's with the status of the answer; 0 for none.
#[derive(Clone, Debug)]
pub struct Call {
    pub route: String,
    pub path: String,
    pub body: Value,
    pub at: Instant,
    pub status: u16,
}

/// A button that somebody pressed.
#[derive(Clone, Debug)]
pub struct Press {
    pub id: u64,
    pub token: String,
    pub at: Instant,
    /// When the bot acknowledged it.
    pub answered: Option<Instant>,
}

pub struct State {
    pub url: String,
    pub members: BTreeMap<u64, Member>,
    pub roles: BTreeMap<u64, Role>,
    pub channels: BTreeMap<u64, Channel>,
    pub messages: BTreeMap<u64, Message>,
    pub files: HashMap<String, Vec<u8>>,
    pub presses: Vec<Press>,
    pub calls: Vec<Call>,
    pub faults: Vec<(String, Fault)>,
    /// A random fault for one call in so many: the state of the dice, the chance, and the choice.
    pub script: Option<(u64, u64, Vec<Fault>)>,
    pub limits: Limits,
    pub sessions: Sessions,
    /// What the bot said with which nonce, of late.
    pub nonces: VecDeque<(String, u64)>,
    /// Whether Message Content is switched on in the portal.
    pub message_content: bool,
    /// Discord allows 1,000 active threads per server.
    pub most_threads: usize,
    pub away: bool,
    /// Somebody reset the token in the portal.
    pub revoked: bool,
    /// Whether bytes of files do not come.
    pub stuck: bool,
    /// Milliseconds that Discord's clock is ahead of ours.
    pub clock_ahead: i64,
    next: u64,
}

impl State {
    pub fn new(url: &str) -> Self {
        let mut state = State {
            url: url.to_owned(),
            members: BTreeMap::new(),
            roles: roles(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            files: HashMap::new(),
            presses: Vec::new(),
            calls: Vec::new(),
            faults: Vec::new(),
            script: None,
            limits: Limits::default(),
            sessions: Sessions::default(),
            nonces: VecDeque::new(),
            message_content: true,
            most_threads: 1_000,
            away: false,
            revoked: false,
            stuck: false,
            clock_ahead: 0,
            next: 0,
        };
        state.join(BOT, "hinny");
        let own = state.members.entry(BOT);
        own.and_modify(|member| {
            member.bot = true;
            member.roles = vec![HINNY];
        });
        state.add_channel(CHANNEL, Kind::Text, "support");
        state.add_channel(FORUM, Kind::Forum, "support-forum");
        state
    }

    /// A channel that only the team and the bot can see.
    pub fn add_channel(&mut self, id: u64, kind: Kind, name: &str) {
        let private = [
            (GUILD, 0, bits::VIEW),
            (TEAM, bits::VIEW, 0),
            (HINNY, bits::VIEW, 0),
        ];
        let overwrites = private.map(|(id, allow, deny)| Overwrite {
            id,
            role: true,
            allow,
            deny,
        });
        let channel = Channel {
            id,
            kind,
            name: name.to_owned(),
            parent: None,
            overwrites: overwrites.to_vec(),
            owner: 0,
            archived: false,
            locked: false,
            followers: BTreeSet::new(),
            last_message: None,
        };
        self.channels.insert(id, channel);
    }

    /// Makes sure that this member exists; the team's role is theirs.
    pub fn join(&mut self, id: u64, name: &str) {
        self.members.entry(id).or_insert_with(|| Member {
            id,
            username: name.to_lowercase(),
            global_name: Some(name.to_owned()),
            roles: vec![TEAM],
            ..Member::default()
        });
    }

    pub fn in_channel(&self, channel: u64) -> Vec<Message> {
        let all = self.messages.values();
        all.filter(|message| message.channel == channel)
            .cloned()
            .collect()
    }

    pub fn message(&self, channel: u64, id: u64) -> Option<&Message> {
        self.messages
            .get(&id)
            .filter(|message| message.channel == channel)
    }

    /// An id that no other thing has, and that tells the time.
    pub fn snowflake(&mut self) -> u64 {
        self.next += 1;
        ((self.now() - EPOCH) << 22) | (self.next % 4_096)
    }

    /// Milliseconds since 1970 by Discord's clock.
    pub fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let ours = since.expect("the clock is past 1970").as_millis();
        let ours = u64::try_from(ours).expect("the year is before 500 million");
        ours.saturating_add_signed(self.clock_ahead)
    }

    /// Takes the fault that is planned for this call, if there is one.
    pub fn fault(&mut self, route: &str) -> Option<Fault> {
        let planned = |(of, _): &(String, Fault)| of == route || of == "any";
        if let Some(at) = self.faults.iter().position(planned) {
            return Some(self.faults.remove(at).1);
        }
        let (dice, one_in, faults) = self.script.as_mut()?;
        // Xorshift: enough for a script that is the same in every run.
        for (left, shift) in [(true, 13), (false, 7), (true, 17)] {
            *dice ^= if left { *dice << shift } else { *dice >> shift };
        }
        let pick = usize::try_from(*dice >> 33).unwrap_or_default() % faults.len();
        dice.is_multiple_of(*one_in).then(|| faults[pick])
    }

    pub fn summary(&self) -> String {
        let mut out = String::new();
        for message in self.messages.values() {
            let (channel, id, text) = (message.channel, message.id, &message.content);
            writeln!(out, "{channel}/{id} by {}: {text:?}", message.author).ok();
        }
        for call in self.calls.iter().rev().take(20).rev() {
            writeln!(out, "{} -> {}", call.route, call.status).ok();
        }
        out
    }
}

/// The rights that `docs/discord.md` asks for, and what everybody has.
fn roles() -> BTreeMap<u64, Role> {
    let role = |name: &str, permissions| Role {
        name: name.to_owned(),
        permissions,
        mentionable: false,
    };
    BTreeMap::from([
        (GUILD, role("@everyone", bits::EVERYBODY)),
        (TEAM, role("Team", 0)),
        (HINNY, role("hinny", bits::INVITED)),
    ])
}
