//! Packing: limits hold, no word is lost or doubled, and the parts add up.

use proptest::prelude::*;

use super::*;
use crate::text::{Block, Inline, Text};

fn line(delivery: &str, name: &str, text: Text) -> Line {
    let name = name.to_owned();
    Line::new(delivery, LineAuthor::Visitor { name }, text)
}

fn raw(text: &str) -> Text {
    Text(vec![Block::Paragraph {
        children: vec![Inline::Text {
            text: text.to_owned(),
        }],
    }])
}

fn words(message: &Packed) -> &Flat {
    match &message.content {
        Content::Words(words) => words,
        Content::File(file) => panic!("not words: {}", file.name),
    }
}

fn carried(messages: &[Packed]) -> Vec<Vec<(&str, u32, bool)>> {
    messages
        .iter()
        .map(|message| {
            let parts = message.carries.iter();
            parts
                .map(|part| (part.delivery.as_str(), part.index, part.last))
                .collect()
        })
        .collect()
}

#[test]
fn short_lines_share_a_message() {
    let batch = [
        line("d1", "Ada", raw("Hello")),
        line("d2", "Ada", raw("Is anybody there?")),
        line("d3", "Bob", raw("Yes")),
    ];
    let messages = pack(&batch, &[]);
    let expected = "Ada (visitor)\nHello\nIs anybody there?\n\nBob (visitor)\nYes";
    assert_eq!(words(&messages[0]).text, expected);
    let parts = vec![vec![("d1", 0, true), ("d2", 0, true), ("d3", 0, true)]];
    assert_eq!(carried(&messages), parts);
    let bold: Vec<_> = words(&messages[0]).entities();
    assert_eq!(
        bold.iter().map(|bold| bold.offset).collect::<Vec<_>>(),
        [0, 39]
    );
}

#[test]
fn a_long_line_is_cut_at_words_and_can_be_continued() {
    let text = "word ".repeat(2_000);
    let mut long = line("d1", "Ada", raw(&text));
    let batch = [long.clone(), line("d2", "Ada", raw("after"))];
    let messages = pack(&batch, &[]);
    let parts = vec![
        vec![("d1", 0, false)],
        vec![("d1", 1, false)],
        vec![("d1", 2, true)],
        vec![("d2", 0, true)],
    ];
    assert_eq!(carried(&messages), parts);
    long.parts_done = 1;
    let rest = pack(std::slice::from_ref(&long), &[]);
    assert_eq!(
        carried(&rest),
        [vec![("d1", 1, false)], vec![("d1", 2, true)]]
    );
    assert_eq!(words(&rest[0]), words(&messages[1]));
    assert!(words(&rest[0]).text.starts_with("Ada (visitor)\nword "));
    long.parts_done = 9;
    assert_eq!(carried(&pack(&[long], &[])), [vec![("d1", 2, true)]]);
}

#[test]
fn neither_letters_nor_spans_are_parted() {
    let emoji = body(&raw(&"😀".repeat(30)));
    for piece in cut(&emoji, 7, 9) {
        assert!(piece.units() <= 7 && piece.text.chars().all(|letter| letter == '😀'));
    }
    let code = |room: usize, text: &str| {
        for piece in cut(&body(&Text::from_markdown(&text.repeat(10))), room, 9) {
            let whole = |span: &Span| piece.text[span.range.clone()] == *"code";
            assert!(piece.spans.iter().all(whole), "{room}: {piece:?}");
        }
    };
    for room in 4..20 {
        code(room, "xx`code` ");
        code(room, "xx`code`");
    }
    let many = body(&raw(&"@ann ".repeat(500)));
    let pieces = cut(&many, LONGEST_MESSAGE, 99);
    assert_eq!(
        pieces.iter().map(|piece| piece.spans.len()).sum::<usize>(),
        500
    );
    assert!(pieces.iter().all(|piece| piece.spans.len() <= 99));
}

#[test]
fn a_cut_never_wakes_a_name() {
    for width in 6..40 {
        let address = body(&raw(&("a".repeat(25) + "@example.com/stop")));
        for piece in cut(&address, width, 9).iter().skip(1) {
            let text = &piece.text;
            assert!(!text.starts_with(['@', '/']), "{width}: {text}");
        }
    }
}

#[test]
fn empty_lines_and_empty_batches_are_fine() {
    assert!(pack(&[], &[]).is_empty());
    let messages = pack(&[line("d1", "", Text::default())], &[]);
    assert_eq!(words(&messages[0]).text, "Somebody (visitor)\n");
    assert_eq!(carried(&messages), [vec![("d1", 0, true)]]);
}

/// The strings that are known to upset programs, where the machine has them.
#[test]
fn naughty_strings_arrive_letter_by_letter() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/corpora/blns/blns.json"
    );
    let Ok(file) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared/corpora is absent");
        return;
    };
    let strings: Vec<String> = serde_json::from_str(&file).unwrap();
    assert!(strings.len() > 500);
    for string in &strings {
        assert_eq!(body(&raw(string)).text, *string);
        for room in [5, 64] {
            check_cut(string, room);
        }
        check_batch(&[
            line("d1", string, raw(string)),
            line("d2", "Ada", Text::plain(string)),
        ]);
        check_batch(&[line("d3", "Ada", Text::from_markdown(&string.repeat(300)))]);
    }
}

fn check_cut(text: &str, room: usize) {
    let flat = body(&raw(text));
    let pieces = cut(&flat, room, 3);
    let joined: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(joined, text);
    for piece in &pieces {
        assert!(piece.units() <= room && piece.spans.len() <= 3, "{piece:?}");
        let borders = |span: &Span| piece.text.is_char_boundary(span.range.end);
        assert!(piece.spans.iter().all(borders));
    }
}

fn check_batch(batch: &[Line]) {
    for message in pack(batch, &[]) {
        assert!(words(&message).units() <= LONGEST_MESSAGE);
        assert!(words(&message).spans.len() <= MOST_ENTITIES);
        assert!(!words(&message).text.trim().is_empty());
        check_nesting(words(&message));
    }
}

/// Telegram's rule: two entities stand apart or one holds the other, and code holds nothing.
fn check_nesting(flat: &Flat) {
    for (index, outer) in flat.spans.iter().enumerate() {
        for inner in &flat.spans[index + 1..] {
            let (outer_end, inner_end) = (outer.range.end, inner.range.end);
            let apart = outer_end <= inner.range.start;
            let holds = inner_end <= outer_end;
            let code = matches!(outer.style, Style::Code | Style::Pre);
            assert!(apart || (holds && !code), "{outer:?} {inner:?}");
        }
    }
}

proptest! {
    #[test]
    fn pieces_join_to_the_text(text in "[a-c@/ \n😀é]{0,200}", room in 2usize..50) {
        check_cut(&text, room);
    }

    #[test]
    fn any_markdown_keeps_the_rules(texts in proptest::collection::vec("[a-c@/*_`> \n😀\\[\\]().:-]{0,400}", 1..5)) {
        let texts = texts.iter().map(|text| Text::from_markdown(&text.repeat(9)));
        let batch: Vec<_> = texts.map(|text| line("d", "Ada", text)).collect();
        check_batch(&batch);
    }
}

#[test]
fn what_is_more_than_words_shares_no_message() {
    let plain = || line("d1", "Ada", raw("Hello"));
    let mut pressed = plain();
    pressed.buttons = vec![vec![Button {
        action: "take".into(),
        label: "Take".into(),
        look: crate::Look::Plain,
    }]];
    let mut quoting = plain();
    quoting.quotes = Some(PostId("-1/7".into()));
    let mut filed = plain();
    filed.files = vec![Attachment {
        name: "a.txt".into(),
        mime: "text/plain".into(),
        bytes: "a".into(),
    }];
    for (special, messages) in [(pressed, 3), (quoting, 3), (filed.clone(), 4)] {
        let packed = pack(&[plain(), special, plain()], &[]);
        assert_eq!(packed.len(), messages);
    }
    let call = Flat {
        text: "@ann".into(),
        spans: Vec::new(),
    };
    let packed = pack(&[plain(), plain()], &[None, Some(call)]);
    assert_eq!(words(&packed[1]).text, "Ada (visitor)\n@ann\nHello");
    assert_eq!(
        packed
            .iter()
            .map(|message| message.calls)
            .collect::<Vec<_>>(),
        [false, true]
    );

    let parts = [vec![("d1", 0, false)], vec![("d1", 1, true)]];
    assert_eq!(carried(&pack(std::slice::from_ref(&filed), &[])), parts);
    filed.parts_done = 1;
    let rest = pack(&[filed], &[]);
    assert!(matches!(&rest[0].content, Content::File(file) if file.name == "a.txt"));
}
