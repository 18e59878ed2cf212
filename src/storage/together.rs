//! Pieces of work that wait are done in one transaction: a commit waits for the disk, whether it holds one row or
//! thirty, and a server is asked once in place of thirty times.
//!
//! Who comes while a transaction is under way waits for the next, which takes all that wait. Nobody hears of success
//! before the commit that holds their change is on the disk. Where the database refuses a transaction, each piece is
//! tried once more by itself, so that nobody pays for somebody else's.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::connection::Purpose;
use super::{Connection, Database, StorageError};

/// Pieces in one transaction at most: who comes first must not wait for ever.
const MOST_TOGETHER: usize = 64;

/// Where queues are worked through, on one thread of the process. At shutdown a worker of the server ends as soon as its
/// own requests are answered: a task of its own would leave those of other workers without an answer.
static TURNS: LazyLock<std::io::Result<Handle>> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let handle = runtime.handle().clone();
    let for_ever = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new().name("turns".to_owned()).spawn(for_ever)?;
    Ok(handle)
});

/// What a transaction does with the pieces that it takes: one result for each, in their order.
type Work<I, O> = dyn Fn(&mut Connection, &[I]) -> Result<Vec<O>, StorageError> + Send + Sync;

/// Work of one kind, of which one transaction is under way at a time; cheap to clone.
pub struct Together<I, O>(Arc<Inner<I, O>>);

struct Inner<I, O> {
    database: Database,
    purpose: Purpose,
    work: Box<Work<I, O>>,
    queue: Mutex<Queue<I, O>>,
}

struct Queue<I, O> {
    waiting: VecDeque<Waiting<I, O>>,
    /// Whether a task works through the queue.
    under_way: bool,
    next: u64,
}

struct Waiting<I, O> {
    number: u64,
    piece: I,
    caller: oneshot::Sender<Result<O, StorageError>>,
}

impl<I, O> Clone for Together<I, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I: Send + Sync + 'static, O: Send + 'static> Together<I, O> {
    /// Work that looks at rows of any organisation and changes nothing.
    pub fn reading(
        database: &Database,
        work: impl Fn(&mut Connection, &[I]) -> Result<Vec<O>, StorageError> + Send + Sync + 'static,
    ) -> Self {
        Self::new(database, Purpose::Read, Box::new(work))
    }

    /// Work that changes rows of any organisation.
    pub fn writing(
        database: &Database,
        work: impl Fn(&mut Connection, &[I]) -> Result<Vec<O>, StorageError> + Send + Sync + 'static,
    ) -> Self {
        Self::new(database, Purpose::Write, Box::new(work))
    }

    fn new(database: &Database, purpose: Purpose, work: Box<Work<I, O>>) -> Self {
        let queue = Queue { waiting: VecDeque::new(), under_way: false, next: 0 };
        Self(Arc::new(Inner { database: database.clone(), purpose, work, queue: Mutex::new(queue) }))
    }

    /// Does one piece, together with what else waits; returns once its change is on the disk, or has been taken back.
    ///
    /// # Errors
    /// [`StorageError::Busy`] when its turn does not come in time; what `work` returns.
    pub async fn run(&self, piece: I) -> Result<O, StorageError> {
        let turns = TURNS.as_ref().map_err(|error| StorageError::Unavailable(error.to_string()))?;
        let (caller, mut told) = oneshot::channel();
        let (number, begin) = {
            let mut queue = self.0.lock();
            let number = queue.next;
            queue.next += 1;
            queue.waiting.push_back(Waiting { number, piece, caller });
            (number, !std::mem::replace(&mut queue.under_way, true))
        };
        if begin {
            let turn = Turn { inner: Arc::clone(&self.0), is_over: false };
            turns.spawn(turn.work_through());
        }
        let unfinished = || StorageError::Database("a storage task did not finish".to_owned());
        if let Ok(result) = tokio::time::timeout(self.0.database.wait(), &mut told).await {
            return result.map_err(|_| unfinished())?;
        }
        {
            let waiting = &mut self.0.lock().waiting;
            if let Some(place) = waiting.iter().position(|one| one.number == number) {
                waiting.remove(place);
                return Err(StorageError::Busy("the database did not come free in time".to_owned()));
            }
        }
        // It has begun: its caller must hear what became of it.
        told.await.map_err(|_| unfinished())?
    }
}

impl<I, O> Inner<I, O> {
    fn lock(&self) -> MutexGuard<'_, Queue<I, O>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that works through a queue. When it is dropped before the queue is empty, who waits hears so.
struct Turn<I, O> {
    inner: Arc<Inner<I, O>>,
    /// Whether it found the queue empty. Whoever waits from then on waits for the next turn, not for this one.
    is_over: bool,
}

impl<I, O> Drop for Turn<I, O> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut queue = self.inner.lock();
        queue.under_way = false;
        queue.waiting.clear();
    }
}

impl<I: Send + Sync + 'static, O: Send + 'static> Turn<I, O> {
    async fn work_through(mut self) {
        loop {
            let (pieces, callers) = {
                let mut queue = self.inner.lock();
                if queue.waiting.is_empty() {
                    // Before anybody can come and find a task that does nothing any more.
                    queue.under_way = false;
                    self.is_over = true;
                    break;
                }
                let many = queue.waiting.len().min(MOST_TOGETHER);
                // Who has gone away is not asked for.
                let taken = queue.waiting.drain(..many).filter(|one| !one.caller.is_closed());
                taken.map(|one| (one.piece, one.caller)).unzip::<_, _, Vec<_>, Vec<_>>()
            };
            self.transaction(pieces, callers).await;
        }
    }

    async fn transaction(&self, pieces: Vec<I>, callers: Vec<oneshot::Sender<Result<O, StorageError>>>) {
        let pieces = Arc::new(pieces);
        match self.run(&pieces, 0..pieces.len()).await {
            Ok(results) => tell(callers, results.into_iter().map(Ok)),
            Err(error) if callers.len() > 1 && matches!(error, StorageError::Database(_)) => {
                for (place, caller) in callers.into_iter().enumerate() {
                    let result = self.run(&pieces, place..place + 1).await;
                    let result = result.and_then(|all| all.into_iter().next().ok_or(StorageError::NotFound));
                    tell(vec![caller], [result].into_iter());
                }
            }
            Err(error) => tell(callers, std::iter::repeat_with(|| Err(error.again()))),
        }
    }

    async fn run(&self, pieces: &Arc<Vec<I>>, which: std::ops::Range<usize>) -> Result<Vec<O>, StorageError> {
        let (inner, pieces) = (Arc::clone(&self.inner), Arc::clone(pieces));
        let transactions = self.inner.database.of_every_organisation();
        let purpose = self.inner.purpose;
        let work = move |conn: &mut Connection| (inner.work)(conn, pieces.get(which).unwrap_or_default());
        if purpose == Purpose::Read { transactions.read(work).await } else { transactions.write(work).await }
    }
}

fn tell<O>(
    callers: Vec<oneshot::Sender<Result<O, StorageError>>>,
    results: impl Iterator<Item = Result<O, StorageError>>,
) {
    for (caller, result) in callers.into_iter().zip(results) {
        // A caller who has gone away needs no answer.
        let _ = caller.send(result);
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::RunQueryDsl;
    use diesel::sql_query;
    use diesel::sql_types::BigInt;

    use super::*;
    use crate::config::{DatabaseConfig, Secret};

    fn database(wait_milliseconds: u64) -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = Secret::new(format!("sqlite://{}", folder.path().join("t.sqlite3").display()));
        let config = DatabaseConfig { url, connections: 2, wait_milliseconds, statement_milliseconds: 5_000 };
        let database = Database::new(&config).expect("a database");
        let mut conn = database.dedicated_connection().expect("it opens");
        sql_query("CREATE TABLE t (value INTEGER NOT NULL CHECK (value <> 13))").execute(&mut conn).expect("made");
        (folder, database)
    }

    /// Inserts each number and gives it back, with how many came together.
    fn inserting(database: &Database) -> Together<i64, (i64, usize)> {
        Together::writing(database, |conn, numbers: &[i64]| {
            for number in numbers {
                sql_query("INSERT INTO t VALUES (?)").bind::<BigInt, _>(number).execute(conn)?;
            }
            Ok(numbers.iter().map(|number| (*number, numbers.len())).collect())
        })
    }

    #[test]
    fn who_comes_as_a_turn_ends_is_worked_for() {
        let (_folder, database) = database(30_000);
        let together = Together::reading(&database, |_, numbers: &[usize]| Ok(numbers.to_vec()));
        // Each on a thread of its own, as the server's workers are, which end together.
        let end = tokio::sync::Barrier::new(3);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    runtime().block_on(async {
                        let mut refused = 0;
                        for number in 0..20_000 {
                            refused += usize::from(!together.run(number).await.is_ok_and(|done| done == number));
                        }
                        end.wait().await;
                        assert_eq!(refused, 0);
                    });
                });
            }
        });
    }

    #[test]
    fn who_began_may_end_before_others_are_answered() {
        let (_folder, database) = database(30_000);
        let together = Together::reading(&database, |_, numbers: &[u8]| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            Ok(numbers.to_vec())
        });
        // A worker that begins, and ends while the transaction is under way.
        let worker = runtime();
        let begun = together.clone();
        worker.spawn(async move { begun.run(1).await });
        let other = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(10));
            runtime().block_on(together.run(2))
        });
        worker.block_on(async { tokio::time::sleep(std::time::Duration::from_millis(20)).await });
        worker.shutdown_background();
        assert_eq!(other.join().expect("no panic").expect("done"), 2);
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
    }

    #[test]
    fn what_waits_is_done_together_and_each_hears_of_its_own() {
        let (_folder, database) = database(30_000);
        let together = inserting(&database);
        let results = runtime().block_on(futures_util::future::join_all((100..300).map(|n| together.run(n))));
        let done: Vec<(i64, usize)> = results.into_iter().map(|result| result.expect("done")).collect();
        assert!(done.iter().map(|(number, _)| *number).eq(100..300));
        assert!(done.iter().any(|(_, together)| *together == MOST_TOGETHER), "{done:?}");
    }

    #[test]
    fn nobody_pays_for_somebody_elses() {
        let (_folder, database) = database(30_000);
        let together = inserting(&database);
        let results = runtime().block_on(futures_util::future::join_all((0..20).map(|n| together.run(n))));
        for (n, result) in results.iter().enumerate() {
            assert_eq!(result.is_err(), n == 13, "{n}: {result:?}");
        }
    }

    #[test]
    fn who_waits_too_long_leaves_and_a_task_that_ends_leaves_nobody_behind() {
        let (_folder, database) = database(2_000);
        let together = inserting(&database);
        runtime().block_on(async {
            // As if a task worked through the queue, and did not come to it.
            let turn = Turn { inner: Arc::clone(&together.0), is_over: false };
            together.0.lock().under_way = true;
            assert!(matches!(together.run(1).await, Err(StorageError::Busy(_))));
            let ends = async {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                drop(turn);
            };
            let (waits, ()) = futures_util::future::join(together.run(2), ends).await;
            assert!(matches!(waits, Err(StorageError::Database(_))), "{waits:?}");
            assert_eq!(together.run(3).await.expect("the next one finds a task of its own"), (3, 1));
        });
    }
}
