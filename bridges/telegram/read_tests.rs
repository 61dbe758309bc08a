//! What becomes of each sample update in `fixtures/telegram`.

use super::*;

const CHAT: i64 = -1_001_234_567_890;
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/telegram");

fn read_all(name: &str) -> Vec<Inbound> {
    let file = std::fs::read_to_string(format!("{FIXTURES}/{name}.json")).unwrap();
    let update: Update = serde_json::from_str(&file).unwrap();
    let reader = Reader {
        connection: &ConnectionId("telegram".to_owned()),
        own: UserId(123),
    };
    reader.inbound(&update)
}

fn read(name: &str) -> Option<Inbound> {
    let mut all = read_all(name);
    assert!(all.len() <= 1, "{name}: {all:?}");
    all.pop()
}

fn said(inbound: &Inbound) -> &Said {
    match &inbound.what {
        Happened::Said(said) => said,
        other => panic!("not words: {other:?}"),
    }
}

fn text_of(inbound: &Inbound) -> &Text {
    &said(inbound).text
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
        event_id: format!("said:{CHAT}/31"),
        origin: Origin::Thread(Thread::Telegram(TelegramThread {
            chat: CHAT,
            topic: 17,
        })),
        agent: Person {
            avatar: Some("photo:4242".to_owned()),
            ..Person::new("4242", "Ann Lee")
        },
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
        ("photo_with_caption", "See the red arrow"),
        (
            "animated_sticker",
            "[an animated sticker, which cannot be shown here]",
        ),
        ("dice", "[a dice, which cannot be shown here]"),
        ("anonymous_admin", "We are on it"),
        (
            "unknown_entity",
            "[a message of an unknown kind, which cannot be shown here]",
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
        "unknown_update",
    ] {
        assert_eq!(read(name), None, "{name}");
    }
}

#[test]
fn files_come_with_their_names_and_the_largest_photo() {
    for (name, file, size, handle) in [
        ("photo_with_caption", "photo.jpg", 90_210, "AgAD-large"),
        ("sticker", "sticker.webp", 0, "CAAC-example"),
        ("document", "invoice.pdf", 48_213, "BQAD-example"),
        ("voice", "voice.ogg", 6_431, "AwAD-example"),
    ] {
        let inbound = read(name).unwrap();
        let file = crate::RemoteFile {
            name: file.to_owned(),
            size,
            handle: handle.to_owned(),
        };
        assert_eq!(said(&inbound).files, [file], "{name}");
    }
}

#[test]
fn an_edit_names_the_post_and_when() {
    let inbound = read("edited_message").unwrap();
    assert_eq!(
        inbound.event_id,
        format!("edited:{CHAT}/31:1760000200-900015")
    );
    assert_eq!(inbound.sent_at, 1_760_000_200_000);
    let Happened::Edited { post, text } = inbound.what else {
        panic!("not an edit: {:?}", inbound.what);
    };
    assert_eq!(
        (post.0, text.to_plain()),
        (format!("{CHAT}/31"), "Try that".to_owned())
    );
}

#[test]
fn answers_are_told_apart() {
    let of = |name: &str| {
        let inbound = read(name).unwrap();
        let quotes = said(&inbound).quotes.clone();
        (quotes.map(|post| post.0), said(&inbound).aside)
    };
    let post = |id: i32| Some(format!("{CHAT}/{id}"));
    assert_eq!(of("reply_in_topic"), (None, None));
    assert_eq!(of("reply_to_bot"), (post(29), None));
    assert_eq!(of("reply_to_colleague"), (post(30), Some(Aside::Reply)));
    assert_eq!(of("reply_to_oneself"), (post(28), None));
    assert_eq!(of("mention_first"), (None, Some(Aside::Mention)));
    assert_eq!(of("mention_later"), (None, None));
}

#[test]
fn a_press_names_the_button() {
    let inbound = read("button_pressed").unwrap();
    assert_eq!(inbound.event_id, "pressed:4382bfdwdsb323b2d9");
    assert!(matches!(inbound.origin, Origin::Thread(_)));
    let action = "send:12:1".to_owned();
    let post = PostId(format!("{CHAT}/29"));
    assert_eq!(inbound.what, Happened::Pressed { post, action });
    let old = read("old_button_pressed").unwrap();
    assert!(matches!(old.origin, Origin::Channel(_)));
}

#[test]
fn a_reaction_says_what_came_and_what_went() {
    let told = |name: &str| {
        let all = read_all(name).into_iter();
        let tell = |inbound: Inbound| match inbound.what {
            Happened::Reacted { sign, on, .. } => (sign, on),
            other => panic!("no reaction: {other:?}"),
        };
        all.map(tell).collect::<Vec<_>>()
    };
    let changed = [("👍".to_owned(), false), ("❌".to_owned(), true)];
    assert_eq!(told("reaction_changed"), changed);
    assert_eq!(told("reaction_anonymous"), [("👍".to_owned(), true)]);
    let ids: Vec<_> = read_all("reaction_changed")
        .into_iter()
        .map(|inbound| inbound.event_id)
        .collect();
    let expected =
        ["👍:false", "❌:true"].map(|what| format!("reacted:{CHAT}/31:4242:{what}:1760000300"));
    assert_eq!(ids, expected);
    let anonymous = &read_all("reaction_anonymous")[0];
    assert_eq!(anonymous.agent.id, format!("chat:{CHAT}"));
}

#[test]
fn posts_have_the_number_of_their_chat() {
    let post = post_id(CHAT, 7);
    assert_eq!(message_of(CHAT, &post), Some(7));
    assert_eq!(message_of(-5, &post), None);
    assert_eq!(message_of(CHAT, &PostId("7".into())), None);
}
