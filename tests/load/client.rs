//! A visitor on a socket: hello, questions, and the few frames that matter here.

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Uri};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::options::Place;

/// Small, so that thousands of visitors fit into one process.
const BUFFER: usize = 4 * 1024;

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What matters of a frame. Unknown fields are skipped, as the protocol asks of clients.
#[derive(Debug, Default, Deserialize)]
pub struct Frame {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub seq: u64,
    #[serde(default)]
    pub event: Option<Event>,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub detail: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Event {
    pub kind: String,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub author: Option<Author>,
    #[serde(default)]
    pub handling: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Author {
    pub kind: String,
}

impl Event {
    pub fn is_message_by(&self, author: &str) -> bool {
        self.kind == "message" && self.author.as_ref().is_some_and(|who| who.kind == author)
    }
}

/// Only this machine may be put under load.
pub fn check_loopback(url: &str) -> Result<(), String> {
    let uri: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<std::net::IpAddr>();
    let here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match (here, uri.scheme_str()) {
        (true, Some("http")) => Ok(()),
        (true, _) => Err(format!("{url} must begin with http://")),
        (false, _) => Err(format!(
            "{url} is not on this machine; only loopback addresses are allowed"
        )),
    }
}

impl Client {
    /// Connects and says hello as somebody new.
    pub async fn enter(place: &Place) -> Result<Client, String> {
        check_loopback(&place.url)?;
        let url = format!(
            "{}/v1/ws",
            place.url.trim_end_matches('/').replacen("http", "ws", 1)
        );
        let mut request = url.into_client_request().map_err(text)?;
        let origin = HeaderValue::from_str(&place.origin).map_err(text)?;
        request.headers_mut().insert("Origin", origin);
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0);
        let connected = connect_async_with_config(request, Some(config), true).await;
        let (socket, _) = connected.map_err(|error| format!("{}: {error}", place.url))?;
        let mut client = Client { socket };
        let hello = json!({"type": "hello", "protocol": 1, "site": place.site});
        client.send(hello.to_string()).await?;
        client.wait_for("caught_up").await?;
        Ok(client)
    }

    pub async fn ask(&mut self, id: &str, text: &str) -> Result<(), String> {
        self.send(json!({"type": "say", "id": id, "text": text}).to_string())
            .await
    }

    async fn send(&mut self, frame: String) -> Result<(), String> {
        self.socket.send(Message::text(frame)).await.map_err(text)
    }

    /// The next frame. What means that the run is worth nothing is an error.
    pub async fn frame(&mut self) -> Result<Frame, String> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return check(&text),
                Some(Ok(Message::Close(_))) | None => {
                    return Err("the server closed a socket".into());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
            }
        }
    }

    pub async fn wait_for(&mut self, kind: &str) -> Result<Frame, String> {
        loop {
            let frame = self.frame().await?;
            if frame.kind == kind {
                return Ok(frame);
            }
        }
    }
}

fn check(text: &str) -> Result<Frame, String> {
    let frame: Frame = serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))?;
    let error = frame.error.as_deref().unwrap_or_default();
    let detail = frame.detail.as_deref().unwrap_or_default();
    match (frame.kind.as_str(), error) {
        ("refused" | "bye", "rate_limited") => Err(
            "the server's limits are too low for this; tests/load/hinny.toml has them all raised"
                .into(),
        ),
        ("refused" | "bye", _) => Err(format!("the server said {error}: {detail}")),
        _ => match frame
            .event
            .as_ref()
            .and_then(|event| event.handling.as_deref())
        {
            Some("waiting") => {
                Err("a question was handed over: the bot did not know it, or was asked two at once (use more sockets)".into())
            }
            _ => Ok(frame),
        },
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_put_under_load() {
        for here in [
            "http://127.0.0.1:8080",
            "http://localhost:1/",
            "http://[::1]:8080",
            "http://127.9.9.9:1",
        ] {
            assert_eq!(check_loopback(here), Ok(()), "{here}");
        }
        for there in [
            "http://192.0.2.1:80",
            "http://example.com",
            "http://localhost.example",
            "https://127.0.0.1",
            "x",
        ] {
            assert!(check_loopback(there).is_err(), "{there}");
        }
    }

    #[test]
    fn a_run_that_is_worth_nothing_ends_with_the_reason() {
        let limited =
            r#"{"type":"refused","id":"1","error":"rate_limited","detail":"","retry_after_ms":5}"#;
        assert!(check(limited).unwrap_err().contains("limits"));
        let unknown =
            r#"{"type":"event","seq":3,"at":1,"event":{"kind":"handling","handling":"waiting"}}"#;
        assert!(check(unknown).unwrap_err().contains("did not know"));
        let fine = r#"{"type":"event","seq":3,"at":1,"event":{"kind":"message","id":"e3","author":{"kind":"bot"}}}"#;
        assert!(check(fine).unwrap().event.unwrap().is_message_by("bot"));
    }
}
