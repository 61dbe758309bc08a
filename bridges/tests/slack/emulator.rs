//! Python's `slack_sdk` against our Slack for tests, so that Slack's API is not only what we take it for.

use super::python::Script;

#[tokio::test]
async fn the_pinned_client_is_what_runs() {
    let printed = Script::start("versions.py", &[]).await.finish().await;
    assert_eq!(printed[0]["slack_sdk"], "3.47.0");
}
