//! The event stream for those to whom no socket gets through: the same frames, the same rules, no token in an address.

use serde_json::{Value, json};

use crate::support::eventually;
use crate::support::http::{self, call};
use crate::support::server::{SITE, Server};

const PAGE: (&str, &str) = ("Origin", "https://shop.example");

/// A client that has no socket.
struct Reader {
    token: String,
    url: String,
    stream: Option<reqwest::Response>,
    text: String,
    frames: Vec<Value>,
}

impl Reader {
    async fn new(server: &Server) -> Reader {
        let body = json!({"protocol": 1, "site": "shop"});
        let url = format!("{}/v1/session", server.url);
        let session = call("POST", &url, &[PAGE], Some(body)).await;
        Reader {
            token: session.json["token"].as_str().unwrap().to_owned(),
            url: server.url.clone(),
            stream: None,
            text: String::new(),
            frames: Vec::new(),
        }
    }

    async fn listens(&mut self, query: &str) {
        let url = format!("{}/v1/events{query}", self.url);
        let request = reqwest::Client::new().get(url).bearer_auth(&self.token);
        let answer = request.header(PAGE.0, PAGE.1).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["access-control-allow-origin"], PAGE.1);
        self.frames.clear();
        self.stream = Some(answer);
    }

    async fn says(&self, id: &str, text: &str) -> Value {
        let bearer = format!("Bearer {}", self.token);
        let headers = [PAGE, ("Authorization", bearer.as_str())];
        let url = format!("{}/v1/messages", self.url);
        let body = json!({"id": id, "text": text});
        call("POST", &url, &headers, Some(body)).await.json
    }

    /// Reads on until a frame is as asked for; `None` when the stream ended.
    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Option<Value> {
        loop {
            if let Some(found) = self.frames.iter().find(|frame| wanted(frame)) {
                return Some(found.clone());
            }
            let next = self.stream.as_mut().unwrap().chunk();
            let next = tokio::time::timeout(std::time::Duration::from_secs(20), next);
            let bytes = next.await.expect("the stream goes on").ok().flatten()?;
            self.text += std::str::from_utf8(&bytes).unwrap();
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                if let Some(data) = event.strip_prefix("data: ") {
                    self.frames.push(serde_json::from_str(data).unwrap());
                }
                self.text = rest.to_owned();
            }
        }
    }

    fn kinds(&self) -> Vec<&str> {
        self.frames
            .iter()
            .filter_map(|frame| frame["type"].as_str())
            .collect()
    }
}

fn is(kind: &'static str) -> impl Fn(&Value) -> bool {
    move |frame| frame["type"] == kind
}

fn answers(words: &'static str) -> impl Fn(&Value) -> bool {
    move |frame| frame["event"]["author"]["kind"] == "bot" && frame.to_string().contains(words)
}

#[tokio::test]
async fn a_stream_brings_what_a_socket_brings_and_goes_on_where_it_broke() {
    let server = Server::start(SITE).await;
    let mut ada = Reader::new(&server).await;
    ada.listens("").await;
    let welcome = ada.until(is("welcome")).await.unwrap();
    assert_eq!(welcome["conversation"], Value::Null);
    ada.until(is("caught_up")).await.unwrap();

    // Opened by a call, the conversation is heard of on the stream.
    let receipt = ada.says("m-1", "Do you ship to Norway?").await;
    let answer = ada.until(answers("every country")).await.unwrap();
    let (conversation, seq) = (receipt["conversation"].as_str().unwrap(), &answer["seq"]);

    ada.listens(&format!("?conversation={conversation}&after={seq}"))
        .await;
    let caught_up = ada.until(is("caught_up")).await.unwrap();
    assert_eq!(ada.kinds(), ["welcome", "caught_up"], "nothing twice");
    assert_eq!(&caught_up["seq"], seq);
    assert_eq!(ada.says("m-1", "Do you ship to Norway?").await, receipt);

    ada.listens("").await;
    ada.until(is("caught_up")).await.unwrap();
    assert_eq!(ada.kinds(), ["welcome", "event", "event", "caught_up"]);
}

#[tokio::test]
async fn a_foreign_conversation_on_the_stream_is_as_none() {
    let server = Server::start(SITE).await;
    let (mut ada, mut bob) = (Reader::new(&server).await, Reader::new(&server).await);
    let receipt = ada.says("m-1", "Do you ship to Norway?").await;
    bob.says("m-1", "hello").await;
    let foreign = receipt["conversation"].as_str().unwrap();
    bob.listens(&format!("?conversation={foreign}&after=1"))
        .await;
    bob.until(answers("What can I help")).await.unwrap();
    let words = format!("{:?}", bob.frames);
    assert!(
        !words.contains("Norway") && !words.contains(foreign),
        "{words}"
    );
    ada.listens("").await;
    ada.until(answers("every country")).await.unwrap();
}

#[tokio::test]
async fn a_stream_needs_a_good_token_in_its_header_and_a_listed_page() {
    let server = Server::start(SITE).await;
    let ada = Reader::new(&server).await;
    let bearer = format!("Bearer {}", ada.token);
    let with = ("Authorization", bearer.as_str());
    let refused = |status: u16, query: String, headers: Vec<(&'static str, String)>| {
        let url = format!("{}/v1/events{query}", server.url);
        async move {
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let answer = call("GET", &url, &headers, None).await;
            assert_eq!(answer.status, status, "{url}: {}", answer.text);
        }
    };
    let own = |(name, value): (&'static str, &str)| (name, value.to_owned());
    let foreign = ("Origin", "https://evil.example");
    refused(401, String::new(), vec![own(PAGE)]).await;
    refused(401, format!("?token={}", ada.token), vec![own(PAGE)]).await;
    refused(
        401,
        String::new(),
        vec![own(PAGE), own(("Authorization", "Bearer x.y.z"))],
    )
    .await;
    refused(403, String::new(), vec![own(foreign), own(with)]).await;
    refused(400, "?after=x".to_owned(), vec![own(PAGE), own(with)]).await;
    refused(400, "?site=shop".to_owned(), vec![own(PAGE), own(with)]).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let mut server = Server::start(SITE).await;
    let (mut ada, mut bob) = (Reader::new(&server).await, Reader::new(&server).await);
    for one in [&mut ada, &mut bob] {
        one.listens("").await;
        one.until(is("caught_up")).await.unwrap();
    }
    let bearer = format!("Bearer {}", ada.token);
    let url = format!("{}/v1/session", server.url);
    let ended = call("DELETE", &url, &[PAGE, ("Authorization", &bearer)], None).await;
    assert_eq!(ended.status, 204);
    let bye = ada.until(is("bye")).await.unwrap();
    assert_eq!(bye["error"], "token_invalid");
    assert_eq!(ada.until(|_| false).await, None, "the stream ends");

    let goodbye = async { bob.until(is("bye")).await };
    let (code, bye) = tokio::join!(server.terminate(), goodbye);
    assert_eq!(code, Some(0));
    assert_eq!(bye.unwrap()["error"], "shutting_down");
}

#[tokio::test]
async fn a_client_that_left_gives_its_place_back() {
    let server = Server::start(&SITE.replace(
        "connections_per_address = 10000",
        "connections_per_address = 4",
    ))
    .await;
    let mut ada = Reader::new(&server).await;
    for _ in 0..12 {
        ada.listens("").await;
        ada.until(is("welcome")).await.unwrap();
        ada.stream = None;
        let ready = format!("{}/healthz", server.url);
        eventually("a free place", async || {
            let answer = http::try_call("GET", &ready, &[], None).await;
            answer.ok().filter(|answer| answer.status == 200)
        })
        .await;
    }
}
