//! Verification of the audit log: which entry was changed, removed or invented.

use std::collections::BTreeSet;

use super::AppError;
use super::audit_log::{code_of, code_of_head};
use crate::config::Config;
use crate::security::Keys;
use crate::storage::audit_events::{self, Entry, Head};
use crate::storage::{Connection, Database, StorageError};

/// Entries read at once.
const PAGE: i64 = 1_000;

/// Something wrong at one place of one chain.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// ODS code of the organisation whose chain it is; empty for the installation's own.
    pub organisation: String,
    /// Place in the chain; `None` when it is the note of where the chain ends.
    pub sequence: Option<i64>,
    /// What is wrong.
    pub problem: &'static str,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let chain = if self.organisation.is_empty() { "the installation" } else { &self.organisation };
        match self.sequence {
            Some(sequence) => write!(f, "entry {sequence} of {chain} {}", self.problem),
            None => write!(f, "the end of the chain of {chain} {}", self.problem),
        }
    }
}

/// What was found in all chains.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Found {
    /// Entries looked at.
    pub entries: u64,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Reads every chain to its end.
///
/// # Errors
/// [`AppError`] of the database; what is wrong with the log is in what was found.
pub async fn verify(config: &Config) -> Result<Found, AppError> {
    let (database, keys) = (Database::new(&config.database)?, Keys::new(&config.security));
    database.of_every_organisation().read(move |conn| Ok(verify_all(conn, &keys)?)).await
}

/// [`verify`] on a connection that is open already.
pub(super) fn verify_all(conn: &mut Connection, keys: &Keys) -> Result<Found, StorageError> {
    let heads = audit_events::heads(conn)?;
    let mut found = Found::default();
    let mut chains: BTreeSet<String> = audit_events::chains(conn)?.into_iter().collect();
    chains.extend(heads.iter().map(|head| head.organisation.clone()));
    for chain in chains {
        let head = heads.iter().find(|head| head.organisation == chain);
        verify_chain(conn, keys, &chain, head, &mut found)?;
    }
    Ok(found)
}

fn verify_chain(
    conn: &mut Connection,
    keys: &Keys,
    chain: &str,
    head: Option<&Head>,
    found: &mut Found,
) -> Result<(), StorageError> {
    let mut fault = |sequence, problem| {
        found.faults.push(Fault { organisation: chain.to_owned(), sequence, problem });
    };
    let head = head.filter(|head| code_of_head(keys, head) == head.code);
    if head.is_none() {
        fault(None, "is missing or was changed");
    }
    let mut walk = Walk { keys, expected: 1, before: Before::Known(vec![String::new()]) };
    let mut after = i64::MIN;
    loop {
        let page = audit_events::following(conn, chain, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.sequence;
        found.entries += page.len() as u64;
        for entry in &page {
            let beyond = head.is_some_and(|head| entry.sequence > head.sequence);
            walk.step(entry, beyond, &mut fault);
        }
    }
    if let Some(head) = head {
        (walk.expected..=head.sequence).for_each(|missing| fault(Some(missing), "is missing"));
    }
    Ok(())
}

/// What the next entry's code was made with.
enum Before {
    /// One of these: where an entry was changed, both the code that it should have and the one that it has are tried,
    /// so that the fault is told where it is, and only there.
    Known(Vec<String>),
    /// The entry before is missing.
    Missing,
}

struct Walk<'a> {
    keys: &'a Keys,
    expected: i64,
    before: Before,
}

impl Walk<'_> {
    fn step(&mut self, entry: &Entry, beyond_end: bool, fault: &mut impl FnMut(Option<i64>, &'static str)) {
        if beyond_end || entry.sequence < 1 {
            fault(Some(entry.sequence), "does not belong there");
            return;
        }
        if entry.sequence > self.expected {
            // Without a trusted end a far-off place could ask for any number of lines: the first is enough then.
            fault(Some(self.expected), "is missing");
            (self.expected + 1..entry.sequence).take(100).for_each(|missing| fault(Some(missing), "is missing"));
            self.before = Before::Missing;
        }
        let codes = match &self.before {
            Before::Known(before) => before.iter().map(|before| code_of(self.keys, before, entry)).collect(),
            Before::Missing => vec![entry.code.clone()],
        };
        self.before = if codes.contains(&entry.code) {
            Before::Known(vec![entry.code.clone()])
        } else {
            fault(Some(entry.sequence), "was changed");
            Before::Known([codes, vec![entry.code.clone()]].concat())
        };
        self.expected = entry.sequence + 1;
    }
}
