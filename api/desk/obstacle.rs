//! What the team reads at the desk when it cannot be told anything in its own place: what happened, what becomes of
//! the visitors' lines, and what to do.

use hinny_actors::clock;
use hinny_actors::ids::{Millis, SiteId};
use hinny_actors::tally::{Obstacle, ObstacleKind};

use crate::app::App;
use crate::config::Site;

/// The longest reason that is shown; it comes from a platform.
const LONGEST: usize = 300;

/// A sentence or two, if there is anything to tell.
pub fn told(app: &App, site: &SiteId) -> Option<String> {
    let site = app.config.sites.iter().find(|one| one.id == *site)?;
    let obstacle = app.engine.tally().obstacle(&site.hand.target())?;
    Some(sentence(site, &obstacle, clock::now()))
}

fn sentence(site: &Site, obstacle: &Obstacle, now: Millis) -> String {
    let platform = site.hand.platform().map_or("the desk", |one| one.name());
    let name = site.hand.connection();
    let why: String = obstacle.why.chars().take(LONGEST).collect();
    let since = since(now - obstacle.since);
    match obstacle.kind {
        ObstacleKind::NoAccess => format!(
            "hinny cannot write to your channel on {platform} ({name}){since}: {why}. \
             What visitors write is kept and goes there when this is mended; answer here until then. \
             `hinny doctor` says what to click."
        ),
        ObstacleKind::Unauthorized => format!(
            "{platform} does not let hinny in ({name}){since}: {why}. \
             What visitors write is kept and goes there when this is mended; answer here until then. \
             `hinny doctor` says what to change."
        ),
        ObstacleKind::Unreachable => format!(
            "{platform} cannot be reached ({name}){since}. hinny keeps trying. \
             What visitors write is kept and goes there later; answer here until then."
        ),
    }
}

fn since(passed: Millis) -> String {
    match passed / 60_000 {
        ..2 => String::new(),
        minutes @ 2..120 => format!(" for {minutes} minutes"),
        minutes => format!(" for {} hours", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_time_is_not_told() {
        let shown = [0, 90_000, 180_000, 3 * 3_600_000].map(since);
        assert_eq!(shown, ["", "", " for 3 minutes", " for 3 hours"]);
    }
}
