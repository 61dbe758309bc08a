//! `hinny stats`: what visitors asked and who answered. Reads the store itself, beside a running server or without.

use std::process::ExitCode;

use hinny_actors::ids::{Millis, SiteId};
use hinny_actors::stats::{Counts, Stats};
use hinny_actors::store::InsightStore;
use jiff::tz::TimeZone;

use super::{Failure, load, reading, since, site};
use crate::cli::{self, Global};
use crate::say::say;

pub fn run(global: &Global, wanted: cli::Stats) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    let site = site(&config, wanted.site.site.as_deref())?;
    let since = since(&wanted.since)?;
    let configured = config.site(&site);
    let zone = configured.map_or(TimeZone::UTC, |site| site.team.zone.clone());
    let site = SiteId(site);
    let logs = reading(&config, async |store| store.skeletons(&site, since).await)?;
    let stats = Stats::of(&logs, &zone);
    match wanted.json {
        true => say!("{}", serde_json::to_string(&stats)?),
        false => say!("{}", told(&stats).trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

fn told(stats: &Stats) -> String {
    let all = &stats.all;
    let share = |share: f64| format!("{:.0} %", share * 100.0);
    let mut rows = vec![
        ("conversations", all.conversations.to_string()),
        ("questions", all.questions.to_string()),
        ("answered by the bot", all.answered.to_string()),
        ("suggested", all.suggested.to_string()),
        ("drafted", all.drafted.to_string()),
        ("marked wrong", all.wrong.to_string()),
        ("helped, said the visitor", all.helped.to_string()),
        ("did not help", all.not_helped.to_string()),
        ("handed over", handed_over(all).to_string()),
    ];
    let reasons = all.handed_over.iter();
    rows.extend(reasons.map(|(reason, count)| (named(reason), count.to_string())));
    let share = |of: Option<f64>| of.map_or("-".to_owned(), share);
    rows.push(("answered without a person", share(stats.without_person)));
    rows.push(("left without an answer", share(stats.without_answer)));
    rows.push(("rated by the visitor", rated(stats)));
    let first = stats.first_reply.map_or("-".to_owned(), how_long);
    rows.push(("first reply of a person", format!("{first} (median)")));
    let mut text: String = rows
        .iter()
        .map(|(name, number)| format!("{name:27} {number}\n"))
        .collect();
    text += "\nday         asked  answered  handed over  wrong\n";
    for (day, counts) in &stats.days {
        let over = handed_over(counts);
        let (asked, answered, wrong) = (counts.questions, counts.answered, counts.wrong);
        text += &format!("{day}  {asked:5}  {answered:8}  {over:11}  {wrong:5}\n");
    }
    text
}

fn rated(stats: &Stats) -> String {
    match stats.stars {
        Some(mean) => {
            let given: u64 = stats.all.ratings.values().sum();
            format!("{given} times, {mean:.1} of 5 stars")
        }
        None => "-".to_owned(),
    }
}

fn handed_over(counts: &Counts) -> u64 {
    counts.handed_over.values().sum()
}

fn named(reason: &str) -> &str {
    match reason {
        "asked" => "  the visitor wanted it",
        "low_confidence" => "  the bot was not sure",
        "repeated" => "  the answer did not help",
        "answerer_down" => "  the bot could not answer",
        "policy" => "  the team answers first",
        other => other,
    }
}

fn how_long(time: Millis) -> String {
    let seconds = time / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}
