//! The other side of a bridge in its tests: an inbox that keeps what comes in, and a listener in the background.

// Every test binary uses its own part of this.
#![allow(dead_code)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hinny_bridges::{
    Bridge, ConnectionId, Happened, Inbound, Inbox, LiveThread, NotStored, Said, SendError,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

/// How long anything that must happen may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps what comes in, and refuses the first `refuse` things.
pub struct Ledger {
    seen: UnboundedSender<Inbound>,
    refuse: Mutex<usize>,
    live: Vec<LiveThread>,
}

#[async_trait]
impl Inbox for Ledger {
    async fn receive(&self, inbound: Inbound) -> Result<(), NotStored> {
        let mut refuse = self.refuse.lock().unwrap();
        if *refuse > 0 {
            *refuse -= 1;
            return Err(NotStored("the disk is full".to_owned()));
        }
        self.seen.send(inbound).unwrap();
        Ok(())
    }

    async fn live(&self, _connection: &ConnectionId) -> Result<Vec<LiveThread>, NotStored> {
        Ok(self.live.clone())
    }
}

/// An inbox, and what it got.
pub fn ledger(refuse: usize, live: Vec<LiveThread>) -> (Ledger, UnboundedReceiver<Inbound>) {
    let (sender, seen) = unbounded_channel();
    let ledger = Ledger {
        seen: sender,
        refuse: Mutex::new(refuse),
        live,
    };
    (ledger, seen)
}

/// Listens until it stops by itself, which it must do soon.
pub async fn listen(bridge: &dyn Bridge, inbox: &dyn Inbox) -> SendError {
    let stopped = tokio::time::timeout(PATIENCE, bridge.listen(inbox)).await;
    stopped.expect("listening stops")
}

/// A listener in the background that is started again whenever it stops, as hinny does.
pub struct Listening {
    seen: UnboundedReceiver<Inbound>,
    task: JoinHandle<()>,
}

impl Listening {
    /// Begins with these threads to look through.
    pub fn begin(bridge: Arc<dyn Bridge>, refuse: usize, live: Vec<LiveThread>) -> Self {
        let (ledger, seen) = ledger(refuse, live);
        let task = tokio::spawn(async move {
            loop {
                let error = bridge.listen(&ledger).await;
                println!("listening ended: {error}");
                tokio::task::yield_now().await;
            }
        });
        Listening { seen, task }
    }

    pub async fn next(&mut self) -> Inbound {
        let next = tokio::time::timeout(PATIENCE, self.seen.recv()).await;
        next.expect("something comes in")
            .expect("the listener lives")
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn said(inbound: &Inbound) -> &Said {
    match &inbound.what {
        Happened::Said(said) => said,
        other => panic!("not words: {other:?}"),
    }
}

pub fn words(inbound: &Inbound) -> String {
    said(inbound).text.to_plain()
}

/// The strings that are known to upset programs, where the machine has them.
pub fn naughty_strings() -> Vec<String> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/corpora/blns/blns.json"
    );
    match std::fs::read_to_string(path) {
        Ok(file) => serde_json::from_str(&file).unwrap(),
        Err(_) => {
            println!("skipped: ../shared/corpora is absent");
            Vec::new()
        }
    }
}
