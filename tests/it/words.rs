//! What the chat says: one language at a time, kept by browsers, with the site's own sentences in it.

use crate::support::http;
use crate::support::server::{SITE, Server};

const OWN: &str = r#"
[site.words.de]
person = "Zur Crew"
greeting = "Moin!"
unread = { one = "Eine neu", other = "{n} neu" }
"#;

#[tokio::test]
async fn every_language_is_there_and_kept_by_browsers() {
    let server = Server::start(SITE).await;
    for language in ["ar", "de", "en", "es", "fr", "it", "ja", "pt"] {
        let url = format!("{}/v1/sites/shop/words/{language}", server.url);
        let answer = http::get(&url).await;
        assert_eq!(answer.status, 200, "{language}");
        let words: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(words["dir"] == "rtl", language == "ar");
        assert!(words["greeting"].is_null());
    }
    for path in [
        "shop/words/xx",
        "shop/words/EN",
        "shop/words/..%2f..",
        "nobody/words/en",
    ] {
        let answer = http::get(&format!("{}/v1/sites/{path}", server.url)).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_site_says_it_in_its_own_words_where_it_has_some() {
    let server = Server::start(&format!("{SITE}{OWN}")).await;
    let words = async |language: &str| {
        let url = format!("{}/v1/sites/shop/words/{language}", server.url);
        serde_json::from_str::<serde_json::Value>(&http::get(&url).await.text).unwrap()
    };
    let german = words("de").await;
    assert_eq!(
        (&german["person"], &german["greeting"]),
        (&"Zur Crew".into(), &"Moin!".into())
    );
    assert_eq!(german["unread"]["other"], "{n} neu");
    assert_eq!(german["send"], "Senden");
    let english = words("en").await;
    assert_eq!(english["person"], "Talk to a person");
    assert!(english["greeting"].is_null());
}
