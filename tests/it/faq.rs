//! What the team answers in a thread and saves is known to the bot within seconds, and can be taken back.

use std::time::Duration;

use crate::support::eventually;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;
use crate::telegram::{CHAT, TelegramServer};

const QUESTION: &str = "Can I pay with my old gift card? Mail me at ada@mail.example";
const SAVED: &str = "Can I pay with my old gift card? Mail me at [e-mail]";

async fn start(telegram: &TelegramServer) -> Server {
    let config = format!(
        "{SITE}\n[site.telegram]\nconnection = \"team\"\nchat = {CHAT}\n\n[[telegram]]\nname = \"team\"\n\
         token_env = \"TEAM_TOKEN\"\napi_url = \"{}\"\nper_minute = 1000\n",
        telegram.url()
    );
    Server::prepare(&config).await.launch().await
}

/// A visitor who asked what the bot does not know, answered by Ann in the topic.
async fn answered(telegram: &TelegramServer, server: &Server) -> (Visitor, i32) {
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says(QUESTION).await;
    ada.sees_handling("waiting").await;
    let topic = telegram.await_topics(1).await[0].id;
    telegram.await_words(topic, "gift card").await;
    telegram
        .agent(7, "Ann")
        .says(topic, "Yes, *every* gift card is good for ten years.");
    ada.sees("agent", "ten years").await;
    (ada, topic)
}

/// Asks on the command line until the verdict is this: the command reads the same index as the server.
async fn verdict_is(server: &Server, wanted: &str) {
    eventually(&format!("the verdict {wanted}"), || async {
        let asked = server.run(&["ask", SAVED, "--json"]).await;
        let judged: serde_json::Value = serde_json::from_str(&asked.stdout).ok()?;
        (judged["verdict"] == wanted).then_some(())
    })
    .await;
}

fn file(server: &Server) -> String {
    let path = server.data().join("knowledge/shop/from-threads.md");
    std::fs::read_to_string(path).unwrap_or_default()
}

#[tokio::test]
async fn an_answer_is_saved_with_personal_data_covered_and_live_in_seconds() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram).await;
    let (_ada, topic) = answered(&telegram, &server).await;
    let ann = telegram.agent(7, "Ann");
    ann.says(topic, "!faq");
    let draft = telegram.await_words(topic, "Save this").await;
    assert!(
        draft.text.contains("[e-mail]") && !draft.text.contains("ada@"),
        "{}",
        draft.text
    );
    assert_eq!(
        file(&server),
        "",
        "nothing is written before somebody has confirmed it"
    );

    let pressed = std::time::Instant::now();
    ann.presses(topic, "Save");
    verdict_is(&server, "answer").await;
    assert!(
        pressed.elapsed() < Duration::from_secs(20),
        "{:?}",
        pressed.elapsed()
    );
    let text = file(&server);
    assert!(
        text.contains("by Ann on 20") && text.contains("https://t.me/c/"),
        "{text}"
    );
    let mut bob = Visitor::new("bob");
    bob.connect(&server.url).await;
    bob.says(SAVED).await;
    bob.sees("bot", "ten years").await;
}

#[tokio::test]
async fn indexing_by_hand_keeps_what_was_saved_and_undo_takes_it_out() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram).await;
    let (_ada, topic) = answered(&telegram, &server).await;
    let ann = telegram.agent(7, "Ann");
    save(&telegram, &server, topic).await;
    let indexed = server.run(&["kb", "index", "faq.md"]).await;
    assert!(indexed.ok, "{}", indexed.stderr);
    verdict_is(&server, "answer").await;
    ann.says(topic, "!faq undo");
    eventually("an empty file", || async {
        (!file(&server).contains("gift")).then_some(())
    })
    .await;
    eventually("a bot that has forgotten it", || async {
        let asked = server.run(&["ask", SAVED, "--json"]).await;
        (!asked.stdout.contains("ten years")).then_some(())
    })
    .await;
}

/// Ann saves her answer.
async fn save(telegram: &TelegramServer, server: &Server, topic: i32) {
    let ann = telegram.agent(7, "Ann");
    ann.says(topic, "!faq");
    telegram.await_words(topic, "Save this").await;
    ann.presses(topic, "Save");
    telegram
        .await_words(topic, "Saved among the frequent questions")
        .await;
    assert!(file(server).contains("gift card"), "{}", file(server));
}

#[tokio::test]
async fn a_restart_keeps_what_was_saved_and_reads_corrections_by_hand() {
    let telegram = TelegramServer::start().await;
    let mut server = start(&telegram).await;
    let (_ada, topic) = answered(&telegram, &server).await;
    save(&telegram, &server, topic).await;
    server.kill().await;
    // The operator corrects the file while nothing runs; the restart reads it.
    let path = server.data().join("knowledge/shop/from-threads.md");
    std::fs::write(&path, file(&server).replace("ten years", "eleven years")).unwrap();
    server.start_again().await;
    eventually("the corrected answer", || async {
        let asked = server.run(&["ask", SAVED, "--json"]).await;
        asked.stdout.contains("eleven years").then_some(())
    })
    .await;
}
