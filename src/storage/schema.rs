//! The tables as diesel sees them, and which may meet in one query.

diesel::table! {
    organisations (ods) { ods -> Text, name -> Text, units -> Text, }
}
diesel::table! {
    accounts (id) {
        id -> Text,
        email -> Text,
        role -> Text,
        organisation -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        setup_token_hash -> Nullable<Text>,
        setup_expires_at -> Nullable<BigInt>,
        disabled -> Bool,
        second_factor -> Nullable<Text>,
        last_code_step -> BigInt,
    }
}
diesel::table! {
    recovery_codes (account_id, code_hash) { account_id -> Text, code_hash -> Text, }
}
diesel::table! {
    sign_in_attempts (subject) { subject -> Text, failures -> Integer, last_at -> BigInt, }
}
diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        account_id -> Text,
        started_at -> BigInt,
        last_used_at -> BigInt,
        id -> Text,
        awaits -> Nullable<Text>,
    }
}
diesel::table! {
    surveys (id) {
        id -> Text,
        organisation -> Text,
        title -> Text,
        state -> Text,
        closes_on -> Nullable<Text>,
        questionnaire -> Text,
        units -> Text,
        closed_on -> Nullable<Text>,
        reminders -> Integer,
        reminded_on -> Nullable<Text>,
        minimum_count -> Nullable<Integer>,
    }
}
diesel::table! {
    participation (survey_id, day) { survey_id -> Text, day -> Text, answered -> Integer, }
}
diesel::table! {
    policies (organisation) {
        organisation -> Text,
        minimum_count -> Integer,
        proposed -> Nullable<Integer>,
        proposed_by -> Nullable<Text>,
        proposed_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    invitations (id) {
        id -> Text,
        survey_id -> Text,
        token_hash -> Text,
        address -> Text,
        address_index -> Text,
        language -> Text,
        coarse_class -> Nullable<Text>,
        used -> Bool,
    }
}
diesel::table! {
    sealed_responses (receipt_hash) {
        receipt_hash -> Text,
        survey_id -> Text,
        coarse_class -> Nullable<Text>,
        sealed -> Nullable<Binary>,
    }
}
diesel::table! {
    responses (id) { id -> Text, survey_id -> Text, coarse_class -> Nullable<Text>, answers -> Text, }
}
diesel::table! {
    receipts (receipt_hash) { receipt_hash -> Text, survey_id -> Text, withdrawn -> Bool, }
}
diesel::table! {
    suppressions (organisation, address_index) { organisation -> Text, address_index -> Text, }
}
diesel::table! {
    releases (id) { id -> Text, survey_id -> Text, body -> Text, }
}
diesel::table! {
    workforces (organisation, snapshot_date) { organisation -> Text, snapshot_date -> Text, body -> Text, }
}
diesel::table! {
    indicator_inputs (organisation, year, variant, kind) {
        organisation -> Text,
        year -> Integer,
        variant -> Text,
        kind -> Text,
        body -> Text,
    }
}
diesel::table! {
    national_figures (organisation, year, indicator) {
        organisation -> Text,
        year -> Integer,
        indicator -> Integer,
        figure -> Double,
        source -> Text,
    }
}
diesel::table! {
    survey_figures (organisation, year, variant) {
        organisation -> Text,
        year -> Integer,
        variant -> Text,
        instrument -> Text,
        body -> Text,
    }
}
diesel::table! {
    published_workforces (organisation, year, version) {
        organisation -> Text,
        year -> Integer,
        version -> Integer,
        body -> Text,
    }
}
diesel::table! {
    published_summaries (survey) { survey -> Text, organisation -> Text, body -> Text, }
}
diesel::table! {
    actions (id) { id -> Text, organisation -> Text, body -> Text, }
}
diesel::table! {
    system_members (system, member) { system -> Text, member -> Text, }
}
diesel::table! {
    system_releases (id) { id -> Text, system -> Text, made_on -> Text, body -> Text, }
}
diesel::table! {
    system_release_surveys (survey) { survey -> Text, release -> Text, }
}
diesel::table! {
    comments (id) {
        id -> Text,
        organisation -> Text,
        survey -> Text,
        question -> Text,
        body -> Nullable<Text>,
        decision -> Nullable<Text>,
        published -> Nullable<Text>,
        reviewer -> Nullable<Text>,
    }
}
diesel::table! {
    column_mappings (organisation, format) { organisation -> Text, format -> Text, body -> Text, }
}
diesel::table! {
    mail_templates (organisation) { organisation -> Text, body -> Text, }
}
diesel::table! {
    populations (id) { id -> Text, body -> Text, }
}
diesel::table! {
    jobs (id) {
        id -> Text,
        kind -> Text,
        payload -> Text,
        state -> Text,
        due_at -> BigInt,
        attempts -> Integer,
        last_error -> Nullable<Text>,
    }
}
diesel::table! {
    audit_events (organisation, sequence) {
        organisation -> Text,
        sequence -> BigInt,
        happened_at -> BigInt,
        actor -> Text,
        kind -> Text,
        detail -> Text,
        code -> Text,
    }
}
diesel::table! {
    idempotent_answers (key_hash) {
        key_hash -> Text,
        request_hash -> Text,
        started_at -> BigInt,
        answer -> Nullable<Text>,
    }
}
diesel::table! {
    rate_limits (subject, window_start) { subject -> Text, window_start -> BigInt, taken -> BigInt, }
}
diesel::table! {
    audit_heads (organisation) { organisation -> Text, sequence -> BigInt, last_code -> Text, code -> Text, }
}
diesel::table! {
    clients (id) {
        id -> Text,
        organisation -> Text,
        name -> Text,
        scopes -> Text,
        secret_hash -> Nullable<Text>,
        previous_secret_hash -> Nullable<Text>,
        previous_secret_ends -> Nullable<BigInt>,
        public_keys -> Text,
        revoked -> Bool,
        created_at -> BigInt,
    }
}
diesel::table! {
    client_assertions (client_id, assertion_hash) { client_id -> Text, assertion_hash -> Text, ends_at -> BigInt, }
}
diesel::table! {
    signing_keys (id) { id -> Text, state -> Text, sealed -> Text, public_key -> Text, changed_at -> BigInt, }
}
diesel::table! {
    api_sessions (id) { id -> Text, account_id -> Text, started_at -> BigInt, generation -> Integer, }
}
diesel::table! {
    webhooks (id) {
        id -> Text,
        organisation -> Text,
        url -> Text,
        events -> Text,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_secret_ends -> Nullable<BigInt>,
        disabled -> Bool,
        created_at -> BigInt,
    }
}
diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        webhook_id -> Text,
        event -> Text,
        body -> Text,
        state -> Text,
        attempts -> Integer,
        created_at -> BigInt,
        last_tried_at -> Nullable<BigInt>,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
    }
}
diesel::table! {
    identity_providers (organisation) {
        organisation -> Text,
        issuer -> Text,
        client_id -> Text,
        client_secret -> Text,
    }
}
diesel::table! {
    identity_subjects (subject_hash) { subject_hash -> Text, account_id -> Text, }
}
diesel::table! {
    identity_requests (token_hash) { token_hash -> Text, organisation -> Text, started_at -> BigInt, }
}
diesel::table! {
    revoked_tokens (id) { id -> Text, ends_at -> BigInt, }
}

// Written by hand, one pair at a time. `invitations`, `sealed_responses`, `responses` and `receipts` must never stand
// here, with each other or with anything that leads from one to the other: a query that links a person to an answer,
// or a receipt to one, then does not compile.
diesel::allow_tables_to_appear_in_same_query!(accounts, sessions);
diesel::allow_tables_to_appear_in_same_query!(accounts, api_sessions);
