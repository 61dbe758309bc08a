//! Failpoints: named steps at which a test build misbehaves on request. Ordinary builds have none of this.
//!
//! `FAILPOINTS` is read as the crate `fail` documents it, for instance `conversation_decide=1*panic`.
//! `HINNY_ABORT_AT=store_after_commit=12` ends the process without any farewell when that step is reached for
//! the twelfth time, as a power cut would; several are separated by `;`.

use std::sync::atomic::{AtomicU64, Ordering};

use fail::FailScenario;

const ABORT_AT: &str = "HINNY_ABORT_AT";

/// Sets up what the environment asks for, until the guard is dropped.
pub fn set_up() -> FailScenario<'static> {
    let scenario = FailScenario::setup();
    let asked = std::env::var(ABORT_AT).unwrap_or_default();
    for (name, pass) in asked.split(';').filter_map(step) {
        abort_at(name, pass);
    }
    scenario
}

fn step(asked: &str) -> Option<(&str, u64)> {
    let (name, pass) = asked.split_once('=')?;
    Some((name.trim(), pass.trim().parse().ok()?))
}

fn abort_at(name: &str, pass: u64) {
    let passes = AtomicU64::new(0);
    let callback = move || {
        if passes.fetch_add(1, Ordering::SeqCst) + 1 == pass {
            std::process::abort();
        }
    };
    fail::cfg_callback(name, callback).expect("a callback is always a valid action");
}

#[test]
fn a_step_has_a_name_and_a_pass() {
    assert_eq!(
        step("store_after_commit=12"),
        Some(("store_after_commit", 12))
    );
    assert_eq!(step(""), None);
    assert_eq!(step("store_after_commit=soon"), None);
}
