//! `[branding]`: whose service it looks like. Neutral unless the operator says otherwise.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The largest logo: phones between shifts load it with the first page.
const LARGEST_LOGO: u64 = 20 * 1024;

/// What the header shows beside the name of the service. The NHS logo comes from nobody but an NHS body, which may use
/// it: Candour brings none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandingConfig {
    /// SVG or PNG file of at most 20 KiB; empty for no logo.
    pub logo: PathBuf,
    /// Whose logo it is, for those who do not see it.
    pub logo_text: String,
}

/// A logo as browsers get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoFile {
    /// Media type.
    pub content_type: &'static str,
    /// Content.
    pub bytes: Vec<u8>,
}

impl BrandingConfig {
    /// The logo; `None` when none is set.
    ///
    /// # Errors
    /// One sentence that says what is wrong with the file.
    pub fn logo_file(&self) -> Result<Option<LogoFile>, String> {
        if self.logo.as_os_str().is_empty() {
            return Ok(None);
        }
        let name = self.logo.display();
        let content_type = match self.logo.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            _ => return Err(format!("branding.logo: {name} is neither .svg nor .png")),
        };
        let bytes = read(&self.logo).map_err(|error| format!("branding.logo: {name}: {error}"))?;
        if bytes.len() as u64 > LARGEST_LOGO {
            return Err(format!("branding.logo: {name} is larger than {} KiB", LARGEST_LOGO / 1024));
        }
        Ok(Some(LogoFile { content_type, bytes }))
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self.logo_file().err().into_iter().collect();
        if !self.logo.as_os_str().is_empty() && self.logo_text.trim().is_empty() {
            problems.push("branding.logo_text must say whose logo it is, for those who do not see it".to_owned());
        }
        problems
    }
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(LARGEST_LOGO + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branding(logo: &Path, text: &str) -> BrandingConfig {
        BrandingConfig { logo: logo.to_owned(), logo_text: text.to_owned() }
    }

    #[test]
    fn a_logo_is_a_small_picture_with_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, size: usize| {
            let path = folder.path().join(name);
            std::fs::write(&path, vec![b'x'; size]).expect("written");
            path
        };
        assert_eq!(branding(Path::new(""), "").logo_file(), Ok(None));
        assert!(branding(Path::new(""), "").problems().is_empty());
        let good = branding(&file("logo.svg", 20 * 1024), "Mersey Trust");
        assert!(good.problems().is_empty());
        assert_eq!(good.logo_file().expect("fine").expect("a logo").content_type, "image/svg+xml");
        for wrong in [
            branding(&file("logo.gif", 10), "Mersey Trust"),
            branding(&file("large.png", 20 * 1024 + 1), "Mersey Trust"),
            branding(&folder.path().join("none.png"), "Mersey Trust"),
            branding(&file("logo.png", 10), " "),
        ] {
            assert_eq!(wrong.problems().len(), 1, "{wrong:?}");
        }
    }
}
