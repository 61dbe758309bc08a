//! What a text becomes on Slack.

use super::*;

fn shown(markdown: &str) -> Value {
    block(&elements(&Text::from_markdown(markdown)), None)["elements"].clone()
}

#[test]
fn styles_and_links_nest() {
    assert_eq!(
        shown("Is **this *open*** `now`? See [us](https://example.com/a)."),
        json!([{"type": "rich_text_section", "elements": [
            {"type": "text", "text": "Is "},
            {"type": "text", "text": "this ", "style": {"bold": true}},
            {"type": "text", "text": "open", "style": {"bold": true, "italic": true}},
            {"type": "text", "text": " "},
            {"type": "text", "text": "now", "style": {"code": true}},
            {"type": "text", "text": "? See "},
            {"type": "link", "url": "https://example.com/a", "text": "us"},
            {"type": "text", "text": "."},
        ]}])
    );
}

#[test]
fn blocks_have_their_own_elements() {
    let shown = shown("One\n\nTwo\n\n> said\n\n```\nlet a = 1;\n```\n\n1. a\n   - b\n2. c");
    let kinds: Vec<&Value> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["type"])
        .collect();
    assert_eq!(
        kinds,
        [
            "rich_text_section",
            "rich_text_quote",
            "rich_text_preformatted",
            "rich_text_list",
            "rich_text_list",
            "rich_text_list"
        ]
    );
    assert_eq!(shown[0]["elements"][0]["text"], "One\n\nTwo");
    assert_eq!(
        (&shown[4]["indent"], &shown[4]["style"]),
        (&json!(1), &json!("bullet"))
    );
    assert_eq!(
        (&shown[5]["offset"], &shown[5]["style"]),
        (&json!(1), &json!("ordered"))
    );
}

#[test]
fn only_a_mention_calls() {
    let elements = elements(&Text::plain("<!channel> <@U1> & @here"));
    let text = fallback(&elements, None);
    assert_eq!(text, "&lt;!channel&gt; &lt;@U1&gt; &amp; @here");
    let block = block(&elements, Some(&Mention::Person("U9".to_owned())));
    let runs = &block["elements"][0]["elements"];
    assert_eq!(runs[0], json!({"type": "user", "user_id": "U9"}));
    assert_eq!(runs[2]["text"], "<!channel> <@U1> & @here");
}

#[test]
fn unsafe_links_are_words() {
    assert_eq!(
        shown("[a](javascript:alert)")[0]["elements"][0],
        json!({"type": "text", "text": "a"})
    );
}

#[test]
fn a_heading_is_one_line_and_never_empty() {
    let visitor = |name: &str| {
        let name = name.to_owned();
        heading(&LineAuthor::Visitor { name }).unwrap().text
    };
    assert_eq!(visitor(" \u{7} "), "Somebody (visitor)");
    assert_eq!(visitor("a\nb"), "a b (visitor)");
    assert_eq!(visitor(&"a".repeat(500)).len(), 64 + " (visitor)".len());
    assert_eq!(heading(&LineAuthor::Hinny), None);
}
