//! Backups: making, checking, putting back. A backup appears under its name when it is whole and has been read through.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::config::{Config, DatabaseUrl, Secret};
use crate::security::{FileKey, Keys, SEALED_START, SealedFileError, is_sealed, open_file, seal_file};
use crate::storage::backup::{self, Archive, BackupKind};

pub use crate::storage::backup::BackupError;

/// How a backup is sealed.
#[derive(Debug, Clone)]
pub enum Seal {
    /// With a key of the installation.
    Installation,
    /// With a passphrase.
    Passphrase(Secret),
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// SQLite or PostgreSQL.
    pub database: &'static str,
    /// The latest migration that it has.
    pub schema: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether it is sealed.
    pub sealed: bool,
}

/// A step that takes time, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The database is copied.
    Copying,
    /// The copy is read from end to end.
    Checking,
    /// It is sealed or opened.
    Sealing,
    /// It takes the place of what was there.
    Replacing,
}

impl Stage {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Copying => "copying the database",
            Self::Checking => "checking the copy",
            Self::Sealing => "sealing or opening",
            Self::Replacing => "replacing",
        }
    }
}

impl From<SealedFileError> for BackupError {
    fn from(error: SealedFileError) -> Self {
        match error {
            SealedFileError::Io(error) => Self::Io(error),
            other => Self::Unusable(other.to_string()),
        }
    }
}

/// Writes a backup to `to`, readable by its owner alone. Others go on reading and writing meanwhile.
///
/// # Errors
/// [`BackupError::Unusable`] when `to` exists and `overwrite` is not set; others leave nothing behind.
pub fn create(
    config: &Config,
    to: &Path,
    seal: Option<Seal>,
    overwrite: bool,
    progress: impl Fn(Stage),
) -> Result<Backup, BackupError> {
    if to.exists() && !overwrite {
        return Err(BackupError::Unusable(format!("{} is there already; choose another name", to.display())));
    }
    let url = url(config)?;
    let work = private_folder(folder_of(to))?;
    progress(Stage::Copying);
    let mut whole = work.path().join("copy");
    backup::copy(&url, &whole)?;
    progress(Stage::Checking);
    let archive = backup::examine(BackupKind::at(&url), &whole, work.path())?;
    let sealed = seal.is_some();
    if let Some(seal) = seal {
        progress(Stage::Sealing);
        let plain = std::mem::replace(&mut whole, work.path().join("sealed"));
        let mut out = File::create(&whole)?;
        seal_file(&key(config, seal), &mut BufReader::new(File::open(&plain)?), &mut out, |_| ())?;
        out.sync_all()?;
    }
    fs::set_permissions(&whole, fs::Permissions::from_mode(0o600))?;
    let bytes = fs::metadata(&whole)?.len();
    fs::rename(&whole, to)?;
    File::open(folder_of(to))?.sync_all()?;
    Ok(described(&archive, bytes, sealed))
}

/// Puts the backup in `from` back. With `dry_run` everything is read and checked, and nothing is touched.
///
/// # Errors
/// [`BackupError::Unusable`] when the backup is of the other database, damaged, or newer than this build, and when the
/// target holds something and `replace` is not set.
pub fn restore(
    config: &Config,
    from: &Path,
    passphrase: Option<Secret>,
    replace: bool,
    dry_run: bool,
    progress: impl Fn(Stage),
) -> Result<Backup, BackupError> {
    let url = url(config)?;
    // Beside the database, so that the last step of SQLite's is a rename; PostgreSQL's script needs only some place.
    let work = match &url {
        DatabaseUrl::Sqlite(file) => private_folder(folder_of(file))?,
        DatabaseUrl::Postgres(_) => private_folder(std::env::temp_dir().as_path())?,
    };
    progress(Stage::Sealing);
    let copy = work.path().join("copy");
    let sealed = is_sealed(&start_of(from, SEALED_START)?);
    if sealed {
        let seal = passphrase.map_or(Seal::Installation, Seal::Passphrase);
        open_file(&key(config, seal), &mut BufReader::new(File::open(from)?), &mut File::create(&copy)?)?;
    } else {
        fs::copy(from, &copy)?;
    }
    let kind = BackupKind::of(&start_of(&copy, BackupKind::START)?)
        .ok_or_else(|| BackupError::Unusable(format!("{} is no backup of Candour", from.display())))?;
    let target = BackupKind::at(&url);
    if kind != target {
        return Err(BackupError::Unusable(format!(
            "this is a backup of {}, and database.url names {}",
            kind.name(),
            target.name()
        )));
    }
    progress(Stage::Checking);
    let archive = backup::examine(kind, &copy, work.path())?;
    if backup::holds_anything(&url)? && !replace && !dry_run {
        return Err(BackupError::Unusable(
            "the database is not empty; add --force to replace everything that it holds".to_owned(),
        ));
    }
    if !dry_run {
        progress(Stage::Replacing);
        backup::replace(&url, &archive)?;
    }
    Ok(described(&archive, fs::metadata(from)?.len(), sealed))
}

fn described(archive: &Archive, bytes: u64, sealed: bool) -> Backup {
    let schema = archive.migrations.last().cloned().unwrap_or_default();
    Backup { database: archive.kind.name(), schema, bytes, sealed }
}

fn url(config: &Config) -> Result<DatabaseUrl, BackupError> {
    config.database.parsed_url().map_err(BackupError::Unusable)
}

fn key(config: &Config, seal: Seal) -> FileKey {
    match seal {
        Seal::Installation => FileKey::Installation(Keys::new(&config.security)),
        Seal::Passphrase(passphrase) => FileKey::Passphrase(passphrase),
    }
}

fn start_of(file: &Path, bytes: usize) -> Result<Vec<u8>, BackupError> {
    let mut start = Vec::new();
    File::open(file)?.take(bytes as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder that only we can read, deleted with the value: copies in the clear stand in it.
fn private_folder(beside: &Path) -> Result<TempDir, BackupError> {
    let folder = PathBuf::from(beside);
    tempfile::Builder::new()
        .prefix(".candour-")
        .tempdir_in(&folder)
        .map_err(|error| BackupError::Unusable(format!("nothing can be written in {}: {error}", folder.display())))
}
