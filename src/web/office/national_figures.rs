//! Figures of the whole country for the page of the indicators: entered by hand, each with where it stands.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::confirm::{check_form_token, form_token};
use super::frame::{Section, page, render, render_with, see_other};
use super::wres::{current_year, sentence};
use crate::domain::indicator::{ALL, NationalFigure, NationalFigures, ReportingYear, national_measure};
use crate::domain::questionnaire::Language;
use crate::services::{Precondition, Services};
use crate::web::Problem;
use crate::web::access::{AtHome, ChangeWorkforce};
use crate::web::components::{ErrorLink, ErrorSummary, Page, TextField};

#[derive(Template)]
#[template(path = "web/office/national_figures.html")]
struct FiguresPage {
    page: Page,
    errors: Option<ErrorSummary>,
    year: u16,
    indicators: Vec<IndicatorFields>,
    token: String,
}

struct IndicatorFields {
    number: u8,
    name: String,
    figure: TextField,
    source: TextField,
}

/// Of which year.
#[derive(Deserialize)]
pub struct YearQuery {
    year: Option<u16>,
}

/// What is typed: `figure-1`, `source-1` and so on, and the form's token.
type Typed = HashMap<String, String>;

/// The page.
#[get("/wres/national")]
pub async fn show(
    request: HttpRequest,
    access: AtHome<ChangeWorkforce>,
    query: web::Query<YearQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let year = year(&query)?;
    let stored = services.indicators.read_national_figures(access.scope, year).await?;
    let typed = stored.iter().flat_map(|(number, national)| {
        [(format!("figure-{number}"), national.typed()), (format!("source-{number}"), national.source().to_owned())]
    });
    render(&figures_page(year, &typed.collect(), Vec::new(), form_token(&request, &services)?))
}

/// Saves the figures.
#[post("/wres/national")]
pub async fn save(
    request: HttpRequest,
    access: AtHome<ChangeWorkforce>,
    query: web::Query<YearQuery>,
    form: web::Form<Typed>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    check_form_token(&request, &services, given(&form, "token"))?;
    let year = year(&query)?;
    match read(&form) {
        Ok(figures) => {
            services.indicators.replace_national_figures(access.scope, year, figures, Precondition::none()).await?;
            Ok(see_other(&format!("/office/wres?year={year}")))
        }
        Err(errors) => {
            let page = figures_page(year, &form, errors, form_token(&request, &services)?);
            render_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn year(query: &YearQuery) -> Result<ReportingYear, Problem> {
    query.year.unwrap_or_else(current_year).try_into().map_err(|_| Problem::not_found("year"))
}

fn given<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map(|text| text.trim()).unwrap_or_default()
}

/// The figures of the form; an indicator with nothing in its fields is not known.
fn read(typed: &Typed) -> Result<NationalFigures, Vec<ErrorLink>> {
    let mut figures = NationalFigures::new();
    let mut errors = Vec::new();
    for number in ALL.iter().map(|indicator| indicator.definition().number) {
        let (figure, source) = (given(typed, &format!("figure-{number}")), given(typed, &format!("source-{number}")));
        let mut note = |field: &str, text: String| errors.push(ErrorLink { field: format!("{field}-{number}"), text });
        match NationalFigure::parse_typed(number, figure) {
            _ if figure.is_empty() && source.is_empty() => {}
            None if figure.is_empty() => {
                note("figure", format!("enter the figure of indicator {number}, or empty its source as well"));
            }
            None => {
                note("figure", format!("“{figure}” is not a number; write the figure of indicator {number} in digits"))
            }
            Some(found) => match NationalFigure::new(number, found, source) {
                Ok(national) => _ = figures.insert(number, national),
                Err(mistakes) => mistakes.iter().for_each(|mistake| note(mistake.field(), mistake.to_string())),
            },
        }
    }
    if errors.is_empty() { Ok(figures) } else { Err(errors) }
}

fn figures_page(year: ReportingYear, typed: &Typed, errors: Vec<ErrorLink>, token: String) -> FiguresPage {
    let errors: Vec<ErrorLink> =
        errors.into_iter().map(|error| ErrorLink { text: sentence(&error.text), ..error }).collect();
    let field = |name: String, label: String| TextField {
        error: errors.iter().find(|error| error.field == name).map(|error| error.text.clone()),
        value: given(typed, &name).to_owned(),
        width: name.starts_with("figure").then_some(5),
        ..TextField::new(&name, &label)
    };
    let fields = ALL.iter().map(|indicator| indicator.definition()).map(|definition| IndicatorFields {
        number: definition.number,
        name: sentence(definition.name),
        figure: field(format!("figure-{}", definition.number), format!("Figure, {}", national_measure(&definition))),
        source: field(format!("source-{}", definition.number), "Source".to_owned()),
    });
    FiguresPage {
        page: page("National figures", Some(Section::Representation))
            .below([(format!("/office/wres?year={year}"), "Workforce Race Equality Standard".to_owned())])
            .with_errors(!errors.is_empty()),
        year: year.number(),
        indicators: fields.collect(),
        errors: (!errors.is_empty()).then_some(ErrorSummary { language: Language::English, errors }),
        token,
    }
}
