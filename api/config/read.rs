//! From the text of `hinny.toml` to `RawConfig`, with errors that name the line and what was probably meant.

use std::path::Path;

use super::raw::RawConfig;

/// Nearer than this (0 to 1) a known key counts as what the author meant.
const SIMILAR: f64 = 0.7;

/// Keys that people expect to be able to write a secret into.
const SECRET_KEYS: &[(&str, &str)] = &[
    ("identity_secret", "identity_secret"),
    ("secret", "identity_secret"),
    ("hmac_secret", "identity_secret"),
    ("token", "token"),
    ("bot_token", "bot_token"),
    ("app_token", "app_token"),
    ("api_key", "token"),
    ("password", "token"),
];

/// Reads the text of a configuration file; `file` is only for messages.
pub fn read(text: &str, file: &Path) -> Result<RawConfig, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        let place = match line {
            Some(line) => format!("{}:{line}", file.display()),
            None => file.display().to_string(),
        };
        format!("{place}: {}", explain(error.message()))
    })
}

/// Only the parser's message is used, never its picture of the line, which could show a secret.
fn explain(message: &str) -> String {
    let Some((key, expected)) = unknown_key(message) else {
        return message.trim().to_owned();
    };
    if let Some(base) = secret_key(key, &expected) {
        return format!(
            "`{key}` cannot be written here: a secret comes from the environment (`{base}_env`) or from \
             a file (`{base}_file`)"
        );
    }
    match nearest(key, &expected) {
        Some(known) => format!("unknown key `{key}`; did you mean `{known}`?"),
        None => format!("unknown key `{key}`; known here: {}", expected.join(", ")),
    }
}

/// The key of a secret that was meant, as far as it exists in this table; without `_env`.
fn secret_key<'a>(key: &str, expected: &[&'a str]) -> Option<&'a str> {
    let (_, base) = SECRET_KEYS.iter().find(|(name, _)| *name == key)?;
    let mut known = expected.iter().filter_map(|key| key.strip_suffix("_env"));
    known.clone().find(|known| known == base).or(known.next())
}

/// serde says: unknown field `a`, expected one of `b`, `c`.
fn unknown_key(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (key, rest) = rest.split_once('`')?;
    let expected = rest.split('`').skip(1).step_by(2).collect();
    Some((key, expected))
}

fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(key, name), *name))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        read(text, Path::new("hinny.toml")).unwrap_err()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_what_was_meant() {
        let text = "data = \"x\"\nlisten = \"127.0.0.1:1\"\ntrusted_proxys = []\n";
        let expected =
            "hinny.toml:3: unknown key `trusted_proxys`; did you mean `trusted_proxies`?";
        assert_eq!(error(text), expected);
    }

    #[test]
    fn a_key_that_is_like_nothing_gets_the_list() {
        let message = error("[log]\nzzz = 1\n");
        assert_eq!(
            message,
            "hinny.toml:2: unknown key `zzz`; known here: format, level"
        );
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_repeated() {
        let text = "[[telegram]]\nname = \"t\"\ntoken = \"123:verysecret\"\n";
        let message = error(text);
        assert!(
            message.starts_with("hinny.toml:3: `token` cannot be written here"),
            "{message}"
        );
        assert!(message.contains("token_env") && !message.contains("verysecret"));
        let text = "[[site]]\nid = \"a\"\nname = \"A\"\nidentity_secret = \"verysecret\"\n";
        let message = error(text);
        assert!(message.contains("`identity_secret_env`") && !message.contains("verysecret"));
        let message = error("[[slack]]\nname = \"s\"\napp_token = \"verysecret\"\n");
        assert!(message.contains("`app_token_env`") && !message.contains("verysecret"));
        let message = error("[[discord]]\nname = \"d\"\nbot_token = \"verysecret\"\n");
        assert!(message.contains("`token_env`") && !message.contains("verysecret"));
    }

    #[test]
    fn a_wrong_type_and_broken_toml_are_named_with_their_line() {
        assert!(error("\n[desk]\nenabled = \"yes\"\n").starts_with("hinny.toml:3: invalid type"));
        assert!(error("a = 1\nlisten = \n").starts_with("hinny.toml:2: "));
    }
}
