//! What becomes of messages as Discord gives them: the recorded payloads, and who is nobody.

use serde_json::{Value, json};

use super::*;
use crate::discord::{places::Kind, wire::Id};

fn place() -> Place {
    Place {
        guild: 1,
        kind: Kind::Thread,
        parent: Some(2),
        name: "Ada".to_owned(),
    }
}

fn message(change: impl FnOnce(&mut Value)) -> Message {
    let mut message = json!({
        "id": "10", "channel_id": "3", "type": 0, "content": "Hello",
        "author": {"id": "7", "username": "ann", "global_name": "Ann", "avatar": "ab12", "bot": false},
    });
    change(&mut message);
    serde_json::from_value(message).unwrap()
}

fn heard(message: &Message) -> Option<Said> {
    by_a_person(message)
        .then(|| said(message, 42, &[], &place()))
        .flatten()
}

#[test]
fn bots_webhooks_and_discord_itself_are_nobody() {
    assert!(heard(&message(|_| {})).is_some());
    assert!(heard(&message(|m| m["author"]["bot"] = true.into())).is_none());
    assert!(heard(&message(|m| m["webhook_id"] = "5".into())).is_none());
    for kind in [1, 3, 4, 6, 7, 18, 20, 21, 23, 46] {
        assert!(
            heard(&message(|m| m["type"] = kind.into())).is_none(),
            "{kind}"
        );
    }
}

#[test]
fn what_cannot_be_shown_is_noted() {
    for (field, value, expected) in [
        (
            "sticker_items",
            json!([{"id": "1", "name": "x", "format_type": 1}]),
            "a sticker",
        ),
        ("poll", json!({"question": {"text": "?"}}), "a poll"),
        (
            "message_reference",
            json!({"type": 1, "message_id": "4"}),
            "a forwarded message",
        ),
    ] {
        let said = heard(&message(|m| {
            m["content"] = "".into();
            m[field] = value;
        }));
        let words = said.unwrap().text.to_plain();
        assert_eq!(words, format!("[{expected}, which cannot be shown here]"));
    }
    assert!(heard(&message(|m| m["content"] = "".into())).is_none());
}

#[test]
fn a_person_has_the_nearest_name_and_picture() {
    let user = message(|_| {}).author;
    let member = |change: &dyn Fn(&mut Member)| {
        let mut member = Member {
            roles: vec![Id(5)],
            ..Member::default()
        };
        change(&mut member);
        person(&user, Some(&member), 1)
    };
    let plain = member(&|_| {});
    assert_eq!(
        (plain.name.as_str(), plain.roles, plain.guest),
        ("Ann", vec!["5".to_owned()], false)
    );
    assert_eq!(
        plain.avatar.unwrap(),
        "https://cdn.discordapp.com/avatars/7/ab12.png?size=128"
    );
    let named = member(&|m| {
        m.nick = Some("Annie".to_owned());
        m.avatar = Some("cd34".to_owned());
    });
    assert_eq!(named.name, "Annie");
    assert_eq!(
        named.avatar.unwrap(),
        "https://cdn.discordapp.com/guilds/1/users/7/avatars/cd34.png?size=128"
    );
    assert!(member(&|m| m.flags = GUEST).guest);
    assert!(
        member(&|m| m.avatar = Some("../x".to_owned()))
            .avatar
            .unwrap()
            .ends_with("/ab12.png?size=128")
    );
    assert!(person(&user, None, 1).guest);
}

#[test]
fn an_answer_to_discords_pointer_is_one_to_the_card() {
    let said = heard(&message(|m| {
        m["type"] = 19.into();
        m["message_reference"] = json!({"message_id": "4", "channel_id": "3"});
        m["referenced_message"] = json!({"id": "4", "type": 21, "author": {"id": "42"}});
    }));
    let said = said.unwrap();
    assert_eq!((said.quotes, said.aside), (Some(post_id(3)), None));
}

#[test]
fn an_answer_to_a_message_that_is_gone_is_held() {
    let said = heard(&message(|m| {
        m["type"] = 19.into();
        m["message_reference"] = json!({"message_id": "4", "channel_id": "3"});
        m["referenced_message"] = Value::Null;
    }));
    assert_eq!(said.unwrap().aside, Some(Aside::Reply));
}
