//! Lets a language model phrase answers from the passages of `fixtures/kb/support.jsonl`, and prints what came of
//! each: `cargo run -p hinny-kb --example phrase -- BASE_URL MODEL [HOW MANY]`. A key, if one is needed, stands in
//! the environment variable `MODEL_KEY`.

use std::time::{Duration, Instant};

use hinny_kb::llm::{Ask, Budget, Model, Outcome, Passage, Phraser};
use serde::Deserialize;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/kb/support.jsonl");

/// Nobody waits here, and small machines are slow.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Deserialize)]
struct Line {
    title: String,
    passage: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(base_url), Some(name)) = (arguments.next(), arguments.next()) else {
        return Err("usage: phrase BASE_URL MODEL [HOW MANY]".into());
    };
    let most = arguments.next().map_or(Ok(10), |most| most.parse())?;
    let provider = rustls::crypto::ring::default_provider();
    provider
        .install_default()
        .map_err(|_| "TLS is set up twice")?;
    let phraser = Phraser::new(model(base_url, name))?;
    let text = std::fs::read_to_string(FILE)?;
    let (mut asked, mut phrased) = (0, 0);
    for line in text.lines().take(most) {
        asked += 1;
        phrased += usize::from(ask(&phraser, serde_json::from_str(line)?).await);
    }
    println!("{phrased} of {asked} answers passed; the others would be the passage itself");
    Ok(())
}

/// Asks about one passage, prints what came of it, and says whether all of it passed.
async fn ask(phraser: &Phraser, line: Line) -> bool {
    let passages = [Passage {
        title: line.title.clone(),
        markdown: line.passage,
        url: None,
    }];
    let ask = Ask {
        visitor: "example",
        question: &line.title,
        turns: &[],
        passages: &passages,
    };
    let began = Instant::now();
    let mut print = |sentence: &hinny_kb::llm::Released| println!("  passed: {}", sentence.text);
    println!("{}", line.title);
    let written = phraser.phrase(&ask, &mut print).await;
    let took = began.elapsed().as_secs_f32();
    println!("  {} after {took:.1} s", written.record.outcome);
    matches!(written.outcome, Outcome::Phrased(_))
}

fn model(base_url: String, name: String) -> Model {
    Model {
        base_url,
        name,
        key: std::env::var("MODEL_KEY").ok(),
        hosts: Vec::new(),
        most_tokens: 120,
        temperature: Some(0.0),
        first_token_within: PATIENCE,
        answer_within: PATIENCE,
        budget: Budget {
            visitor: u64::MAX / 2,
            site: u64::MAX / 2,
        },
    }
}
