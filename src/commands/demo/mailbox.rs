//! The demo's mailbox: the folder that the file transport writes, read as the invited people would.

use std::collections::HashMap;
use std::path::Path;

use super::CommandError;
use crate::security::PlaintextToken;

/// The token in the link that each address was sent.
pub(super) type Tokens = HashMap<String, PlaintextToken>;

/// The tokens of the folder; one of them where an address was sent several.
pub(super) fn tokens(folder: &Path) -> Result<Tokens, CommandError> {
    tokens_beside(folder, &Tokens::new())
}

/// The same without those of `earlier`.
pub(super) fn tokens_beside(folder: &Path, earlier: &Tokens) -> Result<Tokens, CommandError> {
    let mut tokens = HashMap::new();
    for entry in std::fs::read_dir(folder).map_err(CommandError::failed)? {
        let path = entry.map_err(CommandError::failed)?.path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            let message = std::fs::read_to_string(&path).map_err(CommandError::failed)?;
            let is_new = |(address, token): &(String, PlaintextToken)| {
                earlier.get(address).is_none_or(|other| other.reveal() != token.reveal())
            };
            tokens.extend(recipient_and_token(&message).filter(is_new));
        }
    }
    Ok(tokens)
}

fn recipient_and_token(message: &str) -> Option<(String, PlaintextToken)> {
    let recipient = message.lines().find_map(|line| line.strip_prefix("To: "))?.trim().to_owned();
    // Quoted-printable breaks long lines with "=" at their end.
    let unfolded = message.replace("=\r\n", "");
    let (_, rest) = unfolded.split_once("/s/")?;
    Some((recipient, rest.get(..22)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_found_even_where_the_line_is_broken() {
        let message = "To: a@wickering.example\r\nSubject: x\r\n\r\nhttp://127.0.0.1/s/AAAAAAAAAA=\r\nAAAAAAAAAAAA\r\n";
        let (recipient, token) = recipient_and_token(message).expect("found");
        assert_eq!((recipient.as_str(), token.reveal()), ("a@wickering.example", "AAAAAAAAAAAAAAAAAAAAAA"));
    }
}
