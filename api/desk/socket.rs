//! `/desk/ws`: what changes is pushed to the desk's page: rows of the list, and the log of the conversation
//! that the agent looks at.

use axum::extract::State;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use hinny_actors::ids::{ConversationId, Seq};
use hinny_actors::store::{Entry, ThreadState};
use hinny_actors::{Subscription, Topic, Typist, Wake};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::access::{Agent, session_of};
use super::api::numbered;
use super::obstacle;
use super::rows::Row;
use crate::app::{App, Client, Shared};
use crate::error::{Code, Problem};
use crate::limits::Place;
use crate::link::{self, End, Incoming, Link};
use crate::reader::Reader;
use crate::routes::kinds;

/// Rows sent again after the feed could not tell which ones had changed.
const AFRESH: u32 = 50;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Frame {
    Watch {
        conversation: Option<String>,
        #[serde(default)]
        after: Seq,
    },
    Typing {
        conversation: String,
        on: bool,
    },
    Ping {
        n: u64,
    },
}

/// What the page may send.
pub fn frames() -> &'static [&'static str] {
    kinds::<Frame>()
}

pub async fn upgrade(
    State(app): State<Shared>,
    Client(address): Client,
    headers: HeaderMap,
    agent: Agent,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if !headers.contains_key(axum::http::header::ORIGIN) {
        return Err(Problem::new(
            Code::OriginRefused,
            "Only the desk's own page may do this.",
        ));
    }
    if app.is_closing() {
        return Err(Problem::shutting_down());
    }
    let crowded = || Problem::rate_limited(std::time::Duration::from_secs(10));
    let place = app.limits.socket(address).ok_or_else(crowded)?;
    Ok(link::bounded(upgrade).on_upgrade(move |ws| serve(app, ws, agent, place)))
}

async fn serve(app: Shared, ws: WebSocket, agent: Agent, place: Place) {
    let mut link = Link::new(ws, app.config.timing.send_within);
    let mut every = interval(app.config.timing.ping_every);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut desk = Desk {
        site: app.engine.feed().subscribe(Topic::Site(agent.site.clone())),
        closing: app.closing.clone(),
        app: &app,
        link: &mut link,
        agent,
        watched: None,
        beat: every,
        alive: true,
    };
    let end = match desk.live().await {
        Ok(never) => match never {},
        Err(end) => end,
    };
    if !matches!(end, End::TooSlow) {
        link.close(None).await;
    }
    drop(place);
}

/// One desk page.
struct Desk<'a> {
    app: &'a App,
    link: &'a mut Link,
    agent: Agent,
    /// Tells which conversations of the site change.
    site: Subscription,
    watched: Option<Reader>,
    closing: watch::Receiver<bool>,
    beat: Interval,
    alive: bool,
}

enum Happened {
    Incoming(Incoming),
    Site(Wake),
    Log(Wake),
    Beat,
    Closing,
}

enum Never {}

impl Desk<'_> {
    async fn live(&mut self) -> Result<Never, End> {
        self.obstacle().await?;
        loop {
            match self.next().await {
                Happened::Incoming(incoming) => self.incoming(incoming).await?,
                Happened::Site(wake) => self.site_changed(wake).await?,
                Happened::Log(wake) => self.log_changed(wake).await?,
                Happened::Beat => self.beat().await?,
                Happened::Closing => return Err(Problem::shutting_down().into()),
            }
        }
    }

    async fn next(&mut self) -> Happened {
        let log = async {
            match &mut self.watched {
                Some(reader) => reader.woken().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            incoming = self.link.receive() => Happened::Incoming(incoming),
            wake = self.site.next() => Happened::Site(wake),
            wake = log => Happened::Log(wake),
            _ = self.beat.tick() => Happened::Beat,
            _ = self.closing.wait_for(|closing| *closing) => Happened::Closing,
        }
    }

    async fn incoming(&mut self, incoming: Incoming) -> Result<(), End> {
        self.alive = true;
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Alive => return Ok(()),
            Incoming::Broken(problem) => return Err(problem.into()),
            Incoming::Gone => return Err(End::Gone),
        };
        match serde_json::from_str(&text) {
            Ok(Frame::Watch {
                conversation,
                after,
            }) => self.watch(conversation, after).await,
            Ok(Frame::Typing { conversation, on }) => self.typing(&conversation, on).await,
            Ok(Frame::Ping { n }) => {
                self.link
                    .send(json!({ "type": "pong", "n": n }).to_string())
                    .await
            }
            // The page is ours: what it says wrongly, it will say wrongly again.
            Err(_) => Err(Problem::new(Code::BadFrame, "This frame is not known.").into()),
        }
    }

    async fn watch(&mut self, conversation: Option<String>, after: Seq) -> Result<(), End> {
        self.watched = None;
        let Some(id) = conversation else {
            return Ok(());
        };
        // A conversation that is not there, or not theirs, simply never says anything.
        if let Ok(row) = self.agent.conversation(self.app, &id).await {
            self.watched = Some(Reader::new(
                self.app,
                row.id,
                if after > row.seq { 0 } else { after },
            ));
        }
        self.pump().await
    }

    async fn typing(&mut self, conversation: &str, on: bool) -> Result<(), End> {
        if let Some(reader) = &self.watched
            && reader.conversation().as_str() == conversation
        {
            let name = self.agent.name.clone();
            let from = Typist::Agent { name };
            let topic = Topic::Conversation(reader.conversation().clone());
            self.app
                .engine
                .feed()
                .publish(&topic, Wake::Typing { from, on });
        }
        Ok(())
    }

    async fn site_changed(&mut self, wake: Wake) -> Result<(), End> {
        match wake {
            Wake::Changed(conversation) | Wake::Opened(conversation) => {
                self.row(&conversation).await
            }
            Wake::Log => {
                self.obstacle().await?;
                self.rows().await
            }
            Wake::Obstacle => self.obstacle().await,
            Wake::Typing { .. } | Wake::Partial { .. } => Ok(()),
        }
    }

    /// Whether the team can be told in its own place, and if not, why.
    async fn obstacle(&mut self) -> Result<(), End> {
        let text = obstacle::told(self.app, &self.agent.site);
        let frame = json!({ "type": "obstacle", "text": text });
        self.link.send(frame.to_string()).await
    }

    async fn row(&mut self, conversation: &ConversationId) -> Result<(), End> {
        let row = self
            .app
            .store()
            .thread_row(conversation)
            .await
            .map_err(Problem::from)?;
        match row {
            Some(row) if row.has_thread => self.send_row(row.into()).await,
            _ => Ok(()),
        }
    }

    async fn rows(&mut self) -> Result<(), End> {
        let store = self.app.store();
        let rows = store
            .threads(&self.agent.site, ThreadState::All, AFRESH)
            .await;
        for row in rows.map_err(Problem::from)? {
            self.send_row(row.into()).await?;
        }
        Ok(())
    }

    async fn send_row(&mut self, row: Row) -> Result<(), End> {
        self.link
            .send(json!({ "type": "thread", "thread": row }).to_string())
            .await
    }

    async fn log_changed(&mut self, wake: Wake) -> Result<(), End> {
        match (wake, &self.watched) {
            (Wake::Log, _) => self.pump().await,
            (
                Wake::Typing {
                    from: Typist::Visitor,
                    on,
                },
                Some(reader),
            ) => {
                let conversation = reader.conversation();
                let frame = json!({ "type": "typing", "conversation": conversation, "on": on });
                self.link.send(frame.to_string()).await
            }
            _ => Ok(()),
        }
    }

    async fn pump(&mut self) -> Result<(), End> {
        match &mut self.watched {
            Some(reader) => reader.pump(self.app, self.link, event_frame).await,
            None => Ok(()),
        }
    }

    async fn beat(&mut self) -> Result<(), End> {
        if !std::mem::take(&mut self.alive) {
            return Err(End::Gone);
        }
        // Somebody who logged out elsewhere sees nothing more here.
        match session_of(self.app, &self.agent.session).await? {
            Some(session) => self.note_name(session.name),
            None => return Err(End::Gone),
        }
        self.link.ping().await
    }

    fn note_name(&mut self, name: String) {
        if !name.is_empty() {
            self.agent.name = name;
        }
    }
}

/// What the team sees of an entry.
fn event_frame(app: &App, conversation: &ConversationId, entry: &Entry) -> Option<String> {
    let numbered = numbered(app, entry)?;
    let frame = json!({
        "type": "event",
        "conversation": conversation,
        "seq": numbered.seq,
        "at": numbered.at,
        "event": numbered.event,
    });
    Some(frame.to_string())
}
