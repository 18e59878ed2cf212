//! A QR code as one SVG path: no script, no image to load, sharp in print.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

/// The SVG of a QR code for `text`, with a quiet zone of four modules; `label` is what screen readers say.
///
/// `None` when the text is too long for any QR code (some 2,000 characters).
pub fn qr_code(text: &str, label: &str) -> Option<String> {
    const QUIET: usize = 4;
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let size = width + 2 * QUIET;
    let mut path = String::new();
    for (place, _) in code.to_colors().iter().enumerate().filter(|(_, colour)| **colour == Color::Dark) {
        let (x, y) = (place % width + QUIET, place / width + QUIET);
        // Writing to a string cannot fail.
        let _ = write!(path, "M{x} {y}h1v1h-1z");
    }
    let label = label.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    Some(format!(
        "<svg class=\"candour-qr\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{label}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_a_picture_with_a_name() {
        let svg = qr_code("https://survey.example.org/s/AAAAAAAAAAAAAAAAAAAAAA", "A <link>").expect("it fits");
        assert!(svg.contains("aria-label=\"A &lt;link>\"") && svg.matches("h1v1h-1z").count() > 300);
        assert_eq!(qr_code(&"x".repeat(5_000), "too long"), None);
    }
}
