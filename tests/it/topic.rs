//! A conversation in a topic of Telegram, with everything that people do there besides writing.

use serde_json::{Value, json};

use crate::support::visitor::{Visitor, plain};
use crate::team_telegram::{start, waiting};
use crate::telegram::{State, TelegramServer};

/// The smallest picture there is: one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// Waits for an event of this kind about the message with this id.
async fn happens(visitor: &mut Visitor, kind: &str, id: &Value) -> Value {
    let wanted = |frame: &Value| {
        frame["type"] == "event" && frame["event"]["kind"] == kind && frame["event"]["id"] == *id
    };
    let frame = visitor.until(kind, wanted).await;
    frame.unwrap_or_else(|why| panic!("{why}"))["event"].clone()
}

#[tokio::test]
async fn an_agent_corrects_and_takes_back() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    let ann = telegram.agent(4242, "Ann");
    ann.presses(topic, "Take");
    ada.sees_handling("agent").await;

    let wrong = ann.says(topic, "We open at 9");
    let id = ada.sees("agent", "We open at 9").await["id"].clone();
    ann.edits(wrong, "We open at 10");
    let edited = happens(&mut ada, "edited", &id).await;
    assert_eq!(plain(&edited["text"]), "We open at 10");

    let slip = ann.says(topic, "What a strange question");
    let id = ada.sees("agent", "strange question").await["id"].clone();
    ann.reacts(slip, "🙊", true);
    happens(&mut ada, "deleted", &id).await;
    let other = ann.says(topic, "Nobody knows");
    let id = ada.sees("agent", "Nobody knows").await["id"].clone();
    ann.replies(topic, other, "!delete");
    happens(&mut ada, "deleted", &id).await;
}

#[tokio::test]
async fn a_colleagues_line_is_held_until_they_join() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    telegram
        .agent(4242, "Ann")
        .says(topic, "Hello, this is Ann");
    ada.sees("agent", "this is Ann").await;
    let bob = telegram.agent(4343, "Bob");
    bob.says(topic, "Ask for the number");
    let held = |state: &State| {
        let posts = state.posts_in(topic).into_iter();
        let mut buttons = posts.flat_map(|post| post.buttons.into_iter().flatten());
        buttons.find(|(label, _)| label.contains("Join"))
    };
    let (label, _) = telegram.until("the notice of a held line", held).await;
    telegram.agent(4242, "Ann").says(topic, "One moment");
    ada.sees("agent", "One moment").await;
    let seen = ada.transcript().join("\n");
    assert!(!seen.contains("Ask for the number"), "{seen}");
    bob.presses(topic, &label);
    ada.sees("agent", "Ask for the number").await;
    // A press is acknowledged when it is on disk, which the visitor may see a little earlier.
    let acknowledged = |state: &State| state.open_queries.is_empty().then_some(());
    telegram.until("no press is left open", acknowledged).await;
}

#[tokio::test]
async fn pictures_and_edits_of_the_visitor() {
    let telegram = TelegramServer::start().await;
    let server = start(&telegram, 1000).await;
    let (mut ada, topic) = waiting(&telegram, &server).await;
    let ann = telegram.agent(4242, "Ann");
    ann.uploads_with(topic, "document", "pixel.png", PIXEL, "It looks like this");
    let message = ada.sees("agent", "looks like this").await;
    assert_eq!(message["files"][0]["mime"], "image/png", "{message}");
    ada.says("Mine is gren").await;
    telegram.await_words(topic, "Mine is gren").await;

    let own = ada.sees("visitor", "gren").await["id"].clone();
    let edit = json!({"type": "edit", "id": ada.fresh_id(), "of": own, "text": "Mine is green"});
    ada.send(edit).await.unwrap();
    telegram.await_words(topic, "Mine is green").await;
    let left = telegram
        .posts(topic)
        .into_iter()
        .any(|post| post.text.contains("gren\n"));
    assert!(!left);
}
