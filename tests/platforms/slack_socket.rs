//! Socket Mode of the Slack for tests (<https://docs.slack.dev/apis/events-api/using-socket-mode>): hello,
//! envelopes with acknowledgements, several sockets, and Slack's habit of closing them. Worse than the real one in
//! one point: what happens while no socket is open is never told.

use std::sync::Arc;

use axum::{
    extract::{
        Query, State as Shares, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;

use super::{
    Shared,
    dice::Dice,
    state::{Envelope, EventFault, Link, Out, State},
};

/// Slack allows so many sockets per app.
const MOST_SOCKETS: usize = 10;

#[derive(Deserialize)]
pub(super) struct Ticket {
    ticket: String,
}

/// An acknowledgement; nothing else may come from a client.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acknowledgement {
    envelope_id: String,
    #[serde(default, rename = "payload")]
    _payload: Option<Value>,
}

pub(super) async fn connect(
    Shares(shared): Shares<Arc<Shared>>,
    Query(Ticket { ticket }): Query<Ticket>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let known = shared.change(|state| state.tickets.remove(&ticket) && !state.away);
    match known {
        true => upgrade.on_upgrade(move |socket| run(shared, socket)),
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn run(shared: Arc<Shared>, socket: WebSocket) {
    let (mut writer, mut reader) = socket.split();
    let (sender, mut orders) = unbounded_channel();
    let id = shared.change(|state| state.opened(sender));
    // Slack pings its clients, so that dead ones are noticed.
    let mut pings = tokio::time::interval(std::time::Duration::from_millis(500));
    loop {
        tokio::select! {
            _ = pings.tick() => {
                if writer.send(Message::Ping("ping".into())).await.is_err() { break; }
            }
            order = orders.recv() => match order {
                Some(Out::Frame(frame)) => {
                    let sent = writer.send(Message::text(frame.to_string())).await;
                    if sent.is_err() { break; }
                }
                Some(Out::Cut) | None => break,
            },
            frame = reader.next() => match frame {
                Some(Ok(Message::Text(text))) => shared.change(|state| state.acknowledge(&text)),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_))) => {
                    shared.change(|state| state.violations.push("a binary frame".to_owned()));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
        }
    }
    shared.change(|state| state.closed(id));
}

impl State {
    fn opened(&mut self, sender: tokio::sync::mpsc::UnboundedSender<Out>) -> u64 {
        let id = self.number();
        self.opened += 1;
        let hello = json!({
            "type": "hello", "num_connections": self.links.len() + 1,
            "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060},
            "connection_info": {"app_id": "A0HINNY"},
        });
        if self.links.len() >= MOST_SOCKETS {
            sender.send(Out::Cut).ok();
        }
        sender.send(Out::Frame(hello)).ok();
        self.links.push(Link { id, sender });
        for envelope in std::mem::take(&mut self.waiting) {
            self.hand_out(envelope);
        }
        id
    }

    /// What was not acknowledged on a socket comes again on the next one.
    fn closed(&mut self, id: u64) {
        self.links.retain(|link| link.id != id);
        let gone: Vec<String> = self
            .unacknowledged
            .iter()
            .filter(|(_, (link, _))| *link == id)
            .map(|(envelope, _)| envelope.clone())
            .collect();
        let mut again: Vec<Envelope> = gone
            .iter()
            .filter_map(|envelope| self.unacknowledged.remove(envelope))
            .map(|(_, envelope)| envelope)
            .collect();
        // The order in which they happened; a map has none.
        again.sort_by_key(|envelope| envelope.payload["event_id"].as_str().map(str::to_owned));
        for mut envelope in again {
            envelope.attempt += 1;
            // The first try and three more; a press is never told twice.
            match envelope.attempt <= 3 && envelope.kind == "events_api" {
                true if self.links.is_empty() => self.waiting.push_back(envelope),
                true => self.hand_out(envelope),
                false => self.lost += 1,
            }
        }
    }

    fn acknowledge(&mut self, text: &str) {
        let known = serde_json::from_str::<Acknowledgement>(text)
            .ok()
            .and_then(|acknowledgement| self.unacknowledged.remove(&acknowledgement.envelope_id));
        match known {
            Some(_) => self.acknowledged += 1,
            None => self.violations.push(format!("no acknowledgement: {text}")),
        }
    }

    /// Hands a new envelope to a socket, or to the misfortune that is planned for it.
    pub fn send(&mut self, envelope: Envelope) {
        if self.links.is_empty() {
            self.lost += 1;
            return;
        }
        let fault = self.event_faults.pop_front();
        match fault.or_else(|| self.dice.as_mut().and_then(Dice::event)) {
            Some(EventFault::Twice) => {
                self.hand_out(envelope.clone());
                self.hand_out(Envelope {
                    attempt: 1,
                    ..envelope
                });
            }
            Some(EventFault::Late) if self.late.is_none() => {
                self.late = Some(envelope);
                return;
            }
            Some(EventFault::CutAfter) => {
                self.hand_out(envelope);
                self.cut();
            }
            _ => self.hand_out(envelope),
        }
        if let Some(late) = self.late.take() {
            match self.links.is_empty() {
                true => self.waiting.push_back(late),
                false => self.hand_out(late),
            }
        }
    }

    /// One of the sockets gets it, by turns.
    fn hand_out(&mut self, envelope: Envelope) {
        let number = self.number();
        let Some(link) = self.links.get(number as usize % self.links.len().max(1)) else {
            self.waiting.push_back(envelope);
            return;
        };
        let id = format!("envelope-{number}");
        let mut frame = json!({
            "envelope_id": id, "type": envelope.kind, "payload": envelope.payload,
            "accepts_response_payload": envelope.kind == "interactive",
        });
        if envelope.kind == "events_api" {
            frame["retry_attempt"] = envelope.attempt.into();
            frame["retry_reason"] = if envelope.attempt > 0 { "timeout" } else { "" }.into();
        }
        link.sender.send(Out::Frame(frame)).ok();
        self.unacknowledged.insert(id, (link.id, envelope));
    }

    /// All sockets break.
    pub fn cut(&mut self) {
        for link in &self.links {
            link.sender.send(Out::Cut).ok();
        }
    }

    /// Asks all clients to go, as Slack does every few hours.
    pub fn disconnect(&mut self, reason: &str) {
        let frame =
            json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}});
        for link in &self.links {
            link.sender.send(Out::Frame(frame.clone())).ok();
        }
    }
}
