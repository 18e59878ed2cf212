//! Staff to invite: `email,unit`, and optionally `name` and `language` (`en` or `cy`).
//!
//! The name is accepted, because staff lists have it, and dropped: nothing in Candour needs it. Whether the units exist
//! is for the caller to check, who knows the organisation.

use std::collections::HashMap;

use super::csv_table::{CsvTable, RowView};
use super::{ImportError, Problem};
use crate::domain::invitation::{EmailAddress, Invitee};
use crate::domain::questionnaire::Language;

/// Reads the people to invite.
///
/// # Errors
/// [`ImportError`] for what is not an e-mail address, an address that stands twice, a missing unit, another language.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Invitee>, ImportError> {
    let table = CsvTable::read(file, bytes, &["email", "unit"], &["name", "language"])?;
    let mut seen: HashMap<EmailAddress, u64> = HashMap::new();
    table.collect(|row| {
        let invitee = invitee(row)?;
        match seen.insert(invitee.email.clone(), row.line()) {
            None => Ok(invitee),
            Some(line) => {
                Err(row
                    .problem("email", format!("this address stands in line {line} too; each person is invited once")))
            }
        }
    })
}

fn invitee(row: RowView<'_>) -> Result<Invitee, Problem> {
    let email = EmailAddress::parse(row.needed("email")?).map_err(|error| row.problem("email", error.to_string()))?;
    let unit = row.needed("unit")?.to_owned();
    let language = match row.get("language") {
        "" => Language::English,
        code => {
            code.parse().map_err(|_| row.problem("language", format!("“{code}” is not a language; write en or cy")))?
        }
    };
    Ok(Invitee { email, unit, language })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_with_their_language() {
        let text = "email,name,unit,language\na@wickering.example,Ann Example,W1,cy\nb@wickering.example,,W2,\n";
        let people = read("staff.csv", text.as_bytes()).expect("read");
        assert_eq!(
            people.iter().map(|p| (p.unit.as_str(), p.language)).collect::<Vec<_>>(),
            [("W1", Language::Welsh), ("W2", Language::English)]
        );
    }

    #[test]
    fn every_bad_row_is_reported_without_the_address_itself() {
        let text = "email,unit\nno-address,W1\na@wickering.example,\nb@wickering.example,W1\nb@WICKERING.example,W1\n";
        let error = read("staff.csv", text.as_bytes()).expect_err("refused").to_string();
        assert_eq!(error.lines().count(), 3);
        assert!(error.contains("staff.csv, line 2, column “email”: this is not an e-mail address"), "{error}");
        assert!(error.contains("line 3, column “unit”: there is no value"), "{error}");
        assert!(error.contains("line 5, column “email”: this address stands in line 4 too"), "{error}");
        assert!(!error.contains("wickering"), "{error}");
    }
}
