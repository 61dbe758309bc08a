//! That messages are never too long, never cut a letter or a fence, and together are the line.

use proptest::prelude::*;

use super::*;
use crate::text::{Block, Inline, Text};

fn line(text: Text) -> Line {
    Line::new("d1", LineAuthor::Hinny, text)
}

fn plain(text: &str) -> Text {
    Text(vec![Block::Paragraph {
        children: vec![Inline::Text {
            text: text.to_owned(),
        }],
    }])
}

fn fits(messages: &[String]) -> bool {
    messages
        .iter()
        .all(|message| units(message) <= LONGEST_MESSAGE && !message.is_empty())
}

/// Takes the backslashes away, as Discord does.
fn unescaped(message: &str) -> String {
    let mut out = String::new();
    let mut letters = message.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next()),
            letter => out.push(letter),
        }
    }
    out
}

#[test]
fn long_words_are_cut_between_words() {
    let text = "All work and no play. ".repeat(500);
    let messages = pack(&line(plain(&text)));
    assert!(fits(&messages) && messages.len() == 6, "{}", messages.len());
    assert_eq!(messages.join(" "), text.trim_end());
}

#[test]
fn a_code_block_is_closed_and_opened_again() {
    let text = Text(vec![Block::Code {
        text: "let answer = 42;\n".repeat(300),
    }]);
    let messages = pack(&line(text));
    assert!(fits(&messages) && messages.len() == 3);
    for message in &messages {
        assert!(message.starts_with("```\nlet") && message.ends_with("42;\n```"));
    }
}

#[test]
fn every_message_says_who_speaks() {
    let mut line = line(plain(&"word ".repeat(1_000)));
    line.author = LineAuthor::Visitor {
        name: "**Ada**\n<@42>".to_owned(),
    };
    let messages = pack(&line);
    let heading = "**\\*\\*Ada\\*\\* \\<@42\\>** (visitor)\n";
    assert!(messages.len() > 2 && fits(&messages));
    assert!(messages.iter().all(|message| message.starts_with(heading)));
}

#[test]
fn a_mention_stands_in_front_and_only_once() {
    let mut line = line(plain(&"word ".repeat(1_000)));
    line.mention = Some(Mention::Role("7".to_owned()));
    let messages = pack(&line);
    assert!(messages[0].starts_with("<@&7>\nword"));
    assert!(!messages[1].contains("<@&7>"));
    line.mention = Some(Mention::Here);
    line.text = Text::from_markdown("@everyone `@here` [x](https://a.b/@here) @here");
    let loud = pack(&line).concat();
    assert_eq!(loud.matches("@here").count(), 1);
    assert!(!loud.contains("@everyone") && loud.starts_with("@here\n"));
}

#[test]
fn a_line_without_words_is_still_a_message() {
    assert_eq!(pack(&line(Text::default())), ["\\-"]);
    assert_eq!(pack(&line(plain(" \u{a0} "))).len(), 1);
}

#[test]
fn a_link_is_never_parted_from_its_address() {
    let link = Inline::Link {
        url: format!("https://example.com/{}", "a".repeat(700)),
        children: vec![Inline::Text {
            text: "docs".to_owned(),
        }],
    };
    let text = Text(vec![Block::Paragraph {
        children: vec![link; 5],
    }]);
    let messages = pack(&line(text));
    assert!(fits(&messages));
    for message in &messages {
        assert_eq!(
            message.matches("](<").count(),
            message.matches(">)").count()
        );
    }
}

proptest! {
    #[test]
    fn joined_the_messages_are_the_text(text in "([a-z*_`<@:\\\\ 😀é#>.-]{0,60} ?){0,120}") {
        let messages = pack(&line(plain(&text)));
        prop_assert!(fits(&messages));
        let visible = |text: &str| text.split_whitespace().collect::<String>();
        if !text.trim().is_empty() {
            let together: String = messages.iter().map(|one| unescaped(one)).collect();
            prop_assert_eq!(visible(&together), visible(&text));
        }
        let again = pack(&line(plain(&text)));
        prop_assert_eq!(messages, again);
    }
}
