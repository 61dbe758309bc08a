//! The feed of what the bot said: the team looks through it, marks answers as wrong, takes conversations over.

use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

struct Feed {
    server: Server,
    desk: Desk,
    ada: Visitor,
}

/// A conversation in which the bot has answered once.
async fn feed() -> Feed {
    let server = Server::start(SITE).await;
    let desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    Feed { server, desk, ada }
}

impl Feed {
    async fn newest(&self) -> Value {
        let page = self.desk.call("GET", "answers", None).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert_eq!(page.json["more"], false);
        page.json["answers"][0].clone()
    }

    async fn presses(&self, id: &str, action: &str) {
        let conversation = self.ada.conversation.clone().unwrap();
        let path = format!("conversations/{conversation}/press");
        let press = json!({ "id": id, "action": action });
        let pressed = self.desk.call("POST", &path, Some(press)).await;
        assert_eq!(pressed.status, 200, "{}", pressed.text);
    }

    async fn stats(&self) -> Value {
        let counted = self.server.run(&["stats", "--json"]).await;
        assert!(counted.ok, "{}", counted.stderr);
        serde_json::from_str(&counted.stdout).unwrap()
    }
}

#[tokio::test]
async fn an_answer_is_marked_wrong_and_not_wrong_again() {
    let feed = feed().await;
    let answer = feed.newest().await;
    assert_eq!(answer["question"], "Do you ship to Norway?");
    assert_eq!(
        (&answer["verdict"], &answer["wrong"]),
        (&json!("answer"), &Value::Null)
    );
    assert!(answer["confidence"].as_f64().unwrap() > 0.5, "{answer}");
    let seq = answer["seq"].as_u64().unwrap();
    for id in ["press1", "press2", "press2"] {
        feed.presses(id, &format!("wrong:{seq}")).await;
    }
    let marked = feed.newest().await;
    assert!(
        marked["wrong"]["by"].is_string() && marked["wrong"]["at"].is_number(),
        "{marked}"
    );
    assert_eq!(feed.stats().await["wrong"], 1);
    feed.presses("press3", &format!("right:{seq}")).await;
    assert_eq!(feed.newest().await["wrong"], Value::Null);
    assert_eq!(feed.stats().await["wrong"], 0);
}

#[tokio::test]
async fn a_conversation_of_the_bot_s_is_taken_over() {
    let mut feed = feed().await;
    assert_eq!(feed.desk.threads("open").await.len(), 0);
    feed.presses("take1", "take").await;
    feed.ada.sees_handling("agent").await;
    let threads = feed.desk.threads("open").await;
    assert_eq!(threads[0]["handling"], "agent");
    feed.ada.says("And to Sweden?").await;
    assert_eq!(feed.stats().await["answered"], 1, "the bot is silent");
}

#[tokio::test]
async fn the_feed_says_who_speaks_first() {
    let server = Server::start(&format!("{SITE}\n[site.answers]\nmode = \"drafts\"\n")).await;
    let desk = Desk::log_in(&server).await;
    let page = desk.call("GET", "answers", None).await;
    assert!(page.text.contains("a person sends them"), "{}", page.text);
    let stats = server.run(&["stats", "--since", "30d"]).await;
    assert!(
        stats.stdout.contains("answered without a person   -"),
        "{}",
        stats.stdout
    );
    let wrong = server.run(&["stats", "--since", "soon"]).await;
    assert!(
        !wrong.ok && wrong.stderr.contains("times are like"),
        "{}",
        wrong.stderr
    );
}
