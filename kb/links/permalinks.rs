//! Hugo's patterns for addresses: `/:year/:slug/` and what its words mean for a page.
//! <https://gohugo.io/configuration/permalinks/#tokens>

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use unicode_normalization::char::is_combining_mark;

use super::hugo_config::Hugo;
use super::page::walked;
use crate::read::Front;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Page,
    /// `_index.md`.
    Section,
}

/// A page as patterns see it.
pub(super) struct Page<'a> {
    hugo: &'a Hugo,
    pub kind: Kind,
    /// `index.md`, whose name is that of its folder.
    is_bundle: bool,
    /// Below the content.
    folder: &'a str,
    name: &'a str,
    pub front: &'a Front,
}

impl<'a> Page<'a> {
    /// A file by its folder below the content, and its name without language and ending.
    pub fn of(hugo: &'a Hugo, folder: &'a str, name: &'a str, front: &'a Front) -> Page<'a> {
        let is_home = name == "index" && folder.is_empty();
        Page {
            hugo,
            kind: match name == "_index" || is_home {
                true => Kind::Section,
                false => Kind::Page,
            },
            is_bundle: name == "index" && !is_home,
            folder,
            name,
            front,
        }
    }

    /// Whether a pattern for this section is for the page. `/` is the top only.
    pub fn lies_in(&self, section: &str) -> bool {
        let folder = self.hugo.clean(self.above());
        match section {
            "" => folder.is_empty() && self.kind == Kind::Page,
            section => {
                let rest = folder.strip_prefix(section);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }

    /// The folder that the page lies in; a bundle's own one is its name.
    pub fn above(&self) -> &'a str {
        match self.is_bundle {
            true => self.folder.rsplit_once('/').map_or("", |(above, _)| above),
            false => self.folder,
        }
    }

    /// The name of the file, or of the folder that is the page.
    pub fn file_name(&self) -> &'a str {
        match self.is_bundle {
            true => self.folder.rsplit('/').next().unwrap_or_default(),
            false => self.name,
        }
    }

    pub fn name_of(&self, text: &str) -> String {
        self.hugo.clean(text)
    }

    /// The address that a pattern makes; `None` if it has words that are not known, or asks for a date that the page
    /// does not have.
    pub fn expand(&self, pattern: &str) -> Option<String> {
        static WORD: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"\\:|:(\w+)(\[[^\]]*\])?").expect("the pattern is well formed")
        });
        let (mut address, mut at) = (String::new(), 0);
        for found in WORD.captures_iter(pattern) {
            let place = found.get(0)?;
            address.push_str(&pattern[at..place.start()]);
            at = place.end();
            match found.get(1) {
                Some(word) => {
                    let cut = found.get(2).map(|cut| cut.as_str());
                    address.push_str(&self.word(word.as_str(), cut)?);
                }
                None => address.push(':'),
            }
        }
        address.push_str(&pattern[at..]);
        Some(walked(&address))
    }

    fn word(&self, word: &str, cut: Option<&str>) -> Option<String> {
        let slug = self.front.slug.as_deref().map(|slug| self.name_of(slug));
        let file = || match self.kind {
            Kind::Section => String::new(),
            Kind::Page => self.name_of(self.file_name()),
        };
        Some(match word {
            "slug" => slug.unwrap_or_else(|| self.title()),
            "title" => self.title(),
            "filename" => file(),
            "slugorfilename" => slug.unwrap_or_else(file),
            "contentbasename" => self.base_name(),
            "slugorcontentbasename" => slug.unwrap_or_else(|| self.base_name()),
            "section" => self.name_of(self.above().split('/').next().unwrap_or_default()),
            "sections" => sliced(&self.sections(), cut.unwrap_or_default()).join("/"),
            word => dated(word, self.front.day()?.parse().ok()?)?,
        })
    }

    fn title(&self) -> String {
        let title = self.front.title.as_deref();
        title.map_or_else(|| self.base_name(), |title| self.name_of(title))
    }

    fn base_name(&self) -> String {
        match self.kind {
            Kind::Section => self.name_of(self.folder.rsplit('/').next().unwrap_or_default()),
            Kind::Page => self.name_of(self.file_name()),
        }
    }

    /// The sections around the page: the first folder, and those below with a page of their own.
    fn sections(&self) -> Vec<String> {
        let parts: Vec<&str> = self
            .above()
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let is_section =
            |length: &usize| *length == 1 || self.hugo.is_section(&parts[..*length].join("/"));
        let deepest = (1..=parts.len()).rev().find(is_section).unwrap_or(0);
        parts[..deepest]
            .iter()
            .map(|part| self.name_of(part))
            .collect()
    }
}

/// `[1:]`, `[last]`, `[:2]`: a part of the sections, and nothing where there is none.
fn sliced<'a>(all: &'a [String], cut: &str) -> &'a [String] {
    let cut = cut.trim_matches(['[', ']']);
    let place = |text: &str, otherwise: usize| match text.trim() {
        "" => otherwise,
        "last" => all.len().saturating_sub(1),
        number => number.parse().unwrap_or(0),
    };
    let range = match cut.split_once(':') {
        Some((from, to)) => place(from, 0)..place(to, all.len()).min(all.len()),
        None if cut.is_empty() => 0..all.len(),
        None => place(cut, 0)..place(cut, 0).saturating_add(1),
    };
    all.get(range).unwrap_or_default()
}

fn dated(word: &str, day: Date) -> Option<String> {
    Some(match word {
        "year" => day.year().to_string(),
        "month" => format!("{:02}", day.month()),
        "monthname" => day.strftime("%B").to_string(),
        "day" => format!("{:02}", day.day()),
        "weekday" => day.weekday().to_sunday_zero_offset().to_string(),
        "weekdayname" => day.strftime("%A").to_string(),
        "yearday" => day.day_of_year().to_string(),
        _ => return None,
    })
}

/// A text as Hugo makes a part of an address of it: letters, digits and a few signs stay, spaces become hyphens.
pub(super) fn clean(text: &str) -> String {
    let (mut clean, mut gap) = (String::with_capacity(text.len()), false);
    for letter in text.chars() {
        let stays =
            letter.is_alphanumeric() || is_combining_mark(letter) || "./\\_#+~-@".contains(letter);
        if stays {
            if gap && letter != '-' {
                clean.push('-');
            }
            gap = false;
            clean.push(letter);
        } else if letter.is_whitespace() && !clean.is_empty() && !clean.ends_with('-') {
            gap = true;
        }
    }
    clean
}
