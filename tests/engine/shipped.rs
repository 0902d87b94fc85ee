//! The shipped definitions as they lie: a folder of `workflows/` each, with the whole of `templates/` beside.

use super::*;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A file of a scenario's key, by that key; one or several.
fn of_key(scenario: &str, key: &str) -> Vec<PathBuf> {
    let line = scenario.lines().find_map(|line| line.strip_prefix(&format!("{key}:"))).unwrap_or_default();
    let names = line.split('#').next().unwrap_or_default().split([',', '[', ']']);
    let base = common::root().join("tests/scenarios");
    names.map(str::trim).filter(|name| !name.is_empty()).map(|name| base.join(name)).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn every_shipped_system_is_deployed_with_the_templates_of_its_own_folder() {
    let systems = common::root().join("workflows");
    let folders = |root: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        entries.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    let mut left = folders(&systems);
    assert!(left.remove("scenarios") && left.len() > 30, "{left:?}");
    for entry in std::fs::read_dir(common::root().join("tests/scenarios")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(scenario) = std::fs::read_to_string(&path) else { continue };
        let shipped: Vec<PathBuf> = of_key(&scenario, "workflows")
            .into_iter()
            .filter(|path| path.display().to_string().contains("../../workflows/"))
            .collect();
        let names: BTreeSet<String> =
            shipped.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        if names.is_disjoint(&left) {
            continue;
        }
        left.retain(|name| !names.contains(name));
        let spool = common::folder("engine-shipped");
        for folder in &shipped {
            copy(folder, &spool.join("workflows").join(folder.file_name().unwrap()));
        }
        for file in ["荣誉.yaml", "一票否决.yaml"] {
            std::fs::copy(systems.join(file), spool.join("workflows").join(file)).unwrap();
        }
        std::os::unix::fs::symlink(common::root().join("templates"), spool.join("templates")).unwrap();
        std::fs::copy(&of_key(&scenario, "offices")[0], spool.join("offices.yaml")).unwrap();
        let view = common::runtime().block_on(viewing::look(&spool)).unwrap();
        assert!(view.missing.is_empty(), "{}: {}", path.display(), view.missing.join("\n"));
        for program in view.programs.values() {
            let sources = &program.closure.sources;
            for (name, text) in sources.iter().filter(|(name, _)| name.starts_with("templates/")) {
                let file = name.trim_start_matches("templates/");
                let own =
                    names.iter().map(|name| spool.join("templates").join(name).join(file)).find(|it| it.is_file());
                let own = own.unwrap_or_else(|| panic!("{}: {file} of no folder of its own", path.display()));
                assert_eq!(*text, std::fs::read_to_string(&own).unwrap(), "{}", own.display());
            }
        }
    }
    assert!(left.is_empty(), "no scenario plays {left:?}");
}
