//! Where a visit ends without a question: links that are used, closed or unknown, and failures, as pages that say what
//! happened and what to do.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};

use super::pages::{EndingPage, render};
use super::visit;
use crate::domain::questionnaire::Language;
use crate::services::AppError;
use crate::web::Problem;
use crate::web::components::Page;

/// Why a visit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    AlreadyAnswered,
    Closed,
    UnknownLink,
    UnknownQuestion,
    NoList,
    CameFromElsewhere,
    Unreadable,
    Busy,
    Failure,
}

/// The page on which a visit ends.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) reason: Reason,
    pub(super) language: Language,
    /// Where the same is said in the other language.
    pub(super) switch: Option<String>,
}

impl Reason {
    /// A failure of ours, logged where all are.
    pub(super) fn of_failure(error: AppError) -> Self {
        let status = Problem::from(error).status();
        if status == StatusCode::SERVICE_UNAVAILABLE { Self::Busy } else { Self::Failure }
    }
}

impl Ending {
    /// The end of what `request` asked for, in its language.
    pub(super) fn new(request: &HttpRequest, reason: Reason) -> Self {
        Self { reason, language: visit::language(request), switch: Some(visit::switch(request)) }
    }

    /// A failure of ours.
    pub(super) fn of_failure(request: &HttpRequest, error: AppError) -> Self {
        Self::new(request, Reason::of_failure(error))
    }

    /// Title, and what to do.
    fn words(&self) -> (&'static str, &'static str) {
        match (self.language, self.reason) {
            (Language::English, reason) => match reason {
                Reason::AlreadyAnswered => (
                    "This link has been used",
                    "Each person can answer once, so there is nothing more to do. Thank you for taking part.",
                ),
                Reason::Closed => (
                    "This survey is not open",
                    "It does not take answers now: it has closed, or has not opened yet. There is nothing more to do.",
                ),
                Reason::UnknownLink => (
                    "This link does not work",
                    "Check that you have the whole address from your invitation. Links stop working some time after a survey has closed.",
                ),
                Reason::UnknownQuestion => {
                    ("There is no such question", "Go back to the survey and continue from there.")
                }
                Reason::NoList => (
                    "There is no such list",
                    "Receipts are listed when a survey has closed, until its answers are deleted.",
                ),
                Reason::CameFromElsewhere => (
                    "This was not sent from our page",
                    "Nothing was changed. Open the link in your invitation and continue from there.",
                ),
                Reason::Unreadable => (
                    "What was sent could not be read",
                    "Nothing was changed. Go back and try again; if you wrote a long comment, shorten it.",
                ),
                Reason::Busy => (
                    "We are busy just now",
                    "Your answers are still in this browser. Go back and try again in a few seconds.",
                ),
                Reason::Failure => (
                    "Something went wrong on our side",
                    "Your answers are still in this browser. Go back and try again.",
                ),
            },
            (Language::Welsh, reason) => match reason {
                Reason::AlreadyAnswered => (
                    "Mae’r ddolen hon wedi’i defnyddio",
                    "Gall pob person ateb unwaith, felly nid oes dim mwy i’w wneud. Diolch am gymryd rhan.",
                ),
                Reason::Closed => (
                    "Nid yw’r arolwg hwn ar agor",
                    "Nid yw’n derbyn atebion nawr: mae wedi cau, neu nid yw wedi agor eto. Nid oes dim mwy i’w wneud.",
                ),
                Reason::UnknownLink => (
                    "Nid yw’r ddolen hon yn gweithio",
                    "Gwiriwch fod gennych y cyfeiriad cyfan o’ch gwahoddiad. Mae dolenni’n peidio â gweithio beth amser ar ôl i arolwg gau.",
                ),
                Reason::UnknownQuestion => {
                    ("Nid oes cwestiwn o’r fath", "Ewch yn ôl i’r arolwg a pharhau o’r fan honno.")
                }
                Reason::NoList => (
                    "Nid oes rhestr o’r fath",
                    "Caiff derbynebau eu rhestru pan fydd arolwg wedi cau, hyd nes i’r atebion gael eu dileu.",
                ),
                Reason::CameFromElsewhere => (
                    "Ni chafodd hwn ei anfon o’n tudalen ni",
                    "Ni newidiwyd dim. Agorwch y ddolen yn eich gwahoddiad a pharhau o’r fan honno.",
                ),
                Reason::Unreadable => (
                    "Ni ellid darllen yr hyn a anfonwyd",
                    "Ni newidiwyd dim. Ewch yn ôl a rhoi cynnig arall arni; os ysgrifennoch sylw hir, cwtogwch ef.",
                ),
                Reason::Busy => (
                    "Rydym yn brysur ar hyn o bryd",
                    "Mae eich atebion yn dal yn y porwr hwn. Ewch yn ôl a rhoi cynnig arall arni ymhen ychydig eiliadau.",
                ),
                Reason::Failure => (
                    "Aeth rhywbeth o’i le ar ein hochr ni",
                    "Mae eich atebion yn dal yn y porwr hwn. Ewch yn ôl a rhoi cynnig arall arni.",
                ),
            },
        }
    }
}

/// Any address below `/s` that is none of the form's.
pub(super) async fn unknown_link(request: HttpRequest) -> Ending {
    Ending::new(&request, Reason::UnknownLink)
}

impl Responder for Ending {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words().0)
    }
}

impl ResponseError for Ending {
    fn status_code(&self) -> StatusCode {
        match self.reason {
            Reason::AlreadyAnswered => StatusCode::CONFLICT,
            Reason::Closed => StatusCode::GONE,
            Reason::UnknownLink | Reason::UnknownQuestion | Reason::NoList => StatusCode::NOT_FOUND,
            Reason::CameFromElsewhere => StatusCode::FORBIDDEN,
            Reason::Unreadable => StatusCode::BAD_REQUEST,
            Reason::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Reason::Failure => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let (title, text) = self.words();
        let service = super::words::of(self.language).service;
        let page = Page { switch: self.switch.clone(), ..Page::new(self.language, service, title) };
        let page = EndingPage { page, text };
        let mut response = render(self.status_code(), &page);
        if self.reason == Reason::Busy {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
        }
        response
    }
}
