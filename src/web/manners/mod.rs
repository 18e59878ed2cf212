//! The manners of the API, the same on every route: each is a middleware around `/api/v1`, or a small extractor.
//!
//! | manner | where |
//! | --- | --- |
//! | 405 with `Allow`, 406, HEAD and OPTIONS | [`negotiation`], from the OpenAPI document |
//! | scripts of other origins | [`cors`]: closed unless `api.allowed_origins` names them |
//! | `ETag`, `If-None-Match` → 304 | [`entity_tag`] |
//! | `If-Match` → 412 | [`IfMatch`], which a handler hands to its service |
//! | `Idempotency-Key` | [`idempotency`] |
//! | `RateLimit`, 429 | [`rate_limit`]; counted where a caller is identified |

pub(super) mod cors;
pub(super) mod entity_tag;
pub(super) mod idempotency;
mod if_match;
pub(super) mod negotiation;
pub(super) mod rate_limit;

pub use if_match::IfMatch;
