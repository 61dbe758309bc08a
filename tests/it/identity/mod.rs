//! Who is who: sessions, signed visitors, and what belongs to somebody else.

mod keys;
mod origins;
mod required;
mod tokens;

use serde_json::{Value, json};

use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

pub async fn token(server: &Server, subject: &str) -> String {
    let printed = server
        .run(&[
            "token",
            "--site",
            "shop",
            "--sub",
            subject,
            "--name",
            "Ada Lovelace",
        ])
        .await;
    assert!(printed.ok, "{}", printed.stderr);
    printed.stdout.trim().to_owned()
}

#[tokio::test]
async fn an_anonymous_visitor_who_signs_in_keeps_the_conversation_on_every_device() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    let conversation = ada.conversation.clone();

    ada.cut();
    ada.identity = Some(token(&server, "user-7").await);
    let welcome = ada.connect(&server.url).await;
    assert_eq!(
        welcome["visitor"],
        json!({"kind": "identified", "name": "Ada Lovelace"})
    );
    assert_eq!(ada.conversation, conversation);

    let mut phone = Visitor::new("phone");
    phone.identity = Some(token(&server, "user-7").await);
    phone.connect(&server.url).await;
    assert_eq!(phone.conversation, conversation);
    phone.sees("bot", "every country").await;
}

#[tokio::test]
async fn a_session_joins_one_person_only() {
    let server = Server::start(SITE).await;
    let mut shared = Visitor::new("shared");
    shared.identity = Some(token(&server, "ada").await);
    shared.connect(&server.url).await;
    shared.says("My secret order").await;
    let of_ada = shared.conversation.clone();

    // Somebody else signs in at the same browser, with Ada's session still in its storage.
    shared.cut();
    shared.identity = Some(token(&server, "bob").await);
    shared.connect(&server.url).await;
    assert_ne!(shared.conversation, of_ada);
    assert!(shared.log.is_empty(), "{:?}", shared.transcript());
}

#[tokio::test]
async fn a_foreign_conversation_is_neither_shown_nor_hinted_at() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("hello").await;

    let mut eve = Visitor::new("eve");
    eve.conversation.clone_from(&ada.conversation);
    let foreign = eve.try_connect(&server.url).await.unwrap();
    let mut mallory = Visitor::new("mallory");
    mallory.conversation = Some("0000000000000000000000".into());
    let unknown = mallory.try_connect(&server.url).await.unwrap();
    assert_eq!(foreign["conversation"], Value::Null);
    assert_eq!(foreign["seq"], unknown["seq"]);
    assert!(eve.log.is_empty() && mallory.log.is_empty());
}

#[tokio::test]
async fn wrong_tokens_get_a_clear_error_and_nothing_else() {
    let server = Server::start(SITE).await;
    let good = token(&server, "ada").await;
    let mut parts: Vec<&str> = good.split('.').collect();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    parts[2] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let forged = parts.join(".");
    for broken in [
        unsigned,
        forged,
        "nonsense".into(),
        String::new(),
        "a".repeat(5000),
    ] {
        let mut eve = Visitor::new("eve");
        eve.identity = Some(broken.clone());
        let refused = eve.try_connect(&server.url).await.unwrap_err();
        assert!(
            refused.contains("identity_invalid"),
            "{broken:.20}: {refused}"
        );
    }
    let mut eve = Visitor::new("eve");
    eve.token = Some(good);
    let refused = eve.try_connect(&server.url).await.unwrap_err();
    assert!(
        refused.contains("token_invalid"),
        "an identity is no session: {refused}"
    );
}

#[tokio::test]
async fn a_revoked_session_is_worth_nothing() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("hello").await;
    let bearer = format!("Bearer {}", ada.token.clone().unwrap());
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Origin", "https://shop.example"),
    ];
    let session = format!("{}/v1/session", server.url);
    let log = format!("{}/v1/conversation?after=0", server.url);
    assert_eq!(http::call("GET", &log, &headers, None).await.status, 200);
    assert_eq!(
        http::call("DELETE", &session, &headers, None).await.status,
        204
    );
    let refused = http::call("GET", &log, &headers, None).await;
    assert_eq!(
        (refused.status, &refused.json["error"]),
        (401, &json!("token_invalid"))
    );
    ada.cut();
    assert!(
        ada.try_connect(&server.url)
            .await
            .unwrap_err()
            .contains("token_invalid")
    );
}

#[tokio::test]
async fn only_listed_pages_and_known_sites_get_in() {
    let server = Server::start(SITE).await;
    for origin in [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
        "http://shop.example",
    ] {
        let mut eve = Visitor::new("eve");
        eve.origin = origin.into();
        let refused = eve.try_connect(&server.url).await.unwrap_err();
        assert!(
            refused.contains("origin_refused") || refused.contains("403"),
            "{origin}: {refused}"
        );
    }
    let mut lost = Visitor::new("lost");
    lost.site = "elsewhere".into();
    assert!(
        lost.try_connect(&server.url)
            .await
            .unwrap_err()
            .contains("site_unknown")
    );
}

#[tokio::test]
async fn rest_does_the_whole_job_too() {
    let server = Server::start(SITE).await;
    let origin = ("Origin", "https://shop.example");
    let url = |path: &str| format!("{}/v1/{path}", server.url);
    let opened = http::call(
        "POST",
        &url("session"),
        &[origin],
        Some(json!({"protocol": 1, "site": "shop"})),
    )
    .await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    let bearer = format!("Bearer {}", opened.json["token"].as_str().unwrap());
    let headers = [("Authorization", bearer.as_str()), origin];
    let said = json!({"id": "r-1", "text": "Do you ship to Norway?"});
    let first = http::call("POST", &url("messages"), &headers, Some(said.clone())).await;
    let again = http::call("POST", &url("messages"), &headers, Some(said)).await;
    assert_eq!(
        (first.status, &first.json),
        (200, &again.json),
        "{}",
        first.text
    );
    let answer = crate::support::eventually("the bot's answer", || async {
        let log = http::call("GET", &url("conversation?after=0"), &headers, None).await;
        let events = log.json["events"].as_array()?.clone();
        events
            .into_iter()
            .find(|event| event["event"]["author"]["kind"] == "bot")
    })
    .await;
    assert!(answer["event"]["sources"][0]["title"].is_string());
}

#[tokio::test]
async fn signing_in_keeps_the_conversation_that_a_person_is_on() {
    let server = Server::start(SITE).await;
    let mut before = Visitor::new("before");
    before.identity = Some(token(&server, "ada").await);
    before.connect(&server.url).await;
    before.says("Do you ship to Norway?").await;

    let mut now = Visitor::new("now");
    now.connect(&server.url).await;
    now.asks_for_a_person().await;
    let waiting = now.conversation.clone();
    now.cut();
    now.identity = Some(token(&server, "ada").await);
    now.connect(&server.url).await;
    assert_eq!(now.conversation, waiting, "the answer will come there");
}

/// A tab that was open when another one signed in must not go on as who it was.
#[tokio::test]
async fn an_open_tab_follows_the_sign_in_of_another() {
    let server = Server::start(SITE).await;
    let mut first = Visitor::new("first");
    first.connect(&server.url).await;
    first.says("hello").await;
    let mut second = first.second_tab();
    second.identity = Some(token(&server, "ada").await);
    second.connect(&server.url).await;
    first
        .until("the end of the socket", |_| false)
        .await
        .unwrap_err();
    let welcome = first.connect(&server.url).await;
    assert_eq!(welcome["visitor"]["kind"], "identified");
    second.says("from the other tab").await;
    first.sees("visitor", "from the other tab").await;
}

/// Who signs in at another browser gets nothing of what was said anonymously here; who signs in here brings it along.
#[tokio::test]
async fn anonymous_history_joins_from_its_own_browser_only_and_once() {
    let server = Server::start(SITE).await;
    let mut here = Visitor::new("here");
    here.connect(&server.url).await;
    here.says("said before signing in").await;
    let before = here.conversation.clone();
    let anonymous = here.token.clone();

    let mut elsewhere = Visitor::new("elsewhere");
    elsewhere.identity = Some(token(&server, "ada").await);
    elsewhere.connect(&server.url).await;
    assert_eq!(elsewhere.conversation, None, "nothing was said there");

    here.cut();
    here.identity = Some(token(&server, "ada").await);
    here.connect(&server.url).await;
    assert_eq!(here.conversation, before);
    here.sees("visitor", "said before signing in").await;

    // The same anonymous session once more, now with somebody else's identity.
    let mut again = Visitor::new("again");
    again.token = anonymous;
    again.identity = Some(token(&server, "bob").await);
    again.connect(&server.url).await;
    assert_eq!(again.conversation, None, "it joined Ada, and nobody else");
    elsewhere.cut();
    elsewhere.connect(&server.url).await;
    assert_eq!(elsewhere.conversation, before, "it follows her now");
}

/// Signing out is: no session and no identity any more.
#[tokio::test]
async fn whoever_signs_out_is_a_new_anonymous_visitor() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.identity = Some(token(&server, "ada").await);
    ada.connect(&server.url).await;
    ada.says("only for Ada").await;
    let of_ada = ada.conversation.clone();
    let mut next = Visitor::new("next");
    let welcome = next.connect(&server.url).await;
    assert_eq!(
        welcome["visitor"],
        json!({"kind": "anonymous", "name": null})
    );
    next.says("somebody else at this browser").await;
    assert_ne!(next.conversation, of_ada);
    next.sees("visitor", "somebody else").await;
    let seen = next.transcript().join("\n");
    assert!(!seen.contains("only for Ada"), "{seen}");
}
