//! Every route of every front end, in one place: the API (whose list is also the OpenAPI document), and the pages.

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig as ApiConfig;

use super::api::{
    accounts, audit_events, auth, clients, column_mappings, comparisons, health, indicator_inputs, invitations,
    mail_samples, mail_templates, oauth, organisations, populations, questionnaires, receipts, reports,
    representativeness, respond, results, survey_figures, surveys, webhooks, workforce, wres,
};
use super::manners::{cors, entity_tag, idempotency, negotiation, rate_limit};
use super::{Problem, assets, branding, forms, office, openapi, security_txt};

/// The API under `/api/v1`.
pub fn api(config: &mut ApiConfig<'_>) {
    config.service(
        scope::scope("/api/v1")
            .wrap(from_fn(entity_tag::tag))
            .wrap(from_fn(idempotency::once))
            .wrap(from_fn(rate_limit::tell))
            .wrap(from_fn(negotiation::negotiate))
            .wrap(from_fn(cors::answer_origins))
            .service(auth::issue_token)
            .service(oauth::revoke_token)
            .service(oauth::list_keys)
            .service(clients::list_clients)
            .service(clients::create_client)
            .service(clients::read_client)
            .service(clients::change_client)
            .service(clients::revoke_client)
            .service(clients::rotate_secret)
            .service(clients::remove_secret)
            .service(clients::replace_keys)
            .service(webhooks::list_webhooks)
            .service(webhooks::create_webhook)
            .service(webhooks::read_webhook)
            .service(webhooks::change_webhook)
            .service(webhooks::delete_webhook)
            .service(webhooks::rotate_webhook_secret)
            .service(webhooks::ping_webhook)
            .service(webhooks::list_deliveries)
            .service(webhooks::redeliver)
            .service(accounts::list_accounts)
            .service(accounts::invite_account)
            .service(accounts::read_account)
            .service(accounts::change_account)
            .service(accounts::reset_account)
            .service(accounts::end_sessions)
            .service(audit_events::list_audit_events)
            .service(organisations::list_organisations)
            .service(organisations::create_organisation)
            .service(organisations::read_organisation)
            .service(organisations::change_organisation)
            .service(organisations::read_units)
            .service(organisations::replace_units)
            .service(questionnaires::list_questionnaires)
            .service(questionnaires::read_questionnaire)
            .service(questionnaires::check_questionnaire)
            .service(surveys::create_survey)
            .service(surveys::list_surveys)
            .service(surveys::read_survey)
            .service(surveys::change_survey)
            .service(surveys::open_survey)
            .service(surveys::close_survey)
            .service(surveys::publish_survey)
            .service(invitations::invite)
            .service(invitations::remind)
            .service(invitations::participation)
            .service(invitations::suppress)
            .service(mail_templates::read_mail_templates)
            .service(mail_templates::replace_mail_templates)
            .service(mail_samples::preview_mail)
            .service(mail_samples::send_test_mail)
            .service(respond::read_form)
            .service(respond::submit)
            .service(receipts::withdraw)
            .service(receipts::list_receipts)
            .service(results::read_release)
            .service(results::read_results)
            .service(comparisons::read_survey_indicators)
            .service(comparisons::read_trend)
            .service(representativeness::read_representativeness)
            .service(results::download_results)
            .service(workforce::replace_workforce)
            .service(workforce::read_latest_workforce)
            .service(workforce::read_workforce)
            .service(populations::list_populations)
            .service(populations::read_population)
            .service(populations::import_population)
            .service(reports::representation)
            .service(reports::read_published_representation)
            .service(reports::publish_representation)
            .service(column_mappings::read_column_mapping)
            .service(column_mappings::replace_column_mapping)
            .service(survey_figures::read_survey_figures)
            .service(survey_figures::replace_survey_figures)
            .service(indicator_inputs::read_recruitment)
            .service(indicator_inputs::replace_recruitment)
            .service(indicator_inputs::read_disciplinary)
            .service(indicator_inputs::replace_disciplinary)
            .service(indicator_inputs::read_training)
            .service(indicator_inputs::replace_training)
            .service(indicator_inputs::read_board)
            .service(indicator_inputs::replace_board)
            .service(wres::read_wres),
    );
}

/// The description of the API. Registered before the API itself, whose scope takes every path under `/api/v1`.
pub fn document(config: &mut ServiceConfig) {
    config.service(openapi::read_document);
}

/// Everything else: health, staff forms, office, assets, and the answer to what is none of these.
pub fn pages(config: &mut ServiceConfig) {
    config
        .service(health::alive)
        .service(health::ready)
        .service(security_txt::read)
        .service(oauth::describe)
        .service(openapi::reference::show)
        .configure(assets::configure)
        .configure(branding::configure)
        .configure(forms::configure)
        .service(
            web::scope("/office")
                .wrap(from_fn(office::error_pages))
                .service(office::sign_in::show)
                .service(office::sign_in::submit)
                .service(office::sign_in::sign_out)
                .service(office::second_factor::show)
                .service(office::second_factor::submit)
                .service(office::second_factor::show_set_up)
                .service(office::second_factor::set_up)
                .service(office::forgotten_password::show)
                .service(office::forgotten_password::submit)
                .service(office::account::show)
                .service(office::account::end_sessions)
                .service(office::account::show_password)
                .service(office::account::change_password)
                .service(office::account::show_second_factor)
                .service(office::account::change_second_factor)
                .service(office::account::show_recovery_codes)
                .service(office::account::renew_recovery_codes)
                .service(office::accounts::show)
                .service(office::accounts::invite)
                .service(office::accounts::change)
                .service(office::audit_log::show)
                .service(office::setup::show)
                .service(office::setup::submit)
                .service(office::home::show)
                .service(office::survey::show)
                .service(office::survey::open)
                .service(office::survey::close)
                .service(office::survey::publish)
                .service(office::letters::show)
                .service(office::letters::make)
                .service(office::letters::enter_paper)
                .service(office::results::show)
                .service(office::results::download)
                .service(office::question::show)
                .service(office::representation::show),
        )
        .default_service(web::to(no_such_route));
}

async fn no_such_route() -> Result<&'static str, Problem> {
    Err(Problem::not_found("route"))
}
