-- 1 when an earlier attempt may have posted this without our knowing. Since when is told by the event's time.
ALTER TABLE delivery ADD COLUMN doubt BIGINT NOT NULL DEFAULT 0;

-- Edits, deletions and replies ask which posts carry a line.
CREATE INDEX delivery_event ON delivery (conversation, seq);
