//! Who is asking, and may they: extractors that identify **and** authorise.
//!
//! A handler that takes [`Managed`] or [`InOrganisation`] cannot hold a thing that its caller may not touch. The
//! permission table itself is [`crate::domain::account::may`].

use std::marker::PhantomData;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::Problem;
use super::manners::rate_limit;
use crate::domain::account::{Action, Caller, Denied, TenantScope};
use crate::domain::identifier::SurveyId;
use crate::domain::organisation::OdsCode;
use crate::security::PlaintextToken;
use crate::services::{AppError, Services};

/// Cookie of an office session over HTTP on this machine; with HTTPS it carries the `__Host-` prefix.
pub(super) const SESSION_COOKIE: &str = "candour-session";
/// The same over HTTPS.
pub(super) const SECURE_SESSION_COOKIE: &str = "__Host-candour-session";

/// A line of the permission table, as a type.
pub trait Permission: 'static {
    /// What is asked for.
    const ACTION: Action;
}

macro_rules! permissions {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("The caller may do [`Action::", stringify!($name), "`].")]
        #[derive(Debug)]
        pub struct $name;
        impl Permission for $name {
            const ACTION: Action = Action::$name;
        }
    )+};
}

permissions! {
    CreateOrganisation, ReadOrganisation, ChangeOrganisation, ReadSurvey, RunSurvey, ReadRelease, ReadWorkforce,
    ChangeWorkforce, ReadPopulation, ChangePopulation, ManageAccounts, ReadAuditLog, ManageIntegrations,
    ChangePolicy,
}

/// The caller may do `P` to the survey named `{id}` in the path.
#[derive(Debug)]
pub struct Managed<P: Permission> {
    /// In whose organisation.
    pub scope: TenantScope,
    /// Which survey.
    pub id: SurveyId,
    permission: PhantomData<P>,
}

/// The caller may do `P` in the organisation named `{ods}` in the path.
#[derive(Debug)]
pub struct InOrganisation<P: Permission> {
    /// Which organisation.
    pub scope: TenantScope,
    permission: PhantomData<P>,
}

/// The caller may do `P` in the organisation that they belong to.
#[derive(Debug)]
pub struct AtHome<P: Permission> {
    /// Which organisation.
    pub scope: TenantScope,
    permission: PhantomData<P>,
}

/// The caller may do `P` to what belongs to no organisation.
#[derive(Debug)]
pub struct Anywhere<P: Permission> {
    /// Who.
    pub caller: Caller,
    permission: PhantomData<P>,
}

impl<P: Permission> FromRequest for Managed<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = identify(&request).await?;
            let id: SurveyId = path_part(&request, "id").ok_or_else(|| Problem::not_found("survey"))?;
            let organisation = services(&request)?.surveys.organisation_of(id.clone()).await?;
            let scope = caller.authorise(P::ACTION, &organisation).map_err(refused("survey"))?;
            Ok(Self { scope, id, permission: PhantomData })
        })
    }
}

impl<P: Permission> FromRequest for InOrganisation<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = identify(&request).await?;
            let organisation: OdsCode = path_part(&request, "ods").ok_or_else(|| Problem::not_found("organisation"))?;
            let scope = caller.authorise(P::ACTION, &organisation).map_err(refused("organisation"))?;
            Ok(Self { scope, permission: PhantomData })
        })
    }
}

impl<P: Permission> FromRequest for AtHome<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let scope = identify(&request).await?.authorise_at_home(P::ACTION).map_err(AppError::from)?;
            Ok(Self { scope, permission: PhantomData })
        })
    }
}

impl<P: Permission> FromRequest for Anywhere<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = identify(&request).await?;
            caller.authorise_global(P::ACTION).map_err(AppError::from)?;
            Ok(Self { caller, permission: PhantomData })
        })
    }
}

/// Who is asking: by access token in the API, by session cookie in the office. The two never mix, so that a foreign
/// page cannot use a signed-in browser against the API.
pub(super) async fn identify(request: &HttpRequest) -> Result<Caller, Problem> {
    let known = request.extensions().get::<Caller>().cloned();
    if let Some(caller) = known {
        return Ok(caller);
    }
    let caller = caller_of(request).await?;
    if !request.path().starts_with("/office") {
        rate_limit::count(request, &caller).await?;
    }
    // For what looks at the answer on its way out: `readings`.
    request.extensions_mut().insert(caller.clone());
    Ok(caller)
}

async fn caller_of(request: &HttpRequest) -> Result<Caller, Problem> {
    let services = services(request)?;
    if request.path().starts_with("/office") {
        let token = session_token(request).ok_or(AppError::Unauthenticated)?;
        return Ok(services.accounts.caller_of_session(&token).await?);
    }
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(AppError::Unauthenticated)?;
    Ok(services.tokens.caller_of(token).await?)
}

/// The session token that the browser sent.
pub(super) fn session_token(request: &HttpRequest) -> Option<PlaintextToken> {
    let cookie = request.cookie(SECURE_SESSION_COOKIE).or_else(|| request.cookie(SESSION_COOKIE))?;
    cookie.value().parse().ok()
}

fn services(request: &HttpRequest) -> Result<&web::Data<Services>, Problem> {
    request.app_data().ok_or_else(|| AppError::Internal("services are not there".to_owned()).into())
}

/// What a caller hears who may not: a client without the scope that it needs hears which; everybody else, that there is
/// no such thing.
fn refused(what: &'static str) -> impl Fn(Denied) -> Problem {
    move |denied| match denied {
        Denied::Hidden => Problem::not_found(what),
        Denied::Scope(_) => AppError::from(denied).into(),
    }
}

fn path_part<T: FromStr>(request: &HttpRequest, name: &str) -> Option<T> {
    request.match_info().get(name)?.parse().ok()
}
