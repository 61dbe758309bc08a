//! A model that does not work: whatever it does, the question is free again in time, and nothing wrong is taken.

use std::time::{Duration, Instant};

use hinny_kb::llm::{Model, Outcome, Phraser, Trouble};

use crate::openai::{Fault, Mode, OpenAiServer};
use crate::shop::{QUESTION, ask, model, phraser, with};

/// What a busy machine may add to the time that a model has.
const GRACE: Duration = Duration::from_secs(3);

fn impatient(server: &OpenAiServer, within: Duration) -> Phraser {
    with(Model {
        first_token_within: within / 2,
        answer_within: within,
        ..model(server.url())
    })
}

#[tokio::test]
async fn every_fault_ends_in_time_and_is_told_apart() {
    const WITHIN: Duration = Duration::from_secs(3);
    let server = OpenAiServer::start(Mode::Good).await;
    for (fault, trouble) in [
        (Fault::TooMany, Trouble::Status(429)),
        (Fault::ServerError, Trouble::Status(500)),
        (Fault::Hang, Trouble::Late),
        (Fault::HangInside, Trouble::Late),
        (Fault::Drip(200), Trouble::Late),
        (Fault::BadJson, Trouble::Garbled),
        (Fault::OtherJson, Trouble::Garbled),
        (Fault::ErrorInside, Trouble::Garbled),
        (Fault::Reset, Trouble::Unreachable),
    ] {
        server.fail(&[fault]);
        let began = Instant::now();
        let (written, _) = ask(&impatient(&server, WITHIN), QUESTION).await;
        assert_eq!(written.outcome, Outcome::Trouble(trouble), "{fault:?}");
        assert!(
            began.elapsed() < WITHIN + GRACE,
            "{fault:?}: {:?}",
            began.elapsed()
        );
    }
    assert_eq!(server.complaints(), [""; 0]);
}

#[tokio::test]
async fn what_has_no_end_is_ended() {
    let server = OpenAiServer::start(Mode::Good).await;
    server.fail(&[Fault::Endless]);
    let (written, released) = ask(&phraser(&server), QUESTION).await;
    assert!(
        matches!(written.outcome, Outcome::Phrased(_)),
        "{written:?}"
    );
    assert_eq!(
        released.len(),
        1,
        "a model that repeats itself has said all"
    );
    for fault in [Fault::EndlessWord, Fault::EndlessEvent] {
        server.fail(&[fault]);
        let (written, released) = ask(&phraser(&server), QUESTION).await;
        let ended = matches!(written.outcome, Outcome::Refused(_) | Outcome::Trouble(_));
        assert!(ended, "{fault:?}: {written:?}");
        assert!(released.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_leaves_fields_out_is_understood() {
    let server = OpenAiServer::start(Mode::Good).await;
    server.fail(&[Fault::Sparse]);
    let (written, _) = ask(&phraser(&server), QUESTION).await;
    assert!(
        matches!(written.outcome, Outcome::Phrased(_)),
        "{written:?}"
    );
    assert!(written.record.tokens > 0, "what it costs is estimated then");
}

#[tokio::test]
async fn a_wrong_key_and_a_server_that_is_away_are_failures_too() {
    let mut server = OpenAiServer::start(Mode::Good).await;
    let wrong = with(Model {
        key: Some("sk-wrong".to_owned()),
        ..model(server.url())
    });
    let (written, _) = ask(&wrong, QUESTION).await;
    assert_eq!(written.outcome, Outcome::Trouble(Trouble::Status(401)));
    let phraser = phraser(&server);
    server.stop().await;
    let (written, _) = ask(&phraser, QUESTION).await;
    assert_eq!(written.outcome, Outcome::Trouble(Trouble::Unreachable));
}

#[tokio::test]
async fn after_five_failures_the_model_is_left_alone() {
    let server = OpenAiServer::start(Mode::Good).await;
    server.fail_always(Some(Fault::ServerError));
    let phraser = phraser(&server);
    for _ in 0..5 {
        let (written, _) = ask(&phraser, QUESTION).await;
        assert_eq!(written.outcome, Outcome::Trouble(Trouble::Status(500)));
    }
    let (written, _) = ask(&phraser, QUESTION).await;
    assert_eq!(written.outcome, Outcome::Resting);
    assert_eq!(server.calls().len(), 5);
}

/// A thousand calls, every second one broken in some way, at eight models at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_with_faults_all_end_in_time() {
    const FAULTS: [Fault; 10] = [
        Fault::TooMany,
        Fault::ServerError,
        Fault::Hang,
        Fault::HangInside,
        Fault::Drip(10),
        Fault::BadJson,
        Fault::OtherJson,
        Fault::ErrorInside,
        Fault::Reset,
        Fault::EndlessWord,
    ];
    const WITHIN: Duration = Duration::from_millis(400);
    let mut models = tokio::task::JoinSet::new();
    for _ in 0..8 {
        models.spawn(async move {
            let server = OpenAiServer::start(Mode::Good).await;
            let phraser = impatient(&server, WITHIN);
            let mut slowest = Duration::ZERO;
            for call in 0..125 {
                let fault = (call % 2 == 1).then(|| FAULTS[call / 2 % FAULTS.len()]);
                server.fail_always(fault);
                let began = Instant::now();
                let (written, _) = ask(&phraser, QUESTION).await;
                slowest = slowest.max(began.elapsed());
                let good = matches!(written.outcome, Outcome::Phrased(_));
                assert!(fault.is_none() || !good, "{fault:?}: {written:?}");
            }
            slowest
        });
    }
    let slowest = models.join_all().await.into_iter().max().unwrap();
    println!("the slowest of 1,000 calls took {slowest:?}, with a limit of {WITHIN:?}");
    assert!(slowest < WITHIN + GRACE, "{slowest:?}");
}
