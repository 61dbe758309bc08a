//! The support check against sentences written for it: how many unsupported ones it lets pass, and how many
//! supported ones it refuses. The numbers are printed, and may not get worse.

use serde::Deserialize;

use super::{Support, Unsupported};

/// Of a hundred unsupported sentences, so many may pass.
const FALSE_ACCEPTS: f64 = 1.0;
/// Of a hundred supported sentences, so many may be refused. The passage is shown instead, so this costs little.
const FALSE_REFUSALS: f64 = 10.0;

#[derive(Deserialize)]
struct Pairs {
    title: String,
    passage: String,
    supported: Vec<String>,
    unsupported: Vec<String>,
}

fn pairs() -> Vec<Pairs> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/kb/support.jsonl");
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[test]
fn few_sentences_are_judged_wrongly() {
    let (mut good, mut bad) = (0, 0);
    let mut accepted: Vec<String> = Vec::new();
    let mut refused: Vec<(String, Unsupported)> = Vec::new();
    for pairs in pairs() {
        let support = Support::new(&pairs.title, &pairs.passage);
        good += pairs.supported.len();
        bad += pairs.unsupported.len();
        for sentence in pairs.supported {
            if let Err(why) = support.check(&sentence) {
                refused.push((sentence, why));
            }
        }
        let passed = |sentence: &String| support.check(sentence).is_ok();
        accepted.extend(pairs.unsupported.into_iter().filter(passed));
    }
    let (accepts, refusals) = (share(accepted.len(), bad), share(refused.len(), good));
    println!(
        "support check: {good} supported and {bad} unsupported sentences; false accepts {accepts:.1} % \
         {accepted:#?}, false refusals {refusals:.1} % {refused:#?}"
    );
    assert!(good >= 200 && bad >= 200, "{good} and {bad} sentences");
    assert!(accepts <= FALSE_ACCEPTS && refusals <= FALSE_REFUSALS);
}
