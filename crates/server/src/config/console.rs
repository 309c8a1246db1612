//! Where the console lives and who may embed it: what the configuration alone can refuse.
//!
//! Both values end up in headers and in the page, so only plain characters are let through.

use super::Console;

/// Why `[console]` cannot be used as it is written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConsoleError {
    #[error(
        "base_path `{0}` is not one: begin with `/`, end without, and use letters, digits and \
         `-._~` between, such as `/audit`"
    )]
    BasePath(String),
    #[error(
        "`{0}` in frame_ancestors is not an origin: write scheme and host, such as \
         `https://portal.example.org`, without a path and without `*`"
    )]
    FrameAncestor(String),
}

/// A path is a path, an origin is an origin.
pub(super) fn check(console: &Console) -> Result<(), ConsoleError> {
    let base = console.base_path.as_str();
    if !base.is_empty() && !is_base_path(base) {
        return Err(ConsoleError::BasePath(base.to_owned()));
    }
    match console.frame_ancestors.iter().find(|origin| !is_origin(origin)) {
        Some(stray) => Err(ConsoleError::FrameAncestor(stray.clone())),
        None => Ok(()),
    }
}

fn is_base_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_segment = |part: &str| {
        !part.is_empty() && part.bytes().all(is_plain) && !part.bytes().all(|byte| byte == b'.')
    };
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment))
}

/// As a browser writes it (RFC 6454, 6.2): it is compared with what browsers send.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte);
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_and_origins_are_taken() {
        let check = |base: &str, origins: &[&str], is_good: bool| {
            let frame_ancestors = origins.iter().map(|&origin| origin.to_owned()).collect();
            let console = Console { base_path: base.to_owned(), frame_ancestors };
            assert_eq!(super::check(&console).is_ok(), is_good, "{base} {origins:?}");
        };
        check("", &[], true);
        check("/audit", &["https://portal.example.org", "http://[::1]:8080"], true);
        check("/a/b-c.d", &[], true);
        for base in ["/", "audit", "/audit/", "/a//b", "/..", "/a b", "/a\"", "/{{nonce}}"] {
            check(base, &[], false);
        }
        for origin in ["*", "https://*.example.org", "portal", "https://p/x", "https://P", "'self'"]
        {
            check("", &[origin], false);
        }
    }
}
