//! Colours: read from what the operator wrote into three numbers, and made legible by the rules of WCAG 2.2
//! (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>). No text of the configuration reaches a style sheet.

use std::fmt;

/// What small text needs against its background: <https://www.w3.org/TR/WCAG22/#contrast-minimum>.
pub const LEGIBLE: f64 = 4.5;

/// Red, green and blue, written as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

pub const WHITE: Colour = Colour([255; 3]);
pub const BLACK: Colour = Colour([0; 3]);

impl Colour {
    /// Reads `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Result<Colour, String> {
        let wrong = || format!("\"{text}\" is no colour like \"#0f766e\"");
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let long = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return Err(wrong()),
        };
        let number = u32::from_str_radix(&long, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Colour([red, green, blue]))
    }

    /// How bright it is, from 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |byte: u8| match f64::from(byte) / 255.0 {
            low if low <= 0.04045 => low / 12.92,
            high => ((high + 0.055) / 1.055).powf(2.4),
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// From 1, the same, to 21, black on white.
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// White where that is legible on this colour, else black. One of them always is.
    pub fn ink(self) -> Colour {
        match self.contrast(WHITE) >= LEGIBLE {
            true => WHITE,
            false => BLACK,
        }
    }

    /// The nearest shade of this colour that is legible on a background.
    pub fn legible_on(self, back: Colour) -> Colour {
        let end = match back.contrast(WHITE) > back.contrast(BLACK) {
            true => WHITE,
            false => BLACK,
        };
        (0..=100)
            .map(|percent| self.mixed(end, percent))
            .find(|shade| shade.contrast(back) >= LEGIBLE)
            .unwrap_or(end)
    }

    fn mixed(self, other: Colour, percent: u16) -> Colour {
        let part = |at: usize| {
            let (from, to) = (u16::from(self.0[at]), u16::from(other.0[at]));
            u8::try_from((from * (100 - percent) + to * percent) / 100).unwrap_or(u8::MAX)
        };
        Colour([part(0), part(1), part(2)])
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratios_are_those_of_the_rules() {
        let colour = |text: &str| Colour::parse(text).unwrap();
        let close = |one: &str, two: &str, ratio: f64| {
            let found = colour(one).contrast(colour(two));
            assert!((found - ratio).abs() < 0.01, "{one} on {two}: {found}");
        };
        close("#000", "#fff", 21.0);
        close("#ffffff", "#FFFFFF", 1.0);
        close("#767676", "#fff", 4.54);
        close("#777777", "#fff", 4.48);
        close("#f00", "#fff", 4.0);
        close("#0f766e", "#fff", 5.47);
    }

    #[test]
    fn something_legible_stands_on_every_colour_and_every_colour_has_a_legible_shade() {
        let (light, dark) = (Colour([0xf3, 0xf5, 0xf5]), Colour([0x23, 0x2a, 0x2a]));
        let steps = (0..=255u8).step_by(15);
        for red in steps.clone() {
            for green in steps.clone() {
                for blue in steps.clone() {
                    let colour = Colour([red, green, blue]);
                    assert!(colour.contrast(colour.ink()) >= LEGIBLE, "{colour}");
                    for back in [light, dark] {
                        let shade = colour.legible_on(back);
                        assert!(
                            shade.contrast(back) >= LEGIBLE,
                            "{colour} on {back}: {shade}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_legible_stays_as_it_is() {
        let brand = Colour::parse("#0f766e").unwrap();
        assert_eq!(brand.legible_on(WHITE), brand);
        assert_eq!(brand.to_string(), "#0f766e");
        assert_eq!(Colour::parse("#Abc").unwrap().to_string(), "#aabbcc");
    }

    #[test]
    fn nothing_but_a_colour_is_one() {
        for text in [
            "",
            "#",
            "red",
            "0f766e",
            "#0f766",
            "#0f766e00",
            "#0f766g",
            "# 0f766",
            "#+f766e",
            "rgb(1,2,3)",
            "#fff;}*{display:none",
            "#ff\u{ff10}",
            "var(--x)",
            "url(https://evil.example)",
        ] {
            assert!(Colour::parse(text).is_err(), "{text}");
        }
    }
}
