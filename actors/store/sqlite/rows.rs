//! Many rows in one statement, because every statement is a trip to SQLite's thread and back.

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Sqlite};

use crate::store::Stored;

pub(super) type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Rows in one statement. A full statement always has the same text and is prepared only once.
const ROWS: usize = 64;

/// One statement over rows of values: `head VALUES (…), (…) tail`.
pub(super) struct Many {
    pub head: &'static str,
    pub columns: usize,
    pub tail: &'static str,
}

impl Many {
    /// Runs the statement for all `rows`, which may be none.
    pub(super) async fn run<T>(
        &self,
        conn: &mut SqliteConnection,
        rows: &[T],
        bind: for<'q> fn(Bound<'q>, &'q T) -> Bound<'q>,
    ) -> Stored<()> {
        for chunk in rows.chunks(ROWS) {
            let sql = self.sql(chunk.len());
            let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(kept(chunk.len()));
            for row in chunk {
                query = bind(query, row);
            }
            query.execute(&mut *conn).await?;
        }
        Ok(())
    }

    pub(super) fn sql(&self, rows: usize) -> String {
        let row = format!("({})", placeholders(self.columns));
        let values = vec![row.as_str(); rows].join(", ");
        format!("{} VALUES {values} {}", self.head, self.tail)
    }
}

/// Texts of few rows and of full statements come again and again; those between would only fill the cache.
pub(super) fn kept(rows: usize) -> bool {
    rows <= 2 || rows == ROWS
}

/// `?, ?, ?`: unnumbered, because SQLite looks numbered ones up one by one.
pub(super) fn placeholders(count: usize) -> String {
    vec!["?"; count].join(", ")
}
