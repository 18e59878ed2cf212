//! The steps of the demo: import, invite, answer, close, release.

use std::sync::Arc;

use fastrand::Rng;
use time::{Date, Duration};

use super::place::Place;
use super::staff::Person;
use super::{answers, files, mailbox, staff, trust};
use crate::commands::{CommandError, progress};
use crate::domain::account::{Role, TenantScope};
use crate::domain::audit_event::Actor;
use crate::domain::disclosure::ProtectedTable;
use crate::domain::identifier::SurveyId;
use crate::domain::organisation::{OdsCode, Organisation, UnitTree};
use crate::domain::representation::{Report, report};
use crate::domain::survey::Title;
use crate::import;
use crate::jobs::Runner;
use crate::security::PlaintextToken;
use crate::services::respondents::{FormOutcome, SubmitOutcome};
use crate::services::surveys::NewSurvey;
use crate::services::{AppError, Precondition, Services, today};

/// The same people and answers in every run.
const SEED: u64 = 2027;

/// For how many days the survey of the demo looks to have been open.
const DAYS_OPEN: u32 = 14;

/// What the demo made.
pub(super) struct Done {
    pub survey: SurveyId,
    pub invited: usize,
    pub responses: usize,
    pub release: Arc<ProtectedTable>,
    pub representation: Report,
    /// One-time link of the HR lead, without the address before it.
    pub setup: PlaintextToken,
    /// Link of somebody invited to a second survey, which is still open.
    pub unanswered: Option<PlaintextToken>,
}

/// Runs the whole survey.
pub(super) async fn whole_survey(place: &Place, count: usize) -> Result<Done, CommandError> {
    let services = &place.services;
    let mut rng = Rng::with_seed(SEED);
    let scope = set_up(services).await?;
    let units = services.organisations.read(scope.clone()).await?.1;
    let people = staff::people(&units, count, &mut rng);

    let workforce = import::workforce::read_either("workforce.csv", files::workforce_csv(&people).as_bytes())
        .map_err(CommandError::failed)?;
    services.workforces.replace(scope.clone(), today(), workforce, Precondition::none()).await?;

    let survey = invite(place, &scope, "Race equality at work 2027", &people).await?;
    let tokens = mailbox::tokens(place.mailbox())?;
    let responses = answer(services, &people, &tokens).await?;

    let publishing = progress::bar("Closing and releasing", 1);
    services.surveys.close(scope.clone(), survey.clone()).await?;
    let release = services.surveys.publish(scope.clone(), survey.clone()).await?;
    publishing.finish();

    let compared = services.workforces.compare(scope.clone(), None, None).await?;
    let unanswered = open_survey(place, &scope, &people).await?;
    let setup =
        services.accounts.create(trust::HR_LEAD.to_owned(), Role::HrLead, Some(scope.organisation().clone())).await?;
    Ok(Done {
        survey,
        invited: people.len(),
        responses,
        release,
        representation: report(&compared.workforce, &compared.population),
        setup,
        unanswered,
    })
}

/// The trust with its units.
async fn set_up(services: &Services) -> Result<TenantScope, CommandError> {
    let ods: OdsCode = trust::ODS.parse().map_err(CommandError::failed)?;
    let organisation = Organisation { ods: ods.clone(), name: trust::NAME.to_owned() };
    services.organisations.create(Actor::Operator, organisation).await?;
    let scope = TenantScope::of_operator(ods);
    let units = UnitTree::new(trust::units()).map_err(CommandError::failed)?;
    services.organisations.replace_units(scope.clone(), units, Precondition::none()).await?;
    serve_people(services).await?;
    Ok(scope)
}

/// The population that the trust serves, by ethnic group and by decile of deprivation.
async fn serve_people(services: &Services) -> Result<(), CommandError> {
    let [id, name, version, date] = trust::POPULATION;
    let people = import::own_population::read("population.csv", trust::POPULATION_CSV.as_bytes(), name, version, date);
    let deciles = import::deprivation::read("deciles.csv", trust::DECILES_CSV.as_bytes(), version, date);
    let mut people = people.map_err(CommandError::failed)?;
    people.deprivation = deciles.map_err(CommandError::failed)?.remove(&None);
    Ok(services.populations.import(id.to_owned(), people, false).await?)
}

/// Creates and opens a survey, invites `people` from a CSV file, and sends every invitation.
async fn invite(place: &Place, scope: &TenantScope, title: &str, people: &[Person]) -> Result<SurveyId, CommandError> {
    let services = &place.services;
    let title = Title::try_from(title.to_owned()).map_err(CommandError::failed)?;
    let new = NewSurvey { title, questionnaire: None, closes_on: Some(today() + Duration::days(21)) };
    let survey = services.surveys.create(scope.clone(), new).await?.id;
    let invitees =
        import::staff::read("staff.csv", files::staff_csv(people).as_bytes()).map_err(CommandError::failed)?;
    services.invitations.invite(scope.clone(), survey.clone(), invitees, false).await?;
    services.surveys.open(scope.clone(), survey.clone()).await?;
    let sending = progress::bar("Sending invitations", people.len() as u64);
    Runner::new(services.clone()).drain(|sent| sending.inc(sent as u64)).await?;
    sending.finish();
    Ok(survey)
}

/// Those who take part open their link, answer, and submit, as if over [`DAYS_OPEN`] days; gives how many did.
async fn answer(services: &Services, people: &[Person], tokens: &mailbox::Tokens) -> Result<usize, CommandError> {
    let answering = progress::bar("Answering", people.len() as u64);
    let (mut responses, mut days) = (0, days_of_answering(people.len()).peekable());
    for (index, person) in people.iter().enumerate() {
        while let Some((_, day)) = days.next_if(|(first, _)| *first <= index) {
            services.participation.note(day).await?;
        }
        answering.inc(1);
        let mut rng = Rng::with_seed(answers::seed_of(&person.email));
        let Some(token) = tokens.get(&person.email).filter(|_| answers::takes_part(person, &mut rng)) else { continue };
        responses += usize::from(answer_one(services, person, token.clone(), &mut rng).await?);
    }
    answering.finish();
    Ok(responses)
}

/// Days before today, and how many people had come to the form by then: most of them at first, as with any survey.
fn days_of_answering(people: usize) -> impl Iterator<Item = (usize, Date)> {
    (0..DAYS_OPEN).map(move |day| {
        let left = (DAYS_OPEN - day) as usize;
        let came = people - people * left.pow(2) / (DAYS_OPEN as usize).pow(2);
        (came, today() - Duration::days(i64::from(DAYS_OPEN - day)))
    })
}

async fn answer_one(
    services: &Services,
    person: &Person,
    token: PlaintextToken,
    rng: &mut Rng,
) -> Result<bool, CommandError> {
    let FormOutcome::Open(form) = services.respondents.form(token.clone()).await? else {
        return Err(CommandError::failed("a link of the demo does not lead to the form"));
    };
    let given = answers::answers(person, &form.questionnaire, rng);
    match services.respondents.submit(token, given).await? {
        SubmitOutcome::Accepted { .. } => Ok(true),
        other => Err(AppError::Internal(format!("an answer of the demo was not accepted: {other:?}")).into()),
    }
}

/// A small second survey that stays open, so that there is a form to try; gives one of its links.
async fn open_survey(
    place: &Place,
    scope: &TenantScope,
    people: &[Person],
) -> Result<Option<PlaintextToken>, CommandError> {
    let few = &people[..people.len().min(trust::OPEN_SURVEY_PEOPLE)];
    let earlier = mailbox::tokens(place.mailbox())?;
    invite(place, scope, "Race equality at work: try the form", few).await?;
    let all = mailbox::tokens_beside(place.mailbox(), &earlier)?;
    Ok(few.first().and_then(|person| all.get(&person.email)).cloned())
}
