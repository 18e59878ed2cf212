//! A visit: an open survey behind a live link, with the language and the answers so far. The extractor of every page.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::draft::{self, TooLong};
use super::ending::{Ending, Reason};
use super::journey::Journey;
use super::links::Links;
use crate::config::Config;
use crate::domain::questionnaire::{Language, Questionnaire};
use crate::domain::response::RawAnswers;
use crate::security::{PlaintextToken, Purpose, Sealer};
use crate::services::respondents::{FormOutcome, OpenForm};
use crate::services::{self, AppError, Services};
use crate::web::same_site::came_from_elsewhere;

/// Somebody with a live link looks at a page of an open survey.
pub(super) struct Visit {
    pub(super) token: PlaintextToken,
    pub(super) form: Arc<OpenForm>,
    pub(super) language: Language,
    pub(super) links: Links,
    /// Answers so far, from the respondent's browser; an empty list was skipped.
    pub(super) answers: RawAnswers,
    /// Whether the respondent came from “check your answers”.
    pub(super) from_check: bool,
    request: HttpRequest,
    sealer: Sealer,
    https: bool,
}

impl Visit {
    pub(super) fn questionnaire(&self) -> &Questionnaire {
        &self.form.questionnaire
    }

    pub(super) fn journey(&self) -> Journey<'_> {
        Journey::new(self.questionnaire(), &self.answers)
    }

    /// Cookies that hold the answers so far.
    pub(super) fn draft(&self) -> Result<Vec<Cookie<'static>>, TooLong> {
        let packed = draft::pack(self.questionnaire(), &self.answers, services::now() + draft::LIFE);
        let sealed = self.sealer.seal(Purpose::FormState, self.token.reveal().as_bytes(), &packed);
        draft::cookies(&sealed, self.links.cookie_path(), self.https)
    }

    /// Cookies that leave no answers behind.
    pub(super) fn no_draft(&self) -> Vec<Cookie<'static>> {
        draft::no_cookies(self.links.cookie_path(), self.https)
    }

    /// This visit ends here.
    pub(super) fn ending(&self, reason: Reason) -> Ending {
        Ending::new(&self.request, reason)
    }

    /// This visit ends with a failure of ours.
    pub(super) fn failure(&self, error: AppError) -> Ending {
        self.ending(Reason::of_failure(error))
    }
}

impl FromRequest for Visit {
    type Error = Ending;
    type Future = LocalBoxFuture<'static, Result<Self, Ending>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { visit(&request).await })
    }
}

async fn visit(request: &HttpRequest) -> Result<Visit, Ending> {
    let query = query(request);
    let language = language(request);
    let ending = |reason| Ending::new(request, reason);
    if !request.method().is_safe() && came_from_elsewhere(request) {
        return Err(ending(Reason::CameFromElsewhere));
    }
    let services = request.app_data::<web::Data<Services>>().ok_or_else(|| ending(Reason::Failure))?;
    let token: PlaintextToken = request.match_info().query("token").parse().map_err(|_| ending(Reason::UnknownLink))?;
    let form = match services.respondents.form(token.clone()).await {
        Ok(FormOutcome::Open(form)) => form,
        Ok(FormOutcome::AlreadyAnswered) => return Err(ending(Reason::AlreadyAnswered)),
        Ok(FormOutcome::Closed) => return Err(ending(Reason::Closed)),
        Ok(FormOutcome::UnknownLink) => return Err(ending(Reason::UnknownLink)),
        Err(error) => return Err(Ending::of_failure(request, error)),
    };
    let https = is_https(request);
    let sealed = draft::from_cookies(https, |name| request.cookie(name).map(|cookie| cookie.value().to_owned()));
    let packed = services.sealer.open(Purpose::FormState, token.reveal().as_bytes(), &sealed);
    let answers = packed.and_then(|packed| draft::unpack(&form.questionnaire, &packed, services::now()));
    Ok(Visit {
        links: Links::new(&token, language),
        token,
        form,
        language,
        answers: answers.unwrap_or_default(),
        from_check: came_from_check(&query),
        sealer: services.sealer.clone(),
        request: request.clone(),
        https,
    })
}

/// Whether browsers reach us over HTTPS.
pub(super) fn is_https(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<Config>>().is_some_and(|config| config.server.is_https())
}

/// Address of the same page in the other language. What was sent with a form has no address: there it is the page that
/// one starts from.
pub(super) fn switch(request: &HttpRequest) -> String {
    let path = match (request.method().is_safe(), request.match_info().get("token")) {
        (true, _) => request.path().to_owned(),
        (false, Some(token)) => format!("/s/{token}"),
        (false, None) => format!("/{}", request.path().trim_start_matches('/').split('/').next().unwrap_or_default()),
    };
    let other = language(request).other();
    let language = (other != Language::English).then(|| format!("lang={other}"));
    let back = came_from_check(&query(request)).then(|| "from=check".to_owned());
    let query: Vec<String> = language.into_iter().chain(back).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

fn came_from_check(query: &HashMap<String, String>) -> bool {
    query.get("from").is_some_and(|from| from == "check")
}

/// The language that the address asks for; English when it asks for none that we have.
pub(in crate::web) fn language(request: &HttpRequest) -> Language {
    query(request).get("lang").and_then(|language| language.parse().ok()).unwrap_or_default()
}

fn query(request: &HttpRequest) -> HashMap<String, String> {
    if request.query_string().is_empty() {
        return HashMap::new();
    }
    web::Query::from_query(request.query_string()).map(web::Query::into_inner).unwrap_or_default()
}
