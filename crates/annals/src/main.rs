//! The one binary; its commands follow.

fn main() {}
