-- A visitor's own conversations, and the anonymous visitors that somebody was before they signed in.
CREATE INDEX conversation_visitor ON conversation (visitor);
CREATE INDEX alias_person ON alias (person);

-- Answers of which a visitor said whether they helped.
CREATE INDEX event_helped ON event (at) WHERE kind = 'helped';
