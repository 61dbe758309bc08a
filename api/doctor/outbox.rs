//! What waits for the team and what did not reach it, read from the store beside the server.

use std::path::Path;

use hinny_actors::store::{Counts, DeskStore, OpenError, SqliteStore};
use hinny_bridges::Finding;

use super::counted;

pub async fn look(data: &Path) -> Vec<Finding> {
    let store = match SqliteStore::open_read_only(data).await {
        Ok(store) => store,
        Err(OpenError::Missing(_)) => return vec![Finding::good("nothing is stored yet")],
        Err(error @ OpenError::Older { .. }) => {
            return vec![Finding::doubtful(
                error.to_string(),
                "start the server once",
            )];
        }
        Err(error) => {
            let fix = "see docs/operations.md, \"Restoring a backup\"";
            return vec![Finding::bad(error.to_string(), fix)];
        }
    };
    let counts = store.counts().await;
    store.close().await;
    match counts {
        Ok(counts) => judge(&counts),
        Err(error) => vec![Finding::bad(
            format!("the store cannot be read: {error}"),
            "see docs/operations.md, \"Restoring a backup\"",
        )],
    }
}

fn judge(counts: &Counts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if counts.dead_letters > 0 {
        let what = counted(counts.dead_letters, "delivery was", "deliveries were");
        findings.push(Finding::bad(
            format!("{what} given up"),
            "`hinny outbox list` says why; then `hinny outbox retry --all`",
        ));
    }
    if counts.pending_deliveries > 0 {
        let what = counted(
            counts.pending_deliveries,
            "delivery waits",
            "deliveries wait",
        );
        findings.push(Finding::doubtful(
            what,
            "they are tried again while the server runs; look at the connections below",
        ));
    }
    if counts.parked > 0 {
        let what = counted(counts.parked, "order", "orders");
        findings.push(Finding::doubtful(
            format!("{what} could not be handled, and a person was fetched instead"),
            "this is a fault of hinny: please report it, with the log of that time",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::good(
            "everything that was to be delivered is delivered",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use hinny_bridges::Grade;

    use super::*;

    fn grades(counts: Counts) -> Vec<Grade> {
        judge(&counts)
            .into_iter()
            .map(|finding| finding.grade)
            .collect()
    }

    #[test]
    fn what_was_given_up_is_bad_and_what_waits_is_doubtful() {
        assert_eq!(grades(Counts::default()), [Grade::Good]);
        let counts = Counts {
            dead_letters: 1,
            pending_deliveries: 2,
            parked: 1,
            ..Counts::default()
        };
        assert_eq!(
            grades(counts),
            [Grade::Bad, Grade::Doubtful, Grade::Doubtful]
        );
        let what = judge(&counts)[1].what.clone();
        assert_eq!(what, "2 deliveries wait");
    }
}
