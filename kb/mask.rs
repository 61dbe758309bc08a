//! Covers personal data in a text before it becomes knowledge: addresses, numbers of people, cards and accounts, and
//! the names that are known to belong to the conversation. It rather covers too much than too little; a person reads
//! the result before it is saved.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A name shorter than this is too common to look for.
const SHORTEST_NAME: usize = 3;

/// A word with so many digits among its letters is somebody's number.
const DIGITS_OF_AN_ID: usize = 4;

/// So many letters and digits in a row are no word.
const LONGEST_WORD: usize = 30;

struct Patterns {
    mail: Regex,
    uuid: Regex,
    iban: Regex,
    ip6: Regex,
    ip4: Regex,
    /// Digits with what people put between them.
    digits: Regex,
    word: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let regex = |text: &str| Regex::new(text).expect("the pattern is a constant");
    Patterns {
        mail: regex(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"),
        uuid: regex(r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
        iban: regex(r"(?i)\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b"),
        ip6: regex(r"(?i)\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\b"),
        ip4: regex(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
        digits: regex(r"[+(]{0,2}\d(?:[\d ().\-/\u{a0}]*\d)?"),
        word: regex(r"\b[A-Za-z0-9]+\b"),
    }
});

/// The text with a word in brackets for each thing that is nobody else's business.
pub fn mask(text: &str, names: &[&str]) -> String {
    let patterns = &*PATTERNS;
    let text = cover(&patterns.mail, text, |_| Some("[e-mail]"));
    let text = cover(&patterns.uuid, &text, |_| Some("[id]"));
    let text = cover(&patterns.iban, &text, |found| {
        is_iban(found).then_some("[account]")
    });
    let text = cover(&patterns.ip6, &text, |found| {
        is_ip6(found).then_some("[IP address]")
    });
    let text = cover(&patterns.ip4, &text, |found| {
        found.parse::<Ipv4Addr>().is_ok().then_some("[IP address]")
    });
    let text = cover(&patterns.digits, &text, number);
    let text = cover(&patterns.word, &text, |found| {
        is_id(found).then_some("[id]")
    });
    names
        .iter()
        .fold(text, |text, name| without_name(&text, name))
}

fn cover(pattern: &Regex, text: &str, what: impl Fn(&str) -> Option<&'static str>) -> String {
    let replaced = pattern.replace_all(text, |found: &Captures<'_>| {
        what(&found[0]).unwrap_or(&found[0]).to_owned()
    });
    replaced.into_owned()
}

/// The check digits of ISO 13616: the text as one large number leaves 1 when divided by 97.
fn is_iban(text: &str) -> bool {
    let plain: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
    let moved = plain[4..].iter().chain(&plain[..4]);
    let rest = moved
        .filter_map(|letter| letter.to_digit(36))
        .fold(0, |rest, value| {
            let shift = if value > 9 { 100 } else { 10 };
            (rest * shift + value) % 97
        });
    rest == 1
}

/// Code such as `a::b` has no digit; times have too few groups.
fn is_ip6(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_digit()) && text.parse::<Ipv6Addr>().is_ok()
}

/// What a row of digits is, if it is anything personal.
fn number(text: &str) -> Option<&'static str> {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|letter| letter.to_digit(10))
        .collect();
    match digits.len() {
        13..=19 if luhn(&digits) => Some("[card]"),
        16.. => Some("[number]"),
        7..=15 if !is_date(text) => Some("[phone]"),
        _ => None,
    }
}

/// The check digit that all cards have (ISO 7812).
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// `2026-11-22`, `22.11.2026`, and two years such as `2024-2026`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '.', '/']).map(str::trim).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let digits = parts
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        && matches!(
            lengths[..],
            [4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 2 | 4] | [4, 4]
        )
}

fn is_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let mixed = digits < word.len() && digits >= DIGITS_OF_AN_ID;
    mixed || digits > 6 || word.len() >= LONGEST_WORD
}

/// The whole name in any case, and its parts as they are written: `will` is a word, `Will` may be a person.
fn without_name(text: &str, name: &str) -> String {
    let long_enough = |name: &&str| name.chars().count() >= SHORTEST_NAME;
    let whole = Some(name.trim()).filter(long_enough);
    let parts = name.split_whitespace().filter(long_enough);
    let parts = parts.filter(|part| part.starts_with(char::is_uppercase));
    let whole = whole.map(|name| format!("(?i:{})", regex::escape(name)));
    let all: Vec<String> = whole.into_iter().chain(parts.map(regex::escape)).collect();
    if all.is_empty() {
        return text.to_owned();
    }
    // A name of any letters may stand here, so a pattern that is too large is no reason to fail.
    match Regex::new(&format!(r"\b(?:{})\b", all.join("|"))) {
        Ok(pattern) => pattern.replace_all(text, "[name]").into_owned(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn personal_data_is_covered() {
        for (text, expected) in [
            ("write to ada.l+x@mail.example.co.uk!", "write to [e-mail]!"),
            ("call +49 (0)170 123 45 67 now", "call [phone] now"),
            ("call 555-123-4567.", "call [phone]."),
            ("(030) 1234567", "[phone]"),
            ("my card 4111 1111 1111 1111 fails", "my card [card] fails"),
            ("5500-0000-0000-0004", "[card]"),
            ("number 1234567890123456789012", "number [number]"),
            ("DE89 3704 0044 0532 0130 00 is mine", "[account] is mine"),
            ("gb82west12345698765432", "[account]"),
            ("from 203.0.113.7:8080", "from [IP address]:8080"),
            ("from 2001:db8::8a2e:370:7334", "from [IP address]"),
            ("id 123e4567-e89b-12d3-a456-426614174000", "id [id]"),
            ("order A1B2C3D4E5 is late", "order [id] is late"),
            ("order 88123456", "order [phone]"),
            (
                "key sk_abcdefghijklmnopqrstuvwxyzabcdefghij",
                "key sk_abcdefghijklmnopqrstuvwxyzabcdefghij",
            ),
            ("key abcdefghijklmnopqrstuvwxyzabcdefghij", "key [id]"),
        ] {
            assert_eq!(mask(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn what_everybody_may_know_stays() {
        for text in [
            "Open Settings > Security, version 10.15.7, and wait 30 minutes.",
            "We are open from 10:30 to 17:00, since 2019-2024.",
            "On 2026-11-22 or 22.11.2026 or 1/2/2027.",
            "It costs 1,299.00 EUR or 49.90.",
            "Use std::fs::read or a::b in Rust 2024, ISO 27001, HTTP2.",
            "See [the page](https://www.example.com/docs/faq-2024#how).",
            "",
        ] {
            assert_eq!(mask(text, &[]), text);
        }
    }

    #[test]
    fn known_names_are_covered_and_common_words_are_not() {
        let names = ["Will Smith", "Zoë", "Al", ""];
        let text = "WILL SMITH, Will and Zoë will call Mrs Smith; also Williams. Al too.";
        let expected = "[name], [name] and [name] will call Mrs [name]; also Williams. Al too.";
        assert_eq!(mask(text, &names), expected);
        assert_eq!(mask("a.*b (c", &["(c", ".*"]), "a.*b (c");
    }

    #[test]
    fn a_covered_text_stays_as_it_is() {
        let once = mask(
            "ada@mail.example, +49 170 1234567, 4111111111111111, DE89370400440532013000",
            &[],
        );
        assert_eq!(once, "[e-mail], [phone], [card], [account]");
        assert_eq!(mask(&once, &[]), once);
    }
}
