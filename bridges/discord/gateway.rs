//! The socket on which Discord tells what happens, by serenity's shard runner: it identifies, beats, and
//! resumes after a cut, so that what was missed comes in order
//! (<https://discord.com/developers/docs/events/gateway>).
//!
//! serenity gives each event to handlers in a task of its own, which loses their order; only collectors are
//! called one after the other, so one of those hands everything over. Its tasks live in a runtime of their
//! own and end with it: else a shard that asked for a restart would come back without our collector, and its
//! log lines, which may quote messages, would reach ours.

use std::sync::Arc;

use serde_json::Value;
use serenity::{
    all::ShardId,
    gateway::{
        CollectorCallback, Shard, ShardManager, ShardManagerOptions, ShardMessenger, ShardRunner,
        ShardRunnerOptions,
    },
    http::HttpBuilder,
    model::{
        event::Event,
        gateway::{GatewayIntents, ShardInfo},
    },
    prelude::{GatewayError, Mutex, RwLock, SerenityError, TypeMap},
};
use tokio::sync::{mpsc, oneshot};

use super::config::Token;
use crate::SendError;

/// Events that may wait while one is being stored. When more come, listening ends and the history is read.
const MOST_WAITING: usize = 4_096;

/// One event with its name.
pub(super) struct Arrived {
    pub(super) kind: String,
    pub(super) data: Value,
}

/// Events until the socket ends for good. Dropping it ends the socket.
pub(super) struct Stream {
    events: mpsc::Receiver<Arrived>,
    /// Presses once more, to be acknowledged at once whatever waits before them.
    presses: Option<mpsc::Receiver<Value>>,
    ended: oneshot::Receiver<SendError>,
    _stop: oneshot::Sender<()>,
}

impl Stream {
    pub(super) fn open(url: String, token: &Token) -> Result<Self, SendError> {
        let (events_in, events) = mpsc::channel(MOST_WAITING);
        let (presses_in, presses) = mpsc::channel(MOST_WAITING);
        let (ended_in, ended) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let token = token.clone();
        let sink = Sink {
            events: events_in,
            presses: presses_in,
            url: Arc::new(Mutex::new(url)),
        };
        let alone = move || {
            let error = run_alone(sink, &token, stopped);
            // Nobody waits for it when the listener was dropped.
            ended_in.send(error).ok();
        };
        std::thread::Builder::new()
            .name("discord-gateway".to_owned())
            .spawn(alone)
            .map_err(|error| SendError::Unreachable(format!("no thread for Discord: {error}")))?;
        Ok(Stream {
            events,
            presses: Some(presses),
            ended,
            _stop: stop,
        })
    }

    /// The next event, or why there are no more.
    pub(super) async fn next(&mut self) -> Result<Arrived, SendError> {
        if let Some(event) = self.events.recv().await {
            return Ok(event);
        }
        let text = "more happened on Discord than could be stored in time";
        let full = SendError::Unreachable(text.to_owned());
        Err((&mut self.ended).await.unwrap_or(full))
    }

    pub(super) fn presses(&mut self) -> Option<mpsc::Receiver<Value>> {
        self.presses.take()
    }
}

/// Where the collector puts things.
struct Sink {
    events: mpsc::Sender<Arrived>,
    presses: mpsc::Sender<Value>,
    /// Where the shard connects; after the first hello Discord names another place for resuming.
    url: Arc<Mutex<String>>,
}

impl Sink {
    /// Whether it wants more.
    fn take(&self, event: &Event) -> bool {
        if let Event::Ready(ready) = event {
            let resume = &ready.ready.resume_gateway_url;
            let known = resume.starts_with("wss://") || resume.starts_with("ws://");
            if let Some(mut url) = self.url.try_lock().ok().filter(|_| known) {
                resume.clone_into(&mut url);
            }
        }
        let Some(arrived) = arrived(event) else {
            return true;
        };
        if arrived.kind == "INTERACTION_CREATE" {
            // A press that finds no room is shown as failed to the person, who presses again.
            self.presses.try_send(arrived.data.clone()).ok();
        }
        self.events.try_send(arrived).is_ok()
    }
}

/// The events that hinny reads. What serenity cannot read as one of them is kept as it came.
fn arrived(event: &Event) -> Option<Arrived> {
    if let Event::Unknown(unknown) = event {
        let (kind, data) = (unknown.kind.clone(), unknown.value.clone());
        return Some(Arrived { kind, data });
    }
    let wanted = matches!(
        event,
        Event::Ready(_)
            | Event::GuildCreate(_)
            | Event::MessageCreate(_)
            | Event::MessageUpdate(_)
            | Event::MessageDelete(_)
            | Event::MessageDeleteBulk(_)
            | Event::ReactionAdd(_)
            | Event::ReactionRemove(_)
            | Event::InteractionCreate(_)
            | Event::TypingStart(_)
            | Event::ThreadCreate(_)
            | Event::ThreadUpdate(_)
            | Event::ThreadDelete(_)
            | Event::ChannelUpdate(_)
            | Event::ChannelDelete(_)
    );
    let mut written = serde_json::to_value(event).ok().filter(|_| wanted)?;
    let kind = written["t"].as_str()?.to_owned();
    let data = written["d"].take();
    Some(Arrived { kind, data })
}

fn run_alone(sink: Sink, token: &Token, stopped: oneshot::Receiver<()>) -> SendError {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return SendError::Unreachable(format!("no runtime for Discord: {error}")),
    };
    let silent = tracing::subscriber::NoSubscriber::default();
    tracing::subscriber::with_default(silent, || {
        runtime.block_on(async {
            tokio::select! {
                error = run(sink, token) => error,
                _ = stopped => SendError::Unreachable("nobody listens any more".to_owned()),
            }
        })
    })
}

async fn run(sink: Sink, token: &Token) -> SendError {
    let url = sink.url.clone();
    let info = ShardInfo {
        id: ShardId(0),
        total: 1,
    };
    let shard = match Shard::new(url, token.reveal(), info, intents(), None).await {
        Ok(shard) => shard,
        Err(error) => return ended(&error, token),
    };
    let mut runner = runner(shard);
    let collector = CollectorCallback(Box::new(move |event| sink.take(event)));
    ShardMessenger::new(&runner).add_collector(collector);
    match runner.run().await {
        Ok(()) => SendError::Unreachable("Discord ended the session".to_owned()),
        Err(error) => ended(&error, token),
    }
}

/// The runner wants a manager to ask for a restart. This one cannot give it: it has no address to connect to.
fn runner(shard: Shard) -> ShardRunner {
    let data = Arc::new(RwLock::new(TypeMap::new()));
    let http = Arc::new(HttpBuilder::new("").build());
    let (manager, _) = ShardManager::new(ShardManagerOptions {
        data: data.clone(),
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        shard_index: 0,
        shard_init: 0,
        shard_total: 0,
        ws_url: Arc::default(),
        http: http.clone(),
        intents: intents(),
        presence: None,
    });
    // Else it would wait five seconds for a shard that it never started to say goodbye.
    manager.shutdown_finished(ShardId(0));
    ShardRunner::new(ShardRunnerOptions {
        data,
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        manager,
        shard,
        http,
    })
}

/// Threads and channels, messages with their text, signs and typing; no lists of members.
fn intents() -> GatewayIntents {
    GatewayIntents::GUILDS
        | GatewayIntents::GUILD_MESSAGES
        | GatewayIntents::GUILD_MESSAGE_REACTIONS
        | GatewayIntents::GUILD_MESSAGE_TYPING
        | GatewayIntents::MESSAGE_CONTENT
}

/// <https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>
fn ended(error: &SerenityError, token: &Token) -> SendError {
    match error {
        SerenityError::Gateway(GatewayError::InvalidAuthentication) => {
            SendError::Unauthorized("Discord did not accept the token".to_owned())
        }
        SerenityError::Gateway(
            GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents,
        ) => SendError::NoAccess(
            "the bot may not read messages: switch on \"Message Content Intent\" on the page \
             \"Bot\" of the developer portal"
                .to_owned(),
        ),
        error => SendError::Unreachable(token.scrub(&super::classify::with_causes(error))),
    }
}
