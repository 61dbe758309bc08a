//! Python's `slack_sdk` against our Slack for tests, so that Slack's API is not only what we take it for.

use platform::EventFault;
use serde_json::Value;

use super::{python::Script, *};

#[tokio::test]
async fn the_pinned_client_is_what_runs() {
    let printed = Script::start("versions.py", &[]).await.finish().await;
    assert_eq!(printed[0]["slack_sdk"], "3.47.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_sdks_web_client_finds_a_slack() {
    let server = SlackServer::start().await;
    let arguments = [&server.url()[..], BOT_TOKEN, CHANNEL];
    let steps = Script::start("slack_web.py", &arguments)
        .await
        .finish()
        .await;
    check_answers(&steps);
    check_refusals(step(&steps, "refused"));
    // The client ran into the limit, waited as it was told, and went on.
    assert_eq!(step(&steps, "limits")["kept"], true);
    let (too_many, too_early) = server.limit_hits();
    assert!(too_many > 0 && too_early == 0, "{too_many} {too_early}");
    let posts = server.all_posts();
    let fast = |post: &&platform::Posted| post.value["text"].as_str().unwrap().starts_with("fast");
    assert_eq!(posts.iter().filter(fast).count(), 6);
    assert!(server.violations().is_empty(), "{:?}", server.violations());
}

fn step<'a>(steps: &'a [Value], name: &str) -> &'a Value {
    let found = steps.iter().find(|step| step["step"] == name);
    found.unwrap_or_else(|| panic!("no step {name} in {steps:#?}"))
}

fn check_answers(steps: &[Value]) {
    let step = |name| step(steps, name);
    assert_eq!(step("auth")["user"], platform::BOT);
    let scopes = step("auth")["scopes"].as_str().unwrap();
    assert!(scopes.contains("chat:write"), "{scopes}");
    let back = step("read back");
    assert_eq!(back["texts"].as_array().unwrap().len(), 2);
    assert_eq!(back["metadata"]["delivery"], "d0");
    assert_eq!(back["hidden"], true);
    assert_eq!(step("history")["replies"], 1);
    assert_eq!(step("changed")["again"], "already_reacted");
    assert_eq!(step("file")["fetched"], "some words");
    let page = step("file")["without_token"].as_str().unwrap();
    assert!(page.starts_with("text/html"), "{page}");
    assert_eq!(step("channel")["private"], true);
}

fn check_refusals(refused: &Value) {
    for (what, word) in [
        ("message", "message_not_found"),
        ("channel", "channel_not_found"),
        ("thread", "thread_not_found"),
        ("scope", "missing_scope"),
        ("user", "user_not_found"),
        ("blocks", "invalid_blocks"),
        ("field", "invalid_arguments"),
        ("token", "invalid_auth"),
    ] {
        assert_eq!(refused[what], word, "{refused:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_sdks_socket_client_hears_members_and_acknowledges() {
    let server = SlackServer::start().await;
    let bridge = Slack::new(config(&server.url())).unwrap();
    let mut first = card();
    first.buttons = vec![vec![hinny_bridges::Button {
        action: "take".to_owned(),
        label: "Take".to_owned(),
        look: hinny_bridges::Look::Plain,
    }]];
    let thread = bridge.open(&channel(), "", &first).await.unwrap().thread;
    let arguments = [&server.url()[..], BOT_TOKEN, APP_TOKEN];
    let mut script = Script::start("slack_socket.py", &arguments).await;
    assert_eq!(script.line().await["connected"], true);
    server.await_sockets(1).await;

    let ann = server.agent("U1", "Ann");
    server.disturb(&[EventFault::Twice]);
    let ts = ann.says(root(&thread), "Hello <there>");
    // The client's threads print in any order.
    let mut retries = Vec::new();
    for _ in 0..2 {
        let heard = script.line().await;
        assert_eq!(heard["type"], "events_api");
        retries.extend(heard["retry"].as_u64());
        let event = &heard["payload"]["event"];
        assert_eq!(event["ts"], ts.as_str());
        assert_eq!(event["text"], "Hello &lt;there&gt;");
        assert_eq!(event["blocks"][0]["type"], "rich_text");
    }
    retries.sort_unstable();
    assert_eq!(retries, [0, 1]);
    ann.presses(root(&thread), "Take");
    let press = script.line().await;
    assert_eq!(press["payload"]["actions"][0]["action_id"], "take");
    server.disconnect("refresh_requested");
    server.await_opened(2).await;
    server.await_all_acknowledged().await;
    script.finish().await;
    assert!(server.violations().is_empty(), "{:?}", server.violations());
}
