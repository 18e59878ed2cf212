//! Files that a command is given.

use std::path::Path;

use super::CommandError;

/// The file's name, for messages, and its bytes.
pub(super) fn read_file(path: &Path) -> Result<(String, Vec<u8>), CommandError> {
    let name = path.display().to_string();
    match std::fs::read(path) {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) => Err(CommandError::bad_input(format!(
            "{name}: cannot be read ({error}); check the path and the permissions"
        ))),
    }
}
