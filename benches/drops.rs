//! What it costs to take drops in: from one drop to its receipt, and many that wait at once, through the real spool with all that is
//! synced. `cargo bench --bench drops` prints the figures; they are this machine's, to be compared within one run only.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints, and one that cannot run has failed")]

use banwen::clock::Clock;
use banwen::engine::scenario::{lay_out, round};
use banwen::engine::{DROPS_TOGETHER_MAX, Engine, Fuse, Options, Renderer};
use banwen::spool::settle::Patience;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Drops that wait at once.
const BURST_DROPS: usize = 1_000;
/// Offices that hand them in.
const BURST_DESKS: usize = 16;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let mut waits = runtime.block_on(spool());
    waits.sort_unstable();
    let total: Duration = waits.iter().sum();
    let at = |p: usize| waits[(waits.len() - 1) * p / 100];
    println!(
        "drop to receipt          p50 {:.1?}, p99 {:.1?}; {:.0} acceptances/s through the spool, synced",
        at(50),
        at(99),
        waits.len() as f64 / total.as_secs_f64()
    );
    let copied = BURST_DROPS as f64 / copied().as_secs_f64();
    println!();
    println!(
        "{BURST_DROPS} drops waiting, synced: acceptances/s, and how long a drop waits for its receipt once all are there (wished: 150/s, p99 under 2 s)"
    );
    println!("offices | taken in together |  a second |      p50 |      p99 | the last");
    for desks in [1, BURST_DESKS] {
        for together in [1, DROPS_TOGETHER_MAX] {
            let waits = runtime.block_on(burst(desks, together));
            let at = |p: usize| waits[(waits.len() - 1) * p / 100].as_secs_f64();
            let rate = BURST_DROPS as f64 / at(100);
            println!(
                "{desks:>7} | {together:>17} | {rate:>9.0} | {:>6.2} s | {:>6.2} s | {:>6.2} s",
                at(50),
                at(99),
                at(100)
            );
        }
    }
    println!("the bytes of the drops alone, copied and synced one by one: {copied:.0}/s");
}

/// A daemon's engine over a folder, with a synced store.
async fn opened(folder: &Path, together: usize) -> Arc<Engine> {
    let options = Options {
        spool: folder.to_path_buf(),
        clock: Clock::machine(),
        durable: true,
        seed: None,
        patience: Patience::AT_ONCE,
        fuse: Fuse::default(),
        renderer: Renderer::Here,
        drops_together_max: together,
    };
    let engine = Engine::open(options).await.expect("it opens");
    while round(&engine).await.expect("a round") {}
    engine
}

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("banwen-bench-{name}-{}", std::process::id()))
}

fn receipts(folder: &Path, office: &str) -> usize {
    std::fs::read_dir(folder.join(format!("offices/{office}/回执"))).map_or(0, Iterator::count)
}

/// Time from a drop of a register's YAML to its receipt, one by one.
async fn spool() -> Vec<Duration> {
    let folder = folder("one");
    lay_out(&folder).expect("a spool");
    let engine = opened(&folder, DROPS_TOGETHER_MAX).await;
    let mut waits = Vec::new();
    for n in 0..200 {
        let start = Instant::now();
        drop_register(&folder, n);
        while round(&engine).await.expect("a round") {}
        waits.push(start.elapsed());
    }
    assert_eq!(receipts(&folder, "镇纪委"), 200, "every drop has its receipt");
    std::fs::remove_dir_all(&folder).ok();
    waits
}

fn burst_drop(desk: usize, n: usize) -> String {
    format!(
        "banwen: {{ what: register, office: 值班室{desk}, about: 走访{desk} }}\nrows:\n  - {{ 户名: 某户{n}, 走访日期: 2021-08-20 }}\n"
    )
}

/// How long each of as many drops as wait at once takes until it has its receipt, the quickest first; so many are taken in together.
async fn burst(desks: usize, together: usize) -> Vec<Duration> {
    let folder = folder("burst");
    lay_out(&folder).expect("a spool");
    let offices = folder.join("offices.yaml");
    let mut text = std::fs::read_to_string(&offices).expect("offices");
    let desk = |n: usize| format!("  值班室{n}: {{ title: 值班室{n}, mail: z{n}@a.example, phone: '1' }}\n");
    let at = text.find("offices:\n").expect("offices") + "offices:\n".len();
    text.insert_str(at, &(0..desks).map(desk).collect::<String>());
    std::fs::write(&offices, text).expect("offices");
    for n in 0..desks {
        let register = format!(
            "register: 走访{n}\ntitle: 走访{n}\nkey: [户名]\nfields: {{ 户名: text 40, 走访日期: date }}\nby: 值班室{n}\n"
        );
        std::fs::write(folder.join(format!("workflows/走访{n}.yaml")), register).expect("a register");
    }
    let engine = opened(&folder, together).await;
    for n in 0..BURST_DROPS {
        let place = folder.join(format!("offices/值班室{}/交件/登记{n}.yaml", n % desks));
        std::fs::write(place, burst_drop(n % desks, n)).expect("a drop");
    }
    let last = folder.join(format!("offices/值班室{}/交件/登记{}.yaml", (BURST_DROPS - 1) % desks, BURST_DROPS - 1));
    let start = std::fs::metadata(last).and_then(|seen| seen.modified()).expect("its time");
    while round(&engine).await.expect("a round") {}
    // when it was renamed into its place, which its writing came before
    let written = |entry: std::fs::DirEntry| {
        let seen = entry.metadata().expect("its time");
        let seconds = Duration::from_secs(seen.ctime().unsigned_abs());
        std::time::UNIX_EPOCH + seconds + Duration::from_nanos(seen.ctime_nsec().unsigned_abs())
    };
    let of = |n: usize| std::fs::read_dir(folder.join(format!("offices/值班室{n}/回执"))).expect("receipts").flatten();
    let mut waits: Vec<Duration> =
        (0..desks).flat_map(of).map(|entry| written(entry).duration_since(start).unwrap_or_default()).collect();
    waits.sort_unstable();
    assert_eq!(waits.len(), BURST_DROPS, "every drop has its receipt");
    std::fs::remove_dir_all(&folder).ok();
    waits
}

/// How long it takes to write and sync the same bytes, one file after the other, as `cp` and `sync` would.
fn copied() -> Duration {
    let folder = folder("copied");
    std::fs::create_dir_all(&folder).expect("a folder");
    let start = Instant::now();
    for n in 0..BURST_DROPS {
        let mut file = std::fs::File::create(folder.join(format!("登记{n}.yaml"))).expect("a file");
        std::io::Write::write_all(&mut file, burst_drop(0, n).as_bytes()).expect("written");
        file.sync_all().expect("synced");
    }
    let took = start.elapsed();
    std::fs::remove_dir_all(&folder).ok();
    took
}

fn drop_register(folder: &Path, n: usize) {
    let text = format!(
        "banwen: {{ what: register, office: 镇纪委, about: 一票否决 }}\nrows:\n  - {{ 姓名或名称: 某单位{n}, 事由: 其他, 认定单位: 县纪委, 认定日期: 2021-08-20 }}\n"
    );
    std::fs::write(folder.join(format!("offices/镇纪委/交件/登记{n}.yaml")), text).expect("a drop");
}
