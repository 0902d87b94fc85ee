//! Looking at a spool: whether there is one, and how it stands.

use super::voice::talk;
use crate::engine::viewing::{self, View};
use crate::spool::layout::Spool;
use anyhow::bail;
use std::path::Path;

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
    for missing in &view.missing {
        talk(format_args!("banwen: left out: {missing}"));
    }
    Ok(view)
}
