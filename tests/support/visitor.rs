//! A visitor with one browser tab: the wire protocol and nothing else.

use std::collections::BTreeMap;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::DEADLINE;
use super::files::upload;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Keeps what a widget keeps: the token, the conversation, the log so far.
pub struct Visitor {
    socket: Option<Socket>,
    pub site: String,
    pub origin: String,
    /// The title of the page.
    pub title: String,
    pub token: Option<String>,
    pub identity: Option<String>,
    pub conversation: Option<String>,
    /// Whether the visitor agrees to what the site asks first.
    pub agrees: bool,
    /// What a proxy says of where they are.
    pub address: Option<String>,
    /// The events seen, by seq. A repeat of a seq is dropped as the protocol says; a changed one is a failure.
    pub log: BTreeMap<u64, Value>,
    /// Frames that are neither events nor answers a caller waits for.
    pub other: Vec<Value>,
    next_id: u64,
    name: String,
}

impl Visitor {
    /// A new browser at the site `shop`.
    pub fn new(name: &str) -> Visitor {
        Visitor {
            socket: None,
            site: "shop".into(),
            origin: "https://shop.example".into(),
            title: "Cart".into(),
            token: None,
            identity: None,
            conversation: None,
            agrees: false,
            address: None,
            log: BTreeMap::new(),
            other: Vec::new(),
            next_id: 0,
            name: name.to_owned(),
        }
    }

    /// Another tab of the same browser: same token, own socket, nothing read yet.
    pub fn second_tab(&self) -> Visitor {
        let mut tab = Visitor::new(&format!("{}-tab", self.name));
        tab.token.clone_from(&self.token);
        tab.conversation.clone_from(&self.conversation);
        tab
    }

    /// Connects, says hello and reads what was missed.
    pub async fn connect(&mut self, url: &str) -> Value {
        self.try_connect(url).await.expect("the visitor is welcome")
    }

    pub async fn try_connect(&mut self, url: &str) -> Result<Value, String> {
        self.socket = Some(open(url, &self.origin, self.address.as_deref()).await?);
        let after = self.log.keys().last().copied().unwrap_or(0);
        let mut hello = json!({
            "type": "hello", "protocol": 1, "site": self.site, "token": self.token, "identity": self.identity,
            "conversation": self.conversation, "after": after,
            "page": {"url": "https://shop.example/cart", "title": self.title, "referrer": ""},
            "language": "en", "time_zone": "Europe/Berlin",
        });
        if self.agrees {
            hello["consent"] = true.into();
        }
        self.send(hello).await?;
        let welcome = self
            .until("welcome", |frame| frame["type"] == "welcome")
            .await?;
        self.token = welcome["token"].as_str().map(str::to_owned);
        let conversation = welcome["conversation"].as_str().map(str::to_owned);
        let restored = welcome["seq"].as_u64().is_some_and(|seq| seq < after);
        if conversation != self.conversation || restored {
            self.log.clear();
        }
        self.conversation = conversation;
        self.until("caught_up", |frame| frame["type"] == "caught_up")
            .await?;
        Ok(welcome)
    }

    /// Says something and waits for the acknowledgement.
    pub async fn says(&mut self, text: &str) -> u64 {
        let id = self.fresh_id();
        self.says_as(&id, text).await.expect("it is acknowledged")
    }

    pub async fn says_as(&mut self, id: &str, text: &str) -> Result<u64, String> {
        self.send(json!({"type": "say", "id": id, "text": text}))
            .await?;
        self.acknowledged(id).await
    }

    pub async fn asks_for_a_person(&mut self) -> u64 {
        let id = self.fresh_id();
        let sent = self.send(json!({"type": "person", "id": id})).await;
        sent.expect("it is sent");
        self.acknowledged(&id).await.expect("it is acknowledged")
    }

    pub async fn acknowledged(&mut self, id: &str) -> Result<u64, String> {
        let id = id.to_owned();
        let wanted = move |frame: &Value| {
            frame["id"] == id.as_str() && (frame["type"] == "ack" || frame["type"] == "refused")
        };
        let answer = self.until("ack", wanted).await?;
        match answer["type"] == "ack" {
            true => {
                self.conversation = answer["conversation"].as_str().map(str::to_owned);
                Ok(answer["seq"].as_u64().expect("an ack has a seq"))
            }
            false => Err(answer.to_string()),
        }
    }

    /// Waits for a message by `author` (`visitor`, `bot` or `agent`) that contains `words`.
    pub async fn sees(&mut self, author: &str, words: &str) -> Value {
        let wanted = |event: &Value| {
            event["kind"] == "message"
                && event["author"]["kind"] == author
                && plain(&event["text"]).contains(words)
        };
        self.sees_event(&format!("{author}: {words}"), wanted).await
    }

    /// Waits until the conversation is handled so.
    pub async fn sees_handling(&mut self, handling: &str) -> Value {
        let wanted = |event: &Value| event["kind"] == "handling" && event["handling"] == handling;
        self.sees_event(handling, wanted).await
    }

    /// Waits until the conversation is handled so now, whatever it was before.
    pub async fn until_handling_is(&mut self, handling: &str) {
        let last = self
            .log
            .values()
            .rev()
            .find(|event| event["kind"] == "handling");
        if last.is_some_and(|event| event["handling"] == handling) {
            return;
        }
        let wanted = |frame: &Value| {
            frame["event"]["kind"] == "handling" && frame["event"]["handling"] == handling
        };
        self.until(handling, wanted)
            .await
            .expect("it is handled so");
    }

    /// Waits for an event of this kind about the message with this id, for instance `edited`.
    pub async fn happens(&mut self, kind: &str, id: &Value) -> Value {
        let wanted = |event: &Value| event["kind"] == kind && event["id"] == *id;
        self.sees_event(kind, wanted).await
    }

    /// Waits until a message is edited to these words.
    pub async fn sees_edited(&mut self, words: &str) -> Value {
        let wanted =
            |event: &Value| event["kind"] == "edited" && plain(&event["text"]).contains(words);
        self.sees_event(&format!("edited: {words}"), wanted).await
    }

    /// Sends a file up; returns its id, for a message to name.
    pub async fn uploads(&self, url: &str, name: &str, bytes: &[u8]) -> String {
        let url = format!("{url}/v1/files?name={name}");
        let token = format!("Bearer {}", self.token.as_deref().unwrap_or_default());
        let headers = [("Authorization", token.as_str()), ("Origin", &self.origin)];
        let sent = upload(&url, &headers, bytes.to_vec()).await;
        let id = sent.json["id"].as_str().map(str::to_owned);
        id.unwrap_or_else(|| panic!("{name} is not taken: {}", sent.text))
    }

    async fn sees_event(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(event) = self.log.values().find(|event| wanted(event)) {
            return event.clone();
        }
        let found = self.until(what, |frame| {
            frame["type"] == "event" && wanted(&frame["event"])
        });
        match found.await {
            Ok(frame) => frame["event"].clone(),
            Err(why) => panic!("{why}; the log of {}: {:#?}", self.name, self.transcript()),
        }
    }

    /// Reads frames until one is wanted. Every event goes into the log on its way.
    pub async fn until(
        &mut self,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, String> {
        let reading = async {
            loop {
                let frame = self.frame().await?;
                if frame["type"] == "event" {
                    self.note(&frame);
                }
                if wanted(&frame) {
                    return Ok(frame);
                }
                if frame["type"] == "bye" {
                    return Err(format!("bye while waiting for {what}: {frame}"));
                }
                self.other.push(frame);
            }
        };
        let read = tokio::time::timeout(DEADLINE, reading).await;
        read.unwrap_or_else(|_| Err(format!("never came: {what}")))
    }

    /// The next frame as it is.
    pub async fn frame(&mut self) -> Result<Value, String> {
        let socket = self.socket.as_mut().ok_or("not connected")?;
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text).map_err(|error| error.to_string());
                }
                Some(Ok(Message::Close(_))) | None => return Err("the socket was closed".into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
            }
        }
    }

    fn note(&mut self, frame: &Value) {
        let seq = frame["seq"].as_u64().expect("an event has a seq");
        let last = self.log.keys().last().copied().unwrap_or(0);
        match self.log.get(&seq) {
            Some(known) => assert_eq!(known, &frame["event"], "event {seq} changed"),
            None => assert!(seq > last, "event {seq} came after {last}"),
        }
        self.log.insert(seq, frame["event"].clone());
    }

    pub async fn send(&mut self, frame: Value) -> Result<(), String> {
        self.send_raw(Message::text(frame.to_string())).await
    }

    pub async fn send_raw(&mut self, message: Message) -> Result<(), String> {
        let socket = self.socket.as_mut().ok_or("not connected")?;
        socket
            .send(message)
            .await
            .map_err(|error| error.to_string())
    }

    /// The network is gone.
    pub fn cut(&mut self) {
        self.socket = None;
    }

    pub fn fresh_id(&mut self) -> String {
        self.next_id += 1;
        format!("{}-{}", self.name, self.next_id)
    }

    /// What the visitor has on the screen, a line each.
    pub fn transcript(&self) -> Vec<String> {
        self.log.values().map(line).collect()
    }
}

async fn open(url: &str, origin: &str, address: Option<&str>) -> Result<Socket, String> {
    let mut request = format!("{}/v1/ws", url.replace("http://", "ws://"))
        .into_client_request()
        .map_err(|error| error.to_string())?;
    let origin = origin.parse().map_err(|_| "a broken origin")?;
    request.headers_mut().insert("Origin", origin);
    if let Some(address) = address {
        let address = address.parse().map_err(|_| "a broken address")?;
        request.headers_mut().insert("X-Forwarded-For", address);
    }
    let connected = tokio_tungstenite::connect_async(request).await;
    connected
        .map(|(socket, _)| socket)
        .map_err(|error| error.to_string())
}

fn line(event: &Value) -> String {
    match event["kind"].as_str() {
        Some("message") => {
            let name = event["author"]["name"].as_str().unwrap_or_default();
            let author = event["author"]["kind"].as_str().unwrap_or("?");
            format!("{author} {name}: {}", plain(&event["text"])).replace(" :", ":")
        }
        _ => format!("({})", event["handling"].as_str().unwrap_or("?")),
    }
}

/// The words of a text tree.
pub fn plain(text: &Value) -> String {
    match text {
        Value::Array(nodes) => nodes.iter().map(plain).collect::<Vec<_>>().join(""),
        Value::Object(node) if node.get("type") == Some(&json!("break")) => "\n".into(),
        Value::Object(node) => {
            let own = node.get("text").and_then(Value::as_str).unwrap_or_default();
            let inner = ["children", "items"]
                .iter()
                .filter_map(|key| node.get(*key));
            format!("{own}{}", inner.map(plain).collect::<String>())
        }
        _ => String::new(),
    }
}
