//! Figures as the API writes them: a number, or why there is none.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::figure::{Figure, Reason};

/// A number; or `{"withheld": true}`; or `{"not_calculable": "zero_rate"}`. Neither ending means zero.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum FigureView {
    /// The number.
    Value(f64),
    /// It is protected.
    Withheld {
        /// Always true.
        withheld: bool,
    },
    /// There is none.
    NotCalculable {
        /// Why.
        #[schema(value_type = String)]
        not_calculable: Reason,
    },
}

impl From<Figure<f64>> for FigureView {
    fn from(figure: Figure<f64>) -> Self {
        match figure {
            Figure::Value(value) => Self::Value(value),
            Figure::Withheld => Self::Withheld { withheld: true },
            Figure::NotCalculable(reason) => Self::NotCalculable { not_calculable: reason },
        }
    }
}

impl From<Figure<u64>> for FigureView {
    fn from(figure: Figure<u64>) -> Self {
        figure.map(|count| count as f64).into()
    }
}
