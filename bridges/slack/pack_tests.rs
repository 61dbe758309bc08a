//! How lines become messages.

use proptest::prelude::*;

use super::*;
use crate::{Button, LineAuthor, Look, Mention, text::Text};

fn line(text: Text) -> Line {
    let name = "Ada".to_owned();
    Line::new("d1", LineAuthor::Visitor { name }, text)
}

fn bodies(line: &Line) -> Vec<String> {
    let messages = messages(line, None);
    let unescaped = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&amp;", "&")
    };
    messages
        .iter()
        .map(|message| unescaped(&message.text))
        .collect()
}

#[test]
fn a_short_line_is_one_message_under_its_heading() {
    let one = messages(&line(Text::plain("Hello")), None).remove(0);
    assert_eq!(one.text, "Ada (visitor)\nHello");
    assert_eq!(
        one.metadata["event_payload"],
        json!({"delivery": "d1", "part": 0})
    );
}

#[test]
fn a_line_of_nothing_still_says_whose_it_is() {
    assert_eq!(bodies(&line(Text::default())), ["Ada (visitor)"]);
    let empty = Line::new("d1", LineAuthor::Hinny, Text::default());
    assert_eq!(bodies(&empty), [" "]);
}

#[test]
fn mention_first_and_buttons_last() {
    let mut long = line(Text::plain(&"word ".repeat(1_500)));
    long.mention = Some(Mention::Here);
    long.buttons = vec![vec![Button {
        action: "take".to_owned(),
        label: "Take".to_owned(),
        look: Look::Primary,
    }]];
    let messages = messages(&long, None);
    assert_eq!(messages.len(), 3);
    let calls = |message: &Message| message.text.starts_with("<!here> ");
    assert_eq!(
        messages.iter().map(calls).collect::<Vec<_>>(),
        [true, false, false]
    );
    let blocks: Vec<usize> = messages
        .iter()
        .map(|message| message.blocks.len())
        .collect();
    assert_eq!(blocks, [1, 1, 2]);
    assert_eq!(messages[2].blocks[1]["elements"][0]["action_id"], "take");
}

#[test]
fn numbers_go_on_in_the_next_message() {
    let item = "word ".repeat(100);
    let list: String = (1..=12)
        .map(|number| format!("{number}. {item}\n"))
        .collect();
    let messages = messages(&line(Text::from_markdown(&list)), None);
    assert!(messages.len() > 1);
    let lists = messages.iter().flat_map(|message| {
        let elements = message.blocks[0]["elements"].as_array().unwrap();
        elements
            .iter()
            .filter(|one| one["type"] == "rich_text_list")
            .cloned()
    });
    let mut next = 0;
    for list in lists {
        assert_eq!(list["offset"], next);
        next += list["elements"].as_array().unwrap().len();
    }
    assert_eq!(next, 12);
}

#[test]
fn an_emoji_is_not_cut() {
    let family = "👩🏽\u{200d}🚀".repeat(600);
    for body in bodies(&line(Text::plain(&family))) {
        let body = body.strip_prefix("Ada (visitor)\n").unwrap();
        assert!(body.starts_with('👩') && body.ends_with('🚀'), "{body}");
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_too_long(
        words in proptest::collection::vec("[a-z 😀é\n&<>]{1,900}", 1..12),
    ) {
        let text = Text(vec![crate::text::Block::Paragraph {
            children: words.iter().map(|text| crate::text::Inline::Text { text: text.clone() }).collect(),
        }]);
        let mut joined = String::new();
        for body in bodies(&line(text)) {
            prop_assert!(units(&body) <= LONGEST_MESSAGE);
            joined.push_str(body.strip_prefix("Ada (visitor)\n").unwrap());
        }
        prop_assert_eq!(joined, words.concat());
    }
}
