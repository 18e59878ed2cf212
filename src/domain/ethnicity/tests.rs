//! The code lists agree with each other and with the standards.

use super::*;
use crate::domain::questionnaire::Language;

#[test]
fn the_lists_have_their_published_lengths() {
    assert_eq!(Scheme::ALL.map(|scheme| scheme.entries().len()), [19, 16, 5, 3]);
}

#[test]
fn every_entry_is_labelled_in_both_languages_and_has_a_code_of_its_own() {
    for scheme in Scheme::ALL {
        let entries = scheme.entries();
        let codes: std::collections::HashSet<_> = entries.iter().map(|entry| entry.code).collect();
        assert_eq!(codes.len(), entries.len());
        assert!(entries.iter().all(|entry| !entry.label_en.is_empty() && !entry.label_cy.is_empty()));
    }
}

#[test]
fn chinese_is_asian_in_2021_and_other_in_2001() {
    assert_eq!(Category::AsianChinese.to_nhs_2001(), NhsCategory::Chinese);
    assert_eq!(NhsCategory::Chinese.group(), Group::Asian);
    assert_eq!(NhsCategory::Chinese.group_2001(), Group::Other);
}

#[test]
fn categories_of_2021_without_one_of_2001_fall_to_any_other() {
    assert_eq!(Category::WhiteGypsyOrIrishTraveller.to_nhs_2001().code(), "C");
    assert_eq!(Category::WhiteRoma.to_nhs_2001().code(), "C");
    assert_eq!(Category::OtherArab.to_nhs_2001().code(), "S");
}

#[test]
fn mapping_to_2001_never_changes_the_upper_group() {
    for category in Category::ALL {
        assert_eq!(category.to_nhs_2001().group(), category.group(), "{category}");
    }
}

#[test]
fn the_second_character_of_an_nhs_code_is_local() {
    assert_eq!(Scheme::Nhs2001.read("CX"), Ok(Ethnicity::Nhs2001(NhsCategory::WhiteOther)));
    assert_eq!(Scheme::Nhs2001.read(" r "), Ok(Ethnicity::Nhs2001(NhsCategory::Chinese)));
    assert_eq!(Scheme::Nhs2001.read("Z"), Ok(Ethnicity::Unknown(Unknown::NotStated)));
    assert_eq!(Scheme::Nhs2001.read("99"), Ok(Ethnicity::Unknown(Unknown::NotKnown)));
    assert_eq!(Scheme::Nhs2001.read(""), Ok(Ethnicity::Unknown(Unknown::NotKnown)));
    for wrong in ["I", "O", "Q", "T", "ABC", "9", "white_irish"] {
        assert!(Scheme::Nhs2001.read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn wres_categories_follow_the_standard() {
    for (codes, expected) in
        [("ABC", WresCategory::White), ("DEFGHJKLMNPRS", WresCategory::Bme), ("Z", WresCategory::Unknown)]
    {
        for code in codes.chars() {
            let ethnicity = Scheme::Nhs2001.read(&code.to_string()).expect("a code");
            assert_eq!(WresCategory::from(ethnicity), expected, "{code}");
        }
    }
}

#[test]
fn a_recorded_category_survives_storing() {
    let all = Category::ALL
        .iter()
        .map(|c| Ethnicity::Gss2021(*c))
        .chain(NhsCategory::ALL.iter().map(|c| Ethnicity::Nhs2001(*c)));
    for ethnicity in all
        .chain(Group::ALL.iter().map(|g| Ethnicity::Group(*g)))
        .chain(Unknown::ALL.iter().map(|u| Ethnicity::Unknown(*u)))
    {
        assert_eq!(ethnicity.code().parse(), Ok(ethnicity));
    }
    assert!("purple".parse::<Ethnicity>().is_err());
}

#[test]
fn the_hierarchy_has_parents_first_and_a_label_for_each_node() {
    let nodes = publication_nodes();
    assert_eq!(nodes.len(), 1 + 3 + 4 + 19);
    for (index, (code, parent)) in nodes.iter().enumerate() {
        assert_eq!(parent.is_none(), index == 0);
        assert!(parent.is_none_or(|parent| nodes[..index].iter().any(|(earlier, _)| *earlier == parent)));
        assert!(index == 0 || label(code, Language::English).is_some() && label(code, Language::Welsh).is_some());
    }
}
