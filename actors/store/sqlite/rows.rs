//! Many rows in one statement, because every statement is a trip to SQLite's thread and back.

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
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
    pub(super) fn sql(&self, rows: usize) -> String {
        let row = format!("({})", placeholders(self.columns));
        let values = vec![row.as_str(); rows].join(", ");
        format!("{} VALUES {values} {}", self.head, self.tail)
    }
}

/// Statements that go to SQLite together and are carried out in their order.
pub(super) struct Script<'q> {
    sql: String,
    kept: bool,
    binds: Vec<Box<dyn FnOnce(Bound<'q>) -> Bound<'q> + Send + 'q>>,
}

impl<'q> Script<'q> {
    pub(super) fn new() -> Self {
        Script {
            sql: String::new(),
            kept: true,
            binds: Vec::new(),
        }
    }

    /// A statement over `rows` things, with unnumbered placeholders.
    pub(super) fn add(
        &mut self,
        sql: &str,
        rows: usize,
        bind: impl FnOnce(Bound<'q>) -> Bound<'q> + Send + 'q,
    ) {
        self.sql.push_str(sql);
        self.sql.push_str(";\n");
        self.kept &= kept(rows);
        self.binds.push(Box::new(bind));
    }

    /// The statement for all `rows`, which may be none.
    pub(super) fn add_many<T: Sync>(
        &mut self,
        many: &Many,
        rows: &'q [T],
        bind: fn(Bound<'q>, &'q T) -> Bound<'q>,
    ) {
        for chunk in rows.chunks(ROWS) {
            let sql = many.sql(chunk.len());
            self.add(&sql, chunk.len(), move |query| {
                chunk.iter().fold(query, bind)
            });
        }
    }

    pub(super) async fn run(self, conn: &mut SqliteConnection) -> Stored<()> {
        if !self.binds.is_empty() {
            self.fetch(conn).await?;
        }
        Ok(())
    }

    /// The rows of all statements, one after the other.
    pub(super) async fn fetch(self, conn: &mut SqliteConnection) -> Stored<Vec<SqliteRow>> {
        let query = sqlx::query(AssertSqlSafe(self.sql)).persistent(self.kept);
        let query = self
            .binds
            .into_iter()
            .fold(query, |query, bind| bind(query));
        Ok(query.fetch_all(conn).await?)
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
