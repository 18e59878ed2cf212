//! SQLite's one writer: what waits to be written is written together.
//!
//! A commit with `synchronous=FULL` waits for the disk, whether it holds one row or thirty. Closures queue up while a
//! commit is under way; the next transaction takes all that wait, each in a savepoint of its own, so that one that fails
//! takes back only what it did. Nobody hears of success before the commit that holds their change is on the disk.
//!
//! Who waits alone gets no savepoint: within one SQLite copies each page before it changes it, soon into a file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use tokio::sync::oneshot;

use super::connection::on_either;
use super::{Connection, StorageError};

/// Closures in one transaction at most: who comes first must not wait for ever.
const MOST_TOGETHER: usize = 64;

/// The writer: a queue, and the thread that works through it until the last handle is dropped.
pub(super) struct Writer {
    queue: Sender<Queued>,
    wait: Duration,
}

/// A caller's work.
trait Work: Send {
    /// Does it; gives whether it is to be kept.
    fn run(&mut self, conn: &mut Connection) -> bool;
    /// Tells the caller how it ended: `None` when what was kept is on the disk, or why it is not.
    fn tell(self: Box<Self>, failure: Option<StorageError>);
}

struct Queued {
    work: Box<dyn Work>,
    place: Arc<Place>,
}

/// Where a piece of work is: its caller may leave the queue, but not once the work has begun.
#[derive(Default)]
struct Place(AtomicU8);

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const LEFT: u8 = 2;

impl Place {
    /// Whether it was waiting still, and is now `next`.
    fn becomes(&self, next: u8) -> bool {
        self.0.compare_exchange(WAITING, next, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Writer {
    /// A writer over a connection that `open` makes when one is needed. Who waits longer than `wait` for their turn
    /// hears that the database is busy.
    pub(super) fn start(
        wait: Duration,
        open: impl Fn() -> Result<Connection, StorageError> + Send + 'static,
    ) -> Result<Self, StorageError> {
        let (queue, queued) = mpsc::channel();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || work_through(&queued, &open))
            .map_err(|error| StorageError::Unavailable(format!("no thread for the writer: {error}")))?;
        Ok(Self { queue, wait })
    }

    /// Runs `work`; returns once its change is on the disk, or has been taken back.
    pub(super) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (caller, mut told) = oneshot::channel();
        let place = Arc::new(Place::default());
        let work = Box::new(Piece { work: Some(work), result: None, caller });
        let unfinished = || E::from(StorageError::Database("a storage task did not finish".to_owned()));
        self.queue.send(Queued { work, place: Arc::clone(&place) }).map_err(|_| unfinished())?;
        match tokio::time::timeout(self.wait, &mut told).await {
            Ok(result) => result.map_err(|_| unfinished())?,
            Err(_) if place.becomes(LEFT) => {
                Err(StorageError::Busy("the writer did not come free in time".to_owned()).into())
            }
            // It has begun: its caller must hear what became of it.
            Err(_) => told.await.map_err(|_| unfinished())?,
        }
    }
}

/// Work with room for its result.
struct Piece<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work for Piece<F, T, E>
where
    F: FnOnce(&mut Connection) -> Result<T, E> + Send,
    T: Send,
    E: From<StorageError> + Send,
{
    fn run(&mut self, conn: &mut Connection) -> bool {
        self.result = self.work.take().map(|work| work(conn));
        matches!(self.result, Some(Ok(_)))
    }

    fn tell(self: Box<Self>, failure: Option<StorageError>) {
        let result = match (self.result, failure) {
            (Some(Err(error)), _) => Err(error),
            (_, Some(failure)) => Err(failure.into()),
            (Some(done), None) => done,
            (None, None) => return,
        };
        // A caller who has gone away needs no answer.
        let _ = self.caller.send(result);
    }
}

fn work_through(queue: &Receiver<Queued>, open: &impl Fn() -> Result<Connection, StorageError>) {
    let mut idle = None;
    while let Ok(first) = queue.recv() {
        let batch = std::iter::once(first).chain(queue.try_iter()).take(MOST_TOGETHER);
        idle = write_together(batch, idle, open);
    }
}

/// Writes what waits in one transaction; gives the connection back while it can be used.
fn write_together(
    batch: impl Iterator<Item = Queued>,
    idle: Option<Connection>,
    open: &impl Fn() -> Result<Connection, StorageError>,
) -> Option<Connection> {
    let mut batch = batch.filter(|queued| queued.place.becomes(BEGUN)).peekable();
    let mut conn = begin(idle, open);
    let mut kept: Vec<Box<dyn Work>> = Vec::new();
    while let Some(mut queued) = batch.next() {
        // What comes after a transaction that was lost starts with a new one.
        if let Err(error) = &conn {
            queued.work.tell(Some(error.again()));
            continue;
        }
        let Ok(open_conn) = &mut conn else { continue };
        let is_alone = kept.is_empty() && batch.peek().is_none();
        let attempt = if is_alone { in_transaction } else { in_savepoint };
        match attempt(open_conn, queued.work.as_mut()) {
            Ok(()) => kept.push(queued.work),
            Err(error) => {
                // The lost transaction holds the database until its connection is gone.
                drop(conn);
                kept.drain(..).chain([queued.work]).for_each(|work| work.tell(Some(error.again())));
                conn = begin(None, open);
            }
        }
    }
    let mut conn = conn.ok()?;
    match on_either!(&mut conn, |c| AnsiTransactionManager::commit_transaction(c)) {
        Ok(()) => {
            kept.into_iter().for_each(|work| work.tell(None));
            Some(conn)
        }
        Err(error) => {
            let error = StorageError::from(error);
            kept.into_iter().for_each(|work| work.tell(Some(error.again())));
            None
        }
    }
}

/// A connection with a transaction begun; an idle one that has gone bad is replaced.
fn begin(
    idle: Option<Connection>,
    open: &impl Fn() -> Result<Connection, StorageError>,
) -> Result<Connection, StorageError> {
    if let Some(mut conn) = idle
        && begin_on(&mut conn).is_ok()
    {
        return Ok(conn);
    }
    let mut conn = open()?;
    begin_on(&mut conn)?;
    Ok(conn)
}

fn begin_on(conn: &mut Connection) -> Result<(), StorageError> {
    Ok(on_either!(conn, |c| AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"))?)
}

/// Does one piece of work; takes back what it did when it is not to be kept.
///
/// # Errors
/// When the transaction around it is lost.
fn in_savepoint(conn: &mut Connection, work: &mut dyn Work) -> Result<(), StorageError> {
    on_either!(&mut *conn, |c| AnsiTransactionManager::begin_transaction(c))?;
    if is_to_be_kept(conn, work)? {
        on_either!(conn, |c| AnsiTransactionManager::commit_transaction(c))?;
    } else {
        on_either!(conn, |c| AnsiTransactionManager::rollback_transaction(c))?;
    }
    Ok(())
}

/// [`in_savepoint`] for the only one of its transaction, which is begun anew when nothing of it is to be kept.
fn in_transaction(conn: &mut Connection, work: &mut dyn Work) -> Result<(), StorageError> {
    if !is_to_be_kept(conn, work)? {
        on_either!(&mut *conn, |c| AnsiTransactionManager::rollback_transaction(c))?;
        begin_on(conn)?;
    }
    Ok(())
}

fn is_to_be_kept(conn: &mut Connection, work: &mut dyn Work) -> Result<bool, StorageError> {
    catch_unwind(AssertUnwindSafe(|| work.run(conn)))
        .map_err(|_| StorageError::Database("a storage task did not finish".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc::channel;

    use diesel::Connection as _;
    use diesel::prelude::{QueryableByName, RunQueryDsl, SqliteConnection};
    use diesel::sql_types::BigInt;

    use super::*;

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }

    fn count(conn: &mut Connection) -> i64 {
        diesel::sql_query("SELECT COUNT(*) AS count FROM t").get_result::<Count>(conn).expect("counted").count
    }

    fn insert(conn: &mut Connection, value: i64) -> Result<(), StorageError> {
        diesel::sql_query("INSERT INTO t VALUES (?)").bind::<BigInt, _>(value).execute(conn)?;
        Ok(())
    }

    /// A writer over a file with one table, and how often it has connected.
    fn writer(wait: Duration) -> (tempfile::TempDir, Arc<Writer>, Arc<AtomicUsize>) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("t.sqlite3").display().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let open = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut conn = Connection::Sqlite(SqliteConnection::establish(&file).expect("opens"));
            diesel::sql_query("CREATE TABLE IF NOT EXISTS t (value INTEGER NOT NULL UNIQUE)").execute(&mut conn)?;
            Ok(conn)
        };
        (folder, Arc::new(Writer::start(wait, open).expect("a thread")), connections)
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
    }

    #[test]
    fn one_that_fails_takes_back_only_its_own() {
        let (_folder, writer, connections) = writer(Duration::from_secs(30));
        let results = runtime().block_on(futures_util::future::join_all((0..200).map(|n| {
            let writer = Arc::clone(&writer);
            async move {
                writer
                    .write(move |conn| {
                        insert(conn, n)?;
                        if n % 3 == 0 { insert(conn, n) } else { Ok(()) }
                    })
                    .await
            }
        })));
        for (n, result) in results.iter().enumerate() {
            assert_eq!(result.is_err(), n % 3 == 0, "{n}: {result:?}");
        }
        let kept = runtime().block_on(writer.write(|conn| Ok::<_, StorageError>(count(conn)))).expect("counted");
        assert_eq!(kept, results.iter().filter(|result| result.is_ok()).count() as i64);
        assert_eq!(connections.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn one_that_fails_alone_leaves_nothing() {
        let (_folder, writer, connections) = writer(Duration::from_secs(30));
        let runtime = runtime();
        let twice = |conn: &mut Connection| insert(conn, 1).and_then(|()| insert(conn, 1));
        assert!(runtime.block_on(writer.write(twice)).is_err());
        runtime.block_on(writer.write(|conn| insert(conn, 1))).expect("nothing of it is left");
        assert_eq!(connections.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_panic_loses_nobody_elses_later_work() {
        let (_folder, writer, _) = writer(Duration::from_secs(30));
        let runtime = runtime();
        let panicked: Result<(), StorageError> = runtime.block_on(writer.write(|conn| {
            insert(conn, 1)?;
            panic!("on purpose")
        }));
        assert!(panicked.is_err());
        runtime.block_on(writer.write(|conn| insert(conn, 2))).expect("the next one is written");
        assert_eq!(runtime.block_on(writer.write(|conn| Ok::<_, StorageError>(count(conn)))).expect("counted"), 1);
    }

    #[test]
    fn who_waits_too_long_leaves_and_nothing_of_theirs_is_written() {
        let (_folder, writer, _) = writer(Duration::from_millis(200));
        let (go, gone) = channel::<()>();
        let (begun, has_begun) = channel::<()>();
        let slow = Arc::clone(&writer);
        let slow = thread::spawn(move || {
            runtime().block_on(slow.write(move |conn| {
                begun.send(()).expect("the test waits");
                gone.recv().expect("the test says so");
                insert(conn, 1)
            }))
        });
        has_begun.recv().expect("it begins");
        let runtime = runtime();
        let refused = runtime.block_on(writer.write(|conn| insert(conn, 2)));
        assert!(matches!(refused, Err(StorageError::Busy(_))), "{refused:?}");
        go.send(()).expect("it waits");
        slow.join().expect("no panic").expect("what has begun is told how it ends, however long that takes");
        assert_eq!(runtime.block_on(writer.write(|conn| Ok::<_, StorageError>(count(conn)))).expect("counted"), 1);
    }
}
