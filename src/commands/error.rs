//! How a command ends when it does not end well.

use std::fmt;

/// One sentence for stderr, and the exit code that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandError {
    /// Could not be done: exit code 1.
    Failed(String),
    /// Bad usage or bad input: exit code 2.
    BadInput(String),
}

impl CommandError {
    /// Could not be done, for this reason.
    pub fn failed(reason: impl fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }

    /// What was given cannot be used, for this reason.
    pub fn bad_input(reason: impl fmt::Display) -> Self {
        Self::BadInput(reason.to_string())
    }

    /// 1 for what could not be done, 2 for bad input.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::BadInput(_) => 2,
        }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Failed(reason) | Self::BadInput(reason)) = self;
        f.write_str(reason)
    }
}
