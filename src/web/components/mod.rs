//! Components of the NHS design system as templates, and the frame that every page stands in.
//!
//! A component is a struct with public fields that renders itself: put it into a template as `{{ component }}`. What
//! needs no data of its own (buttons, inset text, the back link, panels, tags) are macros of `macros.html`:
//! `{% import "web/components/macros.html" as nhs %}` and `{% call nhs::button("Continue") %}{% endcall %}`.
//! The markup follows nhsuk-frontend 10; nothing needs a script. What belongs to one page only stays with that page.

mod bar_chart;
mod choices;
mod error_summary;
mod page;
mod qr_code;
mod summary_list;
mod table;
mod text_field;

pub use bar_chart::{Axis, Bar, BarChart};
pub use choices::{ChoiceField, ChoiceItem};
pub use error_summary::{ErrorLink, ErrorSummary};
pub use page::{Page, PageLink, SwitchForm};
pub use qr_code::qr_code;
pub use summary_list::{SummaryList, SummaryRow};
pub use table::Table;
pub use text_field::{TextArea, TextField};
