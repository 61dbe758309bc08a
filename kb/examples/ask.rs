//! Shows what happens to each question of an evaluation: `cargo run -p hinny-kb --example ask -- KB
//! QUERIES.jsonl` prints verdict, confidence and best entry of every line. For finding out why.

use std::path::Path;

use hinny_kb::{Settings, evaluate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [kb, queries] = &paths[..] else {
        return Err("usage: ask KB QUERIES.jsonl".into());
    };
    let evaluation = evaluate(Path::new(kb), Path::new(queries), &Settings::default())?;
    for outcome in &evaluation.outcomes {
        let best = outcome.ranked.first().map_or("-", String::as_str);
        let mark = match (&outcome.expect, outcome.right()) {
            (None, _) => "null",
            (_, true) => "right",
            (_, false) => "WRONG",
        };
        let verdict = format!("{:?}", outcome.verdict);
        println!(
            "{verdict:<7} {:.2} {mark:<5} {:<50} {best}",
            outcome.confidence, outcome.query
        );
    }
    Ok(())
}
