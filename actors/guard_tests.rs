//! Each rule with what it must catch, and with what looks like it. Secrets are put together here, so that no search
//! for leaked ones finds this file.

use super::*;

fn letters(count: usize) -> String {
    "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z"
        .chars()
        .cycle()
        .take(count)
        .collect()
}

#[test]
fn keys_of_known_shapes_are_held() {
    for key in [
        format!("gh{}_{}", "p", letters(36)),
        format!("github_{}_{}", "pat", letters(60)),
        format!("gl{}-{}", "pat", letters(20)),
        format!("xo{}-1234567890-{}", "xb", letters(24)),
        format!("xa{}-1-A012-{}", "pp", letters(30)),
        format!("sk_{}_{}", "live", letters(24)),
        format!("sk-{}-{}", "proj", letters(40)),
        format!("AK{}{}", "IA", "ABCDEFGHIJ234567"),
        format!("AI{}{}", "za", letters(35)),
        format!("123456789:{}", letters(35)),
        format!("npm{}{}", "_", letters(36)),
        format!("M{}.{}.{}", letters(25), letters(6), letters(38)),
    ] {
        let line = format!("Try with {key}, please.");
        assert_eq!(secret(&line), Some(Secret::Key), "{key}");
        assert_eq!(secret(&key), Some(Secret::Key), "{key}");
    }
}

#[test]
fn a_key_torn_by_marks_that_nobody_sees_is_held() {
    let key = format!("gh{}\u{200b}_{}", "p", letters(36));
    assert_eq!(secret(&key), Some(Secret::Key));
}

#[test]
fn private_keys_and_web_tokens_are_held() {
    let dashes = "-".repeat(5);
    for kind in ["RSA ", "EC ", "OPENSSH ", ""] {
        let block = format!("{dashes}BEGIN {kind}PRIVATE KEY{dashes}\nabc");
        assert_eq!(secret(&block), Some(Secret::PrivateKey), "{kind}");
    }
    let smart = format!("\u{2014}\u{2014}{dashes}BEGIN PGP PRIVATE KEY BLOCK{dashes}");
    assert_eq!(secret(&smart), Some(Secret::PrivateKey));
    let token = format!("eyJ{}.eyJ{}.{}", letters(20), letters(30), letters(43));
    assert_eq!(secret(&format!("Bearer {token}")), Some(Secret::WebToken));
    assert_eq!(secret(&format!("{dashes}BEGIN PUBLIC KEY{dashes}")), None);
}

#[test]
fn passwords_with_their_value_are_held() {
    for line in [
        "password: hunter2hunter2",
        "Password = \u{201c}Tr0ub4dor&3\u{201d}",
        "the API key: 93kd02ksl2",
        "pwd:correct1horse",
    ] {
        assert_eq!(secret(line), Some(Secret::Password), "{line}");
    }
    for line in [
        "password: please choose a new one",
        "Your password is not visible to us.",
        "Reset your password: https://example.com/reset/2024",
        "secret: <your key, 32 digits>",
        "Passwords: 8 characters or more",
    ] {
        assert_eq!(secret(line), None, "{line}");
    }
}

#[test]
fn card_numbers_are_held() {
    for line in [
        "4111 1111 1111 1111",
        "my card 4111111111111111 is refused",
        "5555-5555-5555-4444",
        "3782 822463 10005",
        "378282246310005",
        "6011\u{a0}1111\u{a0}1111\u{a0}1117",
        "４１１１ １１１１ １１１１ １１１１",
        "It is 4111 1111 1111 1111.",
    ] {
        assert_eq!(secret(line), Some(Secret::Card), "{line}");
    }
}

#[test]
fn what_support_writes_every_day_passes() {
    for line in [
        "Order 4111111111111112 is on its way.",
        "Order #4111111111111111",
        "Your order number is 1000234567890123.",
        "Tracking 9400 1112 0255 5842 3849 11",
        "Call +49 30 1234567890 or 0800 330 1000",
        "IBAN DE89 3704 0044 0532 0130 00",
        "Request 550e8400-e29b-41d4-a716-446655440000 failed",
        "Fixed in commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Version 2024.11.22.1234567890123",
        "The event at 1732275855123 (ms)",
        "It costs 1,234,567.89 or 12 345 678 90 in total",
        "Use sk-SK or pt-BR as the language",
        "see https://example.com/a/4111111111111111/b",
        "The task-force-on-desktop-applications-is-here page",
        "",
    ] {
        assert_eq!(secret(line), None, "{line}");
    }
}
