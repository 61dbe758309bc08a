//! The house rules, as tests: who may know whom, and how long a file or a function may be.

#![allow(clippy::unwrap_used)]

mod fidelity;
mod functions;
mod keys;
mod rooms;
mod sizes;
mod tree;
mod words;
