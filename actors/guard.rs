//! Tells text that looks like a secret: tokens and keys of known shapes, private keys, card numbers.
//!
//! A line that holds one is not lost, it only waits for a person to say "send anyway". So a rule may be wrong now and
//! then, but not about what support teams write every day: order numbers, UUIDs, commit hashes, telephone numbers.

use std::sync::LazyLock;

use regex::Regex;

/// What a secret looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    PrivateKey,
    /// A signed web token: three parts, of which the first two are JSON.
    WebToken,
    /// A key whose issuer marks it with a prefix.
    Key,
    /// `password: …` and the like.
    Password,
    Card,
}

/// Keys that say by their beginning what they are; the length keeps words of the language out.
/// Shapes as the issuers publish them, for instance
/// <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github>,
/// <https://api.slack.com/authentication/token-types>, <https://docs.stripe.com/keys>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>.
const KEYS: &[&str] = &[
    r"gh[pousr]_[A-Za-z0-9]{30,}",
    r"github_pat_[A-Za-z0-9_]{40,}",
    r"glpat-[A-Za-z0-9_-]{20,}",
    r"xox[abeprs]-[A-Za-z0-9-]{10,}",
    r"xapp-\d-[A-Za-z0-9-]{10,}",
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
    r"whsec_[A-Za-z0-9]{20,}",
    r"sk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{20,}",
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",
    r"AIza[A-Za-z0-9_-]{35}",
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{40,}",
    r"\d{8,10}:[A-Za-z0-9_-]{35}",
    r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
];

static KEY: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(
        r"(?:^|[^A-Za-z0-9_-])(?:{})(?:$|[^A-Za-z0-9])",
        KEYS.join("|")
    );
    Regex::new(&pattern).expect("the patterns above are well-formed")
});

static WEB_TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{10,}")
        .expect("the pattern is well-formed")
});

static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{5}|PuTTY-User-Key-File-\d")
        .expect("the pattern is well-formed")
});

/// A name of a secret, a sign, and a value that is no word: it has a digit and eight characters or more.
static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)\b(?:password|passwd|pwd|passphrase|secret|api[ _-]?key|access[ _-]?token|auth[ _-]?token)\b\s*(?:is\b\s*)?[:=]\s*["'`\x{201c}\x{201d}]?(\S{8,})"#,
    )
    .expect("the pattern is well-formed")
});

/// Groups of digits as they stand on a card, or all of them in a row.
static CARD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d(?:[ \x{a0}-]?\d){12,18}").expect("the pattern is well-formed")
});

/// The first secret in `text`, if there is any.
pub fn secret(text: &str) -> Option<Secret> {
    let text = visible(text);
    if PRIVATE_KEY.is_match(&text) {
        return Some(Secret::PrivateKey);
    }
    if WEB_TOKEN.is_match(&text) {
        return Some(Secret::WebToken);
    }
    if KEY.is_match(&text) {
        return Some(Secret::Key);
    }
    if PASSWORD
        .captures_iter(&text)
        .any(|found| is_value(&found[1]))
    {
        return Some(Secret::Password);
    }
    CARD.find_iter(&text)
        .any(|found| stands_alone(&text, found.range()) && is_card(found.as_str()))
        .then_some(Secret::Card)
}

/// Marks of no width must not tear a key apart, nor phones' dashes and digits hide one.
fn visible(text: &str) -> String {
    let seen = text.chars().filter(
        |c| !matches!(c, '\u{ad}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'),
    );
    seen.map(|c| match c {
        '\u{2010}'..='\u{2014}' => '-',
        '０'..='９' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    })
    .collect()
}

/// Not an ordinary word, a link or a placeholder.
fn is_value(value: &str) -> bool {
    let has_digit = value.chars().any(|c| c.is_ascii_digit());
    has_digit && !value.starts_with("http") && !value.starts_with('<')
}

/// Not the middle of a longer number, an amount or an identifier.
fn stands_alone(text: &str, at: std::ops::Range<usize>) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '#' | '/' | '.');
    let before = text[..at.start].chars().next_back();
    let after = text[at.end..].chars().next();
    !before.is_some_and(joins) && !after.is_some_and(|c| joins(c) && c != '.')
}

/// A network's range (<https://en.wikipedia.org/wiki/Payment_card_number>), its length, its way of grouping, and the
/// check digit.
fn is_card(found: &str) -> bool {
    let digits: Vec<u32> = found.chars().filter_map(|c| c.to_digit(10)).collect();
    let groups: Vec<usize> = found.split([' ', '\u{a0}', '-']).map(str::len).collect();
    let grouped = match groups.as_slice() {
        [_] | [4, 6, 5 | 4] => true,
        groups => groups[..groups.len() - 1].iter().all(|size| *size == 4),
    };
    grouped && is_network(&digits) && luhn(&digits)
}

fn is_network(digits: &[u32]) -> bool {
    let first = digits[..4]
        .iter()
        .fold(0, |number, digit| number * 10 + digit);
    match digits.len() {
        13 | 19 => first / 1000 == 4,
        14 => matches!(first, 3000..=3059 | 3600..=3699 | 3800..=3999),
        15 => matches!(first, 3400..=3499 | 3700..=3799),
        16 => matches!(
            first,
            4000..=4999 | 5100..=5599 | 2221..=2720 | 6011 | 6440..=6599 | 6200..=6299 | 3528..=3589 | 5000..=5099 | 5600..=5899
        ),
        _ => false,
    }
}

/// The check digit of card numbers (ISO/IEC 7812).
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match index % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
