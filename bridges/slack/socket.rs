//! One Socket Mode connection (<https://docs.slack.dev/apis/events-api/using-socket-mode>), by slack-morphism's
//! clients, which open the socket, keep it alive and notice when it is dead. This sits where they hand over frames,
//! so that hinny reads them with its own types and acknowledges one only when it is stored.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use slack_morphism::{
    SlackApiToken, SlackClientSocketModeConfig, SlackSocketModeClientListener,
    SlackSocketModeWssClientId,
    api::SlackApiAppsConnectionOpenRequest,
    clients_manager::{SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory},
    listener::SlackClientEventsListenerEnvironment,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use super::{
    classify::harmless,
    client::{Client, Connector},
};
use crate::SendError;

/// How long slack-morphism takes from an open socket to its loop, amply.
const SETTLING: Duration = Duration::from_millis(50);

type Manager = Arc<dyn SlackSocketModeClientsManager + Send + Sync>;

/// An open connection, or one that is being opened. Ends with its owner.
pub(super) struct Socket {
    manager: Manager,
    token: SlackApiToken,
    frames: mpsc::Receiver<Arrival>,
    /// The client whose frames count; an older one may still be saying goodbye.
    current: Option<SlackSocketModeWssClientId>,
    /// Until when Slack has to say hello.
    hello_by: Instant,
    patience: Duration,
}

/// A frame, and where its acknowledgement goes.
pub(super) struct Frame {
    pub(super) body: String,
    client: SlackSocketModeWssClientId,
    answer: oneshot::Sender<Option<String>>,
}

enum Arrival {
    Frame(Frame),
    Lost(SlackSocketModeWssClientId),
}

impl Frame {
    /// Lets the socket go on, with an acknowledgement if there is one. It may be gone meanwhile: then Slack tells
    /// the same again.
    pub(super) fn answer(self, acknowledgement: Option<String>) {
        if self.answer.send(acknowledgement).is_err() {
            tracing::debug!("a socket closed before its last frame was answered");
        }
    }
}

impl Socket {
    pub(super) async fn open(
        client: &Client,
        token: SlackApiToken,
        patience: Duration,
    ) -> Result<Self, SendError> {
        let environment = SlackClientEventsListenerEnvironment::new(client.slack.clone());
        let connector = &client.slack.http_api.connector;
        let manager = SlackSocketModeClientsManagerFactory::<Connector>::new_clients_manager(
            connector.as_ref(),
            Arc::new(environment),
        );
        let (sender, frames) = mpsc::channel(1);
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(1)
            .with_ping_interval_in_seconds(10)
            .with_ping_failure_threshold_times(3);
        let wire = Arc::new(Wire { frames: sender });
        let socket = Socket {
            manager,
            token: token.clone(),
            frames,
            current: None,
            hello_by: Instant::now() + patience,
            patience,
        };
        let registered = socket.manager.register_new_token(&config, token, wire);
        registered.await.map_err(|error| broken(&error))?;
        socket.manager.start().await;
        Ok(socket)
    }

    /// The next frame of the current connection.
    pub(super) async fn next(&mut self, client: &Client) -> Result<Frame, SendError> {
        loop {
            let arrival = match self.current {
                Some(_) => self.frames.recv().await,
                None => match tokio::time::timeout_at(self.hello_by, self.frames.recv()).await {
                    Ok(arrival) => arrival,
                    Err(_elapsed) => return Err(self.why_silent(client).await),
                },
            };
            match arrival {
                Some(Arrival::Frame(frame)) => {
                    self.current = Some(frame.client.clone());
                    return Ok(frame);
                }
                Some(Arrival::Lost(lost))
                    if self.current.as_ref().is_none_or(|now| *now == lost) =>
                {
                    return Err(SendError::Unreachable("the socket was cut".to_owned()));
                }
                Some(Arrival::Lost(_)) => {}
                None => return Err(SendError::Unreachable("the socket ended".to_owned())),
            }
        }
    }

    /// Slack asks to come again on a new socket.
    pub(super) async fn renew(&mut self) {
        if let Some(client) = self.current.take() {
            self.hello_by = Instant::now() + self.patience;
            self.manager.restart_client(&client).await;
        }
    }

    /// slack-morphism does not say why no socket opens, so Slack is asked once more.
    async fn why_silent(&self, client: &Client) -> SendError {
        let session = client.slack.open_session(&self.token);
        let request = SlackApiAppsConnectionOpenRequest::new();
        let opened = client.answered(self.patience, session.apps_connections_open(&request));
        match opened.await {
            Ok(_) => SendError::Unreachable("Slack opens no socket".to_owned()),
            Err(failure) => harmless(failure.into_error()),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let manager = self.manager.clone();
        // Closing takes a moment. Without a runtime everything is ending anyway.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // A socket that is only just open must first reach its loop, or it does not say goodbye.
                tokio::time::sleep(SETTLING).await;
                manager.shutdown().await;
            });
        }
    }
}

/// The end of the wire that slack-morphism holds.
struct Wire {
    frames: mpsc::Sender<Arrival>,
}

#[async_trait]
impl SlackSocketModeClientListener for Wire {
    async fn on_message(
        &self,
        client: &SlackSocketModeWssClientId,
        body: String,
    ) -> Option<String> {
        let (answer, acknowledgement) = oneshot::channel();
        let client = client.clone();
        let frame = Frame {
            body,
            client,
            answer,
        };
        self.frames.send(Arrival::Frame(frame)).await.ok()?;
        acknowledgement.await.ok().flatten()
    }

    async fn on_error(&self, _error: Box<dyn std::error::Error + Send + Sync>) {
        // The text may hold what somebody wrote; that the socket is lost is told separately.
        tracing::debug!("the socket reports an error");
    }

    async fn on_disconnect(&self, client: &SlackSocketModeWssClientId) {
        if self
            .frames
            .send(Arrival::Lost(client.clone()))
            .await
            .is_err()
        {
            tracing::debug!("a socket was lost that nobody listens to");
        }
    }
}

fn broken(error: &slack_morphism::errors::SlackClientError) -> SendError {
    harmless(super::classify::classify(error).into_error())
}
