-- What the team looks back at: answers that were marked wrong, and what was handed over.
CREATE INDEX event_marked ON event (at) WHERE kind = 'answer_marked';
CREATE INDEX event_escalated ON event (at) WHERE kind = 'escalated';

-- The daily digests. A day without answers has a row too, so that it is looked at once. `target` and `thread` say where it
-- stands; `due_at` is when to try (again), and null when nothing is left to do.
CREATE TABLE digest (
    id TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    day TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    answers BIGINT NOT NULL,
    handed_over BIGINT NOT NULL,
    target TEXT NOT NULL,
    thread TEXT,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT,
    UNIQUE (site, day)
);
CREATE INDEX digest_due ON digest (due_at) WHERE due_at IS NOT NULL;

-- The answers that a digest shows, in order. `shown` is what was last told of each, `post` where it stands.
CREATE TABLE digest_item (
    digest TEXT NOT NULL REFERENCES digest (id),
    number BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    post TEXT,
    shown TEXT,
    PRIMARY KEY (digest, number)
);
