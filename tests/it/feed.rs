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
    let mut feed = asked("", "Do you ship to Norway?").await;
    feed.ada.sees("bot", "every country").await;
    feed
}

/// A conversation in which something was asked, with these settings for answers.
async fn asked(answers: &str, question: &str) -> Feed {
    let server = Server::start(&format!("{SITE}\n[site.answers]\n{answers}")).await;
    let desk = Desk::log_in(&server).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says(question).await;
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

    /// Marked as wrong in the feed, and a gap by that; then the conversation is taken over.
    async fn is_wrong_and_taken_over(&mut self) {
        let seq = self.newest().await["seq"].as_u64().unwrap();
        self.presses("press", &format!("wrong:{seq}")).await;
        assert!(self.newest().await["wrong"]["by"].is_string());
        assert_eq!(self.stats().await["wrong"], 1);
        assert!(self.gaps().await.contains("1 marked wrong"));
        self.presses("take", "take").await;
        self.ada.until_handling_is("agent").await;
    }

    async fn gaps(&self) -> String {
        let told = self.server.run(&["kb", "gaps"]).await;
        assert!(told.ok, "{}", told.stderr);
        told.stdout
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
async fn a_wrong_answer_is_a_gap_with_a_draft_of_what_an_agent_said_instead() {
    let mut feed = feed().await;
    assert!(feed.gaps().await.contains("Nothing was left open"));
    feed.is_wrong_and_taken_over().await;
    let conversation = feed.ada.conversation.clone().unwrap();
    let words = "Not to Svalbard, and that is all.";
    feed.desk.writes(&conversation, words).await;
    feed.ada.sees("agent", "Svalbard").await;
    let drafts = ["kb", "gaps", "--out", "drafts.yaml"];
    let told = feed.server.run(&drafts).await;
    assert!(told.ok, "{}", told.stderr);
    assert!(told.stdout.contains("1 marked wrong"), "{}", told.stdout);
    let file = feed.server.folder().join("drafts.yaml");
    let draft = std::fs::read_to_string(file).unwrap();
    assert!(draft.contains("Do you ship to Norway?"), "{draft}");
    assert!(draft.contains(words), "{draft}");
}

#[tokio::test]
async fn a_draft_stands_in_the_feed_as_one() {
    let mut feed = asked("mode = \"drafts\"", "Do you ship to Norway?").await;
    feed.ada.sees_handling("waiting").await;
    let drafted = feed.newest().await;
    assert_eq!(drafted["said"], "drafted", "{drafted}");
    assert_eq!(drafted["question"], "Do you ship to Norway?");
    assert!(
        drafted["answer"]
            .as_str()
            .unwrap()
            .contains("every country")
    );
    feed.is_wrong_and_taken_over().await;
}

#[tokio::test]
async fn suggestions_stand_in_the_feed_and_what_was_chosen_too() {
    let guessing = "answer = 0.99\nsuggest = 0.0";
    let mut feed = asked(guessing, "password reset mail").await;
    let asked = feed.ada.sees("bot", "Did you mean").await;
    let suggested = feed.newest().await;
    assert_eq!(
        (&suggested["said"], &suggested["verdict"]),
        (&json!("suggested"), &json!("suggest"))
    );
    let titles = suggested["answer"].as_str().unwrap();
    assert!(
        titles.starts_with("How do I reset my password?"),
        "{titles}"
    );
    let choose = json!({"type": "choose", "id": "c-1", "of": asked["id"], "choice": 0});
    feed.ada.send(choose).await.unwrap();
    feed.ada.sees("bot", "Settings").await;
    let answered = feed.newest().await;
    assert_eq!(answered["said"], "answered", "{answered}");
    assert_eq!(answered["question"], "password reset mail");
    feed.is_wrong_and_taken_over().await;
}

#[tokio::test]
async fn a_suggestion_is_marked_and_taken_over_like_an_answer() {
    let guessing = "answer = 0.99\nsuggest = 0.0";
    let mut feed = asked(guessing, "password reset mail").await;
    feed.ada.sees("bot", "Did you mean").await;
    feed.is_wrong_and_taken_over().await;
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
