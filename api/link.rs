//! `Link`: a WebSocket with patience. It turns what comes in into few cases, and ends when the other side
//! does not take what is sent. The visitors' socket and the desk's both hang on one.

use std::error::Error;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

use crate::error::{Code, Problem};
use crate::wire::MAX_FRAME;

/// Small, because most sockets are idle most of the time.
const READ_BUFFER: usize = 2 * 1024;
const WRITE_BUFFER: usize = 4 * 1024;

/// More than this cannot wait for a client that does not read.
const MAX_WRITE_BUFFER: usize = 512 * 1024;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// Close codes of RFC 6455.
const NORMAL: u16 = 1000;
const UNSUPPORTED: u16 = 1003;
const POLICY: u16 = 1008;
const TOO_BIG: u16 = 1009;
const RESTART: u16 = 1012;

pub struct Link {
    ws: WebSocket,
    send_within: Duration,
}

/// What came in.
pub enum Incoming {
    Text(Utf8Bytes),
    /// A sign of life without content.
    Alive,
    /// This cannot be read; the connection ends with that problem.
    Broken(Problem),
    Gone,
}

/// Why a socket ends.
#[derive(Debug)]
pub enum End {
    /// The other side is told first.
    Bye(Problem),
    /// The other side closed, or is not there any more.
    Gone,
    /// The other side does not read.
    TooSlow,
}

impl From<Problem> for End {
    fn from(problem: Problem) -> Self {
        End::Bye(problem)
    }
}

/// The limits every WebSocket of this server has.
pub fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME)
}

impl Link {
    pub fn new(ws: WebSocket, send_within: Duration) -> Self {
        Link { ws, send_within }
    }

    /// What comes next. Safe to drop and call again.
    pub async fn receive(&mut self) -> Incoming {
        match self.ws.recv().await {
            Some(Ok(Message::Text(text))) => Incoming::Text(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Incoming::Alive,
            Some(Ok(Message::Binary(_))) => Incoming::Broken(Problem::new(
                Code::BadFrame,
                "Frames are text, one JSON object each.",
            )),
            Some(Ok(Message::Close(_))) | None => Incoming::Gone,
            Some(Err(error)) => classify(&error),
        }
    }

    pub async fn send(&mut self, json: String) -> Result<(), End> {
        self.put(Message::Text(json.into())).await
    }

    pub async fn ping(&mut self) -> Result<(), End> {
        self.put(Message::Ping(Default::default())).await
    }

    async fn put(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.send_within, self.ws.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::TooSlow),
        }
    }

    /// Says why, if anybody still listens, and closes. `bye` is the frame with the same problem.
    pub async fn close(mut self, bye: Option<(String, &Problem)>) {
        let code = match &bye {
            Some((_, problem)) => close_code(problem.code),
            None => NORMAL,
        };
        let goodbye = async {
            if let Some((json, _)) = bye {
                self.ws.send(Message::Text(json.into())).await?;
            }
            let reason = Utf8Bytes::default();
            self.ws
                .send(Message::Close(Some(CloseFrame { code, reason })))
                .await?;
            // Reading to the end lets the frames arrive: a socket closed with unread input resets.
            while let Some(Ok(_)) = self.ws.recv().await {}
            Ok::<(), axum::Error>(())
        };
        if !matches!(timeout(GOODBYE, goodbye).await, Ok(Ok(()))) {
            tracing::trace!("nobody heard the goodbye");
        }
    }
}

fn close_code(code: Code) -> u16 {
    match code {
        Code::ShuttingDown => RESTART,
        Code::TooLarge => TOO_BIG,
        Code::BadFrame => UNSUPPORTED,
        _ => POLICY,
    }
}

/// Tells a client's mistake from a line that went dead.
fn classify(error: &axum::Error) -> Incoming {
    use tungstenite::Error as E;
    let cause = error.source().and_then(|source| source.downcast_ref::<E>());
    let broken = |code, detail: &'static str| Incoming::Broken(Problem::new(code, detail));
    match cause {
        Some(E::Capacity(_)) => broken(Code::TooLarge, "A frame has at most 64 KiB."),
        Some(E::Utf8(_)) => broken(Code::BadFrame, "A text frame must be UTF-8."),
        Some(E::Protocol(_)) => broken(Code::BadFrame, "This is not the WebSocket protocol."),
        _ => Incoming::Gone,
    }
}
