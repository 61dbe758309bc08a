//! Every example frame in `fixtures/wire`, read or written, and what is refused.

use super::*;
use hinny_actors::body::{Body, Page, SourceLink};
use hinny_actors::event::{BotMeanwhile, Event, Reason, What};
use hinny_actors::ids::MessageId;
use hinny_actors::store::Entry;
use hinny_actors::view;
use hinny_bridges::text::{Block, Inline, Text};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

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

fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let _type = Some(serde::de::IgnoredAny);
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
    frames.extend([
        ("client-hello-new.json", ClientFrame::Hello(Box::new(new))),
        (
            "client-hello-resume.json",
            ClientFrame::Hello(Box::new(resume)),
        ),
        ("client-say.json", ClientFrame::Say(say)),
        ("client-say-files.json", ClientFrame::Say(files)),
        ("client-person.json", ClientFrame::Person(Ask { _type, id })),
        (
            "client-typing.json",
            ClientFrame::Typing(Typing { _type, on: true }),
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
    vec![
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
            },
            limits: LimitsView::ours(10_000_000),
        },
        seq: if identified { 44 } else { 0 },
        handling: if identified { "agent" } else { "bot" },
    }
}

/// An event as the log has it, through the visitor's view.
fn event(seq: Seq, at: Millis, what: What, body: Option<Body>) -> ServerFrame {
    let event = Event { seq, at, what };
    let event = view::visitor(&Entry {
        event,
        body,
        edited: false,
    })
    .unwrap();
    ServerFrame::Event { seq, at, event }
}

fn text(text: &str) -> Inline {
    Inline::Text {
        text: text.to_owned(),
    }
}

fn rich() -> Text {
    let link = Inline::Link {
        url: "https://example.com/docs/password".to_owned(),
        children: vec![Inline::Emphasis {
            children: vec![text("more")],
        }],
    };
    let paragraph = |children| Block::Paragraph { children };
    Text(vec![
        paragraph(vec![
            text("Open "),
            Inline::Strong {
                children: vec![text("Settings")],
            },
            text(" and choose "),
            Inline::CodeSpan {
                text: "Reset".to_owned(),
            },
            Inline::Break,
            link,
        ]),
        Block::List {
            ordered: true,
            items: vec![vec![paragraph(vec![text("one")])]],
        },
        Block::Quote {
            children: vec![paragraph(vec![text("said")])],
        },
        Block::Code {
            text: "hinny demo".to_owned(),
        },
    ])
}

fn message(text: Text, sources: Vec<SourceLink>, name: Option<&str>) -> Option<Body> {
    let name = name.map(str::to_owned);
    Some(Body::Message {
        text,
        sources,
        name,
        avatar: None,
        files: Vec::new(),
        quotes: None,
    })
}

fn words(text: &str, name: Option<&str>) -> Option<Body> {
    message(Text::plain(text), Vec::new(), name)
}

fn by() -> String {
    "a1".to_owned()
}

/// A question and its answer.
fn bot_events() -> Vec<(&'static str, ServerFrame)> {
    let source = |title: &str, url: Option<&str>| SourceLink {
        title: title.to_owned(),
        url: url.map(str::to_owned),
    };
    let said = What::VisitorSaid {
        message: MessageId::from("m-7Yb2"),
        intent: hinny_actors::event::Intent::Question,
        turn: Some(1),
    };
    let answered = What::BotAnswered {
        message: MessageId::from("e3"),
        turn: 1,
        questions: vec![1],
    };
    let sources = vec![
        source("Passwords", Some("https://example.com/docs/password")),
        source("FAQ", None),
    ];
    let question = words("How do I reset my password?", None);
    let answer = message(rich(), sources, None);
    vec![
        (
            "server-event-visitor.json",
            event(1, 1795334400000, said, question),
        ),
        (
            "server-event-bot.json",
            event(3, 1795334400100, answered, answer),
        ),
    ]
}

/// A hand-over, from the call for a person to the end.
fn team_events() -> Vec<(&'static str, ServerFrame)> {
    let escalated = What::Escalated {
        reason: Reason::LowConfidence,
        bot: BotMeanwhile::Helping,
        questions: vec![4],
    };
    let took = What::AgentTook {
        by: by(),
        questions: Vec::new(),
    };
    let said = What::AgentSaid {
        message: MessageId::from("e9"),
        by: by(),
        held: None,
        chosen: None,
    };
    let closed = What::Closed { by: by() };
    let name = "Ana".to_owned();
    let ana = Some(Body::Agent { name });
    let hello = words("Hello, Ana here.", Some("Ana"));
    vec![
        (
            "server-event-waiting.json",
            event(5, 1795334410000, escalated, None),
        ),
        (
            "server-event-agent-took.json",
            event(8, 1795334450000, took, ana),
        ),
        (
            "server-event-agent.json",
            event(9, 1795334460000, said, hello),
        ),
        (
            "server-event-closed.json",
            event(12, 1795334490000, closed, None),
        ),
    ]
}

fn server_frames() -> Vec<(&'static str, ServerFrame)> {
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
    let mut frames = bot_events();
    frames.extend(team_events());
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

/// Examples that the log does not make yet.
const SOON: &[&str] = &[
    "server-event-agent-quotes.json",
    "server-event-agent.json",
    "server-event-bot.json",
    "server-event-deleted.json",
    "server-event-edited.json",
    "server-event-message-deleted.json",
    "server-event-reaction.json",
    "server-event-visitor-files.json",
    "server-event-visitor.json",
    "server-refused-blocked.json",
];

#[test]
fn every_server_example_is_what_the_server_sends() {
    let known = |(name, _): &(&str, ServerFrame)| !SOON.contains(name);
    for (name, frame) in server_frames().into_iter().filter(known) {
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
    let soon = SOON.iter().map(|name| (*name).to_owned());
    let mut known: Vec<String> = client.chain(server).chain(soon).collect();
    files.sort();
    known.sort();
    known.dedup();
    assert_eq!(files, known);
}
