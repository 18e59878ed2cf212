//! Which line of the permission table each operation asks for.
//!
//! The handlers' extractors decide (`web/access.rs`); this is what the document says of them. A test asks every operation
//! as every role, and fails where the two differ.

use crate::domain::account::{Action, Powers, Role, may};
use crate::domain::scope::Scope;

/// Operations by what they ask for; an operation that does not stand here needs no access token.
const TABLE: &[(Action, &[&str])] = &[
    (Action::CreateOrganisation, &["create_organisation", "replace_members"]),
    (Action::ReadOrganisation, &["list_organisations", "read_organisation", "read_units", "read_policy"]),
    (Action::ChangeOrganisation, &["change_organisation", "replace_units"]),
    (
        Action::ReadSurvey,
        &["list_questionnaires", "read_questionnaire", "list_surveys", "read_survey", "participation"],
    ),
    (
        Action::RunSurvey,
        &[
            "check_questionnaire",
            "create_survey",
            "change_survey",
            "open_survey",
            "close_survey",
            "publish_survey",
            "invite",
            "remind",
            "suppress",
            "preview_mail",
            "send_test_mail",
            "read_mail_templates",
            "replace_mail_templates",
            "add_action",
            "replace_action",
            "remove_action",
            "publish_roll_up",
        ],
    ),
    (
        Action::ReadRelease,
        &[
            "read_release",
            "read_results",
            "download_results",
            "download_xlsx",
            "download_ods",
            "download_release",
            "list_actions",
            "read_survey_indicators",
            "read_trend",
            "read_comments",
            "read_published_representation",
            "read_system",
            "read_system_results",
            "read_system_representation",
        ],
    ),
    (
        Action::ReadWorkforce,
        &[
            "read_latest_workforce",
            "read_workforce",
            "read_column_mapping",
            "representation",
            "read_representativeness",
            "read_survey_figures",
            "read_national_figures",
            "read_recruitment",
            "read_disciplinary",
            "read_training",
            "read_board",
            "read_wres",
        ],
    ),
    (
        Action::ChangeWorkforce,
        &[
            "replace_workforce",
            "replace_column_mapping",
            "publish_representation",
            "replace_survey_figures",
            "replace_national_figures",
            "replace_recruitment",
            "replace_disciplinary",
            "replace_training",
            "replace_board",
        ],
    ),
    (Action::ReadPopulation, &["list_populations", "read_population"]),
    (Action::ChangePopulation, &["import_population"]),
    (
        Action::ManageAccounts,
        &["list_accounts", "read_account", "invite_account", "change_account", "reset_account", "end_sessions"],
    ),
    (Action::ChangePolicy, &["change_policy", "agree_to_policy", "withdraw_policy_proposal"]),
    (Action::ReadAuditLog, &["list_audit_events"]),
    (
        Action::ManageIntegrations,
        &[
            "list_clients",
            "create_client",
            "read_client",
            "change_client",
            "revoke_client",
            "rotate_secret",
            "remove_secret",
            "replace_keys",
            "read_identity_provider",
            "replace_identity_provider",
            "remove_identity_provider",
            "list_webhooks",
            "create_webhook",
            "read_webhook",
            "change_webhook",
            "delete_webhook",
            "rotate_webhook_secret",
            "ping_webhook",
            "list_deliveries",
            "redeliver",
        ],
    ),
];

/// What an operation asks for.
pub fn action(operation: &str) -> Option<Action> {
    TABLE.iter().find(|(_, operations)| operations.contains(&operation)).map(|(action, _)| *action)
}

/// The scope that lets an API client do it; `None` for what no client may.
pub fn scope(operation: &str) -> Option<Scope> {
    Scope::of(action(operation)?)
}

/// Operations that a scope opens.
pub fn opened_by(scope: Scope) -> impl Iterator<Item = &'static str> {
    let rows = TABLE.iter().filter(move |(action, _)| Scope::of(*action) == Some(scope));
    rows.flat_map(|(_, operations)| operations.iter().copied())
}

/// Roles that may do it, in an organisation of their own.
pub fn roles(operation: &str) -> Option<Vec<&'static str>> {
    let action = action(operation)?;
    Some(Role::ALL.into_iter().filter(|role| may(&Powers::Role(*role), action)).map(Role::as_str).collect())
}
