//! PyPI's `python-telegram-bot` against our platform server: what another client does with the Bot API works here
//! too, and means the same.

use serde_json::{Value, json};

use super::*;
use crate::python::Script;
use platform::{BotRole, Fault};

/// Reads lines up to the one of this step, which is returned.
async fn step(script: &mut Script, name: &str) -> Value {
    let line = script.line().await;
    assert_eq!(line["step"], name, "{line}");
    line
}

async fn check_group_and_messages(script: &mut Script) {
    let me = step(script, "me").await;
    assert_eq!(
        (&me["name"], &me["reads_all"]),
        (&json!("hinny_test_bot"), &json!(true))
    );
    let group = step(script, "group").await;
    let expected = json!({"step": "group", "forum": true, "status": "administrator", "topics": true, "admins": 1});
    assert_eq!(group, expected);
    assert_eq!(step(script, "sent").await["reply_to"], true);
    let edited = step(script, "edited").await;
    assert_eq!(
        edited,
        json!({"step": "edited", "text": "Hello!", "buttons": false})
    );
    let unchanged = step(script, "unchanged").await["error"].to_string();
    assert!(unchanged.contains("Message is not modified"), "{unchanged}");
    let wrong = step(script, "wrong reaction").await["error"].to_string();
    assert!(wrong.to_lowercase().contains("reaction_invalid"), "{wrong}");
    assert_eq!(step(script, "deleted").await["done"], true);
    let files = step(script, "files").await;
    let expected = json!({"step": "files", "sizes": 2, "caption": "Look", "name": "a.txt", "content": "words"});
    assert_eq!(files, expected);
}

async fn check_updates(script: &mut Script, server: &TelegramServer) {
    step(script, "listening").await;
    let topic = server.topics()[0].id;
    assert_eq!(server.topics()[0].name, "Ada Lovelace");
    server.set_buttons(server.posts(topic)[0].id, &[("Take", "take")]);
    let ann = server.agent(4242, "Ann");
    let said = ann.says(topic, "Yes");
    ann.edits(said, "Yes!");
    ann.reacts(said, "👍", true);
    ann.presses(topic, "Take");
    script.say(&json!("go"));
    assert_eq!(step(script, "said").await["text"], "Yes");
    assert_eq!(step(script, "changed").await["text"], "Yes!");
    assert_eq!(step(script, "reacted").await["sign"], "👍");
    let pressed = step(script, "pressed").await;
    assert_eq!(
        pressed,
        json!({"step": "pressed", "data": "take", "by": "Ann"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_client_finds_the_same_telegram() {
    let server = TelegramServer::start().await;
    let arguments = [&server.url(), TOKEN, &CHAT.to_string()];
    let mut script = Script::start("telegram_bot.py", &arguments).await;
    check_group_and_messages(&mut script).await;
    check_updates(&mut script, &server).await;
    for _ in 0..2 {
        assert_eq!(step(&mut script, "error").await["error"], "Chat not found");
    }
    step(&mut script, "token").await;
    step(&mut script, "ready for faults").await;
    assert!(server.topics().is_empty());
    assert_eq!((server.open_queries(), server.pending_updates()), (0, 0));

    server.fail_next("sendMessage", 1, Fault::TooMany(7));
    script.say(&json!("go"));
    assert_eq!(
        step(&mut script, "wait").await["seconds"].as_f64(),
        Some(7.0)
    );
    server.set_bot(CHAT, BotRole::Kicked);
    script.say(&json!("go"));
    let kicked = step(&mut script, "kicked").await["error"].to_string();
    assert!(kicked.contains("kicked"), "{kicked}");
    assert!(script.finish().await.is_empty());
}
