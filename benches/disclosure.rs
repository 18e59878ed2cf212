//! How long protecting and attacking take, on made-up tables of three sizes.
//!
//! `cargo bench --bench disclosure`. The numbers of withheld cells are printed once per table.

use std::collections::BTreeMap;
use std::hint::black_box;

use candour::domain::disclosure::frequency_table::{
    FrequencyPolicy, FrequencyTable, Layout, Singletons, Variable, Zeros,
};
use candour::domain::disclosure::{attack_frequencies, protect_frequencies};
use criterion::{Criterion, criterion_group, criterion_main};
use mimalloc::MiMalloc;

/// The program's own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A variable of the made-up trust: how many categories, in how many coarser ones, and how unequal they are in size.
struct Shape {
    name: &'static str,
    categories: u32,
    groups: u32,
    skew: f64,
}

const DIRECTORATE: Shape = Shape { name: "directorate", categories: 11, groups: 0, skew: 0.5 };
const DIRECTORATE_OF_10: Shape = Shape { categories: 10, ..DIRECTORATE };
const ETHNICITY: Shape = Shape { name: "ethnicity", categories: 18, groups: 5, skew: 1.6 };
const PAY_BAND: Shape = Shape { name: "pay_band", categories: 11, groups: 3, skew: 0.5 };
const PAY_BAND_OF_12: Shape = Shape { categories: 12, ..PAY_BAND };
const YES_OR_NO: Shape = Shape { name: "answer", categories: 2, groups: 0, skew: 1.0 };
const FOUR_ANSWERS: Shape = Shape { categories: 4, skew: 0.8, ..YES_OR_NO };

impl Shape {
    fn variable(&self) -> Variable {
        let finest = (0..self.categories).map(|category| {
            let group = (self.groups > 0).then(|| format!("group {}", category * self.groups / self.categories));
            (format!("{category:02}"), group.into_iter().collect())
        });
        Variable::new(self.name, &finest.collect()).expect("a variable")
    }

    /// A category, from a number of [0, 1).
    fn draw(&self, number: f64) -> u32 {
        let weight = |category: u32| f64::from(category + 1).powf(-self.skew);
        let total: f64 = (0..self.categories).map(weight).sum();
        let mut left = number * total;
        (0..self.categories)
            .find(|category| {
                left -= weight(*category);
                left < 0.0
            })
            .unwrap_or(self.categories - 1)
    }
}

/// The same table in every run.
fn table(shapes: &[Shape], people: u32, singletons: Singletons) -> FrequencyTable {
    let mut state = 7_u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut counts: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
    for _ in 0..people {
        *counts.entry(shapes.iter().map(|shape| shape.draw(number())).collect()).or_default() += 1;
    }
    let layout = Layout::new(shapes.iter().map(Shape::variable).collect(), &[(0..shapes.len()).collect()]);
    let policy =
        FrequencyPolicy { minimum_count: 11, zeros: Zeros::Publish, singletons, secret: None, minimum_interval: 0 };
    FrequencyTable::new(layout.expect("a layout"), policy, &counts)
}

fn tables(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frequency table");
    group.sample_size(10);
    for (name, shapes, people) in [
        ("864 cells", &[DIRECTORATE, ETHNICITY, YES_OR_NO][..], 3_500),
        ("4,320 cells", &[DIRECTORATE, ETHNICITY, PAY_BAND], 6_000),
        ("21,120 cells", &[DIRECTORATE_OF_10, ETHNICITY, PAY_BAND_OF_12, FOUR_ANSWERS], 6_000),
    ] {
        for (setting, singletons) in [("plain", Singletons::Ignore), ("lone respondent", Singletons::Protect)] {
            let table = table(shapes, people, singletons);
            let counts: Vec<u64> = table.cells().iter().map(|cell| cell.count).collect();
            let protected = protect_frequencies(&table, |_| {}).expect("protected");
            let shown: Vec<Option<u64>> =
                counts.iter().zip(&protected.published).map(|(count, shown)| shown.then_some(*count)).collect();
            let withheld = shown.iter().filter(|count| count.is_none()).count();
            println!("{name}, {setting}: {} primary, {} secondary", protected.primary, withheld - protected.primary);
            group.bench_function(format!("{name}, {setting}: engine and audit"), |bencher| {
                bencher.iter(|| protect_frequencies(black_box(&table), |_| {}));
            });
            group.bench_function(format!("{name}, {setting}: audit"), |bencher| {
                bencher.iter(|| attack_frequencies(table.layout(), table.policy(), black_box(&shown), Some(&counts)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, tables);
criterion_main!(benches);
