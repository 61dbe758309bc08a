-- What is known of a file; its bytes are kept under `key`, outside. `conversation` and `seq` say which message has
-- it. One that nobody said within a day is removed, and so is one that is `gone`, which nobody sees any more.
CREATE TABLE file (
    id TEXT PRIMARY KEY NOT NULL,
    site TEXT NOT NULL,
    visitor TEXT,
    conversation TEXT,
    seq BIGINT,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size BIGINT NOT NULL,
    width BIGINT,
    height BIGINT,
    key TEXT NOT NULL,
    at BIGINT NOT NULL,
    gone BIGINT NOT NULL DEFAULT 0,
    FOREIGN KEY (site, visitor) REFERENCES visitor (site, id),
    FOREIGN KEY (conversation, seq) REFERENCES event (conversation, seq)
);
CREATE INDEX file_message ON file (conversation, seq) WHERE conversation IS NOT NULL;
CREATE INDEX file_unsaid ON file (at) WHERE conversation IS NULL;
CREATE INDEX file_gone ON file (at) WHERE gone = 1;
