//! The built console as the server holds it: its one page, and the files that the page asks for.
//!
//! A release embeds the folder `console` of this crate, which `cargo xtask console` fills; a
//! development build reads it at run time, so that a rebuilt console needs only a reload. Where
//! nothing was built there is one plain page that says how to. Files lie there compressed, too:
//! nothing is compressed while somebody waits. Knows nothing of HTTP.

use std::borrow::Cow;
use std::fmt::Write as _;

use rust_embed::{EmbeddedFile, RustEmbed};

const PAGE: &str = "index.html";
const UNBUILT: &str = include_str!("console/unbuilt.html");

// Where something is filled in; the console's build makes sure that these stand in the page.
const BASE: &str = "<base href=\"/\" />";
const NONCE: &str = "<meta name=\"csp-nonce\" content=\"\" />";
const PARENTS: &str = "<meta name=\"annals-parents\" content=\"\" />";

/// How a file is looked up.
type Find = fn(&str) -> Option<EmbeddedFile>;

#[derive(RustEmbed)]
#[folder = "console"]
struct Built;

/// The forms in which a file is kept, best first: its name in HTTP and the ending of the file.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The console.
#[derive(Clone, Copy)]
pub(crate) struct Console {
    find: Find,
}

/// What is put into the page before it is sent.
pub(crate) struct Filling<'a> {
    /// Under which its styles are let in, different each time.
    pub(crate) nonce: &'a str,
    /// Where the console lives below the root of the host; empty or `/audit`.
    pub(crate) base: &'a str,
    /// The origins that may embed this page, separated by blanks.
    pub(crate) parents: &'a str,
}

/// A file in the form that suits the caller.
pub(crate) struct Asset {
    pub(crate) bytes: Cow<'static, [u8]>,
    pub(crate) media_type: String,
    /// None: as it is.
    pub(crate) encoding: Option<&'static str>,
    /// Of exactly these bytes, quoted as HTTP wants it.
    pub(crate) tag: String,
}

impl Console {
    /// What was built with, or beside, this program.
    pub(crate) fn built() -> Self {
        Self { find: Built::get }
    }

    /// The page, whatever address of it was asked for: the script in it reads the address.
    pub(crate) fn page(self, filling: &Filling<'_>) -> String {
        let built = (self.find)(PAGE).and_then(|file| String::from_utf8(file.data.into()).ok());
        built
            .as_deref()
            .unwrap_or(UNBUILT)
            .replace(BASE, &format!("<base href=\"{}/\" />", filling.base))
            .replace(NONCE, &NONCE.replace("\"\"", &format!("\"{}\"", filling.nonce)))
            .replace(PARENTS, &PARENTS.replace("\"\"", &format!("\"{}\"", filling.parents)))
    }

    /// A file by its path below the console, in the best form that the caller `accepts`.
    pub(crate) fn asset(self, path: &str, accepts: impl Fn(&str) -> bool) -> Option<Asset> {
        let plain = (self.find)(path)?;
        let media_type = plain.metadata.mimetype().to_owned();
        let accepted = ENCODINGS.iter().filter(|(name, _)| accepts(name));
        let packed = |(name, ending): &(&'static str, &str)| {
            (self.find)(&format!("{path}.{ending}")).map(|file| (file, Some(*name)))
        };
        let (file, encoding) =
            accepted.map(packed).find_map(std::convert::identity).unwrap_or((plain, None));
        let tag = tag(&file.metadata.sha256_hash());
        Some(Asset { bytes: file.data, media_type, encoding, tag })
    }
}

fn tag(hash: &[u8; 32]) -> String {
    /// Enough that no two builds meet, bytes.
    const TAG_BYTES: usize = 16;
    let mut tag = String::from("\"");
    for byte in &hash[..TAG_BYTES] {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

#[cfg(test)]
impl Console {
    /// A console that is told its files.
    pub(crate) fn of(find: Find) -> Self {
        Self { find }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(data: &'static [u8], media_type: &'static str) -> EmbeddedFile {
        let mut hash = [0; 32];
        hash[0] = data[0];
        let metadata = rust_embed::Metadata::__rust_embed_new(hash, None, None, media_type);
        EmbeddedFile { data: Cow::Borrowed(data), metadata }
    }

    const PAGE_IN_TEST: &str = "<base href=\"/\" /><meta name=\"csp-nonce\" content=\"\" />\
                                <meta name=\"annals-parents\" content=\"\" />";

    fn find(path: &str) -> Option<EmbeddedFile> {
        Some(match path {
            "index.html" => file(PAGE_IN_TEST.as_bytes(), "text/html"),
            "assets/a.js" => file(b"plain", "text/javascript"),
            "assets/a.js.br" => file(b"br", "application/octet-stream"),
            "assets/a.js.gz" => file(b"gz", "application/octet-stream"),
            "assets/a.png" => file(b"png", "image/png"),
            _ => return None,
        })
    }

    // The page is one text for every server; what differs is filled in.
    #[test]
    fn the_page_is_filled() {
        let filling = Filling { nonce: "n", base: "/audit", parents: "https://p" };
        let expected = "<base href=\"/audit/\" /><meta name=\"csp-nonce\" content=\"n\" />\
                        <meta name=\"annals-parents\" content=\"https://p\" />";
        assert_eq!(Console::of(find).page(&filling), expected);
        let unbuilt = Console::of(|_| None).page(&filling);
        assert!(unbuilt.contains("cargo xtask console"), "{unbuilt}");
        assert!(unbuilt.contains("<base href=\"/audit/\" />"), "{unbuilt}");
    }

    // The best form that was asked for and that is there; each has a tag of its own, because a
    // cache must never take one for another.
    #[test]
    fn files_come_in_the_form_that_suits() {
        let check =
            |path: &str, accepted: &[&str], expected: Option<(&str, Option<&str>, &str)>| {
                let found = Console::of(find).asset(path, |name| accepted.contains(&name));
                let found = found.as_ref().map(|asset| {
                    let bytes = std::str::from_utf8(&asset.bytes).expect("text");
                    (bytes, asset.encoding, asset.media_type.as_str())
                });
                assert_eq!(found, expected, "{path} {accepted:?}");
            };
        check("assets/a.js", &["gzip", "br"], Some(("br", Some("br"), "text/javascript")));
        check("assets/a.js", &["gzip"], Some(("gz", Some("gzip"), "text/javascript")));
        check("assets/a.js", &[], Some(("plain", None, "text/javascript")));
        check("assets/a.png", &["br"], Some(("png", None, "image/png")));
        check("assets/b.js", &["br"], None);
        let tag = |accepted: &'static str| {
            Console::of(find).asset("assets/a.js", |name| name == accepted).expect("a file").tag
        };
        assert_ne!(tag("br"), tag("gzip"));
        assert!(tag("br").starts_with("\"62") && tag("br").len() == 34, "{}", tag("br"));
    }
}
