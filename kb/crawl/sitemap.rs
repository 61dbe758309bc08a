//! Sitemaps: lists of a site's pages, and lists of such lists; plain or packed, as XML or as text with an address a line.
//! <https://www.sitemaps.org/protocol.html>

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::fetch::unpacked;
use crate::read::decode;

/// What the protocol allows for one file.
pub(super) const MAX_BYTES: usize = 50 << 20;
const MAX_ADDRESSES: usize = 50_000;
/// No address is longer.
const MAX_ADDRESS: usize = 2_048;

/// What one file lists, as it is written there.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Listed {
    pub pages: Vec<String>,
    pub sitemaps: Vec<String>,
}

/// Reads a sitemap; what cannot be understood is passed over.
pub(crate) fn read(bytes: &[u8]) -> Listed {
    let unpacked = match bytes.starts_with(b"\x1f\x8b") {
        true => unpacked(bytes, MAX_BYTES).unwrap_or_default(),
        false => bytes.to_vec(),
    };
    let Ok(text) = decode(&unpacked, None, false) else {
        return Listed::default();
    };
    match text.trim_start().starts_with('<') {
        true => xml(text.trim_start()),
        false => Listed {
            pages: lines(&text),
            sitemaps: Vec::new(),
        },
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let web = lines.filter(|line| line.starts_with("http") && line.len() <= MAX_ADDRESS);
    web.take(MAX_ADDRESSES).map(str::to_owned).collect()
}

fn xml(text: &str) -> Listed {
    let mut reader = Reader::from_str(text);
    let (mut listed, mut in_sitemap) = (Listed::default(), false);
    let mut address: Option<String> = None;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "sitemap" => in_sitemap = true,
                "url" => in_sitemap = false,
                // Pictures of a page have a `loc` of their own, with a prefix.
                "loc" if tag.name().prefix().is_none() => address = Some(String::new()),
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "loc" => {
                let found = address.take().map(|address| address.trim().to_owned());
                let list = if in_sitemap {
                    &mut listed.sitemaps
                } else {
                    &mut listed.pages
                };
                list.extend(found.filter(|found| !found.is_empty()));
                if list.len() >= MAX_ADDRESSES {
                    break;
                }
            }
            Event::Text(part) => say(&mut address, &part),
            Event::CData(part) => say(&mut address, &part),
            Event::GeneralRef(part) => say(&mut address, &meaning(&part)),
            Event::Eof => break,
            _ => {}
        }
    }
    listed
}

fn say(address: &mut Option<String>, part: &str) {
    if let Some(address) = address
        && address.len() + part.len() <= MAX_ADDRESS
    {
        address.push_str(part);
    }
}

fn meaning(part: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = part.resolve_char_ref() {
        return c.to_string();
    }
    let name: &str = part;
    quick_xml::escape::resolve_predefined_entity(name)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::read;

    const PAGES: &str = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
        xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>\
        <url><loc> https://x.example/a?b=1&amp;c=2 </loc><lastmod>2026-01-01</lastmod>\
        <image:image><image:loc>https://x.example/p.png</image:loc></image:image></url>\
        <url><loc><![CDATA[https://x.example/d]]></loc></url></urlset>";

    #[test]
    fn pages_and_lists_of_lists() {
        assert_eq!(
            read(PAGES.as_bytes()).pages,
            ["https://x.example/a?b=1&c=2", "https://x.example/d"]
        );
        let index =
            "<sitemapindex><sitemap><loc>https://x.example/1.xml.gz</loc></sitemap></sitemapindex>";
        assert_eq!(
            read(index.as_bytes()).sitemaps,
            ["https://x.example/1.xml.gz"]
        );
        let text = "https://x.example/a\nnonsense\nhttps://x.example/b\n";
        assert_eq!(read(text.as_bytes()).pages.len(), 2);
    }

    #[test]
    fn a_packed_sitemap_is_unpacked_and_a_bomb_is_not() {
        let pack = |bytes: &[u8]| {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        };
        assert_eq!(read(&pack(PAGES.as_bytes())).pages.len(), 2);
        assert_eq!(read(&pack(&vec![b' '; 60 << 20])), super::Listed::default());
    }

    #[test]
    fn broken_sitemaps_give_what_can_be_read() {
        let cut = &PAGES.as_bytes()[..PAGES.len() - 40];
        assert!(!read(cut).pages.is_empty());
        assert_eq!(read(b"<a><b></a>\0\xff"), super::Listed::default());
    }
}
