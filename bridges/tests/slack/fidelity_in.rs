//! The Slack column of the table in `docs/fidelity.md`, in: one test per cell. What Slack cannot do has no test
//! here, and a link to the reason there.

use hinny_bridges::{Origin, PostId, Said};
use serde_json::{Value, json};

use super::*;

/// What a member's rich text becomes at hinny.
async fn within(elements: Value) -> Said {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let mut listening = Once::start(&server, &bridge).await;
    let thread = opened(&bridge).await;
    server.agent("U2", "Bob");
    server
        .agent("U1", "Ann")
        .says_rich(root(&thread), &elements, "ignored");
    said(&listening.next().await).clone()
}

/// The inlines of the only paragraph.
async fn inlines(nodes: Value) -> Vec<Inline> {
    let said = within(json!([{"type": "rich_text_section", "elements": nodes}])).await;
    match said.text.0.into_iter().next() {
        Some(Block::Paragraph { children }) => children,
        other => panic!("no paragraph: {other:?}"),
    }
}

fn text(text: &str) -> Inline {
    Inline::Text {
        text: text.to_owned(),
    }
}

async fn file_in(name: &str, mime: &str) {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let mut listening = Once::start(&server, &bridge).await;
    let thread = opened(&bridge).await;
    server
        .agent("U1", "Ann")
        .uploads(root(&thread), name, mime, b"bytes", "");
    let said = said(&listening.next().await).clone();
    assert!(said.text.is_empty());
    assert_eq!(said.files[0].name, name);
    assert_eq!(bridge.fetch(&said.files[0], 100).await.unwrap(), b"bytes");
}

#[tokio::test]
async fn text_in() {
    let nodes = json!([{"type": "text", "text": "Grüße & <b> *漢字*"}]);
    assert_eq!(inlines(nodes).await, [text("Grüße & <b> *漢字*")]);
}

#[tokio::test]
async fn line_breaks_in() {
    let nodes = json!([{"type": "text", "text": "one\ntwo\n\nthree"}]);
    let said = within(json!([{"type": "rich_text_section", "elements": nodes}])).await;
    assert_eq!(said.text.0.len(), 2);
    assert_eq!(said.text.to_plain(), "one\ntwo\n\nthree");
}

#[tokio::test]
async fn bold_in() {
    let nodes = json!([{"type": "text", "text": "a", "style": {"bold": true}}]);
    let children = vec![text("a")];
    assert_eq!(inlines(nodes).await, [Inline::Strong { children }]);
}

#[tokio::test]
async fn italic_in() {
    let nodes = json!([{"type": "text", "text": "a", "style": {"italic": true}}]);
    let children = vec![text("a")];
    assert_eq!(inlines(nodes).await, [Inline::Emphasis { children }]);
}

#[tokio::test]
async fn code_in() {
    let nodes = json!([{"type": "text", "text": "a*b*", "style": {"code": true}}]);
    assert_eq!(
        inlines(nodes).await,
        [Inline::CodeSpan {
            text: "a*b*".to_owned()
        }]
    );
}

#[tokio::test]
async fn code_block_in() {
    let nodes = json!([{"type": "text", "text": "let a;\n  b"}]);
    let said = within(json!([{"type": "rich_text_preformatted", "elements": nodes}])).await;
    assert_eq!(
        said.text.0,
        [Block::Code {
            text: "let a;\n  b".to_owned()
        }]
    );
}

#[tokio::test]
async fn links_in() {
    let nodes = json!([{"type": "link", "url": "https://example.com/a", "text": "us"}]);
    let link = Inline::Link {
        url: "https://example.com/a".to_owned(),
        children: vec![text("us")],
    };
    assert_eq!(inlines(nodes).await, [link]);
}

#[tokio::test]
async fn lists_in() {
    let item = |text: &str| json!({"type": "rich_text_section", "elements": [{"type": "text", "text": text}]});
    let list = json!([{"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": [item("one"), item("two")]}]);
    let said = within(list).await;
    assert!(matches!(&said.text.0[0], Block::List { ordered: true, items } if items.len() == 2));
}

#[tokio::test]
async fn quotes_in() {
    let nodes = json!([{"type": "text", "text": "said"}]);
    let said = within(json!([{"type": "rich_text_quote", "elements": nodes}])).await;
    let children = vec![Block::Paragraph {
        children: vec![text("said")],
    }];
    assert_eq!(said.text.0, [Block::Quote { children }]);
}

#[tokio::test]
async fn mentions_in() {
    let nodes = json!([{"type": "text", "text": "ask "}, {"type": "user", "user_id": "U2"}]);
    assert_eq!(inlines(nodes).await, [text("ask @Bob")]);
}

#[tokio::test]
async fn emoji_in() {
    let nodes = json!([
        {"type": "emoji", "name": "wave", "unicode": "1f44b"}, {"type": "emoji", "name": "tada"},
        {"type": "emoji", "name": "our-logo"},
    ]);
    assert_eq!(inlines(nodes).await, [text("👋🎉:our-logo:")]);
}

#[tokio::test]
async fn images_in() {
    file_in("a photo.png", "image/png").await;
}

#[tokio::test]
async fn files_in() {
    file_in("Größe & co.pdf", "application/pdf").await;
}

/// A conversation with Ann in it, who has said `words`; that is known already.
async fn talking(words_: &str) -> (SlackServer, Once, String) {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let mut listening = Once::start(&server, &bridge).await;
    let thread = opened(&bridge).await;
    let ts = server.agent("U1", "Ann").says(root(&thread), words_);
    assert_eq!(words(&listening.next().await), words_);
    (server, listening, ts)
}

#[tokio::test]
async fn edits_in() {
    let (server, mut listening, ts) = talking("wrong").await;
    server.agent("U1", "Ann").edits(&ts, "right");
    let Happened::Edited { post, text } = listening.next().await.what else {
        panic!("no edit");
    };
    assert_eq!(
        (post.0, text.to_plain()),
        (format!("{CHANNEL}/{ts}"), "right".to_owned())
    );
}

#[tokio::test]
async fn deletes_in() {
    let (server, mut listening, ts) = talking("oops").await;
    server.agent("U1", "Ann").deletes(&ts);
    let post = PostId(format!("{CHANNEL}/{ts}"));
    assert_eq!(listening.next().await.what, Happened::Deleted { post });
}

#[tokio::test]
async fn reactions_in() {
    let (server, mut listening, ts) = talking("Hello").await;
    server.agent("U1", "Ann").reacts(&ts, "+1::skin-tone-2");
    let inbound = listening.next().await;
    assert!(matches!(inbound.origin, Origin::Thread(_)));
    assert!(matches!(inbound.what, Happened::Reacted { sign, on: true, .. } if sign == "👍"));
}

#[tokio::test]
async fn names_in() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let mut listening = Once::start(&server, &bridge).await;
    let thread = opened(&bridge).await;
    server.agent("U1", "Ann").says(root(&thread), "one");
    let nameless = json!({"profile": {"display_name": "", "real_name": "Bea Example"}});
    server
        .person("U2", "bea", nameless)
        .says(root(&thread), "two");
    assert_eq!(listening.next().await.agent.name, "Ann");
    assert_eq!(listening.next().await.agent.name, "Bea Example");
}

#[tokio::test]
async fn avatars_in() {
    let (server, bridge) = pair().await;
    let bridge = Arc::new(bridge);
    let mut listening = Once::start(&server, &bridge).await;
    let thread = opened(&bridge).await;
    server.agent("U1", "Ann").says(root(&thread), "one");
    let avatar = listening.next().await.agent.avatar.unwrap();
    assert_eq!(avatar, "https://avatars.slack-edge.com/U1_192.png");
    server.agent("U2", "Bea");
    server.has_picture("U2", b"a picture");
    server.agent("U2", "Bea").says(root(&thread), "two");
    let bea = listening.next().await.agent;
    assert_eq!(bridge.face(&bea, 9).await.unwrap(), b"a picture");
    let too_large = bridge.face(&bea, 8).await;
    assert!(
        matches!(too_large, Err(hinny_bridges::FetchError::TooLarge)),
        "{too_large:?}"
    );
    assert_eq!(server.violations(), [] as [String; 0]);
}

#[tokio::test]
async fn long_messages_in() {
    let long = "word & word ".repeat(3_000);
    let long = long.trim();
    assert_eq!(
        inlines(json!([{"type": "text", "text": long}])).await,
        [text(long)]
    );
}

#[tokio::test]
async fn bursts_in() {
    let (server, mut listening, _) = talking("0").await;
    let thread = server.cards().remove(0).ts;
    for number in 1..60 {
        server.agent("U1", "Ann").says(&thread, &number.to_string());
    }
    for number in 1..60 {
        assert_eq!(words(&listening.next().await), number.to_string());
    }
    assert_eq!(server.calls("users.info").len(), 1);
}
