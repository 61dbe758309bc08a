//! Signs as Telegram can show them. A reaction must be one of a fixed set of emoji
//! (<https://core.telegram.org/bots/api#reactiontypeemoji>), and ❌ and ⚠ are not among them.

use crate::Sign;

/// A member's way of taking their own words back: the monkey that holds its mouth stands in for ❌, which is what the
/// other platforms have and what the rest of hinny knows.
const TAKE_BACK: &str = "🙊";
const CROSS: &str = "❌";

/// What hinny puts on a member's message.
pub(super) fn emoji(sign: Sign) -> &'static str {
    match sign {
        Sign::Seen => "👀",
        Sign::Failed => "🤷",
        // Nobody sees it any more.
        Sign::Recalled => "🙈",
    }
}

/// A member's reaction as hinny knows it.
pub(super) fn read(emoji: &str) -> &str {
    match emoji {
        TAKE_BACK => CROSS,
        other => other,
    }
}
