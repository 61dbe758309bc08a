//! Reads the time that an answer carries, to compare clocks.

/// A date as HTTP writes it (<https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>), in milliseconds since 1970.
pub(super) fn http_date(text: &str) -> Option<i64> {
    let mut words = text.split_whitespace().skip(1);
    let day: i64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let year: i64 = words.next()?.parse().ok()?;
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = i64::try_from(months.find(month)? / 3).ok()?;
    let mut clock = words.next()?.split(':').map(str::parse::<i64>);
    let (hours, minutes, seconds) = (
        clock.next()?.ok()?,
        clock.next()?.ok()?,
        clock.next()?.ok()?,
    );
    // Days since 1970, counting years from March so that a leap day is the last day of its year.
    let (year, month) = match month < 2 {
        true => (year - 1, month + 10),
        false => (year, month - 2),
    };
    let days =
        year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 719_469;
    Some((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_http_are_read() {
        for (date, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Sun, 22 Nov 2026 12:00:00 GMT", 1_795_348_800),
        ] {
            assert_eq!(http_date(date), Some(seconds * 1_000), "{date}");
        }
        assert_eq!(http_date("yesterday"), None);
    }
}
