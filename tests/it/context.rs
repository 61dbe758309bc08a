//! What the team learns of where a visitor is, and what the page says of them.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

fn at(path: &str) -> Value {
    json!({ "url": format!("https://shop.example/{path}"), "title": path, "referrer": "" })
}

/// Waits until the desk's view of the conversation has this.
async fn shows(desk: &Desk, visitor: &Visitor, what: &str, seen: impl Fn(&Value) -> bool) -> Value {
    let id = visitor.conversation.clone().unwrap();
    eventually(what, || async {
        Some(desk.reads(&id).await).filter(|conversation| seen(conversation))
    })
    .await
}

#[tokio::test]
async fn a_visitor_who_walks_on_is_shown_where_they_are() {
    let server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut visitor = Visitor::new("vera");
    visitor.connect(&server.url).await;
    visitor.asks_for_a_person().await;
    shows(&desk, &visitor, "the first page", |shown| {
        shown["page"]["title"] == "Cart"
    })
    .await;
    let moved = json!({
        "type": "context", "page": at("prices"), "language": "de-AT", "screen": { "width": 390, "height": 844 },
        "attributes": { "plan": "pro", "seats": 12, "old": null, "deep": { "x": 1 } },
    });
    visitor.send(moved).await.unwrap();
    let shown = shows(&desk, &visitor, "the next page", |shown| {
        shown["page"]["title"] == "prices"
    })
    .await;
    assert_eq!(shown["page_says"], json!({ "plan": "pro", "seats": "12" }));
    assert_eq!(shown["screen"], json!({ "width": 390, "height": 844 }));
    assert_eq!(shown["visitor"]["language"], "de-AT");
    assert_eq!(shown["visitor"]["time_zone"], "Europe/Berlin");
    // Who reloads the page is greeted anew; what the page said before stays.
    visitor.connect(&server.url).await;
    let shown = shows(&desk, &visitor, "the reload", |shown| {
        shown["page"]["title"] == "Cart"
    })
    .await;
    assert_eq!(shown["page_says"], json!({ "plan": "pro", "seats": "12" }));
}

#[tokio::test]
async fn a_client_without_a_socket_tells_it_too_and_only_of_itself() {
    let server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut visitor = Visitor::new("vera");
    visitor.connect(&server.url).await;
    let url = format!("{}/v1/context", server.url);
    let told = async |token: Option<&str>, body: Value| {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> = bearer
            .iter()
            .map(|bearer| ("authorization", bearer.as_str()))
            .collect();
        http::call("POST", &url, &headers, Some(body)).await.status
    };
    let token = visitor.token.clone();
    // Before there is a conversation there is nobody to tell.
    assert_eq!(
        told(token.as_deref(), json!({ "page": at("early") })).await,
        204
    );
    visitor.asks_for_a_person().await;
    assert_eq!(
        told(token.as_deref(), json!({ "page": at("later") })).await,
        204
    );
    shows(&desk, &visitor, "the page", |shown| {
        shown["page"]["title"] == "later"
    })
    .await;
    assert_eq!(told(None, json!({ "page": at("x") })).await, 401);
    assert_eq!(told(Some("made.up.token"), json!({})).await, 401);
    assert_eq!(
        told(token.as_deref(), json!({ "conversation": "someone's" })).await,
        400
    );
}

#[tokio::test]
async fn what_a_page_says_never_looks_verified_and_never_breaks_out() {
    let server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut visitor = Visitor::new("vera");
    visitor.connect(&server.url).await;
    visitor.asks_for_a_person().await;
    let mut many: serde_json::Map<String, Value> = (0..50)
        .map(|n| (format!("n{n:02}"), json!("x".repeat(500))))
        .collect();
    many.insert("a".into(), json!("pro\u{202e} (verified)\n!close"));
    let frame = json!({ "type": "context", "page": { "url": "javascript:alert(1)", "title": "t\u{202e}\n!close".repeat(99), "referrer": "data:x" }, "attributes": many });
    visitor.send(frame).await.unwrap();
    let shown = shows(&desk, &visitor, "the context", |shown| {
        !shown["page_says"]["a"].is_null()
    })
    .await;
    assert_eq!(shown["page_says"]["a"], "pro  (verified) !close");
    assert_eq!(shown["page_says"].as_object().unwrap().len(), 20);
    assert_eq!(
        (&shown["page"]["url"], &shown["page"]["referrer"]),
        (&json!(""), &json!(""))
    );
    assert!(shown["page"]["title"].as_str().unwrap().chars().count() <= 200);
    assert_eq!(shown["visitor"]["attributes"], json!({}));
    assert_eq!(shown["visitor"]["verified"], false);
}
