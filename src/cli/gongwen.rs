//! `banwen gongwen`: any official paper, ours or a stranger's, examined against GB/T 9704.

use super::Answer;
use super::voice::{columns, data, talk};
use crate::document::inspect::{self, Kind, RULES, Report, Severity};
use anyhow::{Context, bail};
use clap::Subcommand;
use clap::builder::PossibleValue;
use serde_json::json;
use std::path::{Path, PathBuf};

mod examined;

/// What can be done with papers.
#[derive(Subcommand)]
pub(super) enum GongwenVerb {
    /// Examine papers; exits with 1 when one of them must not go out (P0)
    Check {
        /// Word files (.docx) and PDFs
        #[arg(required = true, value_name = "FILE.docx|FILE.pdf")]
        files: Vec<PathBuf>,
        /// What kind of paper it is; by default what it looks like
        #[arg(long, value_enum)]
        kind: Option<Kind>,
    },
    /// List the rules
    Rules,
    /// Examine one paper in this process: `check` asks its own program for it, under limits
    #[command(hide = true)]
    Examine {
        /// The file
        file: PathBuf,
        /// What kind of paper it is
        #[arg(long, value_enum)]
        kind: Option<Kind>,
    },
}

impl clap::ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Kind] {
        &Kind::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).alias(self.title()).help(self.title()))
    }
}

pub(super) fn obey(verb: GongwenVerb, as_json: bool) -> anyhow::Result<Answer> {
    match verb {
        GongwenVerb::Check { files, kind } => check(&files, kind, as_json),
        GongwenVerb::Rules => rules(as_json),
        GongwenVerb::Examine { file, kind } => examined::answer(&file, kind),
    }
}

/// Every file is examined before anything is said; one that cannot be read stops none of the others.
fn check(paths: &[PathBuf], kind: Option<Kind>, as_json: bool) -> anyhow::Result<Answer> {
    let program = std::env::current_exe().context("the program does not know where it lies")?;
    let limits = examined::Limits::default();
    let examined = paths.iter().map(|path| Ok((path, limits.examined(&program, path, kind)?)));
    let examined = examined.collect::<anyhow::Result<Vec<_>>>()?;
    let unread = examined.iter().filter(|(_, report)| report.is_err()).count();
    let reports = || examined.iter().filter_map(|(_, report)| report.as_ref().ok());
    let count = |severity: Severity| {
        reports().flat_map(|it| &it.findings).filter(|finding| finding.rule.severity == severity).count()
    };
    let grave = count(Severity::P0);
    if as_json {
        let told = examined.iter().map(|(path, report)| match report {
            Ok(report) => json!({ "path": path, "report": report }),
            Err(error) => json!({ "path": path, "error": error }),
        });
        data(serde_json::to_string_pretty(&told.collect::<Vec<_>>())?);
    } else {
        for (path, report) in &examined {
            tell(path, report);
        }
        let (p1, p2) = (count(Severity::P1), count(Severity::P2));
        talk(format_args!("{} files: {grave} P0, {p1} P1, {p2} P2", examined.len()));
    }
    if unread > 0 {
        bail!("{unread} of {} files could not be examined", examined.len());
    }
    Ok(Answer::of(grave == 0))
}

fn tell(path: &Path, report: &Result<Report, String>) {
    let report = match report {
        Ok(report) => report,
        Err(error) => return data(format_args!("{}: {error}", path.display())),
    };
    let pages = report.pages.map(|count| format!("，{count}面")).unwrap_or_default();
    let verdict = if report.findings.is_empty() { "，未发现问题" } else { "" };
    data(format_args!("{}（{}{pages}）{verdict}", path.display(), report.kind.title()));
    for finding in &report.findings {
        data(format_args!("  {finding}"));
    }
}

fn rules(as_json: bool) -> anyhow::Result<Answer> {
    if as_json {
        data(serde_json::to_string_pretty(RULES)?);
        return Ok(Answer::Yes);
    }
    let row = |rule: &inspect::Rule| {
        [rule.severity.name(), rule.id, rule.clause, rule.seen.title(), rule.asks].map(str::to_owned).to_vec()
    };
    data(columns(&RULES.iter().map(row).collect::<Vec<_>>()));
    Ok(Answer::Yes)
}
