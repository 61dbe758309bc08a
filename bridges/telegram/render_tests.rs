//! How a tree looks on Telegram, and that nothing a visitor writes can act there.

use super::*;

fn said(markdown: &str) -> Flat {
    body(&Text::from_markdown(markdown))
}

/// The text with its spans written around the words, so that a test can be read.
fn shown(flat: &Flat) -> String {
    let mut out = String::new();
    for (at, letter) in flat.text.char_indices().chain([(flat.text.len(), '\0')]) {
        let closing = flat.spans.iter().rev().filter(|span| span.range.end == at);
        closing.for_each(|_| out.push('>'));
        for span in flat.spans.iter().filter(|span| span.range.start == at) {
            out.push_str(&format!("<{}:", label(&span.style)));
        }
        out.push(letter);
    }
    out.trim_end_matches('\0').to_owned()
}

fn label(style: &Style) -> &str {
    match style {
        Style::Quote => "quote",
        Style::Link(url) => url.as_str(),
        Style::Bold => "b",
        Style::Italic => "i",
        Style::Code => "code",
        Style::Pre => "pre",
        Style::Call(_) => "call",
    }
}

#[test]
fn every_node_has_its_look() {
    for (markdown, expected) in [
        ("one\n\ntwo  \nthree", "one\n\ntwo\nthree"),
        ("a **b *c* d**", "a <b:b <i:c> d>"),
        ("**a `b` c**", "<b:a ><code:b><b: c>"),
        ("[a *b*](https://x.y/)", "<https://x.y/:a <i:b>>"),
        ("> a\n>\n> > b\n\nc", "<quote:a\n\nb>\n\nc"),
        ("```\nlet a;\n```", "<pre:let a;>"),
        ("- a\n- b\n  1. c", "• a\n• b\n  1. c"),
        ("[write](mailto:a@x.y)", "write (a@x.y)"),
        ("<a@x.y>", "a@x.y"),
    ] {
        assert_eq!(shown(&said(markdown)), expected, "{markdown}");
    }
}

#[test]
fn styles_inside_themselves_are_marked_once() {
    let inner = Inline::Strong {
        children: vec![Inline::Text { text: "b".into() }],
    };
    let text = Text(vec![Block::Paragraph {
        children: vec![Inline::Strong {
            children: vec![Inline::Text { text: "a".into() }, inner],
        }],
    }]);
    assert_eq!(shown(&body(&text)), "<b:ab>");
}

#[test]
fn unsafe_links_in_a_tree_lose_their_address() {
    let text = Text(vec![Block::Paragraph {
        children: vec![Inline::Link {
            url: "tg://user?id=1".into(),
            children: vec![Inline::Text { text: "me".into() }],
        }],
    }]);
    assert_eq!(shown(&body(&text)), "me");
}

#[test]
fn live_words_are_set_in_code_across_styles() {
    for (markdown, expected) in [
        ("hello @ann", "hello <code:@ann>"),
        ("**to @ann now**", "<b:to ><code:@ann><b: now>"),
        ("@**ann**", "<code:@ann>"),
        ("@`ann`", "<code:@ann>"),
        ("`@ann`", "<code:@ann>"),
        ("> @ann", "<quote:<code:@ann>>"),
        ("[@ann](https://x.y/)", "<code:@ann>"),
        ("see tg://user?id=1", "see <code:tg://user?id=1>"),
        ("`a` /stop", "<code:a> <code:/stop>"),
        ("ann@example.com", "ann@example.com"),
    ] {
        assert_eq!(shown(&said(markdown)), expected, "{markdown}");
    }
}

#[test]
fn headings_say_who_speaks_in_one_span() {
    let visitor = |name: &str| shown(&heading(&LineAuthor::Visitor { name: name.into() }));
    assert_eq!(visitor("Ada"), "<b:Ada (visitor)>");
    assert_eq!(visitor(" \n "), "<b:Somebody (visitor)>");
    assert_eq!(visitor("@ann **x**"), "<code:@ann **x** (visitor)>");
    assert_eq!(visitor("Ada\nBot"), "<b:Ada Bot (visitor)>");
    assert_eq!(heading(&LineAuthor::Bot).text, "Bot");
    assert_eq!(heading(&LineAuthor::Hinny).text, "hinny");
    let agent = LineAuthor::Agent {
        name: "x".repeat(99),
    };
    assert_eq!(heading(&agent).text, format!("{} (team)", "x".repeat(64)));
}

#[test]
fn entities_are_counted_in_utf_16() {
    let entities = said("😀 **b** é `c`").entities();
    let at = |index: usize| (entities[index].offset, entities[index].length);
    assert_eq!((at(0), at(1)), ((3, 1), (7, 1)));
    let sent = serde_json::to_value(&entities).unwrap();
    assert_eq!(sent[0]["type"], "bold");
}
