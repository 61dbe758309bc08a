//! An operator asks why the bot is as sure as it is.

use serde_json::Value;

use crate::support::server::{SITE, Server};

const QUESTION: &str = "I forgot my password, what now";

#[tokio::test]
async fn the_reasons_are_told_in_plain_words() {
    let server = Server::prepare(SITE).await;
    let asked = server.run(&["ask", QUESTION, "--explain"]).await;
    assert!(asked.ok, "{}", asked.stderr);
    for part in [
        "Why: judged by",
        "for: ",
        "Borders: answer from 0.55",
        "Calibration: ",
        "Index: ",
    ] {
        assert!(asked.stdout.contains(part), "{part}: {}", asked.stdout);
    }
    let plain = server.run(&["ask", QUESTION]).await;
    assert!(!plain.stdout.contains("Why:"), "{}", plain.stdout);
}

#[tokio::test]
async fn the_reasons_together_are_the_confidence() {
    let server = Server::prepare(SITE).await;
    let asked = server.run(&["ask", QUESTION, "--explain", "--json"]).await;
    let both: Value = serde_json::from_str(&asked.stdout).unwrap();
    let explanation = &both["explanation"];
    let reasons = explanation["reasons"].as_array().unwrap();
    assert!(reasons.len() > 3, "{explanation}");
    let adds = reasons
        .iter()
        .map(|reason| reason["adds"].as_f64().unwrap());
    let odds = explanation["start"].as_f64().unwrap() + adds.sum::<f64>();
    let confidence = both["judgement"]["confidence"].as_f64().unwrap();
    let no_rules = explanation["rules"].as_array().unwrap().is_empty();
    assert!(no_rules, "{explanation}");
    assert!(
        (1.0 / (1.0 + (-odds).exp()) - confidence).abs() < 0.01,
        "{both}"
    );
}

#[tokio::test]
async fn a_known_question_needs_no_more_reasons() {
    let server = Server::prepare(SITE).await;
    let question = "how do i reset my password";
    let asked = server.run(&["ask", question, "--explain"]).await;
    assert!(asked.stdout.contains("word for word"), "{}", asked.stdout);
}
