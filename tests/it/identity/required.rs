//! A site that lets nobody in who has not proved who they are: by no route and no frame.

use serde_json::{Value, json};

use super::token;
use super::tokens::{claims, now, signed};
use crate::isolation::rows::{ROUTES, Who};
use crate::support::http::{self, Answer};
use crate::support::server::{IDENTITY_SECRET, SITE, Server};
use crate::support::visitor::Visitor;

fn required() -> String {
    SITE.replace(
        "name = \"Shop\"",
        "name = \"Shop\"\nidentity = \"required\"",
    )
}

/// From now on nobody is let in without an identity.
async fn tighten(server: &mut Server) {
    assert_eq!(server.terminate().await, Some(0));
    std::fs::write(server.folder().join("hinny.toml"), required()).unwrap();
    server.start_again().await;
}

async fn call(
    server: &Server,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: &str,
) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("Origin", "https://shop.example")];
    if let Some(bearer) = &bearer {
        headers.push(("Authorization", bearer));
    }
    let body = serde_json::from_str(body).ok();
    http::call(method, &format!("{}{path}", server.url), &headers, body).await
}

/// Every route of visitors, with this session.
async fn statuses(server: &Server, token: Option<&str>) -> Vec<(&'static str, u16, Value)> {
    let mut found = Vec::new();
    for row in ROUTES
        .iter()
        .filter(|row| row.who == Who::Visitor || row.who == Who::LeavingVisitor)
    {
        if row.route == "GET /v1/files/{id}" {
            continue;
        }
        let fill = |text: &str| {
            text.replace("{ID}", "own-1")
                .replace("{FRESH}", "own-2")
                .replace("{TEXT}", "hello")
        };
        let (method, _) = row.route.split_once(' ').unwrap();
        let answer = call(server, method, &fill(row.path), token, &fill(row.body)).await;
        found.push((row.route, answer.status, answer.json["error"].clone()));
    }
    found
}

/// A server that lets nobody in without an identity, and the session of somebody who came before that.
async fn tightened() -> (Server, Option<String>) {
    let mut server = Server::start(SITE).await;
    let mut early = Visitor::new("early");
    early.connect(&server.url).await;
    early.says("hello").await;
    tighten(&mut server).await;
    (server, early.token)
}

const FOREIGN_SECRET: &str = "9c1f0b7a4d2e6835aa51c07be94f3d28";

#[tokio::test]
async fn no_route_lets_an_unsigned_visitor_in() {
    let (server, anonymous) = tightened().await;
    for session in [anonymous.as_deref(), Some("made.up.token"), None] {
        for (route, status, error) in statuses(&server, session).await {
            let told = (status, error.as_str());
            assert_eq!(told, (401, Some("token_invalid")), "{route}: {session:?}");
        }
    }
    let forged = signed(&claims("ada", 600), FOREIGN_SECRET);
    for (key, value) in [
        ("protocol", json!(1)),
        ("token", json!(anonymous)),
        ("identity", json!(forged)),
        ("identity", json!("")),
    ] {
        let mut body = json!({"protocol": 1, "site": "shop"});
        body[key] = value;
        let answer = call(&server, "POST", "/v1/session", None, &body.to_string()).await;
        let told = (answer.status, answer.json["error"].as_str());
        assert_eq!(told, (401, Some("identity_invalid")), "{key}");
    }
}

#[tokio::test]
async fn no_socket_lets_an_unsigned_visitor_in() {
    let (server, anonymous) = tightened().await;
    let forged = signed(&claims("ada", 600), FOREIGN_SECRET);
    for (session, identity) in [(None, None), (anonymous, None), (None, Some(forged))] {
        let mut eve = Visitor::new("eve");
        (eve.token, eve.identity) = (session, identity);
        let told = eve.try_connect(&server.url).await.unwrap_err();
        assert!(told.contains("identity_invalid"), "{told}");
    }
    let mut ada = Visitor::new("ada");
    ada.identity = Some(token(&server, "ada").await);
    ada.connect(&server.url).await;
    ada.says("hello").await;
    let path = "/v1/conversation?after=0";
    let known = call(&server, "GET", path, ada.token.as_deref(), "").await;
    assert_eq!(known.status, 200, "{}", known.text);
}

/// A session that was identified once is no longer enough: the proof must still hold.
#[tokio::test]
async fn an_old_session_does_not_outlive_its_proof() {
    let mut server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.identity = Some(token(&server, "ada").await);
    ada.connect(&server.url).await;
    ada.says("hello").await;
    ada.cut();
    // A visit without a token, as "optional" allows: the session is Ada's, but nothing says until when.
    ada.identity = None;
    ada.connect(&server.url).await;
    let conversation = ada.conversation.clone();
    tighten(&mut server).await;
    for (route, status, error) in statuses(&server, ada.token.as_deref()).await {
        assert_eq!(
            (status, &error),
            (401, &json!("identity_expired")),
            "{route}"
        );
    }
    ada.cut();
    ada.identity = Some(token(&server, "ada").await);
    ada.connect(&server.url).await;
    assert_eq!(ada.conversation, conversation, "nothing is lost");
}

/// The clocks of two servers may differ by a minute, so a token that has just ended is good for that long.
#[tokio::test]
async fn an_open_socket_ends_with_its_proof_and_goes_on_with_the_next_one() {
    let server = Server::start(&required()).await;
    let mut ada = Visitor::new("ada");
    ada.identity = Some(signed(&claims("ada", -54), IDENTITY_SECRET));
    let begun = now();
    ada.connect(&server.url).await;
    ada.says("hello").await;
    let (session, conversation) = (ada.token.clone(), ada.conversation.clone());
    let bye = ada.until("the end", |_| false).await.unwrap_err();
    assert!(
        bye.contains("identity_expired") && bye.contains("\"retry_after_ms\":0"),
        "{bye}"
    );
    assert!(now() >= begun + 5, "it was let go too early");
    for (route, status, error) in statuses(&server, session.as_deref()).await {
        assert_eq!(
            (status, &error),
            (401, &json!("identity_expired")),
            "{route}"
        );
    }
    ada.cut();
    ada.identity = Some(token(&server, "ada").await);
    ada.connect(&server.url).await;
    assert_eq!(ada.conversation, conversation);
    ada.says("still me").await;
}

#[tokio::test]
async fn a_site_that_takes_no_identity_says_so_and_goes_on_without() {
    let off = SITE.replace("name = \"Shop\"", "name = \"Shop\"\nidentity = \"off\"");
    let server = Server::start(&off).await;
    let mut ada = Visitor::new("ada");
    ada.identity = Some(signed(&claims("ada", 600), IDENTITY_SECRET));
    let told = ada.try_connect(&server.url).await.unwrap_err();
    assert!(
        told.contains("identity_invalid") && told.contains("takes no identity"),
        "{told}"
    );
    ada.identity = None;
    let welcome = ada.connect(&server.url).await;
    assert_eq!(welcome["visitor"]["kind"], "anonymous");
}
