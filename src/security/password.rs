//! Passwords: argon2id, on every core but one at once, on threads that give way to everything else.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

use super::quiet_threads::{Memory, QuietThreads};

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
    /// Made of words that whoever knows its owner tries first.
    #[error("this password is made of the name of the organisation, of the account or of this service")]
    OfContext,
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

/// Words of this service, which no password may be made of.
const OF_THE_SERVICE: &str = "candour race equality survey trust hospital staff office";

/// Whether next to nothing is left of it without the words of `context`, those of this service, digits and signs.
fn is_of_context(password: &str, context: &[String]) -> bool {
    let mut rest = password.to_lowercase();
    let context = context.join(" ").to_lowercase();
    let mut words: Vec<&str> = context.split(|letter: char| !letter.is_alphabetic()).collect();
    words.extend(OF_THE_SERVICE.split(' '));
    words.retain(|word| word.chars().count() >= 3);
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        rest = rest.replace(word, " ");
    }
    rest.chars().filter(|letter| letter.is_alphabetic()).count() < 4
}

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct PasswordHasher {
    turns: Arc<Semaphore>,
    wait: Duration,
    threads: QuietThreads,
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
        let (turns, threads) = (Arc::new(Semaphore::new(at_once)), QuietThreads::new());
        Ok(Self { turns, wait: WAIT, threads, argon2, nobody: nobody.into() })
    }

    /// The PHC string of a new password. `context` is what is known of its owner: address, name of the organisation.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: &str, context: &[String]) -> Result<String, PasswordError> {
        if !(12..=1024).contains(&password.len()) {
            return Err(PasswordError::Length);
        }
        if is_common(password) {
            return Err(PasswordError::Common);
        }
        if is_of_context(password, context) {
            return Err(PasswordError::OfContext);
        }
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.in_turn(move |_| argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).ok())
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
        let password = password.get(..1024).unwrap_or(password).to_owned();
        self.in_turn(move |memory| fits(&password, &hash, memory).unwrap_or(false)).await.map(|fits| fits && known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Memory) -> T + Send + Sync + 'static,
    ) -> Result<T, PasswordError> {
        let _turn = tokio::time::timeout(self.wait, self.turns.acquire())
            .await
            .map_err(|_| PasswordError::Busy)?
            .map_err(|_| PasswordError::Failed)?;
        self.threads.run(work).await.ok_or(PasswordError::Failed)
    }
}

/// Whether `password` is the one behind `hash`, found out in `memory`; `None` when the hash cannot be read.
fn fits(password: &str, hash: &str, memory: &mut Memory) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let (salt, expected) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let params = Params::try_from(&hash).ok()?;
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::default());
    }
    let mut found = vec![0; expected.len()];
    let argon2 = Argon2::new(algorithm, version, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut found, memory).ok()?;
    // Outputs are compared in constant time.
    Some(Output::new(&found).ok()? == *expected)
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
            let others = hasher.turns.acquire_many(turns).await.expect("all turns are taken");
            assert_eq!(hasher.verify("a password", None).await, Err(PasswordError::Busy));
            drop(others);
            assert_eq!(hasher.verify("a password", None).await, Ok(false));
        });
    }

    #[test]
    fn a_password_fits_the_hash_that_argon2_itself_made_of_it() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let hasher = PasswordHasher::new().expect("a hasher");
        runtime.block_on(async {
            let hash = hasher.hash("correct horse battery staple", &[]).await.expect("a hash");
            for (password, fits) in [("correct horse battery staple", true), ("correct horse battery stable", false)] {
                assert_eq!(hasher.verify(password, Some(&hash)).await, Ok(fits), "{password}");
            }
            assert_eq!(hasher.verify("correct horse battery staple", Some("$argon2id$v=19$m=8")).await, Ok(false));
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

    #[test]
    fn words_of_the_owner_make_no_password() {
        let of = ["ada.lovelace@elderwick.nhs.uk", "Elderwick University Hospitals NHS Trust"].map(str::to_owned);
        for known in ["Elderwick-2026-Trust", "UniversityHospitals1", "ada.lovelace.1815!", "candour race equality"] {
            assert!(is_of_context(known, &of), "{known}");
        }
        for fine in ["correct horse battery staple", "Elderwick is where bats sleep", "päronträd på ängen"] {
            assert!(!is_of_context(fine, &of), "{fine}");
        }
    }
}
