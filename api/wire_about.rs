//! Examples of what a visitor says of answers and conversations, and of looking back.

use hinny_actors::event::What;
use hinny_actors::ids::MessageId;

use super::events::{event, words};
use crate::wire::*;

const EARLIER: &str = "1bC2dE3fG4hI5jK6lM7nO8";

pub fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let _type = Some(serde::de::IgnoredAny);
    let id = |id: &str| id.to_owned();
    let helped = Helped {
        _type,
        id: id("h-1"),
        of: "e3".to_owned(),
        yes: false,
    };
    let rate = Rate {
        _type,
        id: id("r-1"),
        stars: 4,
        comment: "Quick and kind.".to_owned(),
    };
    let leave = Leave {
        _type,
        id: id("n-1"),
        conversation: EARLIER.to_owned(),
    };
    let look = Look {
        _type,
        id: id("l-2"),
        conversation: EARLIER.to_owned(),
        after: 0,
    };
    vec![
        ("client-helped.json", ClientFrame::Helped(helped)),
        ("client-rate.json", ClientFrame::Rate(rate)),
        ("client-leave.json", ClientFrame::Leave(leave)),
        (
            "client-conversations.json",
            ClientFrame::Conversations(list()),
        ),
        ("client-conversation.json", ClientFrame::Conversation(look)),
    ]
}

fn list() -> Ask {
    Ask {
        _type: Some(serde::de::IgnoredAny),
        id: "l-1".to_owned(),
    }
}

pub fn server_frames() -> Vec<(&'static str, ServerFrame)> {
    let helped = What::Helped {
        of: 3,
        message: MessageId::from("e3"),
        yes: false,
    };
    let rated = What::Rated { stars: 4 };
    let helped = event(20, 1795334550000, helped, None);
    let rated = event(21, 1795334560000, rated, words("Quick and kind.", None));
    vec![
        ("server-event-helped.json", helped),
        ("server-event-rated.json", rated),
        ("server-conversations.json", conversations()),
        ("server-conversation.json", conversation()),
    ]
}

fn conversations() -> ServerFrame {
    let line = Line {
        id: EARLIER.to_owned(),
        first: "Where is my parcel?".to_owned(),
        handling: "closed",
        current: false,
        opened_at: 1795248000000,
        updated_at: 1795248600000,
    };
    ServerFrame::Conversations {
        id: "l-1".to_owned(),
        conversations: vec![line],
    }
}

fn conversation() -> ServerFrame {
    let rated = event(9, 1795248600000, What::Rated { stars: 4 }, None);
    let ServerFrame::Event { seq, at, event } = rated else {
        panic!("an event is made into one");
    };
    ServerFrame::Conversation {
        id: "l-2".to_owned(),
        past: Past {
            conversation: Some(EARLIER.to_owned()),
            seq: 9,
            handling: "closed",
            events: vec![Numbered { seq, at, event }],
        },
    }
}
