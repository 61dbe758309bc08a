//! The edge: slow readers, proxies, pages that embed the widget.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// Says hello like another tab of the same visitor, with room for little, and never reads again.
async fn deaf_tab(server: &Server, visitor: &Visitor) -> TcpStream {
    let address = server.url.trim_start_matches("http://").parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let url = format!("{}/v1/ws", server.url.replace("http", "ws"));
    let (mut deaf, _) = tokio_tungstenite::client_async(url, &mut stream)
        .await
        .unwrap();
    let hello = json!({"type": "hello", "protocol": 1, "site": "shop", "token": visitor.token});
    deaf.send(Message::text(hello.to_string())).await.unwrap();
    let welcome = deaf.next().await.unwrap().unwrap();
    assert!(welcome.to_text().unwrap().contains("welcome"), "{welcome}");
    stream
}

/// A client that never reads is dropped; the conversation and its other readers go on.
#[tokio::test]
async fn a_reader_that_does_not_read_is_dropped_and_can_resume() {
    let config = SITE.replace("[timing]", "[timing]\nsend_within = \"300ms\"");
    let server = Server::start(&config).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.asks_for_a_person().await;
    let conversation = ada.conversation.clone().unwrap();

    let _deaf = deaf_tab(&server, &ada).await;
    let long = "x".repeat(3900);
    let mut dropped = false;
    for round in 0..4000 {
        desk.writes(&conversation, &format!("{round} {long}")).await;
        ada.sees("agent", &format!("{round} x")).await;
        let metrics = http::get(&format!("{}/metrics", server.url)).await.text;
        if metrics
            .lines()
            .any(|line| line.contains("too_slow") && !line.ends_with(" 0"))
        {
            dropped = true;
            break;
        }
    }
    assert!(dropped, "a deaf socket is dropped");
    let mut back = ada.second_tab();
    back.connect(&server.url).await;
    assert_eq!(back.transcript(), ada.transcript());
}

#[tokio::test]
async fn visitors_behind_a_trusted_proxy_are_not_one_address() {
    let limited = |config: &str| {
        config
            .replace("\nhellos_burst = 10000", "\nhellos_burst = 3")
            .replace("\nhellos_per_minute = 100000", "\nhellos_per_minute = 1")
    };
    let trusting = limited(SITE).replace("listen =", "trusted_proxies = [\"127.0.0.1\"]\nlisten =");
    let server = Server::start(&trusting).await;
    for visitor in 0..10 {
        let forwarded = format!("203.0.113.{visitor}");
        assert_eq!(hello(&server, &forwarded).await, 200, "{forwarded}");
    }
    // Without trust the header is only a claim.
    let server = Server::start(&limited(SITE)).await;
    let mut statuses = Vec::new();
    for visitor in 0..10 {
        statuses.push(hello(&server, &format!("203.0.113.{visitor}")).await);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

async fn hello(server: &Server, forwarded: &str) -> u16 {
    let headers = [
        ("X-Forwarded-For", forwarded),
        ("Origin", "https://shop.example"),
    ];
    let body = json!({"protocol": 1, "site": "shop"});
    let url = format!("{}/v1/session", server.url);
    http::call("POST", &url, &headers, Some(body)).await.status
}

#[tokio::test]
async fn the_widget_is_served_small_and_cacheable() {
    let server = Server::start(SITE).await;
    for path in [
        "/widget.js",
        "/widget-chat.js",
        "/widget-more.js",
        "/widget-events.js",
    ] {
        let (first, again) = asked_twice(&format!("{}{path}", server.url)).await;
        assert_eq!((first.status, again.status), (200, 304), "{path}");
        let kind = first.headers["content-type"].to_str().unwrap();
        assert!(kind.contains("javascript"), "{path}: {kind}");
        assert!(first.text.len() < 60_000, "{path}");
    }
}

#[tokio::test]
async fn every_page_may_read_and_keep_how_the_chat_of_a_site_looks() {
    let server = Server::start(SITE).await;
    let (first, again) = asked_twice(&format!("{}/v1/sites/shop/look", server.url)).await;
    assert_eq!((first.status, again.status), (200, 304));
    let header = |name: &str| first.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("access-control-allow-origin"), "*");
    assert_eq!(header("cache-control"), "public, max-age=300");
    let look: Value = serde_json::from_str(&first.text).unwrap();
    assert_eq!(look["words"][0], "Open chat");
    let german = http::get(&format!("{}/v1/sites/shop/look?de-AT,en", server.url)).await;
    let german: Value = serde_json::from_str(&german.text).unwrap();
    assert_eq!(
        (&german["lang"], &german["words"][0]),
        (&json!("de"), &json!("Chat öffnen"))
    );
    assert_eq!(look["colours"].as_array().unwrap().len(), 6);
    for unknown in [
        "nobody",
        "SHOP",
        "shop%00",
        "%F0%9F%90%B4",
        "shop%2F..%2Fshop",
    ] {
        let url = format!("{}/v1/sites/{unknown}/look", server.url);
        let answer = http::get(&url).await;
        assert_eq!(answer.status, 404, "{unknown}");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert!(!answer.headers.contains_key("etag"), "{unknown}");
    }
}

/// The answer to a first request, and to one that knows it.
async fn asked_twice(url: &str) -> (http::Answer, http::Answer) {
    let first = http::get(url).await;
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    let again = http::call("GET", url, &[("If-None-Match", &etag)], None).await;
    (first, again)
}

#[tokio::test]
async fn only_listed_pages_may_call_the_rest_interface() {
    let server = Server::start(SITE).await;
    let url = format!("{}/v1/session", server.url);
    let body = json!({"protocol": 1, "site": "shop"});
    let good = http::call(
        "POST",
        &url,
        &[("Origin", "https://shop.example")],
        Some(body.clone()),
    )
    .await;
    assert_eq!(
        good.headers["access-control-allow-origin"],
        "https://shop.example"
    );
    let evil = http::call(
        "POST",
        &url,
        &[("Origin", "https://evil.example")],
        Some(body),
    )
    .await;
    assert_eq!(
        (evil.status, &evil.json["error"]),
        (403, &json!("origin_refused"))
    );
    assert!(!evil.headers.contains_key("access-control-allow-origin"));
    let preflight = [
        ("Origin", "https://evil.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization"),
    ];
    let asked = http::call("OPTIONS", &url, &preflight, None).await;
    assert!(
        !asked.headers.contains_key("access-control-allow-origin"),
        "{asked:?}"
    );
}

/// A socket that connects and says nothing is told why and closed.
#[tokio::test]
async fn a_silent_socket_does_not_stay() {
    let config = SITE.replace("[timing]", "[timing]\nhello_within = \"200ms\"");
    let server = Server::start(&config).await;
    let mut silent = Visitor::new("silent");
    let request = format!("{}/v1/ws", server.url.replace("http", "ws"))
        .into_client_request()
        .unwrap();
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let bye = socket.next().await.unwrap().unwrap();
    assert!(bye.to_text().unwrap().contains("hello_late"), "{bye}");
    socket.send(Message::text("{}")).await.ok();
    silent.connect(&server.url).await;
    silent.says("hello").await;
}

/// A request that drips in byte by byte does not hold a place for ever.
#[tokio::test]
async fn a_request_that_never_ends_is_closed() {
    let config = SITE.replace("[timing]", "[timing]\nrequest_within = \"300ms\"");
    let server = Server::start(&config).await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut drip = tokio::net::TcpStream::connect(&address).await.unwrap();
    drip.write_all(b"POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Le")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let closed =
        tokio::time::timeout(crate::support::DEADLINE, drip.read_to_end(&mut answer)).await;
    assert!(closed.is_ok(), "the connection is still open");
    eventually("the server still answers", || async {
        (http::get(&format!("{}/healthz", server.url)).await.status == 200).then_some(())
    })
    .await;
}

/// A text frame that is no UTF-8: the socket is told and ends, and nobody else notices.
#[tokio::test]
async fn invalid_utf_8_ends_the_socket_with_a_reason() {
    let server = Server::start(SITE).await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let url = format!("{}/v1/ws", server.url.replace("http", "ws"));
    let (mut socket, _) = tokio_tungstenite::client_async(url, &mut stream)
        .await
        .unwrap();
    let hello = json!({"type": "hello", "protocol": 1, "site": "shop"});
    socket.send(Message::text(hello.to_string())).await.unwrap();
    // FIN and text, masked with zeros, two bytes that are no character (RFC 6455, 5.2).
    let frame = [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28];
    socket.get_mut().write_all(&frame).await.unwrap();
    let mut told = String::new();
    while let Some(Ok(message)) = socket.next().await {
        told += message.to_text().unwrap_or_default();
    }
    assert!(
        told.contains("bad_frame") && told.contains("UTF-8"),
        "{told}"
    );
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("hello").await;
}
