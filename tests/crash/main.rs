//! The crash story: the real binary under the load of many visitors and two teams, killed again and again, and
//! what it acknowledged is all there in the end, once and in order.
//!
//! Every check is made from outside: from what visitors, agents and Telegram were told, and from what they can
//! read afterwards. Whether a question was settled exactly once is read from the visitor's own view too, by a
//! second account of the published rules (`reading`), so that the server's bookkeeping is not asked about itself.
//!
//! `CRASH_SEED` and `CRASH_DEATHS` choose another story or a longer one.

#![allow(clippy::unwrap_used)]

mod check;
mod config;
mod dice;
mod group;
mod guest;
mod operator;
mod plan;
mod reading;
#[path = "../support/mod.rs"]
mod support;
mod team;
#[path = "../platforms/telegram.rs"]
mod telegram;
#[path = "../platforms/watched.rs"]
mod watched;
mod world;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use guest::Guest;
use operator::Deaths;
use support::desk::Desk;
use support::server::Server;
use support::visitor::Visitor;
use support::{eventually, http};
use team::Reply;
use telegram::TelegramServer;
use tokio::task::JoinHandle;
use world::World;

const GUESTS: u64 = 24;
const SEED: u64 = 20_251;
const DEATHS: usize = 24;

fn setting(name: &str, usual: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(usual, |text| text.parse().expect("a number"))
}

/// Everything that the story leaves behind.
struct Ended {
    guests: Vec<Guest>,
    at_the_desk: Vec<Reply>,
    in_the_group: Vec<Reply>,
    deaths: Deaths,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_death() {
    let telegram = Arc::new(TelegramServer::start().await);
    let secrets = tempfile::tempdir().unwrap();
    let token = secrets.path().join("token");
    std::fs::write(&token, telegram::TOKEN).unwrap();
    let mut server = Server::start(&config::toml(&telegram.url(), &token)).await;
    let ended = story(&mut server, &telegram).await;
    quiet(&server, &telegram).await;
    restore(&mut server).await;
    judge(&server, &telegram, ended).await;
    let log = server.log();
    let loud = log
        .lines()
        .find(|line| line.contains("panicked") || line.contains("ERROR"));
    assert_eq!(loud, None, "dying is nothing to log about");
}

async fn story(server: &mut Server, telegram: &Arc<TelegramServer>) -> Ended {
    let seed = setting("CRASH_SEED", SEED);
    let deaths = setting("CRASH_DEATHS", DEATHS as u64) as usize;
    println!(
        "CRASH_SEED={seed} CRASH_DEATHS={deaths}, steps inside: {}",
        cfg!(feature = "failpoints")
    );
    let plan = plan::moments(seed, deaths, cfg!(feature = "failpoints"));
    let shop = Desk::log_in_to(server, "shop").await;
    let lab = Desk::log_in_to(server, "lab").await;
    let world = Arc::new(World::new(seed, &server.url));
    let guests: Vec<_> = (0..GUESTS)
        .map(|number| spawn_guest(number, &world))
        .collect();
    let shop = spawn_desk(team::SHOP, shop, &world);
    let lab = spawn_desk(team::LAB, lab, &world);
    let in_the_group = {
        let (world, telegram) = (world.clone(), telegram.clone());
        tokio::spawn(async move { team::in_the_group(&telegram, &world).await })
    };
    let deaths = operator::run(server, &telegram.url(), &plan, &world).await;
    world.calm_down();
    let mut back = Vec::new();
    for guest in guests {
        back.push(guest.await.expect("no guest was wronged"));
    }
    world.close();
    println!("{} acknowledgements", world.acknowledgements());
    Ended {
        guests: back,
        at_the_desk: [
            shop.await.expect("the shop was not wronged"),
            lab.await.expect("the lab was not wronged"),
        ]
        .concat(),
        in_the_group: in_the_group.await.expect("the group was not wronged"),
        deaths,
    }
}

fn spawn_guest(number: u64, world: &Arc<World>) -> JoinHandle<Guest> {
    let site = if number.is_multiple_of(2) {
        "shop"
    } else {
        "lab"
    };
    let world = world.clone();
    tokio::spawn(async move { Guest::new(number, site, world.seed).run(&world).await })
}

fn spawn_desk(team: team::Team, desk: Desk, world: &Arc<World>) -> JoinHandle<Vec<Reply>> {
    let world = world.clone();
    tokio::spawn(async move { team::at_the_desk(team, desk, &world).await })
}

/// Nothing waits anywhere: no delivery, no alarm of an open question, no update at Telegram.
async fn quiet(server: &Server, telegram: &TelegramServer) {
    let left = Mutex::new(String::new());
    let look = || async {
        let metrics = http::get(&format!("{}/metrics", server.url)).await.text;
        *left.lock().unwrap() = waiting(&metrics, telegram.pending_updates());
        left.lock().unwrap().is_empty().then_some(())
    };
    let quiet =
        AssertUnwindSafe(eventually("a server with nothing left to do", look)).catch_unwind();
    let log = server.log();
    quiet
        .await
        .unwrap_or_else(|_| panic!("there is still: {}\n{log}", left.lock().unwrap()));
}

/// What is not done yet, as the server and Telegram tell it.
fn waiting(metrics: &str, updates: usize) -> String {
    let names = [
        "deliveries_pending",
        "dead_letters",
        "parked_total",
        "alarms",
    ];
    let named = |line: &&str| {
        names
            .iter()
            .any(|name| line.starts_with(&format!("hinny_{name} ")))
    };
    let mut left: Vec<String> = metrics.lines().filter(named).map(str::to_owned).collect();
    assert_eq!(left.len(), names.len(), "all are told: {metrics}");
    left.push(format!("updates {updates}"));
    left.retain(|line| !line.ends_with(" 0"));
    left.join(", ")
}

/// From here on everything is read from a backup of the folder that lived through all this.
async fn restore(server: &mut Server) {
    assert_eq!(
        server.terminate().await,
        Some(0),
        "it stops when asked: {}",
        server.log()
    );
    let copy = server.folder().join("copy.db");
    let made = server.run(&["backup", &copy.to_string_lossy()]).await;
    assert!(made.ok, "{}", made.stderr);
    let store = server.data().join("hinny.db");
    for rest in ["hinny.db-wal", "hinny.db-shm"] {
        std::fs::remove_file(server.data().join(rest)).ok();
    }
    std::fs::rename(&copy, &store).unwrap();
    server.clear_env();
    server.start_again().await;
}

/// What all visitors came to.
#[derive(Default)]
struct Totals {
    answered: usize,
    handed_over: usize,
    lines: usize,
    repeats: usize,
    held: usize,
}

async fn judge(server: &Server, telegram: &TelegramServer, mut ended: Ended) {
    let shop = Desk::log_in_to(server, "shop").await;
    let lab = Desk::log_in_to(server, "lab").await;
    let topics = telegram.topics();
    let mut replies: HashMap<&str, Vec<&Reply>> = HashMap::new();
    for reply in ended.at_the_desk.iter().chain(&ended.in_the_group) {
        replies.entry(&reply.place).or_default().push(reply);
    }
    let mut totals = Totals::default();
    for guest in &mut ended.guests {
        let fresh = read_anew(server, guest).await;
        let topic = group::topic_of(telegram, &topics, guest);
        let in_the_group = topic.map(|topic| topic.id.to_string()).unwrap_or_default();
        let told = [guest.conversation(), &in_the_group].map(|place| replies.remove(place));
        let told: Vec<&Reply> = told.into_iter().flatten().flatten().collect();
        let desk = match guest.visitor.site.as_str() {
            "shop" => &shop,
            _ => &lab,
        };
        let team_view = desk.reads(guest.conversation()).await;
        let reading = check::visitor(guest, &fresh.log, &told, &check::held(&team_view));
        check::desk(guest, &team_view);
        totals.held += check::held(&team_view).len();
        if guest.visitor.site == "lab" {
            let posts = topic.map(|topic| telegram.posts(topic.id));
            let posts = posts.unwrap_or_default();
            let found = group::check(&posts, &ended.deaths, guest, &reading.for_team);
            group::cards(&posts, &ended.deaths, &guest.visitor);
            totals.lines += found.lines;
            totals.repeats += found.repeats;
        }
        totals.answered += reading.answered;
        totals.handed_over += reading.handed_over;
    }
    let strays: Vec<_> = replies.keys().collect();
    assert!(strays.is_empty(), "lines in places of nobody: {strays:?}");
    let twins = group::twins(telegram, &topics, &ended.deaths);
    report(&ended);
    totals.are_enough(twins);
}

/// The visitor after a reconnect, and another tab that reads everything from the start.
async fn read_anew(server: &Server, guest: &mut Guest) -> Visitor {
    guest.visitor.cut();
    guest.visitor.connect(&server.url).await;
    let mut fresh = guest.visitor.second_tab();
    fresh.site.clone_from(&guest.visitor.site);
    fresh.connect(&server.url).await;
    fresh
}

impl Totals {
    fn are_enough(&self, twins: usize) {
        let Totals {
            answered,
            handed_over,
            lines,
            repeats,
            held,
        } = self;
        println!(
            "{answered} questions answered, {handed_over} handed over; in the group {lines} lines, {repeats} repeats, {twins} twins, {held} lines held"
        );
        let enough = [answered, handed_over, lines]
            .iter()
            .all(|count| **count > 50);
        assert!(enough, "the story was too small to prove anything");
    }
}

fn report(ended: &Ended) {
    let said: usize = ended.guests.iter().map(|guest| guest.said.len()).sum();
    let slowest = ended.deaths.starts.iter().max();
    println!(
        "{said} sayings, {} replies at the desk, {} in the group, slowest start {slowest:?}",
        ended.at_the_desk.len(),
        ended.in_the_group.len()
    );
}
