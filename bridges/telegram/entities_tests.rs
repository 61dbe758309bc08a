//! Reading entities: sensible ones become nodes, broken ones have no effect.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read_json(text: &str, entities: serde_json::Value) -> Text {
    let entities: Vec<MessageEntity> = serde_json::from_value(entities).unwrap();
    read(text, &entities)
}

fn words(text: &str) -> Inline {
    Inline::Text {
        text: text.to_owned(),
    }
}

fn one(children: Vec<Inline>) -> Text {
    Text(vec![Block::Paragraph { children }])
}

#[test]
fn plain_lines_and_commands_stay_as_they_are() {
    assert_eq!(read("!close", &[]), one(vec![words("!close")]));
    let two = one(vec![words("a"), Inline::Break, words("b")]);
    assert_eq!(read("a\nb", &[]), two);
    assert_eq!(read("a\n\nb", &[]).0.len(), 2);
    assert_eq!(read("a\n\n\n\nb\n", &[]).to_plain(), "a\n\nb");
    assert!(read("", &[]).0.is_empty());
    let command = json!([{"type": "bot_command", "offset": 0, "length": 6}]);
    assert_eq!(read_json("/close", command), one(vec![words("/close")]));
}

#[test]
fn nested_styles_behind_an_emoji() {
    let text = read_json(
        "😀 big wide world",
        json!([
            {"type": "bold", "offset": 3, "length": 8},
            {"type": "italic", "offset": 7, "length": 4},
            {"type": "underline", "offset": 12, "length": 5},
        ]),
    );
    let wide = Inline::Emphasis {
        children: vec![words("wide")],
    };
    let bold = Inline::Strong {
        children: vec![words("big "), wide],
    };
    assert_eq!(text, one(vec![words("😀 "), bold, words(" world")]));
}

#[test]
fn links_are_read_in_all_their_forms() {
    let link = |entity: serde_json::Value| {
        let text = read_json("example.com", json!([entity]));
        match text.0.first() {
            Some(Block::Paragraph { children }) => match &children[0] {
                Inline::Link { url, .. } => Some(url.clone()),
                _ => None,
            },
            _ => None,
        }
    };
    let whole = |kind: &str| json!({"type": kind, "offset": 0, "length": 11});
    assert_eq!(link(whole("url")).unwrap(), "https://example.com/");
    assert_eq!(link(whole("email")).unwrap(), "mailto:example.com");
    let target = |url: &str| json!({"type": "text_link", "url": url, "offset": 0, "length": 11});
    assert_eq!(link(target("https://a.b/")).unwrap(), "https://a.b/");
    assert_eq!(link(target("tg://user?id=1")), None);
    assert_eq!(link(target("javascript:alert(1)")), None);
}

#[test]
fn quotes_and_code_stand_on_their_own() {
    let text = read_json(
        "before\nquoted line\ncode\nafter",
        json!([
            {"type": "blockquote", "offset": 7, "length": 11},
            {"type": "bold", "offset": 7, "length": 6},
            {"type": "pre", "language": "rust", "offset": 19, "length": 5},
        ]),
    );
    let shape: Vec<_> = text.0.iter().map(std::mem::discriminant).collect();
    let paragraph = Block::Paragraph { children: vec![] };
    let quote = Block::Quote { children: vec![] };
    let code = Block::Code {
        text: String::new(),
    };
    let expected = [&paragraph, &quote, &code, &paragraph].map(std::mem::discriminant);
    assert_eq!(shape, expected);
    assert_eq!(text.to_plain(), "before\n\nquoted line\n\ncode\n\nafter");
}

#[test]
fn crossing_and_broken_entities_lose_nothing() {
    let text = read_json(
        "😀abcdef",
        json!([
            {"type": "bold", "offset": 1, "length": 3},
            {"type": "italic", "offset": 3, "length": 3},
            {"type": "code", "offset": 900, "length": 3},
            {"type": "bold", "offset": 0, "length": 0},
            {"type": "pre", "offset": 8, "length": 4_000_000_000u32},
        ]),
    );
    assert_eq!(text.to_plain(), "😀abcdef");
}

fn entity() -> impl Strategy<Value = MessageEntity> {
    let kinds = prop_oneof![
        Just(Kind::Bold),
        Just(Kind::Italic),
        Just(Kind::Code),
        Just(Kind::Pre { language: None }),
        Just(Kind::Blockquote),
        Just(Kind::Url),
        Just(Kind::Mention),
    ];
    let near = prop_oneof![0usize..30, Just(usize::MAX), Just(usize::MAX / 2)];
    (kinds, near.clone(), near).prop_map(|(kind, offset, length)| MessageEntity {
        kind,
        offset,
        length,
    })
}

proptest! {
    #[test]
    fn no_entity_panics_or_swallows_a_letter(
        text in "[a-c😀é \n.]{0,30}",
        entities in proptest::collection::vec(entity(), 0..8),
    ) {
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let read = read(&text, &entities);
        prop_assert_eq!(letters(&read.to_plain()), letters(&text));
    }
}
