//! PostgreSQL: `pg_dump` makes the copy, `pg_restore` turns it into a script, `psql` runs that in one transaction.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, QueryableByName, sql_query};
use percent_encoding::percent_decode_str;

use super::{BackupError, StorageError};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// One snapshot: `pg_dump` reads everything in one transaction. Owner and rights are the target's business. Row-level
/// security binds the owner, too, so that it has to be told that every organisation is meant.
pub(super) fn copy(url: &str, to: &Path) -> Result<(), BackupError> {
    run(program("pg_dump", Some(url))?
        .args(["--format=custom", "--no-owner", "--no-privileges", "--enable-row-security"])
        .env("PGOPTIONS", "-c candour.organisation=*")
        .arg("--file")
        .arg(to))?;
    Ok(File::open(to)?.sync_all()?)
}

/// The script is made in full: an archive that was cut off shows here, before anything is touched.
pub(super) fn examine(file: &Path, work: &Path) -> Result<(PathBuf, Vec<String>), BackupError> {
    let script = work.join("restore.sql");
    run(program("pg_restore", None)?
        .args(["--no-owner", "--no-privileges", "--no-comments", "--file"])
        .arg(&script)
        .arg(file))
    .map_err(|error| BackupError::Unusable(format!("the file is no whole archive of PostgreSQL: {error}")))?;
    let mut versions = Vec::new();
    let mut inside = false;
    for line in BufReader::new(File::open(&script)?).lines() {
        let line = line?;
        match (inside, line.as_str()) {
            (true, "\\.") => break,
            (true, row) => versions.extend(row.split('\t').next().map(str::to_owned)),
            (false, line) => inside = line.starts_with("COPY public.__diesel_schema_migrations "),
        }
    }
    if versions.is_empty() {
        return Err(BackupError::Unusable("the archive is not of a database of Candour".to_owned()));
    }
    Ok((script, versions))
}

pub(super) fn holds_anything(url: &str) -> Result<bool, BackupError> {
    let tables = "SELECT COUNT(*) AS value FROM pg_tables WHERE schemaname = 'public'";
    Ok(number(url, tables)? > 0)
}

/// Nobody stays signed in, and the service's own role gets its rights back, which a backup does not carry.
const FINISH: &str = "SET row_security = on; SET candour.organisation = '*'; SET search_path = public; \
     DELETE FROM sessions; \
     DO $$ BEGIN IF to_regprocedure('candour_grant()') IS NOT NULL THEN PERFORM candour_grant(); END IF; END $$";

pub(super) fn replace(url: &str, script: &Path) -> Result<(), BackupError> {
    let others = "SELECT COUNT(*) AS value FROM pg_stat_activity WHERE datname = current_database() \
                  AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    if number(url, others)? > 0 {
        return Err(BackupError::InUse);
    }
    run(program("psql", Some(url))?
        .args(["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"])
        .args(["--command", "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public"])
        .arg("--file")
        .arg(script)
        .args(["--command", FINISH]))
}

fn number(url: &str, query: &str) -> Result<i64, BackupError> {
    let mut conn = PgConnection::establish(url).map_err(|error| StorageError::Unavailable(error.to_string()))?;
    Ok(sql_query(query).get_result::<Number>(&mut conn)?.value)
}

/// One of PostgreSQL's programs, connected to `url` with the password out of sight of the process list.
fn program(name: &str, url: Option<&str>) -> Result<Command, BackupError> {
    let mut command = Command::new(find(name)?);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Some(url) = url {
        let (url, password) = without_password(url).ok_or_else(|| {
            BackupError::Program("write the password as postgres://USER:PASSWORD@HOST/…, not as a parameter".to_owned())
        })?;
        command.arg("--dbname").arg(url).arg("--no-password");
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
    }
    Ok(command)
}

/// On the search path, or where Debian keeps the newest version.
fn find(name: &str) -> Result<PathBuf, BackupError> {
    let on_path = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()));
    let of_debian = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
        versions
            .filter_map(|entry| Some(entry.ok()?.path()))
            .max_by_key(version)
            .map(|folder| folder.join("bin").join(name))
            .filter(|file| file.is_file())
    };
    on_path.or_else(of_debian).ok_or_else(|| {
        BackupError::Program(format!(
            "{name} is not installed; it comes with PostgreSQL's client programs (Debian: postgresql-client), of the \
             server's version or newer"
        ))
    })
}

fn run(command: &mut Command) -> Result<(), BackupError> {
    let name = PathBuf::from(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(BackupError::Program(format!("{name} did not end well: {}", said.trim())))
}

/// The URL without its password, and the password; `None` when it stands among the parameters.
fn without_password(url: &str) -> Option<(String, Option<String>)> {
    let (scheme, rest) = url.split_once("://")?;
    let (place, parameters) = rest.split_once('?').map_or((rest, None), |(place, more)| (place, Some(more)));
    if parameters.is_some_and(|text| text.split('&').any(|parameter| parameter.starts_with("password="))) {
        return None;
    }
    let Some((user, host)) = place.rsplit_once('@') else { return Some((url.to_owned(), None)) };
    let Some((name, password)) = user.split_once(':') else { return Some((url.to_owned(), None)) };
    let parameters = parameters.map(|text| format!("?{text}")).unwrap_or_default();
    let password = percent_decode_str(password).decode_utf8_lossy().into_owned();
    Some((format!("{scheme}://{name}@{host}{parameters}"), Some(password)))
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn the_password_leaves_the_url() {
        let split = |url| without_password(url).map(|(url, password)| (url, password.unwrap_or_default()));
        let owned = |url: &str, password: &str| Some((url.to_owned(), password.to_owned()));
        assert_eq!(
            split("postgres://a:p%40s@h:1/d?sslmode=require"),
            owned("postgres://a@h:1/d?sslmode=require", "p@s")
        );
        assert_eq!(split("postgres://a@h/d"), owned("postgres://a@h/d", ""));
        assert_eq!(split("postgres:///d?host=/run"), owned("postgres:///d?host=/run", ""));
        assert_eq!(split("postgres://h/d?password=x"), None);
    }
}
