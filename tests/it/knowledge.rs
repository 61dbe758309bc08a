//! What a team does for its knowledge: expectations that are checked, and decisions that are looked at again.

use serde_json::{Value, json};

use crate::pdf_files::pdf;
use crate::support::desk::Desk;
use crate::support::eventually;
use crate::support::server::{Ended, SITE, Server};
use crate::support::visitor::Visitor;

/// The folder of hinny itself.
const HINNY: &str = env!("CARGO_MANIFEST_DIR");

fn json(run: &Ended) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| {
        panic!("{error}: {} {}", run.stdout, run.stderr);
    })
}

#[tokio::test]
async fn hinnys_own_docs_answer_what_they_must() {
    let server = Server::prepare(SITE).await;
    let (docs, file) = (
        format!("{HINNY}/docs"),
        format!("{HINNY}/fixtures/expectations.yaml"),
    );
    let run = server.run(&["kb", "test", &file, "--path", &docs]).await;
    assert!(run.ok, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("answered as expected"),
        "{}",
        run.stdout
    );
}

/// Expects this entry to be the answer about Norway.
fn expect_of_norway(server: &Server, entry: &str) {
    let text = format!(
        "- question: How do I reset my password?\n  expect: faq.md#how-do-i-reset-my-password\n\
         - question: Do you ship to Norway?\n  expect: {entry}\n"
    );
    std::fs::write(server.folder().join("wanted.yaml"), text).unwrap();
}

#[tokio::test]
async fn expectations_are_checked_compared_and_reported() {
    let server = Server::prepare(SITE).await;
    let folder = server.folder();
    expect_of_norway(&server, "faq.md#do-you-ship-to-norway");
    let first = server.run(&["kb", "test", "wanted.yaml", "--json"]).await;
    assert!(first.ok, "{}{}", first.stdout, first.stderr);
    let told = json(&first);
    assert_eq!(
        (&told["passed"], &told["changes"]),
        (&2.into(), &Value::Null)
    );

    expect_of_norway(&server, "faq.md#what-are-your-opening-hours");
    let run = ["kb", "test", "wanted.yaml", "--junit", "report.xml"];
    let second = server.run(&run).await;
    assert!(!second.ok);
    for words in [
        "wanted.yaml:3: Do you ship to Norway?",
        "expected the answer of `faq.md#what-are-your-opening-hours`",
        "broken since the last run",
        "1 of 2 questions are not answered as expected",
    ] {
        assert!(second.stdout.contains(words), "{words}: {}", second.stdout);
    }
    let xml = std::fs::read_to_string(folder.join("report.xml")).unwrap();
    assert!(
        xml.contains("failures=\"1\"") && xml.contains("Norway"),
        "{xml}"
    );

    std::fs::write(folder.join("wanted.yaml"), "- question: What?\n").unwrap();
    let wrong = server.run(&["kb", "test", "wanted.yaml"]).await;
    assert!(
        !wrong.ok && wrong.stderr.contains("line 1"),
        "{}",
        wrong.stderr
    );
}

#[tokio::test]
async fn files_for_a_test_alone_may_be_pdf_and_what_cannot_be_read_fails() {
    let server = Server::prepare(SITE).await;
    let folder = server.folder().join("own");
    std::fs::create_dir(&folder).unwrap();
    let manual = pdf(&["A broken lamp is repaired in our workshop within nine days."]);
    std::fs::write(folder.join("manual.pdf"), manual).unwrap();
    let wanted = "- question: Who repairs a broken lamp?\n  no_answer: true\n";
    std::fs::write(server.folder().join("wanted.yaml"), wanted).unwrap();

    let run = ["kb", "test", "wanted.yaml", "--path", "own", "--json"];
    let read = server.run(&run).await;
    assert!(read.ok, "{}{}", read.stdout, read.stderr);
    let outcome = json(&read);
    let best = outcome["questions"][0]["entry"].as_str().unwrap();
    assert!(best.starts_with("manual.pdf"), "{outcome}");
    assert_eq!(outcome["unread"], serde_json::json!([]));

    std::fs::write(folder.join("faq.yaml"), "- question: \"open\n").unwrap();
    let broken = server.run(&run[..5]).await;
    assert!(!broken.ok, "{}", broken.stdout);
    for words in ["faq.yaml", "One thing in the paths could not be read."] {
        assert!(broken.stdout.contains(words), "{words}: {}", broken.stdout);
    }
}

#[tokio::test]
async fn a_decision_is_replayed_and_compared_with_today() {
    let server = Server::start(SITE).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("Do you ship to Norway?").await;
    ada.sees("bot", "every country").await;

    let listed = json(&server.run(&["replay", "--json"]).await);
    let id = listed[0]["conversation"].as_str().unwrap().to_owned();
    assert_eq!(listed[0]["said"], "Do you ship to Norway?", "{listed}");
    let same = json(&server.run(&["replay", &id, "--json"]).await);
    let decision = &same["decisions"][0];
    assert_eq!(decision["verdict"], "answer", "{same}");
    assert_eq!(decision["facts"]["query"], "Do you ship to Norway?");
    assert_eq!(decision["today"]["otherwise"], false, "{same}");
    assert!(
        decision["then"][0]
            .as_str()
            .unwrap()
            .starts_with("the bot answered")
    );

    std::fs::write(
        server.folder().join("faq.md"),
        "# FAQ\n\n## How do I reset my password?\n\nPress `Reset`.\n",
    )
    .unwrap();
    let indexed = server.run(&["kb", "index"]).await;
    assert!(indexed.ok, "{}", indexed.stderr);
    let told = server.run(&["replay", &id]).await.stdout;
    for words in [
        "verdict    answer at 0.99",
        "OTHERWISE",
        "changed since: the index",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let nobody = server.run(&["replay", "nobody"]).await;
    assert!(!nobody.ok && nobody.stderr.contains("no conversation `nobody`"));
}

/// Two answers that depend on who asks, among enough others.
const PERSONAL: &str = r#"
- question: Which plan am I on?
  answer: You are on {{signed.plan | a plan that we do not know; please sign in}}.
- question: What is the number of the hotline?
  answer: Call 0800 4711, day and night.
  requires: {plan: [gold, platinum]}
"#;

#[tokio::test]
async fn only_what_is_signed_makes_an_answer_personal() {
    let server = Server::prepare(SITE).await;
    std::fs::write(server.folder().join("personal.yaml"), PERSONAL).unwrap();
    let indexed = server
        .run(&["kb", "index", "faq.md", "personal.yaml"])
        .await;
    assert!(indexed.ok, "{}", indexed.stderr);
    let server = server.launch().await;

    let mut nobody = Visitor::new("nobody");
    nobody.connect(&server.url).await;
    nobody.says("Which plan am I on?").await;
    nobody.sees("bot", "a plan that we do not know").await;
    nobody.says("What is the number of the hotline?").await;
    nobody.sees_handling("waiting").await;

    let mut ada = Visitor::new("ada");
    ada.identity = Some(signed(&server, "gold").await);
    ada.connect(&server.url).await;
    ada.says("Which plan am I on?").await;
    ada.sees("bot", "You are on gold").await;
    ada.says("What is the number of the hotline?").await;
    ada.sees("bot", "0800 4711").await;
}

#[tokio::test]
async fn who_may_not_have_an_entry_is_not_told_of_it() {
    let server = Server::prepare(SITE).await;
    let personal = server.folder().join("personal.yaml");
    std::fs::write(&personal, PERSONAL).unwrap();
    let index = ["kb", "index", "faq.md", "personal.yaml"];
    assert!(server.run(&index).await.ok);
    let question = "What is the number of the hotline?";
    let told = server
        .run(&["ask", question, "--json", "--signed", "plan=silver"])
        .await;
    assert!(told.ok && !told.stdout.contains("0800"), "{}", told.stdout);

    let broken = "- question: Who am I?\n  answer: You are {{signed.name}}.\n";
    std::fs::write(&personal, broken).unwrap();
    let indexed = server.run(&index).await;
    assert!(
        !indexed.ok && indexed.stderr.contains("| your name"),
        "{}",
        indexed.stderr
    );
}

async fn signed(server: &Server, plan: &str) -> String {
    let attribute = format!("plan={plan}");
    let token = [
        "token",
        "--site",
        "shop",
        "--sub",
        "ada",
        "--attribute",
        &attribute,
    ];
    let run = server.run(&token).await;
    assert!(run.ok, "{}", run.stderr);
    run.stdout.trim().to_owned()
}

/// Visitors who wait for a person, with what they asked.
async fn waiting(server: &Server) -> Vec<Visitor> {
    let mut people = Vec::new();
    for (name, question) in [
        ("ada", "May I bring my dog to the showroom?"),
        ("bob", "Are dogs allowed in the showroom?"),
        ("cem", "What colour is the moon on Thursdays?"),
    ] {
        let mut visitor = Visitor::new(name);
        visitor.connect(&server.url).await;
        visitor.says(question).await;
        visitor.asks_for_a_person().await;
        visitor.sees_handling("waiting").await;
        people.push(visitor);
    }
    people
}

#[tokio::test]
async fn what_was_left_open_becomes_a_draft_that_can_be_indexed() {
    let server = Server::start(SITE).await;
    let mut people = waiting(&server).await;
    let mut desk = Desk::log_in(&server).await;
    let conversation = people[1].conversation.clone().unwrap();
    desk.writes(&conversation, "Yes, on a leash.").await;
    people[1].sees("agent", "on a leash").await;

    let out = ["kb", "gaps", "--json", "--out", "drafts.yaml"];
    let gaps = json(&server.run(&out).await);
    assert_eq!(
        (&gaps[0]["count"], &gaps[1]["count"]),
        (&2.into(), &1.into()),
        "{gaps}"
    );
    assert_eq!(gaps[0]["handed_over"], 2);
    let answer = gaps[0]["draft"]["answer"].as_str().unwrap();
    assert!(answer.contains("on a leash"), "{gaps}");
    let again = server.run(&out).await;
    assert!(
        !again.ok && again.stderr.contains("drafts.yaml"),
        "{}",
        again.stderr
    );

    let indexed = server.run(&["kb", "index", "faq.md", "drafts.yaml"]).await;
    assert!(indexed.ok, "{}{}", indexed.stdout, indexed.stderr);
    let asked = ["ask", "Are dogs allowed in the showroom?", "--json"];
    assert_eq!(json(&server.run(&asked).await)["verdict"], "answer");
}

/// The gaps, as soon as there are so many.
async fn gaps(server: &Server, count: usize) -> Vec<Value> {
    let look = async || {
        let gaps = json(&server.run(&["kb", "gaps", "--json"]).await);
        let gaps = gaps.as_array().unwrap().clone();
        (gaps.len() == count).then_some(gaps)
    };
    eventually("the gaps", look).await
}

#[tokio::test]
async fn what_has_an_answer_is_no_gap_and_all_else_is_whoever_speaks_first() {
    for mode in ["bot-first", "drafts", "human-first"] {
        let config = format!("{SITE}\n[site.answers]\nmode = \"{mode}\"\n");
        let server = Server::start(&config).await;
        let mut ada = Visitor::new("ada");
        ada.connect(&server.url).await;
        ada.says("Do you ship to Norway?").await;
        if mode == "bot-first" {
            ada.sees("bot", "every country").await;
        } else {
            ada.sees_handling("waiting").await;
        }
        gaps(&server, 0).await;
        ada.says("What colour is the moon on Thursdays?").await;
        if mode == "human-first" {
            // From the first question on the bot leaves it all to the team, and looks nothing up.
            continue;
        }
        gaps(&server, 1).await;
        ada.says("May I bring my dog to the showroom?").await;
        for gap in gaps(&server, 2).await {
            assert_eq!(gap["handed_over"], 1, "{gap}");
        }
    }
}

#[tokio::test]
async fn suggestions_are_a_gap_unless_one_is_chosen() {
    let guessing = "[site.answers]\nanswer = 0.99\nsuggest = 0.0\n";
    let server = Server::start(&format!("{SITE}{guessing}")).await;
    let mut ada = Visitor::new("ada");
    ada.connect(&server.url).await;
    ada.says("password reset mail").await;
    let asked = ada.sees("bot", "Did you mean").await;
    assert_eq!(gaps(&server, 1).await[0]["suggested"], 1);
    let choose = json!({"type": "choose", "id": "c-1", "of": asked["id"], "choice": 0});
    ada.send(choose).await.unwrap();
    ada.sees("bot", "Settings").await;
    gaps(&server, 0).await;
}
