//! Confidence of a report: who made it stands in the folder of the office that took it down, and nowhere else an office, a
//! mailbox or the public can look.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]

#[path = "common/look.rs"]
mod common;

use banwen::engine::Fuse;
use banwen::engine::scenario::{Player, parse};
use banwen::ooxml::package::Package;
use std::path::{Path, PathBuf};

/// Who made the report of the scenario, and how he is reached.
const SECRETS: [&str; 2] = ["甄守密", "13900001234"];
/// Where it was taken down; and what lies under the daemon's own lock, or under the archive's.
const MAY_KNOW: [&str; 3] = ["offices/镇监督办/", "state/", "archive/"];
/// Fewer files than these, and the test looks in the wrong place.
const FILES_MIN: usize = 40;

#[test]
fn who_made_a_report_stands_only_where_it_was_taken_down() {
    common::runtime().block_on(async {
        let out = common::folder("confidence");
        let path = common::root().join("tests/scenarios/举报投诉.yaml");
        let scenario = parse("举报投诉.yaml", &std::fs::read_to_string(&path).unwrap()).unwrap();
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        let (mut looked, mut knew) = (0, 0);
        for (n, step) in scenario.steps.iter().enumerate() {
            player.step(n + 1, step).await.unwrap();
            for file in all(&out) {
                let place = file.strip_prefix(&out).unwrap().to_string_lossy().into_owned();
                let told = SECRETS.iter().find(|secret| place.contains(*secret) || says(&file, secret));
                if MAY_KNOW.iter().any(|known| place.starts_with(known)) {
                    knew += usize::from(told.is_some());
                    continue;
                }
                looked += 1;
                assert_eq!(told, None, "after step {}: {place}", n + 1);
            }
        }
        assert!(looked > FILES_MIN, "{looked} files were looked at");
        assert!(knew > 0, "the secret was never entered");
        // the papers the reporting office itself gets name nobody either
        for file in all(&out.join("offices/镇监督办/公文")) {
            assert!(SECRETS.iter().all(|secret| !says(&file, secret)), "{}", file.display());
        }
        drop(player);
        common::clear(&out);
    });
}

fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all(&path)) } else { found.push(path) }
    }
    found
}

/// Whether a file says it: a workbook or Word file in any of its parts, all else in its bytes.
fn says(file: &Path, secret: &str) -> bool {
    let bytes = std::fs::read(file).unwrap();
    let has = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    match Package::read(&bytes) {
        Ok(package) => package.names().any(|name| package.part(name).is_some_and(has)),
        Err(_) => has(&bytes),
    }
}
