//! Invitations: whom, and which coarse class an invitation may carry.
//!
//! An invitation never meets a response: see `docs/anonymity.md`, part 2. The coarse class is all that it may hand
//! over, and only where enough people share it.

use std::collections::HashMap;
use std::fmt;

use super::organisation::UnitTree;
use super::questionnaire::Language;

/// An e-mail address, checked so far that it can be written into a message header.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

/// The text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address; it should look like name@example.nhs.uk")]
pub struct MalformedEmailAddress;

impl EmailAddress {
    /// Reads an address; the domain is lower-cased, so that one person is not invited twice.
    pub fn parse(text: &str) -> Result<Self, MalformedEmailAddress> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(MalformedEmailAddress)?;
        let plain = |part: &str| part.chars().all(|c| c.is_ascii_graphic() && !"()<>[]:;,\\\"@".contains(c));
        let domain_ok = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
        let local_ok = (1..=64).contains(&local.len())
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        if text.len() <= 254 && local_ok && domain_ok && plain(local) && plain(domain) {
            Ok(Self(format!("{}@{}", local, domain.to_ascii_lowercase())))
        } else {
            Err(MalformedEmailAddress)
        }
    }

    /// The address; for the envelope of a message and for sealing, nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(an e-mail address)")
    }
}

/// One person to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Where the link goes.
    pub email: EmailAddress,
    /// Code of the unit that the person works in.
    pub unit: String,
    /// Language of the e-mail.
    pub language: Language,
}

/// A coarse class: a unit code, or `None` for the whole organisation.
pub type CoarseClass = Option<String>;

/// For each unit that people are invited in, the coarse class that their invitations carry.
///
/// `invited` counts people by unit; `None` counts those who can only be placed in the organisation. Every class is
/// shared by at least `minimum` invited people, or is the whole organisation: a class of few would let the author of a
/// stored answer be guessed. Where a unit is too small its people are widened to the unit above; where that leaves few
/// above, the smallest classes below join them. Units that the tree does not know are widened to the organisation.
pub fn coarse_classes(
    tree: &UnitTree,
    invited: &HashMap<CoarseClass, usize>,
    minimum: usize,
) -> HashMap<CoarseClass, CoarseClass> {
    let known = |unit: &CoarseClass| unit.as_deref().and_then(|code| tree.find(code)).map(|unit| unit.code.clone());
    let mut widening =
        Widening { tree, invited, minimum, class_of: invited.keys().map(|unit| (unit.clone(), known(unit))).collect() };
    // Children stand after their parents: backwards, every unit is settled before the one above it.
    for unit in tree.units().iter().rev() {
        widening.settle(Some(&unit.code), unit.parent.as_deref());
    }
    widening.settle(None, None);
    widening.class_of
}

struct Widening<'a> {
    tree: &'a UnitTree,
    invited: &'a HashMap<CoarseClass, usize>,
    minimum: usize,
    class_of: HashMap<CoarseClass, CoarseClass>,
}

impl Widening<'_> {
    /// Brings the class `here` to `minimum` people or to none.
    fn settle(&mut self, here: Option<&str>, above: Option<&str>) {
        loop {
            let sizes = self.sizes();
            let size = sizes.get(&here).copied().unwrap_or(0);
            if size == 0 || size >= self.minimum {
                return;
            }
            let below = |class: &str| here.is_none_or(|here| class != here && self.tree.is_within(class, here));
            let smallest = sizes
                .iter()
                .filter_map(|(class, size)| class.filter(|class| below(class)).map(|class| (*size, class.to_owned())))
                .min();
            match (smallest, here) {
                (Some((_, class)), _) => self.merge(Some(&class), here),
                (None, Some(_)) => self.merge(here, above),
                (None, None) => return,
            }
        }
    }

    fn sizes(&self) -> HashMap<Option<&str>, usize> {
        let mut sizes = HashMap::new();
        for (unit, class) in &self.class_of {
            *sizes.entry(class.as_deref()).or_default() += self.invited.get(unit).copied().unwrap_or(0);
        }
        sizes
    }

    fn merge(&mut self, from: Option<&str>, to: Option<&str>) {
        let from = from.map(str::to_owned);
        for class in self.class_of.values_mut().filter(|class| **class == from) {
            *class = to.map(str::to_owned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::organisation::Unit;
    use proptest::prelude::*;

    #[test]
    fn addresses_cannot_smuggle_headers() {
        for bad in
            ["a@b", "a b@c.uk", "a@c.uk\r\nBcc: d@e.uk", "<a@c.uk>", "@c.uk", "a@.uk", "a..b@c.uk", "a@c.uk,b@c.uk"]
        {
            assert_eq!(EmailAddress::parse(bad), Err(MalformedEmailAddress), "{bad}");
        }
        assert_eq!(
            EmailAddress::parse(" Mo.O'Neill+x@Trust.NHS.uk ").map(|a| a.reveal().to_owned()),
            Ok("Mo.O'Neill+x@trust.nhs.uk".to_owned())
        );
        assert!(!format!("{:?}", EmailAddress::parse("a@c.uk")).contains("a@c.uk"));
    }

    fn tree() -> UnitTree {
        let unit = |code: &str, parent: Option<&str>| Unit {
            code: code.into(),
            name: code.into(),
            parent: parent.map(Into::into),
        };
        UnitTree::new(vec![
            unit("D1", None),
            unit("D2", None),
            unit("T1", Some("D1")),
            unit("T2", Some("D1")),
            unit("T3", Some("D2")),
            unit("T4", Some("D2")),
        ])
        .expect("a tree")
    }

    fn classes(sizes: &[(&str, usize)], minimum: usize) -> HashMap<CoarseClass, CoarseClass> {
        let invited =
            sizes.iter().filter(|(_, size)| *size > 0).map(|(unit, size)| (Some((*unit).to_owned()), *size)).collect();
        coarse_classes(&tree(), &invited, minimum)
    }

    fn class(unit: &str) -> CoarseClass {
        Some(unit.to_owned())
    }

    #[test]
    fn a_small_unit_is_widened_and_takes_a_sibling_with_it() {
        let classes = classes(&[("T1", 40), ("T2", 5), ("T3", 30), ("T4", 31)], 30);
        assert_eq!(classes[&class("T2")], class("D1"));
        assert_eq!(classes[&class("T1")], class("D1"), "five people alone in “D1 but not T1” would be a small class");
        assert_eq!(classes[&class("T3")], class("T3"));
    }

    #[test]
    fn a_latecomer_known_only_by_organisation_is_not_left_alone() {
        let invited = HashMap::from([(class("T1"), 40), (class("T3"), 50), (None, 1)]);
        let classes = coarse_classes(&tree(), &invited, 30);
        assert_eq!(classes[&class("T1")], None);
        assert_eq!(classes[&class("T3")], class("T3"));
    }

    proptest! {
        #[test]
        fn every_class_is_large_or_the_whole_organisation(sizes in prop::collection::vec(0usize..60, 6)) {
            let units = ["D1", "D2", "T1", "T2", "T3", "T4"];
            let sizes: Vec<(&str, usize)> = units.into_iter().zip(sizes).collect();
            let classes = classes(&sizes, 30);
            let mut counts: HashMap<CoarseClass, usize> = HashMap::new();
            for (unit, size) in sizes.iter().filter(|(_, size)| *size > 0) {
                let class = &classes[&class(unit)];
                *counts.entry(class.clone()).or_default() += size;
                if let Some(class) = class { prop_assert!(tree().is_within(unit, class)); }
            }
            let everybody: usize = sizes.iter().map(|(_, size)| size).sum();
            for (class, size) in counts {
                prop_assert!(size >= 30 || (class.is_none() && size == everybody), "{class:?} has {size} of {everybody}");
            }
        }
    }
}
