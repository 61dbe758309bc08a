//! Kinds of files: what a file is, told from its bytes and never from its name alone.
//!
//! Let in are pictures, PDF, plain text, and sound and film that browsers play. What can carry a program, or
//! hide something else, stays outside: archives (office documents are archives too), SVG, web pages, scripts.

use infer::MatcherType;

use super::FileRefused;

/// The types that are let in, as a browser's file picker wants them.
pub const TYPES: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/ogg",
    "audio/mp4",
];

/// One type, what people call it, and the endings that a name of it may have. The first one is put where there
/// is none.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    pub mime: &'static str,
    pub called: &'static str,
    endings: &'static [&'static str],
}

const TEXT: Kind = Kind {
    mime: "text/plain",
    called: "plain text",
    endings: &[
        "txt", "text", "log", "md", "csv", "tsv", "json", "yaml", "yml", "toml", "ini", "conf",
        "diff", "patch",
    ],
};

const PDF: Kind = kind("application/pdf", "a PDF", &["pdf"]);

const BINARY: &[Kind] = &[
    kind("image/png", "a PNG picture", &["png"]),
    kind(
        "image/jpeg",
        "a JPEG picture",
        &["jpg", "jpeg", "jpe", "jfif"],
    ),
    kind("image/gif", "a GIF picture", &["gif"]),
    kind("image/webp", "a WebP picture", &["webp"]),
    kind("video/mp4", "an MP4 film", &["mp4", "m4v"]),
    kind("video/webm", "a WebM film", &["webm"]),
    kind("audio/mpeg", "an MP3", &["mp3"]),
    kind("audio/ogg", "an Ogg recording", &["ogg", "oga", "opus"]),
    kind("audio/mp4", "an M4A recording", &["m4a", "mp4"]),
];

const fn kind(mime: &'static str, called: &'static str, endings: &'static [&'static str]) -> Kind {
    Kind {
        mime,
        called,
        endings,
    }
}

/// Endings of what runs when it is opened.
const PROGRAMS: &[&str] = &[
    "js", "mjs", "vbs", "bat", "cmd", "ps1", "sh", "py", "rb", "pl", "php", "exe", "com", "scr",
    "msi", "jar", "app", "apk", "dll", "hta", "lnk", "reg",
];

/// Endings of what a browser would show as a page.
const PAGES: &[&str] = &[
    "htm", "html", "xhtml", "shtml", "mht", "mhtml", "xml", "xsl", "css",
];

/// How far into a text its markup is looked for.
const BEGINNING: usize = 1024;

impl Kind {
    /// What these bytes are.
    pub fn of(bytes: &[u8]) -> Result<&'static Kind, FileRefused> {
        if bytes.is_empty() {
            return Err(FileRefused::Empty);
        }
        if bytes.starts_with(b"%PDF-") {
            return Ok(&PDF);
        }
        match plain(bytes) {
            Some(text) => of_text(text),
            None => of_binary(bytes),
        }
    }

    /// The name to keep, if it does not promise something else than what the file is.
    pub fn name(&self, name: &str) -> Result<String, FileRefused> {
        let name = tidy(name);
        let Some(ending) = ending(&name) else {
            return Ok(format!("{name}.{}", self.endings[0]));
        };
        match ending.as_str() {
            known if self.endings.contains(&known) => Ok(name),
            "svg" | "svgz" => Err(FileRefused::Svg),
            page if PAGES.contains(&page) => Err(FileRefused::Page),
            program if PROGRAMS.contains(&program) => Err(FileRefused::Program),
            _ => Err(FileRefused::Lies {
                ending,
                called: self.called,
            }),
        }
    }
}

/// UTF-8 without any control signs but line ends and tabs.
fn plain(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let odd = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
    (!text.chars().any(odd)).then_some(text)
}

fn of_text(text: &str) -> Result<&'static Kind, FileRefused> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let beginning: String = text.chars().take(BEGINNING).collect();
    let beginning = beginning.to_ascii_lowercase();
    let is = |mime| infer::is_mime(beginning.as_bytes(), mime);
    let markup = beginning.starts_with("<?") || beginning.starts_with("<!");
    if beginning.starts_with("<svg") || (markup && beginning.contains("<svg")) {
        return Err(FileRefused::Svg);
    }
    if beginning.starts_with("<?php") || is("text/x-shellscript") {
        return Err(FileRefused::Program);
    }
    if is("text/html") || is("text/xml") || markup {
        return Err(FileRefused::Page);
    }
    match text.is_empty() {
        true => Err(FileRefused::Empty),
        false => Ok(&TEXT),
    }
}

fn of_binary(bytes: &[u8]) -> Result<&'static Kind, FileRefused> {
    let found = infer::get(bytes).ok_or(FileRefused::Unknown)?;
    let mime = match found.mime_type() {
        "audio/m4a" => "audio/mp4",
        "audio/opus" => "audio/ogg",
        "video/x-m4v" => "video/mp4",
        // The same container holds other things too; the name of its content stands near the beginning.
        "video/webm" if !contains(&bytes[..bytes.len().min(64)], b"webm") => "",
        mime => mime,
    };
    if let Some(kind) = BINARY.iter().find(|kind| kind.mime == mime) {
        return Ok(kind);
    }
    Err(match found.matcher_type() {
        MatcherType::App => FileRefused::Program,
        MatcherType::Archive | MatcherType::Book | MatcherType::Doc => FileRefused::Archive,
        _ => FileRefused::Unknown,
    })
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The longest name that is kept, in characters; its ending stays.
const LONGEST: usize = 120;

/// A name without folders, unseen signs and turned writing, so that what people read is what it is.
fn tidy(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = name.chars().filter(|letter| !is_unseen(*letter)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    let name = words.join(" ");
    let name = name.trim_matches(['.', ' ']);
    let letters = name.chars().count();
    match (name.is_empty(), letters > LONGEST) {
        (true, _) => "file".to_owned(),
        (_, true) => name.chars().skip(letters - LONGEST).collect(),
        _ => name.to_owned(),
    }
}

fn is_unseen(letter: char) -> bool {
    (letter.is_control() && !letter.is_whitespace())
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '"'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
        )
}

/// What follows the last dot, if it looks like an ending: `v1.2` has none.
fn ending(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    let looks = !stem.is_empty()
        && (1..=10).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !ending.bytes().all(|byte| byte.is_ascii_digit());
    looks.then(|| ending.to_ascii_lowercase())
}
