//! The engine: which counts may be published, so that no protected set follows from them.
//!
//! | file | what it does |
//! | --- | --- |
//! | [`modular`] | exact arithmetic |
//! | [`sparse`] | rows of few values |
//! | [`shadow`] | random sums of sets, by which they are compared |
//! | [`span`] | what follows from what is published |
//! | [`search`] | which candidates to publish, in which order, with swaps |
//! | [`family`] | a survey's groups → one pattern for all questions |
//! | [`question`] | the pattern narrowed by the answers to one question |
//! | [`batches`] | which groups are offered together |
//! | [`frequencies`] | any frequency table → which cells to publish |
//! | [`alternatives`] | other answers that fit everything published: what keeps a withheld count open |
//! | [`exchange`] | answers that change places and leave everything published as it is |
//! | [`ties`] | which atoms are in the same published groups: where to look for them |
//!
//! The rules ([`mod@super::rules`]) say what must not be seen; the engine decides what to withhold for it. The audit
//! shares nothing with it.

mod alternatives;
mod batches;
mod exchange;
mod family;
mod frequencies;
mod modular;
mod question;
mod search;
mod shadow;
mod span;
mod sparse;
mod ties;

pub(super) use family::Pattern;
pub(super) use frequencies::protect_frequencies;
pub(super) use question::{Narrowed, Narrowing};
pub(super) use search::KnownDiscloses;
