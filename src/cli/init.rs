//! `banwen init`: a new spool with the shipped definitions and example offices.

use super::Answer;
use super::voice::{data, talk};
use crate::engine::{scenario, viewing};
use crate::spool::layout::Spool;
use std::path::Path;

/// Lays it out; what is there already stays.
pub(super) async fn init(root: &Path) -> anyhow::Result<Answer> {
    scenario::lay_out(root)?;
    let spool = Spool::at(root);
    spool.create()?;
    let view = viewing::look(root).await?;
    for folder in view.ledgers.offices.offices.values().filter_map(|o| o.folder.as_ref()) {
        spool.create_office(folder)?;
    }
    data(format_args!("{} is laid out; files that were there stayed as they were", root.display()));
    talk("next: put your own offices into offices.yaml, `banwen check`, then `banwen run`");
    Ok(Answer::Yes)
}
