//! Every example frame in `fixtures/wire`, read or written, and what is refused.

#[path = "wire_about.rs"]
mod about;
#[path = "wire_events.rs"]
mod events;

use std::path::Path;
use std::time::Duration;

use hinny_actors::body::Page;
use serde_json::Value;

use super::*;
use crate::look::Face;
use events::{bot_events, changed_events, changed_messages, files, suggestion_events, team_events};

const CONVERSATION: &str = "0aB1cD2eF3gH4iJ5kL6mN7";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

fn fixture(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/wire")
        .join(name);
    std::fs::read_to_string(file).unwrap()
}

fn page(path: &str, title: &str) -> Option<Page> {
    Some(Page {
        url: format!("https://example.com/{path}"),
        title: title.to_owned(),
        referrer: String::new(),
    })
}

fn hello() -> Hello {
    Hello {
        _type: Some(serde::de::IgnoredAny),
        protocol: 1,
        site: "demo".to_owned(),
        ..Hello::default()
    }
}

fn hellos() -> [(&'static str, ClientFrame); 2] {
    let new = Hello {
        after: Some(0),
        page: page("pricing", "Pricing"),
        language: Some("en".to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        ..hello()
    };
    let resume = Hello {
        token: Some(TOKEN.to_owned()),
        conversation: Some(CONVERSATION.to_owned()),
        after: Some(41),
        ..hello()
    };
    [
        ("client-hello-new.json", ClientFrame::Hello(Box::new(new))),
        (
            "client-hello-resume.json",
            ClientFrame::Hello(Box::new(resume)),
        ),
    ]
}

fn moved() -> Context {
    let said = [("plan", Value::from("pro")), ("seats", Value::from(12))];
    let said = said.map(|(name, value)| (name.to_owned(), value));
    Context {
        _type: Some(serde::de::IgnoredAny),
        page: page("cart", "Cart"),
        language: Some("de-AT".to_owned()),
        time_zone: Some("Europe/Vienna".to_owned()),
        screen: Some(hinny_actors::body::Screen {
            width: 1920,
            height: 1080,
        }),
        attributes: said.into(),
    }
}

fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let _type = Some(serde::de::IgnoredAny);
    let say = Say {
        _type,
        id: "m-7Yb2".to_owned(),
        text: "How do I reset my password?".to_owned(),
        files: Vec::new(),
        page: page("login", "Log in"),
    };
    let files = Say {
        _type,
        id: "m-8Zc3".to_owned(),
        text: String::new(),
        files: vec!["7zY6xW5vU4tS3rQ2pO1nM0".to_owned()],
        page: None,
    };
    let id = "p-91".to_owned();
    let mut frames = changing_frames();
    frames.extend(hellos());
    frames.extend(about::client_frames());
    frames.extend([
        ("client-say.json", ClientFrame::Say(say)),
        ("client-say-files.json", ClientFrame::Say(files)),
        ("client-person.json", ClientFrame::Person(Ask { _type, id })),
        (
            "client-typing.json",
            ClientFrame::Typing(Typing { _type, on: true }),
        ),
        (
            "client-context.json",
            ClientFrame::Context(Box::new(moved())),
        ),
        ("client-ping.json", ClientFrame::Ping(Ping { _type, n: 3 })),
    ]);
    frames
}

fn changing_frames() -> Vec<(&'static str, ClientFrame)> {
    let _type = Some(serde::de::IgnoredAny);
    let edit = Edit {
        _type,
        id: "x-1".to_owned(),
        of: "m-7Yb2".to_owned(),
        text: "How do I change my password?".to_owned(),
    };
    let delete = Delete {
        _type,
        id: "x-2".to_owned(),
        of: "m-7Yb2".to_owned(),
    };
    let choose = |id: &str, choice| {
        ClientFrame::Choose(Choose {
            _type,
            id: id.to_owned(),
            of: "e18".to_owned(),
            choice,
        })
    };
    vec![
        ("client-choose.json", choose("c-51", Some(1))),
        ("client-choose-none.json", choose("c-52", None)),
        ("client-edit.json", ClientFrame::Edit(edit)),
        ("client-delete.json", ClientFrame::Delete(delete)),
        (
            "client-seen.json",
            ClientFrame::Seen(Seen { _type, seq: 9 }),
        ),
    ]
}

fn welcome(identified: bool) -> ServerFrame {
    let (kind, name) = match identified {
        true => ("identified", Some("Ada".to_owned())),
        false => ("anonymous", None),
    };
    ServerFrame::Welcome {
        protocol: 1,
        session: SessionView {
            token: TOKEN.to_owned(),
            visitor: VisitorView { kind, name },
            conversation: identified.then(|| CONVERSATION.to_owned()),
            site: SiteView {
                id: "demo".to_owned(),
                name: "Demo".to_owned(),
                greeting: Some("Hello! Ask me anything about hinny.".to_owned()),
                brand: identified.then(brand),
            },
            limits: LimitsView::ours(10_000_000),
        },
        seq: if identified { 44 } else { 0 },
        handling: if identified { "agent" } else { "bot" },
    }
}

fn brand() -> Brand {
    let picture = |name: &str| Some(format!("/v1/sites/demo/pictures/{name}"));
    let face = |name: &str, photo| Face {
        name: name.to_owned(),
        photo,
    };
    Brand {
        logo: picture("0c1d2e3f405162738495a6b7"),
        team: vec![
            face("Ana", picture("b7a695847362514f3e2d1c0b")),
            face("Bo", None),
        ],
        replies: vec!["Where is my order?".to_owned()],
    }
}

fn blocked() -> ServerFrame {
    let detail = "The team takes no messages from here at the moment.";
    let problem = Problem::new(Code::Blocked, detail).after(Duration::from_secs(86_400));
    ServerFrame::refused(Some("m-9".to_owned()), problem)
}

fn server_frames() -> Vec<(&'static str, ServerFrame)> {
    [common_server_frames(), about::server_frames()].concat()
}

fn common_server_frames() -> Vec<(&'static str, ServerFrame)> {
    let ack = ServerFrame::Ack {
        id: "m-7Yb2".to_owned(),
        seq: 1,
        conversation: CONVERSATION.to_owned(),
    };
    let refused = Problem::rate_limited(Duration::from_secs(2));
    let refused = ServerFrame::refused(Some("m-7Yb2".to_owned()), refused);
    let author = Author::Agent {
        name: "Ana".to_owned(),
        avatar: None,
    };
    let changed = [changed_events(), changed_messages()].concat();
    let mut frames = [bot_events(), suggestion_events(), team_events(), changed].concat();
    frames.push(("server-event-visitor-files.json", files()));
    frames.push(("server-refused-blocked.json", blocked()));
    frames.extend([
        ("server-welcome-new.json", welcome(false)),
        ("server-welcome-resume.json", welcome(true)),
        ("server-caught-up.json", ServerFrame::CaughtUp { seq: 44 }),
        ("server-ack.json", ack),
        ("server-refused.json", refused),
        (
            "server-typing.json",
            ServerFrame::Typing { author, on: true },
        ),
        (
            "server-partial.json",
            ServerFrame::Partial {
                text: Text::from_markdown("Open **Settings**."),
            },
        ),
        ("server-pong.json", ServerFrame::Pong { n: 3 }),
        (
            "server-bye.json",
            ServerFrame::bye(Problem::shutting_down()),
        ),
    ]);
    frames
}

#[test]
fn every_client_example_is_understood() {
    for (name, frame) in client_frames() {
        assert_eq!(ClientFrame::parse(&fixture(name)).unwrap(), frame, "{name}");
    }
}

#[test]
fn every_server_example_is_what_the_server_sends() {
    for (name, frame) in server_frames() {
        let expected: Value = serde_json::from_str(&fixture(name)).unwrap();
        let sent: Value = serde_json::from_str(&frame.to_json()).unwrap();
        assert_eq!(sent, expected, "{name}");
    }
}

#[test]
fn no_example_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wire");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let client = client_frames().into_iter().map(|(name, _)| name.to_owned());
    let server = server_frames().into_iter().map(|(name, _)| name.to_owned());
    let mut known: Vec<String> = client.chain(server).collect();
    files.sort();
    known.sort();
    assert_eq!(files, known);
}

/// Whatever a page's script says stays short, few and on its place; what it does not say stays as it was.
#[test]
fn a_context_is_made_short_and_harmless() {
    let before = tidy_context(moved(), &hinny_actors::body::Context::default());
    let mut said: serde_json::Map<String, Value> = serde_json::from_str(
        r#"{"a\nb": "pro\u202edeifirev\u2066\r\n !close", "  ": "nameless", "seats": null, "vip": true,
            "nested": {"x": 1}, "list": [1], "empty": "\u200f "}"#,
    )
    .unwrap();
    said.extend((0..30).map(|n| (format!("z{n:02}"), Value::from("x".repeat(900)))));
    let context = Context {
        attributes: said.into_iter().collect(),
        screen: Some(hinny_actors::body::Screen {
            width: 0,
            height: 7,
        }),
        language: Some("x".repeat(65)),
        ..Context::default()
    };
    let now = tidy_context(context, &before);
    assert_eq!(now.attributes.len(), 20);
    assert_eq!(now.attributes["a b"], "pro deifirev    !close");
    assert_eq!(
        (
            now.attributes["plan"].as_str(),
            now.attributes["vip"].as_str()
        ),
        ("pro", "true")
    );
    for gone in ["seats", "nested", "list", "empty", ""] {
        assert!(!now.attributes.contains_key(gone), "{gone}");
    }
    assert!(now.attributes.values().all(|value| value.len() <= 200));
    assert_eq!((&now.page, now.screen), (&before.page, before.screen));
    assert_eq!(now.language, before.language);
}
