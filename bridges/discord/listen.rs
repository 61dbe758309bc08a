//! Listening: the socket is opened, what was missed is read from the history, and then every event is handed
//! in, one after the other. When one cannot be stored the socket is given up; the next start reads the
//! history again, and what was stored before comes under the same event id.

use std::{convert::Infallible, time::Duration};

use futures_util::StreamExt;
use serde_json::{Value, json};
use serenity::{http::Route, model::id::InteractionId};
use tokio::sync::mpsc;

use super::{Discord, classify::Failure, gateway::Stream, wire::Note};
use crate::{Inbox, SendError};

/// Presses that are acknowledged at the same time.
const AT_ONCE: usize = 8;
/// Discord says hello and READY within a second or two.
const UNTIL_READY: Duration = Duration::from_secs(30);

impl Discord {
    pub(super) async fn hear(&self, inbox: &dyn Inbox) -> Result<Infallible, SendError> {
        let own = self.places.own().await.map_err(calm)?;
        let url = self.gateway().await?;
        let mut stream = Stream::open(url, &self.config.token)?;
        let presses = stream.presses();
        tokio::select! {
            ended = self.follow(&mut stream, own, inbox) => ended,
            never = self.acknowledge(presses) => match never {},
        }
    }

    async fn follow(
        &self,
        stream: &mut Stream,
        own: u64,
        inbox: &dyn Inbox,
    ) -> Result<Infallible, SendError> {
        let ready = tokio::time::timeout(UNTIL_READY, stream.next()).await;
        let late = || SendError::Unreachable("Discord's gateway does not say READY".to_owned());
        let first = ready.map_err(|_| late())??;
        if first.kind != "READY" {
            return Err(late());
        }
        // Events that come meanwhile wait in the stream; what both tell of has one event id.
        self.catch_up(own, inbox).await?;
        loop {
            let event = stream.next().await?;
            self.hand_in(event, own, inbox).await?;
        }
    }

    /// Where the gateway is. serenity's client would quietly take the public one when this call fails.
    async fn gateway(&self) -> Result<String, SendError> {
        let found = self.rest.get(Route::GatewayBot).await.map_err(calm)?;
        let limit = &found["session_start_limit"];
        // Discord resets the token of a bot that starts more than 1,000 sessions a day.
        if limit["remaining"] == 0 {
            let wait = limit["reset_after"].as_u64().unwrap_or(60_000);
            let retry_after = Duration::from_millis(wait);
            return Err(SendError::RateLimited { retry_after });
        }
        let url = found["url"].as_str().unwrap_or_default();
        match url.starts_with("wss://") || url.starts_with("ws://") {
            true => Ok(url.to_owned()),
            false => Err(SendError::Unreachable(
                "Discord did not say where its gateway is".to_owned(),
            )),
        }
    }

    /// Tells Discord that presses arrived, within the three seconds it allows, without changing anything
    /// (<https://discord.com/developers/docs/interactions/receiving-and-responding>).
    async fn acknowledge(&self, presses: Option<mpsc::Receiver<Value>>) -> Infallible {
        let Some(mut presses) = presses else {
            return std::future::pending().await;
        };
        let stream = futures_util::stream::poll_fn(move |context| presses.poll_recv(context));
        let deferred = json!({"type": 6});
        stream
            .for_each_concurrent(AT_ONCE, async |press| {
                let press: Note = serde_json::from_value(press).unwrap_or_default();
                if press.id.0 == 0 {
                    return;
                }
                let route = Route::InteractionResponse {
                    interaction_id: InteractionId::new(press.id.0),
                    token: &press.token,
                };
                if let Err(failure) = self.rest.uncounted(route, &deferred).await {
                    let why = failure.into_error().to_string();
                    tracing::debug!(why, "a press could not be acknowledged");
                }
            })
            .await;
        std::future::pending().await
    }
}

/// Asking a second time does no harm, so no outcome of it is ambiguous.
pub(super) fn calm(failure: Failure) -> SendError {
    match failure.into_error() {
        SendError::Ambiguous(text) => SendError::Unreachable(text),
        other => other,
    }
}
