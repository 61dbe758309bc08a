//! PyPI's `discord.py` against our platform server: what another client does with REST and gateway works here
//! too, and means the same.

use serde_json::{Value, json};

use super::*;
use crate::python::Script;
use platform::FORUM;

/// Reads lines up to the one of this step, which is returned.
async fn step(script: &mut Script, name: &str) -> Value {
    let line = script.line().await;
    assert_eq!(line["step"], name, "{line}");
    line
}

async fn check_rest(script: &mut Script) {
    for expected in [
        json!({"step": "ready", "name": "hinny", "guild": "Example", "private": true, "threads": true}),
        json!({"step": "sent", "reply": true}),
        json!({"step": "edited", "text": "Hello!", "at": true}),
        json!({"step": "file", "name": "a.txt", "content": "words"}),
        json!({"step": "history", "texts": ["", "Hello!", "Look"]}),
        json!({"step": "too long", "status": 400, "code": 50_035}),
        json!({"step": "asleep", "code": 50_083}),
        json!({"step": "awake", "archived": false}),
        json!({"step": "forum", "first": true, "active": ["Ada", "Bob"]}),
    ] {
        assert_eq!(
            step(script, expected["step"].as_str().unwrap()).await,
            expected
        );
    }
    let guild = step(script, "guild").await;
    assert_eq!(guild["own"], json!(["@everyone", "hinny"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_client_finds_a_discord() {
    let server = DiscordServer::start().await;
    let ann = server.agent(ANN, "Ann");
    let (channel, forum) = (CHANNEL.to_string(), FORUM.to_string());
    let arguments = [server.url(), TOKEN.to_owned(), channel, forum];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut script = Script::start("discord_bot.py", &arguments).await;
    check_rest(&mut script).await;
    let listening = step(&mut script, "listening").await;
    let number = |name: &str| listening[name].as_u64().unwrap();
    let (thread, card) = (number("thread"), number("card"));
    assert!(server.look(|state| state.channels[&thread].followers.contains(&ANN)));

    let said = ann.says(thread, "Yes");
    let seen = step(&mut script, "said").await;
    let expected =
        json!({"step": "said", "text": "Yes", "by": "Ann", "roles": ["Team"], "quotes": false});
    assert_eq!(seen, expected);
    server.cut_sockets();
    ann.edits(said, "Yes!");
    assert_eq!(step(&mut script, "changed").await["text"], "Yes!");
    ann.reacts(said, "👍");
    assert_eq!(step(&mut script, "reacted").await["sign"], "👍");
    ann.deletes(said);
    assert_eq!(step(&mut script, "deleted").await["id"], said);
    ann.presses(card, "Take");
    let expected = json!({"step": "pressed", "action": "take", "by": "Ann"});
    assert_eq!(step(&mut script, "pressed").await, expected);
    script.finish().await;
    assert!(server.presses()[0].answered.is_some());
    assert_eq!(server.handshakes(), (1, 1));
    assert_eq!(server.limit_hits(), (0, 0));
}
