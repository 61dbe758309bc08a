//! The rows: how each route is called and each frame is said with an id that belongs to somebody else.
//!
//! In a row, `{ID}` is that id, one after the other of every kind and everybody's; `{FRESH}` is an id never used before,
//! `{TEXT}` words that tell who said them, `{SITE}`, `{TOKEN}` and `{OWN}` the caller's own site, session and
//! conversation, `{LINK}` the signed part of a link to the caller's own file. A route may have several rows: one for
//! each place where an id could go. `finds` names what the owner reaches with an id of their own, which shows that the
//! row asks rightly.

/// What ids there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Conversation,
    VisitorsMessage,
    BotsMessage,
    AgentsMessage,
    SaidFile,
    UnsaidFile,
    AgentsFile,
    Visitor,
    Session,
    Thread,
    Delivery,
}

/// Who may call, and so whose papers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A visitor with a session.
    Visitor,
    /// Somebody of a site's team.
    Agent,
    /// The same two, with papers that are worth nothing afterwards, so each try has its own.
    LeavingVisitor,
    LeavingAgent,
    /// Nobody needs papers.
    Anyone,
    /// Pages of `hinny demo`, which are not there on a real server.
    Demo,
}

/// One call of a route. A body that begins with `{` is JSON, another one a file.
pub struct Row {
    pub route: &'static str,
    pub who: Who,
    pub path: &'static str,
    pub body: &'static str,
    pub finds: Option<Kind>,
}

/// One frame.
pub struct FrameRow {
    pub kind: &'static str,
    pub frame: &'static str,
    /// Whether an answer with the frame's id follows.
    pub answered: bool,
}

const fn row(who: Who, route: &'static str, path: &'static str, body: &'static str) -> Row {
    let finds = None;
    Row {
        route,
        who,
        path,
        body,
        finds,
    }
}

const fn visitor(route: &'static str, path: &'static str, body: &'static str) -> Row {
    row(Who::Visitor, route, path, body)
}

const fn agent(route: &'static str, path: &'static str, body: &'static str) -> Row {
    row(Who::Agent, route, path, body)
}

const fn anyone(route: &'static str, path: &'static str) -> Row {
    row(Who::Anyone, route, path, "")
}

const fn demo(route: &'static str, path: &'static str) -> Row {
    row(Who::Demo, route, path, "")
}

impl Row {
    const fn finds(self, kind: Kind) -> Row {
        Row {
            finds: Some(kind),
            ..self
        }
    }
}

#[rustfmt::skip]
pub const ROUTES: &[Row] = &[
    // A visitor's calls.
    row(Who::Anyone, "POST /v1/session", "/v1/session", r#"{"protocol":1,"site":"{ID}"}"#),
    row(Who::Anyone, "POST /v1/session", "/v1/session", r#"{"protocol":1,"site":"{SITE}","token":"{ID}"}"#),
    row(Who::Anyone, "POST /v1/session", "/v1/session", r#"{"protocol":1,"site":"{SITE}","identity":"{ID}"}"#),
    row(Who::Anyone, "POST /v1/session", "/v1/session", r#"{"protocol":1,"site":"{SITE}","conversation":"{ID}"}"#),
    row(Who::LeavingVisitor, "DELETE /v1/session", "/v1/session?session={ID}&token={ID}", ""),
    visitor("GET /v1/conversation", "/v1/conversation?after=0", ""),
    visitor("GET /v1/conversation", "/v1/conversation?after=0&conversation={ID}", ""),
    visitor("GET /v1/conversation", "/v1/conversation?visitor={ID}", ""),
    // A good stream has no end; what it shows is in `events.rs`.
    visitor("GET /v1/events", "/v1/events?visitor={ID}", ""),
    row(Who::Anyone, "GET /v1/events", "/v1/events?conversation={ID}&after=0", ""),
    visitor("POST /v1/messages", "/v1/messages", r#"{"id":"{FRESH}","text":"{TEXT}","files":["{ID}"]}"#).finds(Kind::UnsaidFile),
    visitor("POST /v1/messages", "/v1/messages", r#"{"id":"{FRESH}","text":"{TEXT}","conversation":"{ID}"}"#),
    visitor("POST /v1/messages", "/v1/messages?conversation={ID}", r#"{"id":"{FRESH}","text":"{TEXT}"}"#),
    visitor("POST /v1/person", "/v1/person", r#"{"id":"{FRESH}","conversation":"{ID}"}"#),
    visitor("POST /v1/choose", "/v1/choose", r#"{"id":"{FRESH}","of":"{ID}","choice":0}"#),
    visitor("POST /v1/choose", "/v1/choose", r#"{"id":"{ID}","of":"{ID}"}"#),
    visitor("POST /v1/edit", "/v1/edit", r#"{"id":"{FRESH}","of":"{ID}","text":"{TEXT}"}"#).finds(Kind::VisitorsMessage),
    visitor("POST /v1/edit", "/v1/edit", r#"{"id":"{ID}","of":"{FRESH}","text":"{TEXT}"}"#),
    visitor("POST /v1/delete", "/v1/delete", r#"{"id":"{FRESH}","of":"{ID}"}"#).finds(Kind::VisitorsMessage),
    visitor("POST /v1/delete", "/v1/delete", r#"{"id":"{ID}","of":"{ID}"}"#),
    visitor("POST /v1/seen", "/v1/seen", r#"{"seq":3}"#),
    visitor("POST /v1/context", "/v1/context", r#"{"attributes":{"order":"{ID}"}}"#),
    visitor("POST /v1/context", "/v1/context?visitor={ID}", r#"{"conversation":"{ID}","attributes":{}}"#),
    visitor("POST /v1/seen", "/v1/seen", r#"{"seq":3,"conversation":"{ID}"}"#),
    visitor("POST /v1/files", "/v1/files?name={ID}.txt", "{TEXT}"),
    visitor("GET /v1/files/{id}", "/v1/files/{ID}", ""),
    visitor("GET /v1/files/{id}", "/v1/files/{ID}?{LINK}", "").finds(Kind::SaidFile),
    visitor("GET /v1/files/{id}/link", "/v1/files/{ID}/link", "").finds(Kind::AgentsFile),
    visitor("POST /v1/helped", "/v1/helped", r#"{"id":"{FRESH}","of":"{ID}","yes":false}"#),
    visitor("POST /v1/helped", "/v1/helped", r#"{"id":"{ID}","of":"{FRESH}","yes":true}"#),
    visitor("POST /v1/rate", "/v1/rate", r#"{"id":"{FRESH}","stars":4,"comment":"{TEXT}"}"#),
    visitor("POST /v1/rate", "/v1/rate?conversation={ID}", r#"{"id":"{ID}","stars":4}"#),
    visitor("POST /v1/leave", "/v1/leave", r#"{"id":"{FRESH}","conversation":"{ID}"}"#),
    visitor("GET /v1/conversations", "/v1/conversations?visitor={ID}", ""),
    visitor("GET /v1/conversations/{id}", "/v1/conversations/{ID}", "").finds(Kind::Conversation),
    visitor("GET /v1/conversations/{id}", "/v1/conversations/{ID}?after=1", "").finds(Kind::Conversation),
    // An id that was used is the caller's own from then on, so these come last.
    visitor("POST /v1/messages", "/v1/messages", r#"{"id":"{ID}","text":"{TEXT}"}"#),
    visitor("POST /v1/person", "/v1/person", r#"{"id":"{ID}"}"#),

    // What everybody may fetch.
    anyone("GET /v1/ws", "/v1/ws?conversation={ID}&token={ID}"),
    anyone("ANY /v1/{*rest}", "/v1/{ID}"),
    anyone("ANY /v1/{*rest}", "/v1/visitors/{ID}/files"),
    anyone("GET /healthz", "/healthz"),
    anyone("GET /readyz", "/readyz"),
    anyone("GET /metrics", "/metrics"),
    anyone("GET /widget.js", "/widget.js"),
    anyone("GET /widget-chat.js", "/widget-chat.js"),
    anyone("GET /widget-more.js", "/widget-more.js"),
    anyone("GET /widget-brand.js", "/widget-brand.js"),
    anyone("GET /widget-stream.js", "/widget-stream.js"),
    anyone("GET /widget-sign.js", "/widget-sign.js"),
    anyone("GET /widget-events.js", "/widget-events.js"),
    anyone("GET /widget-ask.js", "/widget-ask.js"),
    anyone("GET /widget-proactive.js", "/widget-proactive.js"),
    anyone("GET /widget-talk.js", "/widget-talk.js"),
    anyone("GET /v1/sites/{site}/pictures/{name}", "/v1/sites/{SITE}/pictures/{ID}"),
    anyone("GET /v1/sites/{site}/look", "/v1/sites/{ID}/look"),
    anyone("GET /v1/sites/{site}/look", "/v1/sites/{SITE}/look?visitor={ID}"),
    anyone("GET /v1/sites/{site}/words/{language}", "/v1/sites/{ID}/words/en"),
    anyone("GET /v1/sites/{site}/words/{language}", "/v1/sites/{SITE}/words/{ID}"),
    anyone("GET /chat/{site}", "/chat/{ID}"),
    anyone("GET /chat/{site}", "/chat/{SITE}?conversation={ID}&token={ID}"),
    anyone("GET /chat/link.css", "/chat/link.css"),
    anyone("GET /chat/link.js", "/chat/link.js"),

    // The desk.
    anyone("GET /desk", "/desk?conversation={ID}"),
    anyone("GET /desk/", "/desk/"),
    anyone("GET /desk/desk.js", "/desk/desk.js"),
    anyone("GET /desk/desk.css", "/desk/desk.css"),
    agent("GET /desk/ws", "/desk/ws?conversation={ID}", ""),
    row(Who::Anyone, "POST /desk/api/login", "/desk/api/login", r#"{"login":"{ID}"}"#),
    agent("GET /desk/api/me", "/desk/api/me", ""),
    agent("POST /desk/api/name", "/desk/api/name", r#"{"name":"Ann"}"#),
    row(Who::LeavingAgent, "POST /desk/api/logout", "/desk/api/logout?session={ID}", ""),
    agent("GET /desk/api/threads", "/desk/api/threads?state=all", ""),
    agent("GET /desk/api/threads", "/desk/api/threads?state=all&site={ID}", ""),
    agent("GET /desk/api/answers", "/desk/api/answers", ""),
    agent("GET /desk/api/answers", "/desk/api/answers?at=9999999999999&conversation={ID}&seq=9", ""),
    agent("GET /desk/api/failed", "/desk/api/failed", ""),
    agent("POST /desk/api/failed/{delivery}/retry", "/desk/api/failed/{ID}/retry", "").finds(Kind::Delivery),
    agent("POST /desk/api/files", "/desk/api/files?name={ID}.txt", "{TEXT}"),
    agent("GET /desk/api/files/{id}/link", "/desk/api/files/{ID}/link", "").finds(Kind::SaidFile),
    agent("GET /desk/api/conversations/{id}", "/desk/api/conversations/{ID}", "").finds(Kind::Conversation),
    agent("POST /desk/api/conversations/{id}/lines", "/desk/api/conversations/{ID}/lines", r#"{"id":"{FRESH}","text":"{TEXT}"}"#).finds(Kind::Conversation),
    agent("POST /desk/api/conversations/{id}/lines", "/desk/api/conversations/{OWN}/lines", r#"{"id":"{FRESH}","text":"{TEXT}","files":["{ID}"]}"#),
    agent("POST /desk/api/conversations/{id}/edit", "/desk/api/conversations/{ID}/edit", r#"{"id":"{FRESH}","of":"{FRESH}","text":"{TEXT}"}"#),
    agent("POST /desk/api/conversations/{id}/edit", "/desk/api/conversations/{OWN}/edit", r#"{"id":"{FRESH}","of":"{ID}","text":"{TEXT}"}"#),
    agent("POST /desk/api/conversations/{id}/delete", "/desk/api/conversations/{ID}/delete", r#"{"id":"{FRESH}","of":"{FRESH}"}"#),
    agent("POST /desk/api/conversations/{id}/delete", "/desk/api/conversations/{OWN}/delete", r#"{"id":"{FRESH}","of":"{ID}"}"#),
    agent("POST /desk/api/conversations/{id}/press", "/desk/api/conversations/{ID}/press", r#"{"id":"{FRESH}","action":"take"}"#).finds(Kind::Conversation),
    agent("POST /desk/api/conversations/{id}/press", "/desk/api/conversations/{OWN}/press", r#"{"id":"{FRESH}","action":"retry:{ID}"}"#),
    agent("POST /desk/api/conversations/{id}/press", "/desk/api/conversations/{OWN}/press", r#"{"id":"{FRESH}","action":"in:{ID}:close"}"#),
    agent("POST /desk/api/conversations/{id}/press", "/desk/api/conversations/{OWN}/press", r#"{"id":"{FRESH}","action":"in:{ID}:block"}"#),
    agent("POST /desk/api/conversations/{id}/take", "/desk/api/conversations/{ID}/take", r#"{"id":"{FRESH}"}"#).finds(Kind::Conversation),
    agent("POST /desk/api/conversations/{id}/bot", "/desk/api/conversations/{ID}/bot", r#"{"id":"{FRESH}"}"#).finds(Kind::Conversation),
    agent("POST /desk/api/conversations/{id}/close", "/desk/api/conversations/{ID}/close", r#"{"id":"{FRESH}"}"#).finds(Kind::Conversation),

    // The demo's pages.
    demo("GET /", "/"),
    demo("GET /demo/demo.css", "/demo/demo.css"),
    demo("GET /demo/demo.js", "/demo/demo.js"),
    demo("GET /demo/site", "/demo/site"),
    demo("GET /demo/demo-site.css", "/demo/demo-site.css"),
    demo("GET /demo/demo-site.js", "/demo/demo-site.js"),
    demo("GET /demo/login", "/demo/login"),
    demo("GET /docs/{page}", "/docs/{ID}"),
];

const fn answered(kind: &'static str, frame: &'static str) -> FrameRow {
    let answered = true;
    FrameRow {
        kind,
        frame,
        answered,
    }
}

const fn unanswered(kind: &'static str, frame: &'static str) -> FrameRow {
    let answered = false;
    FrameRow {
        kind,
        frame,
        answered,
    }
}

/// What a visitor's socket takes. `hello` opens a socket of its own for each try.
#[rustfmt::skip]
pub const FRAMES: &[FrameRow] = &[
    unanswered("hello", r#"{"type":"hello","protocol":1,"site":"{SITE}","token":"{TOKEN}","conversation":"{ID}","after":0}"#),
    unanswered("hello", r#"{"type":"hello","protocol":1,"site":"{SITE}","token":"{ID}","consent":true}"#),
    unanswered("hello", r#"{"type":"hello","protocol":1,"site":"{ID}","token":"{TOKEN}"}"#),
    answered("say", r#"{"type":"say","id":"{FRESH}","text":"{TEXT}","files":["{ID}"]}"#),
    answered("say", r#"{"type":"say","id":"{FRESH}","text":"{TEXT}","conversation":"{ID}"}"#),
    answered("edit", r#"{"type":"edit","id":"{FRESH}","of":"{ID}","text":"{TEXT}"}"#),
    answered("delete", r#"{"type":"delete","id":"{FRESH}","of":"{ID}"}"#),
    answered("choose", r#"{"type":"choose","id":"{FRESH}","of":"{ID}","choice":0}"#),
    answered("helped", r#"{"type":"helped","id":"{FRESH}","of":"{ID}","yes":false}"#),
    answered("rate", r#"{"type":"rate","id":"{FRESH}","stars":4,"comment":"{TEXT}"}"#),
    answered("leave", r#"{"type":"leave","id":"{FRESH}","conversation":"{ID}"}"#),
    unanswered("seen", r#"{"type":"seen","seq":3}"#),
    unanswered("typing", r#"{"type":"typing","on":true}"#),
    unanswered("context", r#"{"type":"context","attributes":{"order":"{ID}"}}"#),
    unanswered("ping", r#"{"type":"ping","n":7}"#),
    // An id that was used is the caller's own from then on, so these come last.
    answered("say", r#"{"type":"say","id":"{ID}","text":"{TEXT}"}"#),
    answered("person", r#"{"type":"person","id":"{ID}"}"#),
    // These use up what a socket may ask in a second.
    answered("conversations", r#"{"type":"conversations","id":"{FRESH}"}"#),
    answered("conversation", r#"{"type":"conversation","id":"{FRESH}","conversation":"{ID}","after":0}"#),
];

/// What the desk's socket takes.
#[rustfmt::skip]
pub const DESK_FRAMES: &[FrameRow] = &[
    unanswered("watch", r#"{"type":"watch","conversation":"{ID}","after":0}"#),
    unanswered("typing", r#"{"type":"typing","conversation":"{ID}","on":true}"#),
    unanswered("ping", r#"{"type":"ping","n":7}"#),
];
