//! Parsers against broken input: good files of every kind, changed byte by byte and piece by piece. Nothing may panic,
//! take long, or make much of little. PDF files are put to the same test through the real program, because the library
//! that reads them may end its process.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use url::Url;

use crate::crawl::fuzzed as crawled;
use crate::draft::fuzzed as drafted;
use crate::links::absolute;
use crate::read::{Format, decode, front_matter, read};

const MARKDOWN: &str = "---\ntitle: Help\nslug: /a\nsearch: {exclude: false}\n---\n# Help {#top}\n\nSee [this](../b.md#c 'x') \
    and [that][r] or ![p](p.png).\n\n## Why?\n\n> - **Because** `x`\n>   1. y\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sh\nrun\n```\n\
    <!-- note -->\n\n<details>\n\n[r]: ./r.md\n[^1]: foot\n";
const MDX: &str = "---\ntitle: T\n---\nimport A, {b} from 'c';\n\nexport const d = (e) => {\n\n  return `${e} }`; // }\n};\n\n## Why {/* #w */}\n\n\
    <Tabs>\n  <TabItem label=\"x\" y={{z: '}'}}>\n    - {/* note */} a {'b'} <B.c/> `{d}`\n\n    ```js\n    <a>\n    ```\n  </TabItem>\n</Tabs>\n\n\
    :::tip[Title]\nText <!-- x --> <br/> {#id} <style>{`a`}</style>\n:::\n\n```mdx-code-block\n<A>\n```\n";
const TOML: &str = "+++\ntitle = \"A\"\ndate = 2026-01-01T00:00:00Z\n[menu.main]\nweight = [1, { x = 2 }]\n+++\ntext\n";
const HTML: &str = "<!doctype html><html><head><meta charset=utf-8><title>T | S</title><base href=/x/><link rel=canonical href=y>\
    <meta name=robots content='noindex'><script type='application/ld+json'>{\"@graph\":[{\"@type\":\"FAQPage\",\"mainEntity\":\
    [{\"@type\":\"Question\",\"name\":\"Q?\",\"acceptedAnswer\":{\"text\":\"<p>A\"}}]}]}</script></head><body><nav><a href=1>1</a></nav>\
    <div class=x><h1 id=a>T<a href=#a>#</a></h1><p>Text &amp; <b>more</b></p><table><tr><td>c</table><details><summary>S?</summary>B</details>\
    <dl><dt>How is it<dd>Good</dl><pre>code\n  x</pre><ul><li>one<li>two</ul></div></body></html>";
const YAML: &str = "entries:\n  - question: &q Why?\n    alternates: [a, \"b\", 'c']\n    answer: |\n      Because\n      {{signed.plan}}\n    requires: {identity: true}\n  - question: *q\n    answer: >-\n      x\n";
const JSON: &str = "{\"entries\": [{\"question\": \"A\\u00e4?\", \"answer\": \"a\", \"alternates\": [\"b\"], \"x\": {\"y\": [1e9, null]}}]}";
const CSV: &str = "question,answer,alternates,url\n\"a, \"\"b\"\"?\",\"line\nline\",x|y,https://x.example\nc;d,e,f,g\n";
const SITEMAP: &str = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'v'>]><urlset xmlns:i='u'><url><loc>https://x.example/&amp;&e;&#65;</loc>\
    <i:image><i:loc>p</i:loc></i:image></url><sitemap><loc><![CDATA[b]]></loc></sitemap></urlset>";
const ROBOTS: &str = "User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 1e9\nSitemap: https://x.example/s.xml\n\nUser-agent: hinny\nDisallow: /%zz\n";

const SEEDS: [&str; 10] = [
    MARKDOWN,
    MDX,
    TOML,
    HTML,
    YAML,
    JSON,
    CSV,
    SITEMAP,
    ROBOTS,
    "größe ＡＢ\u{200b}\n",
];
/// What parsers stumble over, to be put anywhere.
const STONES: [&[u8]; 31] = [
    b"{",
    b"`",
    b"/*",
    b"<a b={",
    b"\nimport a from '",
    b"\nexport const a = (\n\n",
    b"${",
    b"\0",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xf0\x9f\x98",
    b"\r",
    b"\n---\n",
    b"\n+++\n",
    b"<!--",
    b"]]>",
    b"&#x110000;",
    b"{#",
    b"[[[[[[[[",
    b"((((((((",
    b"********",
    b"> > > > ",
    b"<div><div><div>",
    b"\"",
    b"'",
    b"&a *a ",
    b"{{",
    b"\\",
    b"%",
];

/// One change of a file.
#[derive(Clone, Debug)]
enum Change {
    Set(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize, usize),
    Put(usize, usize),
    Splice(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0..2_000_usize;
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (at.clone(), 1..200_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (at.clone(), 1..60_usize, 1..300_usize)
            .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (at.clone(), 0..STONES.len()).prop_map(|(at, stone)| Change::Put(at, stone)),
        (at, 0..SEEDS.len()).prop_map(|(at, seed)| Change::Splice(at, seed)),
    ]
}

fn changed(seed: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for change in changes {
        let length = bytes.len();
        let place = |at: usize| if length == 0 { 0 } else { at % length };
        let put = |bytes: &mut Vec<u8>, at: usize, piece: Vec<u8>| {
            bytes.splice(at..at, piece);
        };
        match *change {
            Change::Set(at, byte) if length > 0 => bytes[place(at)] = byte,
            Change::Cut(at, many) => {
                let at = place(at);
                bytes.drain(at..(at + many).min(length));
            }
            Change::Repeat(at, many, times) => {
                let at = place(at);
                let piece = bytes[at..(at + many).min(length)].repeat(times);
                put(&mut bytes, at, piece);
            }
            Change::Put(at, stone) => put(&mut bytes, place(at), STONES[stone].to_vec()),
            Change::Splice(at, seed) => put(&mut bytes, place(at), SEEDS[seed].as_bytes().to_vec()),
            Change::Set(..) => {}
        }
        bytes.truncate(100_000);
    }
    bytes
}

const FORMATS: [Format; 7] = [
    Format::Yaml,
    Format::Json,
    Format::JsonLines,
    Format::Csv,
    Format::Markdown,
    Format::Html,
    Format::Text,
];
/// Far more than any of them needs, also on a machine that has other things to do.
const WITHIN: Duration = Duration::from_secs(20);

/// Everything that looks at bytes of strangers.
fn all_hold(bytes: &[u8]) {
    let begun = Instant::now();
    // Escapes double a character, titles are said with every piece, and messages quote a little.
    let most = bytes.len() * 40 + 100_000;
    let files = FORMATS.map(|format| (format, "name.x"));
    for (format, name) in files.into_iter().chain([(Format::Markdown, "name.mdx")]) {
        let reading = read(format, name, bytes);
        let said: usize = reading.drafts.iter().map(|draft| draft.body.len()).sum();
        assert!(
            said <= most,
            "{format:?} makes {said} bytes of {} in {name}",
            bytes.len()
        );
        assert!(
            reading
                .drafts
                .iter()
                .all(|draft| !draft.body.trim().is_empty())
        );
        assert!(
            reading.faults.len() <= 21
                && reading.faults.iter().all(|fault| fault.what.len() < 2_000)
        );
    }
    let text = decode(bytes, Some("shift_jis"), true).unwrap_or_default();
    front_matter(&text).ok();
    let other = absolute(&text, &|href| {
        (!href.contains(':')).then(|| format!("https://x.example/{}", href.len()))
    });
    assert!(other.len() <= most);
    crawled(bytes, &Url::parse("https://x.example/a/b?c").unwrap());
    drafted(&text);
    assert!(
        begun.elapsed() < WITHIN,
        "{:?} for {} bytes",
        begun.elapsed(),
        bytes.len()
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(9),
        failure_persistence: None,
        cases: 400,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_changed_file_breaks_a_parser(
        seed in 0..SEEDS.len(),
        changes in prop::collection::vec(change(), 0..12),
    ) {
        all_hold(&changed(SEEDS[seed], &changes));
    }

    #[test]
    fn no_bytes_break_a_parser(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        all_hold(&bytes);
    }
}

/// What opens something, to be repeated without an end.
const PIECES: [&str; 41] = [
    ">",
    "> ",
    "[",
    "![",
    "*",
    "_",
    "`",
    "- ",
    "1. ",
    "(",
    "<div>",
    "<b>",
    "<a href=x>",
    "<table><tr><td>",
    "{",
    "[a](",
    "\n# a",
    "&amp;",
    "|",
    "\"",
    "<!--",
    "[a]: b\n",
    "<p>",
    "é",
    "\u{202e}",
    "<h1>",
    "<svg><math>",
    "- a\n  ",
    "<![CDATA[",
    "<loc>",
    "{/*",
    "{'\\",
    "{`${",
    "<a b={",
    "<a b='",
    "<br/>",
    "``a` ",
    ":::a\n",
    "<A>\n ",
    "import a from 'b'\n",
    "export const a = {\n\n",
];

#[test]
fn nesting_without_end_takes_bounded_time() {
    for piece in PIECES {
        all_hold(piece.repeat(100_000 / piece.len()).as_bytes());
    }
}

#[test]
fn hostile_files_of_the_public_collections_are_only_files() {
    let corpora = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora");
    let files = walkdir::WalkDir::new(&corpora).into_iter().flatten();
    let mut seen = 0;
    for file in files.filter(|file| file.file_type().is_file()) {
        let small = file.metadata().is_ok_and(|data| data.len() < 200_000);
        if let Some(bytes) = small.then(|| std::fs::read(file.path()).ok()).flatten() {
            seen += 1;
            all_hold(&bytes);
        }
    }
    match corpora.exists() {
        true => assert!(seen > 10, "only {seen} files were found"),
        false => println!("skipped: ../shared/corpora is absent"),
    }
}

#[test]
fn one_endless_line_is_bounded_in_every_format() {
    let line = "word ".repeat(10 << 20);
    let begun = Instant::now();
    for format in [Format::Csv, Format::JsonLines] {
        let reading = read(
            format,
            "a",
            format!("question,answer\n{line},{line}").as_bytes(),
        );
        assert!(
            reading.drafts.is_empty() && !reading.faults.is_empty(),
            "{format:?}"
        );
    }
    let page = &line[..8 << 20];
    for format in [
        Format::Yaml,
        Format::Json,
        Format::Markdown,
        Format::Html,
        Format::Text,
    ] {
        let reading = read(format, "a", page.as_bytes());
        assert!(
            reading.drafts.iter().all(|draft| draft.body.len() <= 4_100),
            "{format:?}"
        );
    }
    assert!(begun.elapsed() < WITHIN * 3, "{:?}", begun.elapsed());
}
