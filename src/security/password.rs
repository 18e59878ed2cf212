//! Passwords: argon2id, on every core but one at once, on threads of a lower priority.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// 64 MiB, three passes, one lane: above OWASP's minimum (19 MiB, two passes).
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// How long a sign-in may wait for its turn before it gets 503.
const WAIT: Duration = Duration::from_secs(5);

/// Why a password cannot be hashed or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has 12 to 1,024 characters")]
    Length,
    /// One of those that are tried first.
    #[error("this password is among those that are tried first, or only lengthens one of them")]
    Common,
    /// Too many others are signing in.
    #[error("too many sign-ins at once")]
    Busy,
    /// The hash could not be made.
    #[error("the password could not be hashed")]
    Failed,
}

/// The commonest passwords of leaked lists, sorted, in lower case: the first 12,000 of five characters or more, and all
/// long ones, of the list that comes with zxcvbn-ts (MIT licence; see `docs/security.md`).
const COMMON: &str = include_str!("common_passwords.txt");

/// Whether it is one of the commonest, or one of them with digits and signs around it, or next to nothing but digits,
/// or few different characters.
fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    let stem = password.trim_matches(|letter: char| !letter.is_alphabetic());
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    // The list is searched from its start, once for each password that is set: it is 100 kB.
    different.len() < 5 || stem.chars().count() < 4 || COMMON.lines().any(|common| common == password || common == stem)
}

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct PasswordHasher {
    turns: Arc<Semaphore>,
    wait: Duration,
    argon2: Argon2<'static>,
    /// Checked where there is no account, so that the time of an answer does not tell whether there is one.
    nobody: Arc<str>,
}

impl PasswordHasher {
    /// A hasher that runs at most one hash per core, and leaves one core to others where there are two.
    ///
    /// # Errors
    /// [`PasswordError::Failed`] when argon2 does not take its parameters.
    pub fn new() -> Result<Self, PasswordError> {
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| PasswordError::Failed)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let at_once = cores.saturating_sub(1).max(1);
        // Parameters as above, a salt and a hash of zeros: no password fits it.
        let nobody = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$AAAAAAAAAAAAAAAAAAAAAA${}", "A".repeat(43));
        Ok(Self { turns: Arc::new(Semaphore::new(at_once)), wait: WAIT, argon2, nobody: nobody.into() })
    }

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        if !(12..=1024).contains(&password.len()) {
            return Err(PasswordError::Length);
        }
        if is_common(password) {
            return Err(PasswordError::Common);
        }
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.in_turn(move || argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).ok())
            .await?
            .ok_or(PasswordError::Failed)
    }

    /// Whether `password` is the one behind `hash`; with no hash, the same work for nothing.
    ///
    /// # Errors
    /// [`PasswordError::Busy`].
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let (argon2, password) = (self.argon2.clone(), password.get(..1024).unwrap_or(password).to_owned());
        self.in_turn(move || {
            PasswordHash::new(&hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
        .map(|fits| fits && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let turn = tokio::time::timeout(self.wait, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| PasswordError::Busy)?
            .map_err(|_| PasswordError::Failed)?;
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("password".to_owned())
            .spawn(move || {
                let _turn = turn;
                stand_back();
                // Whoever asked may have gone.
                let _ = tell.send(work());
            })
            .map_err(|_| PasswordError::Failed)?;
        told.await.map_err(|_| PasswordError::Failed)
    }
}

/// Gives way to other threads: a hash takes a core for a tenth of a second, and staff's forms must not wait for it. Not to
/// all of them, or nobody could sign in while a machine is busy. The thread is made for one hash and ends with it, because
/// nobody may take the priority back without privileges.
fn stand_back() {
    // On Linux this is about the thread that asks; where it is about the whole process, nothing is done.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 10);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_too_long_for_a_turn_is_told_to_come_back() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let hasher = PasswordHasher { wait: Duration::from_millis(20), ..PasswordHasher::new().expect("a hasher") };
        runtime.block_on(async {
            let turns = u32::try_from(hasher.turns.available_permits()).expect("few");
            let others = hasher.turns.clone().acquire_many_owned(turns).await.expect("all turns are taken");
            assert_eq!(hasher.verify("a password", None).await, Err(PasswordError::Busy));
            drop(others);
            assert_eq!(hasher.verify("a password", None).await, Ok(false));
        });
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in
            ["1qaz2wsx3edc", "Manchester2026!", "123456789012", "aaaaaaaaaaaaaaaa", "PASSWORD12345", "!!liverpool!!99"]
        {
            assert!(is_common(common), "{common}");
        }
        for fine in [
            "a password of tests, quite long",
            "correct horse battery staple",
            "ymlaen-i-r-gad-2",
            "päronträd på ängen",
        ] {
            assert!(!is_common(fine), "{fine}");
        }
    }
}
