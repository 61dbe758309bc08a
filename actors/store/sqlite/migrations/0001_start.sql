-- People. A visitor with a subject has proved who they are; an alias is an anonymous visitor who did later.
CREATE TABLE visitor (
    id TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    subject TEXT,
    profile TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (site, id),
    UNIQUE (site, subject)
);

CREATE TABLE alias (
    visitor TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    FOREIGN KEY (site, visitor) REFERENCES visitor (site, id),
    FOREIGN KEY (site, person) REFERENCES visitor (site, id)
);

CREATE TABLE session (
    id TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    visitor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked BIGINT NOT NULL DEFAULT 0,
    FOREIGN KEY (site, visitor) REFERENCES visitor (site, id)
);

-- The log. `handling` and `updated_at` repeat what the events say, for lists only.
CREATE TABLE conversation (
    id TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    visitor TEXT NOT NULL,
    current BIGINT NOT NULL DEFAULT 1,
    seq BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    handling TEXT NOT NULL,
    with_person BIGINT NOT NULL DEFAULT 0,
    context TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (site, visitor) REFERENCES visitor (site, id)
);
CREATE UNIQUE INDEX conversation_current ON conversation (site, visitor) WHERE current = 1;
CREATE INDEX conversation_desk ON conversation (site, updated_at) WHERE with_person = 1;
CREATE INDEX conversation_waiting ON conversation (state) WHERE state = 'waiting';

-- The skeleton. `kind` is the tag inside `what`, `version` says which release's shape `what` has.
CREATE TABLE event (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;
CREATE INDEX event_answer ON event (at) WHERE kind = 'bot_answered';

-- The words. An edit adds a version, an erasure removes them all.
CREATE TABLE body (
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation, seq, version),
    FOREIGN KEY (conversation, seq) REFERENCES event (conversation, seq)
);

-- What made each commit happen, so that it never happens twice.
CREATE TABLE cause (
    site TEXT NOT NULL,
    cause TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (site, cause)
) WITHOUT ROWID;

-- The outbox. `position` is the order; `due_at` counts for the oldest pending one of a conversation only.
CREATE TABLE delivery (
    position INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    what TEXT NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    attempts BIGINT NOT NULL DEFAULT 0,
    parts_done BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT,
    error TEXT,
    FOREIGN KEY (conversation, seq) REFERENCES event (conversation, seq)
);
CREATE INDEX delivery_pending ON delivery (conversation, position) WHERE state = 'pending';
CREATE INDEX delivery_dead ON delivery (ended_at) WHERE state = 'dead';

-- Which platform message carries which part of which delivery: many to many.
CREATE TABLE post (
    thread TEXT NOT NULL,
    post TEXT NOT NULL,
    delivery TEXT NOT NULL REFERENCES delivery (id),
    part BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (thread, post, delivery, part)
);
CREATE INDEX post_delivery ON post (delivery);

CREATE TABLE thread (
    address TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    target TEXT NOT NULL,
    active BIGINT NOT NULL
);
CREATE UNIQUE INDEX thread_active ON thread (conversation) WHERE active = 1;

CREATE TABLE alarm (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    name TEXT NOT NULL,
    site TEXT NOT NULL,
    at BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (conversation, name)
) WITHOUT ROWID;
CREATE INDEX alarm_due ON alarm (at);

CREATE TABLE parked (
    site TEXT NOT NULL,
    cause TEXT NOT NULL,
    conversation TEXT NOT NULL,
    what TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (site, cause)
);

-- Logins to the built-in desk, by hash only.
CREATE TABLE desk_login (
    hash TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE desk_session (
    hash TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Overwritten whenever somebody asks whether the store can still be written.
CREATE TABLE pulse (
    id BIGINT PRIMARY KEY NOT NULL,
    beats BIGINT NOT NULL
);
