//! Encoding of visitors' questions on a thread of its own: it starts with the first question, takes one at a
//! time from a short queue, and remembers recent ones. Whoever finds the queue full does without.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use crate::Encoder;
use crate::recent::Recent;
use crate::vector::Vector;

/// Questions that may wait; at the usual speed that is a tenth of a second.
const QUEUE: usize = 16;

/// One question, and where its vector is awaited.
struct Job {
    text: String,
    answer: SyncSender<Vector>,
}

/// The thread's front.
struct Service {
    jobs: SyncSender<Job>,
    recent: Mutex<Recent<Vector>>,
}

static SERVICE: OnceLock<Option<Service>> = OnceLock::new();

/// The vector of a question, of its beginning if it is long. Nothing if too many wait already.
pub fn question(text: &str) -> Option<Vector> {
    let service = SERVICE.get_or_init(start).as_ref()?;
    if let Some(vector) = service.recent().get(text) {
        return Some(vector);
    }
    let vector = ask(&service.jobs, text)?;
    service.recent().put(text, vector.clone());
    Some(vector)
}

fn start() -> Option<Service> {
    let (jobs, waiting) = sync_channel(QUEUE);
    let builder = thread::Builder::new().name("encoder".to_owned());
    builder.spawn(move || work(&waiting)).ok()?;
    Some(Service {
        jobs,
        recent: Mutex::default(),
    })
}

fn work(waiting: &Receiver<Job>) {
    let encoder = Encoder::shared();
    for job in waiting {
        let vector = encoder.one(&job.text);
        // Whoever asked may have gone; the next one has not.
        job.answer.try_send(vector).ok();
    }
}

fn ask(jobs: &SyncSender<Job>, text: &str) -> Option<Vector> {
    let (answer, answered) = sync_channel(1);
    let text = text.to_owned();
    jobs.try_send(Job { text, answer }).ok()?;
    answered.recv().ok()
}

impl Service {
    fn recent(&self) -> std::sync::MutexGuard<'_, Recent<Vector>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::{QUEUE, ask, question};
    use crate::Encoder;

    #[test]
    fn a_question_has_the_vector_that_the_encoder_gives() {
        let text = "How do I reset my password?";
        assert_eq!(question(text), Some(Encoder::shared().one(text)));
        assert_eq!(question(text), question(text));
    }

    #[test]
    fn a_full_queue_is_no_reason_to_wait() {
        let (jobs, waiting) = sync_channel(QUEUE);
        let asking: Vec<_> = (0..QUEUE)
            .map(|_| {
                let jobs = jobs.clone();
                std::thread::spawn(move || ask(&jobs, "hello"))
            })
            .collect();
        // Nobody works, so the queue fills, and then the next one goes without.
        while ask_now(&jobs) {}
        drop(waiting);
        for asked in asking {
            assert_eq!(asked.join().unwrap(), None);
        }
    }

    /// Puts one more into the queue without waiting for its answer; false if there is no room.
    fn ask_now(jobs: &std::sync::mpsc::SyncSender<super::Job>) -> bool {
        let (answer, _) = sync_channel(1);
        let text = String::new();
        jobs.try_send(super::Job { text, answer }).is_ok()
    }
}
