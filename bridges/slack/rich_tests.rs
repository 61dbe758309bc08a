//! What members write in Slack's composer, as a tree.

use serde_json::json;

use super::*;

fn text(value: &str) -> Inline {
    Inline::Text {
        text: value.to_owned(),
    }
}

fn tree(elements: &Value) -> Text {
    let blocks = [json!({"type": "rich_text", "elements": elements})];
    let names = Names::from([("U1".to_owned(), "Ann".to_owned())]);
    read(&super::elements(&blocks), &names)
}

#[test]
fn words_lines_and_paragraphs() {
    let tree = tree(&json!([{"type": "rich_text_section", "elements": [
        {"type": "text", "text": "One\ntwo \n\nthree "},
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": " "},
        {"type": "user", "user_id": "U2"},
        {"type": "text", "text": "\n"},
    ]}]));
    assert_eq!(tree.to_plain(), "One\ntwo \n\nthree @Ann @somebody");
    assert_eq!(tree.0.len(), 2);
}

#[test]
fn styles_links_and_emoji() {
    let tree = tree(&json!([{"type": "rich_text_section", "elements": [
        {"type": "text", "text": "a", "style": {"bold": true, "italic": true, "strike": true}},
        {"type": "text", "text": "b", "style": {"code": true}},
        {"type": "link", "url": "https://example.com/", "text": "c"},
        {"type": "link", "url": "javascript:x", "text": "d"},
        {"type": "emoji", "name": "wave", "unicode": "1f44b"},
        {"type": "emoji", "name": "our-logo"},
        {"type": "broadcast", "range": "here"},
    ]}]));
    let Block::Paragraph { children } = &tree.0[0] else {
        panic!("{tree:?}");
    };
    let emphasis = Inline::Emphasis {
        children: vec![text("a")],
    };
    assert_eq!(
        children[0],
        Inline::Strong {
            children: vec![emphasis]
        }
    );
    assert_eq!(
        children[1],
        Inline::CodeSpan {
            text: "b".to_owned()
        }
    );
    let url = "https://example.com/".to_owned();
    assert_eq!(
        children[2],
        Inline::Link {
            url,
            children: vec![text("c")]
        }
    );
    assert_eq!(children[3], text("d👋:our-logo:@here"));
}

#[test]
fn lists_nest_by_their_indent() {
    let item = |text: &str| json!({"type": "rich_text_section", "elements": [{"type": "text", "text": text}]});
    let tree = tree(&json!([
        {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": [item("one"), item("two")]},
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [item("inner")]},
        {"type": "rich_text_list", "style": "ordered", "indent": 0, "offset": 2, "elements": [item("three")]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a\n b"}]},
    ]));
    assert_eq!(
        tree.to_plain(),
        "1. one\n2. two\n\n- inner\n3. three\n\nsaid\n\na\n b"
    );
    assert_eq!(tree.0.len(), 3);
    assert_eq!(
        tree.0[2],
        Block::Code {
            text: "a\n b".to_owned()
        }
    );
}

#[test]
fn a_mention_counts_only_at_the_beginning() {
    let begins = |nodes: Value| {
        let element = json!({"type": "rich_text_section", "elements": nodes});
        begins_with_mention(&[&element])
    };
    let user = json!({"type": "user", "user_id": "U1"});
    let space = json!({"type": "text", "text": " \n"});
    let words = json!({"type": "text", "text": "Ask "});
    assert!(begins(json!([user])));
    assert!(begins(
        json!([space, {"type": "usergroup", "usergroup_id": "S1"}])
    ));
    assert!(begins(
        json!([{"type": "broadcast", "range": "here"}, words])
    ));
    assert!(!begins(json!([words, user])));
    assert!(!begins(json!([])));
}

#[test]
fn any_shape_is_read_without_harm() {
    for odd in [
        json!(null),
        json!([1, "a", {}]),
        json!([{"type": "rich_text_list", "indent": 99, "elements": [{}]}]),
        json!([{"type": "rich_text_section", "elements": {"type": "text"}}]),
        json!([{"type": "new_thing", "elements": [{"type": "text", "text": "kept"}]}]),
    ] {
        tree(&odd);
    }
    let new = json!([{"type": "new_thing", "elements": [{"type": "text", "text": "kept"}]}]);
    assert_eq!(tree(&new).to_plain(), "kept");
}
