//! Which events are somebody saying something.

use serde_json::{Value, json};

use super::*;

fn me() -> Me {
    let me = json!({
        "url": "https://team.slack.com/", "team_id": "T1", "user_id": "UBOT", "bot_id": "BBOT",
    });
    serde_json::from_value(me).unwrap()
}

fn hear(event: Value) -> Vec<Heard> {
    super::event(serde_json::from_value(event).unwrap(), &me())
}

fn ids(event: Value) -> Vec<String> {
    hear(event)
        .into_iter()
        .map(|heard| heard.event_id)
        .collect()
}

fn message(more: Value) -> Value {
    let mut event = json!({
        "type": "message", "channel": "C1", "user": "U1", "ts": "2.000000", "thread_ts": "1.000000",
        "text": "Hello",
    });
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

#[test]
fn members_are_heard_and_nobody_else() {
    assert_eq!(ids(message(json!({}))), ["said:C1/2.000000"]);
    for words in ["file_share", "thread_broadcast", "me_message"] {
        assert_eq!(ids(message(json!({"subtype": words}))).len(), 1, "{words}");
    }
    for (key, value) in [
        ("subtype", "bot_message"),
        ("subtype", "channel_join"),
        ("subtype", "something_new"),
        ("bot_id", "B9"),
        ("user", "UBOT"),
    ] {
        let heard = ids(message(json!({key: value})));
        assert!(heard.is_empty(), "{key} {value}: {heard:?}");
    }
}

#[test]
fn a_thread_is_where_its_root_is() {
    let place = |more: Value| hear(message(more)).remove(0).origin;
    let thread = Thread::Slack(SlackThread {
        channel: "C1".to_owned(),
        ts: "1.000000".to_owned(),
    });
    assert_eq!(place(json!({})), Origin::Thread(thread));
    assert!(matches!(
        place(json!({"thread_ts": "2.000000"})),
        Origin::Channel(_)
    ));
    assert!(matches!(
        place(json!({"thread_ts": null})),
        Origin::Channel(_)
    ));
}

#[test]
fn an_edit_is_told_with_the_words_and_a_preview_is_not() {
    let changed = |edited: Value, before: Value| {
        let inner = json!({
            "user": "U1", "ts": "2.000000", "thread_ts": "1.000000", "text": "Hi", "edited": edited,
        });
        let mut old = inner.clone();
        old["edited"] = before;
        ids(json!({
            "type": "message", "subtype": "message_changed", "channel": "C1", "ts": "3.0",
            "message": inner, "previous_message": old,
        }))
    };
    let at = |ts: &str| json!({"user": "U1", "ts": ts});
    let both = ["said:C1/2.000000", "edited:C1/2.000000:3.000000"];
    assert_eq!(changed(at("3.000000"), Value::Null), both);
    assert_eq!(changed(at("3.000000"), at("2.500000")), both);
    assert!(changed(at("3.000000"), at("3.000000")).is_empty());
    assert!(changed(Value::Null, Value::Null).is_empty());
}

#[test]
fn a_deletion_is_told_and_the_end_of_the_card_is_the_end_of_the_thread() {
    let deleted = |before: Value| {
        ids(json!({
            "type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "3.0",
            "deleted_ts": before["ts"], "previous_message": before,
        }))
    };
    let mut before = json!({"user": "U1", "ts": "2.000000", "thread_ts": "1.000000"});
    assert_eq!(deleted(before.clone()), ["deleted:C1/2.000000"]);
    before["user"] = "UBOT".into();
    assert!(deleted(before.clone()).is_empty());
    let card = json!({"user": "UBOT", "bot_id": "BBOT", "ts": "1.000000"});
    assert_eq!(deleted(card), ["gone:C1/1.000000"]);
}

#[test]
fn reactions_and_presses_have_names_that_stay() {
    let reaction = |kind: &str, user: &str| {
        ids(json!({
            "type": kind, "user": user, "reaction": "x", "event_ts": "4.000000",
            "item": {"type": "message", "channel": "C1", "ts": "2.000000"},
        }))
    };
    assert_eq!(
        reaction("reaction_added", "U1"),
        ["reacted:C1/2.000000:U1:❌:true:4.000000"]
    );
    assert_eq!(
        reaction("reaction_removed", "U1"),
        ["reacted:C1/2.000000:U1:❌:false:4.000000"]
    );
    assert!(reaction("reaction_added", "UBOT").is_empty());
    let press: Interaction = serde_json::from_value(json!({
        "type": "block_actions", "user": {"id": "U1"},
        "container": {"type": "message", "channel_id": "C1", "message_ts": "1.000000"},
        "actions": [{"action_id": "take", "action_ts": "5.000000", "type": "button"}],
    }))
    .unwrap();
    let heard = pressed(press).unwrap();
    assert_eq!(heard.event_id, "pressed:C1/1.000000:U1:5.000000");
    assert!(matches!(heard.origin, Origin::Thread(_)));
}

#[test]
fn time_stamps_are_times() {
    assert_eq!(millis("1700000000.123456"), 1_700_000_000_123);
    assert_eq!(millis("1.5"), 1_500);
    assert_eq!(millis("nonsense"), 0);
}

/// Each payload in `fixtures/slack`, and the ids of what it says.
#[test]
fn every_payload_of_the_fixtures_is_what_it_is() {
    let thread = "C123ABC456/1760000000.000100";
    let post = "C123ABC456/1760000001.000200";
    let said = format!("said:{post}");
    let edited = format!("edited:{post}:1760000060.000000");
    let reacted = format!("reacted:{post}:U123ABC456:❌:true:1760000070.000400");
    for (name, expected) in [
        ("message_in_thread", vec![said.clone()]),
        ("message_with_quote_from_phone", vec![said.clone()]),
        ("message_in_channel", vec![said.clone()]),
        ("mention_first", vec![said.clone()]),
        ("message_changed", vec![said.clone(), edited]),
        ("message_changed_by_a_preview", vec![]),
        ("message_deleted", vec![format!("deleted:{post}")]),
        ("card_deleted", vec![format!("gone:{thread}")]),
        ("card_deleted_with_replies", vec![format!("gone:{thread}")]),
        ("thread_broadcast", vec![said.clone()]),
        ("file_share", vec![said.clone()]),
        ("file_of_another_workspace", vec![said.clone()]),
        ("bot_message", vec![]),
        ("channel_join", vec![]),
        ("me_message", vec![said]),
        ("own_message", vec![]),
        ("reaction_added", vec![reacted]),
        ("unknown_event", vec![]),
    ] {
        let callback: crate::slack::model::Callback = serde_json::from_str(&fixture(name)).unwrap();
        let mut me = me();
        me.user_id = "U0HINNYBOT".to_owned();
        me.bot_id = Some("B0HINNYBOT".to_owned());
        let heard = super::event(callback.event, &me).into_iter();
        let ids: Vec<String> = heard.map(|heard| heard.event_id).collect();
        assert_eq!(ids, expected, "{name}");
    }
}

#[test]
fn a_press_of_the_fixtures_is_a_press() {
    let press = serde_json::from_str(&fixture("block_actions")).unwrap();
    let press = pressed(press).unwrap();
    let card = "C123ABC456/1760000000.000100";
    assert_eq!(
        press.event_id,
        format!("pressed:{card}:U123ABC456:1760000090.000600")
    );
}

fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/slack");
    std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()
}
