//! Vectors from a server that speaks OpenAI's embeddings interface. One thread holds all its calls, so that whoever
//! asks needs no runtime: the index waits and tries again, a visitor's question waits a moment and then does without.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use hinny_encoder::Recent;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use url::Url;

use crate::error::KbError;
use crate::llm::breaker::Breaker;
use crate::llm::{EmbeddingsClient, Trouble};

/// Texts in one call.
const TOGETHER: usize = 64;
/// Questions under way at once; more do without.
const QUESTIONS: usize = 32;
/// Calls that the thread has not seen yet.
const WAITING: usize = 2 * QUESTIONS;
/// How long one call for the index may take, and how often it is tried again.
const TEXTS_WITHIN: Duration = Duration::from_secs(60);
const TRIES: usize = 4;

/// Where the server is and how it is asked. There is no `Debug`: the key must not be shown.
#[derive(Clone)]
pub struct EmbeddingServer {
    /// For instance `https://api.openai.com/v1`.
    pub base_url: String,
    pub model: String,
    pub key: Option<String>,
    /// What the model wants before a question and before a text, such as `query: ` and `passage: `.
    pub question_prefix: String,
    pub text_prefix: String,
    /// How long a visitor's question may take.
    pub question_within: Duration,
}

/// One server's front; shared by all that ask it.
pub struct Embeddings {
    server: EmbeddingServer,
    name: String,
    jobs: Sender<Job>,
    questions: AtomicUsize,
    breaker: Breaker,
    recent: Mutex<Recent<Vec<f32>>>,
}

struct Job {
    texts: Vec<String>,
    /// How long it may take. Without it there is time, also to try again what failed.
    within: Option<Duration>,
    answer: SyncSender<Result<Vec<Vec<f32>>, Trouble>>,
}

impl Embeddings {
    /// Fails only when the machine's TLS, or a thread, cannot be had.
    pub fn new(server: EmbeddingServer) -> Result<Embeddings, KbError> {
        let name = name(&server);
        let jobs = start(&server).map_err(|what| KbError::Embeddings {
            server: name.clone(),
            what,
        })?;
        Ok(Embeddings {
            name,
            server,
            jobs,
            questions: AtomicUsize::new(0),
            breaker: Breaker::default(),
            recent: Mutex::default(),
        })
    }

    /// The model and its host.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it answers now, and how many numbers its vectors have.
    pub fn check(&self) -> Result<usize, KbError> {
        let within = Some(self.server.question_within);
        let vectors = self.ask(vec!["hello".to_owned()], within);
        let vectors = vectors.map_err(|trouble| self.error(&trouble.to_string()))?;
        Ok(vectors.first().map_or(0, Vec::len))
    }

    /// The vectors of texts for the index. Waits for a server that is tired, and then gives up.
    pub(super) fn texts(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, KbError> {
        let prefix = &self.server.text_prefix;
        let mut all: Vec<Vec<f32>> = Vec::with_capacity(texts.len());
        for some in texts.chunks(TOGETHER) {
            let texts = some.iter().map(|text| format!("{prefix}{text}")).collect();
            let some = self.ask(texts, None);
            let some = some.map_err(|trouble| self.error(&trouble.to_string()))?;
            let widths = [all.first(), some.first()].map(|one| one.map(Vec::len));
            if widths[0].is_some() && widths[0] != widths[1] {
                return Err(self.error("its vectors are not all of the same length"));
            }
            all.extend(some);
        }
        Ok(all)
    }

    /// The vector of a visitor's question; nothing if it is not there in time.
    pub(super) fn question(&self, text: &str) -> Option<Vec<f32>> {
        if let Some(vector) = self.recent().get(text) {
            return Some(vector);
        }
        if !self.breaker.lets_pass(Instant::now()) {
            return None;
        }
        if self.questions.fetch_add(1, Ordering::Relaxed) >= QUESTIONS {
            self.questions.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let asked = format!("{}{text}", self.server.question_prefix);
        let within = Some(self.server.question_within);
        let answer = self.ask(vec![asked], within);
        self.questions.fetch_sub(1, Ordering::Relaxed);
        match answer {
            Ok(vectors) => {
                self.breaker.succeeded();
                let vector = vectors.into_iter().next()?;
                self.recent().put(text, vector.clone());
                Some(vector)
            }
            Err(error) => {
                self.breaker.failed(Instant::now());
                tracing::warn!(server = %self.name, %error, "a question is compared by its words alone");
                None
            }
        }
    }

    fn ask(&self, texts: Vec<String>, within: Option<Duration>) -> Result<Vec<Vec<f32>>, Trouble> {
        let (answer, answered) = sync_channel(1);
        let job = Job {
            texts,
            within,
            answer,
        };
        self.jobs.try_send(job).map_err(|_| Trouble::Unreachable)?;
        answered.recv().map_err(|_| Trouble::Unreachable)?
    }

    fn error(&self, what: &str) -> KbError {
        KbError::Embeddings {
            server: self.name.clone(),
            what: what.to_owned(),
        }
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Recent<Vec<f32>>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The model, what is put before the texts, and the host; all of them change the vectors.
fn name(server: &EmbeddingServer) -> String {
    let url = Url::parse(&server.base_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or("?");
    let prefixes = match (&*server.question_prefix, &*server.text_prefix) {
        ("", "") => String::new(),
        (question, text) => format!(" {question:?} {text:?}"),
    };
    format!("{} at {host}{prefixes}", server.model)
}

/// Starts the thread.
fn start(server: &EmbeddingServer) -> Result<Sender<Job>, String> {
    let EmbeddingServer {
        base_url,
        model,
        key,
        ..
    } = server;
    let client = EmbeddingsClient::new(base_url, model, key.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let (jobs, waiting) = channel(WAITING);
    thread::Builder::new()
        .name("embeddings".to_owned())
        .spawn(move || runtime.block_on(work(client, waiting)))
        .map_err(|error| error.to_string())?;
    Ok(jobs)
}

async fn work(client: EmbeddingsClient, mut waiting: Receiver<Job>) {
    while let Some(job) = waiting.recv().await {
        let client = client.clone();
        tokio::spawn(async move {
            let vectors = embed(&client, &job.texts, job.within).await;
            // Whoever asked may have gone; the next one has not.
            job.answer.try_send(vectors).ok();
        });
    }
}

async fn embed(
    client: &EmbeddingsClient,
    texts: &[String],
    within: Option<Duration>,
) -> Result<Vec<Vec<f32>>, Trouble> {
    let once = || async {
        let asked = tokio::time::timeout(within.unwrap_or(TEXTS_WITHIN), client.embed(texts));
        asked.await.unwrap_or(Err(Trouble::Late))
    };
    if within.is_some() {
        return once().await;
    }
    let pauses = ExponentialBuilder::default()
        .with_max_times(TRIES)
        .with_jitter();
    once.retry(pauses).when(passes).await
}

/// Whether the same call may succeed later.
fn passes(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Status(status) => *status == 429 || *status >= 500,
        Trouble::Unreachable | Trouble::Late => true,
        Trouble::Garbled => false,
    }
}
