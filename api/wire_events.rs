//! Examples of events, made as the log makes them.

use hinny_actors::body::{Body, FileRef, SourceLink};
use hinny_actors::event::{BotMeanwhile, By, Chosen, Event, Reason, What};
use hinny_actors::ids::{FileId, MessageId, Millis, Seq};
use hinny_actors::store::Entry;
use hinny_actors::view;
use hinny_bridges::text::{Block, Inline, Text};

use crate::wire::ServerFrame;

/// An event as the log has it, through the visitor's view.
pub fn event(seq: Seq, at: Millis, what: What, body: Option<Body>) -> ServerFrame {
    event_as(seq, at, what, body, false)
}

fn event_as(seq: Seq, at: Millis, what: What, body: Option<Body>, edited: bool) -> ServerFrame {
    let event = Event { seq, at, what };
    let event = view::visitor(&Entry {
        event,
        body,
        edited,
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

pub fn words(text: &str, name: Option<&str>) -> Option<Body> {
    message(Text::plain(text), Vec::new(), name)
}

fn by() -> String {
    "a1".to_owned()
}

/// A question and its answer.
pub fn bot_events() -> Vec<(&'static str, ServerFrame)> {
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
        chosen: None,
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

/// The bot asks what is meant, and the visitor presses a button.
pub fn suggestion_events() -> Vec<(&'static str, ServerFrame)> {
    let suggested = What::Suggested {
        message: MessageId::from("e18"),
        turn: 3,
        questions: vec![16],
        verdict: 17,
        choices: vec![0, 2],
    };
    let chose = What::VisitorChose {
        message: MessageId::from("c-51"),
        of: 18,
        chosen: Some(Chosen {
            verdict: 17,
            index: 2,
        }),
    };
    let buttons = Body::Suggestions {
        text: Text::plain("Did you mean one of these?"),
        choices: vec![
            "How do I reset my password?".to_owned(),
            "How do I change my e-mail address?".to_owned(),
        ],
        other: "None of these: get me a person".to_owned(),
    };
    let pressed = words("How do I change my e-mail address?", None);
    vec![
        (
            "server-event-suggestions.json",
            event(18, 1795334530000, suggested, Some(buttons)),
        ),
        (
            "server-event-visitor-chose.json",
            event(19, 1795334540000, chose, pressed),
        ),
    ]
}

/// A hand-over, from the call for a person to the end.
pub fn team_events() -> Vec<(&'static str, ServerFrame)> {
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

/// What became of messages, as the messages read later.
pub fn changed_messages() -> Vec<(&'static str, ServerFrame)> {
    let said = |message: &str| What::AgentSaid {
        message: MessageId::from(message),
        by: by(),
        held: None,
        chosen: None,
    };
    let answer = Body::Message {
        text: Text::plain("It is in the settings."),
        sources: Vec::new(),
        name: Some("Ana".to_owned()),
        avatar: Some("/v1/files/6fU7gT8hS9iR0jQ1kP2lO3?until=1795335360&sig=00ff".to_owned()),
        files: Vec::new(),
        quotes: Some(MessageId::from("m-7Yb2")),
    };
    let quotes = event_as(10, 1795334470000, said("e10"), Some(answer), true);
    let gone = event(11, 1795334480000, said("e11"), None);
    vec![
        ("server-event-agent-quotes.json", quotes),
        ("server-event-message-deleted.json", gone),
    ]
}

/// The same, as events of their own.
pub fn changed_events() -> Vec<(&'static str, ServerFrame)> {
    let edited = What::MessageEdited {
        of: 10,
        message: MessageId::from("e10"),
        by: By::Agent(by()),
    };
    let deleted = What::MessageDeleted {
        of: 11,
        message: MessageId::from("e11"),
        by: By::Agent(by()),
    };
    let reacted = What::Reacted {
        of: 1,
        message: MessageId::from("m-7Yb2"),
        by: by(),
        sign: "👍".to_owned(),
        on: true,
    };
    let new = words("It is in the settings.", None);
    let edited = event(13, 1795334500000, edited, new);
    let deleted = event(14, 1795334510000, deleted, None);
    let reacted = event(15, 1795334520000, reacted, None);
    vec![
        ("server-event-edited.json", edited),
        ("server-event-deleted.json", deleted),
        ("server-event-reaction.json", reacted),
    ]
}

fn file(id: &str, name: &str, mime: &str, size: u64, extent: Option<(u32, u32)>) -> FileRef {
    FileRef {
        id: FileId::from(id),
        name: name.to_owned(),
        mime: mime.to_owned(),
        size,
        width: extent.map(|extent| extent.0),
        height: extent.map(|extent| extent.1),
    }
}

/// A visitor's message with two files, of which one has its address.
pub fn files() -> ServerFrame {
    let (id, pdf) = ("7zY6xW5vU4tS3rQ2pO1nM0", "application/pdf");
    let body = Body::Message {
        text: Text::default(),
        sources: Vec::new(),
        name: None,
        avatar: None,
        files: vec![
            file(id, "screen.png", "image/png", 48_213, Some((1280, 720))),
            file("1aZ2bY3cX4dW5eV6fU7gT8", "manual.pdf", pdf, 90_112, None),
        ],
        quotes: None,
    };
    let said = What::VisitorSaid {
        message: MessageId::from("m-8Zc3"),
        intent: hinny_actors::event::Intent::Question,
        turn: None,
    };
    let mut frame = event(6, 1795334420000, said, Some(body));
    if let ServerFrame::Event { event, .. } = &mut frame {
        event.files_mut()[0].url = Some(format!(
            "/v1/files/{id}?until=1795335300&sig={}",
            "5a".repeat(32)
        ));
    }
    frame
}
