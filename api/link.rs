//! `Link`: a WebSocket with patience. It turns what comes in into few cases, and ends when the other side
//! does not take what is sent. The visitors' socket and the desk's both hang on one. Where no socket gets through, a
//! link is an event stream: only the server speaks on it (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use futures_util::{Stream, stream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

use crate::error::{Code, Problem};
use crate::wire::MAX_FRAME;

/// Small, because most sockets are idle most of the time.
const READ_BUFFER: usize = 2 * 1024;
const WRITE_BUFFER: usize = 4 * 1024;

/// More than this cannot wait for a client that does not read.
const MAX_WRITE_BUFFER: usize = 512 * 1024;

/// Frames that may wait for an event stream's client to read.
const STREAM_QUEUE: usize = 16;

/// A comment, which clients skip.
const SIGN_OF_LIFE: &str = ":\n\n";

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// Close codes of RFC 6455.
const NORMAL: u16 = 1000;
const UNSUPPORTED: u16 = 1003;
const POLICY: u16 = 1008;
const TOO_BIG: u16 = 1009;
const RESTART: u16 = 1012;

pub struct Link {
    pipe: Pipe,
    send_within: Duration,
}

enum Pipe {
    // Boxed, because it is much larger than the other.
    Socket(Box<WebSocket>),
    Stream {
        /// The other end is the body of the answer; it goes with the client.
        out: mpsc::Sender<String>,
        /// The last sign of life was taken.
        alive: bool,
    },
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
        Link {
            pipe: Pipe::Socket(Box::new(ws)),
            send_within,
        }
    }

    /// A link whose frames become the body of an answer.
    pub fn stream(send_within: Duration) -> (Link, impl Stream<Item = Result<Bytes, Infallible>>) {
        let (out, queue) = mpsc::channel(STREAM_QUEUE);
        let pipe = Pipe::Stream { out, alive: false };
        let body = stream::unfold(queue, |mut queue| async {
            let frame: String = queue.recv().await?;
            Some((Ok(frame.into()), queue))
        });
        (Link { pipe, send_within }, body)
    }

    /// What comes next. Safe to drop and call again.
    pub async fn receive(&mut self) -> Incoming {
        let ws = match &mut self.pipe {
            Pipe::Socket(ws) => ws,
            Pipe::Stream { out, alive } => {
                if std::mem::take(alive) {
                    return Incoming::Alive;
                }
                out.closed().await;
                return Incoming::Gone;
            }
        };
        match ws.recv().await {
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
        let within = self.send_within;
        match &mut self.pipe {
            Pipe::Socket(ws) => taken(within, ws.send(Message::Text(json.into()))).await,
            Pipe::Stream { out, .. } => taken(within, out.send(event(&json))).await,
        }
    }

    pub async fn ping(&mut self) -> Result<(), End> {
        let within = self.send_within;
        match &mut self.pipe {
            Pipe::Socket(ws) => taken(within, ws.send(Message::Ping(Default::default()))).await,
            Pipe::Stream { out, alive } => {
                taken(within, out.send(SIGN_OF_LIFE.to_owned())).await?;
                *alive = true;
                Ok(())
            }
        }
    }

    /// Says why, if anybody still listens, and closes. `bye` is the frame with the same problem.
    pub async fn close(self, bye: Option<(String, &Problem)>) {
        let mut ws = match self.pipe {
            Pipe::Socket(ws) => ws,
            Pipe::Stream { out, .. } => {
                if let Some((json, _)) = bye {
                    timeout(GOODBYE, out.send(event(&json))).await.ok();
                }
                return;
            }
        };
        let code = match &bye {
            Some((_, problem)) => close_code(problem.code),
            None => NORMAL,
        };
        let goodbye = async {
            if let Some((json, _)) = bye {
                ws.send(Message::Text(json.into())).await?;
            }
            let reason = Utf8Bytes::default();
            let close = Message::Close(Some(CloseFrame { code, reason }));
            ws.send(close).await?;
            // Reading to the end lets the frames arrive: a socket closed with unread input resets.
            while let Some(Ok(_)) = ws.recv().await {}
            Ok::<(), axum::Error>(())
        };
        if !matches!(timeout(GOODBYE, goodbye).await, Ok(Ok(()))) {
            tracing::trace!("nobody heard the goodbye");
        }
    }
}

/// Waits until something is taken, but not for ever.
async fn taken<E>(within: Duration, sent: impl Future<Output = Result<(), E>>) -> Result<(), End> {
    match timeout(within, sent).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(End::TooSlow),
    }
}

/// One frame as an event. JSON on one line has no line end that could end it early.
fn event(json: &str) -> String {
    format!("data: {json}\n\n")
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
