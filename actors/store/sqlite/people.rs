//! Visitors, their sessions, and logins to the desk.

use async_trait::async_trait;
use futures_util::FutureExt;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::SqliteStore;
use super::codec::{json, parsed};
use crate::body::Profile;
use crate::ids::{ConversationId, Millis, SessionId, SiteId, VisitorId};
use crate::store::{DeskSession, Identified, PeopleStore, Session, StoreError, Stored};

#[async_trait]
impl PeopleStore for SqliteStore {
    async fn admit(&self, site: &SiteId, at: Millis) -> Stored<Session> {
        self.write((site.clone(), at), |conn, (site, at)| {
            admit(conn, site, *at).boxed()
        })
        .await
    }

    async fn session(&self, site: &SiteId, id: &SessionId) -> Stored<Option<Session>> {
        session(&mut *self.reader().await?, site, id).await
    }

    async fn revoke(&self, site: &SiteId, id: &SessionId) -> Stored<()> {
        self.write((site.clone(), id.clone()), |conn, (site, id)| {
            revoke(conn, site, id).boxed()
        })
        .await
    }

    async fn agree(&self, site: &SiteId, id: &SessionId, at: Millis) -> Stored<()> {
        let args = (site.clone(), id.clone(), at);
        self.write(args, |conn, (site, id, at)| {
            agree(conn, site, id, *at).boxed()
        })
        .await
    }

    async fn identify(
        &self,
        site: &SiteId,
        session: Option<&SessionId>,
        profile: &Profile,
        at: Millis,
    ) -> Stored<Identified> {
        if profile.subject.is_empty() {
            return Err(StoreError::Failed("a profile needs a subject".to_owned()));
        }
        let args = (site.clone(), session.cloned(), profile.clone(), at);
        self.write(args, |conn, (site, session, profile, at)| {
            identify(conn, site, session.as_ref(), profile, *at).boxed()
        })
        .await
    }

    async fn profile(&self, visitor: &VisitorId) -> Stored<Option<Profile>> {
        let row = sqlx::query(
            "SELECT profile FROM visitor WHERE profile IS NOT NULL \
             AND id = COALESCE((SELECT person FROM alias WHERE visitor = $1), $1)",
        )
        .bind(visitor.as_str())
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        row.map(|row| parsed(row.try_get("profile")?, "a profile"))
            .transpose()
    }

    async fn add_desk_login(&self, site: &SiteId, hash: &str, until: Millis) -> Stored<()> {
        let args = (site.clone(), hash.to_owned(), until);
        self.write(args, |conn, (site, hash, until)| {
            add_desk_login(conn, site, hash, *until).boxed()
        })
        .await
    }

    async fn use_desk_login(
        &self,
        hash: &str,
        session_hash: &str,
        now: Millis,
    ) -> Stored<Option<SiteId>> {
        let args = (hash.to_owned(), session_hash.to_owned(), now);
        self.write(args, |conn, (hash, session, now)| {
            use_desk_login(conn, hash, session, *now).boxed()
        })
        .await
    }

    async fn desk_session(&self, session_hash: &str, since: Millis) -> Stored<Option<DeskSession>> {
        let row =
            sqlx::query("SELECT site, name FROM desk_session WHERE hash = $1 AND created_at >= $2")
                .bind(session_hash)
                .bind(since)
                .fetch_optional(&mut *self.reader().await?)
                .await?;
        row.map(|row| {
            Ok(DeskSession {
                site: SiteId(row.try_get("site")?),
                name: row.try_get("name")?,
            })
        })
        .transpose()
    }

    async fn name_desk_session(&self, session_hash: &str, name: &str) -> Stored<()> {
        let args = (session_hash.to_owned(), name.to_owned());
        self.write(args, |conn, (hash, name)| {
            name_desk_session(conn, hash, name).boxed()
        })
        .await
    }

    async fn end_desk_session(&self, session_hash: &str) -> Stored<()> {
        self.write(session_hash.to_owned(), |conn, hash| {
            end_desk_session(conn, hash).boxed()
        })
        .await
    }
}

async fn admit(conn: &mut SqliteConnection, site: &SiteId, at: Millis) -> Stored<Session> {
    let visitor = VisitorId::random();
    sqlx::query("INSERT INTO visitor (id, site, created_at) VALUES ($1, $2, $3)")
        .bind(visitor.as_str())
        .bind(site.as_str())
        .bind(at)
        .execute(&mut *conn)
        .await?;
    add_session(conn, site, visitor, false, at).await
}

async fn add_session(
    conn: &mut SqliteConnection,
    site: &SiteId,
    visitor: VisitorId,
    identified: bool,
    at: Millis,
) -> Stored<Session> {
    let id = SessionId::random();
    sqlx::query("INSERT INTO session (id, site, visitor, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.as_str())
        .bind(site.as_str())
        .bind(visitor.as_str())
        .bind(at)
        .execute(conn)
        .await?;
    Ok(Session {
        id,
        site: site.clone(),
        visitor,
        identified,
        agreed_at: None,
    })
}

async fn session(
    conn: &mut SqliteConnection,
    site: &SiteId,
    id: &SessionId,
) -> Stored<Option<Session>> {
    let row = sqlx::query(
        "SELECT s.id, s.site, s.agreed_at, v.id AS visitor, \
         CASE WHEN v.subject IS NULL THEN 0 ELSE 1 END AS identified \
         FROM session s LEFT JOIN alias a ON a.visitor = s.visitor \
         JOIN visitor v ON v.id = COALESCE(a.person, s.visitor) \
         WHERE s.id = $1 AND s.site = $2 AND s.revoked = 0",
    )
    .bind(id.as_str())
    .bind(site.as_str())
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(to_session).transpose()
}

fn to_session(row: &SqliteRow) -> Stored<Session> {
    let identified: i64 = row.try_get("identified")?;
    Ok(Session {
        id: SessionId(row.try_get("id")?),
        site: SiteId(row.try_get("site")?),
        visitor: VisitorId(row.try_get("visitor")?),
        identified: identified == 1,
        agreed_at: row.try_get("agreed_at")?,
    })
}

async fn agree(
    conn: &mut SqliteConnection,
    site: &SiteId,
    id: &SessionId,
    at: Millis,
) -> Stored<()> {
    sqlx::query(
        "UPDATE session SET agreed_at = COALESCE(agreed_at, $3) WHERE id = $1 AND site = $2",
    )
    .bind(id.as_str())
    .bind(site.as_str())
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

async fn revoke(conn: &mut SqliteConnection, site: &SiteId, id: &SessionId) -> Stored<()> {
    sqlx::query("UPDATE session SET revoked = 1 WHERE id = $1 AND site = $2")
        .bind(id.as_str())
        .bind(site.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

async fn identify(
    conn: &mut SqliteConnection,
    site: &SiteId,
    id: Option<&SessionId>,
    profile: &Profile,
    at: Millis,
) -> Stored<Identified> {
    let person = person(conn, site, profile, at).await?;
    let known = match id {
        Some(id) => session(conn, site, id).await?,
        None => None,
    };
    match known {
        Some(session) if session.visitor == person => Ok(Identified {
            session,
            joined: None,
        }),
        Some(session) if !session.identified => join(conn, session, person, at).await,
        _ => Ok(Identified {
            session: add_session(conn, site, person, true, at).await?,
            joined: None,
        }),
    }
}

/// Finds or makes the visitor behind a subject; the newest profile counts.
async fn person(
    conn: &mut SqliteConnection,
    site: &SiteId,
    profile: &Profile,
    at: Millis,
) -> Stored<VisitorId> {
    let row = sqlx::query(
        "INSERT INTO visitor (id, site, subject, profile, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (site, subject) DO UPDATE SET profile = excluded.profile RETURNING id",
    )
    .bind(VisitorId::random().as_str())
    .bind(site.as_str())
    .bind(&profile.subject)
    .bind(json(profile)?)
    .bind(at)
    .fetch_one(conn)
    .await?;
    Ok(VisitorId(row.try_get("id")?))
}

/// The anonymous visitor of `session` turns out to be `person`.
async fn join(
    conn: &mut SqliteConnection,
    session: Session,
    person: VisitorId,
    at: Millis,
) -> Stored<Identified> {
    sqlx::query("INSERT INTO alias (visitor, site, person, at) VALUES ($1, $2, $3, $4)")
        .bind(session.visitor.as_str())
        .bind(session.site.as_str())
        .bind(person.as_str())
        .bind(at)
        .execute(&mut *conn)
        .await?;
    let joined = bring_conversation(conn, &session, &person).await?;
    let session = Session {
        visitor: person,
        identified: true,
        ..session
    };
    Ok(Identified { session, joined })
}

/// The anonymous conversation becomes the person's current one, or stays behind if they have one already.
async fn bring_conversation(
    conn: &mut SqliteConnection,
    session: &Session,
    person: &VisitorId,
) -> Stored<Option<ConversationId>> {
    yield_to_waiting(conn, session, person).await?;
    let row = sqlx::query(
        "UPDATE conversation SET visitor = $3 WHERE current = 1 AND site = $1 AND visitor = $2 \
         AND NOT EXISTS (SELECT 1 FROM conversation o WHERE o.current = 1 AND o.site = $1 AND o.visitor = $3) \
         RETURNING id",
    )
    .bind(session.site.as_str())
    .bind(session.visitor.as_str())
    .bind(person.as_str())
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(row) = row {
        return Ok(Some(ConversationId(row.try_get("id")?)));
    }
    sqlx::query(
        "UPDATE conversation SET current = 0 WHERE current = 1 AND site = $1 AND visitor = $2",
    )
    .bind(session.site.as_str())
    .bind(session.visitor.as_str())
    .execute(conn)
    .await?;
    Ok(None)
}

/// Where a person is on the anonymous conversation and nobody on theirs, the answer will come to the anonymous
/// one: so theirs makes room for it.
async fn yield_to_waiting(
    conn: &mut SqliteConnection,
    session: &Session,
    person: &VisitorId,
) -> Stored<()> {
    sqlx::query(
    "UPDATE conversation SET current = 0 WHERE current = 1 AND site = $1 AND visitor = $3 \
     AND state NOT IN ('waiting', 'agent') AND EXISTS (SELECT 1 FROM conversation a WHERE a.current = 1 \
     AND a.site = $1 AND a.visitor = $2 AND a.state IN ('waiting', 'agent'))",
)
.bind(session.site.as_str())
.bind(session.visitor.as_str())
.bind(person.as_str())
.execute(conn)
.await?;
    Ok(())
}

async fn add_desk_login(
    conn: &mut SqliteConnection,
    site: &SiteId,
    hash: &str,
    until: Millis,
) -> Stored<()> {
    sqlx::query("INSERT INTO desk_login (hash, site, until) VALUES ($1, $2, $3)")
        .bind(hash)
        .bind(site.as_str())
        .bind(until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Being used, and being late, are the same thing: the login is gone.
async fn use_desk_login(
    conn: &mut SqliteConnection,
    hash: &str,
    session_hash: &str,
    now: Millis,
) -> Stored<Option<SiteId>> {
    let row = sqlx::query("DELETE FROM desk_login WHERE hash = $1 AND until > $2 RETURNING site")
        .bind(hash)
        .bind(now)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let site = SiteId(row.try_get("site")?);
    sqlx::query("INSERT INTO desk_session (hash, site, name, created_at) VALUES ($1, $2, '', $3)")
        .bind(session_hash)
        .bind(site.as_str())
        .bind(now)
        .execute(conn)
        .await?;
    Ok(Some(site))
}

async fn name_desk_session(conn: &mut SqliteConnection, hash: &str, name: &str) -> Stored<()> {
    sqlx::query("UPDATE desk_session SET name = $2 WHERE hash = $1")
        .bind(hash)
        .bind(name)
        .execute(conn)
        .await?;
    Ok(())
}

async fn end_desk_session(conn: &mut SqliteConnection, hash: &str) -> Stored<()> {
    sqlx::query("DELETE FROM desk_session WHERE hash = $1")
        .bind(hash)
        .execute(conn)
        .await?;
    Ok(())
}
