//! Kills the server and starts it again in the same folder.

use std::time::{Duration, Instant};

use crate::plan::Moment;
use crate::support::server::Server;
use crate::world::World;

/// Names a step and the pass at which the process ends itself there; read by builds with failpoints only.
const ABORT: &str = "HINNY_ABORT_AT";

/// What the operator saw.
#[derive(Default)]
pub struct Deaths {
    /// For each death a time between it and the next life's first breath.
    pub borders: Vec<Instant>,
    /// How long each start took until the address was printed.
    pub starts: Vec<Duration>,
}

impl Deaths {
    /// In which life something happened, counted from 0.
    pub fn life(&self, at: Instant) -> usize {
        self.borders.partition_point(|border| *border <= at)
    }
}

/// Goes through the plan. The server runs at the beginning and at the end.
pub async fn run(server: &mut Server, plan: &[Moment], world: &World) -> Deaths {
    let mut deaths = Deaths::default();
    for (index, moment) in plan.iter().enumerate() {
        if let Moment::Acknowledged(count) = moment {
            world.wait_for_acknowledgements(*count).await;
            server.kill().await;
        } else {
            server.ended().await;
        }
        let died = Instant::now();
        println!(
            "death {index:2}: {moment:?}, {} acknowledgements so far",
            world.acknowledgements()
        );
        start(server, plan.get(index + 1)).await;
        world.moved(&server.url);
        deaths.starts.push(died.elapsed());
        // What the dead one had sent may be read a moment after its death, and the living one says something
        // a moment before its address is known here.
        deaths.borders.push(died + died.elapsed() / 2);
    }
    deaths
}

async fn start(server: &mut Server, next: Option<&Moment>) {
    server.clear_env();
    if let Some(Moment::Step(name, pass)) = next {
        server.set_env(ABORT, &format!("{name}={pass}"));
    }
    server.start_again().await;
}
