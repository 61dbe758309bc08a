//! The fidelity table, a test per cell: what of a message survives the way into a thread and out of it.
//! `docs/fidelity.md` shows the table; cells that Discord makes impossible are named there with the reason.

mod things;

use hinny_bridges::{Mention, Opened};

use super::*;
use platform::{BOT, Message, TEAM};

/// A server, the bridge, and one open thread.
struct Desk {
    server: DiscordServer,
    bridge: Arc<Discord>,
    opened: Opened,
    thread: u64,
}

impl Desk {
    async fn open() -> Self {
        let server = DiscordServer::start().await;
        let bridge = bridge(&server);
        let opened = open(&bridge).await;
        Desk {
            thread: number(&opened.thread),
            server,
            bridge,
            opened,
        }
    }

    /// Sends a line and returns the messages that carry it.
    async fn sends(&self, line: Line) -> Vec<Message> {
        let posts = send(&self.bridge, &self.opened.thread, &[line]).await;
        let message = |post: &Post| {
            self.server
                .look(|state| state.messages[&id_of(post)].clone())
        };
        posts.iter().map(message).collect()
    }

    async fn listens(&self) -> Listening {
        Listening::start(&self.server, self.bridge.clone()).await
    }
}

/// The visitor's words as Discord gets them, without the heading.
async fn shows(text: Text) -> String {
    let desk = Desk::open().await;
    let name = "Ada".to_owned();
    let line = Line::new("d1", LineAuthor::Visitor { name }, text);
    let shown = desk.sends(line).await;
    shown[0].content.split_once('\n').unwrap().1.to_owned()
}

async fn shows_markdown(markdown: &str) -> String {
    shows(Text::from_markdown(markdown)).await
}

/// What arrives when Ann writes this.
async fn arrives(content: &str) -> Vec<Block> {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    desk.server.agent(77, "Bob");
    desk.server.agent(ANN, "Ann").says(desk.thread, content);
    listening.said().await.text.0
}

fn paragraph(children: Vec<Inline>) -> Block {
    Block::Paragraph { children }
}

fn link(url: &str, words: &str) -> Inline {
    Inline::Link {
        url: url.to_owned(),
        children: vec![plain(words)],
    }
}

#[tokio::test]
async fn text_out() {
    assert_eq!(shows(Text::plain("Plain words.")).await, "Plain words.");
}

#[tokio::test]
async fn text_in() {
    assert_eq!(arrives("Plain words.").await, raw("Plain words.").0);
}

#[tokio::test]
async fn line_breaks_out() {
    let text = Text::plain("one\ntwo\n\nthree");
    assert_eq!(shows(text).await, "one\ntwo\n\nthree");
}

#[tokio::test]
async fn line_breaks_in() {
    let arrived = arrives("one\ntwo\n\nthree").await;
    assert_eq!(Text(arrived), Text::plain("one\ntwo\n\nthree"));
}

#[tokio::test]
async fn bold_out() {
    assert_eq!(shows_markdown("a **b c** d").await, "a **b c** d");
}

#[tokio::test]
async fn bold_in() {
    let strong = Inline::Strong {
        children: vec![plain("b c")],
    };
    let expected = paragraph(vec![plain("a "), strong, plain(" d")]);
    assert_eq!(arrives("a **b c** d").await, [expected]);
}

#[tokio::test]
async fn italic_out() {
    assert_eq!(shows_markdown("a _b_ d").await, "a *b* d");
}

#[tokio::test]
async fn italic_in() {
    let emphasis = |words: &str| Inline::Emphasis {
        children: vec![plain(words)],
    };
    let expected = paragraph(vec![emphasis("a"), plain(" "), emphasis("b")]);
    assert_eq!(arrives("*a* _b_").await, [expected]);
}

#[tokio::test]
async fn code_out() {
    assert_eq!(shows_markdown("run `a_b *c*`").await, "run `a_b *c*`");
}

#[tokio::test]
async fn code_in() {
    let code = Inline::CodeSpan {
        text: "a_b *c*".to_owned(),
    };
    assert_eq!(
        arrives("run `a_b *c*`").await,
        [paragraph(vec![plain("run "), code])]
    );
}

#[tokio::test]
async fn code_block_out() {
    let shown = shows_markdown("```\nlet a = *b;\n```").await;
    assert_eq!(shown, "```\nlet a = *b;\n```");
}

#[tokio::test]
async fn code_block_in() {
    let text = "let a = *b;\n\nend".to_owned();
    let arrived = arrives("```rust\nlet a = *b;\n\nend\n```").await;
    assert_eq!(arrived, [Block::Code { text }]);
}

#[tokio::test]
async fn links_out() {
    let shown = shows_markdown("[docs](https://example.com/a_b) <https://example.com>").await;
    let expected = "[docs](<https://example.com/a_b>) <https://example.com>";
    assert_eq!(shown, expected);
    let typed = shows(Text::plain("see https://example.com/a_b.")).await;
    assert_eq!(typed, "see <https://example.com/a_b>.");
}

#[tokio::test]
async fn links_in() {
    let url = "https://example.com/a_b";
    let arrived = arrives("[docs](https://example.com/a_b) https://example.com/a_b").await;
    let expected = paragraph(vec![link(url, "docs"), plain(" "), link(url, url)]);
    assert_eq!(arrived, [expected]);
}

#[tokio::test]
async fn lists_out() {
    let shown = shows_markdown("- a\n- b\n  1. c\n  2. d").await;
    assert_eq!(shown, "- a\n- b\n  1. c\n  2. d");
}

#[tokio::test]
async fn lists_in() {
    let item = |words: &str| vec![paragraph(vec![plain(words)])];
    let list = |ordered, items| Block::List { ordered, items };
    assert_eq!(
        arrives("- a\n- b\n\n1. c\n2. d").await,
        [
            list(false, vec![item("a"), item("b")]),
            list(true, vec![item("c"), item("d")])
        ]
    );
}

#[tokio::test]
async fn quotes_out() {
    assert_eq!(
        shows_markdown("> a\n>\n> b\n\nc").await,
        "> a\n> \n> b\n\nc"
    );
}

#[tokio::test]
async fn quotes_in() {
    let quote = |words: &str| Block::Quote {
        children: vec![paragraph(vec![plain(words)])],
    };
    let after = paragraph(vec![plain("b")]);
    assert_eq!(arrives("> a\nb").await, [quote("a"), after]);
    assert_eq!(arrives(">>> a").await, [quote("a")]);
}

#[tokio::test]
async fn mentions_out() {
    let desk = Desk::open().await;
    desk.server.agent(ANN, "Ann");
    for (mention, pings) in [
        (Mention::Person(ANN.to_string()), ANN.to_string()),
        (Mention::Role(TEAM.to_string()), format!("&{TEAM}")),
        (Mention::Here, "@here".to_owned()),
    ] {
        let mut line = line(&pings, "@everyone <@42> look");
        line.mention = Some(mention);
        assert_eq!(desk.sends(line).await[0].pings, [pings]);
    }
    let shown = desk.sends(line("d9", "@everyone <@4242>")).await;
    assert!(shown[0].pings.is_empty());
    assert_eq!(
        shown[0].content,
        "**Ada** (visitor)\n\\@everyone \\<@4242\\>"
    );
}

#[tokio::test]
async fn mentions_in() {
    let arrived = arrives("ask <@77> or <@&3000> in <#2000>").await;
    assert_eq!(Text(arrived).to_plain(), "ask @Bob or @Team in #channel");
}

#[tokio::test]
async fn emoji_out() {
    assert_eq!(shows(Text::plain("👍🏽 👨‍👩‍👧 :smile:")).await, "👍🏽 👨‍👩‍👧 \\:smile:");
}

#[tokio::test]
async fn emoji_in() {
    let arrived = arrives("👍🏽 👨‍👩‍👧 <:party:123>").await;
    assert_eq!(Text(arrived).to_plain(), "👍🏽 👨‍👩‍👧 :party:");
}

#[tokio::test]
async fn long_messages_out() {
    let desk = Desk::open().await;
    let text = "All work and no *play*. 😀 ".repeat(300);
    let shown = desk.sends(line("d1", &text)).await;
    assert!(shown.len() > 3);
    let bodies: Vec<String> = shown
        .iter()
        .map(|message| {
            message
                .content
                .split_once('\n')
                .unwrap()
                .1
                .replace('\\', "")
        })
        .collect();
    assert_eq!(bodies.join(" "), text.trim_end());
}

#[tokio::test]
async fn long_messages_in() {
    let text = "All work and no play. ".repeat(180);
    assert_eq!(Text(arrives(&text).await).to_plain(), text.trim_end());
}

#[tokio::test]
async fn bursts_out() {
    let desk = Desk::open().await;
    let batch: Vec<Line> = (0..12)
        .map(|nth| line(&format!("b{nth}"), &format!("line {nth}")))
        .collect();
    send(&desk.bridge, &desk.opened.thread, &batch).await;
    let shown: Vec<String> = desk
        .server
        .posts(desk.thread)
        .iter()
        .filter(|post| post.kind == 0)
        .map(|post| post.content.split_once('\n').unwrap().1.to_owned())
        .collect();
    let expected: Vec<String> = (0..12).map(|nth| format!("line {nth}")).collect();
    assert_eq!(shown, expected);
    assert_eq!(desk.server.limit_hits(), (0, 0));
}

#[tokio::test]
async fn bursts_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    for nth in 0..500 {
        ann.says(desk.thread, &format!("line {nth}"));
    }
    for nth in 0..500 {
        assert_eq!(words(&listening.next().await), format!("line {nth}"));
    }
}

#[tokio::test]
async fn names_out() {
    let desk = Desk::open().await;
    let name = "Ann".to_owned();
    for (author, heading) in [
        (
            LineAuthor::Visitor { name: name.clone() },
            "**Ann** (visitor)\n",
        ),
        (LineAuthor::Agent { name }, "**Ann** (team)\n"),
        (LineAuthor::Bot, "**Bot**\n"),
        (LineAuthor::Hinny, ""),
    ] {
        let line = Line::new(format!("n{}", heading.len()), author, raw("Hello"));
        assert_eq!(desk.sends(line).await[0].content, format!("{heading}Hello"));
    }
}

#[tokio::test]
async fn names_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    ann.says(desk.thread, "one");
    assert_eq!(listening.next().await.agent.name, "Ann");
    ann.becomes(|member| member.nick = Some("Annie of sales".to_owned()));
    ann.says(desk.thread, "two");
    assert_eq!(listening.next().await.agent.name, "Annie of sales");
    ann.becomes(|member| {
        member.nick = None;
        member.global_name = None;
    });
    ann.says(desk.thread, "three");
    assert_eq!(listening.next().await.agent.name, "ann");
}

#[tokio::test]
async fn avatars_in() {
    let desk = Desk::open().await;
    let mut listening = desk.listens().await;
    let ann = desk.server.agent(ANN, "Ann");
    ann.says(desk.thread, "one");
    assert_eq!(listening.next().await.agent.avatar, None);
    ann.becomes(|member| member.avatar = Some("a_0123abcd".to_owned()));
    ann.says(desk.thread, "two");
    assert_eq!(
        listening.next().await.agent.avatar.unwrap(),
        "https://cdn.discordapp.com/avatars/4242/a_0123abcd.png?size=128"
    );
    ann.has_picture("b_0123abcd", b"a picture");
    ann.says(desk.thread, "three");
    let ann = listening.next().await.agent;
    assert_eq!(desk.bridge.face(&ann, 9).await.unwrap(), b"a picture");
    let too_large = desk.bridge.face(&ann, 8).await;
    assert!(
        matches!(too_large, Err(hinny_bridges::FetchError::TooLarge)),
        "{too_large:?}"
    );
}
