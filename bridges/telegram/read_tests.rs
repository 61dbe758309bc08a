//! What becomes of each sample update in `fixtures/telegram`.

use super::*;

const CHAT: i64 = -1_001_234_567_890;
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/telegram");

fn read(name: &str) -> Option<Inbound> {
    let file = std::fs::read_to_string(format!("{FIXTURES}/{name}.json")).unwrap();
    let update: Update = serde_json::from_str(&file).unwrap();
    inbound(&update, &ConnectionId("telegram".to_owned()), UserId(123))
}

fn text_of(inbound: &Inbound) -> &Text {
    match &inbound.what {
        Happened::Said(said) => &said.text,
        other => panic!("not words: {other:?}"),
    }
}

#[test]
fn a_reply_in_a_topic_is_read_in_full() {
    let strong = Inline::Strong {
        children: vec![Inline::Text {
            text: "bold".into(),
        }],
    };
    let words = |text: &str| Inline::Text { text: text.into() };
    let code = Inline::CodeSpan {
        text: "code".into(),
    };
    let children = vec![words("Try this: "), strong, words(" and "), code];
    let expected = Inbound {
        connection: ConnectionId("telegram".into()),
        event_id: "update:900001".into(),
        origin: Origin::Thread(Thread::Telegram(TelegramThread {
            chat: CHAT,
            topic: 17,
        })),
        agent: Person::new("4242", "Ann Lee"),
        sent_at: 1_760_000_100_000,
        what: Happened::Said(Said::words(
            PostId(format!("{CHAT}/31")),
            Text(vec![Block::Paragraph { children }]),
        )),
    };
    assert_eq!(read("reply_in_topic"), Some(expected));
}

#[test]
fn words_and_notes() {
    for (name, expected) in [
        ("command_in_topic", "!close"),
        (
            "photo_with_caption",
            "See the red arrow\n\n[a photo, which cannot be shown here yet]",
        ),
        ("sticker", "[a sticker, which cannot be shown here yet]"),
        ("dice", "[a dice, which cannot be shown here yet]"),
        ("anonymous_admin", "We are on it"),
        (
            "unknown_entity",
            "[a message of an unknown kind, which cannot be shown here yet]",
        ),
    ] {
        let inbound = read(name).unwrap();
        assert_eq!(text_of(&inbound).to_plain(), expected, "{name}");
        assert!(matches!(inbound.origin, Origin::Thread(_)), "{name}");
    }
    let person = read("anonymous_admin").unwrap().agent;
    assert_eq!(person.name, "Support");
    assert_eq!(person.id, format!("chat:{CHAT}"));
}

#[test]
fn outside_of_topics_there_is_only_the_channel() {
    for name in ["message_in_general", "reply_in_general"] {
        let origin = read(name).unwrap().origin;
        let channel = Channel::Telegram(TelegramChannel { chat: CHAT });
        assert_eq!(origin, Origin::Channel(channel), "{name}");
    }
}

#[test]
fn bots_and_service_messages_are_nobody() {
    for name in [
        "own_message",
        "other_bot",
        "posted_as_channel",
        "topic_created",
        "topic_closed",
        "member_joined",
        "edited_message",
        "unknown_update",
    ] {
        assert_eq!(read(name), None, "{name}");
    }
}
