//! `candour demo`: a whole survey of a fictional trust, through the same services as a real one.
//!
//! Nothing is written past the services: staff are imported from CSV, invitations leave through the file transport and
//! are read back from the mailbox, and each answer is submitted with the link that its e-mail held. What is made up is
//! who the people are and what they say (`trust`, `staff`, `answers`).

mod answers;
mod files;
mod mailbox;
mod place;
mod run;
mod staff;
mod summary;
mod trust;

use std::path::PathBuf;

use clap::Args;

use super::serve::serve;
use super::{CommandError, Format, runtime};
use place::Place;

/// What is shown.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Port to serve on; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Number of fictional staff
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    staff: u32,
    /// Folder for database and mailbox, which must be empty or not there; a temporary one when left out
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Print the release and stop, without serving
    #[arg(long)]
    once: bool,
    /// How --once prints
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the survey, then serves it or prints its release.
///
/// # Errors
/// [`CommandError`] when a step cannot be done, such as a port that is taken.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    let place = Place::prepare(&arguments)?;
    let done = runtime()?.block_on(run::whole_survey(&place, arguments.staff as usize))?;
    if arguments.once {
        return summary::print(&done, arguments.format);
    }
    serve(place.config.clone(), place.services.clone(), |address| summary::tell(&done, &format!("http://{address}")))
}
