//! Which request a task serves, so that what is logged meanwhile says so.

tokio::task_local! {
    static REQUEST_ID: String;
}

/// Does `work` for the request with this id.
pub fn within<F: Future>(id: String, work: F) -> impl Future<Output = F::Output> {
    REQUEST_ID.scope(id, work)
}

/// Id of the request that this task serves; `None` outside of requests.
pub fn current_id() -> Option<String> {
    with_current_id(str::to_owned)
}

/// `work` in a task of its own still serves the same request.
pub fn in_own_task<F: Future>(work: F) -> impl Future<Output = F::Output> {
    within(current_id().unwrap_or_default(), work)
}

/// Calls `look` with the id, where there is one.
pub(super) fn with_current_id<T>(look: impl FnOnce(&str) -> T) -> Option<T> {
    REQUEST_ID.try_with(|id| look(id)).ok()
}
