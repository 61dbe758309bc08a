//! What each construct of Markdown becomes, and that no input at all can hurt.

use proptest::prelude::*;

use super::*;

fn words(text: &str) -> Inline {
    Inline::Text {
        text: text.to_owned(),
    }
}

fn paragraph(children: Vec<Inline>) -> Block {
    Block::Paragraph { children }
}

#[test]
fn paragraphs_emphasis_and_code() {
    let text =
        Text::from_markdown("Hello **big *wide*\nworld**  \nand `code`\n\n```rust\nlet a;\n```");
    let strong = Inline::Strong {
        children: vec![
            words("big "),
            Inline::Emphasis {
                children: vec![words("wide")],
            },
            words(" world"),
        ],
    };
    let code = Inline::CodeSpan {
        text: "code".to_owned(),
    };
    let expected = vec![
        paragraph(vec![
            words("Hello "),
            strong,
            Inline::Break,
            words("and "),
            code,
        ]),
        Block::Code {
            text: "let a;".to_owned(),
        },
    ];
    assert_eq!(text, Text(expected));
}

#[test]
fn headings_become_strong_paragraphs() {
    let expected = paragraph(vec![Inline::Strong {
        children: vec![words("Title")],
    }]);
    assert_eq!(Text::from_markdown("## Title"), Text(vec![expected]));
}

#[test]
fn a_table_becomes_a_list_that_names_its_columns() {
    let table = "| Plan | Seats | Price |\n|---|---|---|\n| Free | 1 | |\n| **Pro** | 10 | [20 €](https://example.com/price) |";
    let text = Text::from_markdown(table);
    assert_eq!(
        text.to_plain(),
        "- Free\nSeats: 1\n- Pro\nSeats: 10\nPrice: 20 €"
    );
    let [Block::List { items, .. }] = &text.0[..] else {
        panic!("a list: {text:?}");
    };
    let [Block::Paragraph { children }] = &items[1][..] else {
        panic!("a row is a paragraph: {items:?}");
    };
    assert!(
        matches!(children.last(), Some(Inline::Link { url, .. }) if url == "https://example.com/price")
    );
    assert_eq!(
        Text::from_markdown("| Plan | Price |\n|---|---|").to_plain(),
        "Plan\n\nPrice"
    );
    assert_eq!(Text::from_markdown("a | b").to_plain(), "a | b");
}

#[test]
fn a_table_does_not_say_a_long_name_in_every_row() {
    let table = format!(
        "|a|{}|\n|-|-|\n{}",
        "x".repeat(5_000),
        "|b|c|\n".repeat(1_000)
    );
    let text = Text::from_markdown(&table).to_plain();
    assert!(text.starts_with("- b\nc\n"), "{}", &text[..40]);
    assert!(text.len() < table.len(), "{} bytes", text.len());
}

#[test]
fn lists_keep_their_items_tight_or_loose() {
    let tight = Text::from_markdown("1. one\n2. two\n   - inner");
    assert_eq!(tight.to_plain(), "1. one\n2. two\n\n- inner");
    let loose = Text::from_markdown("- one\n\n- two\n\n  more");
    let Block::List { ordered, items } = &loose.0[0] else {
        panic!("a list was expected, not {loose:?}");
    };
    assert!(!ordered);
    assert_eq!(items.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn safe_links_stay_and_others_become_their_words() {
    let link = |url: &str| {
        paragraph(vec![Inline::Link {
            url: url.to_owned(),
            children: vec![words("here")],
        }])
    };
    for url in ["https://example.com/", "mailto:ada@example.com"] {
        let text = Text::from_markdown(&format!("[here]({url})"));
        assert_eq!(text, Text(vec![link(url)]));
    }
    for url in [
        "javascript:alert(1)",
        "tg://user?id=1",
        "docs/a.md",
        "data:a",
    ] {
        let text = Text::from_markdown(&format!("[here]({url})"));
        assert_eq!(text, Text(vec![paragraph(vec![words("here")])]), "{url}");
    }
}

#[test]
fn images_become_links_or_their_description() {
    let text = Text::from_markdown("![a cat](https://example.com/cat.png)");
    let Block::Paragraph { children } = &text.0[0] else {
        panic!("a paragraph was expected, not {text:?}");
    };
    assert!(matches!(&children[0], Inline::Link { url, .. } if url.ends_with("cat.png")));
    assert_eq!(text.to_plain(), "a cat");
    assert_eq!(Text::from_markdown("![a cat](cat.png)").to_plain(), "a cat");
    let bare = Text::from_markdown("![](https://example.com/cat.png)");
    assert_eq!(bare.to_plain(), "https://example.com/cat.png");
}

#[test]
fn html_becomes_its_words() {
    for (markdown, expected) in [
        ("one <b>two</b> three", "one two three"),
        ("one<br>two", "one\ntwo"),
        ("<div>\nhello\n</div>", "hello"),
        ("a Vec<u8> of", "a Vec<u8> of"),
        ("<script>\nalert(1)\n</script>", ""),
    ] {
        let plain = Text::from_markdown(markdown).to_plain();
        assert_eq!(plain.trim(), expected, "{markdown}");
    }
}

#[test]
fn hostile_nesting_stays_shallow() {
    for markdown in [
        "> ".repeat(5_000) + "deep",
        "- ".repeat(5_000) + "deep",
        "*a **b ".repeat(5_000) + "deep" + &"** *".repeat(5_000),
        "[".repeat(5_000) + "deep" + &"](https://a.b)".repeat(5_000),
        "<div>".repeat(5_000) + "deep",
    ] {
        let text = Text::from_markdown(&markdown);
        assert!(text.to_plain().contains("deep"));
        assert!(depth_of(&text.0) <= DEEPEST_BLOCKS + DEEPEST_INLINES + 1);
    }
}

fn depth_of(blocks: &[Block]) -> usize {
    let depth = |block: &Block| match block {
        Block::Paragraph { children } => inline_depth(children),
        Block::List { items, .. } => items.iter().map(|item| depth_of(item)).max().unwrap_or(0),
        Block::Quote { children } => depth_of(children),
        Block::Code { .. } => 0,
    };
    blocks.iter().map(depth).max().map_or(0, |inner| inner + 1)
}

fn inline_depth(inlines: &[Inline]) -> usize {
    let depth = |inline: &Inline| match inline {
        Inline::Strong { children }
        | Inline::Emphasis { children }
        | Inline::Link { children, .. } => inline_depth(children) + 1,
        _ => 0,
    };
    inlines.iter().map(depth).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_input_panics_or_nests_deeply(markdown in "[ \\PC\n*_`#>\\-\\[\\]()<!&1.]{0,300}") {
        let text = Text::from_markdown(&markdown);
        prop_assert!(depth_of(&text.0) <= DEEPEST_BLOCKS + DEEPEST_INLINES + 1);
        prop_assert!(text.to_plain().len() <= markdown.len() * 8 + 64);
    }

    #[test]
    fn plain_words_survive_in_order(said in proptest::collection::vec("[a-z]{1,8}", 1..30)) {
        for glue in [" ", "\n", "\n\n", " **x** ", "\n- "] {
            let plain = Text::from_markdown(&said.join(glue)).to_plain();
            let mut found = plain.split_whitespace().filter(|word| *word != "x" && *word != "-");
            for word in said.iter().filter(|word| *word != "x") {
                prop_assert_eq!(found.next(), Some(word.as_str()));
            }
        }
    }
}
