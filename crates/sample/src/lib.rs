//! Believable audit events, made up: for `annals generate`, the demo, tests and benchmarks.
//!
//! A company of some hundred people in five regions works on eight stacks: they sign in, move
//! files, open sessions, run jobs; administrators build and release clusters; requests climb
//! through approvals; the platform locks, times out, deletes and synchronises. Everything follows
//! from a seed. Holds always: the same arguments give the same bytes; objects have lives that make
//! sense (a cluster before its partitions, an end after its session); no real name, address or
//! secret (values of `password` keys are there to be masked). Knows no clock, no file, no server.

mod acts;
mod dice;
mod generator;
mod habits;
mod line;
mod names;
mod objects;
mod people;
mod places;
mod request;
mod scenario;
mod scenes;
mod schedule;
mod simulation;
mod stage;
mod stories;
mod tasks;
mod trickle;
mod world;

pub use generator::{Generator, Line, Options, write_labelled, write_ndjson};
pub use trickle::Trickle;
