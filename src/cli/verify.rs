//! `banwen verify`: is everything still what the log says?

use super::Answer;
use super::voice::{data, talk};
use crate::engine::verify as check;
use crate::engine::viewing::View;
use anyhow::bail;

/// Verifies and reports; a problem is a no.
pub(super) async fn verify(view: &View, as_json: bool) -> anyhow::Result<Answer> {
    let Some(store) = &view.store else {
        bail!("{} has no log yet: no daemon ever ran here", view.spool.root().display());
    };
    let workshop = check::workshop_of(&view.spool)?;
    let report = check::verify(&view.spool, store.as_ref(), &workshop, &view.programs, &view.ledgers).await?;
    if as_json {
        data(serde_json::to_string_pretty(&report)?);
        return Ok(Answer::of(report.problems.is_empty()));
    }
    data(format_args!("{} events, {} cases, {} archive packages", report.events, report.cases, report.packages));
    data(format_args!("{} papers made again, byte for byte the same", report.same_bytes));
    if report.other_renderer > 0 {
        data(format_args!(
            "{} papers by another version or other fonts: their stored bytes have their digest",
            report.other_renderer
        ));
    }
    for problem in &report.problems {
        data(format_args!("PROBLEM {problem}"));
    }
    talk(if report.problems.is_empty() { "everything is as the log says" } else { "something is not as the log says" });
    Ok(Answer::of(report.problems.is_empty()))
}
