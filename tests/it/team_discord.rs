//! The whole job with a team that sits in Discord: in threads of a text channel, and in posts of a forum.

use tempfile::TempDir;

use crate::discord::{CHANNEL, DiscordServer, FORUM, Fault, TOKEN};
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

/// Discord, a hinny whose team sits there, and the folder with the token.
struct Stage {
    discord: DiscordServer,
    server: Server,
    channel: u64,
    _secrets: TempDir,
}

impl Stage {
    async fn set(channel: u64) -> Stage {
        let discord = DiscordServer::start().await;
        let secrets = tempfile::tempdir().unwrap();
        let token = secrets.path().join("token");
        std::fs::write(&token, TOKEN).unwrap();
        let config = format!(
            "{SITE}\n[site.discord]\nconnection = \"team\"\nchannel = {channel}\n\n\
             [site.team]\nnotify = \"here\"\n\n\
             [[discord]]\nname = \"team\"\ntoken_file = \"{}\"\napi_url = \"{}\"\n",
            token.display(),
            discord.url(),
        );
        let server = Server::start(&config).await;
        Stage {
            discord,
            server,
            channel,
            _secrets: secrets,
        }
    }

    async fn visitor(&self, name: &str) -> Visitor {
        let mut visitor = Visitor::new(name);
        visitor.connect(&self.server.url).await;
        visitor
    }

    async fn thread(&self) -> u64 {
        self.discord.await_threads(self.channel, 1).await[0].id
    }

    fn all_words(&self, thread: u64) -> String {
        let posts = self.discord.posts(thread).into_iter();
        posts.map(|post| post.content + "\n").collect()
    }
}

async fn a_whole_conversation(channel: u64) -> String {
    let stage = Stage::set(channel).await;
    let ann = stage.discord.agent(7, "Ann");
    let mut ada = stage.visitor("ada").await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;
    ada.says("I want to talk to a person").await;
    ada.sees_handling("waiting").await;
    let thread = stage.thread().await;
    ann.says(thread, "Hello, how can I help?");
    ada.sees("agent", "how can I help").await;
    ada.says("My parcel is lost").await;
    stage.discord.await_words(thread, "My parcel is lost").await;
    ann.says(thread, "!note call the carrier");
    ann.says(thread, "!oops");
    let hint = "did not send the line";
    stage.discord.await_words(thread, hint).await;
    ann.says(thread, "!bot");
    ada.sees_handling("bot").await;
    ada.says("What are your opening hours?").await;
    ada.sees("bot", "from 9 to 17").await;
    ann.says(thread, "!close");
    ada.sees_handling("closed").await;
    assert_eq!(stage.discord.threads(channel).len(), 1);
    // Neither the note nor the mistyped command is among what the visitor saw.
    ada.transcript().join("\n")
}

#[tokio::test]
async fn a_whole_conversation_in_a_thread() {
    insta::assert_snapshot!(a_whole_conversation(CHANNEL).await);
}

#[tokio::test]
async fn a_whole_conversation_in_a_forum() {
    insta::assert_snapshot!(a_whole_conversation(FORUM).await);
}

#[tokio::test]
async fn ten_conversations_at_once_never_meet() {
    let stage = Stage::set(CHANNEL).await;
    let ann = stage.discord.agent(7, "Ann");
    let mut visitors = Vec::new();
    for number in 0..10 {
        let mut one = stage.visitor(&format!("v{number}")).await;
        one.says(&format!(
            "I want to talk to a person, my number is n{number}x"
        ))
        .await;
        one.asks_for_a_person().await;
        one.says(&format!("really n{number}x")).await;
        visitors.push(one);
    }
    for thread in stage.discord.await_threads(CHANNEL, 10).await {
        stage.discord.await_words(thread.id, "really n").await;
        let words = stage.all_words(thread.id);
        let number = (0..10).find(|number| words.contains(&format!("n{number}x")));
        ann.says(
            thread.id,
            &format!("for n{}x", number.expect("the visitor's words")),
        );
    }
    for (number, one) in visitors.iter_mut().enumerate() {
        one.sees("agent", &format!("for n{number}x")).await;
        let heard = one.transcript();
        let heard = heard.iter().filter(|line| line.starts_with("agent"));
        assert_eq!(heard.count(), 1, "{:#?}", one.transcript());
    }
}

/// Discord fails in every way while somebody writes; then everything is there, once and in order.
#[tokio::test]
async fn discord_down_in_the_middle_loses_and_doubles_nothing() {
    let stage = Stage::set(CHANNEL).await;
    let mut ada = stage.visitor("ada").await;
    ada.asks_for_a_person().await;
    let thread = stage.thread().await;
    ada.says("zero").await;
    stage.discord.await_words(thread, "zero").await;
    for fault in [
        Fault::ServerError(502),
        Fault::ResetAfterAccept,
        Fault::Reset,
        Fault::TooMany(1.0),
    ] {
        stage.discord.fail_next("POST channels/messages", 1, fault);
    }
    let lines = ["first", "second", "third", "fourth"];
    for line in lines {
        ada.says(line).await;
    }
    stage.discord.await_words(thread, "fourth").await;
    let words = stage.all_words(thread);
    let places: Vec<_> = lines.iter().map(|line| words.find(line)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{words}"
    );
    for line in lines {
        assert_eq!(words.matches(line).count(), 1, "{words}");
    }
}
