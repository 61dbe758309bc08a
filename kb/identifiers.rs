//! Names that mean one thing only, such as error codes, versions and options: `E0433`, `v1.2.3`, `ERR_CONN_RESET`,
//! `--flag`, `0x80070005`. They are searched as a whole, beside the words that they are made of, and one that the
//! knowledge does not have is told from one that it has.

/// What a term begins with that is such a name; no word begins so.
const NAME: char = '=';
/// The same for a name's shape, in which all letters and all digits are alike.
const SHAPE: char = '~';
/// Letters that a name may have.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=60;

/// The terms of the names in a text.
pub(crate) fn names(text: &str) -> Vec<String> {
    let between = |c: char| c.is_whitespace() || ",;()[]{}<>\"'`“”„‘’«»?!|*".contains(c);
    let words = text.split(between).map(trimmed);
    let names = words.filter(|word| is_name(word)).map(|word| {
        let lower = word.to_lowercase();
        let plain = match lower.strip_prefix('v') {
            Some(version) if version.starts_with(|c: char| c.is_ascii_digit()) => version,
            _ => &lower,
        };
        format!("{NAME}{plain}")
    });
    names.collect()
}

/// Signs around a name that belong to the sentence.
fn trimmed(word: &str) -> &str {
    let word = word.trim_end_matches(['.', ':', '-', '/', '=']);
    word.trim_start_matches(['.', ':', '/', '='])
}

fn is_name(word: &str) -> bool {
    let inside = word.trim_start_matches('-');
    let known = |c: char| c.is_ascii_alphanumeric() || "_.:-/#+".contains(c);
    let plain = inside.chars().all(known) && LENGTH.contains(&inside.len());
    let begins = inside.starts_with(|c: char| c.is_ascii_alphanumeric());
    let letters = inside.chars().filter(char::is_ascii_alphabetic).count();
    let digits = inside.chars().filter(char::is_ascii_digit).count();
    let option = word.starts_with("--") && letters > 0;
    let joined = letters > 0 && (inside.contains('_') || inside.contains("::"));
    // Times and dates have no dot, or a sign that versions do not have.
    let version = letters == 0 && inside.contains('.') && !inside.contains(['/', ':', '-']);
    plain
        && begins
        && (option || joined || version || letters > 0 && digits > 0 && !is_amount(inside))
}

/// A number with what it is a number of: `7pm`, `10th`, `50kg`, `200eur`.
fn is_amount(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || ".:-/".contains(c));
    unit.len() < word.len() && unit.len() <= 4 && unit.chars().all(|c| c.is_ascii_alphabetic())
}

pub(crate) fn is_name_term(term: &str) -> bool {
    term.starts_with(NAME)
}

/// The term of a name's shape.
pub(crate) fn shape(term: &str) -> String {
    let alike = |c: char| match c {
        NAME => SHAPE,
        c if c.is_ascii_digit() => '0',
        c if c.is_ascii_alphabetic() => 'a',
        c => c,
    };
    term.chars().map(alike).collect()
}

#[cfg(test)]
mod tests {
    use super::{names, shape};

    #[test]
    fn codes_versions_options_and_paths_of_code_are_names() {
        let text = "Why E0433, or ERR_CONN_RESET (0x80070005)? With v1.2.3 and `--dry-run`, foo.bar_baz: std::fs.";
        let expected = [
            "=e0433",
            "=err_conn_reset",
            "=0x80070005",
            "=1.2.3",
            "=--dry-run",
            "=foo.bar_baz",
            "=std::fs",
        ];
        assert_eq!(names(text), expected);
        assert_eq!(shape("=e0433"), "~a0000");
    }

    #[test]
    fn words_times_and_amounts_are_none() {
        for text in [
            "well-known and/or end.",
            "at 10:30 on 2026-11-22",
            "42 items",
            "e.g. this",
            "at 7pm on the 10th, 50kg or 3-4pm",
            "-- no",
        ] {
            assert!(names(text).is_empty(), "{text}: {:?}", names(text));
        }
    }
}
