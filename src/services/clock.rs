//! The one place that asks what time it is.

use time::{Date, OffsetDateTime};

/// Now, in UTC.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Today, in UTC.
pub fn today() -> Date {
    now().date()
}
