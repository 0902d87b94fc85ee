//! Which of several templates of one name a definition means: names are told apart within a folder only.
//!
//! A definition of `workflows/行政许可/` means what lies in `templates/行政许可/`, then what lies in `templates/` itself, then what
//! lies in another folder, where one alone has the name: of two nobody could say which is meant.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

/// How far a template lies from a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    /// beside it, or in the folder of templates named like its own
    Own,
    /// in no folder of its own
    Common,
    /// in a folder of others
    Foreign,
}

fn distance(definition: &Path, template: &Path) -> Distance {
    let (home, folder) = (definition.parent(), template.parent());
    let name = |path: Option<&Path>| path.and_then(Path::file_name).map(OsStr::to_os_string);
    let twin = name(folder) == name(home) && name(folder.and_then(Path::parent)).is_some_and(|it| it == "templates");
    match name(folder) {
        _ if folder == home || twin => Distance::Own,
        Some(name) if name == "templates" => Distance::Common,
        Some(_) | None => Distance::Foreign,
    }
}

/// Of each name the template that a definition means; of those equally near the last, unless they are others'.
pub(crate) fn nearest<'a>(
    definition: &Path,
    templates: impl IntoIterator<Item = &'a Path>,
) -> BTreeMap<String, &'a Path> {
    let mut by_name: BTreeMap<String, BTreeMap<Distance, Vec<&Path>>> = BTreeMap::new();
    for path in templates {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        by_name.entry(stem).or_default().entry(distance(definition, path)).or_default().push(path);
    }
    let meant = by_name.into_iter().filter_map(|(name, found)| {
        let (distance, paths) = found.into_iter().next()?;
        let path = paths.last().filter(|_| distance < Distance::Foreign || paths.len() == 1)?;
        Some((name, *path))
    });
    meant.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_means_its_own_folders_templates_then_the_common_ones() {
        let templates = [
            "s/templates/证书.md",
            "s/templates/许可/补正.md",
            "s/templates/许可/证书.md",
            "s/templates/公开/补正.md",
            "s/templates/公开/答复.md",
            "s/templates/举报/转送.md",
            "s/templates/意见/转送.md",
        ];
        let meant = |definition: &str, name: &str| {
            let found = nearest(Path::new(definition), templates.iter().map(Path::new));
            found.get(name).map(|path| path.to_str().unwrap())
        };
        for (definition, name, wanted) in [
            ("s/workflows/许可/许可.yaml", "补正", Some("s/templates/许可/补正.md")),
            ("s/workflows/许可/许可.yaml", "证书", Some("s/templates/许可/证书.md")),
            ("s/workflows/公开/公开.yaml", "补正", Some("s/templates/公开/补正.md")),
            ("s/workflows/公开/公开.yaml", "证书", Some("s/templates/证书.md")),
            ("s/workflows/七一.yaml", "证书", Some("s/templates/证书.md")),
            ("s/workflows/七一.yaml", "答复", Some("s/templates/公开/答复.md")),
            ("s/workflows/七一.yaml", "补正", None),
            ("s/workflows/许可/许可.yaml", "转送", None),
        ] {
            assert_eq!(meant(definition, name), wanted, "{definition} {name}");
        }
    }
}
