//! Indexing a site's knowledge, for the server at its start and for `hinny kb index`.

use std::path::{Path, PathBuf};

use hinny_kb::{IndexJob, IndexReport};

use crate::app::Shared;
use crate::config::Site;

/// Where a site's index lives.
pub fn folder(data: &Path, site: &str) -> PathBuf {
    data.join("kb").join(site)
}

/// What a site's configuration says to index.
pub fn job(site: &Site) -> IndexJob {
    IndexJob {
        paths: site.knowledge.paths.clone(),
        base_url: site.knowledge.base_url.as_ref().map(ToString::to_string),
    }
}

/// Indexes, on the side, each site that names documents and has no index yet. The demo always looks, since a
/// new release may bring new pages; what has not changed is not read again.
pub fn at_start(app: &Shared) {
    for site in &app.config.sites {
        let Some(knowledge) = app.knowledge.get(&site.id) else {
            continue;
        };
        let has_one = knowledge.library.generation().is_some();
        if site.knowledge.paths.is_empty() || (has_one && !app.demo) {
            continue;
        }
        let (library, id, job) = (knowledge.library.clone(), site.id.clone(), job(site));
        tokio::task::spawn_blocking(move || match library.index(&job, &mut |_| {}) {
            Ok(report) => log(id.as_str(), &report),
            Err(error) => tracing::error!(site = %id, %error, "the knowledge could not be indexed"),
        });
    }
}

fn log(site: &str, report: &IndexReport) {
    for problem in &report.problems {
        tracing::warn!(site, %problem, "left out of the index");
    }
    tracing::info!(
        site,
        entries = report.entries,
        files = report.files,
        "the knowledge is indexed"
    );
}
