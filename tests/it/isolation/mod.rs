//! Isolation is generated, not remembered: two sites, three visitors and a team each, and everybody tries everybody
//! else's ids on every route and in every frame of the server. A foreign id must get the very answer of one that was
//! never given to anything, nothing of somebody else's may come back, and nothing of theirs may change.
//!
//! What there is to try is asked of the program (`hinny surface`): a route or frame without a line in `rows.rs` fails
//! the first test here. Numbers (`seq`, candidates, drafts) count within one conversation and are nobody's ids.

mod answer;
mod frames;
mod routes;
pub mod rows;
mod witness;
mod world;

use std::collections::BTreeSet;

use crate::support::server::{SITE, Server};
use rows::{DESK_FRAMES, FRAMES, ROUTES};
use world::World;

#[tokio::test]
async fn every_route_and_every_frame_has_a_row() {
    let server = Server::prepare(SITE).await;
    let surface = server.run(&["surface"]).await;
    assert!(surface.ok, "{}", surface.stderr);
    let known: BTreeSet<&str> = surface.stdout.lines().collect();
    assert!(known.len() > 50, "{known:?}");
    let routes = ROUTES.iter().map(|row| format!("route {}", row.route));
    let frames = FRAMES.iter().map(|row| format!("frame {}", row.kind));
    let desk = DESK_FRAMES
        .iter()
        .map(|row| format!("desk-frame {}", row.kind));
    let rows: BTreeSet<String> = routes.chain(frames).chain(desk).collect();
    let rows: BTreeSet<&str> = rows.iter().map(String::as_str).collect();
    let missing: Vec<_> = known.difference(&rows).collect();
    assert!(
        missing.is_empty(),
        "add a row for each of these to tests/it/isolation/rows.rs: {missing:#?}"
    );
    let gone: Vec<_> = rows.difference(&known).collect();
    assert!(gone.is_empty(), "rows for what is not there: {gone:#?}");
}

#[tokio::test]
async fn no_route_gives_takes_or_hints_at_what_is_anothers() {
    let world = World::build().await;
    let before = world.look().await;
    let mut tried = routes::teams_try(&world).await;
    tried += routes::strangers_try(&world).await;
    world.nothing_happened_since(&before).await;
    tried += routes::visitors_try(&world).await;
    world.only_their_own_since(&before).await;
    routes::owners_can(&world).await;
    println!("tried {tried} calls");
    assert!(tried > 3_000, "{tried}");
}

#[tokio::test]
async fn no_frame_gives_takes_or_hints_at_what_is_anothers() {
    let world = World::build().await;
    let before = world.look().await;
    let mut tried = frames::teams_try(&world).await;
    world.nothing_happened_since(&before).await;
    tried += frames::visitors_try(&world).await;
    world.only_their_own_since(&before).await;
    println!("tried {tried} frames");
    assert!(tried > 1_000, "{tried}");
}
