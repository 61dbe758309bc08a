//! The model's client against an OpenAI-compatible server that other people wrote: PyPI's fakellm.

use hinny_kb::llm::Outcome;
use serde_json::Value;

use crate::python::Script;
use crate::shop::{QUESTION, ask, model, with};

#[tokio::test]
async fn fakellm_is_understood() {
    let says = "Refunds are paid within 5 business days [1]. We do not refund shipping costs [1].";
    let mut fakellm = Script::start("fakellm_server.py", &[says]).await;
    let started = fakellm.line().await;
    let port = started["port"].as_u64().unwrap();
    let phraser = with(model(format!("http://127.0.0.1:{port}/v1")));
    let (written, released) = ask(&phraser, QUESTION).await;
    assert!(
        matches!(written.outcome, Outcome::Phrased(_)),
        "{written:?}"
    );
    assert_eq!(
        released,
        [
            "Refunds are paid within 5 business days.",
            "We do not refund shipping costs."
        ]
    );
    assert_eq!(fakellm.finish().await, [Value::Null; 0]);
}
