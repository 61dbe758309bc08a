//! Prints the figures of `evaluate` as one line per set: `cargo run -p hinny-kb --example eval -- SET…`, where
//! a set is a path without `.kb.jsonl`. For working on retrieval; users have `hinny kb eval`.

use std::path::PathBuf;

use hinny_kb::{EvalReport, KbError, Settings, evaluate};

const NAMES: &str = "set                         top1   r@3   mrr  auroc  a_oos   ece cover in_ac oos_r wrong  sugg s_hit   mcc    p50    p99";

fn main() -> Result<(), KbError> {
    println!("{NAMES}");
    for set in std::env::args().skip(1) {
        let file = |end: &str| PathBuf::from(format!("{set}.{end}.jsonl"));
        let evaluation = evaluate(&file("kb"), &file("queries"), &Settings::default())?;
        let name = set.rsplit('/').next().unwrap_or(&set);
        println!("{name:<26}{}", figures(&evaluation.report));
    }
    Ok(())
}

fn figures(r: &EvalReport) -> String {
    let percent = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{:.1}", 100.0 * x));
    let plain = |x: Option<f64>| x.map_or("-".to_owned(), |x| format!("{x:.3}"));
    let shares = [r.top1, r.recall_at_3, r.mrr_at_10].map(percent);
    let ranks = [r.auroc, r.auroc_oos].map(plain);
    let verdicts = [
        plain(r.ece),
        percent(r.coverage),
        percent(r.in_scope_accuracy),
        percent(r.oos_recall),
        percent(r.wrong_rate),
        percent(r.suggest_rate),
        percent(r.suggest_hit),
        plain(r.mcc),
    ];
    let times = [r.p50_ms, r.p99_ms].map(plain);
    let narrow = |cells: &[String]| cells.iter().map(|c| format!(" {c:>5}")).collect::<String>();
    let wide = |cells: &[String]| cells.iter().map(|c| format!(" {c:>6}")).collect::<String>();
    narrow(&shares) + &wide(&ranks) + &narrow(&verdicts) + &wide(&times)
}
