//! Lets cargo notice a newly built console.
//!
//! A release embeds what lies in `console`; which files those are changes with each build of the
//! console. A development build reads them at run time and need not be compiled again.

fn main() {
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo:rerun-if-changed={}", if is_release { "console" } else { "build.rs" });
}
