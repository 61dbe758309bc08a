//! Lines as desktop and phone clients really produce them.

use super::*;

fn kind(text: &str) -> Meant {
    understand(&Text::plain(text)).line
}

fn line_kind(text: &str) -> TeamLine {
    match kind(text) {
        Meant::Line(line) => line,
        other => panic!("{other:?}"),
    }
}

#[test]
fn commands_in_every_spelling() {
    for (text, line) in [
        ("!close", TeamLine::Close),
        ("  ! Close now", TeamLine::Close),
        ("/bot", TeamLine::Back),
        ("!TAKE", TeamLine::Take),
        ("！help", TeamLine::Help),
        ("！ｈｅｌｐ", TeamLine::Help),
        ("\u{201c}!close\u{201d}", TeamLine::Close),
        ("!cl\u{200b}ose", TeamLine::Close),
        ("!\u{fe0f}Delete", TeamLine::Delete),
        ("/close@hinny_bot", TeamLine::Close),
        ("❗️take", TeamLine::Take),
    ] {
        assert_eq!(line_kind(text), line, "{text}");
    }
    assert_eq!(kind("!Unblock"), Meant::Unblock);
    assert_eq!(kind("!faq"), Meant::Faq);
    assert_eq!(kind("! FAQ Undo"), Meant::FaqUndo);
}

#[test]
fn a_slip_never_reaches_the_visitor() {
    for text in [
        "\u{200f}!secret",
        "\u{feff} \u{2060}/secret",
        "！secret",
        "!closee",
        "!",
        "/",
        "!!!",
        "/start@hinny_bot",
        "! who is this",
        "\u{2018}!who is this",
        "Sure, will do\n!close",
        "All good.\n\n  /note he is rude",
        "hello\n！Block 7d",
    ] {
        assert_eq!(line_kind(text), TeamLine::Unknown, "{text}");
    }
}

#[test]
fn a_note_keeps_its_words_and_loses_its_command() {
    for text in [
        "!Note: ask Bob first",
        "!note ask Bob first",
        "/note@hinny_bot ask Bob first",
        "! NOTE： ask Bob first",
    ] {
        let note = understand(&Text::plain(text));
        assert_eq!(note.line, Meant::Line(TeamLine::Note), "{text}");
        assert_eq!(note.text.to_plain(), "ask Bob first", "{text}");
    }
}

#[test]
fn an_edit_brings_its_words() {
    let edit = understand(&Text::plain("!edit It is 5 euros."));
    assert_eq!(edit.line, Meant::Line(TeamLine::Edit));
    assert_eq!(edit.text.to_plain(), "It is 5 euros.");
    assert_eq!(
        line_kind("!edit"),
        TeamLine::Misused(Notice::AnswerYourLine)
    );
}

#[test]
fn blocks_have_a_length() {
    const DAY: i64 = 24 * 3600 * 1000;
    for (text, length) in [
        ("!block", BlockFor::Usual),
        ("!Block 7d", BlockFor::Millis(7 * DAY)),
        ("!block \u{201c}7 days\u{201d}", BlockFor::Millis(7 * DAY)),
        ("!block 90m", BlockFor::Millis(90 * 60_000)),
        ("!block 2w", BlockFor::Millis(14 * DAY)),
        ("!block forever", BlockFor::Forever),
    ] {
        assert_eq!(kind(text), Meant::Block(length), "{text}");
    }
    for text in [
        "!block 7",
        "!block him",
        "!block -3d",
        "!block 99999999999d",
        "!block 0d",
    ] {
        assert_eq!(
            line_kind(text),
            TeamLine::Misused(Notice::BlockHow),
            "{text}"
        );
    }
}

#[test]
fn words_stay_words() {
    for text in [
        "It costs nothing!",
        "see https://example.com/!x",
        "Steps:\n1. open it\n2. close it",
        "Use\n/usr/bin/env",
        "\u{201c}Hello\u{201d} is what it says",
    ] {
        assert_eq!(line_kind(text), TeamLine::Plain, "{text}");
    }
}

#[test]
fn the_mark_is_taken_off() {
    for text in [
        "> It is 5 euros.",
        ">It is 5 euros.",
        "&gt; It is 5 euros.",
        "\u{200e}＞It is 5 euros.",
    ] {
        let words = marked(&Text::plain(text)).unwrap();
        assert_eq!(words.to_plain(), "It is 5 euros.", "{text}");
    }
    let quote = Text(vec![Block::Quote {
        children: vec![line("It is 5 euros.")],
    }]);
    assert_eq!(marked(&quote).unwrap().to_plain(), "It is 5 euros.");
    for text in ["It is > 5 euros.", "", "- > x", "5 > 3"] {
        assert_eq!(marked(&Text::plain(text)), None, "{text}");
    }
}
