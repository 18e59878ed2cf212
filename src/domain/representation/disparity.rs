//! Race disparity ratio: White staff's step up the ladder over minority ethnic staff's.

use serde::Serialize;

use crate::domain::ethnicity::Upper;
use crate::domain::figure::{Direction, Figure, Ratio, Reason};
use crate::domain::pay_band::Tier;
use crate::domain::workforce::Workforce;

/// (White higher ÷ White lower) ÷ (minority ethnic higher ÷ minority ethnic lower). Above 1, White staff progress more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DisparityRatio {
    /// From band 5 and below to bands 6 and 7.
    pub lower_to_middle: Figure<Ratio>,
    /// From bands 6 and 7 to band 8a and above.
    pub middle_to_upper: Figure<Ratio>,
    /// From band 5 and below to band 8a and above.
    pub lower_to_upper: Figure<Ratio>,
}

/// The disparity ratios of `workforce`; medical and dental staff are not on the ladder.
pub fn disparity_ratio(workforce: &Workforce) -> DisparityRatio {
    let staff = |upper: Upper, tier: Tier| {
        workforce
            .only(|cell| cell.pay_band.and_then(|band| band.tier()) == Some(tier))
            .count(|ethnicity| ethnicity.upper() == upper)
    };
    let step = |from: Tier, to: Tier| {
        let [white_low, white_high, minority_low, minority_high] = [
            staff(Upper::White, from),
            staff(Upper::White, to),
            staff(Upper::MinorityEthnic, from),
            staff(Upper::MinorityEthnic, to),
        ]
        .map(|people| people as f64);
        if white_low == 0.0 || minority_low == 0.0 {
            return Figure::NotCalculable(Reason::EmptyGroup);
        }
        if minority_high == 0.0 {
            return Figure::NotCalculable(Reason::ZeroRate);
        }
        let value = (white_high / white_low) / (minority_high / minority_low);
        Figure::Value(Ratio::new(value, Direction::WhiteOverMinorityEthnic))
    };
    DisparityRatio {
        lower_to_middle: step(Tier::Lower, Tier::Middle),
        middle_to_upper: step(Tier::Middle, Tier::Upper),
        lower_to_upper: step(Tier::Lower, Tier::Upper),
    }
}
