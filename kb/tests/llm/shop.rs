//! A small shop whose model is asked.

use std::time::Duration;

use hinny_kb::llm::{Ask, Budget, Model, Passage, Phraser, Written};

use crate::openai::{KEY, MODEL, OpenAiServer};

pub const PLENTY: Budget = Budget {
    visitor: 100_000_000,
    site: 100_000_000,
};

/// A model with little patience.
pub fn model(base_url: String) -> Model {
    Model {
        base_url,
        name: MODEL.to_owned(),
        key: Some(KEY.to_owned()),
        hosts: Vec::new(),
        most_tokens: 300,
        temperature: None,
        first_token_within: Duration::from_secs(10),
        answer_within: Duration::from_secs(20),
        budget: PLENTY,
    }
}

pub fn phraser(server: &OpenAiServer) -> Phraser {
    with(model(server.url()))
}

pub fn with(model: Model) -> Phraser {
    // Another test of this process may have installed it before.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    Phraser::new(model).unwrap()
}

pub fn passages() -> Vec<Passage> {
    let passage = |title: &str, text: &str, url: &str| Passage {
        title: title.to_owned(),
        markdown: text.to_owned(),
        url: Some(url.to_owned()),
    };
    vec![
        passage(
            "Refunds",
            "Refunds are paid within 5 business days. Shipping costs are not refunded.",
            "https://shop.example/refunds",
        ),
        passage(
            "Sizes",
            "Our boots run half a size large. See https://shop.example/sizes for a table.",
            "https://shop.example/sizes",
        ),
    ]
}

pub const QUESTION: &str = "How long do refunds take?";

/// Asks and gives what was released on the way too.
pub async fn ask(phraser: &Phraser, question: &str) -> (Written, Vec<String>) {
    ask_about(phraser, "ada", question, &passages()).await
}

pub async fn ask_about(
    phraser: &Phraser,
    visitor: &str,
    question: &str,
    passages: &[Passage],
) -> (Written, Vec<String>) {
    let ask = Ask {
        visitor,
        question,
        turns: &[],
        passages,
    };
    let mut released = Vec::new();
    let written = phraser
        .phrase(&ask, &mut |sentence| released.push(sentence.text.clone()))
        .await;
    (written, released)
}
