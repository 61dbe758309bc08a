//! Files and quotes on their way out.

use bytes::Bytes;
use hinny_bridges::{Line as Shown, PostId};

use super::wall::{Call, lines_of};
use super::*;
use crate::body::FileRef;
use crate::ids::MessageId;
use crate::store::DeliveryKind::Line;

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x02\x08\x06\0\0\0\0\0\0\0\0\0\0\0IEND\xaeB`\x82";

fn message(text: &str, files: Vec<FileRef>, quotes: Option<&str>) -> Option<Body> {
    Some(Body::Message {
        text: Text::plain(text),
        sources: Vec::new(),
        name: None,
        avatar: None,
        files,
        quotes: quotes.map(MessageId::from),
    })
}

impl Room {
    fn files(&self) -> Files {
        Files::open(self.folder.path(), self.store.clone(), 1_000_000).unwrap()
    }

    async fn sent(&self, words: &str) -> Shown {
        let said = |calls: &[Call]| {
            let mut lines = calls.iter().flat_map(lines_of);
            lines
                .find(|line| line.text.to_plain().starts_with(words))
                .cloned()
        };
        self.wall.until(words, said).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_out_with_its_name_its_type_and_its_bytes() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let files = room.files();
    let kept = files
        .keep(&room.site, "a.png", Bytes::from_static(PNG))
        .await;
    let body = message("look", vec![kept.unwrap()], None);
    room.happens(said("m2"), body, &[Line]).await;
    let line = room.sent("look").await;
    assert_eq!(line.files.len(), 1);
    let file = &line.files[0];
    assert_eq!(
        (file.name.as_str(), file.mime.as_str()),
        ("a.png", "image/png")
    );
    assert_eq!(file.bytes, PNG);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_any_more_is_named_and_the_words_go() {
    let room = room_with(true).await;
    room.with_line("hello").await;
    let files = room.files();
    let kept = files
        .keep(&room.site, "a.png", Bytes::from_static(PNG))
        .await;
    let kept = kept.unwrap();
    files.remove(&kept.id).await.unwrap();
    let body = message("look", vec![kept], None);
    room.happens(said("m2"), body, &[Line]).await;
    let line = room.sent("look").await;
    assert!(line.files.is_empty());
    let text = line.text.to_plain();
    assert!(text.contains("a.png is not there any more"), "{text}");
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_points_at_the_post_of_what_it_answers() {
    let room = room_with(true).await;
    let first = room.with_line("my order is 41").await;
    let posts = room
        .store
        .posts_of(&room.conversation, first)
        .await
        .unwrap();
    let post: &PostId = &posts[0].post;
    let body = message("that one", Vec::new(), Some("m1"));
    room.happens(said("m2"), body, &[Line]).await;
    assert_eq!(room.sent("that one").await.quotes.as_ref(), Some(post));
    let body = message("none", Vec::new(), Some("nobody's"));
    room.happens(said("m3"), body, &[Line]).await;
    assert_eq!(room.sent("none").await.quotes, None);
    room.engine.stop().await;
}
