//! Letters for staff without work e-mail, and answers that came on paper.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, see_other};
use crate::domain::survey::Survey;
use crate::services::letters::{Letters, MOST_LETTERS};
use crate::services::{AppError, Services};
use crate::web::Problem;
use crate::web::access::{Managed, RunSurvey};
use crate::web::components::{Page, qr_code};

#[derive(Template)]
#[template(path = "web/office/letters.html")]
struct LettersPage {
    page: Page,
    survey: Survey,
    units: Vec<(String, String)>,
    most: usize,
    token: String,
}

#[derive(Template)]
#[template(path = "web/office/letters_print.html")]
struct PrintPage {
    page: Page,
    letters: Letters,
    /// Code and picture of each.
    sheets: Vec<(String, String)>,
}

/// Which letters.
#[derive(Deserialize)]
pub struct LettersForm {
    token: String,
    unit: String,
    count: usize,
}

/// Whose answers on paper.
#[derive(Deserialize)]
pub struct PaperForm {
    token: String,
    unit: String,
}

/// Asks for which unit and how many.
#[get("/surveys/{id}/letters")]
pub async fn show(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let survey = services.surveys.read(access.scope.clone(), access.id.clone()).await?;
    let content = services.surveys.content(access.scope, access.id).await?;
    render(&LettersPage {
        page: page("Letters and paper", Some(Section::Surveys)),
        units: content.units.units().iter().map(|unit| (unit.code.clone(), unit.name.clone())).collect(),
        survey,
        most: MOST_LETTERS,
        token: form_token(&request, &services)?,
    })
}

/// Makes the letters and shows them, once: nobody can show these codes again.
#[post("/surveys/{id}/letters")]
pub async fn make(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<LettersForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let form = form.into_inner();
    let letters = services.invitations.letters(access.scope, access.id, form.unit, form.count).await?;
    let sheets = letters
        .letters
        .iter()
        .map(|letter| {
            let picture = qr_code(&letter.link, "QR code of the personal link / Cod QR y ddolen bersonol")
                .ok_or_else(|| AppError::Internal("server.public_url is too long for a QR code".to_owned()))?;
            Ok((letter.code.reveal(), picture))
        })
        .collect::<Result<_, AppError>>()?;
    render(&PrintPage { page: page("Letters to print", Some(Section::Surveys)), letters, sheets })
}

/// Opens a form for answers on paper. The page that follows is the form that everybody uses.
#[post("/surveys/{id}/paper")]
pub async fn enter_paper(
    request: HttpRequest,
    access: Managed<RunSurvey>,
    form: web::Form<PaperForm>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, &form.token)?;
    let token = services.invitations.paper_form(access.scope, access.id, form.into_inner().unit).await?;
    Ok(see_other(&format!("/s/{}", token.reveal())))
}
