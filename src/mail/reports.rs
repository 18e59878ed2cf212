//! The mailbox into which the mail server delivers what comes back: bounces and complaints. A Maildir, as every mail
//! server can deliver into: whole messages appear in `new`, one file each.

use std::io;
use std::path::{Path, PathBuf};

/// Larger files are not looked at: reports return headers, or a whole short invitation.
const LARGEST: u64 = 1024 * 1024;

/// A Maildir.
#[derive(Debug, Clone)]
pub struct ReportsFolder {
    folder: PathBuf,
}

impl ReportsFolder {
    /// The folder that holds `new`; `None` for an empty path.
    pub fn new(folder: &Path) -> Option<Self> {
        (!folder.as_os_str().is_empty()).then(|| Self { folder: folder.to_owned() })
    }

    /// Up to `limit` messages that have come, with their files.
    ///
    /// # Errors
    /// The operating system's; a folder that is not there yet holds nothing.
    pub fn new_messages(&self, limit: usize) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
        let entries = match std::fs::read_dir(self.folder.join("new")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut messages = Vec::new();
        for entry in entries.take(limit) {
            let entry = entry?;
            let bytes = if entry.metadata()?.len() > LARGEST { Vec::new() } else { std::fs::read(entry.path())? };
            messages.push((entry.path(), bytes));
        }
        Ok(messages)
    }

    /// Deletes a report that has been dealt with: it names a person.
    ///
    /// # Errors
    /// The operating system's.
    pub fn delete(&self, message: &Path) -> io::Result<()> {
        std::fs::remove_file(message)
    }

    /// Leaves a message that is no report to people: moves it to `cur`, where mail programs show it.
    ///
    /// # Errors
    /// The operating system's.
    pub fn leave_to_people(&self, message: &Path) -> io::Result<()> {
        let read = self.folder.join("cur");
        std::fs::create_dir_all(&read)?;
        let name = message.file_name().unwrap_or_default();
        std::fs::rename(message, read.join(name))
    }
}
