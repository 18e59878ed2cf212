//! Files that an organisation brings: its workforce, its units. Each is looked at before it is kept.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use time::Date;
use time::format_description::well_known::Iso8601;

use super::confirm::form_token;
use super::figures::count;
use super::frame::{Section, page, render, render_with, see_other};
use super::upload::Upload;
use crate::domain::account::{Action, TenantScope};
use crate::domain::column_mapping::FileFormat;
use crate::domain::ethnicity::Upper;
use crate::domain::organisation::UnitTree;
use crate::domain::questionnaire::Language;
use crate::domain::workforce::Workforce;
use crate::import;
use crate::services::{AppError, Precondition, Services};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadPopulation};
use crate::web::components::{ErrorSummary, Page, TextField};

/// Problems of a file that are spelt out on the page.
const MOST_PROBLEMS: usize = 20;

/// Where a file is chosen.
#[derive(Template)]
#[template(path = "web/office/import.html")]
struct FilePage {
    page: Page,
    kind: Kind,
    errors: Option<ErrorSummary>,
    problems: Vec<String>,
    date: Option<TextField>,
    token: String,
}

/// What is in the file, before it is kept.
#[derive(Template)]
#[template(path = "web/office/import_check.html")]
struct CheckPage {
    page: Page,
    kind: Kind,
    facts: Vec<(&'static str, String)>,
    date: String,
    content: String,
    token: String,
}

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Workforce,
    Units,
}

impl Kind {
    fn path(self) -> &'static str {
        match self {
            Self::Workforce => "workforce",
            Self::Units => "units",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Workforce => "Upload the workforce",
            Self::Units => "Upload the units",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Workforce => {
                "CSV or Excel (XLSX), counts and no people: organisation, pay_band, staff_group, ethnic_category and \
                 headcount; unit, contract, sex and deprivation_decile if you have them."
            }
            Self::Units => {
                "CSV or Excel (XLSX): code, name and parent; the parent is empty directly below the organisation."
            }
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Workforce => "A snapshot of the same day is replaced. What was published stays as it was published.",
            Self::Units => {
                "The whole list of units is replaced. Surveys that were made keep the units that they were made with."
            }
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Workforce => Action::ChangeWorkforce,
            Self::Units => Action::ChangeOrganisation,
        }
    }

    fn section(self) -> Section {
        match self {
            Self::Workforce => Section::Representation,
            Self::Units => Section::Account,
        }
    }

    fn after(self) -> &'static str {
        match self {
            Self::Workforce => "/office/representation",
            Self::Units => "/office/account",
        }
    }
}

/// The page of the workforce.
#[get("/workforce")]
pub async fn show_workforce(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    show(&request, &access, &services, Kind::Workforce)
}

/// Looks at a workforce snapshot.
#[post("/workforce/check")]
pub async fn check_workforce(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let scope = scope(&access, Kind::Workforce)?;
    let form = Upload::read(form, &request, &services).await?;
    let token = form_token(&request, &services)?;
    let day = form.text("date");
    let refused = |problems| refused(Kind::Workforce, problems, &day, &token);
    if Date::parse(&day, &Iso8601::DATE).is_err() {
        return refused(vec!["Write the day of the snapshot as year, month and day, such as 2027-03-31".to_owned()]);
    }
    let Some((name, bytes)) = form.file("file") else { return refused(vec![NO_FILE.to_owned()]) };
    let mapping = services.column_mappings.read(scope.clone(), FileFormat::Workforce).await?;
    let workforce = match import::workforce::read_mapped(name, bytes, &mapping) {
        Ok(workforce) => workforce,
        Err(error) => return refused(lines(&error)),
    };
    if let Some(cell) = workforce.cells.iter().find(|cell| cell.organisation != *scope.organisation()) {
        return refused(vec![format!("The file holds staff of {}; send your own only", cell.organisation)]);
    }
    render(&CheckPage {
        facts: facts_of_workforce(&workforce),
        content: serde_json::to_string(&workforce).map_err(|error| AppError::Internal(error.to_string()))?,
        date: day,
        ..check_page(Kind::Workforce, token)
    })
}

/// Keeps the snapshot that was looked at.
#[post("/workforce")]
pub async fn save_workforce(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let scope = scope(&access, Kind::Workforce)?;
    let form = Upload::read(form, &request, &services).await?;
    let day = Date::parse(&form.text("date"), &Iso8601::DATE).map_err(|_| came_back_changed())?;
    let workforce: Workforce = serde_json::from_str(&form.text("content")).map_err(|_| came_back_changed())?;
    services.workforces.replace(scope, day, workforce, Precondition::none()).await?;
    Ok(see_other(Kind::Workforce.after()))
}

/// The page of the units.
#[get("/units")]
pub async fn show_units(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    show(&request, &access, &services, Kind::Units)
}

/// Looks at a list of units.
#[post("/units/check")]
pub async fn check_units(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let scope = scope(&access, Kind::Units)?;
    let form = Upload::read(form, &request, &services).await?;
    let token = form_token(&request, &services)?;
    let Some((name, bytes)) = form.file("file") else {
        return refused(Kind::Units, vec![NO_FILE.to_owned()], "", &token);
    };
    let units = match import::units::read(name, bytes) {
        Ok(units) => units,
        Err(error) => return refused(Kind::Units, lines(&error), "", &token),
    };
    let (_, before) = services.organisations.read(scope).await?;
    render(&CheckPage {
        facts: facts_of_units(&before, &units),
        content: serde_json::to_string(&units).map_err(|error| AppError::Internal(error.to_string()))?,
        ..check_page(Kind::Units, token)
    })
}

/// Keeps the units that were looked at.
#[post("/units")]
pub async fn save_units(
    request: HttpRequest,
    access: Anywhere<ReadPopulation>,
    form: Multipart,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let scope = scope(&access, Kind::Units)?;
    let form = Upload::read(form, &request, &services).await?;
    let units: UnitTree = serde_json::from_str(&form.text("content")).map_err(|_| came_back_changed())?;
    services.organisations.replace_units(scope, units, Precondition::none()).await?;
    Ok(see_other(Kind::Units.after()))
}

const NO_FILE: &str = "Choose a file";

fn show(
    request: &HttpRequest,
    access: &Anywhere<ReadPopulation>,
    services: &Services,
    kind: Kind,
) -> Result<HttpResponse, Problem> {
    scope(access, kind)?;
    render(&file_page(kind, Vec::new(), "", form_token(request, services)?))
}

fn scope(access: &Anywhere<ReadPopulation>, kind: Kind) -> Result<TenantScope, Problem> {
    let own = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    access.caller.authorise(kind.action(), &own).map_err(|_| Problem::not_found("page"))
}

fn came_back_changed() -> Problem {
    Problem::bad_request("what was looked at came back changed; upload the file again")
}

fn lines(error: &import::ImportError) -> Vec<String> {
    error.to_string().lines().take(MOST_PROBLEMS).map(str::to_owned).collect()
}

fn facts_of_workforce(workforce: &Workforce) -> Vec<(&'static str, String)> {
    let of = |upper: Upper| count(workforce.count(|ethnicity| ethnicity.upper() == upper));
    let mut units: Vec<&str> = workforce.cells.iter().filter_map(|cell| cell.unit.as_deref()).collect();
    units.sort_unstable();
    units.dedup();
    vec![
        ("Staff", count(workforce.people())),
        ("White", of(Upper::White)),
        ("Minority ethnic", of(Upper::MinorityEthnic)),
        ("Ethnicity not known", of(Upper::NotStated)),
        ("Units named", count(units.len() as u64)),
    ]
}

fn facts_of_units(before: &UnitTree, now: &UnitTree) -> Vec<(&'static str, String)> {
    let new = now.units().iter().filter(|unit| before.find(&unit.code).is_none()).count();
    let gone = before.units().iter().filter(|unit| now.find(&unit.code).is_none()).count();
    let changed = now.units().iter().filter(|unit| before.find(&unit.code).is_some_and(|old| old != *unit)).count();
    [("Units", now.units().len()), ("New", new), ("Renamed or moved", changed), ("No longer there", gone)]
        .map(|(name, number)| (name, count(number as u64)))
        .into()
}

fn refused(kind: Kind, problems: Vec<String>, day: &str, token: &str) -> Result<HttpResponse, Problem> {
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &file_page(kind, problems, day, token.to_owned()))
}

fn file_page(kind: Kind, problems: Vec<String>, day: &str, token: String) -> FilePage {
    let first = problems.first().cloned();
    FilePage {
        page: page(kind.heading(), Some(kind.section())).with_errors(first.is_some()),
        kind,
        errors: first.map(|text| ErrorSummary::of_one(Language::English, "file", text)),
        problems,
        date: (kind == Kind::Workforce).then(|| TextField {
            hint: Some("The Workforce Race Equality Standard is about 31 March.".to_owned()),
            value: day.to_owned(),
            input_type: "date",
            ..TextField::new("date", "Day of the snapshot")
        }),
        token,
    }
}

fn check_page(kind: Kind, token: String) -> CheckPage {
    CheckPage {
        page: page("Check the file", Some(kind.section())),
        kind,
        facts: Vec::new(),
        date: String::new(),
        content: String::new(),
        token,
    }
}
