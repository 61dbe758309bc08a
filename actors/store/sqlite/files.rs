//! What is known of files, and which message has them.

use async_trait::async_trait;
use futures_util::FutureExt;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::change::Rows;
use super::rows::{Many, Script};
use crate::body::FileRef;
use crate::ids::{ConversationId, FileId, Millis, SiteId, VisitorId};
use crate::store::{FileRow, FileStore, Stored};

const FILE: &str = "SELECT f.id, f.site, COALESCE(a.person, f.visitor) AS owner, f.conversation, f.name, f.mime, \
     f.size, f.width, f.height, f.key, f.at FROM file f LEFT JOIN alias a ON a.visitor = f.visitor";

/// Whether there is anything to remove; asked first, because usually there is not.
const ANY: &str = "SELECT EXISTS (SELECT 1 FROM file WHERE gone = 1) \
     OR EXISTS (SELECT 1 FROM file f WHERE conversation IS NULL AND at < $1 \
     AND NOT EXISTS (SELECT 1 FROM face WHERE face.file = f.id))";

#[async_trait]
impl FileStore for SqliteStore {
    async fn add_file(&self, file: &FileRow) -> Stored<()> {
        self.write(file.clone(), |conn, file| add(conn, file).boxed())
            .await
    }

    async fn file(&self, id: &FileId) -> Stored<Option<FileRow>> {
        let sql = sqlx::AssertSqlSafe(format!("{FILE} WHERE f.id = $1 AND f.gone = 0"));
        let row = sqlx::query(sql)
            .bind(id.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.as_ref().map(file).transpose()
    }

    async fn drop_file(&self, id: &FileId) -> Stored<()> {
        self.write(id.clone(), |conn, id| drop_file(conn, id).boxed())
            .await
    }

    async fn stale_files(&self, before: Millis, limit: u32) -> Stored<Vec<FileRow>> {
        let any: bool = sqlx::query_scalar(ANY)
            .bind(before)
            .fetch_one(&mut *self.reader().await?)
            .await?;
        if !any {
            return Ok(Vec::new());
        }
        self.write((before, limit), |conn, (before, limit)| {
            retire(conn, *before, *limit).boxed()
        })
        .await
    }

    async fn face(&self, site: &SiteId, picture: &str) -> Stored<Option<FileId>> {
        let found = sqlx::query_scalar("SELECT file FROM face WHERE site = $1 AND picture = $2")
            .bind(site.as_str())
            .bind(picture)
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        Ok(found.map(FileId))
    }

    async fn add_face(&self, site: &SiteId, picture: &str, file: &FileId) -> Stored<()> {
        let row = [site.0.clone(), picture.to_owned(), file.0.clone()];
        self.write(row, |conn, row| add_face(conn, row).boxed())
            .await
    }

    async fn forget_files(&self, ids: &[FileId]) -> Stored<()> {
        self.write(ids.to_vec(), |conn, ids| forget(conn, ids).boxed())
            .await
    }
}

async fn add(conn: &mut SqliteConnection, row: &FileRow) -> Stored<()> {
    let file = &row.file;
    sqlx::query(
        "INSERT INTO file (id, site, visitor, name, mime, size, width, height, key, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(file.id.as_str())
    .bind(row.site.as_str())
    .bind(row.visitor.as_ref().map(VisitorId::as_str))
    .bind(&file.name)
    .bind(&file.mime)
    .bind(file.size as i64)
    .bind(file.width)
    .bind(file.height)
    .bind(&row.key)
    .bind(row.at)
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_face(conn: &mut SqliteConnection, row: &[String; 3]) -> Stored<()> {
    let [site, picture, file] = row;
    sqlx::query(
        "INSERT INTO face (site, picture, file) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(site)
    .bind(picture)
    .bind(file)
    .execute(conn)
    .await?;
    Ok(())
}

async fn drop_file(conn: &mut SqliteConnection, id: &FileId) -> Stored<()> {
    sqlx::query("UPDATE file SET gone = 1 WHERE id = $1")
        .bind(id.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// From here on nobody can say an old file any more, so its bytes may go.
async fn retire(conn: &mut SqliteConnection, before: Millis, limit: u32) -> Stored<Vec<FileRow>> {
    sqlx::query(
        "UPDATE file SET gone = 1 WHERE conversation IS NULL AND at < $1 \
         AND NOT EXISTS (SELECT 1 FROM face WHERE face.file = file.id)",
    )
    .bind(before)
    .execute(&mut *conn)
    .await?;
    let sql = format!("{FILE} WHERE f.gone = 1 ORDER BY f.at LIMIT $1");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.iter().map(file).collect()
}

async fn forget(conn: &mut SqliteConnection, ids: &[FileId]) -> Stored<()> {
    for id in ids {
        sqlx::query("DELETE FROM file WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

fn file(row: &SqliteRow) -> Stored<FileRow> {
    let number = |name| -> Stored<Option<u32>> {
        let number: Option<i64> = row.try_get(name)?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    };
    Ok(FileRow {
        file: FileRef {
            id: FileId(row.try_get("id")?),
            name: row.try_get("name")?,
            mime: row.try_get("mime")?,
            size: row.try_get::<i64, _>("size")? as u64,
            width: number("width")?,
            height: number("height")?,
        },
        site: SiteId(row.try_get("site")?),
        visitor: row.try_get::<Option<String>, _>("owner")?.map(VisitorId),
        conversation: row
            .try_get::<Option<String>, _>("conversation")?
            .map(ConversationId),
        key: row.try_get("key")?,
        at: row.try_get("at")?,
    })
}

/// A file that a message of a Change has.
pub(super) struct SaidFile {
    pub id: String,
    pub conversation: String,
    pub seq: i64,
}

/// The first message that has a file keeps it.
const SAID: Many = Many {
    head: "UPDATE file SET conversation = v.column2, seq = v.column3 FROM (",
    columns: 3,
    tail: ") AS v WHERE file.id = v.column1 AND file.conversation IS NULL AND file.gone = 0",
};

/// Ties files to the messages that have them, in the same transaction.
pub(super) fn note_said<'q>(script: &mut Script<'q>, files: &'q [&'q SaidFile]) {
    script.add_many(&SAID, files, |query, file| {
        query.bind(&file.id).bind(&file.conversation).bind(file.seq)
    });
}

/// All that the Changes say.
pub(super) fn said<'a>(changes: &[&'a Rows]) -> Vec<&'a SaidFile> {
    changes.iter().flat_map(|change| &change.files).collect()
}
