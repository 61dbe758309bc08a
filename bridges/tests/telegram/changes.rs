//! What becomes of posts that exist: edits, deletions and signs, and when there is nothing to change any more.

use hinny_bridges::{Attachment, Sign};

use super::*;
use platform::BotRole;

#[tokio::test]
async fn an_edited_line_grows_and_shrinks() {
    let desk = Desk::open().await;
    let long = |times: usize| line("d1", &"word ".repeat(times));
    let posts = desk.bridge.send(&desk.thread, &[long(100)]).await.unwrap();
    let grown = desk.edits(&posts, &[long(2_000)]).await;
    let last: Vec<bool> = grown.iter().map(|post| post.carries[0].last).collect();
    assert_eq!(last, [false, false, true]);
    assert_eq!(desk.server.posts(desk.topic).len(), 3);
    let shrunk = desk.edits(&grown, &[long(1)]).await;
    let carried: Vec<usize> = shrunk.iter().map(|post| post.carries.len()).collect();
    assert_eq!(
        carried.iter().sum::<usize>(),
        1,
        "the others carry nothing any more"
    );
    assert_eq!(
        desk.server.posts(desk.topic)[0].text,
        "Ada (visitor)\nword "
    );
    assert_eq!(desk.server.posts(desk.topic).len(), 1);
}

#[tokio::test]
async fn joined_lines_stay_together_when_one_changes() {
    let desk = Desk::open().await;
    let batch = ["one", "two", "three"].map(|text| line(text, text));
    let posts = desk.bridge.send(&desk.thread, &batch).await.unwrap();
    let changed = [line("one", "one"), line("two", "2"), line("three", "three")];
    let now = desk.edits(&posts, &changed).await;
    assert_eq!(now, posts);
    assert_eq!(desk.shown(&posts)[0].text, "Ada (visitor)\none\n2\nthree");
    // The second is taken back: the others stay.
    desk.edits(&posts, &[line("one", "one"), line("three", "three")])
        .await;
    assert_eq!(desk.shown(&posts)[0].text, "Ada (visitor)\none\nthree");
}

#[tokio::test]
async fn an_edit_that_changes_nothing_costs_nothing() {
    let desk = Desk::open().await;
    let posts = desk
        .bridge
        .send(&desk.thread, &[line("d1", "one")])
        .await
        .unwrap();
    for text in ["one", "two", "two"] {
        desk.edits(&posts, &[line("d1", text)]).await;
    }
    assert_eq!(desk.server.calls("editMessageText").len(), 1);
    // After a restart the bridge does not know what is shown, and Telegram says that it is the same.
    let another = Telegram::new(config(&desk.server.url())).unwrap();
    let change = PostChange::Edit(vec![line("d1", "two")]);
    let now = another
        .change(&desk.thread, &[posts[0].id.clone()], &change)
        .await
        .unwrap();
    assert_eq!(now, posts);
}

#[tokio::test]
async fn files_stay_when_their_words_change() {
    let desk = Desk::open().await;
    let mut line = line("d1", "look");
    line.files = vec![Attachment {
        name: "a.txt".into(),
        mime: "text/plain".into(),
        bytes: "words".into(),
    }];
    let posts = desk
        .bridge
        .send(&desk.thread, &[line.clone()])
        .await
        .unwrap();
    line.text = raw("look here");
    let now = desk.edits(&posts, &[line]).await;
    assert_eq!(now, posts);
    let shown = desk.shown(&posts);
    assert_eq!(shown[0].text, "Ada (visitor)\nlook here");
    assert!(shown[1].file.is_some());
}

#[tokio::test]
async fn a_file_that_is_refused_becomes_a_line() {
    let desk = Desk::open().await;
    let file = |name: &str, mime: &str, bytes: &'static [u8]| Attachment {
        name: name.to_owned(),
        mime: mime.to_owned(),
        bytes: bytes.into(),
    };
    let mut line = line("d1", "look");
    line.files = vec![
        file("no picture.png", "image/png", b"words"),
        file("@ann.txt", "text/plain", b""),
    ];
    let posts = desk.bridge.send(&desk.thread, &[line]).await.unwrap();
    let shown = desk.shown(&posts);
    assert_eq!(shown[1].file.as_ref().unwrap().0, "document");
    assert_eq!(shown[2].text, "(file @ann.txt could not be shown here)");
    assert!(shown[2].pings.is_empty());
}

#[tokio::test]
async fn what_is_gone_is_no_error() {
    let desk = Desk::open().await;
    let posts = desk
        .bridge
        .send(&desk.thread, &[line("d1", "one")])
        .await
        .unwrap();
    let message = desk.server.posts(desk.topic)[0].id;
    desk.ann().deletes(message);
    let now = desk.edits(&posts, &[line("d1", "two")]).await;
    assert!(now[0].carries.is_empty());
    let ids = [posts[0].id.clone()];
    for change in [
        PostChange::Delete,
        PostChange::React {
            sign: Sign::Seen,
            on: true,
        },
    ] {
        assert_eq!(
            desk.bridge
                .change(&desk.thread, &ids, &change)
                .await
                .unwrap(),
            []
        );
    }
}

#[tokio::test]
async fn an_old_post_is_blanked_where_it_cannot_be_deleted() {
    let desk = Desk::open().await;
    let posts = desk
        .bridge
        .send(&desk.thread, &[line("d1", "my password")])
        .await
        .unwrap();
    desk.server.two_days_pass();
    desk.server.set_bot(
        CHAT,
        BotRole::Admin {
            topics: true,
            delete: false,
        },
    );
    let ids = [posts[0].id.clone()];
    desk.bridge
        .change(&desk.thread, &ids, &PostChange::Delete)
        .await
        .unwrap();
    assert_eq!(desk.shown(&posts)[0].text, "(removed)");
    desk.server.set_bot(
        CHAT,
        BotRole::Admin {
            topics: true,
            delete: true,
        },
    );
    desk.bridge
        .change(&desk.thread, &ids, &PostChange::Delete)
        .await
        .unwrap();
    assert!(desk.shown(&posts).is_empty());
}

#[tokio::test]
async fn a_group_that_forbids_reactions_is_left_in_peace() {
    let desk = Desk::open().await;
    desk.server
        .in_group(CHAT, |group| group.reactions = Some(Vec::new()));
    let message = desk.ann().says(desk.topic, "Hello");
    let change = PostChange::React {
        sign: Sign::Seen,
        on: true,
    };
    desk.bridge
        .change(&desk.thread, &[post_id(message)], &change)
        .await
        .unwrap();
    assert_eq!(desk.server.reaction(CHAT, message), None);
}
