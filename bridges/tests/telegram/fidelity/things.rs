//! The rest of the fidelity table: everything that is more than marked words.

use hinny_bridges::{Aside, Attachment, FetchError, RemoteFile, Sign};

use super::{super::*, arrives, visitor};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nsome picture";

fn attachment(name: &str, mime: &str, bytes: &'static [u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        mime: mime.to_owned(),
        bytes: bytes.into(),
    }
}

async fn fetched(desk: &Desk, file: &RemoteFile) -> Vec<u8> {
    desk.bridge.fetch(file, 1_000_000).await.unwrap()
}

#[tokio::test]
async fn images_out() {
    let desk = Desk::open().await;
    let mut line = visitor(Text::plain("look"));
    line.files = vec![attachment("bike.png", "image/png", PICTURE)];
    let shown = desk.sends(line).await;
    let (kind, file) = shown[1].file.clone().unwrap();
    assert_eq!(
        (kind.as_str(), file.name.as_str(), &file.bytes[..]),
        ("photo", "bike.png", PICTURE)
    );
    assert_eq!(shown[0].text, "Ada (visitor)\nlook");
}

#[tokio::test]
async fn images_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    desk.ann()
        .uploads_with(desk.topic, "photo", "", PICTURE, "See the arrow");
    let inbound = listening.next().await;
    let file = &said(&inbound).files[0];
    assert_eq!(
        (file.name.as_str(), file.size),
        ("photo.jpg", PICTURE.len() as u64)
    );
    assert_eq!(words(&inbound), "See the arrow");
    assert_eq!(fetched(&desk, file).await, PICTURE);
}

#[tokio::test]
async fn files_out() {
    let desk = Desk::open().await;
    let mut line = visitor(Text::default());
    line.files = vec![
        attachment("a.pdf", "application/pdf", b"%PDF"),
        attachment("b.txt", "text/plain", b"words"),
    ];
    let posts = desk.bridge.send(&desk.thread, &[line]).await.unwrap();
    let shown = desk.shown(&posts);
    let names: Vec<_> = shown.iter().filter_map(|post| post.file.as_ref()).collect();
    assert_eq!(
        names
            .iter()
            .map(|(kind, file)| (kind.as_str(), file.name.as_str()))
            .collect::<Vec<_>>(),
        [("document", "a.pdf"), ("document", "b.txt")]
    );
    let last: Vec<bool> = posts.iter().map(|post| post.carries[0].last).collect();
    assert_eq!(last, [false, false, true]);
}

#[tokio::test]
async fn files_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    for (kind, name, expected) in [
        ("document", "invoice.pdf", "invoice.pdf"),
        ("voice", "", "voice.ogg"),
        ("video", "a.mp4", "a.mp4"),
    ] {
        desk.ann().uploads(desk.topic, kind, name, kind.as_bytes());
        let inbound = listening.next().await;
        let file = &said(&inbound).files[0];
        assert_eq!(file.name, expected);
        assert_eq!(fetched(&desk, file).await, kind.as_bytes());
    }
}

#[tokio::test]
async fn edits_out() {
    let desk = Desk::open().await;
    let posts = desk
        .bridge
        .send(&desk.thread, &[visitor(raw("My bike is borken"))])
        .await
        .unwrap();
    desk.edits(&posts, &[visitor(raw("My bike is broken"))])
        .await;
    let shown = desk.shown(&posts);
    assert_eq!(
        (shown[0].text.as_str(), shown[0].edits),
        ("Ada (visitor)\nMy bike is broken", 1)
    );
}

#[tokio::test]
async fn edits_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    let message = desk.ann().says(desk.topic, "We open at 9");
    listening.next().await;
    desk.ann().edits(message, "We open at 10");
    let inbound = listening.next().await;
    let text = Text::plain("We open at 10");
    assert_eq!(
        inbound.what,
        Happened::Edited {
            post: post_id(message),
            text
        }
    );
    assert!(
        inbound
            .event_id
            .starts_with(&format!("edited:{CHAT}/{message}:"))
    );
}

#[tokio::test]
async fn deletes_out() {
    let desk = Desk::open().await;
    let posts = desk
        .bridge
        .send(&desk.thread, &[visitor(raw("my password is 1234"))])
        .await
        .unwrap();
    let ids = [posts[0].id.clone()];
    desk.bridge
        .change(&desk.thread, &ids, &PostChange::Delete)
        .await
        .unwrap();
    assert!(desk.server.posts(desk.topic).is_empty());
}

#[tokio::test]
async fn replies_out() {
    let desk = Desk::open().await;
    let message = desk.ann().says(desk.topic, "Which bike?");
    let mut line = visitor(raw("The red one"));
    line.quotes = Some(post_id(message));
    assert_eq!(desk.sends(line).await[0].reply_to, Some(message));
}

#[tokio::test]
async fn replies_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    let ours = desk.sends(visitor(raw("Mine is broken"))).await[0].id;
    let to_visitor = desk.ann().replies(desk.topic, ours, "Which one?");
    let inbound = listening.next().await;
    assert_eq!(
        (said(&inbound).quotes.clone(), said(&inbound).aside),
        (Some(post_id(ours)), None)
    );
    desk.server
        .agent(4343, "Bob")
        .replies(desk.topic, to_visitor, "Ask for the number");
    let inbound = listening.next().await;
    let aside = (said(&inbound).quotes.clone(), said(&inbound).aside);
    assert_eq!(aside, (Some(post_id(to_visitor)), Some(Aside::Reply)));
}

#[tokio::test]
async fn reactions_out() {
    let desk = Desk::open().await;
    let message = desk.ann().says(desk.topic, "We open at 9");
    for (sign, emoji) in [
        (Sign::Seen, "👀"),
        (Sign::Failed, "🤷"),
        (Sign::Recalled, "🙈"),
    ] {
        for on in [true, false] {
            let change = PostChange::React { sign, on };
            desk.bridge
                .change(&desk.thread, &[post_id(message)], &change)
                .await
                .unwrap();
            let shown = desk.server.reaction(CHAT, message);
            assert_eq!(shown.as_deref(), on.then_some(emoji));
        }
    }
}

#[tokio::test]
async fn reactions_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listening().await;
    let ours = desk.sends(visitor(raw("Thank you!"))).await[0].id;
    for (emoji, on, sign) in [("👍", true, "👍"), ("👍", false, "👍"), ("🙊", true, "❌")]
    {
        desk.ann().reacts(ours, emoji, on);
        let inbound = listening.next().await;
        assert_eq!(
            inbound.origin,
            hinny_bridges::Origin::Thread(desk.thread.clone())
        );
        let sign = sign.to_owned();
        assert_eq!(
            inbound.what,
            Happened::Reacted {
                post: post_id(ours),
                sign,
                on
            }
        );
    }
}

#[tokio::test]
async fn typing_out() {
    let desk = Desk::open().await;
    for _ in 0..3 {
        desk.bridge.typing(&desk.thread).await.unwrap();
    }
    let calls = desk.server.calls("sendChatAction");
    assert_eq!(calls.len(), 1, "it lasts five seconds");
    assert_eq!(calls[0].params["message_thread_id"], desk.topic);
}

#[tokio::test]
async fn names_out() {
    let desk = Desk::open().await;
    let author = |name: &str| LineAuthor::Agent {
        name: name.to_owned(),
    };
    let line = Line::new("d1", author("Bob"), raw("On it"));
    assert_eq!(desk.sends(line).await[0].text, "Bob (team)\nOn it");
}

#[tokio::test]
async fn names_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    desk.server.agent(4343, "Åse Øye").says(desk.topic, "Hei");
    assert_eq!(listening.next().await.agent.name, "Åse Øye");
}

#[tokio::test]
async fn avatars_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    let ase = desk.server.agent(4343, "Åse");
    ase.says(desk.topic, "Hei");
    let shy = listening.next().await.agent;
    let none = desk.bridge.face(&shy, 2_000).await;
    assert!(matches!(none, Err(FetchError::Gone(_))), "{none:?}");
    ase.has_picture(b"\x89PNG and more");
    ase.says(desk.topic, "Hei igjen");
    let shown = listening.next().await.agent;
    assert_eq!(
        desk.bridge.face(&shown, 2_000).await.unwrap(),
        b"\x89PNG and more"
    );
}

#[tokio::test]
async fn long_messages_out() {
    let desk = Desk::open().await;
    let text = "All work 😀 and no play. ".repeat(500);
    let shown = desk.sends(visitor(raw(&text))).await;
    let bodies = shown
        .iter()
        .map(|post| post.text.split_once('\n').unwrap().1);
    assert_eq!(bodies.collect::<String>(), text);
    assert!(
        shown.len() > 2
            && shown
                .iter()
                .all(|post| post.text.encode_utf16().count() <= 4096)
    );
}

#[tokio::test]
async fn long_messages_in() {
    let text = "a ".repeat(2_047) + "z";
    assert_eq!(
        Text(arrives(&text, serde_json::Value::Null).await).to_plain(),
        text
    );
}

#[tokio::test]
async fn bursts_out() {
    let desk = Desk::open().await;
    let batch: Vec<Line> = (0..40)
        .map(|n| line(&format!("d{n}"), &format!("line {n}.")))
        .collect();
    let posts = desk.bridge.send(&desk.thread, &batch).await.unwrap();
    let shown = desk.shown(&posts);
    assert_eq!(shown.len(), 1, "forty lines are one call");
    assert!(
        shown[0]
            .text
            .starts_with("Ada (visitor)\nline 0.\nline 1.\n")
    );
    assert_eq!(posts[0].carries.len(), 40);
}

#[tokio::test]
async fn bursts_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    for number in 0..250 {
        desk.ann().says(desk.topic, &number.to_string());
    }
    for number in 0..250 {
        assert_eq!(words(&listening.next().await), number.to_string());
    }
}
