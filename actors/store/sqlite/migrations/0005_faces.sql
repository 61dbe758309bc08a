-- Pictures of agents, copied once: which file has what a platform calls `picture`. They belong to no message, so
-- nothing that becomes of a message takes them away.
CREATE TABLE face (
    site TEXT NOT NULL,
    picture TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES file (id),
    PRIMARY KEY (site, picture)
);
CREATE INDEX face_file ON face (file);
