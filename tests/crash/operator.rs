//! Kills the server and starts it again in the same folder.

use std::time::{Duration, Instant};

use crate::plan::Moment;
use crate::support::http;
use crate::support::server::Server;
use crate::world::World;

/// Names a step and the pass at which the process ends itself there; read by builds with failpoints only.
const ABORT: &str = "HINNY_ABORT_AT";

/// What the operator saw.
#[derive(Default)]
pub struct Deaths {
    /// For each death a time between it and the next start.
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

/// Goes through the plan. The server runs at the beginning and at the end; `telegram` is where it sends to.
pub async fn run(server: &mut Server, telegram: &str, plan: &[Moment], world: &World) -> Deaths {
    let mut deaths = Deaths::default();
    for (index, moment) in plan.iter().enumerate() {
        if let Moment::Acknowledged(count) = moment {
            world.wait_for_acknowledgements(*count).await;
            server.kill().await;
        } else {
            server.ended().await;
        }
        println!(
            "death {index:2}: {moment:?}, {} acknowledgements so far",
            world.acknowledgements()
        );
        // What the dead one sent last is read before the next one can say anything.
        http::get(telegram).await;
        let border = Instant::now();
        if start(server, plan.get(index + 1)).await {
            deaths.starts.push(border.elapsed());
            world.moved(&server.url);
        }
        deaths.borders.push(border);
    }
    deaths
}

/// A step may be reached before anybody can come; then the server does not live to say where it is.
async fn start(server: &mut Server, next: Option<&Moment>) -> bool {
    server.clear_env();
    if let Some(Moment::Step(name, pass)) = next {
        server.set_env(ABORT, &format!("{name}={pass}"));
        return server.try_start_again().await;
    }
    server.start_again().await;
    true
}
