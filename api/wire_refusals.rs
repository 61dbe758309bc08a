//! What is no frame, no id and no text, and what the client is told.

use hinny_actors::body::Page;

use super::check::MAX_URL;
use super::*;

/// A frame, the code it gets, the id that could be read from it, and what is said of it.
type Case = (&'static str, Code, Option<&'static str>, &'static str);

const CASES: &[Case] = &[
    ("", Code::BadFrame, None, "not JSON"),
    ("hello", Code::BadFrame, None, "not JSON"),
    (r#"{"type":"ping","n":1"#, Code::BadFrame, None, "not JSON"),
    ("[]", Code::BadFrame, None, "a JSON object with a `type`"),
    ("{}", Code::BadFrame, None, "missing field `type`"),
    (
        r#"{"type":1}"#,
        Code::BadFrame,
        None,
        "a JSON object with a `type`",
    ),
    (
        r#"{"type":"shout"}"#,
        Code::UnknownFrame,
        None,
        "no such frame",
    ),
    (
        r#"{"type":"say","id":"a"}"#,
        Code::BadFrame,
        Some("a"),
        "missing field `text`",
    ),
    (
        r#"{"type":"say","id":"a","text":1}"#,
        Code::BadFrame,
        Some("a"),
        "invalid type",
    ),
    (
        r#"{"type":"say","id":"a b","text":1}"#,
        Code::BadFrame,
        None,
        "invalid type",
    ),
    (
        r#"{"type":"say","id":"a","text":"b","x":1}"#,
        Code::BadFrame,
        Some("a"),
        "unknown field `x`",
    ),
    (
        r#"{"type":"ping","n":-1}"#,
        Code::BadFrame,
        None,
        "invalid value",
    ),
    (
        r#"{"type":"ping","n":1,"n":2}"#,
        Code::BadFrame,
        None,
        "duplicate field",
    ),
    (
        r#"{"type":"ping","type":"say","n":1}"#,
        Code::BadFrame,
        None,
        "duplicate field",
    ),
    (
        r#"{"type":"hello","protocol":1,"site":"a","role":"agent"}"#,
        Code::BadFrame,
        None,
        "unknown field `role`",
    ),
    (
        r#"{"type":"hello","protocol":1,"site":"a","page":{"u":1}}"#,
        Code::BadFrame,
        None,
        "unknown field `u`",
    ),
];

#[test]
fn what_is_not_a_frame_is_refused_with_a_reason() {
    for (text, code, id, detail) in CASES {
        let refused = ClientFrame::parse(text).unwrap_err();
        let said = &refused.problem.detail;
        assert_eq!(refused.problem.code, *code, "{text}");
        assert_eq!(refused.id.as_deref(), *id, "{text}");
        assert!(said.contains(detail), "{text}: {said}");
    }
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    let deep = format!("{{\"type\":\"say\",\"id\":{}", "[".repeat(60_000));
    assert_eq!(
        ClientFrame::parse(&deep).unwrap_err().problem.code,
        Code::BadFrame
    );
}

#[test]
fn a_long_answer_does_not_repeat_what_was_sent() {
    let long = format!("{{\"type\":\"ping\",\"{}\":1}}", "x".repeat(50_000));
    assert!(ClientFrame::parse(&long).unwrap_err().problem.detail.len() < 400);
}

#[test]
fn ids_and_texts_have_borders() {
    for good in ["a", "m-7_Yb2", &"x".repeat(64)] {
        assert!(check_id(good).is_ok(), "{good}");
    }
    for bad in ["", "a b", "ä", "a\n", "../a", &"x".repeat(65)] {
        assert_eq!(check_id(bad).unwrap_err().code, Code::BadId, "{bad}");
    }
    assert!(check_text(&"ä".repeat(MAX_TEXT)).is_ok());
    assert_eq!(
        check_text(&"ä".repeat(MAX_TEXT + 1)).unwrap_err().code,
        Code::TooLong
    );
    assert_eq!(check_text(" \n\t").unwrap_err().code, Code::Empty);
    assert!(check_protocol(1).is_ok());
    for other in [0, 2, u32::MAX] {
        assert_eq!(
            check_protocol(other).unwrap_err().code,
            Code::ProtocolUnknown
        );
    }
}

#[test]
fn a_page_is_cut_and_only_web_addresses_stay() {
    let page = |url: &str| {
        tidy_page(Page {
            url: url.to_owned(),
            ..Page::default()
        })
        .url
    };
    assert_eq!(page("https://example.com/a"), "https://example.com/a");
    assert_eq!(page("javascript:alert(1)"), "");
    assert_eq!(page("file:///etc/passwd"), "");
    assert_eq!(
        page(&format!("https://{}", "a".repeat(9_000))).len(),
        MAX_URL
    );
    assert_eq!(
        tidy_word(Some("en-GB".to_owned())).as_deref(),
        Some("en-GB")
    );
    assert_eq!(tidy_word(Some("x".repeat(65))), None);
}
