//! That hostile words are shown letter by letter, and looks come out as Discord reads them.

use super::*;
use crate::text::{Block, Inline, Text};

fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape(text, true, &mut out);
    out
}

fn shown(markdown: &str) -> Vec<String> {
    let text = Text::from_markdown(markdown);
    super::super::rows::rows(&text).iter().map(row).collect()
}

#[test]
fn every_live_sign_gets_a_backslash() {
    for (text, expected) in [
        (
            "*a* _b_ ~~c~~ ||d||",
            "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\|",
        ),
        ("<@42> <#7> <t:0>", "\\<@42\\> \\<#7\\> \\<t:0\\>"),
        ("@everyone @here a@b.c", "\\@everyone \\@here a@b.c"),
        ("`rm -rf`", "\\`rm -rf\\`"),
        ("a\\b", "a\\\\b"),
        ("[a](https://b.c)", "\\[a\\](https\\://b.c)"),
        (":smile: 10:30 a: b:", "\\:smile: 10:30 a: b:"),
        ("> quote", "\\> quote"),
        ("# head", "\\# head"),
        ("- item", "\\- item"),
        ("  - item", "  \\- item"),
        ("12. item", "12\\. item"),
        ("a - b # c 1. d", "a - b # c 1. d"),
        ("discord://x", "discord\\://x"),
    ] {
        assert_eq!(escaped(text), expected, "{text}");
    }
}

#[test]
fn looks_are_written_with_their_markers() {
    for (markdown, expected) in [
        ("**bold** and *it*", "**bold** and *it*"),
        ("**a *b* c**", "**a** ***b*** **c**"),
        ("**a***b*", "**a**b"),
        ("`code` and ``a`b``", "`code` and ``a`b``"),
        (
            "[docs](https://example.com/a_b)",
            "[docs](<https://example.com/a_b>)",
        ),
        ("https://example.com/a_b", "<https://example.com/a_b>"),
        (
            "[https://good.com](https://evil.com)",
            "https\\://good.com (<https://evil.com/>)",
        ),
        ("[mail](mailto:a@b.c)", "mail (a@b.c)"),
    ] {
        assert_eq!(shown(markdown), [expected], "{markdown}");
    }
}

#[test]
fn blocks_become_rows() {
    let rows = shown("one\\\ntwo\n\n- a\n  - b\n- c\n\n1. x\n2. y\n\n> q");
    let expected = [
        "one", "two", "", "- a", "  - b", "- c", "", "1. x", "2. y", "", "> q",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn code_that_holds_a_fence_is_still_shown() {
    let text = Text(vec![Block::Code {
        text: "a\n```\nb".to_owned(),
    }]);
    let rows: Vec<String> = super::super::rows::rows(&text).iter().map(row).collect();
    assert_eq!(rows, ["`a`", "```` ``` ````", "`b`"]);
}

#[test]
fn an_address_that_is_not_for_the_web_is_only_words() {
    let text = Text(vec![Block::Paragraph {
        children: vec![Inline::Link {
            url: "javascript:alert(1)".to_owned(),
            children: vec![Inline::Text {
                text: "click".to_owned(),
            }],
        }],
    }]);
    assert_eq!(row(&super::super::rows::rows(&text)[0]), "click");
}
