//! Secrets: weak ones, and how a site changes from one to the next.

use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

const OLD: &str = "{ id = \"2026-05\", secret_env = \"SHOP_SECRET\" }";
const NEW: &str = "{ id = \"2026-11\", secret_env = \"BLOG_SECRET\" }";

fn config(keys: &[&str]) -> String {
    let keys = format!("identity_keys = [{}]", keys.join(", "));
    SITE.replace("identity_secret_env = \"SHOP_SECRET\"", &keys)
}

async fn token(server: &Server, kid: &str) -> String {
    let printed = server.run(&["token", "--sub", "ada", "--kid", kid]).await;
    assert!(printed.ok, "{}", printed.stderr);
    printed.stdout.trim().to_owned()
}

/// Both keys are good while the site's servers change, then the old one is taken away; who is there stays.
#[tokio::test]
async fn a_secret_is_changed_without_anybody_noticing() {
    let mut server = Server::start(&config(&[OLD])).await;
    let mut ada = Visitor::new("ada");
    ada.identity = Some(token(&server, "2026-05").await);
    let old = ada.identity.clone();
    ada.connect(&server.url).await;
    ada.says("hello").await;
    let conversation = ada.conversation.clone();

    restart(&mut server, &config(&[NEW, OLD])).await;
    for kid in ["2026-05", "2026-11"] {
        let mut tab = ada.second_tab();
        tab.identity = Some(token(&server, kid).await);
        tab.connect(&server.url).await;
        assert_eq!(tab.conversation, conversation, "{kid}");
    }
    let newest = server.run(&["token", "--sub", "ada"]).await;
    let mut tab = ada.second_tab();
    tab.identity = Some(newest.stdout.trim().to_owned());
    tab.connect(&server.url).await;

    restart(&mut server, &config(&[NEW])).await;
    let mut late = Visitor::new("late");
    late.identity = old;
    let told = late.try_connect(&server.url).await.unwrap_err();
    assert!(
        told.contains("identity_invalid") && told.contains("`kid`"),
        "{told}"
    );
    let mut back = ada.second_tab();
    let welcome = back.connect(&server.url).await;
    assert_eq!(welcome["visitor"]["kind"], "identified");
    assert_eq!(back.conversation, conversation);
}

async fn restart(server: &mut Server, config: &str) {
    assert_eq!(server.terminate().await, Some(0));
    std::fs::write(server.folder().join("hinny.toml"), config).unwrap();
    server.start_again().await;
}

#[tokio::test]
async fn a_weak_secret_is_refused_at_the_start_with_what_to_do() {
    let mut server = Server::prepare(SITE).await;
    for weak in [
        "secret",
        "your-256-bit-secret",
        "changeme-changeme-changeme-changeme",
        "0123456789abcdef0123456789abcdef",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "r9iMKoe5CRMgvJBBtp4HrqN7QiPpUToj",
    ] {
        server.clear_env();
        server.set_env("SHOP_SECRET", weak);
        assert!(!server.try_start_again().await, "{weak}");
        server.ended().await;
    }
    let log = server.log();
    assert_eq!(log.matches("openssl rand -hex 32").count(), 6, "{log}");
    assert!(
        !log.contains("changeme") && !log.contains("r9iMKoe5"),
        "{log}"
    );
}

#[tokio::test]
async fn a_list_of_keys_that_is_wrong_is_refused_at_the_start() {
    let twice = OLD.replace("SHOP", "BLOG");
    let unnamed = OLD.replace("2026-05", "no/slash");
    let nowhere = "{ id = \"x\" }";
    let inline = "{ id = \"x\", secret = \"verysecret\" }";
    for (keys, says) in [
        (vec![OLD, &twice], "there twice"),
        (
            vec![OLD, "{ id = \"b\", secret_env = \"SHOP_SECRET\" }"],
            "the same secret",
        ),
        (vec![unnamed.as_str()], "an `id` is"),
        (vec![nowhere], "needs `secret_env`"),
        (vec![inline], "cannot be written here"),
    ] {
        let mut server = Server::prepare(SITE).await;
        std::fs::write(server.folder().join("hinny.toml"), config(&keys)).unwrap();
        assert!(!server.try_start_again().await, "{keys:?}");
        let log = server.log();
        assert!(
            log.contains(says) && !log.contains("verysecret"),
            "{keys:?}: {log}"
        );
    }
}
