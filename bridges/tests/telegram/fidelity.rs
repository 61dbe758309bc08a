//! The fidelity table, a test per cell: what of a message survives the way into a topic and out of it.
//! `docs/fidelity.md` shows the table; cells that Telegram makes impossible are named there with the reason.

mod things;

use hinny_bridges::{Aside, Mention};
use serde_json::{Value, json};

use super::*;

/// Words of the visitor's as the topic shows them, with the entities behind the heading's own.
async fn shows(markdown: &str) -> (String, Vec<Value>) {
    let desk = Desk::open().await;
    let shown = desk.sends(visitor(Text::from_markdown(markdown))).await;
    let (_, text) = shown[0].text.split_once('\n').unwrap();
    (text.to_owned(), shown[0].entities[1..].to_vec())
}

/// What arrives when Ann writes a text with one entity over a part of it.
async fn arrives(text: &str, mark: Value) -> Vec<Block> {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    let marks = if mark.is_null() {
        json!([])
    } else {
        json!([mark])
    };
    desk.server.agent_says_styled(desk.topic, text, marks);
    text_of(&listening.next().await).0.clone()
}

fn visitor(text: Text) -> Line {
    let name = "Ada".to_owned();
    Line::new("d1", LineAuthor::Visitor { name }, text)
}

fn words_of(text: &str) -> Inline {
    Inline::Text { text: text.into() }
}

fn paragraph(children: Vec<Inline>) -> Vec<Block> {
    vec![Block::Paragraph { children }]
}

#[tokio::test]
async fn text_out() {
    assert_eq!(shows("Plain words.").await, ("Plain words.".into(), vec![]));
}

#[tokio::test]
async fn text_in() {
    assert_eq!(
        arrives("Plain words.", Value::Null).await,
        paragraph(vec![words_of("Plain words.")])
    );
}

#[tokio::test]
async fn line_breaks_out() {
    let desk = Desk::open().await;
    let shown = desk.sends(visitor(Text::plain("one\ntwo\n\nthree"))).await;
    assert_eq!(shown[0].text, "Ada (visitor)\none\ntwo\n\nthree");
}

#[tokio::test]
async fn line_breaks_in() {
    assert_eq!(
        Text(arrives("one\ntwo\n\nthree", Value::Null).await),
        Text::plain("one\ntwo\n\nthree")
    );
}

#[tokio::test]
async fn bold_out() {
    let marks = vec![json!({"type": "bold", "offset": 16, "length": 3})];
    assert_eq!(shows("a **b c** d").await, ("a b c d".into(), marks));
}

#[tokio::test]
async fn bold_in() {
    let strong = Inline::Strong {
        children: vec![words_of("b c")],
    };
    let blocks = arrives("a b c", json!({"type": "bold", "offset": 2, "length": 3})).await;
    assert_eq!(blocks, paragraph(vec![words_of("a "), strong]));
}

#[tokio::test]
async fn italic_out() {
    let marks = vec![json!({"type": "italic", "offset": 16, "length": 1})];
    assert_eq!(shows("a *b*").await, ("a b".into(), marks));
}

#[tokio::test]
async fn italic_in() {
    let emphasis = Inline::Emphasis {
        children: vec![words_of("b")],
    };
    let blocks = arrives("a b", json!({"type": "italic", "offset": 2, "length": 1})).await;
    assert_eq!(blocks, paragraph(vec![words_of("a "), emphasis]));
}

#[tokio::test]
async fn code_out() {
    let marks = vec![json!({"type": "code", "offset": 16, "length": 4})];
    assert_eq!(shows("a `b  c`").await, ("a b  c".into(), marks));
}

#[tokio::test]
async fn code_in() {
    let code = Inline::CodeSpan { text: "b".into() };
    let blocks = arrives("a b", json!({"type": "code", "offset": 2, "length": 1})).await;
    assert_eq!(blocks, paragraph(vec![words_of("a "), code]));
}

#[tokio::test]
async fn code_block_out() {
    let marks = vec![json!({"type": "pre", "offset": 14, "length": 9})];
    assert_eq!(
        shows("```\nlet a;\n*\n```").await,
        (
            "let a;\n*".into(),
            vec![json!({"type": "pre", "offset": 14, "length": 8})]
        )
    );
    assert_eq!(shows("```\nlet a;\n**\n```").await.1, marks);
}

#[tokio::test]
async fn code_block_in() {
    let blocks = arrives(
        "let a;\n*",
        json!({"type": "pre", "offset": 0, "length": 8, "language": "rust"}),
    )
    .await;
    assert_eq!(
        blocks,
        [Block::Code {
            text: "let a;\n*".into()
        }]
    );
}

#[tokio::test]
async fn links_out() {
    let marks = vec![
        json!({"type": "text_link", "offset": 16, "length": 4, "url": "https://example.com/a"}),
    ];
    assert_eq!(
        shows("a [here](https://example.com/a)").await,
        ("a here".into(), marks)
    );
}

#[tokio::test]
async fn links_in() {
    let link = |text: &str| Inline::Link {
        url: "https://example.com/a".into(),
        children: vec![words_of(text)],
    };
    let named =
        json!({"type": "text_link", "offset": 0, "length": 4, "url": "https://example.com/a"});
    assert_eq!(arrives("here", named).await, paragraph(vec![link("here")]));
    let bare = json!({"type": "url", "offset": 0, "length": 21});
    assert_eq!(
        arrives("https://example.com/a", bare).await,
        paragraph(vec![link("https://example.com/a")])
    );
}

#[tokio::test]
async fn lists_out() {
    assert_eq!(
        shows("1. one\n2. two\n   - deep").await.0,
        "1. one\n2. two\n  • deep"
    );
}

#[tokio::test]
async fn lists_in() {
    assert_eq!(
        Text(arrives("- one\n- two", Value::Null).await).to_plain(),
        "- one\n- two"
    );
}

#[tokio::test]
async fn quotes_out() {
    let (text, marks) = shows("> you said\n\nyes").await;
    assert_eq!(text, "you said\n\nyes");
    assert_eq!(
        marks,
        [json!({"type": "blockquote", "offset": 14, "length": 8})]
    );
}

#[tokio::test]
async fn quotes_in() {
    let children = paragraph(vec![words_of("you said")]);
    let blocks = arrives(
        "you said\nyes",
        json!({"type": "blockquote", "offset": 0, "length": 8}),
    )
    .await;
    assert_eq!(blocks[0], Block::Quote { children });
    assert_eq!(Text(blocks[1..].to_vec()).to_plain(), "yes");
}

/// Only hinny itself calls somebody, by name or by number; what a visitor writes never does.
#[tokio::test]
async fn mentions_out() {
    let desk = Desk::open().await;
    desk.server.agent(4242, "Ann").says(desk.topic, "I am here");
    for (who, pinged, first) in [("@ann_lee", "ann_lee", "@ann_lee"), ("4242", "4242", "Ann")] {
        let mut line = visitor(Text::plain("@bob and @carol"));
        line.mention = Some(Mention::Person(who.to_owned()));
        let shown = desk.sends(line).await;
        assert_eq!(shown[0].pings, [pinged]);
        assert_eq!(
            shown[0].text,
            format!("Ada (visitor)\n{first}\n@bob and @carol")
        );
    }
}

#[tokio::test]
async fn mentions_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    let bob = json!([{"type": "mention", "offset": 0, "length": 4}]);
    desk.server
        .agent_says_styled(desk.topic, "@bob please", bob);
    let inbound = listening.next().await;
    assert_eq!(words(&inbound), "@bob please");
    assert_eq!(said(&inbound).aside, Some(Aside::Mention));
}

#[tokio::test]
async fn emoji_out() {
    assert_eq!(shows("👩‍👩‍👧 🇳🇴 ❤️").await.0, "👩‍👩‍👧 🇳🇴 ❤️");
}

#[tokio::test]
async fn emoji_in() {
    assert_eq!(
        Text(arrives("👩‍👩‍👧 🇳🇴 ❤️", Value::Null).await).to_plain(),
        "👩‍👩‍👧 🇳🇴 ❤️"
    );
}
