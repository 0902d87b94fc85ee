//! Examining a stranger's file in a process of its own, under limits of time and memory: a file may be made to unpack without
//! end, or to break its reader. What becomes of one says nothing of the others.

use super::super::Answer;
use super::super::voice::data;
use crate::document::inspect::{self, Kind, Report, Unreadable};
use crate::document::office::{TIMED_OUT, limited};
use crate::files;
use anyhow::{Context, bail};
use clap::ValueEnum;
use std::io::Read;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

/// Longest file that is examined.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest answer of a child.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Ends of those who start a program, when they cannot.
const NOT_STARTED: [i32; 3] = [125, 126, 127];

/// What one file may take.
pub(super) struct Limits {
    seconds: u32,
    memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { seconds: 60, memory_bytes: 1024 * 1024 * 1024 }
    }
}

impl Limits {
    /// What a child of `program` finds in a file, or why it finds nothing.
    ///
    /// # Errors
    /// No child can be started.
    pub(super) fn examined(
        &self,
        program: &Path,
        file: &Path,
        kind: Option<Kind>,
    ) -> anyhow::Result<Result<Report, String>> {
        let mut command = limited(program, self.seconds, self.memory_bytes);
        command.args(["gongwen", "examine"]);
        if let Some(kind) = kind.and_then(|kind| kind.to_possible_value()) {
            command.args(["--kind", kind.get_name()]);
        }
        command.arg("--").arg(file).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().context("`timeout` (coreutils) cannot be started")?;
        let mut said = Vec::new();
        if let Some(answer) = child.stdout.take() {
            answer.take(ANSWER_BYTES_MAX).read_to_end(&mut said).context("the answer of an examination is lost")?;
        }
        let status = child.wait().context("an examination is lost")?;
        if status.code().is_some_and(|code| NOT_STARTED.contains(&code)) {
            bail!("`prlimit` (util-linux) or {} cannot be started", program.display());
        }
        if !status.success() {
            return Ok(Err(self.cut_off(status)));
        }
        Ok(serde_json::from_slice(&said).unwrap_or_else(|error| Err(format!("its examination said nothing: {error}"))))
    }

    /// Why an examination has no answer.
    fn cut_off(&self, status: ExitStatus) -> String {
        if status.code().is_some_and(|code| TIMED_OUT.contains(&code)) {
            return format!("its examination took longer than {} seconds and was cut off", self.seconds);
        }
        let memory = self.memory_bytes / 1024 / 1024;
        format!(
            "its examination was cut off ({status}): it takes more than {memory} MB of memory, or is made to break its reader"
        )
    }
}

/// The child's side: the report, or why there is none, in JSON.
pub(super) fn answer(file: &Path, kind: Option<Kind>) -> anyhow::Result<Answer> {
    let read = files::read_at_most(file, FILE_BYTES_MAX).map_err(|error| error.to_string());
    let report = read.and_then(|bytes| {
        let report = bytes.ok_or(Unreadable::Large).and_then(|bytes| inspect::examine(&bytes, kind));
        report.map_err(|error| error.to_string())
    });
    data(serde_json::to_string(&report)?);
    Ok(Answer::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn examined(script: &str, limits: &Limits) -> anyhow::Result<Result<Report, String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("examiner");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        limits.examined(&path, Path::new("通知.pdf"), Some(Kind::Letter))
    }

    #[test]
    fn an_examination_that_has_no_end_is_cut_off() {
        let limits = Limits { seconds: 1, ..Limits::default() };
        let why = examined("sleep 30", &limits).unwrap().unwrap_err();
        assert_eq!(why, "its examination took longer than 1 seconds and was cut off");
    }

    #[test]
    fn one_that_breaks_says_how_and_one_that_answers_is_heard() {
        let limits = Limits::default();
        let why = examined("kill -ABRT $$", &limits).unwrap().unwrap_err();
        assert!(why.contains("signal: 6") && why.contains("1024 MB"), "{why}");
        let why = examined("echo no", &limits).unwrap().unwrap_err();
        assert!(why.starts_with("its examination said nothing"), "{why}");
        // what it was asked comes back
        let echo = r#"printf '{"Err":"%s"}' "$*""#;
        assert_eq!(examined(echo, &limits).unwrap().unwrap_err(), "gongwen examine --kind letter -- 通知.pdf");
        let report = r#"echo '{"Ok":{"kind":"letter","pages":1,"findings":[{"id":"title-stop","page":1,"paragraph":2,"words":"题。","found":"有句号"}]}}'"#;
        let report = examined(report, &limits).unwrap().unwrap();
        assert_eq!(report.findings[0].rule.clause, "7.3.1");
        assert!(limits.examined(Path::new("/nowhere/examiner"), Path::new("a"), None).is_err());
    }
}
