//! An OpenAI for tests: an HTTP server on a port of its own that streams chat completions as the public reference
//! says (<https://platform.openai.com/docs/api-reference/chat>), keeps what it saw, and fails on request. It is
//! stricter than the real one: what hinny must not send is refused. In its *evil* mode it does whatever anybody
//! asks of it, and tells all it knows.

// Every test binary uses its own part of this.
#![allow(dead_code)]

#[path = "openai_answers.rs"]
mod answers;
#[path = "openai_checks.rs"]
mod checks;
#[path = "openai_embeddings.rs"]
mod embeddings;
#[path = "openai_stream.rs"]
mod stream;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router, body::Bytes, extract::State, http::HeaderMap, response::Response, routing::post,
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

pub use self::{answers::Mode, stream::Fault};
use crate::watched::Watched;

/// The key that this server takes.
pub const KEY: &str = "sk-test-0f3b9c-that-must-never-leave";
pub const MODEL: &str = "test-model";
/// The model that makes vectors.
pub const EMBEDDINGS: &str = "test-embeddings";
/// How long `await_…` waits before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct OpenAiServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

pub type Shared = Watched<Seen>;

/// What has happened and what will.
pub struct Seen {
    pub mode: Mode,
    /// For the next calls, in this order.
    pub faults: Vec<Fault>,
    /// For all calls that no other fault is planned for.
    pub always: Option<Fault>,
    /// The bodies of all calls, refused ones too.
    pub calls: Vec<Value>,
    /// How many texts were made into vectors.
    pub embedded: usize,
    /// With what status the next calls for vectors are refused, in this order.
    pub tired: Vec<u16>,
    /// What was wrong with calls. A test ends with none.
    pub complaints: Vec<String>,
}

impl OpenAiServer {
    pub async fn start(mode: Mode) -> Self {
        let shared = Arc::new(Watched::new(Seen {
            mode,
            faults: Vec::new(),
            always: None,
            calls: Vec::new(),
            embedded: 0,
            tired: Vec::new(),
            complaints: Vec::new(),
        }));
        let routes = Router::new()
            .route("/v1/chat/completions", post(completion))
            .route("/v1/embeddings", post(embeddings::embeddings))
            .with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("the machine has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let task = tokio::spawn(async move {
            axum::serve(listener, routes)
                .await
                .expect("the server runs until the test ends");
        });
        OpenAiServer {
            shared,
            address,
            task,
        }
    }

    /// What to put into hinny's configuration as the base URL.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Plans how the next calls go wrong.
    pub fn fail(&self, faults: &[Fault]) {
        self.shared.change(|seen| seen.faults.extend(faults));
    }

    /// How all other calls go wrong, until told otherwise.
    pub fn fail_always(&self, fault: Option<Fault>) {
        self.shared.change(|seen| seen.always = fault);
    }

    /// Goes away: open connections break and new ones are refused.
    pub async fn stop(&mut self) {
        self.task.abort();
        // The only way for the task to end is the abort, so its result says nothing.
        (&mut self.task).await.ok();
    }

    pub fn calls(&self) -> Vec<Value> {
        self.shared.look(|seen| seen.calls.clone())
    }

    /// Waits for so many calls, and gives all there are.
    pub async fn await_calls(&self, count: usize) -> Vec<Value> {
        let enough = |seen: &Seen| (seen.calls.len() >= count).then(|| seen.calls.clone());
        let calls = self.shared.until(PATIENCE, enough).await;
        calls.unwrap_or_else(|| panic!("{count} calls never came: {:?}", self.calls()))
    }

    /// How many texts were made into vectors so far.
    pub fn embedded(&self) -> usize {
        self.shared.look(|seen| seen.embedded)
    }

    /// Refuses the next calls for vectors with these statuses.
    pub fn tire(&self, statuses: &[u16]) {
        self.shared.change(|seen| seen.tired.extend(statuses));
    }

    pub fn complaints(&self) -> Vec<String> {
        self.shared.look(|seen| seen.complaints.clone())
    }
}

impl Drop for OpenAiServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn completion(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let wrong = checks::wrong(&headers, &call);
    let (fault, text) = shared.change(|seen| {
        // What it knows from earlier calls is what an evil one tells.
        let text = answers::answer(&seen.mode, &call, &seen.calls, &headers);
        seen.calls.push(call.clone());
        if let Some((_, why)) = &wrong {
            seen.complaints.push(why.clone());
        }
        let planned = (!seen.faults.is_empty()).then(|| seen.faults.remove(0));
        (planned.or(seen.always), text)
    });
    match (wrong, fault) {
        (Some((status, why)), _) => checks::refusal(status, &why, "invalid_request_error"),
        (None, Some(fault)) => stream::broken(fault, &text).await,
        (None, None) => stream::whole(&text, usage(&body, &text)),
    }
}

/// Prompt and answer in tokens, roughly.
fn usage(body: &[u8], text: &str) -> (usize, usize) {
    (body.len() / 4, text.len() / 4)
}
