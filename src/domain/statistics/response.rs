//! Are those who answered like those who were asked?

use super::Tally;

/// R-indicator: 1 − 2 × the standard deviation of response rates over the groups' people. 1 when every group answers
/// alike. `None` for fewer than two people. Source: Schouten, Cobben and Bethlehem (2009), with groups as the model.
pub fn r_indicator(groups: &[Tally]) -> Option<f64> {
    let people: u64 = groups.iter().map(|group| group.people()).sum();
    if people < 2 {
        return None;
    }
    let answered: u64 = groups.iter().map(|group| group.events()).sum();
    let overall = answered as f64 / people as f64;
    let squares: f64 =
        groups.iter().filter_map(|group| Some(group.people() as f64 * (group.rate()? - overall).powi(2))).sum();
    Some(1.0 - 2.0 * (squares / (people - 1) as f64).sqrt())
}

/// Unconditional partial R-indicator of one group among `all`: √(share of people) × (its rate − the rate of all). `None`
/// without people. Source: Schouten, Shlomo and Skinner (2011).
pub fn partial_r_indicator(group: Tally, all: Tally) -> Option<f64> {
    let overall = all.rate()?;
    let share = group.people() as f64 / all.people() as f64;
    Some(share.sqrt() * (group.rate()? - overall))
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    fn groups(counts: &[(u64, u64)]) -> Vec<Tally> {
        counts.iter().map(|(answered, asked)| Tally::new(*answered, *asked).expect("a tally")).collect()
    }

    #[test]
    fn agrees_with_numpy() {
        let rates = groups(&[(300, 500), (120, 300), (60, 200)]);
        assert_close(r_indicator(&rates).expect("defined"), 0.7500750863509953, 1e-12);
    }

    #[test]
    fn equal_rates_are_fully_representative() {
        assert_eq!(r_indicator(&groups(&[(50, 100), (5, 10)])), Some(1.0));
        assert_eq!(r_indicator(&[]), None);
    }
}
