//! What the bot of a site knows: is anything indexed, and is what the configuration names still there?

use hinny_bridges::Finding;
use hinny_kb::Embedder;

use super::counted;
use crate::config::{Config, Site};
use crate::index;

pub fn look(config: &Config, site: &Site) -> Vec<Finding> {
    let mut findings = vec![indexed(config, site)];
    findings.extend(embeddings(config, site));
    let missing = site.knowledge.paths.iter().filter(|path| !path.exists());
    findings.extend(missing.map(|path| {
        Finding::bad(
            format!("there is no {}", path.display()),
            "put it there, or take it out of `paths` below [site.knowledge]",
        )
    }));
    findings
}

fn indexed(config: &Config, site: &Site) -> Finding {
    let fix = format!("run: hinny kb index --site {}", site.id);
    let library = match index::library(config, site.id.as_str()) {
        Ok(library) => library,
        Err(error) => return Finding::bad(error.to_string(), fix),
    };
    match library.generation() {
        Some(generation) if !generation.is_empty() => {
            let entries = counted(generation.len() as u64, "entry is", "entries are");
            let files = counted(generation.manifest().files.len() as u64, "file", "files");
            let indexed = format!("{entries} indexed from {files}");
            match generation.is_small() {
                false => Finding::good(indexed),
                true => Finding::doubtful(
                    format!("{indexed}. {}", index::too_small()),
                    "add more questions or documents, and run `hinny kb index`",
                ),
            }
        }
        _ if site.knowledge.paths.is_empty() => Finding::doubtful(
            "nothing is indexed, so every question goes to a person",
            "run `hinny kb index` with your FAQ and documents, or name them below [site.knowledge]",
        ),
        _ => Finding::bad("nothing is indexed yet", fix),
    }
}

/// Whether the server for vectors answers, if the site has one.
fn embeddings(config: &Config, site: &Site) -> Option<Finding> {
    let fix = "look at base_url, model and the key below [site.embeddings]; until then questions are compared by \
               their words alone";
    match index::embedder(config, site.id.as_str()) {
        Ok(Embedder::BuiltIn) => None,
        Ok(Embedder::Server(server)) => Some(match server.check() {
            Ok(width) => Finding::good(format!(
                "{} gives vectors of {width} numbers",
                server.name()
            )),
            Err(error) => Finding::bad(error.to_string(), fix),
        }),
        Err(error) => Some(Finding::bad(error.to_string(), fix)),
    }
}
