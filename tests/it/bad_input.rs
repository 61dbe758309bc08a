//! Whatever a client sends: a clear error to the right person, and nothing changed.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

async fn connected(server: &Server) -> Visitor {
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada
}

async fn error_of(visitor: &mut Visitor) -> String {
    let answer = visitor
        .until("an error", |frame| {
            frame["type"] == "refused" || frame["type"] == "bye"
        })
        .await;
    match answer {
        Ok(frame) => {
            assert!(
                !frame["detail"].as_str().unwrap().is_empty(),
                "an error explains itself"
            );
            frame["error"].as_str().unwrap().to_owned()
        }
        Err(why) => why,
    }
}

#[tokio::test]
async fn malformed_and_unknown_frames_are_refused_one_by_one() {
    let server = Server::start(SITE).await;
    let long = "x".repeat(4001);
    let cases: Vec<(String, &str)> = vec![
        ("not json".into(), "bad_frame"),
        ("[]".into(), "bad_frame"),
        ("{}".into(), "bad_frame"),
        (r#"{"type":"shout","id":"a"}"#.into(), "unknown_frame"),
        (r#"{"type":"say","id":"a"}"#.into(), "bad_frame"),
        (r#"{"type":"say","id":"a","text":1}"#.into(), "bad_frame"),
        (
            r#"{"type":"say","id":"a","text":"x","as":"bot"}"#.into(),
            "bad_frame",
        ),
        (r#"{"type":"say","id":"","text":"x"}"#.into(), "bad_id"),
        (r#"{"type":"say","id":"a b","text":"x"}"#.into(), "bad_id"),
        (r#"{"type":"say","id":"a","text":"  \n "}"#.into(), "empty"),
        (
            json!({"type": "say", "id": "a", "text": long}).to_string(),
            "too_long",
        ),
        (
            r#"{"type":"hello","protocol":1,"site":"shop"}"#.into(),
            "hello_twice",
        ),
        (r#"{"type":"event","seq":1}"#.into(), "unknown_frame"),
        (
            format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)),
            "bad_frame",
        ),
    ];
    for (frame, expected) in cases {
        let mut ada = connected(&server).await;
        ada.send_raw(Message::text(frame.clone())).await.unwrap();
        assert_eq!(error_of(&mut ada).await, expected, "{frame:.80}");
        let mut after = ada.second_tab();
        after.connect(&server.url).await;
        assert_eq!(after.conversation, None, "{frame:.80} changed something");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_end_the_socket_only() {
    let server = Server::start(SITE).await;
    let mut binary = connected(&server).await;
    binary
        .send_raw(Message::binary(vec![0u8, 159, 146, 150]))
        .await
        .unwrap();
    assert_eq!(error_of(&mut binary).await, "bad_frame");
    let mut large = connected(&server).await;
    let sent = large.send_raw(Message::text("x".repeat(200_000))).await;
    let ended = large.until("the end", |_| false).await.unwrap_err();
    assert!(sent.is_err() || !ended.is_empty());
    connected(&server).await.says("hello").await;
}

#[tokio::test]
async fn hello_comes_first_once_and_in_a_known_protocol() {
    let server = Server::start(SITE).await;
    for (first, expected) in [
        (
            json!({"type": "say", "id": "a", "text": "x"}),
            "hello_first",
        ),
        (
            json!({"type": "hello", "protocol": 99, "site": "shop"}),
            "protocol_unknown",
        ),
        (
            json!({"type": "hello", "protocol": 1, "site": "nowhere"}),
            "site_unknown",
        ),
        (
            json!({"type": "hello", "protocol": 1, "site": "shop", "admin": true}),
            "bad_frame",
        ),
        (json!({"type": "hello", "protocol": 1}), "bad_frame"),
    ] {
        let (mut socket, _) = open(&server).await;
        use futures_util::{SinkExt, StreamExt};
        socket.send(Message::text(first.to_string())).await.unwrap();
        let answer = socket.next().await.unwrap().unwrap();
        let frame: Value = serde_json::from_str(answer.to_text().unwrap()).unwrap();
        assert_eq!(frame["error"], expected, "{first}");
    }
}

type Opened = (
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
    (),
);

async fn open(server: &Server) -> Opened {
    let url = format!("{}/v1/ws", server.url.replace("http", "ws"));
    let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    (socket, ())
}

/// Every JSON test file as a frame: an error each, and the server lives.
#[tokio::test]
async fn all_json_test_files_are_survived() {
    let corpus = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpora/json-parsing/test_parsing"
    );
    let Ok(folder) = std::fs::read_dir(corpus) else {
        println!("skipped: ../shared/corpora is absent");
        return;
    };
    let server = Server::start(SITE).await;
    let mut tried = 0;
    for file in folder {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        let mut ada = connected(&server).await;
        ada.send_raw(Message::text(text)).await.unwrap();
        let error = error_of(&mut ada).await;
        assert!(!error.is_empty());
        tried += 1;
    }
    assert!(tried > 200, "{tried}");
    connected(&server).await.says("hello").await;
}

#[tokio::test]
async fn too_much_is_told_when_to_come_back() {
    let config = SITE
        .replace("\nmessages_burst = 10000", "\nmessages_burst = 3")
        .replace(
            "\nmessages_per_minute = 100000",
            "\nmessages_per_minute = 600",
        );
    let server = Server::start(&config).await;
    let mut ada = connected(&server).await;
    let mut refused = None;
    for number in 0..10 {
        if let Err(answer) = ada.says_as(&format!("n-{number}"), "hello").await {
            refused = Some((number, answer));
            break;
        }
    }
    let (number, answer) = refused.expect("ten at once are too many");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["error"], "rate_limited");
    assert!(answer["retry_after_ms"].as_u64().unwrap() > 0);
    // The same frame goes through after that time.
    let id = format!("n-{number}");
    crate::support::eventually("the message after the wait", || {
        let mut again = ada.second_tab();
        let (id, url) = (id.clone(), server.url.clone());
        async move {
            again.connect(&url).await;
            again.says_as(&id, "hello").await.ok()
        }
    })
    .await;
}

/// A full disk is told to the visitor; nothing is acknowledged, and what is sent again later is stored once.
#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_lost_or_doubled() {
    let server = Server::prepare(SITE).await;
    let server = server.env("FAILPOINTS", "store_full=8*off->3*return->off");
    let server = server.launch().await;
    let mut ada = connected(&server).await;
    let mut refused = Vec::new();
    for number in 0..12 {
        let id = format!("d-{number}");
        while let Err(answer) = ada.says_as(&id, &format!("thanks {number}")).await {
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(answer["error"], "storage", "{answer}");
            refused.push(id.clone());
        }
    }
    assert!(!refused.is_empty(), "the disk was never full");
    let mut reader = ada.second_tab();
    reader.connect(&server.url).await;
    let said: Vec<String> = reader
        .transcript()
        .into_iter()
        .filter(|line| line.contains("thanks"))
        .collect();
    let expected: Vec<String> = (0..12)
        .map(|number| format!("visitor: thanks {number}"))
        .collect();
    assert_eq!(said, expected);
}
