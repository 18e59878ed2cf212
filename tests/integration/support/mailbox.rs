//! E-mails as the file transport left them.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// The folder of the file transport.
pub struct Mailbox {
    folder: TempDir,
}

/// One e-mail, its body readable.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    pub text: String,
}

impl Mailbox {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary directory") }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Every e-mail, in no order.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        fs::read_dir(self.path())
            .expect("the mailbox can be read")
            .filter_map(|file| fs::read_to_string(file.ok()?.path()).ok())
            .map(|raw| ReceivedMail::read(&raw))
            .collect()
    }

    /// Throws away what has come so far.
    pub fn empty(&self) {
        for file in fs::read_dir(self.path()).expect("the mailbox can be read") {
            fs::remove_file(file.expect("readable").path()).expect("removed");
        }
    }
}

impl ReceivedMail {
    /// Undoes quoted-printable as far as links and addresses need it.
    pub fn read(raw: &str) -> Self {
        Self { text: raw.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=") }
    }

    pub fn is_to(&self, address: &str) -> bool {
        self.recipient().is_some_and(|recipient| recipient == address)
    }

    pub fn recipient(&self) -> Option<String> {
        self.header("To").map(|to| to.trim_matches(['<', '>']).to_owned())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
    }

    /// The token in the first personal link.
    pub fn token(&self) -> Option<String> {
        let (_, after) = self.text.split_once("/s/")?;
        let token: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
        Some(token)
    }
}
