//! Sealed files: backups that only the installation, or whoever knows a passphrase, can read.
//!
//! XChaCha20-Poly1305 in the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, 2015): chunks of 64 KiB, each
//! authenticated with its place and with whether it is the last, so that nothing can be changed, swapped or cut off.

use std::io::{self, Read, Write};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{KeyInit, Payload};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Keys, Purpose, random_bytes};
use crate::config::Secret;

const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const SALT: usize = 32;
const NONCE: usize = 19;
/// What a sealed file begins with; the byte after it says which kind of key opens it.
const MAGIC: &[u8; 22] = b"candour-sealed-file 1\n";
const BY_INSTALLATION: u8 = b'I';
const BY_PASSPHRASE: u8 = b'P';

/// What seals a file.
#[derive(Debug, Clone)]
pub enum FileKey {
    /// A key derived from `security.secret`.
    Installation(Keys),
    /// A key derived from a passphrase with argon2id.
    Passphrase(Secret),
}

/// Why a sealed file does not open.
#[derive(Debug, thiserror::Error)]
pub enum SealedFileError {
    /// It was sealed with the other kind of key.
    #[error("{0}")]
    OtherKey(&'static str),
    /// It was changed or cut off, or the key is not the one that sealed it.
    #[error(
        "the file does not open: the secret or passphrase is not the one that it was made with, or it is damaged or \
         cut off"
    )]
    DoesNotOpen,
    /// The key cannot be derived.
    #[error("no key could be made from the passphrase")]
    NoKey,
    /// The operating system's.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Whether a file that begins with `start` is a sealed one.
pub fn is_sealed(start: &[u8]) -> bool {
    start.starts_with(MAGIC)
}

/// Bytes of a file that [`is_sealed`] needs to see.
pub const SEALED_START: usize = MAGIC.len();

impl FileKey {
    fn kind(&self) -> u8 {
        match self {
            Self::Installation(_) => BY_INSTALLATION,
            Self::Passphrase(_) => BY_PASSPHRASE,
        }
    }

    fn cipher(&self, salt: &[u8; SALT]) -> Result<XChaCha20Poly1305, SealedFileError> {
        let key: [u8; 32] = match self {
            Self::Installation(keys) => keys.authenticate(Purpose::Backup, salt),
            Self::Passphrase(passphrase) => {
                let mut key = [0; 32];
                let params = Params::new(64 * 1024, 3, 1, Some(key.len())).map_err(|_| SealedFileError::NoKey)?;
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(passphrase.reveal().as_bytes(), salt, &mut key)
                    .map_err(|_| SealedFileError::NoKey)?;
                // A derived key of our own purpose: the same passphrase elsewhere gives another key.
                let mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).map_err(|_| SealedFileError::NoKey)?;
                mac.chain_update(MAGIC).finalize().into_bytes().into()
            }
        };
        Ok(XChaCha20Poly1305::new(&key.into()))
    }
}

/// Seals everything that `from` gives into `to`; `progress` hears how many bytes went through.
///
/// # Errors
/// [`SealedFileError::Io`].
pub fn seal_file(
    key: &FileKey,
    from: &mut impl Read,
    to: &mut impl Write,
    progress: impl Fn(u64),
) -> Result<(), SealedFileError> {
    let salt: [u8; SALT] = random_bytes();
    let nonce: [u8; NONCE] = random_bytes();
    let head = [MAGIC.as_slice(), &[key.kind()], &salt, &nonce].concat();
    to.write_all(&head)?;
    let mut stream = EncryptorBE32::from_aead(key.cipher(&salt)?, &nonce.into());
    let mut chunk = read_chunk(from, CHUNK)?;
    loop {
        let next = read_chunk(from, CHUNK)?;
        let payload = Payload { msg: &chunk, aad: &head };
        progress(chunk.len() as u64);
        if next.is_empty() {
            let sealed = stream.encrypt_last(payload).map_err(|_| SealedFileError::DoesNotOpen)?;
            return Ok(to.write_all(&sealed)?);
        }
        to.write_all(&stream.encrypt_next(payload).map_err(|_| SealedFileError::DoesNotOpen)?)?;
        chunk = next;
    }
}

/// Opens what [`seal_file`] made. What it has written to `to` when it fails must not be used.
///
/// # Errors
/// [`SealedFileError`].
pub fn open_file(key: &FileKey, from: &mut impl Read, to: &mut impl Write) -> Result<(), SealedFileError> {
    let head = read_chunk(from, MAGIC.len() + 1 + SALT + NONCE)?;
    let (Some((magic, rest)), true) = (head.split_first_chunk::<22>(), head.len() == MAGIC.len() + 1 + SALT + NONCE)
    else {
        return Err(SealedFileError::DoesNotOpen);
    };
    let (Some((&kind, rest)), true) = (rest.split_first(), magic == MAGIC) else {
        return Err(SealedFileError::DoesNotOpen);
    };
    let (Some((salt, rest)), true) = (rest.split_first_chunk::<SALT>(), kind == key.kind()) else {
        return Err(SealedFileError::OtherKey(match kind {
            BY_PASSPHRASE => "the file is sealed with a passphrase; name the file that holds it with --passphrase-file",
            _ => "the file is sealed with the installation's security.secret; leave --passphrase-file out",
        }));
    };
    let nonce: [u8; NONCE] = rest.try_into().map_err(|_| SealedFileError::DoesNotOpen)?;
    let mut stream = DecryptorBE32::from_aead(key.cipher(salt)?, &nonce.into());
    let mut chunk = read_chunk(from, CHUNK + TAG)?;
    loop {
        let next = read_chunk(from, CHUNK + TAG)?;
        let payload = Payload { msg: &chunk, aad: &head };
        if next.is_empty() {
            let opened = stream.decrypt_last(payload).map_err(|_| SealedFileError::DoesNotOpen)?;
            return Ok(to.write_all(&opened)?);
        }
        to.write_all(&stream.decrypt_next(payload).map_err(|_| SealedFileError::DoesNotOpen)?)?;
        chunk = next;
    }
}

/// Up to `size` bytes; fewer only at the end.
fn read_chunk(from: &mut impl Read, size: usize) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(size);
    from.by_ref().take(size as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SecondFactorRule, SecurityConfig};

    fn installation(secret: &str) -> FileKey {
        let secret = Secret::new(secret);
        let config = SecurityConfig {
            secret,
            session_idle_minutes: 30,
            session_hours: 12,
            access_token_minutes: 15,
            second_factor: SecondFactorRule::Required,
            contact: String::new(),
        };
        FileKey::Installation(Keys::new(&config))
    }

    fn sealed(key: &FileKey, plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        seal_file(key, &mut &plain[..], &mut out, |_| ()).expect("sealed");
        out
    }

    fn opened(key: &FileKey, sealed: &[u8]) -> Result<Vec<u8>, SealedFileError> {
        let mut out = Vec::new();
        open_file(key, &mut &sealed[..], &mut out).map(|()| out)
    }

    #[test]
    fn files_of_every_length_around_a_chunk_come_back() {
        let key = installation("a secret of more than thirty-two characters");
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let sealed = sealed(&key, &plain);
            assert!(is_sealed(&sealed) && !is_sealed(&plain));
            assert_eq!(opened(&key, &sealed).expect("it opens"), plain, "{length} bytes");
        }
    }

    #[test]
    fn changed_swapped_and_cut_files_do_not_open() {
        let key = installation("a secret of more than thirty-two characters");
        let plain = vec![7; 2 * CHUNK + 10];
        let good = sealed(&key, &plain);
        let head = MAGIC.len() + 1 + SALT + NONCE;
        for at in [0, head - 1, head, head + CHUNK, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(opened(&key, &bad).is_err(), "byte {at} was changed");
        }
        for length in [0, 10, head, head + CHUNK + TAG, head + 2 * (CHUNK + TAG), good.len() - 1] {
            assert!(opened(&key, &good[..length]).is_err(), "cut off at {length}");
        }
        let (one, two) = (head..head + CHUNK + TAG, head + CHUNK + TAG..head + 2 * (CHUNK + TAG));
        let swapped = [&good[..head], &good[two.clone()], &good[one], &good[two.end..]].concat();
        assert!(opened(&key, &swapped).is_err());
        assert!(opened(&key, &[good.as_slice(), b"more"].concat()).is_err());
    }

    #[test]
    fn only_the_key_that_sealed_it_opens_it() {
        let (ours, theirs) = (installation(&"a".repeat(32)), installation(&"b".repeat(32)));
        let passphrase = FileKey::Passphrase(Secret::new("correct horse battery staple"));
        assert!(matches!(opened(&theirs, &sealed(&ours, b"x")), Err(SealedFileError::DoesNotOpen)));
        assert!(matches!(opened(&passphrase, &sealed(&ours, b"x")), Err(SealedFileError::OtherKey(_))));
        assert!(matches!(opened(&ours, &sealed(&passphrase, b"x")), Err(SealedFileError::OtherKey(_))));
        assert_eq!(opened(&passphrase, &sealed(&passphrase, b"x")).expect("it opens"), b"x");
    }
}
