-- When a visitor agreed to what their site asks before the first message.
ALTER TABLE session ADD COLUMN agreed_at BIGINT;
