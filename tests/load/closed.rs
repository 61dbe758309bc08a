//! The closed loop: each socket asks, waits for acknowledgement and answer, and asks again.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::client::Client;
use crate::numbers::{Report, Times};
use crate::options::{Closed, Place};
use crate::process;
use crate::talk::Talk;

/// An answer that takes longer ends the run.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub async fn run(options: &Closed) -> Result<Report, String> {
    let questions: Arc<[String]> = options.questions.read()?.into();
    let clients = enter_all(&options.place, options.sockets).await?;
    let cpu = Cpu::begin(&options.place)?;
    let start = Instant::now();
    let end = start + Duration::from_secs(options.seconds);
    let mut work = JoinSet::new();
    for (index, client) in clients.into_iter().enumerate() {
        work.spawn(converse(client, index, questions.clone(), end));
    }
    let (mut acknowledged, mut answered) = (Times::default(), Times::default());
    while let Some(done) = work.join_next().await {
        let talk = done.map_err(|error| error.to_string())??;
        acknowledged.merge(talk.acknowledged);
        answered.merge(talk.answered);
    }
    let mut report = Report::default();
    let rate = answered.count() as f64 / start.elapsed().as_secs_f64();
    report.add(
        "per_second",
        rate,
        "questions stored and answered per second",
    );
    report.add("answered", answered.count() as f64, "questions in all");
    add_times(&mut report, acknowledged, answered.clone());
    cpu.end(&mut report, answered.count())?;
    Ok(report)
}

async fn converse(
    mut client: Client,
    index: usize,
    questions: Arc<[String]>,
    end: Instant,
) -> Result<Talk, String> {
    let mut talk = Talk::default();
    let mut turn = index;
    while Instant::now() < end {
        let id = format!("q{turn}");
        talk.asked(&id, Instant::now());
        client.ask(&id, &questions[turn % questions.len()]).await?;
        settle(&mut client, &mut talk).await?;
        turn += 1;
    }
    Ok(talk)
}

/// Reads until nothing is under way.
pub async fn settle(client: &mut Client, talk: &mut Talk) -> Result<(), String> {
    while talk.under_way() > 0 {
        let frame = timeout(PATIENCE, client.frame()).await;
        talk.read(&frame.map_err(|_| format!("no answer within {PATIENCE:?}"))??);
    }
    Ok(())
}

/// Opens sockets, some at once.
pub async fn enter_all(place: &Place, count: u32) -> Result<Vec<Client>, String> {
    const AT_ONCE: u32 = 32;
    let mut clients = Vec::with_capacity(count as usize);
    let mut work = JoinSet::new();
    for index in 0..count {
        let place = place.clone();
        work.spawn(async move { Client::enter(&place).await });
        if index + 1 >= AT_ONCE
            && let Some(entered) = work.join_next().await
        {
            clients.push(entered.map_err(|error| error.to_string())??);
        }
    }
    while let Some(entered) = work.join_next().await {
        clients.push(entered.map_err(|error| error.to_string())??);
    }
    Ok(clients)
}

pub fn add_times(report: &mut Report, acknowledged: Times, answered: Times) {
    let words = [
        "ms until acknowledged, half of them",
        "ms until acknowledged, 99 of 100",
    ];
    report.times(["ack_p50_ms", "ack_p99_ms"], acknowledged, words);
    let words = [
        "ms until answered, half of them",
        "ms until answered, 99 of 100",
    ];
    report.times(["answer_p50_ms", "answer_p99_ms"], answered, words);
}

/// The server's processor time during a run, if its process is known.
pub struct Cpu(Option<(u32, f64)>);

impl Cpu {
    pub fn begin(place: &Place) -> Result<Cpu, String> {
        let used = |pid| process::cpu_seconds(pid).map(|seconds| (pid, seconds));
        Ok(Cpu(place.server_pid.map(used).transpose()?))
    }

    pub fn end(self, report: &mut Report, questions: usize) -> Result<(), String> {
        if let Some((pid, before)) = self.0 {
            let used = process::cpu_seconds(pid)? - before;
            let each = used * 1_000_000.0 / questions.max(1) as f64;
            report.add(
                "server_cpu_us",
                each,
                "µs of the server's processor time per question and answer",
            );
        }
        Ok(())
    }
}
