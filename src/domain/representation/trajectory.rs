//! Trajectory to parity: how many appointments a year it takes.

use serde::Serialize;

use crate::domain::figure::Share;

/// What it takes to reach parity in time, at a constant size of the workforce.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trajectory {
    /// Appointments from the group, each year.
    pub appointments_per_year: f64,
    /// All appointments each year, which replace those who leave.
    pub all_appointments_per_year: f64,
    /// The group's share of the appointments that this takes; above 1, parity cannot be reached in time.
    pub share_of_appointments: f64,
}

/// The assumptions do not allow a trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrajectoryError {
    /// Turnover must lie between 0 and 1.
    #[error("turnover is the share of staff who leave in a year: above 0, at most 1")]
    Turnover,
    /// At least one year.
    #[error("parity needs at least one year")]
    Years,
    /// More of the group than staff, or no staff.
    #[error("a trajectory needs staff whose ethnicity is known")]
    Staff,
    /// Nobody to be like.
    #[error("the population has no minority ethnic people to reach parity with")]
    Population,
}

/// Appointments from a group of `members` among `people` staff that bring its share to `target` after `years`, when a
/// share `turnover` of everybody leaves each year and is replaced.
///
/// The group shrinks to `members × (1 − turnover)^years`, and each year's appointments shrink in the same way after it.
///
/// # Errors
/// [`TrajectoryError`].
pub fn trajectory(
    members: u64,
    people: u64,
    target: Share,
    turnover: f64,
    years: u32,
) -> Result<Trajectory, TrajectoryError> {
    if !(turnover > 0.0 && turnover <= 1.0) {
        return Err(TrajectoryError::Turnover);
    }
    if years == 0 {
        return Err(TrajectoryError::Years);
    }
    if people == 0 || members > people {
        return Err(TrajectoryError::Staff);
    }
    let staying = (1.0 - turnover).powf(f64::from(years));
    let wanted = target.as_f64() * people as f64;
    let appointments_per_year = ((wanted - members as f64 * staying) * turnover / (1.0 - staying)).max(0.0);
    let all_appointments_per_year = turnover * people as f64;
    Ok(Trajectory {
        appointments_per_year,
        all_appointments_per_year,
        share_of_appointments: appointments_per_year / all_appointments_per_year,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_appointments_lead_to_parity() {
        let target = Share::new(0.3).expect("a share");
        let plan = trajectory(200, 1000, target, 0.1, 5).expect("possible");
        let mut members = 200.0;
        for _ in 0..5 {
            members = members * 0.9 + plan.appointments_per_year;
        }
        assert!((members - 300.0).abs() < 1e-9, "{members}");
        assert!((plan.share_of_appointments - plan.appointments_per_year / 100.0).abs() < 1e-12);
    }

    #[test]
    fn impossible_assumptions_are_refused() {
        let target = Share::new(0.3).expect("a share");
        assert_eq!(trajectory(1, 10, target, 0.0, 5), Err(TrajectoryError::Turnover));
        assert_eq!(trajectory(1, 10, target, f64::NAN, 5), Err(TrajectoryError::Turnover));
        assert_eq!(trajectory(1, 10, target, 0.1, 0), Err(TrajectoryError::Years));
        assert_eq!(trajectory(1, 0, target, 0.1, 1), Err(TrajectoryError::Staff));
    }
}
