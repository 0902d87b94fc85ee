//! The offices' folders: whether drops are taken by one rename, who can write there, what their file system does to names.

use super::Findings;
use crate::clock::Moment;
use crate::offices::Offices;
use crate::spool::claim;
use crate::spool::layout::Spool;
use crate::spool::probe::{self, Probed, Shut, Unprobed};
use std::collections::BTreeSet;

/// Seconds two clocks may differ: a second each for what is cut off, and one for the way.
const CLOCK_SECONDS_MAX: i64 = 3;
/// A drop that has stood so long should have had its answer: what is still written is waited for, ten minutes at most.
const WAITING_MINUTES_MAX: i64 = 15;
/// Everybody may write.
const WRITTEN_BY_ALL: u32 = 0o002;

/// Tries every office's folders.
pub(super) fn offices(findings: &mut Findings, spool: &Spool, offices: &Offices, now: impl Fn() -> Moment) {
    let folders: Vec<String> = offices.offices.values().filter_map(|office| office.folder.clone()).collect();
    for (folder, probed) in probe::offices(spool, &folders, &now) {
        let mut found = Findings::default();
        match probed {
            Ok(probed) => {
                office(&mut found, &probed);
                waiting(&mut found, probed.waiting, now());
            }
            Err(error) => unprobed(&mut found, &error),
        }
        findings.of_office(&folder, found);
    }
    for same in probe::clashes(&spool.offices()).unwrap_or_default() {
        let says = format!("folders of offices that a Windows share takes for one: {}", same.join(", "));
        findings.fail("names", says, "give one of the offices another `folder:` in offices.yaml");
    }
}

fn unprobed(found: &mut Findings, error: &Unprobed) {
    match error {
        Unprobed::Away(_) => {
            let says = "its share is not mounted: another file system is here than was, without the marker";
            let help = "mount it, and the daemon goes on by itself; moved here for good, put an empty file `.banwen-folder` into its 交件";
            found.fail("folder", says, help);
        }
        Unprobed::Missing(_) => {
            let says = "there is no 交件";
            found.warn("folder", says, "a daemon makes it at its start; was there one before, mount the share again");
        }
        Unprobed::Link(place) => {
            let says =
                format!("{} is a symbolic link: the daemon follows none, so no drop is taken there", place.display());
            let help = "put the folder itself there: mount or bind-mount (mount --bind) what the link leads to";
            found.fail("folder", says, help);
        }
        Unprobed::Unmarked(_) => {
            let says = "it is missing in 交件, so nothing was tried there";
            let help = "mount the share; if this is the folder itself, restart the daemon, which puts the marker there";
            found.fail("marker", says, help);
        }
        Unprobed::Failed(error) => {
            found.fail(
                "folder",
                error.to_string(),
                "the daemon's user must be able to write, rename and remove in all six folders",
            );
        }
    }
}

fn office(found: &mut Findings, probed: &Probed) {
    found.good("marker", "it is there: the folder is told from the empty mount point of a lost share");
    match probed.one_file_system {
        true => found.good("rename", "a drop is taken from 交件 into state/ by one rename"),
        false => {
            found.good("rename", "another file system than state/: drops are held hidden in 交件, their bytes copied")
        }
    }
    match probed.events {
        true => found.good("file events", "they arrive; the folder is polled all the same"),
        false => {
            found.good("file events", "none arrive, as on most shares: drops are found by the poll of each second")
        }
    }
    match probed.folds_case {
        true => found.warn(
            "names",
            "upper and lower case are one here",
            "two names that differ only so cannot both stand here",
        ),
        false => found.good("names", "upper and lower case are told apart"),
    }
    for same in &probed.clashes {
        let says = format!("in 交件 there are names a Windows share takes for one: {}", same.join(", "));
        found.warn("names", says, "a clerk sees only one of them; each gets its own answer");
    }
    match probed.ahead_seconds {
        seconds if seconds.abs() <= CLOCK_SECONDS_MAX => found.good("share's clock", "it agrees with this machine's"),
        seconds => {
            let (seconds, way) = (seconds.abs(), if seconds < 0 { "behind" } else { "ahead of" });
            let says = format!("it is {seconds} seconds {way} this machine's");
            found.warn(
                "share's clock",
                says,
                "no date is reckoned from it; set the file server's clock, or this one (NTP)",
            );
        }
    }
    let open: Vec<String> = probed
        .rights
        .iter()
        .filter(|(_, mode)| mode & WRITTEN_BY_ALL != 0)
        .map(|(path, mode)| format!("{} ({mode:o})", path.display()))
        .collect();
    tasks(found, probed.shut.as_ref());
    if open.is_empty() {
        found.good("rights", "only owner and group may write");
    } else {
        let says = format!("every user of this machine may write into {}, and so act as the office", open.join(", "));
        found.warn("rights", says, "chmod o-w on it; who enters over the network is said by the share's `valid users`");
    }
}

/// Whether the office can fill in and move what is laid into its 待办.
fn tasks(found: &mut Findings, shut: Option<&(Shut, u32)>) {
    let Some((shut, mode)) = shut else {
        return found.good("tasks", "whom 交件 belongs to may write 待办 and the forms in it");
    };
    let what = match shut {
        Shut::Folder => "待办".to_owned(),
        Shut::New => "what is laid into 待办".to_owned(),
        Shut::Form(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned() + " in 待办",
    };
    let says =
        format!("whom 交件 belongs to cannot write {what} ({mode:o}): no clerk can save a form there, or move it out");
    found.fail(
        "tasks",
        says,
        "give the office's group all six folders, as docs/operators.md says in section 5 (setfacl)",
    );
}

/// Whether a drop stands in 交件 that nobody takes.
pub(super) fn waiting(found: &mut Findings, waiting: Option<(usize, Moment)>, now: Moment) {
    let Some((count, since)) = waiting else { return found.good("waiting", "nothing stands in 交件") };
    let minutes = (now - since).num_minutes();
    if minutes <= WAITING_MINUTES_MAX {
        return found.good("waiting", "nothing has stood in 交件 for long");
    }
    let says = format!("{count} drops stand in 交件, the first for {minutes} minutes: nobody takes it");
    let help = "look into the log for the reason; a file called .part or .tmp waits for its writer, without end";
    found.warn("waiting", says, help);
}

/// Tells of the check of owners, and whether it can tell anybody apart.
pub(super) fn owners(findings: &mut Findings, spool: &Spool, offices: &Offices, checked: bool) {
    if !checked {
        findings.good("owner_check", "off: whoever can write into an office's 交件 acts as the office");
        return;
    }
    let with_folders = offices.offices.values().filter_map(|office| Some((office, office.folder.as_deref()?)));
    let mut each: Vec<(String, BTreeSet<u32>)> = Vec::new();
    for (office, folder) in with_folders {
        // what cannot be looked at has been told above
        let Ok(mut owners) = claim::owners_of(spool, folder) else { continue };
        owners.extend(office.owners.iter().copied());
        each.push((folder.to_owned(), owners));
    }
    for (n, (folder, owners)) in each.iter().enumerate() {
        let mut found = Findings::default();
        let others = each.iter().enumerate().filter(|(other, _)| *other != n);
        let shared = owners.iter().filter(|owner| others.clone().any(|(_, (_, theirs))| theirs.contains(owner)));
        let shared: Vec<String> = shared.map(u32::to_string).collect();
        if shared.is_empty() {
            found.good("owner_check", "on: drops are taken from users who drop for no other office");
        } else {
            let says = format!("on, but user {} may drop for other offices, too", shared.join(", "));
            let help =
                "give folder and 交件 of each office to a user of its own (chown), and name its clerks in `owners:`";
            found.warn("owner_check", says, help);
        }
        findings.of_office(folder, found);
    }
}
