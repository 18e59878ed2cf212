//! Lines of log wait a moment and are written together: a write of its own for each would take longer than most pages.
//!
//! Warnings and errors do not wait, and take with them what came before. What waits is written every quarter of a second,
//! and when the process stops as it was told to; kill −9 loses what waits.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// More than this does not wait: a log that nobody takes must hold up who writes it, not fill the memory.
const MOST_BYTES: usize = 64 * 1024;

/// Lines that wait for stderr.
#[derive(Default)]
pub(super) struct Buffer {
    waiting: Mutex<Vec<u8>>,
    /// Held while writing, so that lines keep their order.
    turn: Mutex<()>,
}

impl Buffer {
    /// Writes everything that waits.
    pub(super) fn flush(&self) {
        self.flush_to(&mut io::stderr());
    }

    fn flush_to(&self, out: &mut impl Write) {
        let _turn = lock(&self.turn);
        let lines = std::mem::take(&mut *lock(&self.waiting));
        if !lines.is_empty() {
            // There is nowhere to say that the log cannot be written.
            let _ = out.write_all(&lines);
        }
    }

    /// Adds lines; gives whether they are many now.
    fn add(&self, lines: &[u8]) -> bool {
        let mut waiting = lock(&self.waiting);
        waiting.extend_from_slice(lines);
        waiting.len() > MOST_BYTES
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where lines are written to.
pub(super) struct Writer(pub(super) Arc<Buffer>);

/// One line on its way.
pub(super) struct OneLine<'a> {
    buffer: &'a Buffer,
    at_once: bool,
}

impl<'a> MakeWriter<'a> for Writer {
    type Writer = OneLine<'a>;

    fn make_writer(&'a self) -> OneLine<'a> {
        OneLine { buffer: &self.0, at_once: true }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> OneLine<'a> {
        OneLine { buffer: &self.0, at_once: *about.level() <= Level::WARN }
    }
}

impl Write for OneLine<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.buffer.add(line) || self.at_once {
            self.buffer.flush();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wait_in_their_order_and_are_written_once() {
        let (buffer, mut out) = (Buffer::default(), Vec::new());
        assert!(!buffer.add(b"one\n") && !buffer.add(b"two\n"));
        buffer.flush_to(&mut out);
        buffer.flush_to(&mut out);
        assert!(!buffer.add(b"three\n"));
        buffer.flush_to(&mut out);
        assert_eq!(out, b"one\ntwo\nthree\n");
    }

    #[test]
    fn a_log_that_nobody_takes_does_not_fill_the_memory() {
        let buffer = Buffer::default();
        let line = [b'x'; 1024];
        let waited = (0..1_000).take_while(|_| !buffer.add(&line)).count();
        assert_eq!(waited, MOST_BYTES / line.len());
    }
}
