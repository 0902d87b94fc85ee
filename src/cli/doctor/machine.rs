//! The machine: where state/ lies, room, clock, the daemon, faces, the office suite, mail, the calendar.

use super::Findings;
use crate::clock::{self, Moment};
use crate::config::{Settings, SmtpSettings};
use crate::engine;
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::lock::Lock;
use crate::spool::probe::{self, Room};
use chrono::Datelike;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Less room than this is told; less than the second is a failure, in bytes.
const ROOM_BYTES_MIN: u64 = 1024 * 1024 * 1024;
const ROOM_BYTES_LEAST: u64 = 128 * 1024 * 1024;
/// The same of files that can still be made.
const ROOM_FILES_MIN: u64 = 20_000;
const ROOM_FILES_LEAST: u64 = 500;
/// File systems on which locks and syncs mean little.
const NETWORK: [&str; 9] = ["cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "fuse.sshfs", "ceph", "fuse.glusterfs"];
/// File systems that forget everything.
const MEMORY: [&str; 2] = ["tmpfs", "ramfs"];
/// Others may enter, or read.
const OPEN_TO_ALL: u32 = 0o005;
/// How long a mail server may take to answer.
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How long an office suite may take to say its version, in seconds.
const VERSION_SECONDS_MAX: &str = "60";
/// Longest password file.
const PASSWORD_BYTES_MAX: u64 = 4096;
/// The month in which the next year's arrangement of holidays comes out.
const ARRANGED_MONTH: u32 = 11;

/// Where state/ lies, whether it can be written and synced, who may enter, and how much room there is.
pub(super) fn state(findings: &mut Findings, spool: &Spool) {
    let state = spool.state();
    if !state.is_dir() {
        findings.warn("state", "there is no state/: no daemon ever ran here", "start the daemon, and ask again");
        return;
    }
    let kind = probe::file_system(&state).unwrap_or_else(|| "unknown".to_owned());
    match probe::writes(&state) {
        Ok(_) if NETWORK.contains(&kind.as_str()) => {
            let says = format!("state/ lies on a network share ({kind}): its locks and syncs mean nothing");
            findings.fail("state", says, "move the spool to a local disk; only offices/ may be shared");
        }
        Ok(_) if MEMORY.contains(&kind.as_str()) => {
            findings.warn(
                "state",
                format!("state/ lies in memory ({kind}): the power takes it all"),
                "move the spool to a disk",
            );
        }
        Ok(_) => findings.good("state", format!("a file is written, synced and removed in state/ ({kind})")),
        Err(error) => {
            findings.fail("state", error.to_string(), "run this as the daemon's user; state/ must be writable to it")
        }
    }
    if let (Ok(user), Ok(owner)) = (probe::writes(&state), owner(&state))
        && user != owner
    {
        let says =
            format!("asked as user {user}, while state/ belongs to user {owner}: rights are not what the daemon has");
        findings.warn("user", says, "sudo -u banwen banwen doctor …");
    }
    let open = |path: &Path| probe::rights(path).is_ok_and(|mode| mode & OPEN_TO_ALL != 0);
    match open(spool.root()) && open(&state) {
        true => findings.warn(
            "rights of state",
            "every user of this machine may look into state/",
            "chmod 750 the spool, or 700 state/",
        ),
        false => findings.good("rights of state", "others may not look into state/"),
    }
    room(findings, "room", &state);
    if owned_apart(spool) {
        room(findings, "room of offices", &spool.offices());
    }
}

fn owner(path: &Path) -> std::io::Result<u32> {
    use std::os::unix::fs::MetadataExt;
    Ok(std::fs::metadata(path)?.uid())
}

/// Whether offices/ is another file system than state/.
fn owned_apart(spool: &Spool) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| std::fs::metadata(path).map(|seen| seen.dev()).ok();
    device(&spool.offices()).is_some_and(|offices| device(&spool.state()).is_some_and(|state| state != offices))
}

fn room(findings: &mut Findings, check: &'static str, folder: &Path) {
    let Some(Room { bytes, files }) = probe::room(folder) else {
        findings.warn(check, "`df` does not say how much room there is", "look yourself");
        return;
    };
    let left = files.map_or_else(|| "any number of files".to_owned(), |files| format!("{files} files"));
    let says = format!("{} MiB and {left} are free", bytes >> 20);
    let help = "make room: when there is none drops stay where they are, and go on by themselves afterwards";
    let files = files.unwrap_or(u64::MAX);
    if bytes < ROOM_BYTES_LEAST || files < ROOM_FILES_LEAST {
        findings.fail(check, says, help);
    } else if bytes < ROOM_BYTES_MIN || files < ROOM_FILES_MIN {
        findings.warn(check, says, help);
    } else {
        findings.good(check, says);
    }
}

/// Whether a daemon runs. No lock is taken, so this may be asked beside it.
pub(super) fn daemon(findings: &mut Findings, spool: &Spool) {
    match Lock::holder(&spool.lock()) {
        Ok(Some(holder)) => findings.good("daemon", format!("it runs: {holder}")),
        Ok(None) => findings.warn("daemon", "none runs: nothing is taken in", "systemctl start banwen"),
        Err(error) => {
            findings.fail("daemon", error.to_string(), "a file system that cannot lock is no place for state/")
        }
    }
}

/// The clock against the log and the host's zone.
pub(super) fn clock(findings: &mut Findings, now: Moment, last: Option<Moment>) {
    match last {
        Some(last) if last > now => {
            let says = format!("it says {now}, and the log has an event of {last}");
            findings.fail("clock", says, "set it right (NTP): until then nothing falls due");
        }
        Some(last) => findings.good("clock", format!("{now}; the last event of a case is of {last}")),
        None => findings.good("clock", now.to_string()),
    }
    findings.good(
        "zone",
        format!("the host's is {}; everything here is reckoned at +08:00 whatever it is", clock::host_zone()),
    );
}

/// Faces and the office suite.
pub(super) fn papers(findings: &mut Findings, root: &Path, settings: &Settings) {
    match engine::fonts_of(root) {
        Ok(fonts) => {
            let report = fonts.report();
            let own = report.faces.iter().filter(|face| !face.bundled).count();
            let says = format!("{} faces, {own} of them the office's own", report.faces.len());
            let lacking = report.missing.first().map_or(0, Vec::len);
            findings.good("fonts", format!("{says}; {lacking} characters of level 1 are in none (`banwen fonts`)"));
            for face in fonts.unused() {
                findings.warn("fonts", format!("{} is not used: {}", face.path.display(), face.reason), face.help);
            }
        }
        Err(error) => findings.fail("fonts", error.to_string(), "let the daemon's user read it"),
    }
    let Some(program) = &settings.libreoffice else {
        findings.good("LibreOffice", "not set: papers made from Word templates have no PDF");
        return;
    };
    let said = Command::new("timeout").arg(VERSION_SECONDS_MAX).arg(program).arg("--version").output();
    match said {
        Ok(said) if said.status.success() => {
            let version = String::from_utf8_lossy(&said.stdout).lines().next().unwrap_or_default().trim().to_owned();
            findings.good("LibreOffice", version);
        }
        Ok(said) => {
            let says = format!("{} does not say its version: {}", program.display(), said.status);
            findings.fail(
                "LibreOffice",
                says,
                "install it (libreoffice-writer-nogui), or mend `libreoffice:` in banwen.yaml",
            );
        }
        Err(error) => findings.fail("LibreOffice", format!("timeout: {error}"), "install coreutils"),
    }
}

/// Mail: what is set, and with `network` whether its server can be reached.
pub(super) fn mail(findings: &mut Findings, settings: &Settings, network: bool) {
    let Some(smtp) = &settings.smtp else {
        findings.good("mail", "no server is set: letters become files in mail/");
        return;
    };
    let server = format!("{}:{}", smtp.host, smtp.port);
    if network {
        match reach(smtp) {
            Ok(()) => findings.good("mail", format!("{server} takes a connection; no letter was sent")),
            Err(error) => {
                findings.fail(
                    "mail",
                    format!("{server}: {error}"),
                    "letters wait meanwhile, five days; mend host, port or the network",
                );
            }
        }
    } else {
        findings.good("mail", format!("{server}, not tried: `banwen doctor --network` connects to it"));
    }
    let Some(file) = &smtp.password_file else { return };
    match files::read_at_most(file, PASSWORD_BYTES_MAX) {
        Ok(Some(_)) => findings.good("mail password", "its file can be read"),
        Ok(None) => {
            findings.fail("mail password", format!("{} is no password", file.display()), "it stands alone in its file")
        }
        Err(error) => {
            findings.warn(
                "mail password",
                error.to_string(),
                "below /run/credentials only the running service may read it",
            );
        }
    }
}

fn reach(smtp: &SmtpSettings) -> std::io::Result<()> {
    let mut failed = std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
    for address in (smtp.host.as_str(), smtp.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_WAIT) {
            Ok(_) => return Ok(()),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Whether this year's and the next year's working days are known.
pub(super) fn calendar(findings: &mut Findings, root: &Path, now: Moment) {
    let calendar = match engine::calendar_of(root) {
        Ok(calendar) => calendar,
        Err(error) => {
            findings.fail(
                "calendar",
                error.to_string(),
                "mend calendar.csv, or what lies in calendars/; `banwen check` names every problem",
            );
            return;
        }
    };
    let (year, next) = (now.year(), now.year() + 1);
    let help = |year: i32| format!("write the arrangement of {year} into calendar.csv (docs/operators.md, section 7)");
    if !calendar.is_official(year) {
        findings.fail(
            "calendar",
            format!("the working days of {year} are not known: every date is provisional"),
            help(year),
        );
    } else if calendar.is_official(next) {
        findings.good("calendar", format!("{year} and {next} are known"));
    } else if now.month() >= ARRANGED_MONTH {
        findings.warn("calendar", format!("{next} is not known: dates in it are provisional"), help(next));
    } else {
        findings.good("calendar", format!("{year} is known; {next} comes out in November"));
    }
}
