//! Idle visitors: sockets that said hello (and perhaps asked once) and then stay silent, and what each adds to the
//! server's memory. The kernel's own memory for sockets is not counted.

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::Client;
use crate::closed::{enter_all, settle};
use crate::numbers::Report;
use crate::options::Idle;
use crate::process::rss_kib;
use crate::talk::Talk;

pub async fn run(options: &Idle) -> Result<Report, String> {
    let pid = options.place.server_pid.ok_or("idle needs --server-pid")?;
    let questions = options.questions.read()?;
    let before = rss_kib(pid)?;
    let mut clients = enter_all(&options.place, options.sockets).await?;
    if options.talk {
        clients = talk_once(clients, &questions[0]).await?;
    }
    let after = rss_kib(pid)?;
    let mut report = Report::default();
    report.add("sockets", clients.len() as f64, "idle sockets");
    report.add("rss_before_kib", before, "KiB in use by the server before");
    report.add("rss_after_kib", after, "KiB in use by the server with them");
    let each = (after - before) / clients.len() as f64;
    report.add("kib_per_visitor", each, "KiB per idle visitor");
    Ok(report)
}

/// Some at once, so that the machine is busy but nobody waits for long.
async fn talk_once(clients: Vec<Client>, question: &str) -> Result<Vec<Client>, String> {
    const AT_ONCE: usize = 32;
    let mut done = Vec::with_capacity(clients.len());
    let mut work = JoinSet::new();
    for client in clients {
        work.spawn(ask_once(client, question.to_owned()));
        if work.len() >= AT_ONCE
            && let Some(asked) = work.join_next().await
        {
            done.push(asked.map_err(|error| error.to_string())??);
        }
    }
    while let Some(asked) = work.join_next().await {
        done.push(asked.map_err(|error| error.to_string())??);
    }
    Ok(done)
}

async fn ask_once(mut client: Client, question: String) -> Result<Client, String> {
    let mut talk = Talk::default();
    talk.asked("q1", Instant::now());
    client.ask("q1", &question).await?;
    settle(&mut client, &mut talk).await?;
    Ok(client)
}
