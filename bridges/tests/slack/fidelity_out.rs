//! The Slack column of the table in `docs/fidelity.md`, out: one test per cell. What Slack cannot do has no test
//! here, and a link to the reason there.

use std::time::Instant;

use hinny_bridges::{Attachment, Post, PostChange, PostId, Sign};
use serde_json::{Value, json};

use super::*;

/// What a Markdown line becomes on Slack: the elements of its rich text, without the heading.
async fn out(markdown: &str) -> Vec<Value> {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let mut line = Line::new("d1", LineAuthor::Hinny, Text::from_markdown(markdown));
    line.parts_done = 0;
    send(&bridge, &thread, &line).await;
    let post = server.posts(root(&thread)).remove(0);
    assert!(post.pings.is_empty());
    post.value["blocks"][0]["elements"]
        .as_array()
        .unwrap()
        .clone()
}

fn ids(posts: &[Post]) -> Vec<PostId> {
    posts.iter().map(|post| post.id.clone()).collect()
}

fn image(name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        mime: "image/png".to_owned(),
        bytes: bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\nimage"),
    }
}

/// A file of a visitor in the thread.
async fn file_out(name: &str) {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let mut line = line("d1", "");
    line.files = vec![image(name)];
    send(&bridge, &thread, &line).await;
    let posts = server.posts(root(&thread));
    assert_eq!(
        (posts.len(), &posts[1].files[..]),
        (2, &[name.to_owned()][..])
    );
    let stored = server.file(name).unwrap();
    assert_eq!(stored.bytes.unwrap(), b"\x89PNG\r\n\x1a\nimage");
}

#[tokio::test]
async fn text_out() {
    let nodes = out("Grüße & \\<b> 漢字").await;
    assert_eq!(nodes[0]["elements"][0]["text"], "Grüße & <b> 漢字");
}

#[tokio::test]
async fn line_breaks_out() {
    let nodes = out("one\\\ntwo\n\nthree").await;
    assert_eq!(nodes[0]["elements"][0]["text"], "one\ntwo\n\nthree");
}

#[tokio::test]
async fn bold_out() {
    assert_eq!(
        out("**a**").await[0]["elements"][0]["style"],
        json!({"bold": true})
    );
}

#[tokio::test]
async fn italic_out() {
    assert_eq!(
        out("*a*").await[0]["elements"][0]["style"],
        json!({"italic": true})
    );
}

#[tokio::test]
async fn code_out() {
    assert_eq!(
        out("`a*b*`").await[0]["elements"][0],
        json!({"type": "text", "text": "a*b*", "style": {"code": true}})
    );
}

#[tokio::test]
async fn code_block_out() {
    let nodes = out("```\nlet a;\n  b\n```").await;
    assert_eq!(nodes[0]["type"], "rich_text_preformatted");
    assert_eq!(nodes[0]["elements"][0]["text"], "let a;\n  b");
}

#[tokio::test]
async fn links_out() {
    let nodes = out("[us](https://example.com/a)").await;
    let link = json!({"type": "link", "url": "https://example.com/a", "text": "us"});
    assert_eq!(nodes[0]["elements"][0], link);
}

#[tokio::test]
async fn lists_out() {
    let nodes = out("1. one\n2. two\n\n- three").await;
    let styles: Vec<&Value> = nodes.iter().map(|node| &node["style"]).collect();
    assert_eq!(styles, ["ordered", "bullet"]);
    assert_eq!(nodes[0]["elements"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn quotes_out() {
    let nodes = out("> said").await;
    assert_eq!(
        (&nodes[0]["type"], &nodes[0]["elements"][0]["text"]),
        (&json!("rich_text_quote"), &json!("said"))
    );
}

#[tokio::test]
async fn mentions_out() {
    let nodes = out("<@U1> @here <!channel>").await;
    assert_eq!(nodes[0]["elements"][0]["text"], "<@U1> @here <!channel>");
}

#[tokio::test]
async fn emoji_out() {
    assert_eq!(
        out("👩🏽‍🚀 :smile:").await[0]["elements"][0]["text"],
        "👩🏽‍🚀 :smile:"
    );
}

#[tokio::test]
async fn images_out() {
    file_out("a photo.png").await;
}

#[tokio::test]
async fn files_out() {
    file_out("Größe & co.pdf").await;
}

#[tokio::test]
async fn edits_out() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let posts = send(&bridge, &thread, &line("d1", "wrong")).await;
    let edit = PostChange::Edit(vec![line("d1", "right")]);
    patiently(async || bridge.change(&thread, &ids(&posts), &edit).await).await;
    assert_eq!(server.posts(root(&thread))[0].text, "Ada (visitor)\nright");
}

#[tokio::test]
async fn deletes_out() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let posts = send(&bridge, &thread, &line("d1", "oops")).await;
    patiently(async || {
        bridge
            .change(&thread, &ids(&posts), &PostChange::Delete)
            .await
    })
    .await;
    assert!(server.posts(root(&thread)).is_empty());
}

#[tokio::test]
async fn replies_out() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let mut line = line("d1", "that one");
    line.quotes = Some(PostId(format!("{CHANNEL}/1700000000.123456")));
    send(&bridge, &thread, &line).await;
    let post = server.posts(root(&thread)).remove(0);
    let link = &post.value["blocks"][0]["elements"][0]["elements"][0];
    let url = link["url"].as_str().unwrap();
    assert!(
        url.starts_with(
            "https://acme-test.slack.com/archives/C0SUPPORT/p1700000000123456?thread_ts="
        ),
        "{url}"
    );
}

#[tokio::test]
async fn reactions_out() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let ts = server.agent("U1", "Ann").says(root(&thread), "Hello");
    let post = [PostId(format!("{CHANNEL}/{ts}"))];
    for (sign, name) in [
        (Sign::Seen, "eyes"),
        (Sign::Failed, "warning"),
        (Sign::Recalled, "leftwards_arrow_with_hook"),
    ] {
        let react = PostChange::React { sign, on: true };
        patiently(async || bridge.change(&thread, &post, &react).await).await;
        let message = server.message(&ts).unwrap();
        let last = message["reactions"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        assert_eq!(last["name"], name);
    }
}

#[tokio::test]
async fn names_out() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let name = || "Zoë <!here>".to_owned();
    for (author, shown) in [
        (
            LineAuthor::Visitor { name: name() },
            "Zoë <!here> (visitor)\nHello",
        ),
        (
            LineAuthor::Agent { name: name() },
            "Zoë <!here> (team)\nHello",
        ),
        (LineAuthor::Bot, "Bot\nHello"),
        (LineAuthor::Hinny, "Hello"),
    ] {
        send(&bridge, &thread, &Line::new("d1", author, raw("Hello"))).await;
        let post = server.posts(root(&thread)).pop().unwrap();
        assert_eq!((post.text.as_str(), post.pings.len()), (shown, 0));
    }
}

#[tokio::test]
async fn long_messages_out() {
    let (server, bridge) = pair().await;
    let thread = opened(&bridge).await;
    let long = "👩🏽‍🚀 word ".repeat(900);
    send(&bridge, &thread, &line("d1", &long)).await;
    let posts = server.posts(root(&thread));
    assert!(posts.len() > 3);
    let bodies: String = posts
        .iter()
        .map(|post| post.text.strip_prefix("Ada (visitor)\n").unwrap())
        .collect();
    assert_eq!(bodies, long);
}

#[tokio::test]
async fn bursts_out() {
    let server = SlackServer::start().await;
    let mut config = config(&server.url());
    config.limits = hinny_bridges::slack::Limits::default();
    let bridge = Slack::new(config).unwrap();
    let thread = opened(&bridge).await;
    let started = Instant::now();
    for number in 0..5 {
        send(
            &bridge,
            &thread,
            &line(&format!("d{number}"), &format!("{number}")),
        )
        .await;
    }
    let texts: Vec<String> = server
        .posts(root(&thread))
        .into_iter()
        .map(|post| post.text)
        .collect();
    let expected: Vec<String> = (0..5)
        .map(|number| format!("Ada (visitor)\n{number}"))
        .collect();
    assert_eq!(texts, expected);
    assert_eq!(server.limit_hits(), (0, 0));
    assert!(started.elapsed() < Duration::from_secs(10));
}
