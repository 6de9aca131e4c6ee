//! What is written for each row, as SQL. Each of these finds its row without going through others; a test looks at how
//! the database does it.

pub(super) const INTENT: &str =
    "INSERT INTO row (place, state, content, key, attempts, sent) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (place) DO UPDATE SET state = excluded.state, content = excluded.content,
     key = excluded.key, attempts = excluded.attempts, times = NULL, sent = excluded.sent, ended = NULL";

/// The same where the row has no entry yet.
pub(super) const FIRST_INTENT: &str =
    "INSERT INTO row (place, state, content, key, attempts, sent) VALUES (?, ?, ?, ?, ?, ?)";

pub(super) const RESULT: &str =
    "INSERT INTO row (place, state, attempts, id, error_code, error, http_status, ended)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (place) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
     id = excluded.id, error_code = excluded.error_code, error = excluded.error,
     http_status = excluded.http_status, ended = excluded.ended";

/// The same where the row has an entry.
pub(super) const ANSWER: &str =
    "UPDATE row SET state = ?2, attempts = ?3, id = ?4, error_code = ?5, error = ?6, http_status = ?7, ended = ?8
     WHERE place = ?1";

pub(super) const UNSENT: &str = "DELETE FROM row WHERE place = ?";

pub(super) const FOUND: &str = "UPDATE row SET state = ?, id = coalesce(?, id), times = ?, error_code = ?,
     error = ? WHERE place = ?";

pub(super) const TIMES: &str = "UPDATE row SET times = ? WHERE place = ?";

pub(super) const NOT_APPLIED: &str = "UPDATE row SET state = ?, error_code = ?, error = ? WHERE place = ?";

pub(super) const DOUBTED: &str = "UPDATE row SET state = ?, times = 0, error_code = ?, error = ?
     WHERE place = ?";

pub(super) const UNDECIDED: &str = "UPDATE row SET error = ? WHERE place = ?";

pub(super) const CUSTOMER: &str = "INSERT OR IGNORE INTO customer (id) VALUES (?)";

pub(super) const BALANCE: &str = "INSERT OR IGNORE INTO balance (customer, before) VALUES (?, ?)";

pub(super) const FACT: &str =
    "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

pub(super) const PROGRESS: &str =
    "INSERT INTO progress (what, rows) VALUES (?, ?) ON CONFLICT (what) DO UPDATE SET rows = excluded.rows";
