//! The bot has only a guess: the visitor is asked what they mean, in both tabs, and chooses once.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// Of nothing but its own questions word for word is this bot sure.
const GUESSING: &str = "[site.answers]\nanswer = 0.99\nsuggest = 0.0\n";

async fn start() -> Server {
    Server::start(&format!("{SITE}{GUESSING}")).await
}

async fn choose(visitor: &mut Visitor, id: &str, of: &Value, choice: Option<usize>) -> Value {
    let frame = json!({"type": "choose", "id": id, "of": of, "choice": choice});
    visitor.send(frame).await.unwrap();
    let answered = |frame: &Value| frame["id"] == id && frame["type"] != "event";
    visitor
        .until("the answer to a press", answered)
        .await
        .unwrap()
}

#[tokio::test]
async fn suggestions_are_buttons_in_both_tabs_and_one_press_counts() {
    let server = start().await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("password reset mail").await;
    let asked = ada.sees("bot", "Did you mean").await;
    let titles = asked["suggestions"]["choices"].as_array().unwrap();
    assert_eq!(titles[0], "How do I reset my password?", "{asked}");

    let mut tab = Visitor::new("tab");
    tab.token.clone_from(&ada.token);
    tab.connect(&server.url).await;
    assert_eq!(tab.sees("bot", "Did you mean").await, asked);

    let ack = choose(&mut ada, "c-1", &asked["id"], Some(0)).await;
    assert_eq!(ack["type"], "ack", "{ack}");
    let answer = ada.sees("bot", "Settings").await;
    assert_eq!(answer["sources"][0]["title"], "How do I reset my password?");
    tab.sees("bot", "Settings").await;
    let late = choose(&mut tab, "c-2", &asked["id"], None).await;
    assert_eq!(late["type"], "ack", "{late}");
    let again = choose(&mut ada, "c-1", &asked["id"], Some(0)).await;
    assert_eq!(again["seq"], ack["seq"]);
    tab.says("thanks").await;
    tab.sees("bot", "welcome").await;
    assert_eq!(
        tab.transcript(),
        [
            "visitor: password reset mail",
            "bot: Did you mean one of these?",
            "visitor: How do I reset my password?",
            "bot: Open Settings, choose Security and press Reset.",
            "visitor: thanks",
            "bot: You're welcome!"
        ]
    );
}

#[tokio::test]
async fn nobody_else_may_press_and_there_are_no_other_buttons() {
    let server = start().await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("password reset mail").await;
    let asked = ada.sees("bot", "Did you mean").await;
    let mut eve = Visitor::new("eve");
    eve.connect(&server.url).await;
    let refused = choose(&mut eve, "c-1", &asked["id"], Some(0)).await;
    assert_eq!(refused["error"], "not_yours", "{refused}");
    eve.says("hello").await;
    for (of, choice) in [
        (&asked["id"], Some(0)),
        (&json!("eve-1"), Some(0)),
        (&json!("nothing"), None),
    ] {
        let refused = choose(&mut eve, "c-2", of, choice).await;
        assert_eq!(refused["error"], "not_yours", "{of}");
    }
    let refused = choose(&mut ada, "c-3", &asked["id"], Some(9)).await;
    assert_eq!(refused["error"], "not_yours", "{refused}");
    let answers = |event: &&Value| event["author"]["kind"] == "bot";
    assert_eq!(ada.log.values().filter(answers).count(), 1);
}

#[tokio::test]
async fn none_of_these_by_rest_fetches_a_person_who_sees_what_was_suggested() {
    let server = start().await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("password reset mail").await;
    let asked = ada.sees("bot", "Did you mean").await;
    let token = format!("Bearer {}", ada.token.as_deref().unwrap());
    let headers = [("Authorization", token.as_str()), ("Origin", &ada.origin)];
    let url = format!("{}/v1/choose", server.url);
    let body = json!({"id": "c-1", "of": asked["id"]});
    let first = http::call("POST", &url, &headers, Some(body.clone())).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let again = http::call("POST", &url, &headers, Some(body.clone())).await;
    assert_eq!(again.json, first.json);
    ada.sees_handling("waiting").await;
    let conversation = ada.conversation.clone().unwrap();
    let thread = desk.sees_thread(&conversation).await;
    assert_eq!(thread["reason"], "low_confidence");
    let shown = desk.transcript(&conversation).await.join("\n");
    assert!(shown.contains("Did you mean one of these?"), "{shown}");
    assert!(shown.contains("None of these"), "{shown}");
    // While a person is on the way the visitor is not asked again.
    ada.says("ship where").await;
    desk.writes(&conversation, "Hello, Ana here.").await;
    ada.sees("agent", "Ana here").await;
    let asked = |event: &&Value| event.get("suggestions").is_some();
    assert_eq!(ada.log.values().filter(asked).count(), 1);
}
