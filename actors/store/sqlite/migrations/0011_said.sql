-- The feed of what the bot said: also what it drafted for the team, and what it asked the visitor to choose from.
DROP INDEX event_answer;
CREATE INDEX event_said ON event (at) WHERE kind IN ('bot_answered', 'drafted', 'suggested');

-- How many of the answers of a digest were only that.
ALTER TABLE digest ADD COLUMN drafted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE digest ADD COLUMN suggested BIGINT NOT NULL DEFAULT 0;
