//! The `candour` binary: parse the command line, run one command, say how it ended.

use std::process::ExitCode;

use candour::commands::{self, CommandLine};
use clap::Parser;
use mimalloc::MiMalloc;

/// A page of the form is made of many small pieces of memory; the system's allocator takes a sixth of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match commands::run(CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("candour: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
