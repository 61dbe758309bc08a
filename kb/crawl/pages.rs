//! A page as a file: what kind it is, what it is called, and its text in UTF-8.

use std::fs;
use std::path::Path;

use url::Url;

use super::address::authority;
use super::fetch::Fetched;
use crate::error::KbError;
use crate::read::{Fault, Format, decode};

/// The longest name of a file or folder.
const MAX_NAME: usize = 60;
/// A mark that the file is UTF-8, whatever the page says of itself.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The kind of a page, by what its server says or else by its name; `None` for what is not read.
pub(super) fn format(answer: &Fetched, url: &Url) -> Option<Format> {
    let by_name = || Format::of(Path::new(url.path()));
    match answer.content_type.as_str() {
        "text/html" | "application/xhtml+xml" => Some(Format::Html),
        "text/markdown" | "text/x-markdown" => Some(Format::Markdown),
        "application/pdf" => Some(Format::Pdf),
        // Servers that do not know Markdown call it plain text.
        "text/plain" => match by_name() {
            Some(Format::Markdown) => Some(Format::Markdown),
            _ => Some(Format::Text),
        },
        "" | "application/octet-stream" => {
            let read = [Format::Html, Format::Markdown, Format::Pdf, Format::Text];
            by_name().filter(|format| read.contains(format))
        }
        _ => None,
    }
}

/// The name of a page's file: like its address, so that people find it, and with a hash, so that it is its own.
pub(super) fn file_name(url: &Url, format: Format) -> String {
    let extension = match format {
        Format::Markdown => "md",
        Format::Pdf => "pdf",
        Format::Text => "txt",
        _ => "html",
    };
    let hash = blake3::hash(url.as_str().as_bytes()).to_hex();
    let mut parts: Vec<String> = vec![clean(&authority(url))];
    let path = url.path().trim_start_matches('/');
    parts.extend(path.split('/').map(clean));
    let last = parts.pop().unwrap_or_default();
    let stem = last
        .rsplit_once('.')
        .map_or(last.as_str(), |(stem, _)| stem);
    let stem = if stem.is_empty() { "index" } else { stem };
    parts.retain(|part| !part.is_empty());
    format!("{}/{stem}~{}.{extension}", parts.join("/"), &hash[..8])
}

fn clean(name: &str) -> String {
    let kept = name
        .chars()
        .map(|c| match c.is_ascii_alphanumeric() || "-_.".contains(c) {
            true => c,
            false => '-',
        });
    let kept: String = kept.take(MAX_NAME).collect();
    kept.trim_start_matches('.').to_owned()
}

/// What the file holds. Text is turned into UTF-8 here, because only the server's answer says what it was.
pub(super) fn content(answer: &Fetched, format: Format) -> Result<Vec<u8>, Fault> {
    if format == Format::Pdf {
        return Ok(answer.body.clone());
    }
    let text = decode(
        &answer.body,
        answer.charset.as_deref(),
        format == Format::Html,
    )?;
    Ok([MARK, text.as_bytes()].concat())
}

/// The whole file at once: a crash leaves the old one or the new one.
pub(super) fn write(folder: &Path, file: &str, content: &[u8]) -> Result<(), KbError> {
    let path = folder.join(file);
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(KbError::io(parent))?;
    let temporary = folder.join(".page.new");
    fs::write(&temporary, content).map_err(KbError::io(&temporary))?;
    fs::rename(&temporary, &path).map_err(KbError::io(&path))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::file_name;
    use crate::read::Format;

    #[test]
    fn names_are_like_addresses_and_never_lead_elsewhere() {
        let name = |url: &str| file_name(&Url::parse(url).unwrap(), Format::Html);
        assert!(name("https://x.example/").starts_with("x.example/index~"));
        assert!(name("https://x.example/docs/start.html").starts_with("x.example/docs/start~"));
        assert_ne!(
            name("https://x.example/a?p=1"),
            name("https://x.example/a?p=2")
        );
        for odd in [
            "https://x.example/%2e%2e/..%2f/a",
            "https://x.example//..//.hidden/",
            "http://[::1]:80/%00",
        ] {
            let name = name(odd);
            assert!(
                name.split('/')
                    .all(|part| !part.is_empty() && !part.starts_with('.')),
                "{name}"
            );
        }
    }
}
