//! The definitions, templates, offices and scenarios that come with the program, compiled in.

use super::read::Scenario;
use crate::engine::Error;
use crate::files;
use std::path::Path;

/// Files of the shipped spool: path below the root, content.
const SPOOL: &[(&str, &str)] = &[
    ("offices.yaml", include_str!("../../../spool/offices.yaml")),
    ("workflows/七一表彰.yaml", include_str!("../../../workflows/七一表彰.yaml")),
    ("workflows/一票否决.yaml", include_str!("../../../workflows/一票否决.yaml")),
    ("workflows/荣誉.yaml", include_str!("../../../workflows/荣誉.yaml")),
    ("templates/启动通知.md", include_str!("../../../templates/启动通知.md")),
    ("templates/推荐汇总表.md", include_str!("../../../templates/推荐汇总表.md")),
    ("templates/公示.md", include_str!("../../../templates/公示.md")),
    ("templates/表彰决定.md", include_str!("../../../templates/表彰决定.md")),
    ("templates/证书.md", include_str!("../../../templates/证书.md")),
    ("templates/奖牌文.md", include_str!("../../../templates/奖牌文.md")),
    ("templates/备案报告.md", include_str!("../../../templates/备案报告.md")),
    ("templates/进展报告.md", include_str!("../../../templates/进展报告.md")),
];

/// The scenarios that come with the program, by name.
const SCENARIOS: &[(&str, &str)] = &[("demo", include_str!("../../../workflows/scenarios/demo.yaml"))];

/// The text of a shipped scenario.
pub fn shipped_scenario(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// Lays the shipped definitions, templates and example offices out below `root`; files that are there stay as they are.
///
/// # Errors
/// The disk's.
pub fn lay_out(root: &Path) -> Result<(), Error> {
    for (path, text) in SPOOL {
        let to = root.join(path);
        if to.exists() {
            continue;
        }
        if let Some(parent) = to.parent() {
            files::create_dirs(parent)?;
        }
        files::write_atomic(&to, text.as_bytes())?;
    }
    Ok(())
}

/// The spool of a scenario: its own offices, definitions, templates and calendar where it names them, else the shipped ones.
pub(super) fn lay_out_for(scenario: &Scenario, base: &Path, out: &Path) -> Result<(), Error> {
    files::create_dirs(out)?;
    let folder = |from: &Path, to: &str| -> Result<(), Error> {
        for name in files::list(from)? {
            let path = from.join(&name);
            if path.is_file() {
                let target = out.join(to).join(&name);
                if let Some(parent) = target.parent() {
                    files::create_dirs(parent)?;
                }
                let bytes = std::fs::read(&path).map_err(files::failed("read", &path))?;
                files::write_atomic(&target, &bytes)?;
            }
        }
        Ok(())
    };
    let file = |from: &Path, to: &str| -> Result<(), Error> {
        let bytes = std::fs::read(from).map_err(files::failed("read", from))?;
        Ok(files::write_atomic(&out.join(to), &bytes)?)
    };
    if let Some(offices) = &scenario.offices {
        file(&base.join(offices), "offices.yaml")?;
    }
    if let Some(calendar) = &scenario.calendar {
        file(&base.join(calendar), "calendar.csv")?;
    }
    for region in &scenario.calendars {
        files::create_dirs(&out.join("calendars"))?;
        file(&base.join(region), &format!("calendars/{}", region.file_name().unwrap_or_default().to_string_lossy()))?;
    }
    for workflows in &scenario.workflows {
        folder(&base.join(workflows), "workflows")?;
    }
    for templates in &scenario.templates {
        folder(&base.join(templates), "templates")?;
    }
    let own = |path: &str| {
        (path.starts_with("workflows/") && !scenario.workflows.is_empty())
            || (path.starts_with("templates/") && !scenario.templates.is_empty())
    };
    for (path, text) in SPOOL.iter().filter(|(path, _)| !own(path)) {
        let to = out.join(path);
        if let (false, Some(parent)) = (to.exists(), to.parent()) {
            files::create_dirs(parent)?;
            files::write_atomic(&to, text.as_bytes())?;
        }
    }
    Ok(())
}
