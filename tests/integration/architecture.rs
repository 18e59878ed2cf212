//! The house rules that the compiler does not check: who may name whom, where libraries live, how long files get.
//!
//! The rules are the three lists below; everything after them only reads the source text.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms and the rooms of ours that they may name. What a room does not list, it may not name.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &[]),
    ("import", &["domain"]),
    ("security", &["config", "domain"]),
    ("storage", &["config", "domain"]),
    ("mail", &["config", "domain"]),
    ("export", &["domain"]),
    ("outbound", &["config"]),
    ("services", &["config", "domain", "import", "security", "storage", "mail", "outbound", "export"]),
    ("jobs", &["domain", "services"]),
    ("web", &["config", "domain", "import", "security", "services", "export", "telemetry"]),
    ("telemetry", &["config", "outbound"]),
    (
        "commands",
        &["config", "domain", "import", "security", "storage", "services", "jobs", "web", "export", "telemetry"],
    ),
    ("main", &["commands"]),
];

/// Outside libraries, where they may be named, and why only there.
const HOMES: &[(&str, &[&str], &str)] = &[
    ("diesel", &["storage"], "queries live in storage"),
    ("diesel_migrations", &["storage"], "the schema lives in storage"),
    ("lettre", &["mail"], "e-mail leaves through mail"),
    ("argon2", &["security"], "passwords are a matter of security"),
    ("thread_priority", &["security"], "only the hashing of passwords gives way to everything else"),
    ("mimalloc", &["main.rs"], "the program has one allocator"),
    ("jsonwebtoken", &["security"], "tokens are a matter of security"),
    ("chacha20poly1305", &["security"], "the cipher is a matter of security"),
    ("aead_stream", &["security"], "the cipher is a matter of security"),
    ("hmac", &["security"], "keys are a matter of security"),
    ("sha1", &["security"], "one-time codes are a matter of security"),
    ("ureq", &["outbound"], "requests to others leave through outbound"),
    ("rustls", &["outbound"], "requests to others leave through outbound"),
    ("getrandom", &["security"], "randomness comes in as an argument"),
    ("actix_web", &["web", "commands/serve.rs"], "HTTP lives in web; `serve` starts its runtime"),
    ("actix_multipart", &["web"], "files that browsers send come in through web"),
    ("utoipa", &["web"], "the API is described in web"),
    ("utoipa_actix_web", &["web"], "the API is described in web"),
    ("qrcode", &["web"], "letters are pages"),
    ("askama", &["web", "mail"], "pages live in web, e-mails in mail"),
    ("clap", &["commands", "main.rs"], "the command line lives in commands"),
    ("indicatif", &["commands"], "only commands show progress"),
    ("csv", &["import", "export", "commands"], "files are read in import and written in export and commands"),
    ("zip", &["import", "export"], "archives are opened in import and written in export"),
    ("calamine", &["import"], "files are read in import"),
    ("rust_xlsxwriter", &["export"], "workbooks are written in export"),
    ("tracing_subscriber", &["telemetry"], "logging is set up in one place"),
    ("opentelemetry", &["telemetry"], "traces are made of lines of log"),
    ("opentelemetry_sdk", &["telemetry"], "traces are made of lines of log"),
    ("opentelemetry_otlp", &["telemetry"], "traces are made of lines of log"),
    ("opentelemetry_http", &["outbound"], "traces leave through outbound"),
    ("microlp", &["domain"], "linear programmes belong to disclosure control"),
    ("statrs", &["domain"], "statistics belong to the domain"),
];

/// Outside libraries that the domain may name: it does no input or output of any kind.
const LIBRARIES_OF_DOMAIN: &[&str] =
    &["std", "core", "serde", "serde_json", "thiserror", "time", "toml", "statrs", "microlp", "proptest"];

/// More lines than this are more than one thing.
const MOST_LINES: usize = 450;

/// Source text of one file, as the rules see it.
struct Source {
    /// Below `src`, with `/`.
    path: String,
    lines: Vec<String>,
}

impl Source {
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        find(&root, &mut files);
        files.sort();
        assert!(files.len() > 20, "the source is not where this test looks for it: {}", root.display());
        files
            .iter()
            .map(|file| Self {
                path: file.strip_prefix(&root).expect("below src").display().to_string(),
                lines: fs::read_to_string(file).expect("readable").lines().map(str::to_owned).collect(),
            })
            .collect()
    }

    /// The room: first folder below `src`, or the file there without `.rs`.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Lines of code with their numbers; comments are left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines.iter().enumerate().map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The names that follow `prefix` in a line, as in `crate::storage::…` or `use crate::{storage, mail}`.
fn names_after<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(prefix)
        .filter(|(at, _)| !line[..*at].ends_with(is_name))
        .flat_map(|(at, _)| {
            let after = &line[at + prefix.len()..];
            let first = |text: &'a str| &text[..text.find(|c| !is_name(c)).unwrap_or(text.len())];
            match after.strip_prefix('{') {
                Some(list) => list
                    .split(['}', ';'])
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .map(|part| first(part.trim()))
                    .collect(),
                None => vec![first(after)],
            }
        })
        .collect()
}

/// Whether the line uses a library: `name::…` where nothing of ours is meant by it, or `use name;`.
fn uses_library(line: &str, library: &str) -> bool {
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    let path = format!("{library}::");
    let named = line.match_indices(&path).any(|(at, _)| !line[..at].trim_end_matches("::").ends_with(is_path));
    named || line.trim() == format!("use {library};")
}

#[track_caller]
fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let mut broken = Vec::new();
    for source in Source::all().iter().filter(|source| source.room() != "lib") {
        let room = source.room();
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            broken.push(format!("src/{}: room “{room}” is not in the list ROOMS of this test", source.path));
            continue;
        };
        let prefix = if room == "main" { "candour::" } else { "crate::" };
        for (number, line) in source.code() {
            for named in names_after(line, prefix) {
                let is_room = ROOMS.iter().any(|(name, _)| *name == named);
                if is_room && named != room && !allowed.contains(&named) {
                    broken.push(format!(
                        "src/{}:{number}: {room} may not name {named}; it may name {allowed:?}",
                        source.path
                    ));
                }
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn each_library_has_its_home() {
    let mut broken = Vec::new();
    for source in &Source::all() {
        for (number, line) in source.code() {
            for (library, homes, reason) in HOMES {
                let at_home =
                    homes.iter().any(|home| source.path == *home || source.path.starts_with(&format!("{home}/")));
                if !at_home && uses_library(line, library) {
                    broken.push(format!("src/{}:{number}: {library} belongs to {homes:?}: {reason}", source.path));
                }
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn the_domain_does_no_input_or_output() {
    const FORBIDDEN: &[(&str, &str)] = &[
        ("async ", "nothing in the domain waits"),
        ("std::fs", "files are read in import"),
        ("std::net", "networks are for web and mail"),
        ("std::env", "settings come in as arguments"),
        ("std::io", "bytes come in as arguments"),
        ("std::process", "commands end processes"),
        ("now_utc(", "time comes in as an argument"),
        ("SystemTime::now", "time comes in as an argument"),
        ("Instant::now", "time comes in as an argument"),
        ("println!", "only commands print"),
    ];
    let mut broken = Vec::new();
    for source in Source::all().iter().filter(|source| source.room() == "domain") {
        for (number, line) in source.code() {
            for (what, reason) in FORBIDDEN.iter().filter(|(what, _)| line.contains(what)) {
                broken.push(format!("src/{}:{number}: “{}”: {reason}", source.path, what.trim()));
            }
            for library in
                names_after(line.trim_start(), "use ").iter().filter(|_| line.trim_start().starts_with("use "))
            {
                let own = matches!(*library, "crate" | "super" | "self")
                    || library.chars().next().is_none_or(char::is_uppercase);
                // A sibling module or an enum's variants: they are not followed by `::` from outside.
                let outside = line.contains(&format!("use {library}::")) && !source_has_module(source, library);
                if !own && outside && !LIBRARIES_OF_DOMAIN.contains(library) {
                    broken.push(format!(
                        "src/{}:{number}: the domain may name {LIBRARIES_OF_DOMAIN:?}, not {library}",
                        source.path
                    ));
                }
            }
        }
    }
    assert_none(&broken);
}

fn source_has_module(source: &Source, name: &str) -> bool {
    source.lines.iter().any(|line| line.trim_start_matches("pub ").trim_start() == format!("mod {name};"))
}

/// Decision 176.
#[test]
fn the_first_of_many_is_asked_for_by_an_order_and_one_by_its_key() {
    let mut broken = Vec::new();
    for source in Source::all().iter().filter(|source| source.room() == "storage") {
        let mut statement = String::new();
        for (number, line) in source.code() {
            statement.push_str(line.trim());
            if [".first(c)", ".first(conn)"].iter().any(|call| line.contains(call)) && !statement.contains(".order(") {
                broken.push(format!("src/{}:{number}: `get_result`, or an order", source.path));
            }
            if line.ends_with([';', '{', '}']) {
                statement.clear();
            }
        }
    }
    assert_none(&broken);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> = Source::all()
        .iter()
        .filter(|source| !source.lines.first().is_some_and(|line| line.starts_with("//! ")))
        .map(|source| format!("src/{}:1: begin with `//! ` and what belongs here", source.path))
        .collect();
    assert_none(&silent);
}

#[test]
fn files_are_one_thing_long() {
    let long: Vec<String> = Source::all()
        .iter()
        .filter(|source| source.lines.len() > MOST_LINES)
        .map(|source| {
            format!(
                "src/{}: {} lines, more than {MOST_LINES}; find the two things in it",
                source.path,
                source.lines.len()
            )
        })
        .collect();
    assert_none(&long);
}

#[test]
fn rules_find_what_they_forbid() {
    assert_eq!(names_after("use crate::storage::Database;", "crate::"), ["storage"]);
    assert_eq!(names_after("use crate::{mail, web::Server};", "crate::"), ["mail", "web"]);
    assert!(names_after("use some_crate::storage;", "crate::").is_empty());
    assert!(uses_library("    diesel::insert_into(table)", "diesel"));
    assert!(!uses_library("use crate::csv::Row;", "csv") && !uses_library("use mycsv::Row;", "csv"));
}
