//! From a thread to hinny.

use hinny_bridges::{Aside, Origin, RemoteFile};
use platform::{Device, EventFault};
use serde_json::json;

use super::*;

async fn listening() -> (SlackServer, Arc<Slack>, Once, String) {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let listening = Once::start(&server, &bridge).await;
    let thread = opened(&bridge).await;
    let ts = root(&thread).to_owned();
    (server, bridge, listening, ts)
}

#[tokio::test]
async fn a_reply_comes_in_with_who_where_and_when() {
    let (server, _bridge, mut listening, ts) = listening().await;
    let said_at = server
        .agent("U1", "Ann")
        .says(&ts, "Yes, until six & later");
    let reply = listening.next().await;
    assert_eq!(words(&reply), "Yes, until six & later");
    let channel = CHANNEL.to_owned();
    let thread = Thread::Slack(SlackThread { channel, ts });
    assert_eq!(reply.origin, Origin::Thread(thread));
    assert_eq!(reply.event_id, format!("said:{CHANNEL}/{said_at}"));
    assert_eq!(
        (reply.agent.id.as_str(), reply.agent.name.as_str()),
        ("U1", "Ann")
    );
    assert!(!reply.agent.guest && reply.agent.roles.is_empty());
    assert!(reply.agent.avatar.unwrap().ends_with("U1_192.png"));
    let seconds: f64 = said_at.parse().unwrap();
    assert!((reply.sent_at as f64 / 1_000.0 - seconds).abs() < 0.01);
    server.await_all_acknowledged().await;
    assert!(server.violations().is_empty(), "{:?}", server.violations());
}

#[tokio::test]
async fn guests_and_strangers_are_marked_and_bots_are_not_heard() {
    let (server, _bridge, mut listening, ts) = listening().await;
    server.bot("U9", "Zap").says(&ts, "beep");
    let from_bot = json!({"text": "beep", "bot_id": "B7", "subtype": "bot_message"});
    server.agent("U8", "App").posts(Some(&ts), from_bot);
    server.guest("U3", "Gus").says(&ts, "one");
    server.stranger("U4", "Sam").says(&ts, "two");
    server.agent("U1", "Ann").says(&ts, "three");
    for (expected, guest) in [("one", true), ("two", true), ("three", false)] {
        let inbound = listening.next().await;
        assert_eq!(
            (words(&inbound).as_str(), inbound.agent.guest),
            (expected, guest)
        );
    }
}

#[tokio::test]
async fn members_of_a_configured_group_have_it_as_a_role() {
    let server = SlackServer::start().await;
    server.hurry(HURRY);
    server.change(|state| {
        let members = vec!["U1".to_owned()];
        state
            .groups
            .insert("S1".to_owned(), ("support".to_owned(), members));
    });
    let mut config = config(&server.url());
    config.groups = vec!["S1".to_owned(), "S404".to_owned()];
    let bridge = Arc::new(Slack::new(config).unwrap());
    let mut listening = Once::start(&server, &bridge).await;
    let thread = opened(&bridge).await;
    server.agent("U1", "Ann").says(root(&thread), "one");
    server.agent("U2", "Bob").says(root(&thread), "two");
    assert_eq!(listening.next().await.agent.roles, ["S1"]);
    assert!(listening.next().await.agent.roles.is_empty());
}

#[tokio::test]
async fn edits_deletions_and_reactions_come_in() {
    let (server, _bridge, mut listening, ts) = listening().await;
    let ann = server.agent("U1", "Ann");
    let said_at = ann.says(&ts, "Yes");
    let post = format!("{CHANNEL}/{said_at}");
    assert_eq!(words(&listening.next().await), "Yes");
    let edited_at = ann.edits(&said_at, "No");
    let edit = listening.next().await;
    assert_eq!(edit.event_id, format!("edited:{post}:{edited_at}"));
    let Happened::Edited { text, .. } = &edit.what else {
        panic!("{edit:?}");
    };
    assert_eq!(text.to_plain(), "No");

    ann.reacts(&said_at, "x");
    ann.takes_back(&said_at, "x");
    for expected in [true, false] {
        let reaction = listening.next().await;
        assert!(matches!(&reaction.origin, Origin::Thread(thread) if root(thread) == ts));
        let Happened::Reacted {
            sign,
            on,
            post: on_what,
        } = reaction.what
        else {
            panic!("no reaction");
        };
        assert_eq!(
            (sign.as_str(), on, on_what.0.as_str()),
            ("❌", expected, post.as_str())
        );
    }
    ann.deletes(&said_at);
    let deletion = listening.next().await;
    assert_eq!(deletion.event_id, format!("deleted:{post}"));
    assert_eq!(deletion.agent.id, "U1");
    assert!(matches!(deletion.origin, Origin::Thread(_)));
}

/// Slack keeps the thread of a deleted card under a tombstone, but nobody can press anything there any more.
#[tokio::test]
async fn a_deleted_card_is_a_lost_thread_with_replies_and_without() {
    for replies in [0, 1] {
        let (server, bridge) = pair().await;
        let bridge = Arc::new(bridge);
        let mut listening = Once::start(&server, &bridge).await;
        let thread = opened(&bridge).await;
        let ann = server.agent("U1", "Ann");
        for _ in 0..replies {
            ann.says(root(&thread), "hello");
            assert_eq!(words(&listening.next().await), "hello");
        }
        ann.deletes(root(&thread));
        let gone = listening.next().await;
        assert_eq!(
            (gone.what, gone.origin),
            (Happened::ThreadGone, Origin::Thread(thread))
        );
    }
}

#[tokio::test]
async fn a_press_comes_in_and_is_acknowledged() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let mut listening = Once::start(&server, &bridge).await;
    let mut card = card();
    card.buttons = vec![vec![hinny_bridges::Button {
        action: "send:41:2".to_owned(),
        label: "Send this".to_owned(),
        look: hinny_bridges::Look::Primary,
    }]];
    let thread = bridge.open(&channel(), "", &card).await.unwrap().thread;
    server
        .agent("U1", "Ann")
        .presses(root(&thread), "Send this");
    let press = listening.next().await;
    assert_eq!(press.origin, Origin::Thread(thread.clone()));
    let Happened::Pressed { post, action } = press.what else {
        panic!("no press");
    };
    assert_eq!(
        (action.as_str(), post.0),
        ("send:41:2", format!("{CHANNEL}/{}", root(&thread)))
    );
    server.await_all_acknowledged().await;
}

#[tokio::test]
async fn a_line_that_calls_somebody_is_an_aside() {
    let (server, _bridge, mut listening, ts) = listening().await;
    let ann = server.agent("U1", "Ann");
    server.agent("U2", "Bob");
    server.change(|state| {
        state
            .groups
            .insert("S1".to_owned(), ("support".to_owned(), Vec::new()));
    });
    let section = |nodes| json!([{"type": "rich_text_section", "elements": nodes}]);
    let words_ = json!({"type": "text", "text": " can you look?"});
    for (element, shown) in [
        (
            json!({"type": "user", "user_id": "U2"}),
            "@Bob can you look?",
        ),
        (
            json!({"type": "usergroup", "usergroup_id": "S1"}),
            "@support can you look?",
        ),
        (
            json!({"type": "broadcast", "range": "here"}),
            "@here can you look?",
        ),
    ] {
        ann.says_rich(&ts, &section(json!([element, words_])), "ignored");
        let inbound = listening.next().await;
        assert_eq!(said(&inbound).aside, Some(Aside::Mention), "{shown}");
        assert_eq!(words(&inbound), shown);
    }
    let later = json!([{"type": "text", "text": "Ask "}, {"type": "user", "user_id": "U2"}]);
    ann.says_rich(&ts, &section(later), "ignored");
    assert_eq!(said(&listening.next().await).aside, None);
    ann.posts(Some(&ts), json!({"text": "<@U2> by a program"}));
    let program = listening.next().await;
    assert_eq!(
        (words(&program).as_str(), said(&program).aside),
        ("@Bob by a program", Some(Aside::Mention))
    );
}

#[tokio::test]
async fn phones_write_in_their_own_way() {
    let (server, _bridge, mut listening, ts) = listening().await;
    let phone = server.agent("U1", "Ann").on(Device::Phone);
    phone.says(&ts, "!note \"it's fine\"...");
    assert_eq!(words(&listening.next().await), "!note “it’s fine”…");
    phone.says(&ts, "> said before\nand now");
    let quote = listening.next().await;
    assert!(matches!(said(&quote).text.0[0], Block::Quote { .. }));
    assert_eq!(
        words(&quote),
        "Said before\n\nand now".replace("Said", "said")
    );
}

#[tokio::test]
async fn what_is_outside_of_a_thread_says_so() {
    let (server, _bridge, mut listening, ts) = listening().await;
    let ann = server.agent("U1", "Ann");
    ann.says_in_channel("anybody here?");
    assert!(matches!(listening.next().await.origin, Origin::Channel(_)));
    ann.broadcasts(&ts, "for all to see");
    assert!(matches!(listening.next().await.origin, Origin::Thread(_)));
}

#[tokio::test]
async fn files_are_fetched_with_the_token_and_from_slack_only() {
    let (server, bridge, mut listening, ts) = listening().await;
    let bytes = b"\x89PNG and much more".repeat(1_000);
    server
        .agent("U1", "Ann")
        .uploads(&ts, "a.png", "image/png", &bytes, "Look:");
    let inbound = listening.next().await;
    let file = &said(&inbound).files[0];
    assert_eq!(
        (file.name.as_str(), file.size),
        ("a.png", bytes.len() as u64)
    );
    assert_eq!(words(&inbound), "Look:");
    assert_eq!(bridge.fetch(file, 1 << 20).await.unwrap(), bytes);
    let by_id = RemoteFile {
        handle: format!("file:{}", server.file("a.png").unwrap().id),
        ..file.clone()
    };
    assert_eq!(bridge.fetch(&by_id, 1 << 20).await.unwrap(), bytes);
    check_refusals(&server, &bridge, file).await;
}

async fn check_refusals(server: &SlackServer, bridge: &Slack, file: &RemoteFile) {
    let small = bridge.fetch(file, 100).await.unwrap_err().to_string();
    assert!(small.contains("too large"), "{small}");
    let lying = RemoteFile {
        size: 1,
        ..file.clone()
    };
    assert!(
        bridge
            .fetch(&lying, 100)
            .await
            .unwrap_err()
            .to_string()
            .contains("too large")
    );
    let elsewhere = RemoteFile {
        handle: "http://127.0.0.1:9/steal".to_owned(),
        ..file.clone()
    };
    let error = bridge
        .fetch(&elsewhere, 100_000)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("does not lie on Slack"), "{error}");
    server.change(|state| state.scopes.remove("files:read"));
    let error = bridge.fetch(file, 1 << 20).await.unwrap_err().to_string();
    assert!(error.contains("files:read"), "{error}");
}

#[tokio::test]
async fn naughty_strings_arrive_intact_at_hinny() {
    let (server, _bridge, mut listening, ts) = listening().await;
    let ann = server.agent("U1", "Ann");
    let blank = |string: &String| string.trim_matches('\n').is_empty();
    for string in naughty_strings().iter().filter(|string| !blank(string)) {
        let elements =
            json!([{"type": "rich_text_section", "elements": [{"type": "text", "text": string}]}]);
        ann.says_rich(&ts, &elements, "ignored");
        assert_eq!(words(&listening.next().await), *string);
        // The same by way of Slack's own markup, as programs of members send it.
        let escaped = string
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        ann.posts(Some(&ts), json!({"text": format!("```{escaped}```")}));
        let code = words(&listening.next().await);
        assert!(
            string.contains("```") || string.ends_with('`') || code == *string,
            "{code:?} {string:?}"
        );
    }
}

#[tokio::test]
async fn repeated_and_reordered_events_have_one_effect_each() {
    let (server, _bridge, mut listening, ts) = listening().await;
    let ann = server.agent("U1", "Ann");
    server.disturb(&[EventFault::Twice]);
    ann.says(&ts, "one");
    assert_eq!(words(&listening.next().await), "one");
    server.disturb(&[EventFault::Late]);
    let two = ann.says(&ts, "two");
    ann.edits(&two, "two, better");
    // The edit came first, and told the words with it.
    assert_eq!(words(&listening.next().await), "two, better");
    assert!(matches!(
        listening.next().await.what,
        Happened::Edited { .. }
    ));
    ann.says(&ts, "three");
    assert_eq!(words(&listening.next().await), "three");
}

#[tokio::test]
async fn what_cannot_be_stored_comes_again() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let mut listening = Once::with(&bridge, 2, Vec::new());
    server.await_sockets(1).await;
    let thread = opened(&bridge).await;
    server.agent("U1", "Ann").says(root(&thread), "important");
    server.await_all_acknowledged().await;
    assert_eq!(words(&listening.next().await), "important");
    server.await_all_acknowledged().await;
}
