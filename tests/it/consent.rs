//! A site that asks its visitors to agree to a text before they write: nothing is taken of them before, and when they
//! agreed is kept with the conversation.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::http::{self, Answer};
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

const NAME: &str = "name = \"Shop\"";
const CONSENT: &str =
    r#"consent = "We keep what you write. See our [notice](https://shop.example/privacy).""#;
const GERMAN: &str = r#"
[site.words.de]
consent = "Wir bewahren auf, was Sie schreiben."
"#;

async fn asking() -> Server {
    let site = SITE.replace(NAME, &format!("{NAME}\n{CONSENT}"));
    Server::start(&format!("{site}{GERMAN}")).await
}

async fn call(server: &Server, token: Option<&str>, path: &str, body: Value) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> = bearer
        .iter()
        .map(|bearer| ("authorization", bearer.as_str()))
        .collect();
    http::call(
        "POST",
        &format!("{}{path}", server.url),
        &headers,
        Some(body),
    )
    .await
}

#[tokio::test]
async fn the_text_is_there_for_everybody_in_their_language() {
    let server = asking().await;
    let get = async |path: &str| http::get(&format!("{}/v1/sites/shop/{path}", server.url)).await;
    assert_eq!(get("look").await.json["ask"], json!({ "consent": true }));
    let german = get("words/de").await.json["consent"].to_string();
    assert!(german.contains("was Sie schreiben"), "{german}");
    let other = get("words/ja").await.json["consent"].to_string();
    assert!(
        other.contains(r#""url":"https://shop.example/privacy""#),
        "{other}"
    );
    let plain = Server::start(SITE).await;
    for path in ["look", "words/de"] {
        let shown = http::get(&format!("{}/v1/sites/shop/{path}", plain.url)).await;
        assert!(shown.json["ask"].is_null() && shown.json["consent"].is_null());
    }
}

#[tokio::test]
async fn without_consent_a_socket_may_say_nothing() {
    let server = asking().await;
    let desk = Desk::log_in(&server).await;
    let mut visitor = Visitor::new("vera");
    visitor.connect(&server.url).await;
    let refused = visitor.says_as("m-1", "Hello?").await.unwrap_err();
    assert!(refused.contains("consent_needed"), "{refused}");
    let person = json!({ "type": "person", "id": "p-1" });
    visitor.send(person).await.unwrap();
    let refused = visitor.acknowledged("p-1").await.unwrap_err();
    assert!(refused.contains("consent_needed"), "{refused}");
    assert_eq!(desk.threads("all").await.len(), 0);
    visitor.agrees = true;
    visitor.connect(&server.url).await;
    visitor.asks_for_a_person().await;
    let id = visitor.conversation.clone().unwrap();
    desk.sees_thread(&id).await;
    let agreed = desk.reads(&id).await["agreed_at"].as_i64();
    assert!(
        agreed.is_some_and(|at| at > 1_700_000_000_000),
        "{agreed:?}"
    );
    // Who comes back has agreed already, and the time stays the first one.
    visitor.agrees = false;
    visitor.connect(&server.url).await;
    visitor.says("Still me").await;
    assert_eq!(desk.reads(&id).await["agreed_at"].as_i64(), agreed);
}

#[tokio::test]
async fn without_consent_no_call_is_taken() {
    let server = asking().await;
    let desk = Desk::log_in(&server).await;
    let hello = json!({ "protocol": 1, "site": "shop" });
    let begun = call(&server, None, "/v1/session", hello).await;
    let token = begun.json["token"].as_str().map(str::to_owned);
    let token = token.as_deref();
    for (path, body) in [
        ("/v1/messages", json!({ "id": "m-1", "text": "Hello?" })),
        ("/v1/person", json!({ "id": "m-2" })),
        ("/v1/choose", json!({ "id": "m-3", "of": "m-1" })),
        ("/v1/context", json!({ "language": "de" })),
        ("/v1/files?name=a.txt", json!({ "not": "a file" })),
    ] {
        let answer = call(&server, token, path, body).await;
        let told = (answer.status, answer.json["error"].as_str());
        assert_eq!(told, (403, Some("consent_needed")), "{path}");
    }
    let hello = json!({ "protocol": 1, "site": "shop", "token": token, "consent": true });
    assert_eq!(call(&server, None, "/v1/session", hello).await.status, 200);
    let asked = call(&server, token, "/v1/person", json!({ "id": "m-2" })).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let id = asked.json["conversation"].as_str().unwrap();
    desk.sees_thread(id).await;
    assert!(desk.reads(id).await["agreed_at"].is_i64());
}

#[tokio::test]
async fn a_site_that_asks_nothing_writes_nothing_of_it_down() {
    let server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut visitor = Visitor::new("vera");
    visitor.agrees = true;
    visitor.connect(&server.url).await;
    visitor.asks_for_a_person().await;
    let id = visitor.conversation.clone().unwrap();
    desk.sees_thread(&id).await;
    assert!(desk.reads(&id).await["agreed_at"].is_null());
}
