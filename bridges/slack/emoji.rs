//! Slack's names of emoji, such as `white_check_mark`, and the emoji themselves.

use crate::Sign;

/// What hinny itself puts on messages.
pub(super) fn name(sign: Sign) -> &'static str {
    match sign {
        Sign::Seen => "eyes",
        Sign::Failed => "warning",
        Sign::Recalled => "leftwards_arrow_with_hook",
    }
}

/// The emoji of a name. A workspace's own emoji have no letter; they stay a name.
pub(super) fn sign(name: &str) -> String {
    let (plain, _skin) = name.split_once("::").unwrap_or((name, ""));
    match emojis::get_by_shortcode(plain) {
        Some(emoji) => emoji.as_str().to_owned(),
        None => format!(":{plain}:"),
    }
}

/// What Slack itself says of an emoji in rich text: code points in hexadecimal, joined by `-`.
pub(super) fn of_codes(codes: &str) -> Option<String> {
    let letter = |code: &str| u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
    codes.split('-').map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_become_emoji() {
        assert_eq!(sign("x"), "❌");
        assert_eq!(sign("eyes"), "👀");
        assert_eq!(sign("+1::skin-tone-3"), "👍");
        assert_eq!(sign("company-logo"), ":company-logo:");
        assert_eq!(
            of_codes("1f469-200d-1f680").as_deref(),
            Some("👩\u{200d}🚀")
        );
        assert_eq!(of_codes("nonsense"), None);
    }

    #[test]
    fn every_sign_has_a_name_that_slack_knows() {
        for sign_ in [Sign::Seen, Sign::Failed, Sign::Recalled] {
            assert!(!sign(name(sign_)).starts_with(':'), "{sign_:?}");
        }
    }
}
