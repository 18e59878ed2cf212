//! `candour questionnaire`: what is there, what it asks, and whether a file can be used.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{CommandError, Format, table};
use crate::domain::questionnaire::{Language, Questionnaire};

/// What to do with questionnaires.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the questionnaires that come with Candour
    List {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Print the questions of the built-in questionnaire
    Show {
        /// Language of the questions: en or cy
        #[arg(long, default_value = "en")]
        language: Language,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Check a questionnaire file and say everything that is wrong with it
    Check {
        /// TOML file
        file: PathBuf,
    },
}

#[derive(Serialize)]
struct QuestionnaireLine {
    id: String,
    version: u32,
    questions: usize,
    title: String,
}

#[derive(Serialize)]
struct QuestionLine {
    id: String,
    kind: &'static str,
    text: String,
    options: Vec<String>,
}

/// Lists, shows or checks.
pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    match &arguments.action {
        Action::List { format } => list(*format),
        Action::Show { language, format } => show(*language, *format),
        Action::Check { file } => check(file),
    }
}

fn list(format: Format) -> Result<(), CommandError> {
    let built_in = Questionnaire::built_in();
    let line = QuestionnaireLine {
        id: built_in.id().to_owned(),
        version: built_in.version(),
        questions: built_in.questions().count(),
        title: built_in.title(Language::English).to_owned(),
    };
    let row = vec![line.id.clone(), line.version.to_string(), line.questions.to_string(), line.title.clone()];
    table::print(format, &["id", "version", "questions", "title"], &[row], &[line])
}

fn show(language: Language, format: Format) -> Result<(), CommandError> {
    let lines: Vec<QuestionLine> = Questionnaire::built_in()
        .questions()
        .map(|question| QuestionLine {
            id: question.id.clone(),
            kind: question.kind.entry().name,
            text: question.text(language).to_owned(),
            options: question.options().iter().map(|option| option.code.clone()).collect(),
        })
        .collect();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| vec![line.id.clone(), line.kind.to_owned(), line.text.clone(), line.options.join(" ")])
        .collect();
    table::print(format, &["id", "kind", "text", "options"], &rows, &lines)
}

fn check(file: &PathBuf) -> Result<(), CommandError> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| CommandError::bad_input(format!("{name} cannot be read: {error}")))?;
    let questionnaire =
        Questionnaire::parse(&text).map_err(|errors| CommandError::bad_input(errors.in_file(&name.to_string())))?;
    println!("{name}: {} questions in English and Welsh, nothing wrong", questionnaire.questions().count());
    Ok(())
}
