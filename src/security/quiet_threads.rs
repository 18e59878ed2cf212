//! Threads for work that must not hold up anybody: they run only while nobody else wants their core, and keep their
//! memory for the next piece of work.
//!
//! A thread of the least priority may be kept waiting for as long as a machine is busy. What takes too long is therefore
//! begun a second time, on a thread like all others; whichever is done first has done it. A thread cannot be told to give
//! way no longer once it has begun: that takes privileges.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use argon2::Block;

/// How long a thread that has nothing to do keeps its memory.
const KEPT: Duration = Duration::from_secs(10);
/// How long work may take before it is begun a second time.
const PATIENCE: Duration = Duration::from_millis(500);

/// What a thread works in: blocks that argon2 fills.
pub(super) type Memory = Vec<Block>;

/// Work, and how its result is told: when the thread can be given the next already.
type Piece = Box<dyn FnOnce(&mut Memory) -> Telling + Send>;
type Telling = Box<dyn FnOnce() + Send>;

/// The threads; cheap to clone.
#[derive(Clone)]
pub(super) struct QuietThreads {
    /// Those that have nothing to do.
    idle: Arc<Mutex<Vec<Sender<Piece>>>>,
    /// How many still do what somebody else has done in the meantime. The machine is busy: nothing new is given to such.
    left_behind: Arc<AtomicUsize>,
    /// Memory for what is begun a second time; gone with the last of the threads.
    spare: Arc<Mutex<Memory>>,
    kept: Duration,
    patience: Duration,
}

/// How far a piece of work has come on its first thread.
const UNDER_WAY: u8 = 0;
const GIVEN_UP: u8 = 1;
const ENDED: u8 = 2;

impl QuietThreads {
    pub(super) fn new() -> Self {
        let (idle, left_behind, spare) = (Arc::default(), Arc::default(), Arc::default());
        Self { idle, left_behind, spare, kept: KEPT, patience: PATIENCE }
    }

    /// Does `work`, twice where once takes too long; `None` when it ended without a result.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Memory) -> T + Send + Sync + 'static,
    ) -> Option<T> {
        let work = Arc::new(work);
        let (tell, mut told) = tokio::sync::mpsc::channel(2);
        if self.left_behind.load(Ordering::Acquire) == 0 {
            let state = Arc::new(AtomicU8::new(UNDER_WAY));
            let (ended, left_behind) = (Arc::clone(&state), Arc::clone(&self.left_behind));
            let (work, tell) = (Arc::clone(&work), tell.clone());
            self.give(Box::new(move |memory| {
                let result = work(memory);
                Box::new(move || {
                    // Whoever asked may have gone.
                    let _ = tell.try_send(result);
                    if ended.swap(ENDED, Ordering::AcqRel) == GIVEN_UP {
                        left_behind.fetch_sub(1, Ordering::AcqRel);
                    }
                })
            }))?;
            if let Ok(result) = tokio::time::timeout(self.patience, told.recv()).await {
                return result;
            }
            self.left_behind.fetch_add(1, Ordering::AcqRel);
            if state.compare_exchange(UNDER_WAY, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire).is_err() {
                self.left_behind.fetch_sub(1, Ordering::AcqRel);
            }
        }
        let spare = Arc::clone(&self.spare);
        let thread = thread::Builder::new().name("password".to_owned());
        let begun = thread.spawn(move || {
            let mut memory = std::mem::take(&mut *lock(&spare));
            let result = work(&mut memory);
            // Before anybody hears of it and begins the next.
            *lock(&spare) = memory;
            let _ = tell.try_send(result);
        });
        begun.ok()?;
        told.recv().await
    }

    /// Gives `piece` to a thread that has nothing to do, or to a new one.
    fn give(&self, mut piece: Piece) -> Option<()> {
        {
            let mut idle = lock(&self.idle);
            while let Some(thread) = idle.pop() {
                match thread.send(piece) {
                    Ok(()) => return Some(()),
                    // It has ended since.
                    Err(mpsc::SendError(back)) => piece = back,
                }
            }
        }
        let threads = self.clone();
        let thread = thread::Builder::new().name("password".to_owned());
        thread.spawn(move || threads.work_quietly(piece)).ok().map(drop)
    }

    /// One thread: does what it is given, until nothing comes for a while.
    fn work_quietly(&self, first: Piece) {
        give_way_to_all();
        let (sender, pieces) = mpsc::channel();
        let (mut memory, mut piece) = (Memory::new(), first);
        loop {
            let tell = piece(&mut memory);
            lock(&self.idle).push(sender.clone());
            tell();
            piece = match pieces.recv_timeout(self.kept) {
                Ok(next) => next,
                Err(_) => {
                    // Nobody gives anything meanwhile: either it is here, or it goes to another thread.
                    let _idle = lock(&self.idle);
                    let Ok(next) = pieces.try_recv() else {
                        *lock(&self.spare) = Memory::new();
                        return drop(pieces);
                    };
                    next
                }
            };
        }
    }
}

/// Runs only while nobody else wants the core, which Linux then gives them at once. Where that is not allowed, it gives
/// way often; where it would be about the whole process, nothing is done.
fn give_way_to_all() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        if set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle).is_err() {
            let _ = rustix::process::setpriority_process(None, 10);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::Instant;

    use super::*;

    /// Nothing is begun twice, however busy the machine is.
    fn patient() -> QuietThreads {
        QuietThreads { patience: Duration::from_secs(60), ..QuietThreads::new() }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
    }

    #[test]
    fn a_thread_keeps_its_memory_for_the_next_and_lets_go_of_it_later() {
        let threads = QuietThreads { kept: Duration::from_millis(200), ..patient() };
        let runtime = runtime();
        let add_a_block = |memory: &mut Memory| {
            memory.push(Block::default());
            (memory.len(), thread::current().id())
        };
        let (one, first) = runtime.block_on(threads.run(add_a_block)).expect("done");
        let (two, same) = runtime.block_on(threads.run(add_a_block)).expect("done");
        assert_eq!((one, two, first), (1, 2, same));
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            thread::sleep(Duration::from_millis(300));
            match runtime.block_on(threads.run(add_a_block)).expect("done") {
                (1, other) => break assert_ne!(other, first, "it ended when nothing came"),
                _ => assert!(Instant::now() < deadline, "it never ends"),
            }
        }
    }

    #[test]
    fn what_is_kept_waiting_is_done_by_somebody_else() {
        let threads = QuietThreads { patience: Duration::from_millis(50), ..QuietThreads::new() };
        let (runtime, go_on) = (runtime(), Arc::new(AtomicBool::new(false)));
        let (first, waits) = (AtomicUsize::new(0), Arc::clone(&go_on));
        let stuck_once = move |_: &mut Memory| {
            let call = first.fetch_add(1, Ordering::SeqCst);
            while call == 0 && !waits.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
            call
        };
        assert_eq!(runtime.block_on(threads.run(stuck_once)), Some(1));
        let name = |_: &mut Memory| ();
        assert_eq!(threads.left_behind.load(Ordering::SeqCst), 1);
        assert_eq!(runtime.block_on(threads.run(name)), Some(()), "nothing waits behind it");
        go_on.store(true, Ordering::SeqCst);
        let patience = Instant::now() + Duration::from_secs(10);
        while threads.left_behind.load(Ordering::SeqCst) > 0 {
            assert!(Instant::now() < patience, "it is not counted for ever");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_panic_is_no_result() {
        let threads = QuietThreads::new();
        let nothing: Option<()> = runtime().block_on(threads.run(|_| panic!("on purpose")));
        assert_eq!(nothing, None);
    }

    /// Fields of `/proc/thread-self/stat` that come after the name: 38 is the policy, of which 5 is `SCHED_IDLE`.
    #[cfg(target_os = "linux")]
    #[test]
    fn it_runs_only_when_nobody_else_wants_to() {
        let policy = |_: &mut Memory| {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux tells it");
            let after_name = stat.rsplit(')').next().expect("a name").to_owned();
            after_name.split_whitespace().nth(38).expect("a policy").to_owned()
        };
        assert_eq!(runtime().block_on(patient().run(policy)).as_deref(), Some("5"));
    }
}
