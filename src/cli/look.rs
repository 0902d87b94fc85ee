//! Looking at a spool: whether there is one, and how it stands.

use super::voice::talk;
use crate::engine::viewing::{self, View};
use crate::spool::layout::Spool;
use anyhow::bail;
use std::path::Path;

/// Problems told one by one; of more, the first, and their number.
const LEFT_OUT_MAX: usize = 3;

/// There is a spool at `root`.
pub(super) fn require(root: &Path) -> anyhow::Result<()> {
    if Spool::at(root).offices_file().is_file() {
        return Ok(());
    }
    bail!(
        "there is no spool at {0}: it has no offices.yaml\n  hint: say where it is with --spool DIR; `banwen init --spool {0}` lays a new one out, `banwen demo` plays one",
        root.display()
    )
}

/// The spool as it stands; what cannot be read of it is told.
pub(super) async fn view(root: &Path) -> anyhow::Result<View> {
    require(root)?;
    let view = viewing::look(root).await?;
    told(&view.missing).iter().for_each(talk);
    Ok(view)
}

/// What is said of what was left out: each problem, or the first of them and how many there are.
fn told(missing: &[String]) -> Vec<String> {
    let shown = if missing.len() > LEFT_OUT_MAX { 1 } else { missing.len() };
    let mut lines: Vec<String> = missing.iter().take(shown).map(|one| format!("banwen: left out: {one}")).collect();
    if shown < missing.len() {
        let more = missing.len() - shown;
        lines.push(format!("banwen: {more} more problems leave something out; `banwen check` names them all"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_faulty_definition_does_not_bury_the_story() {
        let missing: Vec<String> = (1..=50).map(|line| format!("workflows/坏.yaml:{line}: no such key")).collect();
        let said = told(&missing);
        assert_eq!(said.len(), 2, "{said:#?}");
        assert_eq!(said[0], "banwen: left out: workflows/坏.yaml:1: no such key");
        assert_eq!(said[1], "banwen: 49 more problems leave something out; `banwen check` names them all");
        assert_eq!(told(&missing[..2]).len(), 2);
        assert_eq!(told(&[]), Vec::<String>::new());
    }
}
