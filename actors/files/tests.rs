//! Files on a real disk with a real store: what is taken and what is not, what is kept, and what goes.

use std::sync::Arc;

use bytes::Bytes;
use tempfile::TempDir;

use super::*;
use crate::body::Body;

use crate::store::suite::{Talk, add, said};
use crate::store::{FileStore, PeopleStore, SqliteStore};
use hinny_bridges::text::Text;

const LIMIT: u64 = 1_024;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// A picture of one pixel by two, by the format's own description (<https://www.w3.org/TR/png-3/#11IHDR>).
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x02\x08\x06\0\0\0\0\0\0\0\0\0\0\0IEND\xaeB`\x82";
const GIF: &[u8] = b"GIF89a\x03\0\x04\0\0\0\0;\xff";
const WEBP: &[u8] = b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x04\0\0\x05\0\0";
const PDF: &[u8] = b"%PDF-1.4\n%%EOF";
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2";
const M4A: &[u8] = b"\0\0\0\x18ftypM4A \0\0\x02\0";
const MP3: &[u8] = b"ID3\x03\0\0\0\0\0\0\xff\xfb";
const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0";
const WEBM: &[u8] = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm\xff";
const ELF: &[u8] = &[
    b'\x7f', b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0, 1, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 56, 0,
];
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";

struct Room {
    files: Files,
    store: Arc<SqliteStore>,
    folder: TempDir,
}

async fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
    Room {
        files: Files::open(folder.path(), store.clone(), LIMIT).unwrap(),
        store,
        folder,
    }
}

impl Room {
    async fn keep(&self, name: &str, bytes: &[u8]) -> Result<FileRef, FileRefused> {
        let site = SiteId::from("shop");
        self.files
            .keep(&site, name, Bytes::copy_from_slice(bytes))
            .await
    }

    /// How many files' bytes there are.
    fn on_disk(&self) -> usize {
        let folder = self.folder.path().join(FOLDER).join("shop");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_browsers_show_is_taken_by_its_bytes() {
    let room = room().await;
    let cases: &[(&str, &[u8], &str)] = &[
        ("a.png", PNG, "image/png"),
        ("b.JPG", JPEG, "image/jpeg"),
        ("c.gif", GIF, "image/gif"),
        ("d.webp", WEBP, "image/webp"),
        ("e.pdf", PDF, "application/pdf"),
        ("f.log", "žluťoučký\tkůň\r\n".as_bytes(), "text/plain"),
        ("g.mp4", MP4, "video/mp4"),
        ("h.webm", WEBM, "video/webm"),
        ("i.mp3", MP3, "audio/mpeg"),
        ("j.oga", OGG, "audio/ogg"),
        ("k.m4a", M4A, "audio/mp4"),
        // Looks like a picture's first letters, but is a sentence.
        ("l.txt", b"BM is short for Bob Marley", "text/plain"),
    ];
    for (name, bytes, mime) in cases {
        let file = room.keep(name, bytes).await.unwrap();
        assert_eq!((file.name.as_str(), file.mime.as_str()), (*name, *mime));
        assert!(TYPES.contains(&file.mime.as_str()), "{name}");
        assert_eq!(
            &room.files.load(&file.id).await.unwrap()[..],
            *bytes,
            "{name}"
        );
    }
    let known: Vec<_> = cases.iter().map(|(_, _, mime)| mime).collect();
    assert!(TYPES.iter().all(|mime| known.contains(&mime)));
}

/// A name, its bytes, and a part of what the sender is told.
const REFUSED: &[(&str, &[u8], &str)] = &[
    ("a.png", b"", "is empty"),
    ("a.txt", b" \n ", "is empty"),
    ("a.txt", &[b'a'; LIMIT as usize + 1], "at most 1 KB"),
    ("a.zip", b"PK\x03\x04\x14\0\0\0", "Archives"),
    ("a.docx", b"PK\x03\x04\x14\0\0\0word/", "Archives"),
    ("a.pdf", b"PK\x03\x04\x14\0\0\0", "Archives"),
    ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0", "Archives"),
    ("a.svg", b"<svg onload=\"alert(1)\"/>", "SVG"),
    (
        "a.svg",
        b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- x --><SVG>",
        "SVG",
    ),
    ("a.txt", b"<svg/onload=alert(1)>", "SVG"),
    ("a.png", b"<!doctype html><svg>", "SVG"),
    ("a.svg", b"plain words", "SVG"),
    ("a.html", b"<html><script>alert(1)</script>", "Web pages"),
    ("a.txt", b"  <script >alert(1)</script>", "Web pages"),
    ("a.xml", b"<?xml version=\"1.0\"?><a/>", "Web pages"),
    ("a.html", b"only words", "Web pages"),
    ("a.exe", b"MZ\x90\0\x03\0\0\0\x04\0", "Programs"),
    ("a.txt", b"#!/bin/sh\nrm -rf ~\n", "Programs"),
    ("a.php", b"<?php echo 1;", "Programs"),
    ("a.js", b"alert(1)", "Programs"),
    ("a.png.exe", PNG, "Programs"),
    ("a.elf", ELF, "Programs"),
    ("a.png", PDF, "ends with .png, but it is a PDF"),
    ("a.pdf", PNG, "ends with .pdf, but it is a PNG"),
    ("a.txt", PNG, "ends with .txt, but it is a PNG"),
    (
        "a.png",
        b"just words",
        "ends with .png, but it is plain text",
    ),
    ("a.bin", b"\x00\x01\x02\x03", "Files of this kind"),
    ("a.txt", b"bell \x07", "Files of this kind"),
    ("a.txt", b"latin \xe4", "Files of this kind"),
    (
        "a.webm",
        b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska",
        "Files of this kind",
    ),
    ("a.bmp", b"BM\x1e\0\0\0\0\0\0\0", "Files of this kind"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_gets_a_reason_and_leaves_nothing() {
    let room = room().await;
    for (name, bytes, reason) in REFUSED {
        let refused = room.keep(name, bytes).await.unwrap_err().to_string();
        assert!(refused.contains(reason), "{name} {bytes:?}: {refused}");
    }
    assert_eq!(room.on_disk(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_what_people_see() {
    let room = room().await;
    let long = format!("{}.png", "ä".repeat(500));
    for (name, kept) in [
        ("../../etc/pass\0wd.png", "passwd.png"),
        ("C:\\photos\\me.png", "me.png"),
        ("  my   holiday .png ", "my holiday .png"),
        ("gpj.\u{202e}gnp.png", "gpj.gnp.png"),
        ("shot", "shot.png"),
        ("", "file.png"),
        ("...", "file.png"),
        ("report v1.2", "report v1.2.png"),
        ("a\"b;c.png", "ab;c.png"),
    ] {
        assert_eq!(room.keep(name, PNG).await.unwrap().name, kept, "{name:?}");
    }
    let kept = room.keep(&long, PNG).await.unwrap().name;
    assert!(kept.ends_with("ä.png") && kept.chars().count() == 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_tell_their_size() {
    let room = room().await;
    for (name, bytes, size) in [
        ("a.png", PNG, (Some(1), Some(2))),
        ("a.gif", GIF, (Some(3), Some(4))),
        ("a.webp", WEBP, (Some(5), Some(6))),
        // Broken off before it says so: a picture all the same.
        ("a.jpg", JPEG, (None, None)),
        ("a.pdf", PDF, (None, None)),
    ] {
        let file = room.keep(name, bytes).await.unwrap();
        assert_eq!((file.width, file.height), size, "{name}");
        assert_eq!(file.size, bytes.len() as u64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_file_is_gone_for_good() {
    let room = room().await;
    let file = room.keep("a.png", PNG).await.unwrap();
    room.files.remove(&file.id).await.unwrap();
    assert!(matches!(room.files.load(&file.id).await, Err(NoFile::Gone)));
    assert_eq!(room.store.file(&file.id).await.unwrap(), None);
    assert_eq!(room.on_disk(), 0);
    room.files.remove(&file.id).await.unwrap();
}

/// A conversation whose only message has `files`.
async fn say(talk: &Talk<'_>, files: Vec<FileRef>) {
    let mut change = talk.change(0, "said");
    let mut body = Body::words(Text::plain("look"));
    if let Body::Message { files: there, .. } = &mut body {
        *there = files;
    }
    add(&mut change, said("m1"), Some(body));
    talk.commit(change).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nobody_says_goes_after_a_day() {
    let room = room().await;
    let kept = room.keep("a.png", PNG).await.unwrap();
    let unsaid = room.keep("b.png", PNG).await.unwrap();
    let talk = Talk::begin(room.store.as_ref(), "shop").await;
    say(&talk, vec![kept.clone()]).await;
    let row = room.store.file(&kept.id).await.unwrap().unwrap();
    assert_eq!(row.conversation, Some(talk.id.clone()));

    let now = clock::now();
    assert_eq!(room.files.sweep(now + DAY - 60_000).await.unwrap(), 0);
    assert_eq!(room.files.sweep(now + DAY + 60_000).await.unwrap(), 1);
    assert_eq!(room.files.sweep(now + 2 * DAY).await.unwrap(), 0);
    assert!(room.files.load(&unsaid.id).await.is_err());
    assert_eq!(&room.files.load(&kept.id).await.unwrap()[..], PNG);
    assert_eq!(room.on_disk(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_picture_stays_though_no_message_has_it() {
    let room = room().await;
    let site = SiteId::from("shop");
    let keep = |bytes: &'static [u8]| room.files.keep_picture(&site, Bytes::from_static(bytes));
    let (picture, other) = (keep(PNG).await.unwrap(), keep(GIF).await.unwrap());
    assert!(keep(PDF).await.is_err());
    let store = &room.store;
    store.add_face(&site, "ann.png", &picture.id).await.unwrap();
    // Two of her lines may have copied it at the same time: the first one counts.
    store.add_face(&site, "ann.png", &other.id).await.unwrap();
    assert_eq!(room.files.sweep(clock::now() + 2 * DAY).await.unwrap(), 1);
    let face = store.face(&site, "ann.png").await.unwrap();
    assert_eq!(face.as_ref(), Some(&picture.id));
    assert_eq!(&room.files.load(&picture.id).await.unwrap()[..], PNG);
    let lab = SiteId::from("lab");
    assert_eq!(store.face(&lab, "ann.png").await.unwrap(), None);
    assert_eq!(store.face(&site, "bob.png").await.unwrap(), None);
}

/// Whoever asks for a file between two steps of its removal finds nothing, and the next sweep ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_was_cut_off_is_ended_by_the_next_sweep() {
    let room = room().await;
    let file = room.keep("a.png", PNG).await.unwrap();
    room.store.drop_file(&file.id).await.unwrap();
    assert!(room.files.load(&file.id).await.is_err());
    assert_eq!(room.on_disk(), 1);
    assert_eq!(room.files.sweep(clock::now()).await.unwrap(), 1);
    assert_eq!(room.on_disk(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_stays_with_the_first_message_that_has_it() {
    let room = room().await;
    let file = room.keep("a.png", PNG).await.unwrap();
    let (first, second) = (
        Talk::begin(room.store.as_ref(), "shop").await,
        Talk::begin(room.store.as_ref(), "shop").await,
    );
    say(&first, vec![file.clone()]).await;
    say(&second, vec![file.clone()]).await;
    let row = room.store.file(&file.id).await.unwrap().unwrap();
    assert_eq!(row.conversation, Some(first.id.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitors_file_is_found_by_who_they_turn_out_to_be() {
    let room = room().await;
    let talk = Talk::begin(room.store.as_ref(), "shop").await;
    let visitor = &talk.session.visitor;
    let bytes = Bytes::from_static(PNG);
    let kept = room.files.keep_for(&talk.site, visitor, "a.png", bytes);
    let file = kept.await.unwrap();
    let owner = |row: Option<FileRow>| row.unwrap().visitor;
    let row = room.store.file(&file.id).await.unwrap();
    assert_eq!(owner(row).as_ref(), Some(visitor));
    let ada = crate::store::suite::profile("ada", "Ada");
    let known = room
        .store
        .identify(&talk.site, Some(&talk.session.id), &ada, 2)
        .await
        .unwrap();
    let row = room.store.file(&file.id).await.unwrap();
    assert_eq!(owner(row), Some(known.session.visitor));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_all_files_and_never_overwrites() {
    let room = room().await;
    let file = room.keep("a.png", PNG).await.unwrap();
    let to = room.folder.path().join("copy.files");
    assert_eq!(copy_to(room.folder.path(), &to).await.unwrap(), 1);
    let copied = std::fs::read(to.join("shop").join(file.id.as_str())).unwrap();
    assert_eq!(copied, PNG);
    let again = copy_to(room.folder.path(), &to).await.unwrap_err();
    assert!(matches!(again, CopyError::Exists(_)), "{again}");
    let empty = tempfile::tempdir().unwrap();
    let to = empty.path().join("copy.files");
    assert_eq!(copy_to(empty.path(), &to).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_of_the_server_looks_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let room = room().await;
    let folder = room.folder.path().join(FOLDER);
    let mode = std::fs::metadata(folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
