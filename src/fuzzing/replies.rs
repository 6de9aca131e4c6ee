//! Answers of servers.

use crate::customers::read_anything;
use crate::sending::read_answer;

/// An answer: its status, and its body, to a write, to a read and to a search.
pub fn reply(bytes: &[u8]) {
    let [high, low, body @ ..] = bytes else { return };
    let statuses = [200, 302, 400, 401, 403, 404, 422, 429, 500, 503];
    let status = statuses.get(usize::from(*high)).copied();
    let status = status.unwrap_or(100 + u16::from(*high) * 2 + u16::from(*low) % 2);
    for data in read_answer(status, body) {
        read_anything(&data);
    }
}
