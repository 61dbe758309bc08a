//! Two sites whose teams share one connection: one listener, two channels, and nothing crosses over.

use tempfile::TempDir;

use crate::homes::stage::heard;
use crate::homes::{ANN, BOB, Home};
use crate::on_every_platform;
use crate::support::server::{SITE, Server};
use crate::support::visitor::Visitor;

on_every_platform!(two_sites_share_one_connection);

fn config<H: Home>(home: &H, secrets: &TempDir) -> String {
    let (first, second) = (home.target(), home.second_target());
    let connection = home.connection(secrets.path());
    let lab = "[[site]]\nid = \"lab\"\nname = \"Lab\"\norigins = [\"https://shop.example\"]\n\
               knowledge = { paths = [\"faq.md\"] }\n";
    format!("{SITE}\n{first}\n{lab}\n{second}\n{connection}")
}

async fn waiting(server: &Server, site: &str) -> Visitor {
    let mut visitor = Visitor::new(site);
    visitor.site = site.to_owned();
    visitor.connect(&server.url).await;
    visitor.asks_for_a_person().await;
    visitor.says(&format!("I come from the {site}")).await;
    visitor
}

/// The thread among these whose visitor comes from this site.
fn of_site<H: Home>(home: &H, places: Vec<H::Place>, site: &str) -> Option<H::Place> {
    let said = format!("I come from the {site}");
    let tells = |place: &H::Place| {
        let mut posts = home.posts(place).into_iter();
        posts.any(|post| post.text.contains(&said))
    };
    places.into_iter().find(tells)
}

async fn two_sites_share_one_connection<H: Home>() {
    let home = H::start().await;
    let secrets = tempfile::tempdir().unwrap();
    let server = Server::start(&config(&home, &secrets)).await;
    home.is_listened_to().await;
    let mut ada = waiting(&server, "shop").await;
    let mut eve = waiting(&server, "lab").await;
    let shop = home
        .until("the shop's thread", |home| {
            of_site(home, home.places(), "shop")
        })
        .await;
    let lab = home
        .until("the lab's thread", |home| {
            of_site(home, home.second_places(), "lab")
        })
        .await;
    home.says(ANN, &shop, "This is the shop");
    home.says(BOB, &lab, "This is the lab");
    ada.sees("agent", "This is the shop").await;
    eve.sees("agent", "This is the lab").await;
    assert_eq!(heard(&ada), ["agent Ann: This is the shop"]);
    assert_eq!(heard(&eve), ["agent Bob: This is the lab"]);
    assert_eq!(
        (home.places().len(), home.second_places().len()),
        (1, 1),
        "{}",
        home.summary()
    );
    assert_eq!(home.listeners(), 1, "one listener for one credential");
    home.ends_well();
}
