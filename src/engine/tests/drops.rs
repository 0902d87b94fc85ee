//! Thousands of random drops, with the daemon killed and the disk full again and again: each ends in exactly one place, with
//! exactly one answer.
//!
//! `BANWEN_DROPS=10000` for many; `BANWEN_DROPS_SEED` repeats a run. Time is told, so the pauses of offices cost nothing.

use crate::clock::Clock;
use crate::engine::{DROPS_TOGETHER_MAX, Engine, Error, Fuse, Options, Renderer};
use crate::files::crash;
use crate::spool::settle::Patience;
use crate::store::SubmissionOutcome;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

mod judge;

/// Drops of a run when nobody asks for more.
const DROPS: usize = 300;
const OFFICES: [&str; 8] = ["甲办", "乙办", "丙办", "丁办", "戊办", "己办", "庚办", "辛办"];
/// Names offices think of.
const HEADS: [&str; 8] = ["", "-", "~", "CON ", "新建 ", "a\nb", "\u{202e}", "（最终）"];
/// A run is at rest after so many quiet seconds: an empty file is waited for a minute.
const QUIET_SECONDS: usize = 90;
/// A daemon makes so many calls, on average, before it is killed.
const CALLS_OF_A_LIFE: u64 = 150;
const CHANGES_OF_A_LOOK: u64 = 60;
/// Most drops put within a second.
const DROPS_A_SECOND_MAX: u64 = 4;

/// Numbers that only look random: the same seed, the same run.
struct Luck(u64);

impl Luck {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let most = u64::try_from(choices.len()).unwrap();
        choices[usize::try_from(self.below(most)).unwrap()]
    }
}

/// How a drop must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// with a receipt; its bytes are kept
    Taken,
    /// in 退件, with a note
    Returned,
    /// the one or the other: a second copy
    Answered,
    /// out of reach
    Sealed,
    /// its office took it back before it was taken
    Nowhere,
}

#[derive(Debug)]
struct Put {
    office: &'static str,
    number: usize,
    name: String,
    end: End,
    /// of a single file
    bytes: Option<Vec<u8>>,
}

/// A file an office is still writing.
struct Writing {
    at: PathBuf,
    to: PathBuf,
    rest: Vec<Vec<u8>>,
}

struct Office {
    room: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    options: Options,
    engine: Option<Arc<Engine>>,
    luck: Luck,
    calm: bool,
    puts: Vec<Put>,
    writing: Vec<Writing>,
    /// drops that are renamed or taken back a little later, if they are still there
    fickle: Vec<usize>,
    full_looks: u64,
    kills: usize,
    full: usize,
}

impl Office {
    fn new(seed: u64) -> Office {
        let room = tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap());
        let spool = room.path().join("spool");
        std::fs::create_dir_all(spool.join("workflows")).unwrap();
        let offices: String = OFFICES.iter().map(|office| format!("  {office}:\n")).collect();
        std::fs::write(spool.join("offices.yaml"), format!("offices:\n{offices}")).unwrap();
        for office in OFFICES {
            let register = format!(
                "register: 台账{office}\ntitle: 台账{office}\nkey: [名称]\nfields: {{ 名称: text 100, 形成日期: date }}\nvalid: {{ from: 形成日期 }}\nby: {office}\n"
            );
            std::fs::write(spool.join(format!("workflows/台账{office}.yaml")), register).unwrap();
        }
        let options = Options {
            spool,
            clock: Clock::scenario("2022-05-16T08:00:00".parse().unwrap()),
            durable: false,
            seed: Some(7),
            patience: Patience::DAEMON,
            fuse: Fuse::default(),
            renderer: Renderer::Here,
            drops_together_max: DROPS_TOGETHER_MAX,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (engine, puts, writing, fickle) = (None, Vec::new(), Vec::new(), Vec::new());
        let luck = Luck(seed);
        let mut office = Office {
            room,
            runtime,
            options,
            engine,
            luck,
            calm: false,
            puts,
            writing,
            fickle,
            full_looks: 0,
            kills: 0,
            full: 0,
        };
        office.start();
        office
    }

    fn place(&self, office: &str, part: &str) -> PathBuf {
        self.options.spool.join("offices").join(office).join(part)
    }

    /// The daemon is started, perhaps killed while it starts, and started again.
    fn start(&mut self) {
        loop {
            self.engine = None;
            let life = 1 + self.luck.below(2 * CALLS_OF_A_LIFE);
            self.options.fuse = if self.calm { Fuse::default() } else { Fuse::before(life) };
            let dies = (!self.calm && self.luck.below(4) == 0).then(|| self.luck.below(CHANGES_OF_A_LOOK));
            let open = || self.runtime.block_on(Engine::open(self.options.clone()));
            let (opened, died) = crash::before(dies.unwrap_or(u64::MAX), open);
            match opened {
                Ok(engine) if !died => {
                    self.engine = Some(engine);
                    return;
                }
                Ok(_) | Err(Error::Fuse(_)) => self.kills += 1,
                Err(error) => assert!(died, "it does not start: {error}"),
            }
        }
    }

    /// One second of the daemon.
    fn turn(&mut self) {
        let now = self.options.clock.now() + chrono::TimeDelta::seconds(1);
        self.options.clock.set(now);
        let engine = self.engine.clone().unwrap();
        let look = || {
            self.runtime.block_on(async {
                engine.look().await?;
                if now.and_utc().timestamp() % 10 == 0 { engine.say_alive().await } else { Ok(()) }
            })
        };
        let fate = if self.calm { 99 } else { self.luck.below(100) };
        let change = self.luck.below(CHANGES_OF_A_LOOK);
        if fate == 3 {
            self.full_looks = 1 + self.luck.below(6);
        }
        let (looked, dead) = if self.full_looks > 0 && !self.calm {
            self.full_looks -= 1;
            self.full += 1;
            (crash::before(0, look).0, false)
        } else if fate < 3 {
            crash::before(change, look)
        } else if fate < 6 {
            (crash::full_at(change, look).0, false)
        } else {
            (look(), false)
        };
        drop(engine);
        match looked {
            Ok(()) if !dead => {}
            Ok(()) | Err(Error::Fuse(_)) => {
                self.kills += 1;
                self.start();
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// What the offices do within a second.
    fn act(&mut self, drops: usize) {
        for mut writing in std::mem::take(&mut self.writing) {
            let mut file = std::fs::OpenOptions::new().append(true).open(&writing.at).unwrap();
            file.write_all(&writing.rest.remove(0)).unwrap();
            if !writing.rest.is_empty() {
                self.writing.push(writing);
            } else if writing.at != writing.to {
                std::fs::rename(writing.at, writing.to).unwrap();
            }
        }
        for n in std::mem::take(&mut self.fickle) {
            self.think_again(n);
        }
        for _ in 0..=self.luck.below(DROPS_A_SECOND_MAX) {
            if self.puts.len() < drops {
                self.put();
            }
        }
    }

    /// A drop is renamed or taken back, if nobody has taken it yet.
    fn think_again(&mut self, n: usize) {
        let renamed = self.luck.below(2) == 0;
        let place = self.place(self.puts[n].office, "交件");
        let put = &mut self.puts[n];
        let at = place.join(&put.name);
        if renamed {
            let name = format!("改名{}", put.name);
            if std::fs::rename(&at, place.join(&name)).is_ok() {
                put.name = name;
            }
        } else if std::fs::remove_file(&at).is_ok() {
            put.end = End::Nowhere;
        }
    }

    fn put(&mut self) {
        let number = self.puts.len();
        let mut office = OFFICES[usize::try_from(self.luck.below(8)).unwrap()];
        let head = self.luck.of(&HEADS);
        let good = |office: &str| {
            format!(
                "banwen: {{ what: register, office: {office}, about: 台账{office} }}\nrows:\n  - {{ 名称: 第{number}号文件, 形成日期: 2022-05-01 }}\n"
            )
        };
        let earlier: Vec<usize> =
            self.puts.iter().filter(|put| put.end == End::Taken && put.bytes.is_some()).map(|put| put.number).collect();
        let kind = self.luck.below(100);
        let (end, bytes, suffix) = match kind {
            50..58 if !earlier.is_empty() => {
                let which = usize::try_from(self.luck.below(u64::try_from(earlier.len()).unwrap())).unwrap();
                let first = &self.puts[earlier[which]];
                office = first.office;
                (End::Answered, first.bytes.clone().unwrap(), "yaml")
            }
            0..58 => (End::Taken, good(office).into_bytes(), "yaml"),
            58..66 => (End::Returned, format!("{number} 乱七八糟").into_bytes(), "txt"),
            66..70 => (End::Returned, vec![b'x'; usize::try_from(self.luck.below(300_000)).unwrap() + 1], "pdf"),
            70..73 => (End::Returned, Vec::new(), "xlsx"),
            73..76 => (End::Sealed, format!("{number}").into_bytes(), "txt"),
            _ => return self.put_folder(number, office, head, kind, &good(office)),
        };
        let mark = if end == End::Sealed { "机密★10年 " } else { "" };
        let name = format!("{head}{mark}件{number:05}.{suffix}");
        let to = self.place(office, "交件").join(&name);
        match self.luck.below(10) {
            // written slowly, in place or under a name that says so
            way @ 0..3 if bytes.len() > 1 => {
                let at = if way == 0 { to.with_file_name(format!("{name}.part")) } else { to.clone() };
                let size = bytes.len().div_ceil(2 + usize::try_from(self.luck.below(4)).unwrap());
                let mut rest: Vec<Vec<u8>> = bytes.chunks(size).map(<[u8]>::to_vec).collect();
                std::fs::write(&at, rest.remove(0)).unwrap();
                if rest.is_empty() {
                    std::fs::rename(at, to).unwrap();
                } else {
                    self.writing.push(Writing { at, to, rest });
                }
            }
            way => {
                std::fs::write(&to, &bytes).unwrap();
                if way == 3 && end != End::Taken {
                    self.fickle.push(number);
                }
            }
        }
        self.puts.push(Put { office, number, name, end, bytes: Some(bytes) });
    }

    /// Drops that are no plain file.
    fn put_folder(&mut self, number: usize, office: &'static str, head: &str, kind: u64, good: &str) {
        let name = format!("{head}件{number:05}");
        let to = self.place(office, "交件").join(&name);
        let end = match kind {
            76..82 => {
                std::fs::create_dir_all(to.join("附件")).unwrap();
                std::fs::write(to.join("附件/照片.jpg"), b"\xFF\xD8\xFF\xDA\0\x02\xFF\xD9").unwrap();
                std::fs::write(to.join("Thumbs.db"), b"junk").unwrap();
                std::fs::write(to.join("表.yaml"), good).unwrap();
                End::Taken
            }
            82..88 => {
                std::fs::create_dir(&to).unwrap();
                std::fs::write(to.join("照片.jpg"), format!("{number}")).unwrap();
                End::Returned
            }
            88..91 => {
                let deep = (0..12).fold(to.clone(), |path, _| path.join("深"));
                std::fs::create_dir_all(&deep).unwrap();
                std::fs::write(deep.join("表.yaml"), good).unwrap();
                End::Returned
            }
            91..95 => {
                std::os::unix::fs::symlink("/etc/passwd", &to).unwrap();
                End::Returned
            }
            _ => {
                let socket = std::os::unix::net::UnixListener::bind(&to);
                drop(socket.unwrap());
                End::Returned
            }
        };
        self.puts.push(Put { office, number, name, end, bytes: None });
    }
}

fn asked<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn every_drop_ends_in_one_place_with_one_answer() {
    let drops = asked("BANWEN_DROPS").unwrap_or(DROPS);
    let seed = asked("BANWEN_DROPS_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish()).max(1);
    println!("BANWEN_DROPS={drops} BANWEN_DROPS_SEED={seed}");
    let began = Instant::now();
    let mut office = Office::new(seed);
    let mut seconds = 0;
    while office.puts.len() < drops || !office.writing.is_empty() {
        office.act(drops);
        office.turn();
        seconds += 1;
    }
    office.calm = true;
    office.start();
    for _ in 0..QUIET_SECONDS {
        office.act(0);
        office.turn();
    }
    let counts = office.judge();
    println!(
        "{drops} drops within {seconds} s, {} kills, {} looks with a full disk: {counts:?}; {:?}",
        office.kills,
        office.full,
        began.elapsed()
    );
    // of few, luck may disturb none
    assert!(drops < 10 * DROPS || (office.kills > 0 && office.full > 0), "nothing was disturbed");
    drop(office.engine.take());
    drop(office.room);
}
