//! The gateway's socket: hello, identify or resume, heartbeats, and the events of one session
//! (<https://discord.com/developers/docs/events/gateway>). A client that breaks a rule is closed with the
//! code that the documentation gives for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{
        State as Shed,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    response::Response,
};
use serde_json::{Value, json};

use super::{
    BOT, GUILD, Shared, TOKEN, checks,
    sessions::{Session, intents},
    shapes,
    state::State,
};

pub async fn connect(Shed(shared): Shed<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| Client::serve(shared, socket).await)
}

struct Client {
    shared: Arc<Shared>,
    socket: WebSocket,
    /// The session and the last sequence that was sent.
    session: Option<(String, usize)>,
    /// How often sockets had been cut, told to reconnect, and declared invalid when this one opened.
    born: (u64, u64, u64),
    sends: Vec<Instant>,
}

/// Why a socket ends: with a close code, or torn.
enum End {
    Code(u16),
    Torn,
}

impl Client {
    async fn serve(shared: Arc<Shared>, socket: WebSocket) {
        let born = shared.change(|state| {
            state.sessions.connects += 1;
            let sessions = &state.sessions;
            (sessions.cuts, sessions.reconnects, sessions.invalidations)
        });
        let mut client = Client {
            shared,
            socket,
            session: None,
            born,
            sends: Vec::new(),
        };
        if let End::Code(code) = client.run().await {
            let reason = "".into();
            let close = Message::Close(Some(CloseFrame { code, reason }));
            // A client that is gone already needs no goodbye.
            client.socket.send(close).await.ok();
        }
    }

    async fn run(&mut self) -> End {
        let beat = self
            .shared
            .look(|state| state.sessions.beat.unwrap_or(41_250));
        if let Err(end) = self
            .send(json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": beat}}))
            .await
        {
            return end;
        }
        let mut changes = self.shared.subscribe();
        // Discord closes a connection from which no heartbeat comes for about one and a half intervals.
        let patience = Duration::from_millis(beat * 3 / 2);
        let mut silent = tokio::time::Instant::now() + patience;
        loop {
            changes.mark_unchanged();
            if let Err(end) = self.deliver().await {
                return end;
            }
            tokio::select! {
                frame = self.socket.recv() => match frame {
                    Some(Ok(Message::Text(text))) => {
                        silent = tokio::time::Instant::now() + patience;
                        if let Err(end) = self.hear(&text).await {
                            return end;
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    _ => return End::Torn,
                },
                changed = changes.changed() => if changed.is_err() {
                    return End::Torn;
                },
                () = tokio::time::sleep_until(silent) => return End::Code(4_009),
            }
        }
    }

    /// Sends what this session has not had, and does what the test ordered.
    async fn deliver(&mut self) -> Result<(), End> {
        let (cuts, code, reconnects, invalidations, resumable) = self.shared.look(|state| {
            let all = &state.sessions;
            let orders = (all.reconnects, all.invalidations);
            (all.cuts, all.close_code, orders.0, orders.1, all.resumable)
        });
        if cuts != self.born.0 {
            return Err(code.map_or(End::Torn, End::Code));
        }
        for event in self.pending() {
            self.send(event).await?;
        }
        if reconnects != self.born.1 {
            self.born.1 = reconnects;
            self.send(json!({"op": 7, "d": null, "s": null, "t": null}))
                .await?;
        }
        if invalidations != self.born.2 {
            self.born.2 = invalidations;
            self.send(json!({"op": 9, "d": resumable, "s": null, "t": null}))
                .await?;
        }
        Ok(())
    }

    fn pending(&mut self) -> Vec<Value> {
        let Some((id, sent)) = &mut self.session else {
            return Vec::new();
        };
        let pending = self.shared.look(|state| {
            let session = state.sessions.all.iter().find(|session| session.id == *id);
            session.map_or(Vec::new(), |session| session.events[*sent..].to_vec())
        });
        *sent += pending.len();
        pending
    }

    async fn hear(&mut self, text: &str) -> Result<(), End> {
        self.sends
            .retain(|at| at.elapsed() < Duration::from_secs(60));
        self.sends.push(Instant::now());
        if self.sends.len() > 120 {
            return Err(End::Code(4_008));
        }
        let frame: Value = serde_json::from_str(text).map_err(|_| End::Code(4_002))?;
        match frame["op"].as_u64() {
            Some(1) => self.heartbeat(&frame["d"]).await,
            Some(2) => self.identify(&frame["d"]),
            Some(3) if self.session.is_some() => Ok(()),
            Some(6) => self.resume(&frame["d"]).await,
            Some(_) if self.session.is_none() => Err(End::Code(4_003)),
            _ => Err(End::Code(4_001)),
        }
    }

    async fn heartbeat(&mut self, last: &Value) -> Result<(), End> {
        if !(last.is_null() || last.is_u64()) {
            return Err(End::Code(4_002));
        }
        let mute = self.shared.change(|state| {
            state.sessions.beats += 1;
            state.sessions.mute
        });
        match mute {
            true => Ok(()),
            false => {
                self.send(json!({"op": 11, "d": null, "s": null, "t": null}))
                    .await
            }
        }
    }

    fn identify(&mut self, asked: &Value) -> Result<(), End> {
        if self.session.is_some() {
            return Err(End::Code(4_005));
        }
        checks::identify(asked).map_err(End::Code)?;
        self.authenticated(asked)?;
        let wanted = asked["intents"].as_u64().unwrap_or_default();
        let id = self.shared.change(|state| state.new_session(wanted))?;
        self.session = Some((id, 0));
        Ok(())
    }

    fn authenticated(&self, asked: &Value) -> Result<(), End> {
        let revoked = self.shared.look(|state| state.revoked);
        match asked["token"] == TOKEN && !revoked {
            true => Ok(()),
            false => Err(End::Code(4_004)),
        }
    }

    async fn resume(&mut self, asked: &Value) -> Result<(), End> {
        checks::resume(asked).map_err(End::Code)?;
        self.authenticated(asked)?;
        let id = asked["session_id"].as_str().unwrap_or_default().to_owned();
        let last = usize::try_from(asked["seq"].as_u64().unwrap_or_default()).unwrap_or_default();
        let resumed = self.shared.change(|state| {
            state.sessions.resumes += 1;
            let mut all = state.sessions.all.iter_mut();
            let session = all.find(|session| session.id == id && session.valid)?;
            let known = last <= session.events.len();
            known.then(|| session.push("RESUMED", json!({"_trace": []})))
        });
        match resumed {
            Some(()) => {
                self.session = Some((id, last));
                Ok(())
            }
            None => {
                self.send(json!({"op": 9, "d": false, "s": null, "t": null}))
                    .await
            }
        }
    }

    async fn send(&mut self, frame: Value) -> Result<(), End> {
        let text = Message::Text(frame.to_string().into());
        self.socket.send(text).await.map_err(|_| End::Torn)
    }
}

impl State {
    /// A session with READY and the guild, or the code that refuses these intents.
    fn new_session(&mut self, wanted: u64) -> Result<String, End> {
        if wanted & !intents::ALL != 0 {
            return Err(End::Code(4_013));
        }
        let off = match self.message_content {
            true => intents::MEMBERS | intents::PRESENCES,
            false => intents::MEMBERS | intents::PRESENCES | intents::CONTENT,
        };
        if wanted & off != 0 {
            return Err(End::Code(4_014));
        }
        self.sessions.identifies += 1;
        let id = format!("session-{}", self.sessions.identifies);
        let mut session = Session {
            id: id.clone(),
            intents: wanted,
            events: Vec::new(),
            valid: true,
        };
        session.push("READY", self.ready(&id));
        if wanted & intents::GUILDS != 0 && !self.members[&BOT].gone {
            session.push("GUILD_CREATE", shapes::whole_guild(self));
        }
        self.sessions.all.push(session);
        Ok(id)
    }

    fn ready(&self, session: &str) -> Value {
        let gateway = self.url.replacen("http", "ws", 1);
        json!({
            "v": 10, "user": shapes::user(&self.members[&BOT]), "session_type": "normal",
            "guilds": [{"id": GUILD.to_string(), "unavailable": true}], "private_channels": [],
            "relationships": [], "presences": [], "session_id": session, "shard": [0, 1],
            "resume_gateway_url": format!("{gateway}/gateway"), "user_settings": {},
            "application": {"id": BOT.to_string(), "flags": super::guild::flags(self)},
        })
    }
}
