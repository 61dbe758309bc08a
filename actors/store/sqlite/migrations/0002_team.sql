-- The event that an event is about, and the name of a message that was said with it.
ALTER TABLE event ADD COLUMN refers BIGINT;
ALTER TABLE event ADD COLUMN message TEXT;
UPDATE event SET message = json_extract(what, '$.message')
    WHERE kind IN ('visitor_said', 'bot_answered', 'bot_greeted', 'agent_said');
UPDATE event SET message = 'e' || seq WHERE kind = 'note_written';
CREATE INDEX event_refers ON event (conversation, refers) WHERE refers IS NOT NULL;
CREATE INDEX event_message ON event (conversation, message) WHERE message IS NOT NULL;

-- Members' own messages, and the events that hold their words. `gone`: not on the platform any more.
CREATE TABLE reply_post (
    thread TEXT NOT NULL,
    post TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    gone BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (thread, post)
);
CREATE INDEX reply_post_event ON reply_post (conversation, seq);

-- For platforms that name a message without its thread.
CREATE INDEX reply_post_name ON reply_post (post);
CREATE INDEX post_name ON post (post);

-- The last message that a bridge handed in, so that it can go on from there after a time without connection.
ALTER TABLE thread ADD COLUMN cursor TEXT;
