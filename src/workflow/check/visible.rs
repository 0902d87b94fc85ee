//! Who sees a paper, and which fields it must not show them.

use super::{Checker, TemplatePaths};
use crate::workflow::WITH_PARTS;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    Public,
    Inside,
    Work,
}

pub(super) fn seen_by(to: &[String]) -> Audience {
    let named = |audience: &str| to.iter().any(|r| r == audience);
    if named("public") {
        return Audience::Public;
    }
    if named("inside") { Audience::Inside } else { Audience::Work }
}

/// Fields a paper shows to those who may not see them.
pub(super) fn invisible(
    checker: &mut Checker<'_>,
    of: &[String],
    of_case: bool,
    paths: &TemplatePaths,
    audience: Audience,
    kind: &'static str,
) {
    let (workflow, sealed) = (checker.workflow, checker.sealed);
    let pairs = workflow.pairs(of);
    for item in workflow.items.values().filter(|i| of_case || pairs.iter().any(|p| p.kind == i.name)) {
        let allowed = |name: &str| match audience {
            Audience::Public => item.public.iter().any(|p| p == name),
            Audience::Inside => item.public.iter().chain(&item.inside).any(|p| p == name),
            Audience::Work => !sealed.has(&item.name, name),
        };
        let of_items = |path: &[String]| path.first().is_none_or(|first| !WITH_PARTS.contains(&first.as_str()));
        for (path, place) in paths.iter().filter(|(path, _)| of_items(path)) {
            let Some(hidden) = path.iter().find(|n| item.fields.contains_key(*n) && !allowed(n)) else { continue };
            let shared = workflow.items.values().any(|other| other.name != item.name && other.public.contains(hidden));
            if shared && audience != Audience::Work {
                continue;
            }
            let message = format!("`{hidden}` of `{}` is shown to those who may not see it", item.name);
            // what is sealed is on no list of what may be shown
            let hint = match audience {
                Audience::Work => {
                    "leave it out of the template, and who may not know it out of the recipients".to_owned()
                }
                Audience::Public | Audience::Inside => {
                    format!("add it to `public:` of `{}`, or leave it out of the template", item.name)
                }
            };
            checker.error(kind, place, message, &hint);
        }
    }
}
