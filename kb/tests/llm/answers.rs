//! A model that works: what is taken from it, what it costs, and what it is told.

use hinny_kb::llm::{Ask, Budget, Model, Outcome, Phraser, Refused, Turn, Unsupported};

use crate::openai::{Fault, MODEL, Mode, OpenAiServer};
use crate::shop::{QUESTION, ask, ask_about, model, passages, phraser, with};

async fn saying(text: &str) -> OpenAiServer {
    OpenAiServer::start(Mode::Says(text.to_owned())).await
}

fn texts(outcome: &Outcome) -> Vec<&str> {
    match outcome {
        Outcome::Phrased(sentences) => sentences
            .iter()
            .map(|sentence| sentence.text.as_str())
            .collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_good_answer_is_taken_sentence_by_sentence() {
    let server = saying(
        "Refunds are paid within 5 business days [1]. We do not refund shipping costs. [1]\n\
         - Our boots run **half a size** large [2].",
    )
    .await;
    let phraser = phraser(&server);
    let (written, released) = ask(&phraser, QUESTION).await;
    let all = [
        "Refunds are paid within 5 business days.",
        "We do not refund shipping costs.",
        "Our boots run half a size large.",
    ];
    assert_eq!(texts(&written.outcome), all);
    assert_eq!(released, all);
    let Outcome::Phrased(sentences) = &written.outcome else {
        unreachable!("it was phrased");
    };
    let places: Vec<_> = sentences
        .iter()
        .map(|sentence| (sentence.passage, sentence.line))
        .collect();
    assert_eq!(places, [(0, false), (0, false), (1, true)]);
    assert_eq!(written.record.model, MODEL);
    assert_eq!(written.record.prompt.len(), 12);
    assert!(written.record.tokens > 100 && written.record.outcome.starts_with("phrased"));
    assert_eq!(server.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_sentence_is_released_before_the_answer_ends() {
    let server = saying(
        "Refunds are paid within 5 business days [1]. Shipping costs are not refunded [1]. Our boots run half \
         a size large [2]. Our boots run half a size large [2].",
    )
    .await;
    server.fail(&[Fault::HangInside]);
    let impatient = Model {
        answer_within: std::time::Duration::from_millis(800),
        ..model(server.url())
    };
    let (written, released) = ask(&with(impatient), QUESTION).await;
    assert!(
        matches!(written.outcome, Outcome::Trouble(_)),
        "{written:?}"
    );
    assert_eq!(
        released.first().unwrap(),
        "Refunds are paid within 5 business days."
    );
}

#[tokio::test]
async fn the_first_sentence_that_does_not_pass_ends_it() {
    for (text, why, passed) in [
        (
            "Refunds are paid within 5 business days [1]. Refunds are paid within 3 business days [1].",
            Refused::Unsupported(Unsupported::Fact),
            1,
        ),
        (
            "Refunds are paid within 5 business days.",
            Refused::NoCitation,
            0,
        ),
        (
            "Refunds are paid within 5 business days [7].",
            Refused::UnknownPassage,
            0,
        ),
        ("See https://evil.example/ [1].", Refused::Link, 0),
        (
            "Refunds ![x](https://shop.example/x.png) [1].",
            Refused::NotPlain,
            0,
        ),
    ] {
        let server = saying(text).await;
        let (written, released) = ask(&phraser(&server), QUESTION).await;
        assert_eq!(written.outcome, Outcome::Refused(why), "{text}");
        assert_eq!(released.len(), passed, "{text}");
    }
}

#[tokio::test]
async fn a_model_that_has_no_answer_says_so() {
    for text in ["NONE", "NONE.", "", "  \n"] {
        let server = saying(text).await;
        let (written, _) = ask(&phraser(&server), QUESTION).await;
        assert_eq!(written.outcome, Outcome::Declined, "{text:?}");
    }
}

#[tokio::test]
async fn it_is_told_the_passages_the_turns_and_the_question_and_nothing_of_the_visitor() {
    let server = OpenAiServer::start(Mode::Good).await;
    let turns = [Turn {
        from: "visitor",
        text: "Hello, I bought boots".to_owned(),
    }];
    let ask = Ask {
        visitor: "visitor-4711",
        question: QUESTION,
        turns: &turns,
        passages: &passages(),
    };
    let written = phraser(&server).phrase(&ask, &mut |_| {}).await;
    assert_eq!(texts(&written.outcome).len(), 1);
    let call = server.calls().remove(0);
    let data = call["messages"][1]["content"].as_str().unwrap();
    for told in ["I bought boots", QUESTION, "half a size large"] {
        assert!(data.contains(told), "{data}");
    }
    let body = call.to_string();
    assert!(
        !body.contains("4711") && !body.contains("sk-test"),
        "{body}"
    );
    assert!(call.get("temperature").is_none());
}

/// A visitor may ask once or twice.
fn with_a_small_budget(server: &OpenAiServer) -> Phraser {
    with(Model {
        budget: Budget {
            visitor: 2_000,
            site: 1_000_000,
        },
        ..model(server.url())
    })
}

#[tokio::test]
async fn budgets_of_visitor_and_site_are_hard() {
    let server = OpenAiServer::start(Mode::Good).await;
    let small = with_a_small_budget(&server);
    let mut answered = 0;
    while matches!(ask(&small, QUESTION).await.0.outcome, Outcome::Phrased(_)) {
        answered += 1;
        assert!(answered < 20, "the budget never ends");
    }
    assert!(answered > 0);
    let calls = server.calls().len();
    let (written, _) = ask(&small, QUESTION).await;
    assert_eq!(written.outcome, Outcome::OverBudget);
    assert_eq!(
        server.calls().len(),
        calls,
        "nobody is asked without a budget"
    );
    let (other, _) = ask_about(&small, "bob", QUESTION, &passages()).await;
    assert!(matches!(other.outcome, Outcome::Phrased(_)), "{other:?}");
}

#[tokio::test]
async fn a_server_that_takes_no_question_costs_nothing() {
    let server = OpenAiServer::start(Mode::Good).await;
    let small = with_a_small_budget(&server);
    server.fail(&[Fault::ServerError; 4]);
    for _ in 0..4 {
        let (written, _) = ask(&small, QUESTION).await;
        assert!(
            matches!(written.outcome, Outcome::Trouble(_)),
            "{written:?}"
        );
        assert_eq!(written.record.tokens, 0);
    }
    let (written, _) = ask(&small, QUESTION).await;
    assert!(
        matches!(written.outcome, Outcome::Phrased(_)),
        "{written:?}"
    );
}
