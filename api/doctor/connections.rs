//! Each connection, looked at by its own bridge: token, rights, channels, and who can see them.

use std::sync::Arc;
use std::time::Duration;

use hinny_bridges::{Bridge, Finding};

use super::Progress;
use crate::config::Config;
use crate::connect;

/// A platform that takes longer than this is as good as down.
const PATIENCE: Duration = Duration::from_secs(60);

/// For each connection: where it belongs in the report, and what was found.
pub async fn look(config: &Config, progress: Progress<'_>) -> Vec<(String, Vec<Finding>)> {
    let mut all = Vec::new();
    for (id, made) in connect::connections(config) {
        progress(&format!("the connection {}", id.0));
        let findings = match made {
            Ok(bridge) => examine(config, &id.0, bridge).await,
            Err(error) => vec![Finding::bad(
                error.to_string(),
                "put the right token into its variable or file",
            )],
        };
        all.push((format!("connection {}", id.0), findings));
    }
    all
}

async fn examine(config: &Config, name: &str, bridge: Arc<dyn Bridge>) -> Vec<Finding> {
    let channels = connect::channels(config, name);
    let roles = connect::roles(config, name);
    let examined = tokio::time::timeout(PATIENCE, bridge.examine(&channels, &roles)).await;
    let mut findings = examined.unwrap_or_else(|_| {
        vec![Finding::bad(
            "the platform does not answer",
            "check that this machine reaches it, and the platform's own status page",
        )]
    });
    if channels.is_empty() {
        findings.push(Finding::doubtful(
            format!("no site uses `{name}`"),
            "name it in a site's table, or take it out of the configuration",
        ));
    }
    findings
}
