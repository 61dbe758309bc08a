//! What `hinny doctor` says about Slack.

use hinny_bridges::{Finding, Grade};
use platform::{APP_TOKEN, BOT_TOKEN};

use super::*;

async fn findings(server: &SlackServer, bot: &str, app: &str, roles: &[&str]) -> Vec<Finding> {
    let mut config = config(&server.url());
    config.bot_token = Token::new(bot.to_owned());
    config.app_token = Token::new(app.to_owned());
    let roles: Vec<String> = roles.iter().map(|&role| role.to_owned()).collect();
    let bridge = Slack::new(config).unwrap();
    bridge.examine(&[channel()], &roles).await
}

/// The only finding that is not good, after `spoil` was done to a workspace in which all is well.
async fn only_trouble(spoil: impl FnOnce(&SlackServer)) -> Finding {
    let server = SlackServer::start().await;
    server.hurry(HURRY);
    server.agent("U1", "Ann");
    spoil(&server);
    let findings = findings(&server, BOT_TOKEN, APP_TOKEN, &[]).await;
    let mut bad: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| finding.grade != Grade::Good)
        .collect();
    assert_eq!(bad.len(), 1, "{bad:#?}");
    bad.remove(0)
}

/// The scopes of the manifest on the set-up page.
fn scopes_of_the_page() -> Vec<&'static str> {
    let page = include_str!("../../../docs/slack.md");
    let (_, manifest) = page.split_once("    bot:\n").unwrap();
    let lines = manifest
        .lines()
        .map_while(|line| line.strip_prefix("      - "));
    lines.collect()
}

#[tokio::test]
async fn all_is_well_for_who_followed_the_page() {
    let server = SlackServer::start().await;
    server.hurry(HURRY);
    let scopes = scopes_of_the_page();
    assert_eq!(scopes.len(), 11);
    server.change(|state| state.scopes = scopes.into_iter().collect());
    server.agent("U1", "Ann");
    server.change(|state| {
        state
            .groups
            .insert("S1".to_owned(), ("support".to_owned(), Vec::new()));
    });
    let findings = findings(&server, BOT_TOKEN, APP_TOKEN, &["S1"]).await;
    assert!(findings.len() >= 8, "{findings:#?}");
    assert!(
        findings.iter().all(|finding| finding.grade == Grade::Good),
        "{findings:#?}"
    );
}

#[tokio::test]
async fn each_trouble_is_found_with_what_to_do() {
    let support = |state: &mut platform::State, change: fn(&mut platform::Channel)| {
        change(&mut state.channels[0]);
    };
    let fix = |finding: Finding| finding.fix.unwrap();
    let found = only_trouble(|server| {
        server.change(|state| state.scopes.remove("files:write"));
    });
    assert!(fix(found.await).contains("Add files:write under"));
    let found = only_trouble(|server| {
        server.change(|state| support(state, |channel| channel.is_archived = true));
    });
    assert!(fix(found.await).contains("unarchive"));
    let found = only_trouble(|server| {
        server.change(|state| support(state, |channel| channel.is_ext_shared = true));
    });
    assert!(fix(found.await).contains("another company"));
    let found = only_trouble(|server| {
        server.guest("U3", "Gus");
    });
    assert!(fix(found.await).contains("remove Gus"));
    let found = only_trouble(|server| {
        server.change(|state| state.date = Some("Thu, 01 Jan 2026 00:00:00 GMT".to_owned()));
    });
    assert!(fix(found.await).contains("set the clock"));
    let found = only_trouble(|server| server.change(|state| state.socket_mode = false));
    assert!(fix(found.await).contains("Socket Mode"));
    let found = only_trouble(|server| {
        server.change(|state| state.channels[0].members.clear());
    });
    assert!(fix(found.await).contains("/invite"));
}

#[tokio::test]
async fn a_public_channel_is_told_and_works() {
    let found = only_trouble(|server| {
        server.change(|state| state.channels[0].is_private = false);
    });
    assert_eq!(found.await.grade, Grade::Doubtful);
}

#[tokio::test]
async fn wrong_tokens_and_groups_are_told_apart() {
    let server = SlackServer::start().await;
    server.hurry(HURRY);
    server.change(|state| {
        state
            .groups
            .insert("S1".to_owned(), ("support".to_owned(), Vec::new()));
    });
    let bad = |findings: Vec<Finding>| {
        let bad = findings
            .into_iter()
            .filter(|finding| finding.grade == Grade::Bad);
        bad.map(|finding| finding.fix.unwrap())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let wrong_bot = bad(findings(&server, "xoxb-wrong", APP_TOKEN, &[]).await);
    assert!(wrong_bot.contains("Bot User OAuth Token"), "{wrong_bot}");
    let wrong_app = bad(findings(&server, BOT_TOKEN, "xapp-wrong", &[]).await);
    assert!(wrong_app.contains("connections:write"), "{wrong_app}");
    let named = bad(findings(&server, BOT_TOKEN, APP_TOKEN, &["@support"]).await);
    assert!(named.contains("S1"), "{named}");
    let unknown = bad(findings(&server, BOT_TOKEN, APP_TOKEN, &["S404"]).await);
    assert!(unknown.contains("copy its id"), "{unknown}");
}
