//! Every commit looks things up by index: the time it takes must not grow with what is stored already.

use sqlx::{AssertSqlSafe, Row};

use super::{scratch, stranger};
use crate::store::DeskStore;
use crate::store::sqlite::commit::{HEADS, causes_sql, clear_sql, heads_sql};

#[tokio::test(flavor = "multi_thread")]
async fn committing_never_reads_a_whole_table() {
    let scratch = scratch().await;
    let mut conn = stranger(&scratch.folder.path().join("hinny.db")).await;
    for rows in [1, 2, 64] {
        for sql in [
            causes_sql(rows),
            heads_sql(rows),
            HEADS.sql(rows),
            clear_sql(rows),
        ] {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let plan = sqlx::query(explain).fetch_all(&mut conn).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
            let by_index = steps.iter().any(|step| step.starts_with("SEARCH"));
            let whole = ["cause", "c", "conversation", "alarm"]
                .iter()
                .any(|table| steps.iter().any(|step| scans(step, table)));
            assert!(by_index && !whole, "{sql}\n{steps:#?}");
        }
    }
    scratch.store.close().await;
}

fn scans(step: &str, table: &str) -> bool {
    step == format!("SCAN {table}") || step.starts_with(&format!("SCAN {table} USING"))
}
