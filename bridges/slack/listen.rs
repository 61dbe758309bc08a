//! The loop of the listener: frames from the socket, and between them what was missed before it was open.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Slack,
    client::api_token,
    heard::{self, Heard},
    model::{Callback, Interaction, Me},
    socket::{Frame, Socket},
};
use crate::{Inbox, LiveThread, Origin, SendError, Thread};

/// What every frame has, whatever it brings.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    envelope_id: Option<String>,
    #[serde(default)]
    payload: Value,
    #[serde(default)]
    reason: Option<String>,
}

/// One run of the listener.
struct Run<'a> {
    slack: &'a Slack,
    inbox: &'a dyn Inbox,
    me: Me,
    /// Threads that nobody has looked through since the socket opened.
    missed: VecDeque<LiveThread>,
    /// Not before this is it the next one's turn.
    resume: Instant,
}

impl Slack {
    /// Runs until something fails.
    pub(super) async fn listening(&self, inbox: &dyn Inbox) -> Result<(), SendError> {
        let me = self.me().await?;
        let token = api_token(&self.config.app_token);
        let patience = self.config.request_timeout;
        let mut socket = Socket::open(&self.client, token, patience).await?;
        let mut run = Run {
            slack: self,
            inbox,
            me,
            missed: VecDeque::new(),
            resume: Instant::now(),
        };
        loop {
            let frame = match run.missed.is_empty() {
                true => socket.next(&self.client).await?,
                false => tokio::select! {
                    biased;
                    frame = socket.next(&self.client) => frame?,
                    () = tokio::time::sleep_until(run.resume) => {
                        run.look_back().await?;
                        continue;
                    }
                },
            };
            run.frame(frame, &mut socket).await?;
        }
    }
}

impl Run<'_> {
    async fn frame(&mut self, frame: Frame, socket: &mut Socket) -> Result<(), SendError> {
        let Ok(envelope) = serde_json::from_str::<Envelope>(&frame.body) else {
            tracing::warn!("a frame that is not Slack's is passed over");
            frame.answer(None);
            return Ok(());
        };
        match envelope.kind.as_str() {
            "hello" => {
                frame.answer(None);
                let connection = &self.slack.config.connection;
                let live = self.inbox.live(connection).await;
                let live = live.map_err(|error| SendError::Unreachable(error.to_string()))?;
                self.missed = live.into();
                return Ok(());
            }
            "disconnect" => {
                frame.answer(None);
                return disconnected(envelope.reason.as_deref(), socket).await;
            }
            _ => {}
        }
        let acknowledgement = envelope.envelope_id.as_ref();
        let acknowledgement = acknowledgement.map(|id| json!({"envelope_id": id}).to_string());
        for heard in self.heard(&envelope) {
            self.catch_up(&heard).await?;
            // Without an acknowledgement Slack tells it again.
            self.slack.hand_in(&self.me, heard, self.inbox).await?;
        }
        frame.answer(acknowledgement);
        Ok(())
    }

    /// What cannot be read will not be readable the next time either, so it is acknowledged all the same.
    fn heard(&self, envelope: &Envelope) -> Vec<Heard> {
        let payload = &envelope.payload;
        match envelope.kind.as_str() {
            "events_api" => match Callback::deserialize(payload) {
                Ok(callback) => heard::event(callback.event, &self.me),
                Err(error) => unreadable(&envelope.kind, &error),
            },
            "interactive" => match Interaction::deserialize(payload) {
                Ok(interaction) => heard::pressed(interaction).into_iter().collect(),
                Err(error) => unreadable(&envelope.kind, &error),
            },
            _ => Vec::new(),
        }
    }

    /// What was said before comes first: a thread is looked through before anything new of it is handed in.
    async fn catch_up(&mut self, heard: &Heard) -> Result<(), SendError> {
        let Origin::Thread(thread) = &heard.origin else {
            return Ok(());
        };
        let at = self.missed.iter().position(|live| live.thread == *thread);
        let Some(live) = at.and_then(|at| self.missed.remove(at)) else {
            return Ok(());
        };
        loop {
            match self.slack.look_through(&self.me, &live, self.inbox).await {
                Err(SendError::RateLimited { retry_after }) => {
                    tokio::time::sleep(retry_after).await
                }
                other => return other,
            }
        }
    }

    /// Looks through the next thread. Live events need not wait while there is no budget for it.
    async fn look_back(&mut self) -> Result<(), SendError> {
        let Some(live) = self.missed.pop_front() else {
            return Ok(());
        };
        match self.slack.look_through(&self.me, &live, self.inbox).await {
            Err(SendError::RateLimited { retry_after }) => {
                self.resume = Instant::now() + retry_after;
                self.missed.push_front(live);
                Ok(())
            }
            other => other,
        }
    }
}

/// Serde's errors name fields and positions, and no more of what was written than a word.
fn unreadable(kind: &str, error: &serde_json::Error) -> Vec<Heard> {
    let (line, column) = (error.line(), error.column());
    tracing::warn!(
        kind,
        line,
        column,
        "an event that cannot be read is passed over"
    );
    Vec::new()
}

/// `warning` and `refresh_requested` ask for a new socket; `link_disabled` means that Socket Mode was switched off.
async fn disconnected(reason: Option<&str>, socket: &mut Socket) -> Result<(), SendError> {
    match reason {
        Some("link_disabled") => Err(SendError::Unauthorized(
            "Socket Mode is switched off for the app".to_owned(),
        )),
        _ => {
            socket.renew().await;
            Ok(())
        }
    }
}

/// The thread that a live thread is on Slack.
pub(super) fn place(live: &LiveThread) -> Option<(&str, &str)> {
    match &live.thread {
        Thread::Slack(thread) => Some((&thread.channel, &thread.ts)),
        _ => None,
    }
}
