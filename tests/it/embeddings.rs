//! A German shop whose texts are understood by a model on a server, which may be tired or gone.

use serde_json::Value;

use crate::openai::{EMBEDDINGS, KEY, Mode, OpenAiServer};
use crate::support::server::{Ended, SITE, Server};

const FAQ: &str = "\
# Wie kann ich mein Passwort zurücksetzen?
Öffnen Sie die Einstellungen, wählen Sie Sicherheit und drücken Sie dort auf den Knopf.

# Was kostet der Versand nach Österreich?
Pakete nach Österreich kosten sieben Euro und sind nach drei Tagen da.

# Welche Zahlungsarten gibt es bei Ihnen?
Sie können mit Karte, auf Rechnung oder mit Bargeld an der Haustür bezahlen.

# Wie lange kann ich Schuhe umtauschen?
Schuhe nehmen wir dreißig Tage lang zurück, wenn sie nicht draußen getragen wurden.

# Wo finde ich die Rechnung zu meiner Bestellung?
Die Rechnung liegt im Konto unter Bestellungen und kommt außerdem mit der Post.

# Haben Sie auch ein Geschäft in Berlin?
Unser Laden ist in der Hauptstraße und hat von Montag bis Freitag geöffnet.

# Gibt es Gutscheine zum Verschenken?
Gutscheine gibt es ab zehn Euro, sie gelten drei Jahre lang im ganzen Laden.

# Wie reinige ich Stiefel aus Leder?
Nehmen Sie eine weiche Bürste und danach etwas Wachs, aber niemals heißes Wasser.
";
/// Not one of these words is in the FAQ.
const QUESTION: &str = "Kennwort vergessen";
const TITLE: &str = "Wie kann ich mein Passwort zurücksetzen?";

async fn prepare(openai: &OpenAiServer) -> Server {
    let config = format!(
        "{SITE}[site.embeddings]\nbase_url = \"{}\"\nmodel = \"{EMBEDDINGS}\"\nkey_file = \"key\"\n",
        openai.url()
    );
    let server = Server::prepare(SITE).await;
    std::fs::write(server.folder().join("key"), KEY).unwrap();
    std::fs::write(server.folder().join("hinny.toml"), config).unwrap();
    std::fs::write(server.folder().join("faq.md"), FAQ).unwrap();
    server
}

async fn index(server: &Server) -> Ended {
    server.run(&["kb", "index", "--site", "shop"]).await
}

async fn judged(server: &Server) -> Value {
    let asked = server.run(&["ask", QUESTION, "--json"]).await;
    assert!(asked.ok, "{}", asked.stderr);
    serde_json::from_str(&asked.stdout).unwrap()
}

#[tokio::test]
async fn a_question_in_other_words_finds_its_answer_in_any_language() {
    let openai = OpenAiServer::start(Mode::Good).await;
    let server = prepare(&openai).await;
    let indexed = index(&server).await;
    assert!(indexed.ok, "{}", indexed.stderr);
    let judgement = judged(&server).await;
    assert_eq!(judgement["candidates"][0]["title"], TITLE, "{judgement}");
    let encoder = judgement["encoder"].as_str().unwrap();
    assert_eq!(encoder, format!("{EMBEDDINGS} at 127.0.0.1"));
    assert_ne!(judgement["verdict"], "unsure", "{judgement}");
    assert_eq!(openai.complaints(), [""; 0]);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let openai = OpenAiServer::start(Mode::Good).await;
    let server = prepare(&openai).await;
    assert!(index(&server).await.ok);
    let first = openai.embedded();
    let more = format!("{FAQ}\n# Kann ich mit dem Hund kommen?\nHunde sind willkommen.\n");
    std::fs::write(server.folder().join("faq.md"), more).unwrap();
    assert!(index(&server).await.ok);
    // Sixteen texts of the FAQ are known; the rest is what every index asks.
    assert_eq!(openai.embedded() - first, first - 16 + 2);
}

#[tokio::test]
async fn a_tired_server_is_asked_again_and_one_that_refuses_changes_nothing() {
    let openai = OpenAiServer::start(Mode::Good).await;
    let server = prepare(&openai).await;
    openai.tire(&[429, 503]);
    let indexed = index(&server).await;
    assert!(indexed.ok, "{}", indexed.stderr);
    let before = judged(&server).await["generation"].clone();
    std::fs::write(
        server.folder().join("faq.md"),
        format!("{FAQ}\n# Neu?\nJa.\n"),
    )
    .unwrap();
    openai.tire(&[401]);
    let refused = index(&server).await;
    assert!(!refused.ok);
    for part in [
        "test-embeddings at 127.0.0.1",
        "status 401",
        "left as it is",
    ] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
    assert!(!refused.stderr.contains(KEY));
    assert_eq!(judged(&server).await["generation"], before);
}

#[tokio::test]
async fn without_the_server_questions_are_compared_by_their_words() {
    let mut openai = OpenAiServer::start(Mode::Good).await;
    let server = prepare(&openai).await;
    assert!(index(&server).await.ok);
    openai.stop().await;
    let judgement = judged(&server).await;
    assert_eq!(judgement["encoder"], Value::Null, "{judgement}");
    assert_eq!(judgement["verdict"], "unsure", "{judgement}");
    let known = server
        .run(&["ask", "Passwort zurücksetzen?", "--json"])
        .await;
    let known: Value = serde_json::from_str(&known.stdout).unwrap();
    assert_eq!(known["candidates"][0]["title"], TITLE, "{known}");
}

#[tokio::test]
async fn the_doctor_asks_the_server_for_a_vector() {
    let mut openai = OpenAiServer::start(Mode::Good).await;
    let server = prepare(&openai).await;
    assert!(index(&server).await.ok);
    let good = server.run(&["doctor"]).await;
    assert!(
        good.stdout.contains("gives vectors of 512 numbers"),
        "{}",
        good.stdout
    );
    openai.stop().await;
    let bad = server.run(&["doctor"]).await;
    assert!(bad.stdout.contains("[site.embeddings]"), "{}", bad.stdout);
}

#[tokio::test]
async fn mistakes_in_the_table_are_told_together() {
    let server = Server::prepare(SITE).await;
    let wrong = format!(
        "{SITE}[site.embeddings]\nbase_url = \"ftp://x\"\nmodel = \" \"\nquestion_within = \"soon\"\n"
    );
    std::fs::write(server.folder().join("hinny.toml"), wrong).unwrap();
    let checked = server.run(&["kb", "list"]).await;
    for part in [
        "embeddings.base_url",
        "embeddings.model",
        "embeddings.question_within",
    ] {
        assert!(checked.stderr.contains(part), "{part}: {}", checked.stderr);
    }
}
