//! `candour backup` and `candour restore`: the whole database in one file, and back.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;

use super::{CommandError, ConfigFile, progress, verify};
use crate::config::Secret;
use crate::services::backups::{self, Backup, BackupError, Seal, Stage};
use crate::services::migrated;

/// What is written where.
#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// File to write; only its owner can read it
    file: PathBuf,
    /// Seal it with a key derived from security.secret: keep that secret apart from the backups
    #[arg(long, conflicts_with = "passphrase_file")]
    encrypt: bool,
    /// Seal it with the passphrase in this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Replace FILE if it is there
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    config: ConfigFile,
}

/// What is put back.
#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// File that `candour backup` wrote
    file: PathBuf,
    /// File that holds the passphrase that it is sealed with
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Replace everything that the database holds
    #[arg(long)]
    force: bool,
    /// Open and check the backup, touch nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    config: ConfigFile,
}

/// Makes a backup.
pub(super) fn run(arguments: &BackupArguments) -> Result<(), CommandError> {
    let config = arguments.config.load()?;
    let seal = match &arguments.passphrase_file {
        Some(file) => Some(Seal::Passphrase(passphrase(file)?)),
        None => arguments.encrypt.then_some(Seal::Installation),
    };
    let bar = progress::bar("backup", 3);
    let made = backups::create(&config, &arguments.file, seal, arguments.overwrite, step(&bar))?;
    bar.finish_and_clear();
    println!("{}: {}", arguments.file.display(), described(&made));
    if !made.sealed {
        eprintln!("candour: the backup is not encrypted and holds answers; --encrypt or --passphrase-file seal it");
    }
    Ok(())
}

/// Puts a backup back, and verifies what stands there then.
pub(super) fn restore(arguments: &RestoreArguments) -> Result<(), CommandError> {
    let config = arguments.config.load()?;
    let passphrase = arguments.passphrase_file.as_deref().map(passphrase).transpose()?;
    let bar = progress::bar("restore", 3);
    let found = backups::restore(&config, &arguments.file, passphrase, arguments.force, arguments.dry_run, step(&bar))?;
    bar.finish_and_clear();
    if arguments.dry_run {
        println!("dry run, nothing changed: {} can be restored: {}", arguments.file.display(), described(&found));
        return Ok(());
    }
    println!("restored {}: {}; everybody signs in again", arguments.file.display(), described(&found));
    if super::runtime()?.block_on(migrated(&config))? {
        verify::verify(&config)
    } else {
        println!("its schema is older than this build: run `candour migrate up`, then `candour verify`");
        Ok(())
    }
}

fn described(backup: &Backup) -> String {
    let mebibytes = backup.bytes as f64 / f64::from(1 << 20);
    let seal = if backup.sealed { "sealed" } else { "not encrypted" };
    format!("{}, schema {}, {mebibytes:.1} MiB, {seal}", backup.database, backup.schema)
}

fn passphrase(file: &Path) -> Result<Secret, CommandError> {
    const SHORTEST: usize = 12;
    let text = std::fs::read_to_string(file)
        .map_err(|error| CommandError::bad_input(format!("{}: cannot be read ({error})", file.display())))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.len() < SHORTEST {
        return Err(CommandError::bad_input(format!(
            "{}: a passphrase has at least {SHORTEST} characters",
            file.display()
        )));
    }
    Ok(Secret::new(text))
}

fn step(bar: &ProgressBar) -> impl Fn(Stage) + '_ {
    |stage| {
        bar.set_message(stage.words());
        bar.inc(1);
    }
}

impl From<BackupError> for CommandError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Unusable(_) => Self::bad_input(error),
            other => Self::failed(other),
        }
    }
}
