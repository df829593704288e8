-- The tables of schema version 1, with one question and its ticket in them.
CREATE TABLE audit (
    id INTEGER NOT NULL,
    ticket INTEGER NOT NULL,
    at FLOAT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    detail TEXT NOT NULL,
    gesture TEXT,
    PRIMARY KEY (id),
    UNIQUE (gesture)
);
CREATE INDEX ix_audit_ticket ON audit (ticket);
CREATE TABLE drafts (
    id TEXT NOT NULL,
    ticket INTEGER NOT NULL,
    moderator TEXT NOT NULL,
    text TEXT NOT NULL,
    saved_at FLOAT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE feedback (
    question_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    helpful BOOLEAN NOT NULL,
    given_at FLOAT NOT NULL,
    PRIMARY KEY (question_id, user_id)
);
CREATE TABLE posts (
    "key" TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    posted_at FLOAT NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE questions (
    id TEXT NOT NULL,
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    thread TEXT NOT NULL,
    user_id TEXT NOT NULL,
    door TEXT NOT NULL,
    asked_at FLOAT NOT NULL,
    client_msg_id TEXT,
    decision TEXT NOT NULL,
    decided_at FLOAT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (client_msg_id)
);
CREATE INDEX questions_by_thread ON questions (channel, thread);
CREATE TABLE schema_version (
    version INTEGER NOT NULL
);
CREATE TABLE texts (
    question_id TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (question_id)
);
CREATE TABLE threads (
    channel TEXT NOT NULL,
    thread TEXT NOT NULL,
    asker TEXT NOT NULL,
    other_speaker TEXT,
    PRIMARY KEY (channel, thread)
);
CREATE TABLE tickets (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    question_id TEXT NOT NULL,
    patient TEXT NOT NULL,
    route TEXT NOT NULL,
    alarm TEXT,
    reason TEXT NOT NULL,
    offered TEXT NOT NULL,
    state TEXT NOT NULL,
    holder TEXT,
    opened_at FLOAT NOT NULL,
    changed_at FLOAT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (question_id)
);
INSERT INTO schema_version VALUES (1);
INSERT INTO questions VALUES (
    'q:T:C:1.0', 'T', 'C', '1.0', '1.0', 'U-patient', 'channel', 1.0, 'gesture-1',
    '{"decision": "Escalate", "route": "GENERAL_INFO", "reason": "no_match", "offered": [], "alarm": null}', 2.0
);
INSERT INTO texts VALUES ('q:T:C:1.0', 'canary words');
INSERT INTO tickets VALUES (
    1, 'q:T:C:1.0', 'U-patient', 'GENERAL_INFO', NULL, 'no_match', '[]', 'open', NULL, 2.0, 2.0, 1
);
