//! Strings that are known to upset programs, through Discord in both directions.

use super::*;

/// Takes the backslashes away that Discord takes away, and the brackets around addresses.
fn shown(content: &str) -> String {
    let mut out = String::new();
    let mut rest = content;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        let address = rest
            .strip_prefix("<http")
            .and_then(|inside| inside.split_once('>'));
        match (letter, address) {
            ('\\', _) => {
                let next = after.chars().next();
                assert!(
                    next.is_some_and(|next| next.is_ascii_punctuation()),
                    "a lone backslash in {content:?}"
                );
                out.extend(next);
                rest = &after[1..];
            }
            (_, Some((inside, behind))) => {
                out.push_str("http");
                out.push_str(inside);
                rest = behind;
            }
            _ => {
                out.push(letter);
                rest = after;
            }
        }
    }
    out
}

fn visible(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn naughty_strings_arrive_intact_in_the_thread() {
    let server = DiscordServer::start().await;
    server.relax_limits();
    let bridge = bridge(&server);
    let thread = open(&bridge).await.thread;
    for (index, string) in naughty_strings().iter().enumerate() {
        let line = line(&format!("n{index}"), string);
        let posts = send(&bridge, &thread, &[line]).await;
        let all = server.posts(number(&thread));
        let bodies: Vec<String> = posts
            .iter()
            .map(|post| {
                let post = all.iter().find(|one| one.id == id_of(post)).unwrap();
                assert!(post.pings.is_empty(), "{string}");
                let (heading, body) = post.content.split_once('\n').unwrap_or((&post.content, ""));
                assert_eq!(heading, "**Ada** (visitor)");
                shown(body)
            })
            .collect();
        assert_eq!(visible(&bodies.concat()), visible(string));
    }
}

#[tokio::test]
async fn naughty_strings_arrive_intact_from_the_thread() {
    let server = DiscordServer::start().await;
    let bridge = bridge(&server);
    let thread = number(&open(&bridge).await.thread);
    let mut listening = Listening::start(&server, bridge).await;
    let ann = server.agent(ANN, "Ann");
    for string in naughty_strings() {
        if string.trim().is_empty() {
            continue;
        }
        // As somebody writes who wants each sign to be shown.
        let escaped: String = string
            .chars()
            .flat_map(|letter| {
                let slash = letter.is_ascii_punctuation().then_some('\\');
                slash.into_iter().chain([letter])
            })
            .collect();
        ann.says(thread, &escaped);
        let arrived = listening.said().await.text.to_plain();
        assert_eq!(visible(&arrived), visible(&string));
        // As it stands: Discord takes some signs for markup, but no letter may be lost.
        ann.says(thread, &string);
        let letters =
            |text: &str| -> String { text.chars().filter(|one| one.is_alphanumeric()).collect() };
        let arrived = listening.said().await.text.to_plain();
        assert_eq!(letters(&arrived), letters(&string), "{string}");
    }
}
