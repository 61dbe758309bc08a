//! The main job: a question is answered, or reaches a person and comes back.

use crate::support::desk::Desk;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

#[tokio::test]
async fn a_known_question_is_answered_with_its_source() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("How do I reset my password?").await;
    let answer = ada.sees("bot", "Settings").await;
    assert_eq!(answer["sources"][0]["title"], "How do I reset my password?");
}

#[tokio::test]
async fn a_person_answers_and_the_bot_is_silent() {
    let server = Server::start(SITE).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("I want to talk to a person").await;
    ada.sees_handling("waiting").await;

    let conversation = ada.conversation.clone().unwrap();
    let thread = desk.sees_thread(&conversation).await;
    assert_eq!(thread["reason"], "asked");
    assert_eq!(thread["page"]["title"], "Cart");

    desk.writes(&conversation, "Hello, Ana here.").await;
    ada.sees("agent", "Ana here").await;
    ada.says("How do I reset my password?").await;
    desk.writes(&conversation, "!bot").await;
    ada.sees_handling("bot").await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    desk.writes(&conversation, "!close").await;
    ada.sees_handling("closed").await;
    ada.says("thanks").await;
    ada.says("What are your opening hours?").await;
    ada.sees("bot", "from 9 to 17").await;
    insta::assert_snapshot!(ada.transcript().join("\n"));
}
