//! Indexing a site's knowledge, for the server at its start and for `hinny kb index`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hinny_kb::{
    Embedder, Embeddings, IndexJob, IndexReport, KbError, Library, PdfReader, SMALLEST,
};

use crate::app::Shared;
use crate::config::{Config, Site};
use crate::crawl;

/// What everybody is told of knowledge that is too small.
pub fn too_small() -> String {
    format!(
        "The bot knows too little to be sure of anything: a person answers first, except questions in exactly the words \
         of an entry. It begins with {SMALLEST} questions (other phrasings count) or sections."
    )
}

/// Where a site's index lives.
pub fn folder(data: &Path, site: &str) -> PathBuf {
    data.join("kb").join(site)
}

/// Who makes the vectors of a site.
pub fn embedder(config: &Config, site: &str) -> Result<Embedder, KbError> {
    let configured = config.site(site).and_then(|site| site.embeddings.as_ref());
    let Some(server) = configured.map(|one| one.server()) else {
        return Ok(Embedder::BuiltIn);
    };
    Ok(Embedder::Server(Arc::new(Embeddings::new(server)?)))
}

/// The knowledge of a site as it was indexed.
pub fn library(config: &Config, site: &str) -> Result<Library, KbError> {
    Library::open_with(folder(&config.data, site), embedder(config, site)?)
}

/// Where the team's own answers of a site lie.
pub fn saved(config: &Config, site: &str) -> PathBuf {
    let configured = config
        .site(site)
        .and_then(|site| site.knowledge.saved.clone());
    configured.unwrap_or_else(|| {
        config
            .data
            .join("knowledge")
            .join(site)
            .join("from-threads.md")
    })
}

/// What a site's configuration says to index.
pub fn job(config: &Config, site: &Site) -> IndexJob {
    IndexJob {
        paths: site.knowledge.paths.clone(),
        saved: Some(saved(config, site.id.as_str())),
        base_url: site.knowledge.base_url.as_ref().map(ToString::to_string),
        links: site.knowledge.links,
        pdf: pdf(),
        crawled: crawl::folders(config, site.id.as_str()),
    }
}

/// What is indexed when nothing else is said: what the configuration names, or else what was indexed last.
pub fn usual_job(config: &Config, site: &str, library: &Library) -> IndexJob {
    let mut job = config
        .site(site)
        .map(|site| job(config, site))
        .unwrap_or_default();
    if job.paths.is_empty()
        && let Some((paths, base_url)) = library.last_job()
    {
        job.paths = paths.into_iter().filter(|path| path.exists()).collect();
        job.base_url = job.base_url.or(base_url);
    }
    job.pdf = pdf();
    job.saved = Some(saved(config, site));
    job.crawled = crawl::folders(config, site);
    job
}

/// This program reads PDF files in a process of its own, see `commands::pdf`.
pub fn pdf() -> PdfReader {
    match std::env::current_exe() {
        Ok(program) => PdfReader::Program(vec![program.into(), "read-pdf".into()]),
        Err(_) => PdfReader::Nobody,
    }
}

/// Indexes, on the side, each site that names documents and has no index yet. The demo always looks, since a
/// new release may bring new pages; what has not changed is not read again.
pub fn at_start(app: &Shared) {
    for site in &app.config.sites {
        let Some(knowledge) = app.knowledge.get(&site.id) else {
            continue;
        };
        let generation = knowledge.library.generation();
        let has_one = generation.is_some();
        let saved = saved(&app.config, site.id.as_str());
        let job = job(&app.config, site);
        let has_sources = !job.paths.is_empty() || !job.crawled.is_empty() || saved.exists();
        if generation.map_or(!has_sources, |one| one.is_small()) {
            tracing::warn!(site = %site.id, "{}", too_small());
        }
        if has_one && !app.demo {
            // A crash may have come between the file and the index.
            if saved.exists() {
                renew(knowledge.library.clone(), saved, site, &app.config);
            }
            continue;
        }
        if !has_sources {
            continue;
        }
        let (library, id) = (knowledge.library.clone(), site.id.clone());
        tokio::task::spawn_blocking(move || match library.index(&job, &mut |_| {}) {
            Ok(report) => log(id.as_str(), &report),
            Err(error) => tracing::error!(site = %id, %error, "the knowledge could not be indexed"),
        });
    }
}

fn renew(library: Library, saved: PathBuf, site: &Site, config: &Config) {
    let (id, job) = (site.id.clone(), job(config, site));
    tokio::task::spawn_blocking(move || match library.renew(&saved, &job) {
        Ok(report) => log(id.as_str(), &report),
        Err(error) => tracing::error!(site = %id, %error, "the saved answers could not be indexed"),
    });
}

pub fn log(site: &str, report: &IndexReport) {
    for problem in &report.problems {
        tracing::warn!(site, %problem, "left out of the index");
    }
    if report.small {
        tracing::warn!(site, "{}", too_small());
    }
    tracing::info!(
        site,
        entries = report.entries,
        files = report.files,
        "the knowledge is indexed"
    );
}
