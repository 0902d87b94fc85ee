//! The real daemon, the real disk: files arrive slowly, the process is killed twenty times at random moments, and the
//! result is that of a daemon nobody disturbed.
//!
//! `BANWEN_SEED` repeats a run; its seed is printed.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its program has failed")]

use banwen::case::event::Ask;
use banwen::case::form;
use banwen::engine::viewing::{self, View};
use banwen::spool::forms;
use banwen::store::{EffectFilter, EffectState};
use banwen::submission::Form;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const KILLS: usize = 20;
const CHUNK_BYTES: usize = 100;
const POLL: Duration = Duration::from_millis(100);
/// Resident memory of a daemon with nothing to do.
const IDLE_KILOBYTES_MAX: u64 = 60 * 1024;
/// Its most, while papers were made.
const BUSY_KILOBYTES_MAX: u64 = 250 * 1024;
/// Hundredths of a second of the processor in four idle seconds.
const IDLE_TICKS_MAX: u64 = 40;
/// A run that has not come to its end after so many polls never will.
const POLLS_MAX: u32 = 1_500;
/// What follows the last commit takes no longer than so many polls.
const SETTLE_POLLS_MAX: u32 = 100;
const BRANCHES: [&str; 3] = ["第一党支部", "第二党支部", "第三党支部"];

/// Numbers that only look random: the same seed, the same run.
struct Luck(u64);

impl Luck {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn between(&mut self, first: u64, end: u64) -> Duration {
        Duration::from_millis(first + self.below(end - first))
    }
}

fn seed() -> u64 {
    let given = std::env::var("BANWEN_SEED").ok().and_then(|s| s.parse().ok());
    given.unwrap_or_else(|| RandomState::new().build_hasher().finish()).max(1)
}

/// Time passes; another process acts meanwhile, and tells nobody when it is done.
fn pass(time: Duration) {
    std::thread::sleep(time);
}

fn banwen(spool: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_banwen"));
    let output = command.args(arguments).arg("--spool").arg(spool).env_remove("RUST_LOG").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A daemon process; killed when dropped.
struct Daemon {
    spool: PathBuf,
    child: Child,
}

impl Daemon {
    fn start(spool: &Path) -> Daemon {
        Daemon { spool: spool.to_path_buf(), child: Daemon::spawn(spool) }
    }

    fn spawn(spool: &Path) -> Child {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(spool.join("../daemon.log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_banwen"));
        command
            .arg("run")
            .arg("--spool")
            .arg(spool)
            .stderr(log)
            .stdout(Stdio::null())
            .env_remove("RUST_LOG")
            .spawn()
            .unwrap()
    }

    /// SIGKILL, and up again.
    fn kill(&mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "the daemon ended by itself:\n{}", log_of(&self.spool));
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = Daemon::spawn(&self.spool);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log_of(spool: &Path) -> String {
    std::fs::read_to_string(spool.join("../daemon.log")).unwrap_or_default()
}

/// A spool whose nominations need no attachment, so that single files are dropped.
fn laid_out(folder: &Path) -> PathBuf {
    let spool = folder.join("spool");
    banwen(&spool, &["init"]);
    let path = spool.join("workflows/七一表彰.yaml");
    let definition = std::fs::read_to_string(&path).unwrap();
    let simpler = definition.replace("    attach: [廉政意见]\n", "");
    assert_ne!(definition, simpler);
    std::fs::write(&path, simpler).unwrap();
    spool
}

/// The spool as it stands; None while a daemon is just making it.
fn view(spool: &Path) -> Option<View> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(viewing::look(spool)).ok()
}

/// What `look` finds, as soon as it finds it.
fn when<T>(spool: &Path, what: &str, mut look: impl FnMut(&View) -> Option<T>) -> T {
    for _ in 0..POLLS_MAX {
        if let Some(found) = view(spool).and_then(|v| look(&v)) {
            return found;
        }
        pass(POLL);
    }
    panic!("never came: {what}\n{}", log_of(spool));
}

/// Writes a drop in small pieces with pauses; with `rename`, under a name that says it is unfinished, until it is.
fn drop_slowly(spool: &Path, office: &str, name: &str, bytes: &[u8], rename: bool, luck: &mut Luck) {
    use std::io::Write;
    let folder = spool.join("offices").join(office).join("交件");
    let target = folder.join(name);
    let writing = if rename { folder.join(format!("{name}.part")) } else { target.clone() };
    let mut file = std::fs::File::create(&writing).unwrap();
    for piece in bytes.chunks(CHUNK_BYTES) {
        file.write_all(piece).unwrap();
        pass(luck.between(20, 50));
    }
    drop(file);
    if rename {
        std::fs::rename(&writing, &target).unwrap();
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("not an object: {other}"),
    }
}

fn opening(view: &View) -> Option<Vec<u8>> {
    let program = view.deployed("七一表彰")?;
    let form = form::drawn(form::opening(program, &view.ledgers, "镇组织办"), &view.ledgers);
    let each = json!({ "先进基层党组织": 1, "优秀共产党员": 3, "优秀党务工作者": 1 });
    let quotas: Map<String, Value> =
        BRANCHES.iter().map(|b| (view.ledgers.offices.title(b).to_string(), each.clone())).collect();
    let total = json!({ "先进基层党组织": { "名额数": 3 }, "优秀共产党员": { "名额数": 9 }, "优秀党务工作者": { "名额数": 3 } });
    let head = object(json!({ "年度": 2026, "名额": quotas, "总名额": total }));
    Some(forms::fill(&form, &head, &[]).unwrap())
}

/// The nomination a branch is asked for, once it is.
fn nomination(view: &View, branch: &str) -> Option<Form> {
    let case = view.cases.values().next()?;
    let task = case.open_tasks().find(|t| t.office == branch && t.ask == Ask::Nominate)?;
    Some(form::drawn(form::of_task(view.program(case)?, case, &view.ledgers, task), &view.ledgers))
}

fn nominees(n: usize) -> Vec<(Option<u32>, Map<String, Value>)> {
    let id_numbers = ["442000197803120037", "442000198705160136", "442000198304150201"];
    let names = ["陈志强", "何䶮", "谢丽华"];
    let born = ["1978-03", "1987-05", "1983-04"];
    let common = json!({
        "单位及职务": "香山镇村民委员会", "无违纪违法声明": true, "支委会日期": "2026-05-06",
        "表决情况": "应到7人，实到7人，同意7票", "主要事迹": "组织生活正常，台账齐全。", "事迹摘要": "台账齐全。",
    });
    let mut organisation = object(common.clone());
    organisation.insert("姓名".to_string(), json!(format!("第{}支部委员会", n + 1)));
    let mut person = object(common);
    person.extend(object(json!({
        "姓名": names[n], "性别": "男", "民族": "汉族", "出生年月": born[n], "学历": "大专",
        "身份证号": id_numbers[n], "入党时间": "2011-07", "党员类别": "正式党员", "是否支部书记": false,
    })));
    vec![(None, organisation), (None, person)]
}

/// What offices do: open the round, then three branches nominate at once, two of them in place and one by renaming.
fn hand_in(spool: &Path, mut luck: Luck) {
    let workbook = when(spool, "the definition", opening);
    pass_until_folder(spool);
    drop_slowly(spool, "镇组织办", "启动.xlsx", &workbook, true, &mut luck);
    std::thread::scope(|scope| {
        for (n, branch) in BRANCHES.into_iter().enumerate() {
            let mut luck = Luck(luck.0.wrapping_add(n as u64 + 1).max(1));
            scope.spawn(move || {
                let form = when(spool, "the task to nominate", |v| nomination(v, branch));
                let workbook = forms::fill(&form, &Map::new(), &nominees(n)).unwrap();
                drop_slowly(spool, branch, "推荐表.xlsx", &workbook, n == 1, &mut luck);
            });
        }
    });
}

fn pass_until_folder(spool: &Path) {
    for _ in 0..POLLS_MAX {
        if spool.join("offices/镇组织办/交件").is_dir() {
            return;
        }
        pass(POLL);
    }
    panic!("no folder was made\n{}", log_of(spool));
}

/// All six nominees stand at 考察 and nothing is owed to the world any more.
fn at_rest(spool: &Path) {
    when(spool, "six nominees, and rest", |view| {
        let case = view.cases.values().next()?;
        let stand = case.items.values().filter(|i| i.stage() == Some("考察")).count();
        let store = view.store.clone()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let owed = EffectFilter { states: vec![EffectState::Ready, EffectState::Leased], ..EffectFilter::default() };
        let owed = runtime.block_on(store.effects(owed)).ok()?;
        (stand == 6 && owed.is_empty()).then_some(())
    });
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .map(|all| all.flatten().filter(|e| !e.file_name().to_string_lossy().starts_with('.')).count())
        .unwrap_or(0)
}

/// Everything that must not depend on when the daemon was killed: no moments, no order among branches.
fn result(spool: &Path) -> BTreeMap<String, Value> {
    let told: Value = serde_json::from_slice(&banwen(spool, &["show", "七一表彰-2026", "--all", "--json"])).unwrap();
    let cases: Value = serde_json::from_slice(&banwen(spool, &["list", "--json"])).unwrap();
    let list = |name: &str, keys: &[&str]| {
        let rows = told[name].as_array().unwrap().iter();
        let mut rows: Vec<String> =
            rows.map(|r| keys.iter().map(|k| r[*k].to_string()).collect::<Vec<_>>().join(" ")).collect();
        rows.sort();
        json!(rows)
    };
    let mut found = BTreeMap::new();
    found.insert(
        "cases".to_string(),
        json!(
            cases
                .as_array()
                .unwrap()
                .iter()
                .map(|c| [&c["id"], &c["status"], &c["items"], &c["documents"], &c["events"]])
                .collect::<Vec<_>>()
        ),
    );
    found.insert("items".to_string(), list("items", &["name", "category", "owner", "standing", "round"]));
    found.insert("documents".to_string(), list("documents", &["template", "number", "life", "title"]));
    found.insert("open".to_string(), list("open", &["office", "what", "due"]));
    found.insert("given up".to_string(), told["given_up"].clone());
    for office in BRANCHES.into_iter().chain(["镇组织办"]) {
        for folder in ["交件", "待办", "回执", "退件", "公文", "表样"] {
            let path = spool.join("offices").join(office).join(folder);
            found.insert(format!("{office}/{folder}"), json!(files_in(&path)));
        }
    }
    found
}

/// A daemon with nothing to do holds little memory, held little more while papers were made, and does not wait busily.
fn costs_little(daemon: &Daemon) {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", daemon.child.id())) else { return };
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let (now, most) = (kilobytes("VmRSS"), kilobytes("VmHWM"));
    println!("resident {now} kB, at most {most} kB");
    assert!(now < IDLE_KILOBYTES_MAX && most < BUSY_KILOBYTES_MAX, "resident {now} kB, at most {most} kB");
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", daemon.child.id())).unwrap();
        let fields: Vec<u64> =
            stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|f| f.parse().unwrap()).collect();
        fields.iter().sum::<u64>()
    };
    let before = ticks();
    pass(Duration::from_secs(4));
    let spent = ticks() - before;
    assert!(spent < IDLE_TICKS_MAX, "{spent} ticks of the processor in four idle seconds");
}

#[test]
fn twenty_kills_change_nothing() {
    let seed = seed();
    println!("BANWEN_SEED={seed}");
    let mut luck = Luck(seed);
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (calm, rough) = (laid_out(first.path()), laid_out(second.path()));
    let mut disturbed = Daemon::start(&rough);
    let undisturbed = Daemon::start(&calm);
    let (one, two) = (Luck(luck.below(u64::MAX).max(1)), Luck(luck.below(u64::MAX).max(1)));
    std::thread::scope(|scope| {
        let offices = [scope.spawn(|| hand_in(&calm, one)), scope.spawn(|| hand_in(&rough, two))];
        for _ in 0..KILLS {
            // now and then long enough for a drop to settle, so that claims, commits and answers are hit too
            let span = if luck.below(2) == 0 { luck.between(50, 900) } else { luck.between(2_200, 3_600) };
            pass(span);
            disturbed.kill();
        }
        for office in offices {
            office.join().unwrap();
        }
    });
    at_rest(&calm);
    at_rest(&rough);
    // the blanks of 表样 are laid out in the turn after the last commit
    for _ in 0..SETTLE_POLLS_MAX {
        if result(&rough) == result(&calm) {
            break;
        }
        pass(POLL);
    }
    costs_little(&undisturbed);
    drop((disturbed, undisturbed));
    assert_eq!(result(&rough), result(&calm), "seed {seed}\n{}", log_of(&rough));
    banwen(&rough, &["verify"]);
}

/// What the daemon tells systemd, until `wanted` is among it.
fn told(socket: &UnixDatagram, wanted: &str) -> String {
    let mut heard = String::new();
    let mut packet = [0; 4096];
    while !heard.lines().any(|line| line == wanted) {
        let length =
            socket.recv(&mut packet).unwrap_or_else(|error| panic!("{error}; wanted {wanted}, heard\n{heard}"));
        heard.push_str(&String::from_utf8_lossy(&packet[..length]));
        heard.push('\n');
    }
    heard
}

#[test]
fn systemd_is_told_and_a_signal_ends_it_well() {
    let folder = TempDir::new().unwrap();
    let spool = laid_out(folder.path());
    let address = folder.path().join("notify");
    let socket = UnixDatagram::bind(&address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_banwen"));
    command.arg("run").arg("--spool").arg(&spool).env("NOTIFY_SOCKET", &address).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let before = told(&socket, "READY=1");
    assert!(!before.contains("WATCHDOG"), "nothing is well before everything stands: {before}");
    told(&socket, "WATCHDOG=1");
    told(&socket, "WATCHDOG=1");
    let signal = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
    assert!(signal.success());
    told(&socket, "STOPPING=1");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(banwen(&spool, &["list"]).is_empty());
}
