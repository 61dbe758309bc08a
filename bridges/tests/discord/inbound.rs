//! From a thread into hinny: in order, and once.

use hinny_bridges::{Aside, Origin};

use super::*;

#[tokio::test]
async fn an_agent_answers_in_the_thread() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let mut listening = Listening::start(&server, bridge).await;
    let ann = server.agent(ANN, "Ann");
    let first = ann.says(thread, "On **it!**");
    ann.says(thread, "!close");
    ann.says(CHANNEL, "Lunch?");

    let reply = listening.next().await;
    assert_eq!(reply.event_id, format!("said:{first}"));
    assert_eq!(reply.origin, Origin::Thread(opened.thread.clone()));
    assert_eq!(
        (reply.agent.id.as_str(), reply.agent.name.as_str()),
        ("4242", "Ann")
    );
    assert_eq!(reply.agent.roles, [platform::TEAM.to_string()]);
    assert!(!reply.agent.guest);
    let said = said(reply);
    let strong = Inline::Strong {
        children: vec![plain("it!")],
    };
    let children = vec![plain("On "), strong];
    assert_eq!(said.text.0, [Block::Paragraph { children }]);
    assert_eq!((said.quotes, said.aside), (None, None));
    assert_eq!(words(listening.next().await), "!close");
    let elsewhere = listening.next().await;
    assert_eq!(elsewhere.origin, Origin::Channel(channel(CHANNEL)));
}

#[tokio::test]
async fn what_seems_meant_for_a_colleague_is_marked() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let opened = open(&bridge).await;
    let thread = number(&opened.thread);
    let posts = send(&bridge, &opened.thread, &[line("d1", "Hello")]).await;
    let ours = id_of(&posts[0]);
    let mut listening = Listening::start(&server, bridge).await;
    let (ann, bob) = (server.agent(ANN, "Ann"), server.agent(77, "Bob"));
    let theirs = bob.says(thread, "I look");
    assert_eq!(listening.said().await.aside, None);

    for (text, aside) in [
        ("<@77> can you?", Some(Aside::Mention)),
        ("<@&3000> anyone?", Some(Aside::Mention)),
        ("@everyone look", Some(Aside::Mention)),
        ("<@42> hello bot", None),
        ("<@42> <@77> hello", Some(Aside::Mention)),
        ("ask <@77> about it", None),
    ] {
        ann.says(thread, text);
        assert_eq!(listening.said().await.aside, aside, "{text}");
    }
    ann.replies(thread, theirs, "Thanks");
    let said = listening.said().await;
    assert_eq!(
        (said.aside, said.quotes),
        (Some(Aside::Reply), Some(post_id(theirs)))
    );
    ann.replies(thread, ours, "Hello Ada");
    let said = listening.said().await;
    assert_eq!((said.aside, said.quotes), (None, Some(post_id(ours))));
}
