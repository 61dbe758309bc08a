//! Prints the figures of `evaluate` as one line per set: `cargo run -p hinny-kb --example eval -- SET…`, where
//! a set is a path without `.kb.jsonl`. For working on retrieval; users have `hinny kb eval`.

use std::path::PathBuf;

use hinny_kb::{KbError, Settings, evaluate};

fn main() -> Result<(), KbError> {
    let settings = Settings::default();
    println!(
        "{:<26} {:>5} {:>5} {:>5} {:>6} {:>6} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>6} {:>6}",
        "set",
        "top1",
        "r@3",
        "mrr",
        "auroc",
        "a_oos",
        "ece",
        "cover",
        "in_ac",
        "oos_r",
        "wrong",
        "sugg",
        "s_hit",
        "mcc",
        "p50",
        "p99"
    );
    for set in std::env::args().skip(1) {
        let file = |end: &str| PathBuf::from(format!("{set}.{end}.jsonl"));
        let r = evaluate(&file("kb"), &file("queries"), &settings)?.report;
        let name = set.rsplit('/').next().unwrap_or(&set);
        let percent = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{:.1}", 100.0 * x));
        let plain = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{x:.3}"));
        println!(
            "{:<26} {:>5} {:>5} {:>5} {:>6} {:>6} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>6} {:>6}",
            name,
            percent(r.top1),
            percent(r.recall_at_3),
            percent(r.mrr_at_10),
            plain(r.auroc),
            plain(r.auroc_oos),
            plain(r.ece),
            percent(r.coverage),
            percent(r.in_scope_accuracy),
            percent(r.oos_recall),
            percent(r.wrong_rate),
            percent(r.suggest_rate),
            percent(r.suggest_hit),
            plain(r.mcc),
            plain(r.p50_ms),
            plain(r.p99_ms)
        );
    }
    Ok(())
}
