//! Headings as questions. Only what can be turned without guessing is turned.

/// Words that questions begin with.
const ASKING: [&str; 24] = [
    "how", "what", "when", "where", "why", "who", "which", "can", "could", "do", "does", "did",
    "is", "are", "will", "would", "should", "may", "must", "am", "was", "were", "has", "have",
];
/// What people do in how-to headings, as `doing` and `do`.
const VERBS: [(&str, &str); 60] = [
    ("accessing", "access"),
    ("activating", "activate"),
    ("adding", "add"),
    ("applying", "apply"),
    ("backing", "back"),
    ("booking", "book"),
    ("building", "build"),
    ("buying", "buy"),
    ("cancelling", "cancel"),
    ("canceling", "cancel"),
    ("changing", "change"),
    ("checking", "check"),
    ("choosing", "choose"),
    ("closing", "close"),
    ("configuring", "configure"),
    ("connecting", "connect"),
    ("contacting", "contact"),
    ("creating", "create"),
    ("customizing", "customize"),
    ("deactivating", "deactivate"),
    ("deleting", "delete"),
    ("deploying", "deploy"),
    ("disabling", "disable"),
    ("downloading", "download"),
    ("editing", "edit"),
    ("enabling", "enable"),
    ("exporting", "export"),
    ("finding", "find"),
    ("getting", "get"),
    ("importing", "import"),
    ("inviting", "invite"),
    ("installing", "install"),
    ("linking", "link"),
    ("managing", "manage"),
    ("migrating", "migrate"),
    ("moving", "move"),
    ("ordering", "order"),
    ("paying", "pay"),
    ("placing", "place"),
    ("publishing", "publish"),
    ("redeeming", "redeem"),
    ("removing", "remove"),
    ("renaming", "rename"),
    ("renewing", "renew"),
    ("resetting", "reset"),
    ("restoring", "restore"),
    ("returning", "return"),
    ("running", "run"),
    ("saving", "save"),
    ("sending", "send"),
    ("setting", "set"),
    ("sharing", "share"),
    ("tracking", "track"),
    ("transferring", "transfer"),
    ("uninstalling", "uninstall"),
    ("updating", "update"),
    ("upgrading", "upgrade"),
    ("uploading", "upload"),
    ("using", "use"),
    ("verifying", "verify"),
];
/// No heading that asks for something is longer.
const MAX_WORDS: usize = 14;

/// Whether a text asks something by itself.
pub(super) fn is_question(text: &str) -> bool {
    let text = text.trim();
    (text.ends_with('?') || text.ends_with('？')) && text.chars().any(char::is_alphabetic)
}

/// Whether a title without a question mark reads like a question all the same.
pub(super) fn asks(text: &str) -> bool {
    let first = text
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    is_question(text)
        || (ASKING.contains(&first.as_str()) && text.split_whitespace().nth(2).is_some())
}

/// The question that a how-to heading answers; `None` for other headings.
pub(super) fn how_to(heading: &str) -> Option<String> {
    let heading = heading.trim().trim_end_matches(['.', ':', '!']);
    let words: Vec<&str> = heading.split_whitespace().collect();
    if words.len() < 2 || words.len() > MAX_WORDS {
        return None;
    }
    let first = words[0].to_lowercase();
    if first == "how" && words[1].eq_ignore_ascii_case("to") && words.len() > 2 {
        return Some(format!("How do I {}?", words[2..].join(" ")));
    }
    let verb = VERBS
        .iter()
        .find(|(doing, verb)| first == *doing || first == *verb);
    let (_, verb) = verb?;
    Some(format!("How do I {verb} {}?", words[1..].join(" ")))
}

#[cfg(test)]
mod tests {
    use super::{asks, how_to, is_question};

    #[test]
    fn how_to_headings_become_the_question_they_answer() {
        for (heading, question) in [
            (
                "How to reset your password",
                "How do I reset your password?",
            ),
            ("Installing hinny", "How do I install hinny?"),
            ("Cancel an order", "How do I cancel an order?"),
            ("Resetting the clock:", "How do I reset the clock?"),
        ] {
            assert_eq!(how_to(heading).as_deref(), Some(question));
        }
        for other in [
            "Overview",
            "Introduction to payments",
            "API reference",
            "How to",
            "Install",
            "Running",
        ] {
            assert_eq!(how_to(other), None, "{other}");
        }
    }

    #[test]
    fn questions_are_told_from_titles() {
        assert!(is_question("Is it free?") && is_question("無料ですか？") && !is_question("?"));
        assert!(asks("How does it work") && !asks("How it") && !asks("Payments"));
    }
}
