//! The cells that are not about words: files, edits, deletions, answers, signs, typing.

use bytes::Bytes;
use hinny_bridges::{Attachment, FetchError, PostChange, RemoteFile, Sign};

use super::*;

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\npicture";

fn with_file(name: &str, mime: &str, bytes: &'static [u8]) -> Line {
    let mut line = line("d1", "Look");
    line.files = vec![Attachment {
        name: name.to_owned(),
        mime: mime.to_owned(),
        bytes: Bytes::from_static(bytes),
    }];
    line
}

/// What stands at the address of a message's first attachment.
async fn attached(desk: &Desk, message: &Message) -> Vec<u8> {
    let attachment = &message.attachments[0];
    let file = RemoteFile {
        name: attachment["filename"].as_str().unwrap().to_owned(),
        size: attachment["size"].as_u64().unwrap(),
        handle: attachment["url"].as_str().unwrap().to_owned(),
    };
    desk.bridge.fetch(&file, 1_000).await.unwrap()
}

#[tokio::test]
async fn images_out() {
    let desk = Desk::open().await;
    let shown = desk
        .sends(with_file("bike.png", "image/png", PICTURE))
        .await;
    assert_eq!(shown[0].content, "**Ada** (visitor)\nLook");
    assert_eq!(shown[1].attachments[0]["filename"], "bike.png");
    assert_eq!(attached(&desk, &shown[1]).await, PICTURE);
}

#[tokio::test]
async fn images_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    ann.uploads(desk.thread, "", &[("bike.png", PICTURE)]);
    let said = listening.said().await;
    assert!(said.text.is_empty());
    assert_eq!(
        (said.files[0].name.as_str(), said.files[0].size),
        ("bike.png", 15)
    );
    let bytes = desk.bridge.fetch(&said.files[0], 15).await.unwrap();
    assert_eq!(bytes, PICTURE);
}

#[tokio::test]
async fn files_out() {
    let desk = Desk::open().await;
    let line = with_file("Übersicht 1.pdf", "application/pdf", b"%PDF-1.7");
    let shown = desk.sends(line).await;
    assert_eq!(shown[1].attachments[0]["filename"], "Übersicht 1.pdf");
    assert_eq!(attached(&desk, &shown[1]).await, b"%PDF-1.7");
}

#[tokio::test]
async fn files_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    ann.uploads(
        desk.thread,
        "Two:",
        &[("a.pdf", b"%PDF"), ("b.txt", b"words")],
    );
    let said = listening.said().await;
    assert_eq!(said.text.to_plain(), "Two:");
    let fetch = async |file: &RemoteFile, limit| desk.bridge.fetch(file, limit).await;
    assert_eq!(fetch(&said.files[1], 5).await.unwrap(), b"words");
    assert!(matches!(
        fetch(&said.files[1], 4).await,
        Err(FetchError::TooLarge)
    ));
    // A size that lies does not help: what comes is counted.
    let mut liar = said.files[1].clone();
    liar.size = 1;
    assert!(matches!(fetch(&liar, 4).await, Err(FetchError::TooLarge)));
    // A signature that has died, and an address that is not Discord's.
    for handle in [
        format!("{}/attachments/1/2/b.txt?ex=0", desk.server.url()),
        "https://evil.example/b.txt".to_owned(),
        "http://cdn.discordapp.com/b.txt".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        liar.handle = handle;
        assert!(matches!(fetch(&liar, 9).await, Err(FetchError::Gone(_))));
    }
}

#[tokio::test]
async fn edits_out() {
    let desk = Desk::open().await;
    let shown = desk.sends(line("d1", "The old words")).await;
    let posts = [post_id(shown[0].id)];
    let change = PostChange::Edit(vec![line("d1", "The new words")]);
    let thread = &desk.opened.thread;
    desk.bridge.change(thread, &posts, &change).await.unwrap();
    let now = desk
        .server
        .look(|state| state.messages[&shown[0].id].clone());
    assert_eq!(now.content, "**Ada** (visitor)\nThe new words");
    assert!(now.edited.is_some());
}

#[tokio::test]
async fn edits_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    let said = ann.says(desk.thread, "The old words");
    assert_eq!(words(&listening.next().await), "The old words");
    // A preview of a link is no edit.
    ann.gets_preview(said);
    ann.edits(said, "The **new** words");
    ann.gets_preview(said);
    let first = listening.next().await;
    let Happened::Edited { post, text } = &first.what else {
        panic!("{first:?}");
    };
    assert_eq!(
        (post.clone(), text.to_plain().as_str()),
        (post_id(said), "The new words")
    );
    assert_eq!(first.agent.name, "Ann");
    // What comes once more has the same name.
    assert_eq!(listening.next().await.event_id, first.event_id);
}

#[tokio::test]
async fn deletes_out() {
    let desk = Desk::open().await;
    let shown = desk.sends(line("d1", "Never mind")).await;
    let posts = [post_id(shown[0].id)];
    let thread = &desk.opened.thread;
    let change = PostChange::Delete;
    desk.bridge.change(thread, &posts, &change).await.unwrap();
    assert!(
        desk.server
            .look(|state| !state.messages.contains_key(&shown[0].id))
    );
}

#[tokio::test]
async fn deletes_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    let said = ["a", "b", "c"].map(|text| ann.says(desk.thread, text));
    ann.deletes(said[0]);
    ann.deletes_all(desk.thread, &said[1..]);
    for _ in 0..3 {
        listening.said().await;
    }
    for id in said {
        let inbound = listening.next().await;
        assert_eq!(inbound.event_id, format!("deleted:{id}"));
        assert_eq!(inbound.what, Happened::Deleted { post: post_id(id) });
        assert_eq!(
            inbound.origin,
            hinny_bridges::Origin::Thread(desk.opened.thread.clone())
        );
    }
}

#[tokio::test]
async fn replies_out() {
    let desk = Desk::open().await;
    let said = desk.server.agent(ANN, "Ann").says(desk.thread, "Which?");
    let mut answer = line("d1", "The red one");
    answer.quotes = Some(post_id(said));
    let shown = desk.sends(answer).await;
    assert_eq!(shown[0].reference, Some((desk.thread, said)));
}

#[tokio::test]
async fn replies_in() {
    let desk = Desk::open().await;
    let shown = desk.sends(line("d1", "Which?")).await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    ann.replies(desk.thread, shown[0].id, "The red one");
    assert_eq!(listening.said().await.quotes, Some(post_id(shown[0].id)));
}

#[tokio::test]
async fn reactions_out() {
    let desk = Desk::open().await;
    let said = desk.server.agent(ANN, "Ann").says(desk.thread, "Hello");
    for (sign, emoji) in [
        (Sign::Seen, "👀"),
        (Sign::Failed, "⚠️"),
        (Sign::Recalled, "↩️"),
    ] {
        let change = PostChange::React { sign, on: true };
        let posts = [post_id(said)];
        let thread = &desk.opened.thread;
        loop {
            match desk.bridge.change(thread, &posts, &change).await {
                Err(SendError::RateLimited { retry_after }) => {
                    tokio::time::sleep(retry_after).await;
                }
                done => {
                    done.unwrap();
                    break;
                }
            }
        }
        let there = desk
            .server
            .look(|state| state.messages[&said].reactions.clone());
        assert_eq!(there.last().unwrap(), &(emoji.to_owned(), BOT));
    }
}

#[tokio::test]
async fn reactions_in() {
    let desk = Desk::open().await;
    let shown = desk.sends(line("d1", "Hello")).await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    let robot = desk.server.bot(9, "Robot");
    for message in [shown[0].id, desk.thread] {
        robot.reacts(message, "👍");
        ann.reacts(message, "❌");
        ann.takes_reaction_back(message, "❌");
        for on in [true, false] {
            let inbound = listening.next().await;
            let (sign, post) = ("❌".to_owned(), post_id(message));
            assert_eq!(inbound.what, Happened::Reacted { post, sign, on });
            assert_eq!(inbound.agent.name, "Ann");
            assert_eq!(
                inbound.origin,
                hinny_bridges::Origin::Thread(desk.opened.thread.clone())
            );
        }
    }
}

#[tokio::test]
async fn typing_out() {
    let desk = Desk::open().await;
    desk.bridge.typing(&desk.opened.thread).await.unwrap();
    let calls = desk.server.calls("POST channels/typing");
    assert_eq!(calls[0].path, format!("channels/{}/typing", desk.thread));
    assert_eq!(calls[0].status, 204);
}

#[tokio::test]
async fn typing_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    desk.server.bot(9, "Robot").types(desk.thread);
    desk.server.agent(ANN, "Ann").types(desk.thread);
    let inbound = listening.next().await;
    assert_eq!(inbound.what, Happened::Typing);
    assert_eq!(inbound.agent.name, "Ann");
}
