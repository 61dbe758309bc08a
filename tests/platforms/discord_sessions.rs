//! The gateway's sessions: what was dispatched to whom, so that a resume can replay it in order, and what a
//! test wants to go wrong (<https://discord.com/developers/docs/events/gateway#resuming>).

use serde_json::{Value, json};

use super::{
    BOT, DiscordServer,
    rights::{bits, rights},
    state::State,
};

/// Intents by their bits (<https://discord.com/developers/docs/events/gateway#list-of-intents>).
pub mod intents {
    pub const GUILDS: u64 = 1;
    pub const MEMBERS: u64 = 1 << 1;
    pub const PRESENCES: u64 = 1 << 8;
    pub const MESSAGES: u64 = 1 << 9;
    pub const REACTIONS: u64 = 1 << 10;
    pub const TYPING: u64 = 1 << 11;
    pub const CONTENT: u64 = 1 << 15;
    pub const ALL: u64 = (1 << 29) - 1;
    /// Interactions need none.
    pub const NONE: u64 = 0;
}

#[derive(Default)]
pub struct Sessions {
    pub all: Vec<Session>,
    pub identifies: usize,
    pub resumes: usize,
    pub connects: usize,
    /// Heartbeats that are not acknowledged from now on.
    pub mute: bool,
    /// Milliseconds between heartbeats; nothing for Discord's usual 41,250.
    pub beat: Option<u64>,
    pub beats: usize,
    /// Sockets that were opened before the number changed are cut.
    pub cuts: u64,
    pub close_code: Option<u16>,
    /// The same, for being told to reconnect, and for sessions that are declared invalid.
    pub reconnects: u64,
    pub invalidations: u64,
    pub resumable: bool,
    /// So many of the next events are dispatched twice.
    pub twice: usize,
    /// The next event comes only after the one behind it.
    pub swap: bool,
    held: Option<(String, Value, u64)>,
}

pub struct Session {
    pub id: String,
    pub intents: u64,
    /// Events with their sequence, which begins at 1.
    pub events: Vec<Value>,
    pub valid: bool,
}

impl State {
    /// Tells every session that asked for this kind of event, if the bot sees the channel.
    pub fn dispatch(&mut self, channel: Option<u64>, kind: &str, data: Value, intent: u64) {
        let hidden = channel.is_some_and(|id| {
            let channel = self.channels.get(&id);
            channel.is_some_and(|channel| rights(self, BOT, channel) & bits::VIEW == 0)
        });
        if hidden {
            return;
        }
        if std::mem::take(&mut self.sessions.swap) {
            self.sessions.held = Some((kind.to_owned(), data, intent));
            return;
        }
        let again = self.sessions.twice > 0;
        self.sessions.twice -= usize::from(again);
        for _ in 0..=usize::from(again) {
            self.push(kind, &data, intent);
        }
        if let Some((kind, data, intent)) = self.sessions.held.take() {
            self.push(&kind, &data, intent);
        }
    }

    fn push(&mut self, kind: &str, data: &Value, intent: u64) {
        let open = |session: &&mut Session| session.valid;
        for session in self.sessions.all.iter_mut().filter(open) {
            if session.intents & intent == intent {
                let data = without_content(kind, data, session.intents);
                session.push(kind, data);
            }
        }
    }
}

impl Session {
    pub fn push(&mut self, kind: &str, data: Value) {
        let sequence = self.events.len() + 1;
        self.events
            .push(json!({"op": 0, "t": kind, "s": sequence, "d": data}));
    }
}

/// Without the Message Content intent what others write arrives empty
/// (<https://discord.com/developers/docs/events/gateway#message-content-intent>).
fn without_content(kind: &str, data: &Value, wanted: u64) -> Value {
    let mut data = data.clone();
    let message = matches!(kind, "MESSAGE_CREATE" | "MESSAGE_UPDATE");
    let own = data["author"]["id"].as_str() == Some(&BOT.to_string());
    if message && wanted & intents::CONTENT == 0 && !own {
        data["content"] = "".into();
        for list in ["embeds", "attachments", "components"] {
            data[list] = json!([]);
        }
    }
    data
}

impl DiscordServer {
    /// Breaks every socket without a goodbye; sessions can be resumed.
    pub fn cut_sockets(&self) {
        self.with(|state| {
            state.sessions.close_code = None;
            state.sessions.cuts += 1;
        });
    }

    /// Closes every socket with a code of the gateway's.
    pub fn close_sockets(&self, code: u16) {
        self.with(|state| {
            state.sessions.close_code = Some(code);
            state.sessions.cuts += 1;
        });
    }

    /// Asks every client to reconnect and resume (opcode 7).
    pub fn ask_to_reconnect(&self) {
        self.with(|state| state.sessions.reconnects += 1);
    }

    /// Declares every session invalid (opcode 9).
    pub fn invalidate_sessions(&self, resumable: bool) {
        self.with(|state| {
            state.sessions.resumable = resumable;
            for session in &mut state.sessions.all {
                session.valid &= resumable;
            }
            state.sessions.invalidations += 1;
        });
    }

    /// Sessions end in silence: a resume will be answered with opcode 9.
    pub fn forget_sessions(&self) {
        self.with(|state| {
            for session in &mut state.sessions.all {
                session.valid = false;
            }
        });
    }

    /// Heartbeats every so often, and whether they are acknowledged.
    pub fn heartbeats(&self, every: u64, acknowledged: bool) {
        self.with(|state| {
            state.sessions.beat = Some(every);
            state.sessions.mute = !acknowledged;
        });
    }

    /// The next event arrives twice.
    pub fn repeat_next_event(&self) {
        self.with(|state| state.sessions.twice += 1);
    }

    /// The next event arrives behind the one after it.
    pub fn swap_next_events(&self) {
        self.with(|state| state.sessions.swap = true);
    }

    /// How often a client identified, and how often it resumed.
    pub fn handshakes(&self) -> (usize, usize) {
        self.look(|state| (state.sessions.identifies, state.sessions.resumes))
    }

    /// Waits until so many clients have identified and so many have resumed since the start.
    pub async fn await_handshakes(&self, identifies: usize, resumes: usize) {
        let there = |state: &State| {
            let sessions = &state.sessions;
            (sessions.identifies >= identifies && sessions.resumes >= resumes).then_some(())
        };
        let what = format!("{identifies} identifies and {resumes} resumes");
        self.until(&what, there).await;
    }
}
