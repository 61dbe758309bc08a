//! What `hinny doctor` is told of a group, right and wrong.

use hinny_bridges::{Finding, Grade};

use super::*;
use platform::BotRole;

/// The findings that are not good, as (what, fix).
async fn complaints(server: &TelegramServer, chat: i64, roles: &[&str]) -> Vec<(Grade, String)> {
    let channel = Channel::Telegram(TelegramChannel { chat });
    let roles: Vec<String> = roles.iter().map(|&role| role.to_owned()).collect();
    let found = bridge(server).examine(&[channel], &roles).await;
    assert!(
        found.len() >= 2 || found[0].grade == Grade::Bad,
        "{found:?}"
    );
    for finding in &found {
        assert_eq!(
            finding.grade == Grade::Good,
            finding.fix.is_none(),
            "{finding:?}"
        );
    }
    let tell = |finding: Finding| {
        let fix = finding.fix?;
        Some((finding.grade, format!("{}: {fix}", finding.what)))
    };
    found.into_iter().filter_map(tell).collect()
}

async fn check_one(server: &TelegramServer, chat: i64, grade: Grade, words: &[&str]) {
    let complaints = complaints(server, chat, &[]).await;
    let [(found, text)] = complaints.as_slice() else {
        panic!("{words:?}: {complaints:?}");
    };
    assert_eq!(*found, grade, "{text}");
    for word in words {
        assert!(text.contains(word), "{text}");
    }
}

#[tokio::test]
async fn who_follows_the_page_hears_no_complaint() {
    let server = TelegramServer::start().await;
    assert_eq!(complaints(&server, CHAT, &["admin"]).await, []);
    server.set_privacy(true);
    assert_eq!(
        complaints(&server, CHAT, &[]).await,
        [],
        "an administrator sees all"
    );
}

#[tokio::test]
async fn each_mistake_is_named_with_what_to_click() {
    let server = TelegramServer::start().await;
    server.add_group(-5, false);
    check_one(&server, -5, Grade::Bad, &["no topics", "switch them on"]).await;
    check_one(&server, -6, Grade::Bad, &["-6", "chat not found", "-100"]).await;

    server.add_group(-7, true);
    server.in_group(-7, |group| group.username = Some("shop_support".to_owned()));
    check_one(&server, -7, Grade::Bad, &["@shop_support", "Private"]).await;
}

#[tokio::test]
async fn missing_rights_are_named_one_by_one() {
    let server = TelegramServer::start().await;
    server.add_group(-8, true);
    server.set_bot(
        -8,
        BotRole::Admin {
            topics: false,
            delete: true,
        },
    );
    check_one(
        &server,
        -8,
        Grade::Bad,
        &["may not open topics", "Manage topics"],
    )
    .await;
    server.set_bot(
        -8,
        BotRole::Admin {
            topics: true,
            delete: false,
        },
    );
    check_one(
        &server,
        -8,
        Grade::Doubtful,
        &["two days", "Delete messages"],
    )
    .await;
    server.set_bot(-8, BotRole::Kicked);
    check_one(&server, -8, Grade::Bad, &["kicked", "administrator"]).await;
}

#[tokio::test]
async fn what_only_bothers_and_what_has_moved() {
    let server = TelegramServer::start().await;
    server.add_group(-9, true);
    server.in_group(-9, |group| {
        group.reactions = Some(vec!["👍".to_owned(), "👀".to_owned()])
    });
    check_one(&server, -9, Grade::Doubtful, &["🤷 🙈", "Reactions"]).await;
    server.in_group(-9, |group| group.moved_to = Some(-1009));
    check_one(&server, -9, Grade::Bad, &["-1009", "configuration"]).await;
}

#[tokio::test]
async fn a_mere_member_sees_nothing_in_privacy_mode() {
    let server = TelegramServer::start().await;
    server.set_bot(CHAT, BotRole::Member);
    server.set_privacy(true);
    let found = complaints(&server, CHAT, &[]).await;
    let bad = |words: &str| {
        found
            .iter()
            .any(|(grade, text)| *grade == Grade::Bad && text.contains(words))
    };
    assert!(bad("no administrator") && bad("/setprivacy"), "{found:?}");
}

#[tokio::test]
async fn webhooks_roles_and_tokens() {
    let server = TelegramServer::start().await;
    server.set_webhook("https://example.com/hook");
    check_one(&server, CHAT, Grade::Bad, &["webhook", "deleteWebhook"]).await;
    server.set_webhook("");
    let found = complaints(&server, CHAT, &["Support"]).await;
    assert!(
        found.len() == 1 && found[0].1.contains("one role only"),
        "{found:?}"
    );

    let mut config = config(&server.url());
    config.token = Token::new("123:another".to_owned());
    let found = Telegram::new(config).unwrap().examine(&[], &[]).await;
    assert_eq!((found.len(), found[0].grade), (1, Grade::Bad));
    assert!(
        found[0].fix.as_ref().unwrap().contains("@BotFather"),
        "{found:?}"
    );
    let shown = format!("{found:?}");
    assert!(!shown.contains("another"), "{shown}");
}
