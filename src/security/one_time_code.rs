//! One-time codes of authenticator apps (TOTP, RFC 6238): six digits, thirty seconds, HMAC-SHA-1, which is what every
//! app understands.

use hmac::{Hmac, Mac};
use sha1::Sha1;
use time::OffsetDateTime;

use super::{Keys, Purpose};

const SECONDS: i64 = 30;
/// A code of the step before or after is taken too: clocks differ, and typing takes time (RFC 6238, 5.2).
const DRIFT: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Number of a step of thirty seconds since 1970.
pub type Step = i64;

/// What an authenticator app and we both know: 160 bits, as RFC 4226 recommends.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed([u8; 20]);

impl Seed {
    /// The seed that is offered in one session: the same each time the page is loaded, and nowhere stored until it is
    /// taken.
    pub fn offered(keys: &Keys, context: &[u8]) -> Self {
        let [seed @ .., _, _, _, _, _, _, _, _, _, _, _, _] = keys.authenticate(Purpose::SecondFactorSeed, context);
        Self(seed)
    }

    /// A seed read back; `None` when the length is not a seed's.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A seed from the text that [`Seed::to_base32`] gives; spaces and case do not matter.
    pub fn from_base32(text: &str) -> Option<Self> {
        let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::with_capacity(20));
        for letter in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
            let value = BASE32.iter().position(|have| *have == letter.to_ascii_uppercase())?;
            bits = bits << 5 | u32::try_from(value).ok()?;
            count += 5;
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count & 0xff) as u8);
            }
        }
        Self::from_bytes(&bytes)
    }

    /// The seed as it is typed into an app: 32 letters and digits (RFC 4648).
    pub fn to_base32(&self) -> String {
        let (mut bits, mut count, mut text) = (0_u32, 0, String::with_capacity(32));
        for byte in self.0 {
            bits = bits << 8 | u32::from(byte);
            count += 8;
            while count >= 5 {
                count -= 5;
                text.push(char::from(BASE32[(bits >> count & 31) as usize]));
            }
        }
        text
    }

    /// What the QR code holds, in the form that authenticator apps read. `account` is shown by the app; characters
    /// that an address does not have are left out.
    pub fn to_uri(&self, account: &str) -> String {
        let name: String =
            account.chars().filter(|letter| letter.is_ascii_alphanumeric() || "@.-_+".contains(*letter)).collect();
        let name = name.replace('+', "%2B");
        format!("otpauth://totp/Candour:{name}?secret={}&issuer=Candour", self.to_base32())
    }

    /// The code of a step.
    pub fn code(&self, step: Step) -> String {
        let digest: [u8; 20] = mac(&self.0).chain_update(step.to_be_bytes()).finalize().into_bytes().into();
        let start = usize::from(digest[19] & 0x0f);
        let number = digest[start..start + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// The step that `code` belongs to, if it is one of those around `now`. Spaces in the code do not matter.
    ///
    /// The caller refuses a step that is not after the last one used: a code is good once.
    pub fn step_of(&self, code: &str, now: OffsetDateTime) -> Option<Step> {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let current = now.unix_timestamp() / SECONDS;
        // Every candidate is compared in full, so that the time tells nothing.
        let same = |step: &Step| {
            let ours = self.code(*step);
            ours.len() == code.len() && ours.bytes().zip(code.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
        };
        (current - DRIFT..=current + DRIFT).rfind(same)
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(********)")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length; the error type is the trait's, not HMAC's")]
fn mac(key: &[u8]) -> Hmac<Sha1> {
    <Hmac<Sha1> as Mac>::new_from_slice(key).expect("HMAC takes keys of every length")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of the eight digits that it prints.
    #[test]
    fn codes_are_those_of_the_standard() {
        let seed = Seed(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(seed.code(seconds / SECONDS), code);
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_no_more() {
        let seed = Seed([7; 20]);
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).expect("a moment");
        let current = 1_800_000_000 / SECONDS;
        for step in current - 1..=current + 1 {
            assert_eq!(seed.step_of(&seed.code(step), now), Some(step));
        }
        for step in [current - 2, current + 2] {
            assert_eq!(seed.step_of(&seed.code(step), now), None);
        }
        let spaced = format!("{} {}", &seed.code(current)[..3], &seed.code(current)[3..]);
        assert_eq!(seed.step_of(&spaced, now), Some(current));
        for bad in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(seed.step_of(bad, now), None);
        }
    }

    #[test]
    fn a_seed_is_read_back_as_it_is_typed() {
        let seed = Seed(*b"12345678901234567890");
        assert_eq!(seed.to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(Seed::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), Some(seed.clone()));
        assert_eq!(Seed::from_base32("GEZD"), None);
        assert_eq!(
            seed.to_uri("a+b@x.example\n"),
            "otpauth://totp/Candour:a%2Bb@x.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Candour"
        );
    }
}
