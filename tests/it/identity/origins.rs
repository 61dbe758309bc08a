//! Origins on a real socket: what a page may say of itself, and what only a program would.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::support::server::{SITE, Server};

/// The first frame after a hello from a page that says this of itself, once or several times.
async fn first(server: &Server, origins: &[&[u8]]) -> String {
    let url = format!("{}/v1/ws", server.url.replace("http", "ws"));
    let mut request = url.into_client_request().unwrap();
    for origin in origins {
        let value = HeaderValue::from_bytes(origin).unwrap();
        request.headers_mut().append("Origin", value);
    }
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let hello = json!({"type": "hello", "protocol": 1, "site": "shop"});
    socket.send(Message::text(hello.to_string())).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    let frame: Value = serde_json::from_str(answer.to_text().unwrap()).unwrap();
    let said = frame["error"].as_str().or(frame["type"].as_str());
    said.unwrap().to_owned()
}

const BAD: &[&[u8]] = &[
    b"",
    b"null",
    b"*",
    b"https://evil.example",
    b"http://shop.example",
    b"https://shop.example:444",
    b"https://shop.example.",
    b"https://SHOP.example",
    b"https://shop.example/",
    b"https://shop.example.evil.example",
    b"https://evilshop.example",
    b"https://a.b.shop.example",
    b"https://user@shop.example",
    b"https://shop.example@evil.example",
    b"https://shop.example, https://evil.example",
    b"https://shop.example https://shop.example",
    b"http://localhost:3001",
    b"http://localhost",
    b"http://[::1]:3000",
    b"chrome-extension://shop.example",
    b"https://sh\xc3\xb6p.example",
    b"https://shop.example\xff",
];

#[tokio::test]
async fn only_a_page_of_the_list_is_greeted() {
    let listed =
        "[\"https://shop.example\", \"https://*.shop.example\", \"http://localhost:3000\"]";
    let server = Server::start(&SITE.replace("[\"https://shop.example\"]", listed)).await;
    for good in [
        "https://shop.example",
        "https://www.shop.example",
        "http://localhost:3000",
        // The chat's own page, under the address it was asked by.
        &server.url,
    ] {
        assert_eq!(
            first(&server, &[good.as_bytes()]).await,
            "welcome",
            "{good}"
        );
    }
    assert_eq!(first(&server, &[]).await, "welcome", "a program sends none");
    for bad in BAD {
        let told = first(&server, &[*bad]).await;
        assert_eq!(told, "origin_refused", "{}", String::from_utf8_lossy(bad));
    }
}

/// Which of several headers would count is nothing to guess: a page sends one.
#[tokio::test]
async fn several_origins_are_none() {
    let server = Server::start(SITE).await;
    let (good, evil) = (&b"https://shop.example"[..], &b"https://evil.example"[..]);
    for several in [[good, evil], [evil, good], [good, good], [good, b"null"]] {
        assert_eq!(first(&server, &several).await, "origin_refused");
    }
}
