//! What a visitor says of answers and conversations, and looking back: whether it helped, stars, a new beginning,
//! earlier conversations.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::http::{self, Answer};
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// Sends a frame that is answered under its id.
async fn asks(visitor: &mut Visitor, frame: Value) -> Value {
    let id = frame["id"].clone();
    visitor.send(frame).await.unwrap();
    let answered = |frame: &Value| frame["id"] == id && frame["type"] != "event";
    visitor.until("an answer", answered).await.unwrap()
}

async fn rest(visitor: &Visitor, server: &Server, method: &str, path: &str, body: Value) -> Answer {
    let token = format!("Bearer {}", visitor.token.as_deref().unwrap());
    let headers = [
        ("Authorization", token.as_str()),
        ("Origin", &visitor.origin),
    ];
    let url = format!("{}{path}", server.url);
    http::call(method, &url, &headers, (!body.is_null()).then_some(body)).await
}

async fn stats(server: &Server) -> Value {
    let counted = server.run(&["stats", "--json"]).await;
    serde_json::from_str(&counted.stdout).unwrap()
}

async fn ada(server: &Server) -> Visitor {
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada
}

fn helped(id: &str, of: &Value, yes: bool) -> Value {
    json!({"type": "helped", "id": id, "of": of, "yes": yes})
}

/// A visitor whose conversation was looked after and closed by the team.
async fn closed(server: &Server) -> (Visitor, Desk, String) {
    let mut desk = Desk::log_in(server).await;
    let mut ada = ada(server).await;
    ada.asks_for_a_person().await;
    ada.says("My parcel is lost.").await;
    let conversation = ada.conversation.clone().unwrap();
    desk.writes(&conversation, "We send another one.").await;
    ada.sees("agent", "another one").await;
    desk.does(&conversation, "close", json!({})).await;
    ada.until_handling_is("closed").await;
    (ada, desk, conversation)
}

#[tokio::test]
async fn two_answers_that_did_not_help_fetch_a_person() {
    let server = Server::start(SITE).await;
    let mut ada = ada(&server).await;
    ada.says("How do I reset my password?").await;
    let first = ada.sees("bot", "Settings").await;
    assert_eq!(first["answer"], true);
    let mut tab = ada.second_tab();
    tab.connect(&server.url).await;
    let ack = asks(&mut ada, helped("h-1", &first["id"], false)).await;
    assert_eq!(ack["type"], "ack", "{ack}");
    ada.sees("bot", "sorry").await;
    assert_eq!(tab.happens("helped", &first["id"]).await["yes"], false);
    // The same press again, and another one from another tab, change nothing.
    let again = asks(&mut ada, helped("h-1", &first["id"], false)).await;
    assert_eq!(again["seq"], ack["seq"]);
    let late = asks(&mut tab, helped("h-2", &first["id"], true)).await;
    assert_eq!(late["type"], "ack", "{late}");

    ada.says("Do you ship to Norway?").await;
    let second = ada.sees("bot", "every country").await;
    let body = json!({"id": "h-3", "of": second["id"], "yes": false});
    let told = rest(&ada, &server, "POST", "/v1/helped", body.clone()).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let again = rest(&ada, &server, "POST", "/v1/helped", body).await;
    assert_eq!(again.json, told.json);
    let waits = ada.sees_handling("waiting").await;
    assert_eq!(waits["reason"], "repeated");

    let counted = stats(&server).await;
    assert_eq!(
        (&counted["helped"], &counted["not_helped"]),
        (&json!(0), &json!(2))
    );
    let gaps = server.run(&["kb", "gaps", "--json"]).await;
    let gaps: Vec<Value> = serde_json::from_str(&gaps.stdout).unwrap();
    let missed: Vec<&Value> = gaps.iter().map(|gap| &gap["not_helped"]).collect();
    assert_eq!(missed, [&json!(1), &json!(1)], "{gaps:?}");
}

#[tokio::test]
async fn a_helpful_answer_is_counted_and_the_desk_sees_what_was_said() {
    let server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut ada = ada(&server).await;
    ada.says("How do I reset my password?").await;
    let answer = ada.sees("bot", "Settings").await;
    asks(&mut ada, helped("h-1", &answer["id"], true)).await;
    assert_eq!(stats(&server).await["helped"], 1);
    let feed = desk.call("GET", "answers", None).await;
    assert_eq!(feed.json["answers"][0]["helped"], true, "{}", feed.text);
    // Nobody else's answers, no questions, and nothing that never was.
    let own = ada.log.values().next().unwrap()["id"].clone();
    let mut eve = Visitor::new("eve");
    eve.connect(&server.url).await;
    eve.says("hello").await;
    let refused = asks(&mut eve, helped("h-9", &answer["id"], true)).await;
    assert_eq!(refused["error"], "not_yours", "{refused}");
    for of in [own, json!("x")] {
        let refused = asks(&mut ada, helped("h-9", &of, true)).await;
        assert_eq!(refused["error"], "not_yours", "{refused}");
    }
}

#[tokio::test]
async fn a_closed_conversation_is_rated_for_the_team() {
    let server = Server::start(SITE).await;
    let (mut ada, desk, conversation) = closed(&server).await;
    let rate = |id: &str, stars: u8, comment: &str| json!({"type": "rate", "id": id, "stars": stars, "comment": comment});
    let ack = asks(&mut ada, rate("r-1", 3, "")).await;
    assert_eq!(ack["type"], "ack", "{ack}");
    let body = json!({"id": "r-2", "stars": 5, "comment": " Quick & <kind>. "});
    let told = rest(&ada, &server, "POST", "/v1/rate", body).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let mut tab = ada.second_tab();
    tab.connect(&server.url).await;
    let rated: Vec<&Value> = tab
        .log
        .values()
        .filter(|event| event["kind"] == "rated")
        .collect();
    assert_eq!(rated.last().unwrap()["comment"], "Quick & <kind>.");
    let log = desk.reads(&conversation).await.to_string();
    assert!(log.contains("gave 5 of 5 stars: Quick & <kind>."), "{log}");
    let counted = stats(&server).await;
    assert_eq!(counted["ratings"], json!({"5": 1}));
    assert_eq!(counted["stars"], 5.0);
    for (stars, error) in [(0, "bad_frame"), (6, "bad_frame")] {
        let refused = asks(&mut ada, rate("r-3", stars, "")).await;
        assert_eq!(refused["error"], error, "{refused}");
    }
    let long = "x".repeat(4_001);
    let refused = asks(&mut ada, rate("r-4", 5, &long)).await;
    assert_eq!(refused["error"], "too_long", "{refused}");
}

#[tokio::test]
async fn a_new_conversation_begins_in_all_tabs_and_the_old_one_can_be_read() {
    let server = Server::start(SITE).await;
    let (mut ada, mut desk, first) = closed(&server).await;
    let mut tab = ada.second_tab();
    tab.connect(&server.url).await;
    let leave = json!({"type": "leave", "id": "n-1", "conversation": first});
    let ack = asks(&mut ada, leave.clone()).await;
    assert_eq!(ack["type"], "ack", "{ack}");
    for visitor in [&mut ada, &mut tab] {
        let anew = |frame: &Value| frame["type"] == "welcome" && frame["conversation"].is_null();
        visitor.until("a fresh welcome", anew).await.unwrap();
        visitor.log.clear();
    }
    tab.says("How do I reset my password?").await;
    ada.sees("bot", "Settings").await;
    let second = tab.conversation.clone().unwrap();
    assert_ne!(second, first);
    // Sent once more, the wish leaves no second one.
    let again = asks(&mut ada, leave).await;
    assert_eq!(again["type"], "ack", "{again}");
    ada.says("thanks").await;
    assert_eq!(ada.conversation.as_ref(), Some(&second));

    looks_back(&server, &mut ada, &first, &second).await;
    // What the team still says there is not lost, and they are told.
    desk.writes(&first, "It is on its way.").await;
    let path = format!("/v1/conversations/{first}");
    let past = rest(&ada, &server, "GET", &path, Value::Null).await;
    assert!(past.text.contains("It is on its way."), "{}", past.text);
    let log = desk.reads(&first).await.to_string();
    assert!(log.contains("has begun a new conversation"), "{log}");
}

/// Both conversations are in the list, and the first one can be read, by socket and by REST.
async fn looks_back(server: &Server, ada: &mut Visitor, first: &str, second: &str) {
    let list = asks(ada, json!({"type": "conversations", "id": "l-1"})).await;
    let lines: Vec<_> = list["conversations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["id"].as_str().unwrap(),
                line["first"].as_str().unwrap(),
                line["current"] == true,
            )
        })
        .collect();
    let wanted = [
        (second, "How do I reset my password?", true),
        (first, "My parcel is lost.", false),
    ];
    assert_eq!(lines, wanted);
    let by_rest = rest(ada, server, "GET", "/v1/conversations", Value::Null).await;
    assert_eq!(by_rest.json["conversations"], list["conversations"]);
    let look = json!({"type": "conversation", "id": "l-2", "conversation": first});
    let past = asks(ada, look).await;
    assert_eq!(past["handling"], "closed");
    assert!(
        past["events"].to_string().contains("We send another one."),
        "{past}"
    );
    let path = format!("/v1/conversations/{first}?after=0");
    let by_rest = rest(ada, server, "GET", &path, Value::Null).await;
    assert_eq!(by_rest.json["events"], past["events"]);
}

#[tokio::test]
async fn nobody_walks_away_from_a_person_and_nobody_looks_into_foreign_conversations() {
    let server = Server::start(SITE).await;
    let mut ada = ada(&server).await;
    ada.asks_for_a_person().await;
    ada.says("My parcel is lost.").await;
    let conversation = ada.conversation.clone().unwrap();
    let leave = json!({"type": "leave", "id": "n-1", "conversation": conversation});
    let refused = asks(&mut ada, leave.clone()).await;
    assert_eq!(refused["error"], "in_use", "{refused}");
    let mut eve = Visitor::new("eve");
    eve.connect(&server.url).await;
    let made_up = "0aB1cD2eF3gH4iJ5kL6mN7";
    let mut answers = Vec::new();
    for id in [conversation.as_str(), made_up, "no such thing"] {
        let leave = json!({"type": "leave", "id": "n-1", "conversation": id});
        let look = json!({"type": "conversation", "id": "l-1", "conversation": id});
        let path = format!("/v1/conversations/{}", id.replace(' ', "%20"));
        let body = json!({"id": "n-2", "conversation": id});
        let read = rest(&eve, &server, "GET", &path, Value::Null).await;
        let left = rest(&eve, &server, "POST", "/v1/leave", body).await;
        answers.push([
            asks(&mut eve, leave).await.to_string(),
            asks(&mut eve, look).await.to_string(),
            format!("{} {}", read.status, read.text),
            format!("{} {}", left.status, left.text),
        ]);
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
    assert!(answers[0][2].starts_with("404"), "{answers:#?}");
    let list = rest(&eve, &server, "GET", "/v1/conversations", Value::Null).await;
    assert_eq!(list.json["conversations"], json!([]));
    ada.says("Still there?").await;
    assert_eq!(ada.conversation.as_ref(), Some(&conversation));
}
