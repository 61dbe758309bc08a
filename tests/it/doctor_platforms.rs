//! `hinny doctor` for somebody who followed only the set-up page of a platform: it passes. And it fails, with what to
//! click, where strangers could read what visitors write.

use serde_json::Value;

use crate::discord::{self, DiscordServer};
use crate::doctor::{examine, graded};
use crate::slack::{self, SlackServer};
use crate::support::server::{SITE, Server, TEAM_TOKEN};
use crate::telegram::{self, TelegramServer};

/// The site of the other stories with these tables behind it, and each token in a file of its own.
async fn prepared(tables: &str, tokens: &[(&str, &str)]) -> Server {
    let server = Server::prepare(SITE).await;
    std::fs::write(
        server.folder().join("hinny.toml"),
        format!("{SITE}\n{tables}"),
    )
    .unwrap();
    for (file, token) in tokens {
        std::fs::write(server.folder().join(file), format!("{token}\n")).unwrap();
    }
    server
}

async fn with_slack(slack: &SlackServer) -> Server {
    let (channel, url) = (slack::CHANNEL, slack.url());
    let tables = format!(
        "[site.slack]\nconnection = \"slack\"\nchannel = \"{channel}\"\n\n[[slack]]\nname = \"slack\"\n\
         bot_token_file = \"bot\"\napp_token_file = \"app\"\napi_url = \"{url}\"\n"
    );
    prepared(
        &tables,
        &[("bot", slack::BOT_TOKEN), ("app", slack::APP_TOKEN)],
    )
    .await
}

async fn with_discord(discord: &DiscordServer) -> Server {
    let (channel, url, role) = (discord::CHANNEL, discord.url(), discord::TEAM);
    let tables = format!(
        "[site.discord]\nconnection = \"discord\"\nchannel = {channel}\n\n[site.team]\nagents = {{ roles = [{role}] }}\n\n\
         [[discord]]\nname = \"discord\"\ntoken_file = \"token\"\napi_url = \"{url}\"\n"
    );
    prepared(&tables, &[("token", discord::TOKEN)]).await
}

async fn with_telegram(telegram: &TelegramServer) -> Server {
    let (chat, url) = (telegram::CHAT, telegram.url());
    let tables = format!(
        "[site.telegram]\nconnection = \"telegram\"\nchat = {chat}\n\n[[telegram]]\nname = \"telegram\"\n\
         token_file = \"token\"\napi_url = \"{url}\"\n"
    );
    prepared(&tables, &[("token", TEAM_TOKEN)]).await
}

/// All that was found at the connection is good, also while the server runs.
async fn passes(server: Server, connection: &str) -> Server {
    let mut server = server;
    for running in [false, true] {
        if running {
            server.start_again().await;
        }
        let (ended, findings) = examine(&server).await;
        assert!(
            ended.ok,
            "running: {running}: {:?}",
            graded(&findings, "bad")
        );
        let area = format!("connection {connection}");
        let at: Vec<&Value> = findings
            .iter()
            .filter(|found| found["area"] == area.as_str())
            .collect();
        assert!(
            at.len() > 3 && at.iter().all(|found| found["grade"] == "good"),
            "{at:#?}"
        );
    }
    server
}

/// Something is bad now, and what was found or is to be done says this.
async fn fails(server: &Server, expected: &str) {
    let (ended, findings) = examine(server).await;
    let bad = graded(&findings, "bad").join("\n");
    assert!(
        !ended.ok && bad.contains(expected),
        "{expected}: {findings:#?}"
    );
    assert!(
        !ended.stdout.contains("must-never-be-logged"),
        "{}",
        ended.stdout
    );
}

#[tokio::test]
async fn slack_passes_and_fails_when_guests_or_others_can_see_the_channel() {
    let slack = SlackServer::start().await;
    slack.agent("U1", "Ann");
    let server = passes(with_slack(&slack).await, "slack").await;
    slack.change(|state| state.channels[0].is_ext_shared = true);
    fails(&server, "another company").await;
    slack.change(|state| state.channels[0].is_ext_shared = false);
    slack.guest("U3", "Gus");
    fails(&server, "remove Gus").await;
}

#[tokio::test]
async fn discord_passes_and_fails_when_everybody_can_see_the_channel() {
    let discord = DiscordServer::start().await;
    discord.agent(4_242, "Ann");
    let server = passes(with_discord(&discord).await, "discord").await;
    discord.with(|state| state.message_content = false);
    fails(&server, "Message Content Intent").await;
    discord.with(|state| {
        state.message_content = true;
        state
            .channels
            .get_mut(&discord::CHANNEL)
            .unwrap()
            .overwrites
            .clear();
    });
    fails(&server, "Private Channel").await;
}

#[tokio::test]
async fn telegram_passes_and_fails_when_everybody_can_find_the_group() {
    let telegram = TelegramServer::start().await;
    let server = passes(with_telegram(&telegram).await, "telegram").await;
    telegram.in_group(telegram::CHAT, |group| {
        group.username = Some("shop".to_owned())
    });
    fails(&server, "choose Private").await;
    telegram.in_group(telegram::CHAT, |group| group.username = None);
    telegram.set_webhook("https://other.example");
    fails(&server, "webhook").await;
}
