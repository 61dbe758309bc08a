//! `/v1/ws`: one visitor's socket. A task, not an actor: it greets, then reads the log from its own cursor
//! whenever the feed wakes it, and carries what the visitor says to the conversation. `/v1/events` is the same task for a
//! client to whom no socket gets through; what that one says comes by REST.

mod frames;
mod hello;

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hinny_actors::body::Context;
use hinny_actors::ids::{ConversationId, Seq};
use hinny_actors::store::Entry;
use hinny_actors::view::Author;
use hinny_actors::{Subscription, Topic, Typist, Wake};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::app::{App, Client, Origin, Shared};
use crate::error::{Code, Problem};
use crate::files;
use crate::guest::Guest;
use crate::limits::{Chatter, Place};
use crate::link::{self, End, Incoming, Link};
use crate::reader::Reader;
use crate::rest::Bearer;
use crate::wire::ServerFrame;

/// After too many sockets, one may try again after this time.
const CROWDED: Duration = Duration::from_secs(10);

/// Upgrades a request whose address may have another socket. Whether its page may use the site is told after the
/// hello: no page can read why an upgrade failed, so it would only try again for ever.
pub async fn upgrade(
    State(app): State<Shared>,
    Client(address): Client,
    origin: Origin,
    upgrade: WebSocketUpgrade,
) -> Response {
    if app.is_closing() {
        return Problem::shutting_down().into_response();
    }
    let Some(place) = app.limits.socket(address) else {
        return Problem::rate_limited(CROWDED).into_response();
    };
    link::bounded(upgrade)
        .on_upgrade(move |ws| serve(app, ws, address, origin, place))
        .into_response()
}

/// Where a client of the stream stopped reading.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Left {
    conversation: Option<String>,
    after: Option<Seq>,
}

/// `GET /v1/events?conversation=ID&after=N`: the frames of a socket, as an event stream. The token is in the header, as
/// with every call.
pub async fn events(
    State(app): State<Shared>,
    Client(address): Client,
    Bearer(guest): Bearer,
    left: Result<Query<Left>, QueryRejection>,
) -> Result<Response, Problem> {
    let unknown = "`conversation` and `after`, a number, are the only parameters.";
    let Query(left) = left.map_err(|_| Problem::new(Code::BadFrame, unknown))?;
    if app.is_closing() {
        return Err(Problem::shutting_down());
    }
    let crowded = || Problem::rate_limited(CROWDED);
    let place = app.limits.socket(address).ok_or_else(crowded)?;
    let (mut link, body) = Link::stream(app.config.timing.send_within);
    tokio::spawn(async move {
        let end = match Box::pin(hello::begin(&app, &mut link, guest, &left)).await {
            Ok(greeted) => run(&app, &mut link, greeted).await,
            Err(end) => end,
        };
        finish(&app, link, end).await;
        drop(place);
    });
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        // nginx would otherwise keep the frames until there are many.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

async fn serve(app: Shared, ws: WebSocket, address: IpAddr, origin: Origin, place: Place) {
    let mut link = Link::new(ws, app.config.timing.send_within);
    // Boxed, like every step that is not waiting: most sockets only wait, most of the time.
    let end = match Box::pin(hello::greet(&app, &mut link, address, &origin)).await {
        Ok(greeted) => run(&app, &mut link, greeted).await,
        Err(end) => end,
    };
    finish(&app, link, end).await;
    drop(place);
}

/// Tells the other side why, if that is any use.
async fn finish(app: &App, link: Link, end: End) {
    app.meter.socket_ended(&end);
    match end {
        End::Bye(problem) => {
            let bye = ServerFrame::bye(problem.clone()).to_json();
            Box::pin(link.close(Some((bye, &problem)))).await;
        }
        End::Gone => Box::pin(link.close(None)).await,
        // Nothing more can be written to somebody who does not read.
        End::TooSlow => tracing::debug!("a socket was dropped because its client did not read"),
    }
}

async fn run(app: &App, link: &mut Link, greeted: hello::Greeted) -> End {
    let mut socket = Socket::new(app, link, greeted);
    match socket.live().await {
        Ok(never) => match never {},
        Err(end) => end,
    }
}

/// A socket after its hello.
struct Socket<'a> {
    app: &'a App,
    link: &'a mut Link,
    guest: Guest,
    /// The conversation's log, once there is one.
    reader: Option<Reader>,
    /// Tells that another tab opened the conversation, or that the session may have ended.
    visitor: Subscription,
    context: Context,
    /// Whether the store knows `context`.
    context_known: bool,
    chatter: Chatter,
    steps: Chatter,
    bad_frames: u32,
    closing: watch::Receiver<bool>,
    beat: Interval,
    alive: bool,
}

enum Happened {
    Incoming(Incoming),
    Log(Wake),
    Visitor(Wake),
    Beat,
    Unproved(Problem),
    Closing,
}

/// A socket lives until something ends it.
enum Never {}

impl<'a> Socket<'a> {
    fn new(app: &'a App, link: &'a mut Link, greeted: hello::Greeted) -> Self {
        let every = app.config.timing.ping_every;
        let mut beat = interval_at(Instant::now() + every, every);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Socket {
            app,
            link,
            visitor: greeted.visitor,
            guest: greeted.guest,
            reader: greeted.reader,
            context: greeted.context,
            context_known: greeted.context_known,
            chatter: Chatter::new(),
            steps: Chatter::of_steps(),
            bad_frames: 0,
            closing: app.closing.clone(),
            beat,
            alive: true,
        }
    }

    async fn live(&mut self) -> Result<Never, End> {
        self.catch_up().await?;
        self.tell_context().await?;
        loop {
            match self.next().await {
                Happened::Incoming(incoming) => self.incoming(incoming).await?,
                Happened::Log(wake) => self.woken(wake).await?,
                Happened::Visitor(wake) => self.visitor_changed(wake).await?,
                Happened::Beat => self.beat().await?,
                Happened::Unproved(problem) => return Err(problem.into()),
                Happened::Closing => return Err(Problem::shutting_down().into()),
            }
        }
    }

    async fn next(&mut self) -> Happened {
        let log = async {
            match &mut self.reader {
                Some(reader) => reader.woken().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            incoming = self.link.receive() => Happened::Incoming(incoming),
            wake = log => Happened::Log(wake),
            wake = self.visitor.next() => Happened::Visitor(wake),
            _ = self.beat.tick() => Happened::Beat,
            problem = self.guest.unproved() => Happened::Unproved(problem),
            // The sender goes only with the whole server, which is a closing too.
            _ = self.closing.wait_for(|closing| *closing) => Happened::Closing,
        }
    }

    /// Everything that was missed, and then the sign that it was all.
    async fn catch_up(&mut self) -> Result<(), End> {
        self.pump().await?;
        let seq = self.reader.as_ref().map_or(0, Reader::seq);
        self.send(ServerFrame::CaughtUp { seq }).await
    }

    /// Sends what the log has after the cursor.
    async fn pump(&mut self) -> Result<(), End> {
        match &mut self.reader {
            Some(reader) => Box::pin(reader.pump(self.app, self.link, event_frame)).await,
            None => Ok(()),
        }
    }

    async fn woken(&mut self, wake: Wake) -> Result<(), End> {
        match wake {
            Wake::Log => self.pump().await,
            Wake::Typing {
                from: Typist::Agent { name },
                on,
            } => {
                let avatar = None;
                let author = Author::Agent { name, avatar };
                self.send(ServerFrame::Typing { author, on }).await
            }
            Wake::Partial { text } => self.send(ServerFrame::Partial { text }).await,
            Wake::Typing { .. } | Wake::Opened(_) | Wake::Changed(_) | Wake::Obstacle => Ok(()),
        }
    }

    async fn visitor_changed(&mut self, wake: Wake) -> Result<(), End> {
        match wake {
            Wake::Opened(conversation) if self.reader.is_none() => {
                self.attach(&conversation);
                self.pump().await
            }
            Wake::Opened(_) => Ok(()),
            Wake::Log | Wake::Changed(_) => match self.guest.still_here(self.app).await? {
                true => self.go_on().await,
                // The browser comes back with its token, as who it is now.
                false => Err(End::Gone),
            },
            Wake::Typing { .. } | Wake::Partial { .. } | Wake::Obstacle => Ok(()),
        }
    }

    /// Another tab, or this one, may have begun anew: then the client is welcomed to what goes on instead.
    async fn go_on(&mut self) -> Result<(), End> {
        let Some(reader) = &self.reader else {
            return Ok(());
        };
        let row = self.guest.conversation(self.app).await?;
        let id = row.as_ref().map(|row| &row.id);
        if id == Some(reader.conversation()) {
            return Ok(());
        }
        let welcome = hello::welcome(self.app, &self.guest, row.as_ref())?;
        self.send(welcome).await?;
        self.reader = row.map(|row| Reader::new(self.app, row.id, 0));
        self.context_known = false;
        self.catch_up().await
    }

    /// Hangs on the conversation's log from its beginning.
    fn attach(&mut self, conversation: &ConversationId) {
        self.reader = Some(Reader::new(self.app, conversation.clone(), 0));
    }

    async fn beat(&mut self) -> Result<(), End> {
        if !std::mem::take(&mut self.alive) {
            return Err(End::Gone);
        }
        self.link.ping().await
    }

    async fn send(&mut self, frame: ServerFrame) -> Result<(), End> {
        self.link.send(frame.to_json()).await
    }
}

/// What the visitor sees of an entry.
fn event_frame(app: &App, _: &ConversationId, entry: &Entry) -> Option<String> {
    let event = files::visitor(app, entry)?;
    let (seq, at) = (entry.event.seq, entry.event.at);
    Some(ServerFrame::Event { seq, at, event }.to_json())
}

/// The topic on which all sockets of a visitor hear of each other.
fn visitor_topic(guest: &Guest) -> Topic {
    Topic::Visitor(guest.session.visitor.clone())
}
