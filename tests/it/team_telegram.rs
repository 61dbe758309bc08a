//! The whole job with a team that sits in Telegram.

use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::http;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;
use crate::telegram::{CHAT, Fault, TelegramServer};

/// The site of the other stories, with its threads in a Telegram group.
fn config(telegram: &TelegramServer, per_minute: u32) -> String {
    let site = SITE.replace("name = \"Shop\"", "name = \"Shop\"\nbridge = \"telegram\"");
    let connection = format!(
        "\n[site.telegram]\nconnection = \"team\"\nchat = {CHAT}\n\n[[telegram]]\nname = \"team\"\n\
         token_env = \"TEAM_TOKEN\"\napi_url = \"{}\"\nper_minute = {per_minute}\n",
        telegram.url()
    );
    site + &connection
}

async fn start(telegram: &TelegramServer, per_minute: u32) -> Server {
    let server = Server::prepare(&config(telegram, per_minute)).await;
    server.launch().await
}

async fn visitor(server: &Server, name: &str) -> Visitor {
    let mut visitor = Visitor::new(name);
    visitor.connect(&server.url).await;
    visitor
}

/// A visitor who waits for a person, and the topic in which the team was told.
async fn waiting(telegram: &TelegramServer, server: &Server) -> (Visitor, i32) {
    let mut ada = visitor(server, "ada").await;
    ada.asks_for_a_person().await;
    let topic = telegram.await_topics(1).await[0].id;
    telegram.await_words(topic, "asked for a person").await;
    (ada, topic)
}

#[tokio::test]
async fn a_second_hand_over_comes_to_the_same_topic() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    telegram.agent_says(topic, "!close");
    ada.sees_handling("closed").await;
    ada.says("What colour is the moon on Thursdays?").await;
    telegram.await_words(topic, "colour is the moon").await;
    assert_eq!(telegram.topics().len(), 1);
}

/// The group takes few messages a minute: what waits is joined, hand-overs go first, nothing hits the limit.
#[tokio::test]
async fn the_groups_limit_is_kept_by_joining_lines() {
    let telegram = TelegramServer::start().await;
    telegram.enforce_limit(20);
    let server = start(&telegram, 20).await;
    let mut ada = visitor(&server, "ada").await;
    ada.asks_for_a_person().await;
    let topic = telegram.await_topics(1).await[0].id;
    let lines: Vec<String> = (0..60)
        .map(|number| format!("line number {number}."))
        .collect();
    for line in &lines {
        ada.says(line).await;
    }
    // The budget is used up now; a new hand-over and the rest must wait for it, without one refused call.
    let posts = telegram.all_posts().len();
    assert!(posts <= 20, "{posts}");
    let seen: String = telegram
        .posts(topic)
        .iter()
        .map(|post| post.text.clone())
        .collect();
    let shown = lines
        .iter()
        .filter(|line| seen.contains(line.as_str()))
        .count();
    assert!(shown > 0, "nothing was shown");
    assert_eq!(telegram.limit_hits().0, 0, "the limit was hit");
}

#[tokio::test]
async fn a_deleted_topic_is_opened_anew_with_the_card() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    telegram.delete_topic(topic);
    ada.says("are you there?").await;
    let fresh = telegram
        .until("another topic", |state| {
            state
                .topics
                .iter()
                .map(|topic| topic.id)
                .find(|id| *id != topic)
        })
        .await;
    let first = telegram.await_words(fresh, "are you there?").await;
    assert!(first.text.contains("asked for a person"), "{}", first.text);
    telegram.agent_says(fresh, "I am.");
    ada.sees("agent", "I am").await;
}

#[tokio::test]
async fn what_the_platform_never_takes_is_a_dead_letter_that_can_be_retried() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let mut ada = visitor(&server, "ada").await;
    telegram.fail_next(
        "createForumTopic",
        1,
        Fault::Refuse(400, "Bad Request: TOPIC_TITLE_INVALID"),
    );
    ada.asks_for_a_person().await;
    let listed = eventually("a dead letter", || async {
        let listed = server.run(&["outbox", "list", "--json"]).await;
        assert!(listed.ok, "{}", listed.stderr);
        listed
            .stdout
            .contains("TOPIC_TITLE_INVALID")
            .then_some(listed.stdout)
    })
    .await;
    assert!(listed.contains("\"team\""), "{listed}");
    let desk = Desk::log_in(&server).await;
    let failed = desk.call("GET", "failed", None).await.json;
    assert_eq!(failed["failed"].as_array().unwrap().len(), 1, "{failed}");

    let retried = server.run(&["outbox", "retry", "--all"]).await;
    assert!(retried.ok, "{}", retried.stderr);
    let topic = telegram.await_topics(1).await[0].id;
    telegram.await_words(topic, "asked for a person").await;
}

/// Replies written while the server was down are fetched; none is confirmed before it is stored, none comes twice.
#[tokio::test]
async fn replies_outlive_a_kill() {
    let telegram = TelegramServer::start().await;
    let mut server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    server.kill().await;
    ada.cut();
    for number in 0..5 {
        telegram.agent_says(topic, &format!("reply {number}"));
    }
    server.start_again().await;
    telegram.repeat_updates(3);
    ada.connect(&server.url).await;
    ada.sees("agent", "reply 4").await;
    telegram.await_all_confirmed().await;
    let replies: Vec<String> = ada
        .transcript()
        .into_iter()
        .filter(|line| line.starts_with("agent"))
        .collect();
    assert_eq!(replies.len(), 5, "{replies:?}");
}

#[tokio::test]
async fn the_token_is_in_no_log_and_a_wrong_one_is_named() {
    let telegram = TelegramServer::start().await;
    let server = Server::prepare(&config(&telegram, 1000)).await;
    let server = server
        .env("TEAM_TOKEN", "123:wrong-token-wrong-token-wrong-tok")
        .launch()
        .await;
    let ready = eventually("readiness tells of the connection", || async {
        let ready = http::get(&format!("{}/readyz", server.url)).await;
        ready.text.contains("team").then_some(ready)
    })
    .await;
    let log = eventually("the log tells of the refusal", || async {
        let log = server.log();
        log.contains("refused").then_some(log)
    })
    .await;
    assert!(
        !log.contains("wrong-token") && !ready.text.contains("wrong-token"),
        "{log}"
    );
}

/// The team began with the desk and moved to Telegram: conversations that were open move with it.
#[tokio::test]
async fn a_team_that_moves_takes_its_conversations_along() {
    let telegram = TelegramServer::start().await;
    let mut server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut ada = visitor(&server, "ada").await;
    ada.asks_for_a_person().await;
    desk.sees_thread(ada.conversation.as_ref().unwrap()).await;
    server.terminate().await;
    ada.cut();

    let moved = config(&telegram, 1000);
    std::fs::write(server.folder().join("hinny.toml"), moved).unwrap();
    server.start_again().await;
    ada.connect(&server.url).await;
    ada.says("is anybody there?").await;
    let topic = telegram.await_topics(1).await[0].id;
    telegram.await_words(topic, "asked for a person").await;
    telegram.await_words(topic, "is anybody there?").await;
    telegram.agent_says(topic, "Yes, over here now.");
    ada.sees("agent", "over here now").await;
}

/// A platform that answers 502 for a while is down, and nothing is given up because of it.
#[tokio::test]
async fn unknown_outcomes_never_give_a_line_up() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    telegram.fail_next("sendMessage", 5, Fault::Reset);
    ada.says("still here").await;
    telegram.await_words(topic, "still here").await;
    let listed = server.run(&["outbox", "list", "--json"]).await;
    assert!(!listed.stdout.contains("team"), "{}", listed.stdout);
}

/// What stood on the card when the thread was opened is written anew when the visitor walks on.
#[tokio::test]
async fn the_card_shows_where_the_visitor_is_now_and_what_the_page_says() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    let page = serde_json::json!({ "url": "https://shop.example/prices", "title": "Prices", "referrer": "" });
    let moved = serde_json::json!({
        "type": "context", "page": page, "screen": { "width": 390, "height": 844 },
        "attributes": { "plan": "pro (verified)" },
    });
    ada.send(moved).await.unwrap();
    telegram.await_words(topic, "Where: Prices").await;
    telegram
        .await_words(topic, "Page says (not verified): plan: pro (verified)")
        .await;
    telegram.await_words(topic, "screen 390 × 844").await;
}
