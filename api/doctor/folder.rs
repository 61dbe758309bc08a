//! The data folder: whether it can be written, by whom it can be read, how much room is left, and whether the clock is
//! behind what was written there.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use hinny_bridges::Finding;

/// Below this nothing can be trusted to be written any more.
const NO_ROOM: u64 = 100 << 20;
/// Below this somebody should make room.
const LITTLE_ROOM: u64 = 1 << 30;

/// The clocks of disks and machines may differ a little.
const CLOCK_SLACK: Duration = Duration::from_secs(120);

/// 2025-01-01. A machine that believes in an earlier time has lost its clock.
const SINCE: Duration = Duration::from_secs(1_735_689_600);

pub fn look(data: &Path) -> Vec<Finding> {
    let mut findings = vec![clock(data)];
    if !data.exists() {
        let name = data.display();
        findings.push(match writable(existing(data)) {
            Ok(()) => Finding::good(format!("{name} will be made at the first start")),
            Err(error) => Finding::bad(
                format!("{name} cannot be made: {error}"),
                "make it, and give it to the user that runs hinny",
            ),
        });
    } else {
        findings.push(match writable(data) {
            Ok(()) => Finding::good(format!("{} can be written", data.display())),
            Err(error) => Finding::bad(
                format!("{} cannot be written: {error}", data.display()),
                "run this as the user that runs hinny; if you did, give that user the folder",
            ),
        });
        findings.extend(rights(data));
    }
    findings.extend(room(existing(data)));
    findings
}

/// The folder itself, or the nearest one above that is there.
fn existing(data: &Path) -> &Path {
    let found = data.ancestors().find(|path| path.exists());
    found
        .filter(|path| !path.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn writable(folder: &Path) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(".doctor-")
        .tempfile_in(folder)?;
    file.write_all(b"hinny")?;
    file.as_file().sync_all()
}

fn rights(data: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(data).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        Finding::doubtful(
            format!(
                "other users of this machine may look into {}",
                data.display()
            ),
            format!("chmod 700 {}", data.display()),
        )
    })
}

fn room(folder: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let what = format!("{} free on its disk", size(free));
    Some(match free {
        free if free < NO_ROOM => {
            Finding::bad(what, "make room; hinny takes no messages on a full disk")
        }
        free if free < LITTLE_ROOM => Finding::doubtful(what, "make room soon"),
        _ => Finding::good(what),
    })
}

fn size(bytes: u64) -> String {
    match bytes >> 30 {
        0 => format!("{} MB are", bytes >> 20),
        gigabytes => format!("{gigabytes} GB are"),
    }
}

/// What was written cannot have been written in the future.
fn clock(data: &Path) -> Finding {
    let now = SystemTime::now();
    let written = ["hinny.db-wal", "hinny.db"].iter();
    let written =
        written.filter_map(|name| std::fs::metadata(data.join(name)).ok()?.modified().ok());
    let ahead = written.filter_map(|at| at.duration_since(now).ok()).max();
    let fix = "set the machine's clock, best by NTP (timedatectl set-ntp true)";
    let lost = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .is_ok_and(|now| now < SINCE);
    match ahead {
        Some(ahead) if ahead > CLOCK_SLACK => Finding::bad(
            format!(
                "the clock is {} minutes behind what was written already",
                ahead.as_secs() / 60
            ),
            fix,
        ),
        _ if lost => Finding::bad("the clock of this machine is years behind", fix),
        _ => Finding::good("the clock goes on from what was written before"),
    }
}

#[cfg(test)]
mod tests {
    use hinny_bridges::Grade;

    use super::*;

    fn worst(data: &Path) -> (Grade, String) {
        let findings = look(data);
        let worst = findings
            .into_iter()
            .max_by_key(|finding| finding.grade)
            .unwrap();
        (worst.grade, worst.what)
    }

    #[test]
    fn a_private_folder_is_good_and_one_to_come_too() {
        let folder = tempfile::tempdir().unwrap();
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder.path(), private).unwrap();
        assert_eq!(worst(folder.path()).0, Grade::Good);
        assert_eq!(worst(&folder.path().join("a/b")).0, Grade::Good);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_others_read_is_doubtful() {
        let folder = tempfile::tempdir().unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let (grade, what) = worst(folder.path());
        assert!(
            grade == Grade::Doubtful && what.contains("other users"),
            "{what}"
        );
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_bad() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data");
        std::fs::write(&file, "x").unwrap();
        let findings = look(&file);
        assert!(
            findings.iter().any(|found| found.grade == Grade::Bad),
            "{findings:?}"
        );
    }

    #[test]
    fn a_clock_that_was_set_back_is_bad() {
        let folder = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(folder.path().join("hinny.db")).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(3_600))
            .unwrap();
        let (grade, what) = worst(folder.path());
        assert!(grade == Grade::Bad && what.contains("clock is 5"), "{what}");
    }
}
