//! `banwen fonts`: which face serves what, how far the faces reach, and which face a character is set in.

use super::Answer;
use super::voice::{columns, data, talk};
use crate::document::fonts::{FaceReport, Fonts, LEVEL_CHARACTERS, Reach, Report, Role, Unused, level};
use crate::engine;
use serde_json::{Value, json};
use std::path::Path;

/// Missing characters of a level that are listed; of more only the first are.
const LISTED_CHARACTERS_MAX: usize = 20;

/// Tells of the faces of the spool; with a text, of the face of each of its characters.
pub(super) fn fonts(spool: &Path, text: Option<&str>, as_json: bool) -> anyhow::Result<Answer> {
    let fonts = engine::fonts_of(spool)?;
    match text {
        Some(text) => look_up(&fonts, text, as_json),
        None => whole(&fonts.report(), fonts.unused(), as_json),
    }
}

/// The faces of the spool, for a command that sets papers in them; what of its own files is not used is told.
pub(super) fn faces_of(spool: &Path) -> anyhow::Result<Fonts> {
    let fonts = engine::fonts_of(spool)?;
    for face in fonts.unused() {
        talk(format_args!("banwen: {} is not used: {}\n  hint: {}", face.path.display(), face.reason, face.help));
    }
    Ok(fonts)
}

fn whole(report: &Report, unused: &[Unused], as_json: bool) -> anyhow::Result<Answer> {
    if as_json {
        data(serde_json::to_string_pretty(&as_value(report, unused))?);
        return Ok(Answer::Yes);
    }
    let mut rows = vec![["", "face", "level 1", "level 2", "level 3", "file"].map(str::to_string).to_vec()];
    rows.extend(report.faces.iter().map(row));
    let total = Some(LEVEL_CHARACTERS.map(|count| count.to_string()).to_vec());
    let named = |name: &str, reach: Vec<String>| [vec![name.to_string(), String::new()], reach].concat();
    rows.push(named("together", report.together.map(|count| count.to_string()).to_vec()));
    rows.extend(total.map(|total| named("GB 18030-2022 has", total)));
    data(columns(&rows));
    for face in unused {
        data(format_args!("not used: {}: {}\n  hint: {}", face.path.display(), face.reason, face.help));
    }
    for (number, missing) in report.missing.iter().enumerate().filter(|(_, missing)| !missing.is_empty()) {
        data(format_args!("no face has {} characters of level {}: {}", missing.len(), number + 1, listed(missing)));
    }
    for face in report.faces.iter().filter(|face| !face.bundled && face.first && lacks(face) > 0) {
        let (kind, _) = face.role.map(Role::words).unwrap_or_default();
        talk(format_args!(
            "{} serves {kind} and lacks {} characters of level 2: where a paper needs one, another face lends it",
            face.family,
            lacks(face)
        ));
    }
    Ok(Answer::Yes)
}

fn lacks(face: &FaceReport) -> usize {
    LEVEL_CHARACTERS[1] - face.reach[1]
}

fn row(face: &FaceReport) -> Vec<String> {
    let serves = match face.role {
        Some(role) if face.first => format!("{}: {}", role.words().0, role.words().1),
        Some(role) => format!("{}, after the one above", role.words().0),
        None => "lends characters".to_string(),
    };
    let from = if face.bundled { format!("bundled: {}", face.file) } else { face.file.clone() };
    let [first, second, third] = face.reach.map(|count| count.to_string());
    vec![serves, face.family.clone(), first, second, third, from]
}

fn listed(missing: &[char]) -> String {
    let named = missing.iter().take(LISTED_CHARACTERS_MAX).map(|it| format!("{it} (U+{:04X})", u32::from(*it)));
    let more = if missing.len() > LISTED_CHARACTERS_MAX { " …" } else { "" };
    format!("{}{more}", named.collect::<Vec<_>>().join(" "))
}

fn as_value(report: &Report, unused: &[Unused]) -> Value {
    let reach = |it: Reach| json!({ "level_1": it[0], "level_2": it[1], "level_3": it[2] });
    let faces = report.faces.iter().map(|face| {
        json!({
            "family": face.family, "file": face.file, "bundled": face.bundled,
            "role": face.role.map(|role| role.words().0), "serves": face.first, "reach": reach(face.reach),
        })
    });
    let unused =
        unused.iter().map(|it| json!({ "file": it.path.display().to_string(), "reason": it.reason, "help": it.help }));
    let missing = report.missing.each_ref().map(|list| list.iter().collect::<String>());
    json!({
        "faces": faces.collect::<Vec<_>>(),
        "unused": unused.collect::<Vec<_>>(),
        "together": reach(report.together),
        "all": reach(LEVEL_CHARACTERS),
        "missing": { "level_1": missing[0], "level_2": missing[1], "level_3": missing[2] },
    })
}

/// One line a character: its level and the face it is set in within the text; the answer is no when one has none.
fn look_up(fonts: &Fonts, text: &str, as_json: bool) -> anyhow::Result<Answer> {
    let mut met = std::collections::BTreeSet::new();
    let characters: Vec<char> = text.chars().filter(|it| !it.is_whitespace() && met.insert(*it)).collect();
    let found: Vec<(char, Option<String>)> =
        characters.into_iter().map(|it| (it, fonts.set_in(Role::Text, it))).collect();
    let answer = Answer::of(found.iter().all(|(_, family)| family.is_some()));
    if as_json {
        let each = found.iter().map(|(it, family)| {
            json!({ "character": it, "code": format!("U+{:04X}", u32::from(*it)), "level": level(*it), "face": family })
        });
        data(serde_json::to_string_pretty(&each.collect::<Vec<_>>())?);
        return Ok(answer);
    }
    let rows = found.into_iter().map(|(it, family)| {
        let level = level(it).map_or_else(|| "-".to_string(), |level| format!("level {level}"));
        let family = family.unwrap_or_else(|| "no face has it: a paper with it cannot be made".to_string());
        vec![it.to_string(), format!("U+{:04X}", u32::from(it)), level, family]
    });
    data(columns(&rows.collect::<Vec<_>>()));
    Ok(answer)
}
