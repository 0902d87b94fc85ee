//! A real Samba share: what offices put over SMB is taken whole, once, under its own name, and answered where they find it.
//!
//! Time is told five times as fast as it passes, so that the daemon's own patience costs a test seconds.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its server has failed")]
#![expect(clippy::print_stderr, reason = "what was not checked is said aloud")]

use banwen::clock::Moment;
use banwen::files;
use banwen::spool::claim::{self, Answer, Claimed};
use banwen::spool::layout::Spool;
use banwen::spool::names;
use banwen::spool::settle::scan::scan;
use banwen::spool::settle::{Patience, Settler};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const OFFICE: &str = "第一党支部";
/// One look of the daemon, and one second of told time.
const LOOK: Duration = Duration::from_millis(200);
/// What a scanner writes, page by page.
const PAGE_BYTES: usize = 200_000;
const PAGES: usize = 4;
/// Looks after which everything has been taken.
const LOOKS_MAX: i64 = 150;
/// How often the server is asked whether it is there.
const STARTS_MAX: u32 = 100;

/// A program by its name or below `sbin`; says loudly when it is not there.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is not installed");
        eprintln!("SKIPPED: {name} is not installed, shares by SMB were not tried");
    }
    found
}

/// A server of one office's folder, on this machine only; killed when dropped.
struct Share {
    server: Child,
    client: PathBuf,
    port: u16,
    root: TempDir,
    spool: Spool,
    settler: Settler,
    now: Moment,
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Share {
    /// The server; None (and a loud line) where there is none.
    fn start() -> Option<Share> {
        let (server, client) = program("smbd").zip(program("smbclient"))?;
        let root = TempDir::new().unwrap();
        let spool = Spool::at(root.path().join("spool"));
        spool.create().unwrap();
        spool.create_office(OFFICE).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let user = Command::new("id").arg("-un").output().unwrap();
        let settings = settings(root.path(), &spool, port, String::from_utf8(user.stdout).unwrap().trim());
        std::fs::write(root.path().join("smb.conf"), settings).unwrap();
        let log = std::fs::File::create(root.path().join("smbd.log")).unwrap();
        let mut command = Command::new(server);
        command.args(["-F", "--no-process-group", "--debug-stdout", "-s"]).arg(root.path().join("smb.conf"));
        let server = command.stdin(Stdio::null()).stdout(log).stderr(Stdio::null()).spawn().unwrap();
        let now = "2022-05-16T09:00:00".parse().unwrap();
        let share = Share { server, client, port, root, spool, settler: Settler::new(Patience::DAEMON), now };
        for _ in 0..STARTS_MAX {
            if share.smb("ls").status.success() {
                return Some(share);
            }
            std::thread::sleep(LOOK);
        }
        panic!("{}", std::fs::read_to_string(share.root.path().join("smbd.log")).unwrap());
    }

    fn client(&self, commands: &str) -> Command {
        let mut command = Command::new(&self.client);
        command.arg("//127.0.0.1/office").args(["-N", "-p", &self.port.to_string(), "-s"]);
        command.arg(self.root.path().join("smb.conf")).args(["-c", commands]);
        command.env("LC_ALL", "C.UTF-8").current_dir(self.root.path()).stdin(Stdio::null());
        command
    }

    fn smb(&self, commands: &str) -> Output {
        self.client(commands).output().unwrap()
    }

    /// Commands that must work.
    fn clerk(&self, commands: &str) -> String {
        let output = self.smb(commands);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && !said.contains("NT_STATUS"), "{commands}: {said}");
        said
    }

    /// A file on the clerk's own disk.
    fn local(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.root.path().join(name), bytes).unwrap();
    }

    /// One look of the daemon: what is complete is claimed and gets its receipt.
    fn look(&mut self) -> Vec<Claimed> {
        std::thread::sleep(LOOK);
        self.now += chrono::TimeDelta::seconds(1);
        let seen = scan(&self.spool.office(OFFICE).handed_in()).unwrap();
        let mut taken = Vec::new();
        for settled in self.settler.observe(self.now, &seen) {
            let claimed = claim::claim(&self.spool, OFFICE, &settled, self.now).unwrap();
            assert!(claimed.faults.is_empty(), "{claimed:?}");
            let name = names::safe_with(&claimed.name, " 回执.txt");
            claim::receipt(&self.spool, OFFICE, &name, &claimed.id).unwrap();
            claim::finish(&self.spool, &claimed, Answer::Accepted).unwrap();
            taken.push(claimed);
        }
        taken
    }

    /// Looks until so many drops were taken.
    fn until(&mut self, drops: usize) -> Vec<Claimed> {
        let mut taken = Vec::new();
        for _ in 0..LOOKS_MAX {
            taken.extend(self.look());
            if taken.len() >= drops {
                return taken;
            }
        }
        panic!("only {taken:?}");
    }
}

/// As docs/operators.md has them, and everything the server writes below `root`.
fn settings(root: &Path, spool: &Spool, port: u16, user: &str) -> String {
    let run = root.join("run");
    std::fs::create_dir(&run).unwrap();
    let places =
        ["lock directory", "state directory", "cache directory", "pid directory", "private dir", "ncalrpc dir"];
    let places: String = places.iter().map(|name| format!("    {name} = {}\n", run.display())).collect();
    let share = spool.office(OFFICE).path().to_path_buf();
    format!(
        "[global]\n    server role = standalone server\n    map to guest = bad user\n    guest account = {user}\n{places}\
         \x20   bind interfaces only = yes\n    interfaces = 127.0.0.1\n    smb ports = {port}\n    disable spoolss = yes\n\
         \x20   load printers = no\n    smb2 leases = no\n    unix charset = UTF-8\n    log file = {}\n\
         [office]\n    path = {}\n    guest ok = yes\n    force user = {user}\n    create mask = 0640\n    directory mask = 0750\n\
         \x20   read only = no\n    oplocks = no\n    hide dot files = yes\n",
        run.join("log").display(),
        share.display()
    )
}

fn digests(taken: &[Claimed]) -> BTreeMap<String, String> {
    taken.iter().map(|claimed| (claimed.name.clone(), claimed.digest.clone())).collect()
}

#[test]
fn a_file_that_is_written_page_by_page_over_the_network_is_taken_whole() {
    let Some(mut share) = Share::start() else { return };
    for pages in 1..=PAGES {
        let mut scan = vec![b'p'; pages * PAGE_BYTES];
        let head = b"%PDF-1.7\n1 0 obj\n";
        scan[..head.len()].copy_from_slice(head);
        if pages == PAGES {
            let end = b"\nstartxref\n9\n%%EOF\n";
            let at = scan.len() - end.len();
            scan[at..].copy_from_slice(end);
        }
        share.local("scan", &scan);
        share.clerk("cd 交件; put scan 扫描件.pdf");
        // five told seconds, with all that a scanner's pause has
        for _ in 0..5 {
            assert!(share.look().is_empty(), "taken after {pages} pages");
        }
    }
    let taken = share.until(1);
    assert_eq!((taken[0].name.as_str(), taken[0].files[0].bytes), ("扫描件.pdf", (PAGES * PAGE_BYTES) as u64));
}

#[test]
fn names_parts_and_folders_come_as_they_were_meant_and_answers_are_found() {
    let Some(mut share) = Share::start() else { return };
    for name in ["one", "two", "three"] {
        share.local(name, name.as_bytes());
    }
    share.clerk("cd 交件; put one 推荐表（最终）.txt; put one CASE.txt; put two case.txt; put three CON.txt");
    share.clerk(
        "cd 交件; put three 名单.xlsx.part; rename 名单.xlsx.part 名单.xlsx; put one Thumbs.db; put one ~$名单.xlsx",
    );
    share.clerk("cd 交件; mkdir 材料; cd 材料; put one 表.txt; mkdir 附件; cd 附件; put two 照片.txt");
    let taken = share.until(5);
    let digest = |text: &str| files::digest_hex(text.as_bytes());
    let found = digests(&taken);
    // to Windows CASE and case are one file, and the second was written over the first
    let expected = [("CASE.txt", "two"), ("CON.txt", "three"), ("名单.xlsx", "three"), ("推荐表（最终）.txt", "one")];
    for (name, text) in expected {
        assert_eq!(found.get(name), Some(&digest(text)), "{name}: {found:?}");
    }
    let folder = taken.iter().find(|claimed| claimed.name == "材料").unwrap();
    let inside: Vec<&str> = folder.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((inside, found.len()), (vec!["表.txt", "附件/照片.txt"], 5));
    assert!(share.look().is_empty());
    share.clerk("cd 回执; get \"推荐表（最终）.txt 回执.txt\" found");
    let receipt = std::fs::read_to_string(share.root.path().join("found")).unwrap();
    assert!(taken.iter().any(|claimed| claimed.name == "推荐表（最终）.txt" && claimed.id == receipt));
}

#[test]
fn three_clerks_at_once_and_a_name_used_again_are_each_answered_once() {
    let Some(mut share) = Share::start() else { return };
    for n in 0..30 {
        share.local(&format!("表{n}"), format!("第{n}份").as_bytes());
    }
    let commands = |clerk: usize| -> String {
        let puts = (0..10).map(|n| format!("put 表{0} 表{0}.txt; ", clerk * 10 + n));
        format!("cd 交件; {}", puts.collect::<String>())
    };
    let mut clerks: Vec<Child> = (0..3)
        .map(|clerk| share.client(&commands(clerk)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
        .collect();
    let taken = share.until(30);
    clerks.iter_mut().for_each(|clerk| assert!(clerk.wait().unwrap().success()));
    let expected = (0..30).map(|n| (format!("表{n}.txt"), files::digest_hex(format!("第{n}份").as_bytes())));
    assert_eq!((taken.len(), digests(&taken)), (30, expected.collect()));
    // the same name with other content, and once more with the same, is a drop each time
    for _ in 0..2 {
        share.clerk("cd 交件; put 表1 表0.txt");
        let again = share.until(1);
        assert_eq!((again.len(), &again[0].digest), (1, &files::digest_hex("第1份".as_bytes())));
    }
    assert_eq!(std::fs::read_dir(share.spool.office(OFFICE).receipts()).unwrap().count(), 32);
}

#[test]
fn what_is_moved_renamed_taken_back_or_old_is_taken_once_as_it_stands() {
    let Some(mut share) = Share::start() else { return };
    share.local("one", b"one");
    share.local("two", b"two");
    // a copy that keeps its old time; a folder moved in with what is in it; names at the end of what a file system takes
    let (long, bidi) = (format!("{}.txt", "长".repeat(83)), "\u{202e}表.txt");
    share.clerk("cd 交件; put one 旧.xlsx; utimes 旧.xlsx -1 -1 05:01:02-03:04:05 -1");
    share.clerk("mkdir 材料; cd 材料; put one 表.txt; mkdir 附件; cd 附件; put two 照片.txt");
    share.clerk("rename 材料 交件\\材料");
    share.clerk(&format!("cd 交件; put one {long}; put two \"-rf.txt\"; put two {bidi}"));
    // one is renamed while it settles, one is taken back
    share.clerk("cd 交件; put one 草稿.txt; put two 误放.txt");
    share.look();
    share.clerk("cd 交件; rename 草稿.txt 定稿.txt; rm 误放.txt");
    let taken = share.until(6);
    for _ in 0..15 {
        assert!(share.look().is_empty(), "something is taken twice");
    }
    let mut names: Vec<&str> = taken.iter().map(|claimed| claimed.name.as_str()).collect();
    names.sort_unstable();
    let found = digests(&taken);
    for (name, text) in [("旧.xlsx", "one"), (long.as_str(), "one"), ("定稿.txt", "one")] {
        assert_eq!(found.get(name), Some(&files::digest_hex(text.as_bytes())), "{name}: {names:?}");
    }
    let folder = taken.iter().find(|claimed| claimed.name == "材料").unwrap();
    assert_eq!(folder.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["表.txt", "附件/照片.txt"]);
    assert_eq!(taken.len(), 6, "{names:?}");
    assert!(
        names.contains(&"-rf.txt") && names.contains(&"表.txt"),
        "marks of direction are no part of a name: {names:?}"
    );
}

/// The share, mounted by this machine's kernel; unmounted when dropped.
struct Mount(PathBuf);

impl Mount {
    /// None (and a loud line) where the machine does not allow it.
    fn of(share: &Share, place: &Path) -> Option<Mount> {
        let options = format!("guest,port={},vers=3.0,iocharset=utf8,cache=none", share.port);
        let mut command = Command::new("mount");
        let done = command.args(["-t", "cifs", "//127.0.0.1/office"]).arg(place).args(["-o", &options]).output();
        match done {
            Ok(done) if done.status.success() => return Some(Mount(place.to_path_buf())),
            Ok(done) => eprintln!("SKIPPED: no share can be mounted here: {}", String::from_utf8_lossy(&done.stderr)),
            Err(error) => eprintln!("SKIPPED: no share can be mounted here: {error}"),
        }
        None
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_daemon_whose_folders_are_a_mounted_share_takes_every_drop_once() {
    let Some(mut share) = Share::start() else { return };
    // the daemon's own spool lies on the local disk, its office's folder on the server
    let served = share.spool.office(OFFICE).path().to_path_buf();
    let spool = Spool::at(share.root.path().join("mounted"));
    spool.create().unwrap();
    let place = spool.office(OFFICE).path().to_path_buf();
    std::fs::create_dir_all(&place).unwrap();
    let Some(_mount) = Mount::of(&share, &place) else { return };
    spool.create_office(OFFICE).unwrap();
    share.spool = spool;
    for n in 0..30 {
        share.local(&format!("表{n}"), format!("第{n}份").as_bytes());
    }
    let puts: String = (0..30).map(|n| format!("put 表{n} 表{n}.txt; ")).collect();
    share.clerk(&format!("cd 交件; {puts}"));
    let taken = share.until(30);
    let expected = (0..30).map(|n| (format!("表{n}.txt"), files::digest_hex(format!("第{n}份").as_bytes())));
    assert_eq!((taken.len(), digests(&taken)), (30, expected.collect()));
    assert_eq!(std::fs::read_dir(served.join("回执")).unwrap().count(), 30, "the clerks find their receipts");
}
