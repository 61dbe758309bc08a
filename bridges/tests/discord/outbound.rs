//! From hinny into a thread.

use hinny_bridges::PostChange;

use super::*;
use platform::FORUM;

#[tokio::test]
async fn a_conversation_becomes_a_thread_under_its_card() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = bridge
        .open(&channel(CHANNEL), "Ada: broken bike", &card())
        .await
        .unwrap();
    let thread = number(&opened.thread);
    assert_eq!(server.threads(CHANNEL)[0].name, "Ada: broken bike");
    assert_eq!(server.threads(CHANNEL)[0].id, thread);
    assert_eq!(server.posts(CHANNEL)[0].content, "The card");
    assert_eq!(id_of(&opened.posts[0]), thread);
    assert!(opened.posts[0].carries[0].last);

    let batch = [line("d1", "Hello"), line("d2", "My bike is broken")];
    let posts = bridge.send(&opened.thread, &batch).await.unwrap();
    let shown = server.posts(thread);
    let shown: Vec<_> = shown.iter().filter(|post| post.kind == 0).collect();
    assert_eq!(shown[0].content, "**Ada** (visitor)\nHello");
    assert_eq!(shown[1].content, "**Ada** (visitor)\nMy bike is broken");
    assert_eq!(
        posts.iter().map(id_of).collect::<Vec<_>>(),
        [shown[0].id, shown[1].id]
    );
    assert_eq!(posts[1].carries[0].delivery, "d2");
}

#[tokio::test]
async fn a_conversation_becomes_a_post_of_a_forum() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = bridge.open(&channel(FORUM), "", &card()).await.unwrap();
    let thread = number(&opened.thread);
    assert_eq!(server.threads(FORUM)[0].name, "Conversation");
    assert_eq!(server.posts(thread)[0].content, "The card");
    assert_eq!(id_of(&opened.posts[0]), thread);
    bridge
        .send(&opened.thread, &[line("d1", "Hello")])
        .await
        .unwrap();
    assert_eq!(server.posts(thread).len(), 2);

    let lines = vec![Line::new("d0", LineAuthor::Hinny, raw("The card, newer"))];
    let posts = [opened.posts[0].id.clone()];
    let changed = bridge
        .change(&opened.thread, &posts, &PostChange::Edit(lines))
        .await
        .unwrap();
    assert!(changed.is_empty());
    assert_eq!(server.posts(thread)[0].content, "The card, newer");
}
