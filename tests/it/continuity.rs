//! Reload, second tab, lost network, restart: the same conversation goes on, nothing missing, nothing twice.

use serde_json::json;

use crate::support::desk::Desk;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

#[tokio::test]
async fn a_reload_brings_everything_back() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    let before = ada.transcript();

    // A reloaded page keeps its token and nothing else.
    ada.cut();
    ada.log.clear();
    ada.connect(&server.url).await;
    assert_eq!(ada.transcript(), before);
}

#[tokio::test]
async fn two_tabs_are_one_conversation() {
    let server = Server::start(SITE).await;
    let mut first = Visitor::new("ada");
    first.connect(&server.url).await;
    // The second tab is open before anything was said, so it has no conversation yet.
    let mut second = first.second_tab();
    second.connect(&server.url).await;

    first.says("hello").await;
    second.sees("visitor", "hello").await;
    second.says("Do you ship to Norway?").await;
    first.sees("bot", "every country").await;
    second.sees("bot", "every country").await;
    assert_eq!(first.transcript(), second.transcript());
}

#[tokio::test]
async fn a_message_sent_again_has_no_second_effect() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    let seq = ada.says_as("m-1", "Do you ship to Norway?").await.unwrap();
    ada.sees("bot", "every country").await;
    ada.cut();
    ada.connect(&server.url).await;
    assert_eq!(ada.says_as("m-1", "Do you ship to Norway?").await, Ok(seq));
    // Other words under an old id are not let in either.
    assert_eq!(ada.says_as("m-1", "Something else").await, Ok(seq));
    ada.says("hello").await;
    ada.sees("bot", "What can I help").await;
    assert_eq!(ada.transcript().len(), 4, "{:#?}", ada.transcript());
}

#[tokio::test]
async fn a_killed_server_comes_back_with_every_acknowledged_word() {
    let mut server = Server::start(SITE).await;
    let mut desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.asks_for_a_person().await;
    ada.says("My parcel is lost").await;
    let conversation = ada.conversation.clone().unwrap();
    desk.sees_thread(&conversation).await;

    server.kill().await;
    ada.cut();
    server.start_again().await;
    desk.moved_to(&server);
    ada.connect(&server.url).await;
    ada.sees("visitor", "My parcel is lost").await;
    desk.writes(&conversation, "I found it.").await;
    ada.sees("agent", "I found it").await;

    let mut reader = ada.second_tab();
    reader.connect(&server.url).await;
    assert_eq!(reader.transcript(), ada.transcript());
}

#[tokio::test]
async fn a_question_that_was_acknowledged_is_answered_after_a_crash() {
    let mut server = Server::prepare(SITE)
        .await
        .env("FAILPOINTS", "answerer=sleep(60000)");
    server.start_again().await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;

    server.kill().await;
    ada.cut();
    server.clear_env();
    server.start_again().await;
    ada.connect(&server.url).await;
    ada.sees("bot", "every country").await;
}

#[tokio::test]
async fn a_question_without_a_verdict_goes_to_a_person_in_time() {
    let config = SITE.replace("[timing]", "[timing]\nanswer_within = \"300ms\"");
    let mut server = Server::prepare(&config)
        .await
        .env("FAILPOINTS", "answerer=sleep(60000)");
    server.start_again().await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;
    let handling = ada.sees_handling("waiting").await;
    assert_eq!(handling["reason"], "answerer_down");
    server.kill().await;
}

#[tokio::test]
async fn a_stopping_server_says_so_and_ends_cleanly() {
    let mut server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("hello").await;
    assert_eq!(server.terminate().await, Some(0));
    let bye = ada
        .until("bye", |frame| frame["type"] == "bye")
        .await
        .unwrap();
    assert_eq!(bye["error"], "shutting_down");
    assert!(bye["retry_after_ms"].is_u64());
}

/// Snapshot of the log up to a plus the events after a is the log, for every a.
#[tokio::test]
async fn resuming_from_any_place_gives_the_same_log() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    for text in [
        "hello",
        "Do you ship to Norway?",
        "thanks",
        "I want a person",
    ] {
        ada.says(text).await;
    }
    ada.sees_handling("waiting").await;
    let mut whole = ada.second_tab();
    whole.connect(&server.url).await;
    for cut in whole.log.keys().copied().collect::<Vec<_>>() {
        let mut resumed = ada.second_tab();
        resumed.log = whole
            .log
            .range(..=cut)
            .map(|(seq, event)| (*seq, event.clone()))
            .collect();
        resumed.connect(&server.url).await;
        assert_eq!(resumed.log, whole.log, "resumed after {cut}");
    }
}

#[tokio::test]
async fn typing_is_seen_and_kept_nowhere() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("hello").await;
    ada.sees("bot", "What can I help").await;
    ada.send(json!({"type": "typing", "on": true}))
        .await
        .unwrap();
    ada.send(json!({"type": "ping", "n": 7})).await.unwrap();
    let pong = ada
        .until("pong", |frame| frame["type"] == "pong")
        .await
        .unwrap();
    assert_eq!(pong["n"], 7);
    assert_eq!(ada.transcript().len(), 2);
}
