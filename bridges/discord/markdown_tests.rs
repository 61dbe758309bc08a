//! That Discord's Markdown is read as Discord shows it, and that nothing is lost in what it does not know.

use std::collections::HashMap;

use super::*;

fn names() -> Names {
    Names {
        people: HashMap::from([(42, "Ann".to_owned())]),
        roles: HashMap::from([(7, "Team".to_owned())]),
        channels: HashMap::from([(9, "support".to_owned())]),
    }
}

fn parsed(content: &str) -> Vec<Block> {
    read(content, &names()).0
}

fn text(text: &str) -> Inline {
    Inline::Text {
        text: text.to_owned(),
    }
}

fn line(content: &str) -> Vec<Inline> {
    match parsed(content).as_slice() {
        [Block::Paragraph { children }] => children.clone(),
        other => panic!("not one paragraph: {other:?}"),
    }
}

fn strong(words: &str) -> Inline {
    Inline::Strong {
        children: vec![text(words)],
    }
}

fn emphasis(words: &str) -> Inline {
    Inline::Emphasis {
        children: vec![text(words)],
    }
}

fn link(url: &str, words: &str) -> Inline {
    Inline::Link {
        url: url.to_owned(),
        children: vec![text(words)],
    }
}

fn code(words: &str) -> Inline {
    Inline::CodeSpan {
        text: words.to_owned(),
    }
}

#[test]
fn looks_of_words() {
    assert_eq!(line("a **b** c"), [text("a "), strong("b"), text(" c")]);
    assert_eq!(line("*a* _b_"), [emphasis("a"), text(" "), emphasis("b")]);
    let both = Inline::Strong {
        children: vec![emphasis("a")],
    };
    assert_eq!(line("***a***"), [both]);
    assert_eq!(line("__a__ ~~b~~ ||c||"), [text("a b c")]);
    assert_eq!(
        line("`a*b*` ``c`d``"),
        [code("a*b*"), text(" "), code("c`d")]
    );
    assert_eq!(
        line("2 * 3 * 4, snake_case_name"),
        [text("2 * 3 * 4, snake_case_name")]
    );
    assert_eq!(line("\\*a\\* c:\\dir \\"), [text("*a* c:\\dir \\")]);
}

#[test]
fn ids_become_names() {
    assert_eq!(
        line("<@42> <@!42> <@&7> <#9> <@1> <@&1>"),
        [text("@Ann @Ann @Team #support @member @role")]
    );
    assert_eq!(
        line("<:party:123> <a:dance:5> </take:8>"),
        [text(":party: :dance: /take")]
    );
    assert_eq!(line("<t:0:R>"), [text("1970-01-01T00:00:00Z")]);
    assert_eq!(line("a < b > c <3 <b>"), [text("a < b > c <3 <b>")]);
}

#[test]
fn links() {
    let url = "https://example.com/a_b_c";
    assert_eq!(
        line("see https://example.com/a_b_c."),
        [text("see "), link(url, url), text(".")]
    );
    assert_eq!(line("<https://example.com/a_b_c>"), [link(url, url)]);
    assert_eq!(
        line("[a *b*](https://example.com/a_b_c)"),
        [link(url, "a *b*")]
    );
    assert_eq!(line("[a](<https://example.com/a_b_c>)"), [link(url, "a")]);
    assert_eq!(line("[a](javascript:x)"), [text("[a](javascript:x)")]);
    assert_eq!(line("hi http"), [text("hi http")]);
}

#[test]
fn blocks() {
    let paragraph = |children: Vec<Inline>| Block::Paragraph { children };
    assert_eq!(
        parsed("a\nb\n\nc"),
        [
            paragraph(vec![text("a"), Inline::Break, text("b")]),
            paragraph(vec![text("c")])
        ]
    );
    let quote = |words: &str| Block::Quote {
        children: vec![paragraph(vec![text(words)])],
    };
    assert_eq!(
        parsed("> q\nafter"),
        [quote("q"), paragraph(vec![text("after")])]
    );
    assert_eq!(parsed(">>> q"), [quote("q")]);
    assert_eq!(
        parsed("# Big\n-# small"),
        [
            paragraph(vec![strong("Big")]),
            paragraph(vec![text("small")]),
        ]
    );
    let fenced = |code: &str| Block::Code {
        text: code.to_owned(),
    };
    assert_eq!(parsed("```rust\nlet a;\n```"), [fenced("let a;")]);
    assert_eq!(
        parsed("so: ```a b\n\nc``` ok"),
        [
            paragraph(vec![text("so: ")]),
            fenced("a b\n\nc"),
            paragraph(vec![text(" ok")])
        ]
    );
    assert_eq!(parsed("\\```no```").len(), 1);
}

#[test]
fn lists() {
    let item = |words: &str| Block::Paragraph {
        children: vec![text(words)],
    };
    let list = |ordered, items| Block::List { ordered, items };
    let inner = list(false, vec![vec![item("b")]]);
    assert_eq!(
        parsed("- a\n  - b\n- c"),
        [list(false, vec![vec![item("a"), inner], vec![item("c")]])]
    );
    assert_eq!(
        parsed("1. x\n2. y"),
        [list(true, vec![vec![item("x")], vec![item("y")]])]
    );
    assert_eq!(parsed("-a").len(), 1);
}

/// Signs that Discord takes for markup may go; everything else stays, in order.
#[test]
fn letters_are_never_lost() {
    let letters = |text: &str| -> String {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect()
    };
    for content in [
        "**a *b __c ~~d||e `f ```g",
        "> a\n>b\n> > c\n>>> d\n> e",
        "- \n1. \n#\n# \n```\n```",
        "[a](b [c] (d) <e <@f> <@> </> <:> <t:x>",
        "*a*b*c*d* _a_b_ __a_b__c_ ***a** b*",
        "``` ``` `` ` ``` a",
    ] {
        let arrived = letters(&read(content, &Names::default()).to_plain());
        assert_eq!(arrived, letters(content), "{content}");
    }
}

#[test]
fn deep_and_long_input_ends_soon() {
    for part in ["**", "*a", "_", "> ", "- ", "[", "`", "||", "<"] {
        let content = part.repeat(4_000 / part.len());
        read(&content, &Names::default());
    }
}
