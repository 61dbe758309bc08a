//! Tokens as a site's own server would sign them, rightly and wrongly.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::token;
use crate::support::server::{IDENTITY_SECRET, OTHER_SECRET, SITE, Server};
use crate::support::visitor::Visitor;

pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs() as i64
}

/// Good claims that end so many seconds from now.
pub fn claims(subject: &str, left: i64) -> Value {
    let now = now();
    json!({"sub": subject, "name": "Ada", "aud": "shop", "iat": now.min(now + left), "exp": now + left})
}

pub fn signed(claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::default(), claims, &key).unwrap()
}

/// What a visitor with this identity is told at the door.
async fn told(server: &Server, identity: String) -> String {
    let mut visitor = Visitor::new("visitor");
    visitor.identity = Some(identity);
    match visitor.try_connect(&server.url).await {
        Ok(_) => "welcome".to_owned(),
        Err(why) => why,
    }
}

#[tokio::test]
async fn whoever_signs_wrongly_is_told_which_claim_it_is() {
    let server = Server::start(SITE).await;
    let good = claims("ada", 600);
    let shown = signed(&good, IDENTITY_SECRET);
    assert_eq!(told(&server, shown).await, "welcome");
    for (claim, value, says) in [
        ("iat", Value::Null, "`iat`"),
        ("exp", Value::Null, "`exp`"),
        ("aud", Value::Null, "`aud`"),
        ("aud", json!("blog"), "`aud`"),
        ("sub", json!(7), "`sub`"),
        ("exp", json!(now() + 100_000), "24 hours"),
        ("nbf", json!(now() + 600), "not valid yet"),
        ("attributes", json!("pro"), "`attributes`"),
    ] {
        let mut claims = good.clone();
        claims[claim] = value;
        let told = told(&server, signed(&claims, IDENTITY_SECRET)).await;
        assert!(
            told.contains("identity_invalid") && told.contains(says),
            "{claim}: {told}"
        );
        assert!(told.contains("\"retry_after_ms\":0"), "{told}");
    }
    let foreign = told(&server, signed(&good, OTHER_SECRET)).await;
    assert!(
        foreign.contains("identity_invalid") && foreign.contains("signature"),
        "{foreign}"
    );
}

/// The end of an identity has its own word, so that a page knows to ask for the next one.
#[tokio::test]
async fn an_expired_identity_is_told_apart_and_a_new_one_goes_on() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.identity = Some(signed(&claims("ada", 600), IDENTITY_SECRET));
    ada.connect(&server.url).await;
    ada.says("hello").await;
    let conversation = ada.conversation.clone();
    ada.cut();
    ada.identity = Some(signed(&claims("ada", -120), IDENTITY_SECRET));
    let told = ada.try_connect(&server.url).await.unwrap_err();
    assert!(
        told.contains("identity_expired") && told.contains("\"retry_after_ms\":0"),
        "{told}"
    );
    ada.identity = Some(token(&server, "ada").await);
    let welcome = ada.connect(&server.url).await;
    assert_eq!(welcome["visitor"]["kind"], "identified");
    assert_eq!(ada.conversation, conversation);
}

#[tokio::test]
async fn the_command_signs_for_as_long_as_it_is_told() {
    let server = Server::start(SITE).await;
    let day = server
        .run(&["token", "--sub", "ada", "--valid", "24h"])
        .await;
    assert!(day.ok, "{}", day.stderr);
    assert_eq!(told(&server, day.stdout.trim().to_owned()).await, "welcome");
    for valid in ["25h", "0s", "soon", "2d"] {
        let refused = server
            .run(&["token", "--sub", "ada", "--valid", valid])
            .await;
        assert!(
            !refused.ok && refused.stderr.contains("--valid"),
            "{}",
            refused.stderr
        );
    }
}
