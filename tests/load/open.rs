//! The open loop: questions at a steady rate, whatever the server does. Each is timed from the moment when it was
//! due, so a server that stalls cannot make the load, and with it the measured times, look better.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::client::Client;
use crate::closed::{Cpu, add_times, enter_all, settle};
use crate::numbers::{Report, Times};
use crate::options::Open;
use crate::talk::Talk;

/// When the questions of one socket are due.
#[derive(Clone, Copy)]
struct Schedule {
    first: Instant,
    every: Duration,
    end: Instant,
}

pub async fn run(options: &Open) -> Result<Report, String> {
    let questions: Arc<[String]> = options.questions.read()?.into();
    let clients = enter_all(&options.place, options.sockets).await?;
    let cpu = Cpu::begin(&options.place)?;
    let start = Instant::now() + Duration::from_millis(50);
    let end = start + Duration::from_secs(options.seconds);
    let gap = Duration::from_secs(1) / options.rate;
    let mut work = JoinSet::new();
    for (index, client) in (0..).zip(clients) {
        let schedule = Schedule {
            first: start + gap * index,
            every: gap * options.sockets,
            end,
        };
        work.spawn(converse(
            client,
            index as usize,
            questions.clone(),
            schedule,
        ));
    }
    let (acknowledged, answered) = gather(work).await?;
    let mut report = Report::default();
    report.add(
        "rate",
        f64::from(options.rate),
        "questions were due per second",
    );
    report.add(
        "answered",
        answered.count() as f64,
        "questions stored and answered in all",
    );
    add_times(&mut report, acknowledged, answered.clone());
    cpu.end(&mut report, answered.count())?;
    Ok(report)
}

async fn gather(mut work: JoinSet<Result<Talk, String>>) -> Result<(Times, Times), String> {
    let (mut acknowledged, mut answered) = (Times::default(), Times::default());
    while let Some(done) = work.join_next().await {
        let talk = done.map_err(|error| error.to_string())??;
        acknowledged.merge(talk.acknowledged);
        answered.merge(talk.answered);
    }
    Ok((acknowledged, answered))
}

async fn converse(
    mut client: Client,
    index: usize,
    questions: Arc<[String]>,
    schedule: Schedule,
) -> Result<Talk, String> {
    let mut talk = Talk::default();
    let mut due = schedule.first;
    let mut turn = index;
    while due < schedule.end {
        tokio::select! {
            biased;
            () = sleep_until(due) => {
                let id = format!("q{turn}");
                talk.asked(&id, due);
                client.ask(&id, &questions[turn % questions.len()]).await?;
                due += schedule.every;
                turn += 1;
            }
            frame = client.frame() => talk.read(&frame?),
        }
    }
    settle(&mut client, &mut talk).await?;
    Ok(talk)
}
