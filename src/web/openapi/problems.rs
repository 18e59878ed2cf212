//! Every kind of problem that the API answers with: its stable name, its status, what it means.
//!
//! A test reads the source: a kind that is made somewhere and does not stand here fails.

use actix_web::http::StatusCode;

/// What stands before the name of a kind in `type`.
pub const PREFIX: &str = "urn:candour:problem:";

/// A kind of problem.
#[derive(Debug, Clone, Copy)]
pub struct ProblemKind {
    /// Stable name; `type` is [`PREFIX`] and this.
    pub name: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// What it means and what to do.
    pub meaning: &'static str,
}

const fn kind(name: &'static str, status: StatusCode, meaning: &'static str) -> ProblemKind {
    ProblemKind { name, status, meaning }
}

/// Every kind, by status.
pub const ALL: &[ProblemKind] = &[
    kind("bad-request", StatusCode::BAD_REQUEST, "The query, a header or the body cannot be read."),
    kind("sign-in", StatusCode::UNAUTHORIZED, "There is no valid access token; sign in again."),
    kind(
        "insufficient-scope",
        StatusCode::FORBIDDEN,
        "The API client lacks a scope that its organisation's administrator could give it.",
    ),
    kind("not-found", StatusCode::NOT_FOUND, "There is no such thing, or it is not the caller's."),
    kind("unknown-link", StatusCode::NOT_FOUND, "There is no such personal link; it was not copied whole."),
    kind("unknown-receipt", StatusCode::NOT_FOUND, "There is no such receipt; it was not copied whole."),
    kind("method", StatusCode::METHOD_NOT_ALLOWED, "The route does not have this method; Allow says which it has."),
    kind("not-acceptable", StatusCode::NOT_ACCEPTABLE, "The route gives none of the media types in Accept."),
    kind("too-slow", StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time; send it again."),
    kind("account-exists", StatusCode::CONFLICT, "There is an account with this e-mail address."),
    kind("already-answered", StatusCode::CONFLICT, "The personal link has been used; each person answers once."),
    kind("already-exists", StatusCode::CONFLICT, "There is one with this name."),
    kind(
        "answers-deleted",
        StatusCode::CONFLICT,
        "Answers of a member have been deleted, so nothing can be counted anew.",
    ),
    kind("delivery-waiting", StatusCode::CONFLICT, "The message still waits to be sent."),
    kind(
        "idempotency-cut-off",
        StatusCode::CONFLICT,
        "The first request under this key was cut off; look whether it was done.",
    ),
    kind(
        "idempotency-in-progress",
        StatusCode::CONFLICT,
        "The first request under this key is being worked on; ask again after Retry-After.",
    ),
    kind("mail-not-sent", StatusCode::CONFLICT, "The mail server did not take the test e-mail; the sentence says why."),
    kind("member-without-release", StatusCode::CONFLICT, "A roll-up needs a release of every member of the system."),
    kind("no-survey", StatusCode::CONFLICT, "There is no survey that people can be invited to."),
    kind("nobody-answered", StatusCode::CONFLICT, "Nobody has answered, so there is nothing to publish."),
    kind("not-publishable", StatusCode::CONFLICT, "The workforce cannot be published without giving somebody away."),
    kind("not-proposed", StatusCode::CONFLICT, "This threshold is not proposed, or no longer; read the policy again."),
    kind("one-member", StatusCode::CONFLICT, "The system has one member, whose own release says everything."),
    kind(
        "own-account",
        StatusCode::CONFLICT,
        "Nobody changes their own account here, so that nobody locks themselves out.",
    ),
    kind(
        "own-proposal",
        StatusCode::CONFLICT,
        "Nobody agrees to their own proposal; another administrator of the organisation has to.",
    ),
    kind(
        "proposal-pending",
        StatusCode::CONFLICT,
        "A lower threshold is proposed already; agree to that, or withdraw it first.",
    ),
    kind("published-meanwhile", StatusCode::CONFLICT, "Somebody else published it meanwhile; read it again."),
    kind("release-refused", StatusCode::CONFLICT, "The release would give somebody away and is not made."),
    kind("reminded-enough", StatusCode::CONFLICT, "The survey has had all its reminders."),
    kind("reminded-lately", StatusCode::CONFLICT, "The last reminder was too short a time ago."),
    kind("roll-up-refused", StatusCode::CONFLICT, "The roll-up would give somebody away and is not made."),
    kind(
        "rolled-up-already",
        StatusCode::CONFLICT,
        "A release is part of another roll-up; with other members, who is in one alone would follow by subtraction.",
    ),
    kind(
        "several-surveys",
        StatusCode::CONFLICT,
        "There are several surveys that people can be invited to; say which.",
    ),
    kind(
        "too-many-clients",
        StatusCode::CONFLICT,
        "The organisation has as many API clients as it may; revoke one first.",
    ),
    kind(
        "too-many-webhooks",
        StatusCode::CONFLICT,
        "The organisation has as many webhooks as it may; delete one first.",
    ),
    kind("webhook-disabled", StatusCode::CONFLICT, "The webhook is disabled; enable it first."),
    kind("survey-changed", StatusCode::CONFLICT, "The survey changed meanwhile; try again."),
    kind("survey-not-closed", StatusCode::CONFLICT, "Only a closed survey is published."),
    kind("survey-not-draft", StatusCode::CONFLICT, "Only a draft is opened."),
    kind("survey-not-open", StatusCode::CONFLICT, "The survey is not open."),
    kind(
        "too-few-responses",
        StatusCode::NOT_FOUND,
        "Fewer people answered than the threshold asks for: nothing is told.",
    ),
    kind("survey-closed", StatusCode::GONE, "The survey does not take answers, nor withdrawals, any more."),
    kind(
        "changed-meanwhile",
        StatusCode::PRECONDITION_FAILED,
        "It is not as If-Match says; read it again, then send the change with its new ETag.",
    ),
    kind("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large; send less at once."),
    kind("media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The route does not take this Content-Type."),
    kind(
        "idempotency-key-reused",
        StatusCode::UNPROCESSABLE_ENTITY,
        "Something else was sent under this key; make a new key for each new request.",
    ),
    kind(
        "invalid",
        StatusCode::UNPROCESSABLE_ENTITY,
        "Something in the body or query cannot be used; errors[] points at each, and nothing was changed.",
    ),
    kind(
        "too-soon",
        StatusCode::TOO_MANY_REQUESTS,
        "Too many requests, or too many tries; come back after Retry-After.",
    ),
    kind("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side; nothing was changed."),
    kind("busy", StatusCode::SERVICE_UNAVAILABLE, "Too much at once; come back after Retry-After."),
];

/// The kinds with this status.
pub fn with_status(status: &str) -> impl Iterator<Item = &'static ProblemKind> {
    ALL.iter().filter(move |kind| kind.status.as_str() == status)
}
