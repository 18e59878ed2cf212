//! Forms that were opened lately: what stands behind a link, for as long as a respondent turns a few pages.
//!
//! Showing a page needs no more than this, and asking the database each time would cost more than the page itself. Only
//! showing: a submit asks the database, always. Another replica may show pages for up to [`LIFE`] after the link was
//! used or the survey was closed here; it then says so on submit. What is kept is what the database holds anyway, the
//! hash of a token, never the token or an answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::respondents::OpenForm;
use crate::security::HashedToken;

/// How long a form is remembered.
const LIFE: Duration = Duration::from_secs(20);
/// Forms remembered at once; each is a few hundred bytes, what they ask is shared.
const MOST: usize = 20_000;

/// When each form was looked up, by the hash of its token.
type Forms = HashMap<String, (Instant, Arc<OpenForm>)>;

/// Forms that were opened lately; cheap to clone, and the same for all who hold one.
#[derive(Clone, Default)]
pub(super) struct OpenForms(Arc<Mutex<Forms>>);

impl OpenForms {
    /// The form behind a token, when it was seen lately.
    pub(super) fn find(&self, token: &HashedToken, now: Instant) -> Option<Arc<OpenForm>> {
        let forms = self.lock();
        let (seen, form) = forms.get(token.as_str())?;
        (now.duration_since(*seen) < LIFE).then(|| Arc::clone(form))
    }

    /// Remembers a form.
    pub(super) fn remember(&self, token: &HashedToken, form: &Arc<OpenForm>, now: Instant) {
        let mut forms = self.lock();
        if forms.len() >= MOST {
            forms.retain(|_, (seen, _)| now.duration_since(*seen) < LIFE);
        }
        if forms.len() < MOST {
            forms.insert(token.as_str().to_owned(), (now, Arc::clone(form)));
        }
    }

    /// The link has been used.
    pub(super) fn forget(&self, token: &HashedToken) {
        self.lock().remove(token.as_str());
    }

    /// A survey has changed.
    pub(super) fn forget_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Forms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identifier::SurveyId;
    use crate::domain::questionnaire::Questionnaire;
    use crate::domain::survey::{Survey, SurveyState, Title};
    use crate::security::PlaintextToken;

    fn form() -> Arc<OpenForm> {
        Arc::new(OpenForm {
            survey: Survey {
                id: SurveyId::from_random([1; 16]),
                organisation: "RXX".parse().expect("a code"),
                title: Title::try_from("Race equality".to_owned()).expect("a title"),
                state: SurveyState::Open,
                closes_on: None,
                minimum_count: None,
            },
            organisation: "Trust".to_owned(),
            questionnaire: Arc::new(Questionnaire::built_in().clone()),
        })
    }

    #[test]
    fn a_form_is_known_until_its_time_is_over_it_is_used_or_a_survey_changes() {
        let (forms, now, form) = (OpenForms::default(), Instant::now(), form());
        let [one, other] = [(); 2].map(|()| PlaintextToken::random().hash());
        forms.remember(&one, &form, now);
        forms.remember(&other, &form, now);
        assert!(forms.find(&one, now).is_some() && forms.find(&PlaintextToken::random().hash(), now).is_none());
        assert!(forms.find(&one, now + LIFE).is_none(), "its time is over");
        forms.forget(&one);
        assert!(forms.find(&one, now).is_none() && forms.find(&other, now).is_some());
        forms.forget_all();
        assert!(forms.find(&other, now).is_none());
    }

    #[test]
    fn no_more_are_kept_than_memory_is_meant_for() {
        let (forms, now, form) = (OpenForms::default(), Instant::now(), form());
        for _ in 0..MOST + 10 {
            forms.remember(&PlaintextToken::random().hash(), &form, now);
        }
        assert_eq!(forms.lock().len(), MOST);
        let late = PlaintextToken::random().hash();
        forms.remember(&late, &form, now + LIFE);
        assert!(forms.find(&late, now + LIFE).is_some());
        assert_eq!(forms.lock().len(), 1, "those that are over make room");
    }
}
