//! What the demo prints: the release for programs, addresses and sign-in for people.

use serde::Serialize;

use super::run::Done;
use super::trust;
use crate::commands::{CommandError, Format, table};
use crate::domain::disclosure::AuditReport;
use crate::domain::representation::Report;

#[derive(Serialize)]
struct Summary<'a> {
    responses: usize,
    invited: usize,
    release: Release<'a>,
    audit: &'a AuditReport,
    representation: &'a Report,
}

#[derive(Serialize)]
struct Release<'a> {
    survey: &'a str,
    breakdowns: Vec<String>,
    questions: usize,
    groups: usize,
}

/// Prints the release.
pub(super) fn print(done: &Done, format: Format) -> Result<(), CommandError> {
    let (table_, audit) = (&done.release, done.release.audit());
    let summary = Summary {
        responses: done.responses,
        invited: done.invited,
        release: Release {
            survey: done.survey.as_str(),
            breakdowns: table_.family().describe(),
            questions: table_.columns().len(),
            groups: table_.groups().len(),
        },
        audit,
        representation: &done.representation,
    };
    let lines = [
        ("invited", done.invited.to_string()),
        ("responses", done.responses.to_string()),
        ("groups", table_.groups().len().to_string()),
        ("published", audit.published.to_string()),
        ("withheld", audit.withheld.to_string()),
        ("sets_tested", audit.sets_tested.to_string()),
        ("exact_disclosures", audit.exact_disclosures.to_string()),
        ("intervals_tested", audit.intervals_tested.to_string()),
        ("narrowest_interval", audit.narrowest_interval.map_or_else(String::new, |width| width.to_string())),
        ("engine_seconds", format!("{:.3}", audit.engine_seconds)),
        ("audit_seconds", format!("{:.3}", audit.audit_seconds)),
    ];
    let rows: Vec<Vec<String>> = lines.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    table::print(format, &["figure", "value"], &rows, &summary)
}

/// Tells where to look and how to sign in.
pub(super) fn tell(done: &Done, address: &str) {
    let audit = done.release.audit();
    println!(
        "{}: {} invited, {} answered; {} cells published, {} withheld, {} exact disclosures",
        trust::NAME,
        done.invited,
        done.responses,
        audit.published,
        audit.withheld,
        audit.exact_disclosures
    );
    println!();
    println!("HR lead, choose a password:  {address}/office/setup/{}", done.setup.reveal());
    println!("  then sign in as            {}", trust::HR_LEAD);
    println!("  second factor              not asked for here; set one up under “Your account” to see how it is");
    println!("  results                    {address}/office/surveys/{}/results", done.survey);
    println!("  representation             {address}/office/representation");
    if let Some(token) = &done.unanswered {
        println!("Staff, a link not yet used:  {address}/s/{}", token.reveal());
        println!("  in Welsh                   {address}/s/{}?lang=cy", token.reveal());
    }
    println!("API                          {address}/api/v1/openapi.json");
    println!();
    println!("Ctrl-C stops it; what it made goes with it unless --data-dir was given.");
}
