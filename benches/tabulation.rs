//! How long it takes to tabulate 1,000,000 loaded responses of 30 questions by ethnicity, beside DuckDB on its own columns.
//!
//! `make bench` runs it: it prints the best of five rounds, and that of `tests/reference/tabulation.py`, which DuckDB runs on
//! two threads over as many made-up rows.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use candour::domain::ethnicity;
use candour::domain::tabulation::{Breakdown, Classification, Family, Option_, QuestionColumn, RawTable, Respondent};

const PEOPLE: usize = 1_000_000;
const QUESTIONS: usize = 30;
const OPTIONS: usize = 5;
const ROUNDS: usize = 5;

fn main() {
    let variable = Classification::new("ethnicity", ethnicity::publication_nodes()).expect("a tree");
    let is_leaf = |node: &usize| variable.nodes.iter().all(|other| other.parent != Some(*node));
    let leaves: Vec<usize> = (0..variable.nodes.len()).filter(is_leaf).collect();
    let option = |code: usize| Option_ { code: code.to_string(), sensitive: false };
    let columns: Vec<QuestionColumn> = (0..QUESTIONS)
        .map(|question| QuestionColumn {
            id: question.to_string(),
            options: (0..OPTIONS).map(option).collect(),
            asked_after: Vec::new(),
        })
        .collect();
    let family = Family { variables: vec![variable], breakdowns: vec![Breakdown { variables: vec![(0, usize::MAX)] }] };
    let mut random = fastrand::Rng::with_seed(7);
    let people: Vec<Respondent> = (0..PEOPLE)
        .map(|_| Respondent {
            categories: vec![leaves[random.usize(..leaves.len())]],
            answers: (0..QUESTIONS).map(|_| Some(random.u8(..OPTIONS as u8))).collect(),
        })
        .collect();
    let best = (0..ROUNDS).map(|_| {
        let (family, columns, started) = (family.clone(), columns.clone(), Instant::now());
        black_box(RawTable::tabulate(family, columns, people.iter()).expect("it fits"));
        started.elapsed().as_secs_f64() * 1_000.0
    });
    let ours = best.fold(f64::INFINITY, f64::min);
    println!("{PEOPLE} responses of {QUESTIONS} questions by ethnicity: {ours:.0} ms");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/tabulation.py");
    let python = std::env::var("CANDOUR_REFERENCE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let numbers = [PEOPLE, QUESTIONS, OPTIONS, ROUNDS].map(|number| number.to_string());
    let output = Command::new(python).arg(script).args(numbers).output().expect("Python");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match said.trim().parse::<f64>() {
        Ok(reference) => println!("DuckDB: {reference:.0} ms, ratio {:.2} (goal: at most 1)", ours / reference),
        Err(_) => println!("DuckDB was not asked: {}", String::from_utf8_lossy(&output.stderr)),
    }
}
