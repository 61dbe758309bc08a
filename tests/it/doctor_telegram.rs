//! The page `docs/telegram.md`, followed by somebody who knows nothing else: what `hinny doctor` says at the end, and
//! what it says when a step was left out.

use crate::doctor::{examine, graded};
use crate::support::server::Server;
use crate::telegram::{BotRole, CHAT, Group, TelegramServer};

/// What somebody who skipped a step leaves behind.
type Omission = fn(&mut Group);

/// The configuration of the page, with the group, the token, the port and the address that only a test has.
fn from_the_page(telegram: &TelegramServer) -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/telegram.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    let token = "token_env = \"HINNY_TELEGRAM_TOKEN\"\n";
    assert!(
        toml.contains(token) && toml.contains("-1001234567890"),
        "{toml}"
    );
    let toml = toml.replace("-1001234567890", &CHAT.to_string()).replace(
        token,
        &format!(
            "token_env = \"TEAM_TOKEN\"\napi_url = \"{}\"\n",
            telegram.url()
        ),
    );
    format!(
        "data = \"data\"\nlisten = \"127.0.0.1:0\"\n\n{toml}\n[site.knowledge]\npaths = [\"faq.md\"]\n"
    )
}

async fn server(telegram: &TelegramServer) -> Server {
    Server::prepare(&from_the_page(telegram)).await
}

#[tokio::test]
async fn who_follows_the_page_passes() {
    let telegram = TelegramServer::start().await;
    let server = server(&telegram).await;
    let (ended, findings) = examine(&server).await;
    assert!(ended.ok, "{:?}", graded(&findings, "bad"));
    let good = graded(&findings, "good").join("\n");
    for part in [
        "the token works",
        "has topics",
        "is private",
        "may open topics",
        "the clock is right",
    ] {
        assert!(good.contains(part), "{part}: {good}");
    }
    let server = server.launch().await;
    let (ended, findings) = examine(&server).await;
    assert!(ended.ok, "{:?}", graded(&findings, "bad"));
}

#[tokio::test]
async fn each_step_left_out_is_named() {
    let left_out: [(&str, Omission); 4] = [
        ("Topics", |group| group.is_forum = false),
        ("Add admin", |group| group.bot = BotRole::Member),
        ("Private", |group| group.username = Some("shop".to_owned())),
        ("add the bot to the group", |group| {
            group.bot = BotRole::Kicked
        }),
    ];
    for (click, mistake) in left_out {
        let telegram = TelegramServer::start().await;
        telegram.in_group(CHAT, mistake);
        let server = server(&telegram).await;
        let (ended, findings) = examine(&server).await;
        let bad = graded(&findings, "bad").join("\n");
        assert!(!ended.ok && bad.contains(click), "{click}: {bad}");
        let all = format!("{} {}", ended.stdout, ended.stderr);
        assert!(!all.contains("test-token"), "{all}");
    }
}
