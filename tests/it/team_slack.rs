//! The whole job with a team that sits in Slack.

use tempfile::TempDir;

use crate::slack::{APP_TOKEN, BOT_TOKEN, CHANNEL, Fault, Posted, SlackServer};
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// Slack, a hinny whose team sits there, and the folder with the tokens.
struct Stage {
    slack: SlackServer,
    server: Server,
    _secrets: TempDir,
}

impl Stage {
    async fn set() -> Stage {
        let slack = SlackServer::start().await;
        let secrets = tempfile::tempdir().unwrap();
        let file = |name: &str, token: &str| {
            let path = secrets.path().join(name);
            std::fs::write(&path, token).unwrap();
            path.display().to_string()
        };
        let config = format!(
            "{SITE}\n[site.slack]\nconnection = \"team\"\nchannel = \"{CHANNEL}\"\n\n\
             [site.team]\nnotify = \"here\"\nnudge_after = \"10m\"\n\n\
             [[slack]]\nname = \"team\"\nbot_token_file = \"{}\"\napp_token_file = \"{}\"\napi_url = \"{}\"\n",
            file("bot", BOT_TOKEN),
            file("app", APP_TOKEN),
            slack.url(),
        );
        let server = Server::start(&config).await;
        slack.await_sockets(1).await;
        Stage {
            slack,
            server,
            _secrets: secrets,
        }
    }

    async fn visitor(&self, name: &str) -> Visitor {
        let mut visitor = Visitor::new(name);
        visitor.connect(&self.server.url).await;
        visitor
    }

    /// A visitor who waits for a person, and the card's time stamp, which names the thread.
    async fn waiting(&self) -> (Visitor, String) {
        let mut ada = self.visitor("ada").await;
        ada.asks_for_a_person().await;
        let card = self.slack.await_cards(1).await.remove(0);
        (ada, card.ts)
    }

    fn all_words(&self, thread: &str) -> String {
        let posts = self.slack.posts(thread).into_iter();
        posts.map(|post| post.text + "\n").collect()
    }

    /// Slack saw nothing that it would not have taken.
    fn ends_well(&self) {
        assert_eq!(self.slack.violations(), [] as [String; 0]);
        assert_eq!(self.slack.limit_hits().1, 0, "nobody came too early");
    }
}

/// The card says who, where, why and what was said, has its buttons, and calls the team.
fn check_card(card: &Posted) {
    for part in [
        "anonymous",
        "Cart",
        "Do you ship to Norway?",
        "asked for a person",
    ] {
        assert!(
            card.text.contains(part),
            "the card says {part}: {}",
            card.text
        );
    }
    for label in ["Take", "Close", "Back to bot", "Block"] {
        assert!(
            card.buttons.iter().any(|button| button == label),
            "{card:?}"
        );
    }
    assert!(!card.pings.is_empty(), "the card calls the team: {card:?}");
}

#[tokio::test]
async fn a_whole_conversation_in_a_thread() {
    let stage = Stage::set().await;
    let slack = &stage.slack;
    let ann = slack.agent("U1ANN", "Ann");
    let mut ada = stage.visitor("ada").await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    ada.says("I want to talk to a person").await;
    ada.sees_handling("waiting").await;

    let card = slack.await_cards(1).await.remove(0);
    check_card(&card);

    ann.says(&card.ts, "Hello, how can I help?");
    ada.sees("agent", "how can I help").await;
    ada.says("My parcel is lost").await;
    slack.await_words(&card.ts, "My parcel is lost").await;
    ann.says(&card.ts, "!note call the carrier");
    ann.says(&card.ts, "!oops");
    slack.await_words(&card.ts, "did not send the line").await;
    ann.says(&card.ts, "!bot");
    ada.sees_handling("bot").await;
    ada.says("What are your opening hours?").await;
    ada.sees("bot", "from 9 to 17").await;
    ann.says(&card.ts, "!close");
    ada.sees_handling("closed").await;
    slack.await_all_acknowledged().await;
    assert_eq!(slack.cards().len(), 1, "one conversation, one card");
    stage.ends_well();
    // Neither the note nor the mistyped command is among what the visitor saw.
    insta::assert_snapshot!(ada.transcript().join("\n"));
}

#[tokio::test]
async fn ten_conversations_at_once_never_meet() {
    let stage = Stage::set().await;
    let ann = stage.slack.agent("U1ANN", "Ann");
    let mut visitors = Vec::new();
    for number in 0..10 {
        let mut one = stage.visitor(&format!("v{number}")).await;
        one.says(&format!(
            "I want to talk to a person, my number is n{number}x"
        ))
        .await;
        one.asks_for_a_person().await;
        visitors.push(one);
    }
    for card in stage.slack.await_cards(10).await {
        let number = (0..10).find(|number| card.text.contains(&format!("n{number}x")));
        let number = number.expect("the card has the visitor's words");
        ann.says(&card.ts, &format!("for n{number}x"));
    }
    for (number, one) in visitors.iter_mut().enumerate() {
        one.sees("agent", &format!("for n{number}x")).await;
        let heard = one.transcript();
        let heard = heard.iter().filter(|line| line.starts_with("agent"));
        assert_eq!(heard.count(), 1, "{:#?}", one.transcript());
    }
    stage.ends_well();
}

/// Slack fails in every way while somebody writes; then everything is there, once and in order.
#[tokio::test]
async fn slack_down_in_the_middle_loses_and_doubles_nothing() {
    let stage = Stage::set().await;
    let (mut ada, thread) = stage.waiting().await;
    let slack = &stage.slack;
    for fault in [
        Fault::ServerError,
        Fault::ResetAfterAccept,
        Fault::Reset,
        Fault::TooMany(1),
    ] {
        slack.fail_next("chat.postMessage", 1, fault);
    }
    let lines = ["first", "second", "third", "fourth"];
    for line in lines {
        ada.says(line).await;
    }
    slack.await_words(&thread, "fourth").await;
    let words = stage.all_words(&thread);
    let places: Vec<_> = lines.iter().map(|line| words.find(line)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{words}"
    );
    for line in lines {
        assert_eq!(words.matches(line).count(), 1, "{words}");
    }
    stage.ends_well();
}

/// The card was posted, but nobody learnt of it: Slack is asked, and no second card stands in the channel.
#[tokio::test]
async fn a_card_whose_answer_was_lost_is_found_again() {
    let stage = Stage::set().await;
    stage
        .slack
        .fail_next("chat.postMessage", 1, Fault::ResetAfterAccept);
    let (mut ada, thread) = stage.waiting().await;
    ada.says("are you there?").await;
    stage.slack.await_words(&thread, "are you there?").await;
    assert_eq!(stage.slack.cards().len(), 1);
    stage.ends_well();
}
