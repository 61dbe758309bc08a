//! How much one visitor or one address may upload, and how often files are fetched.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::Quota;
use hinny_actors::ids::VisitorId;

use super::{Keyed, Limits, Place, Places, at_least_one, check, keyed, limit_key, sweep, waited};
use crate::error::{Code, Problem};
use governor::RateLimiter;

/// Counted in units of this many bytes.
const UNIT: u64 = 1024;

/// What a visitor may upload within an hour: so many files of the largest size.
const LARGEST_PER_HOUR: u64 = 10;

/// All visitors of one address together may upload this many times as much.
const VISITORS: u64 = 5;

/// Files that are on their way at once, in all and from one address. Each is in memory until it is complete.
const AT_ONCE: usize = 32;
const AT_ONCE_PER_ADDRESS: usize = 4;

/// Files that one address may fetch at once, and a minute in the long run.
const DOWNLOADS_BURST: u32 = 200;
const DOWNLOADS_PER_MINUTE: u32 = 600;

pub struct Uploads {
    visitor: Keyed<VisitorId>,
    address: Keyed<IpAddr>,
    downloads: Keyed<IpAddr>,
    places: Arc<Places>,
}

impl Uploads {
    /// `largest` is the largest file that is taken, in bytes.
    pub fn new(largest: u64) -> Uploads {
        let hour = largest.saturating_mul(LARGEST_PER_HOUR);
        Uploads {
            visitor: RateLimiter::keyed(per_hour(hour)),
            address: RateLimiter::keyed(per_hour(hour.saturating_mul(VISITORS))),
            downloads: keyed(DOWNLOADS_BURST, DOWNLOADS_PER_MINUTE),
            places: Places::new(AT_ONCE, AT_ONCE_PER_ADDRESS),
        }
    }

    pub fn sweep(&self) {
        sweep(&self.visitor);
        sweep(&self.address);
        sweep(&self.downloads);
    }
}

fn per_hour(bytes: u64) -> Quota {
    Quota::per_hour(units(bytes))
}

fn units(bytes: u64) -> NonZeroU32 {
    at_least_one(u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX))
}

impl Limits {
    /// A place for one more file on its way.
    pub fn upload(&self, address: IpAddr) -> Option<Place> {
        self.uploads.places.clone().take(limit_key(address), false)
    }

    /// A file of this many bytes.
    pub fn file(&self, visitor: &VisitorId, address: IpAddr, bytes: usize) -> Result<(), Problem> {
        let units = units(bytes as u64);
        take(&self.uploads.visitor, visitor, units)?;
        take(&self.uploads.address, &limit_key(address), units)
    }

    /// A file that is fetched.
    pub fn download(&self, address: IpAddr) -> Result<(), Problem> {
        check(&self.uploads.downloads, &limit_key(address))
    }
}

fn take<K: std::hash::Hash + Eq + Clone>(
    limiter: &Keyed<K>,
    key: &K,
    units: NonZeroU32,
) -> Result<(), Problem> {
    match limiter.check_key_n(key, units) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(not_until)) => Err(Problem {
            detail: "That were many files. Please wait a little before you send more.".into(),
            ..waited(limiter, &not_until)
        }),
        Err(_) => Err(Problem::new(Code::TooLarge, "This file is too large.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::raw::RawLimits;

    const MB: usize = 1_000_000;

    #[test]
    fn a_visitors_total_within_an_hour_is_bounded() {
        let limits = Limits::new(&RawLimits::default(), MB as u64);
        let (ada, bob) = (VisitorId::from("ada"), VisitorId::from("bob"));
        let address = |last| IpAddr::from([198, 51, 100, last]);
        for _ in 0..9 {
            assert_eq!(limits.file(&ada, address(1), MB), Ok(()));
        }
        assert_eq!(
            limits.file(&ada, address(1), MB - UNIT as usize * 9),
            Ok(())
        );
        let problem = limits.file(&ada, address(1), MB).unwrap_err();
        assert_eq!(problem.code, Code::RateLimited);
        assert!(problem.retry_after_ms().unwrap() > 60_000);
        assert_eq!(limits.file(&bob, address(1), MB), Ok(()));
    }

    #[test]
    fn few_files_of_one_address_are_on_their_way_at_once() {
        let limits = Limits::new(&RawLimits::default(), MB as u64);
        let address = IpAddr::from([198, 51, 100, 1]);
        let held: Vec<_> = (0..AT_ONCE_PER_ADDRESS)
            .map(|_| limits.upload(address))
            .collect();
        assert!(held.iter().all(Option::is_some) && limits.upload(address).is_none());
        drop(held);
        assert!(limits.upload(address).is_some());
    }
}
