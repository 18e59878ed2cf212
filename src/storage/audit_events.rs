//! The audit log's entries and where each of its chains ends. Entries are added and read, never changed.

use diesel::prelude::*;
use time::OffsetDateTime;

use super::connection::on_either;
use super::schema::{audit_events, audit_heads};
use super::{Connection, StorageError, from_micros};

/// An entry as it is stored; all of it but `code` is what `code` is made of.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events)]
pub struct Entry {
    /// Whose chain; empty for the installation's own.
    pub organisation: String,
    /// Place in the chain, from 1.
    pub sequence: i64,
    /// Microseconds since 1970, in whole seconds.
    pub happened_at: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub kind: String,
    /// What belongs to it, as JSON.
    pub detail: String,
    /// Keyed hash of all this and of the code before.
    pub code: String,
}

impl Entry {
    /// When it happened.
    pub fn moment(&self) -> OffsetDateTime {
        from_micros(self.happened_at)
    }
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_heads)]
pub struct Head {
    /// Whose chain.
    pub organisation: String,
    /// Place of its last entry.
    pub sequence: i64,
    /// Code of its last entry.
    pub last_code: String,
    /// Keyed hash of the above.
    pub code: String,
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only from this moment on, in microseconds since 1970.
    pub from: Option<i64>,
    /// Only before this moment.
    pub until: Option<i64>,
}

/// Where the chain ends, held so that nobody else adds to it before this transaction has ended.
pub fn hold_head(conn: &mut Connection, organisation: &str) -> Result<Head, StorageError> {
    let first =
        Head { organisation: organisation.to_owned(), sequence: 0, last_code: String::new(), code: String::new() };
    on_either!(conn, |c| diesel::insert_into(audit_heads::table).values(&first).on_conflict_do_nothing().execute(c))?;
    let head = audit_heads::table.find(organisation);
    Ok(match conn {
        Connection::Sqlite(c) => head.select(Head::as_select()).get_result(c)?,
        Connection::Postgres(c) => head.select(Head::as_select()).for_update().get_result(c)?,
    })
}

/// Adds an entry and moves the end of its chain there.
pub fn append(conn: &mut Connection, entry: &Entry, head: &Head) -> Result<(), StorageError> {
    on_either!(conn, |c| diesel::insert_into(audit_events::table).values(entry).execute(c))?;
    diesel::update(audit_heads::table.find(&head.organisation))
        .set((
            audit_heads::sequence.eq(head.sequence),
            audit_heads::last_code.eq(&head.last_code),
            audit_heads::code.eq(&head.code),
        ))
        .execute(conn)?;
    Ok(())
}

/// Entries of a chain, the newest first, older than `before`.
pub fn newest(
    conn: &mut Connection,
    organisation: &str,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<Vec<Entry>, StorageError> {
    // A filter that is not given is one that lets everything through: one query, whatever is asked.
    let (kind, any) = (filter.kind.clone().unwrap_or_default(), filter.kind.is_none());
    Ok(audit_events::table
        .filter(audit_events::organisation.eq(organisation))
        .filter(audit_events::sequence.lt(before))
        .filter(audit_events::happened_at.ge(filter.from.unwrap_or(i64::MIN)))
        .filter(audit_events::happened_at.lt(filter.until.unwrap_or(i64::MAX)))
        .filter(audit_events::kind.eq(kind).or(any.into_sql::<diesel::sql_types::Bool>()))
        .order(audit_events::sequence.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(conn)?)
}

/// The kinds of entry that a chain has, by name.
pub fn kinds(conn: &mut Connection, organisation: &str) -> Result<Vec<String>, StorageError> {
    Ok(audit_events::table
        .filter(audit_events::organisation.eq(organisation))
        .select(audit_events::kind)
        .distinct()
        .order(audit_events::kind)
        .load(conn)?)
}

/// Entries of a chain in their order, after `after`; the smallest place comes first, even one below 1.
pub fn following(
    conn: &mut Connection,
    organisation: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, StorageError> {
    Ok(audit_events::table
        .filter(audit_events::organisation.eq(organisation))
        .filter(audit_events::sequence.gt(after))
        .order(audit_events::sequence)
        .limit(limit)
        .select(Entry::as_select())
        .load(conn)?)
}

/// Where every chain ends.
pub fn heads(conn: &mut Connection) -> Result<Vec<Head>, StorageError> {
    Ok(audit_heads::table.order(audit_heads::organisation).select(Head::as_select()).load(conn)?)
}

/// Every chain that has an entry.
pub fn chains(conn: &mut Connection) -> Result<Vec<String>, StorageError> {
    Ok(audit_events::table
        .select(audit_events::organisation)
        .distinct()
        .order(audit_events::organisation)
        .load(conn)?)
}
