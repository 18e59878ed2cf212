//! The `candour` binary: parse the command line, run one command, say how it ended.

use std::process::ExitCode;

use candour::commands::{self, CommandLine};
use clap::Parser;

fn main() -> ExitCode {
    match commands::run(CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("candour: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
