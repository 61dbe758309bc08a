//! `hinny ask`: what the bot would say, and why. Reads the index itself, so it works without a server.

use std::process::ExitCode;

use hinny_actors::Speaks;
use hinny_kb::{Basis, Explanation, Judgement, Person, Settings, Verdict};

use super::{Failure, load, site};
use crate::cli::{Ask, Global};
use crate::index;
use crate::say::say;

pub fn run(global: &Global, ask: Ask) -> Result<ExitCode, Failure> {
    let config = load(global)?;
    let site = site(&config, ask.site.site.as_deref())?;
    let configured = config.site(&site);
    let settings = configured.map_or_else(Settings::default, |site| site.answers);
    let speaks = configured.map_or(Speaks::BotFirst, |site| site.speaks);
    let library = index::library(&config, &site)?;
    let nothing =
        || format!("nothing is indexed for site `{site}` yet; see `hinny kb index --help`");
    let generation = library.generation().ok_or_else(nothing)?;
    let judgement = {
        let signed = ask.signed.into_iter().collect();
        generation.judge_for(&Person { signed }, &ask.question, &settings)?
    };
    let explanation = ask.explain.then(|| generation.explain(&judgement));
    match (ask.json, &explanation) {
        (true, Some(explanation)) => {
            let both = serde_json::json!({"judgement": judgement, "explanation": explanation});
            say!("{both}");
        }
        (true, None) => say!("{}", serde_json::to_string(&judgement)?),
        (false, _) => say!("{}", told(&judgement, speaks).trim_end()),
    }
    if let Some(explanation) = explanation.filter(|_| !ask.json) {
        say!("\n{}", explained(&explanation, &judgement).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

fn mode(speaks: Speaks) -> &'static str {
    match speaks {
        Speaks::BotFirst => "",
        Speaks::Drafts => "mode        drafts: the team gets the answer, and a person sends it\n",
        Speaks::HumanFirst => {
            "mode        human-first: the team gets the candidates, and a person answers\n"
        }
    }
}

fn told(judgement: &Judgement, speaks: Speaks) -> String {
    let verdict = match judgement.verdict {
        Verdict::Answer => "answer",
        Verdict::Suggest => {
            "suggest (the visitor is asked which candidate they mean, or wants a person)"
        }
        Verdict::Unsure => "unsure (the visitor gets a person)",
    };
    let mut text = format!(
        "verdict     {verdict}\nconfidence  {:.2}\n",
        judgement.confidence
    );
    text += mode(speaks);
    if judgement.small {
        text += &format!("\n{}\n", index::too_small());
    }
    if let Some(answer) = &judgement.answer {
        text += &format!("\n{}\n", answer.markdown.trim_end());
        for source in &answer.sources {
            text += &format!(
                "\nSource: {} ({})\n",
                source.title,
                source.url.as_ref().unwrap_or(&source.path)
            );
        }
    }
    if !judgement.candidates.is_empty() {
        text += "\nCandidates:\n";
    }
    for candidate in &judgement.candidates {
        let path = &candidate.source.path;
        text += &format!("  {:5.2}  {}  ({path})\n", candidate.score, candidate.title);
    }
    text
}

/// The reasons in plain words, the strongest first.
fn explained(explanation: &Explanation, judgement: &Judgement) -> String {
    let basis = match explanation.basis {
        Basis::Exact => "the question itself",
        Basis::Nothing => "nothing",
        Basis::Phrasings => "meaning, words, and what the entries' phrasings teach",
        Basis::Texts => "meaning and words",
        Basis::Words => "words alone",
    };
    let mut text = format!("Why: judged by {basis}.\n");
    for rule in &explanation.rules {
        text += &format!("  rule   {rule}\n");
    }
    if !explanation.reasons.is_empty() {
        text += &format!(
            "  {:+6.2}  where a middling question begins\n",
            explanation.start
        );
    }
    for reason in &explanation.reasons {
        let side = if reason.adds < 0.0 { "against" } else { "for" };
        let (adds, says, value) = (reason.adds, &reason.says, reason.value);
        text += &format!(
            "  {adds:+6.2}  {side}: {says} ({} {value:.2})\n",
            reason.feature
        );
    }
    text + &made_with(explanation, judgement)
}

/// The borders, how it was calibrated, and what took part.
fn made_with(explanation: &Explanation, judgement: &Judgement) -> String {
    let borders = judgement.borders;
    let mut text = format!(
        "\nBorders: answer from {:.2}, suggest from {:.2}.\n",
        borders.answer, borders.suggest
    );
    text += &match explanation.self_questions {
        0 => "Calibration: as for any knowledge base; this one has too little to ask itself.\n"
            .to_owned(),
        asked => format!(
            "Calibration: {asked} questions to itself, of which {:.0} % found their own entry.\n",
            100.0 * explanation.found
        ),
    };
    let language = judgement.language.as_deref().unwrap_or("not sure");
    let encoder = judgement.encoder.as_deref().unwrap_or("none");
    text + &format!(
        "Language: {language}. Encoder: {encoder}. Index: {}.\n",
        judgement.generation
    )
}
