//! Many drops at once, on the machine's clock: taken in group by group, side by side, and answered as if one by one.

use crate::clock::Clock;
use crate::engine::{Engine, Fuse, Options, Renderer, scenario};
use crate::spool::settle::Patience;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

const OFFICES: [&str; 3] = ["甲办", "乙办", "丙办"];
/// Drops of each office; every seventh is not what it says, and comes back.
const DROPS: usize = 60;

/// A drop's place in its office's folder, and when its answer was renamed into place.
type Answer = (usize, i128);

async fn opened(spool: &Path) -> Arc<Engine> {
    let options = Options {
        spool: spool.to_path_buf(),
        clock: Clock::machine(),
        durable: true,
        seed: None,
        patience: Patience::AT_ONCE,
        fuse: Fuse::default(),
        renderer: Renderer::Here,
        drops_together_max: 16,
    };
    let engine = Engine::open(options).await.unwrap();
    while scenario::round(&engine).await.unwrap() {}
    engine
}

fn lay_out(spool: &Path) {
    std::fs::create_dir_all(spool.join("workflows")).unwrap();
    let offices: String = OFFICES.iter().map(|office| format!("  {office}:\n")).collect();
    std::fs::write(spool.join("offices.yaml"), format!("offices:\n{offices}")).unwrap();
    for office in OFFICES {
        let register = format!(
            "register: 台账{office}\ntitle: 台账{office}\nkey: [名称]\nfields: {{ 名称: text 100, 形成日期: date }}\nvalid: {{ from: 形成日期 }}\nby: {office}\n"
        );
        std::fs::write(spool.join(format!("workflows/台账{office}.yaml")), register).unwrap();
    }
}

fn drop_all(spool: &Path) {
    for office in OFFICES {
        for n in 0..DROPS {
            let date = if n % 7 == 3 { "没有日期" } else { "2021-08-20" };
            let text = format!(
                "banwen: {{ what: register, office: {office}, about: 台账{office} }}\nrows:\n  - {{ 名称: 第{n}号文件, 形成日期: {date} }}\n"
            );
            std::fs::write(spool.join(format!("offices/{office}/交件/件{n:03}.yaml")), text).unwrap();
        }
    }
}

/// The answers in one of an office's folders, by the drop's place; each bears a 收件号 in the order of the drops.
fn answers(spool: &Path, office: &str, part: &str) -> Vec<Answer> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(spool.join("offices").join(office).join(part)).unwrap() {
        let path = entry.unwrap().path();
        let note = if path.is_dir() { path.join("退件说明.txt") } else { path.clone() };
        let text = std::fs::read_to_string(&note).unwrap();
        let (_, id) = text.split_once("收件号：").unwrap();
        let id = id.lines().next().unwrap();
        let (second, number) = id.rsplit_once('-').unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let place: usize = name.split_once('件').unwrap().1[..3].parse().unwrap();
        let seen = std::fs::metadata(&note).unwrap();
        let at = i128::from(seen.ctime()) * 1_000_000_000 + i128::from(seen.ctime_nsec());
        found.push((place, at, second.to_owned(), number.parse::<u32>().unwrap()));
    }
    found.sort();
    assert!(found.is_sorted_by_key(|(_, _, second, number)| (second.clone(), *number)), "{office}: numbers in order");
    found.into_iter().map(|(place, at, ..)| (place, at)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_drops_at_once_are_answered_in_their_order_each_once() {
    let root = tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap());
    let spool = root.path().join("spool");
    lay_out(&spool);
    let engine = opened(&spool).await;
    drop_all(&spool);
    while scenario::round(&engine).await.unwrap() {}
    for office in OFFICES {
        let receipts = answers(&spool, office, "回执");
        let returns = answers(&spool, office, "退件");
        let mut all = [receipts, returns].concat();
        all.sort_unstable();
        assert_eq!(all.iter().map(|(place, _)| *place).collect::<Vec<_>>(), (0..DROPS).collect::<Vec<_>>());
        assert!(all.is_sorted_by_key(|(_, at)| *at), "{office}: answers in order");
        // decided in their order, too
        let events = engine.store.events(&format!("register/台账{office}")).await.unwrap();
        let entered: Vec<usize> = events
            .iter()
            .map(|event| {
                let text = event.body.to_string();
                let (before, _) = text.split_once("号文件").unwrap();
                before.rsplit_once('第').unwrap().1.parse().unwrap()
            })
            .collect();
        assert_eq!(entered, (0..DROPS).filter(|n| n % 7 != 3).collect::<Vec<_>>());
        let left = |part: &str| std::fs::read_dir(spool.join("state").join(part).join(office)).unwrap().count();
        assert_eq!((left("claimed"), left("answered")), (0, DROPS));
    }
}
