//! Sizes as people write them: `500KB`, `10MB`. A kilobyte is 1,024 bytes here.

/// `None` when the text is not a whole number with one of the units.
pub fn parse(text: &str) -> Option<u64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    match unit {
        "KB" => number.checked_mul(1 << 10),
        "MB" => number.checked_mul(1 << 20),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes_have_a_unit() {
        assert_eq!(parse("500KB"), Some(512_000));
        assert_eq!(parse("10MB"), Some(10_485_760));
        for text in [
            "",
            "10",
            "MB",
            "1.5MB",
            "10 MB",
            "10mb",
            "99999999999999999999MB",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
