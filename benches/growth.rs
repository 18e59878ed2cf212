//! How protecting and attacking a survey's release grow with its people.
//!
//! `cargo bench --bench growth -- 50000` prints a line for each size up to that many respondents: a trust of 6,000 with 40
//! questions, then more and more organisations of 5,000 with one. `-- 200000 1000000` prints those of at least 200,000
//! and at most 1,000,000 respondents.

use std::time::Instant;

use candour::domain::disclosure::{Ledger, Policy, protect};
use candour::domain::tabulation::{Classification, Family, Option_, QuestionColumn, RawTable, Respondent};
use candour::domain::{ethnicity, pay_band, staff_group};
use mimalloc::MiMalloc;

/// The program's own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A made-up survey.
struct Size {
    people: u32,
    organisations: u32,
    units: u32,
    questions: usize,
    minimum_interval: u32,
}

const TRUST: Size = Size { people: 6_000, organisations: 1, units: 60, questions: 40, minimum_interval: 3 };
/// Organisations of 5,000 people: the exact part, and with bounds.
const GROWING: [(u32, u32); 8] = [(5, 0), (5, 3), (10, 0), (10, 3), (40, 0), (40, 3), (200, 0), (200, 3)];

fn main() {
    let limits: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let most = limits.iter().copied().max().unwrap_or(25_000);
    let least = limits.iter().copied().filter(|least| *least < most).min().unwrap_or(0);
    println!(
        "respondents | organisations | questions | interval | published | withheld | engine, s | audit, s | peak, MiB"
    );
    let growing = GROWING.map(|(organisations, minimum_interval)| Size {
        people: organisations * 5_000,
        organisations,
        units: 30,
        questions: 1,
        minimum_interval,
    });
    for size in [TRUST].into_iter().chain(growing).filter(|size| (least..=most).contains(&size.people)) {
        forget_peak();
        let clock = Instant::now();
        let policy = Policy::for_survey(11, size.minimum_interval);
        let table = protect(size.table(), &policy, &Ledger::default(), &|| clock.elapsed()).expect("a release");
        let audit = table.audit();
        println!(
            "{} | {} | {} | {} | {} | {} | {:.2} | {:.2} | {}",
            size.people,
            size.organisations,
            size.questions,
            size.minimum_interval,
            audit.published,
            audit.withheld,
            audit.engine_seconds,
            audit.audit_seconds,
            peak_mebibytes()
        );
    }
}

impl Size {
    /// The same table in every run. Categories are unequal in size, ethnicity most of all.
    fn table(&self) -> RawTable {
        let family = self.family();
        let exponents = [0.3, 1.6, 0.5, 0.5];
        let wheels: Vec<_> =
            family.variables.iter().zip(exponents).map(|(tree, exponent)| wheel(tree, exponent)).collect();
        let mut state = 7_u64;
        let mut number = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let respondents = (0..self.people).map(|_| Respondent {
            categories: wheels.iter().map(|wheel| draw(wheel, number())).collect(),
            answers: (0..self.questions).map(|_| Some(answer(number()))).collect(),
        });
        RawTable::tabulate(family, (0..self.questions).map(question).collect(), respondents).expect("it fits")
    }

    fn family(&self) -> Family {
        let mut units = vec![("all".to_owned(), None)];
        for organisation in 0..self.organisations {
            units.push((organisation.to_string(), Some("all".to_owned())));
            units
                .extend((0..self.units).map(|unit| (format!("{organisation}/{unit}"), Some(organisation.to_string()))));
        }
        let units = Classification::new("unit", units.iter().map(|(code, parent)| (code.as_str(), parent.as_deref())));
        Family::of_survey(
            units.expect("a tree"),
            Classification::new("ethnicity", ethnicity::publication_nodes()).expect("a tree"),
            Classification::new("pay_band", pay_band::publication_nodes()).expect("a tree"),
            Classification::new("staff_group", staff_group::publication_nodes()).expect("a tree"),
        )
    }
}

fn question(index: usize) -> QuestionColumn {
    let option = |code: &str, sensitive| Option_ { code: code.to_owned(), sensitive };
    QuestionColumn {
        id: index.to_string(),
        options: vec![
            option("never", false),
            option("sometimes", true),
            option("often", true),
            option("unsure", false),
        ],
        asked_after: Vec::new(),
    }
}

fn answer(number: f64) -> u8 {
    [0.7, 0.85, 0.92].iter().filter(|share| number >= **share).count() as u8
}

fn leaves(variable: &Classification) -> Vec<usize> {
    let is_leaf = |node: &usize| variable.nodes.iter().all(|other| other.parent != Some(*node));
    (0..variable.nodes.len()).filter(is_leaf).collect()
}

/// Leaves of a variable by how much of everybody lies in them and those before; the first is the most frequent, by Zipf's
/// law with this exponent.
fn wheel(variable: &Classification, exponent: f64) -> Vec<(f64, usize)> {
    let leaves = leaves(variable);
    let weight = |place: usize| (place as f64 + 1.0).powf(-exponent);
    let all: f64 = (0..leaves.len()).map(weight).sum();
    let mut sum = 0.0;
    let sums = leaves.into_iter().enumerate().map(|(place, leaf)| {
        sum += weight(place) / all;
        (sum, leaf)
    });
    sums.collect()
}

fn draw(wheel: &[(f64, usize)], number: f64) -> usize {
    wheel[wheel.partition_point(|(sum, _)| *sum < number).min(wheel.len() - 1)].1
}

/// Begins to measure the peak of memory anew, where the system can.
fn forget_peak() {
    let _unsupported = std::fs::write("/proc/self/clear_refs", "5");
}

/// Most memory held since then; 0 where the system does not say.
fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
