-- What members did in a thread while a file of theirs is still being fetched, in order. It leaves when it is taken in.
CREATE TABLE inbound (
    position INTEGER PRIMARY KEY NOT NULL,
    connection TEXT NOT NULL,
    event TEXT NOT NULL,
    thread TEXT NOT NULL,
    post TEXT,
    inbound TEXT NOT NULL,
    UNIQUE (connection, event)
);
CREATE INDEX inbound_thread ON inbound (thread, position);
CREATE INDEX inbound_post ON inbound (post) WHERE post IS NOT NULL;
