//! Prepares what browsers load: the style sheet of the NHS design system, without what is licensed to NHS bodies only.
//!
//! The design system comes from npm, pinned by `src/web/assets/package-lock.json`, into `OUT_DIR`; it is fetched again
//! only when that file changes. A packager without network sets `CANDOUR_ASSETS_DIR` to an unpacked `nhsuk-frontend`
//! package. The result is `OUT_DIR/assets.rs`: one entry per file, with its hashed name and compressed forms.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const SOURCE: &str = "src/web/assets";
const PACKAGERS_FOLDER: &str = "CANDOUR_ASSETS_DIR";

type Result<T> = std::result::Result<T, String>;

fn main() {
    for file in
        ["build.rs", "src/web/assets/package-lock.json", "src/web/assets/candour.css", "src/web/assets/favicon.svg"]
    {
        println!("cargo::rerun-if-changed={file}");
    }
    println!("cargo::rerun-if-env-changed={PACKAGERS_FOLDER}");
    if let Err(message) = prepare() {
        eprintln!("{message}");
        std::process::exit(1);
    }
}

fn prepare() -> Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR; run this through cargo")?);
    let package = match env::var_os(PACKAGERS_FOLDER) {
        Some(folder) => PathBuf::from(folder),
        None => fetch(&out.join("npm"))?,
    };
    let dist = package.join("dist/nhsuk");
    let mut assets = Assets { folder: out.join("assets"), list: String::new() };
    fs::create_dir_all(&assets.folder).map_err(in_file(&assets.folder))?;

    let sheet = read(&dist.join("nhsuk-frontend.min.css"))?;
    let sheet = without_font_faces(&sheet).replace("Frutiger W01,", "");
    let sheet = with_own_icons(&sheet, &dist, &mut assets)?;
    let own = read(&Path::new(SOURCE).join("candour.css"))?;
    refuse_what_is_licensed(&sheet)?;
    assets.add("candour.css", "text/css; charset=utf-8", format!("{sheet}\n{own}").as_bytes())?;
    assets.add("favicon.svg", "image/svg+xml", read(&Path::new(SOURCE).join("favicon.svg"))?.as_bytes())?;
    fs::write(out.join("assets.rs"), format!("&[\n{}]\n", assets.list)).map_err(in_file(&out))
}

/// The unpacked package, from npm unless the lock file is the one that it was fetched by.
fn fetch(folder: &Path) -> Result<PathBuf> {
    let package = folder.join("node_modules/nhsuk-frontend");
    let lock = read(&Path::new(SOURCE).join("package-lock.json"))?;
    let fetched_by = folder.join("fetched-by.json");
    if package.is_dir() && fs::read_to_string(&fetched_by).is_ok_and(|before| before == lock) {
        return Ok(package);
    }
    fs::create_dir_all(folder).map_err(in_file(folder))?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(Path::new(SOURCE).join(file), folder.join(file)).map_err(in_file(folder))?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let run = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(folder)
        .output();
    let run = run.map_err(|_| {
        format!(
            "Candour's build fetches the NHS design system with npm, and npm was not found. Install Node.js 20 or newer, or set \
             {PACKAGERS_FOLDER} to the folder of an unpacked nhsuk-frontend package."
        )
    })?;
    if !run.status.success() {
        let said = String::from_utf8_lossy(&run.stderr);
        return Err(format!(
            "npm could not fetch the NHS design system: {}\nCheck the network, or set {PACKAGERS_FOLDER} to the folder of an \
             unpacked nhsuk-frontend package.",
            said.trim()
        ));
    }
    fs::write(&fetched_by, lock).map_err(in_file(&fetched_by))?;
    Ok(package)
}

/// Leaves out every `@font-face`: Frutiger is licensed to NHS bodies, and would be fetched from a third party.
fn without_font_faces(sheet: &str) -> String {
    let mut rest = sheet;
    let mut kept = String::with_capacity(sheet.len());
    while let Some((before, rule)) = rest.split_once("@font-face{") {
        kept.push_str(before);
        rest = rule.split_once('}').map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Replaces `/assets/images/x.svg` by the hashed name of a file of our own.
fn with_own_icons(sheet: &str, dist: &Path, assets: &mut Assets) -> Result<String> {
    const WAS: &str = "url(/assets/images/";
    let mut sheet = sheet.to_owned();
    while let Some(start) = sheet.find(WAS) {
        let tail = &sheet[start + WAS.len()..];
        let name = tail.split(')').next().unwrap_or_default().to_owned();
        let icon = fs::read(dist.join("assets/images").join(&name)).map_err(in_file(&dist.join(&name)))?;
        let hashed = assets.add(&name, "image/svg+xml", &icon)?;
        sheet = sheet.replace(&format!("{WAS}{name})"), &format!("url({hashed})"));
    }
    Ok(sheet)
}

/// Fails the build when a new version of the design system brings back what was taken out.
fn refuse_what_is_licensed(sheet: &str) -> Result<()> {
    for trace in ["Frutiger", "frutiger", "assets.nhs.uk", "url(http"] {
        if sheet.contains(trace) {
            return Err(format!(
                "the NHS design system's style sheet still contains “{trace}”; teach build.rs to take it out"
            ));
        }
    }
    Ok(())
}

/// The files that go into the binary, and the Rust source that lists them.
struct Assets {
    folder: PathBuf,
    list: String,
}

impl Assets {
    /// Writes a file and its compressed forms under a name that changes with its content; gives that name.
    fn add(&mut self, name: &str, content_type: &str, bytes: &[u8]) -> Result<String> {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}-{:016x}.{extension}", fnv1a(bytes));
        if self.list.contains(&hashed) {
            return Ok(hashed);
        }
        let mut embed = String::new();
        for (suffix, content) in [("", bytes.to_vec()), (".gz", gzip(bytes)?), (".br", brotli(bytes)?)] {
            let path = self.folder.join(format!("{hashed}{suffix}"));
            fs::write(&path, content).map_err(in_file(&path))?;
            let _ = write!(embed, ", include_bytes!({path:?})");
        }
        let _ = writeln!(self.list, "    Asset::new({name:?}, {hashed:?}, {content_type:?}{embed}),");
        Ok(hashed)
    }
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|error| error.to_string())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters).map_err(|error| error.to_string())?;
    Ok(compressed)
}

/// FNV-1a: the same for the same bytes on every machine and with every compiler, which is all that a name needs.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(in_file(path))
}

fn in_file(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
