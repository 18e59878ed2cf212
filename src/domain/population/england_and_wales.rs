//! The built-in population: England and Wales, Census 2021.

use super::{Base, Population};
use crate::domain::ethnicity::{Category, Ethnicity};

/// Usual residents by ethnic group, table TS021 summed over local authorities. Source: Office for National Statistics,
/// Open Government Licence v3. Cells are perturbed by ONS, so that sums differ by tens from other tables.
const RESIDENTS: [(Category, u32); 19] = [
    (Category::WhiteBritish, 44_355_044),
    (Category::WhiteIrish, 507_473),
    (Category::WhiteGypsyOrIrishTraveller, 67_757),
    (Category::WhiteRoma, 100_964),
    (Category::WhiteOther, 3_667_993),
    (Category::MixedWhiteAndBlackCaribbean, 513_040),
    (Category::MixedWhiteAndBlackAfrican, 249_593),
    (Category::MixedWhiteAndAsian, 488_228),
    (Category::MixedOther, 467_116),
    (Category::AsianIndian, 1_864_304),
    (Category::AsianPakistani, 1_587_822),
    (Category::AsianBangladeshi, 644_900),
    (Category::AsianChinese, 445_646),
    (Category::AsianOther, 972_783),
    (Category::BlackAfrican, 1_488_387),
    (Category::BlackCaribbean, 623_115),
    (Category::BlackOther, 297_781),
    (Category::OtherArab, 331_856),
    (Category::OtherAny, 923_776),
];

impl Population {
    /// Everybody in England and Wales on Census Day 2021: the default when nothing local is given.
    pub fn england_and_wales() -> Self {
        Self {
            name: "England and Wales".to_owned(),
            version: "Census 2021, TS021".to_owned(),
            date: "2021-03-21".to_owned(),
            base: Base::Residents { areas: Vec::new() },
            people: RESIDENTS.map(|(category, people)| (Ethnicity::Gss2021(category), f64::from(people))).into(),
            deprivation: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ethnicity::{Group, Upper};

    #[test]
    fn the_groups_have_their_published_sizes() {
        let population = Population::england_and_wales();
        assert_eq!(population.total(), 59_597_578.0);
        let published = [
            (Group::Asian, 5_515_455.0),
            (Group::Black, 2_409_283.0),
            (Group::Mixed, 1_717_977.0),
            (Group::White, 48_699_231.0),
            (Group::Other, 1_255_632.0),
        ];
        for (group, people) in published {
            let found = population.group_share(group).value().expect("a share").as_f64() * population.total();
            assert!((found - people).abs() < 1e-6, "{group}: {found} against {people}");
        }
    }

    #[test]
    fn white_and_minority_ethnic_make_everybody() {
        let population = Population::england_and_wales();
        let share = |upper| population.upper_share(upper).value().expect("a share").as_f64();
        assert!((share(Upper::White) + share(Upper::MinorityEthnic) - 1.0).abs() < 1e-12);
    }
}
