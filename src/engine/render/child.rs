//! The makers of papers outside this process: children that are kept while there is work and end soon after.
//!
//! A request is the length of its JSON and the JSON; an answer is a byte (made or not), then the lengths and bytes of what is told of the
//! files (JSON), of the Word file and of the PDF, or of the reason, as the readers of dropped files have them. A child ends when its stdin does.

use super::process::Process;
use super::{Request, Workshop};
use crate::document::fonts::Fonts;
use crate::engine::Error;
use crate::engine::making::{Maker, PaperFiles};
use crate::engine::perform::Trouble;
use crate::spool::layout::Spool;
use crate::spool::reader::apart::{PART_BYTES_MAX, part, send};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout, Command};

/// Papers after which a child ends: what a library keeps by mistake does not grow for ever.
const PAPERS_MAX: u32 = 500;
/// How long a child waits for more before it ends; its faces take 90 MB.
const IDLE: Duration = Duration::from_secs(2);

const MADE: u8 = 0;
const NOT_MADE: u8 = 1;

/// What a child tells of the files it made.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    /// why there is no PDF
    no_pdf: Option<String>,
    renderer: String,
    pages: Option<u32>,
}

/// Children of one program, and those of them that wait for work.
#[derive(Debug)]
pub struct Children {
    program: PathBuf,
    idle: Mutex<Vec<Running>>,
}

#[derive(Debug)]
struct Running {
    // killed when it is dropped, with what it has started
    child: Process,
    requests: ChildStdin,
    answers: ChildStdout,
    papers: u32,
}

impl Children {
    /// Children that will be started with `render-paper`.
    pub(super) fn of(program: PathBuf) -> Arc<Children> {
        Arc::new(Children { program, idle: Mutex::new(Vec::new()) })
    }

    /// Has one of them make a paper.
    pub(super) async fn make(self: &Arc<Children>, request: &Request) -> Result<PaperFiles, Trouble> {
        let request = serde_json::to_vec(request).map_err(|e| Trouble::Never(e.to_string()))?;
        let kept = self.idle().pop();
        // one that died while it waited says nothing about this paper
        if let Some(kept) = kept
            && let Ok(files) = self.asked(kept, &request).await
        {
            return files.map_err(Trouble::Never);
        }
        let fresh = self.start()?;
        self.asked(fresh, &request).await.map_err(Trouble::Later)?.map_err(Trouble::Never)
    }

    /// What a child makes of a request, or how it failed. It is kept when it did not.
    async fn asked(
        self: &Arc<Children>,
        mut child: Running,
        request: &[u8],
    ) -> Result<Result<PaperFiles, String>, String> {
        match child.ask(request).await {
            Ok(answer) => {
                child.papers += 1;
                if child.papers < PAPERS_MAX {
                    self.keep(child);
                }
                Ok(answer)
            }
            Err(error) => Err(child.last_words(&error).await),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Running>> {
        // a list of children is whole whoever left it
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self) -> Result<Running, Trouble> {
        let mut command = Command::new(&self.program);
        command.arg("render-paper").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let lost = |what: &str| Trouble::Later(format!("the renderer could not be started: {what}"));
        let mut child = command.kill_on_drop(true).spawn().map_err(|e| lost(&e.to_string()))?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(lost("it has no pipes"));
        };
        Ok(Running { child: Process(child), requests, answers, papers: 0 })
    }

    /// Puts a child back, and lets it go unless it is used again soon.
    fn keep(self: &Arc<Children>, running: Running) {
        let (id, papers) = (running.child.0.id(), running.papers);
        self.idle().push(running);
        let children = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(IDLE).await;
            children.idle().retain(|one| (one.child.0.id(), one.papers) != (id, papers));
        });
    }
}

impl Running {
    /// The answer, or why there is none.
    async fn ask(&mut self, request: &[u8]) -> std::io::Result<Result<PaperFiles, String>> {
        self.requests.write_all(&(request.len() as u64).to_le_bytes()).await?;
        self.requests.write_all(request).await?;
        self.requests.flush().await?;
        let made = self.answers.read_u8().await? == MADE;
        let first = self.part().await?;
        if made {
            let told: Told = serde_json::from_slice(&first)?;
            let (word, pdf) = (self.part().await?, self.part().await?);
            let pdf = told.no_pdf.map_or(Ok(pdf), Err);
            return Ok(Ok(PaperFiles { word, pdf, renderer: told.renderer, pages: told.pages }));
        }
        Ok(Err(String::from_utf8_lossy(&first).into_owned()))
    }

    async fn part(&mut self) -> std::io::Result<Vec<u8>> {
        let length = self.answers.read_u64_le().await?;
        let mut part = Vec::new();
        (&mut self.answers).take(length.min(PART_BYTES_MAX)).read_to_end(&mut part).await?;
        if part.len() as u64 == length { Ok(part) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
    }

    /// What a child that failed said last, and how it ended.
    async fn last_words(mut self, error: &std::io::Error) -> String {
        let mut said = Vec::new();
        drop(self.requests);
        if let Some(stderr) = self.child.0.stderr.take() {
            // a child that still lives says no more than fits its pipe; it is killed when this ends
            let reading = stderr.take(64 * 1024);
            let mut reading = std::pin::pin!(reading);
            let _ = tokio::time::timeout(IDLE, reading.read_to_end(&mut said)).await;
        }
        let said = String::from_utf8_lossy(&said).into_owned();
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        match tokio::time::timeout(IDLE, self.child.0.wait()).await {
            Ok(Ok(status)) => format!("the renderer failed ({status}): {last}"),
            Ok(Err(_)) | Err(_) => format!("the renderer failed ({error}): {last}"),
        }
    }
}

/// The child's side: makes papers until there are no more requests.
///
/// # Errors
/// A request that cannot be read or an answer that cannot be written; the caller says it and ends with a status that is not 0.
pub fn serve(mut from: impl Read, mut to: impl Write) -> Result<(), String> {
    let mut workshop: Option<Workshop> = None;
    while let Some(request) = part(&mut from).map_err(|e| e.to_string())? {
        let made = made(&request, &mut workshop)?;
        answer(&mut to, &made).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// The files, or why this paper cannot be made.
///
/// # Errors
/// Why no paper can be made here: the faces are others than those the paper was proofed with. The child ends, and the paper is
/// tried again later.
fn made(request: &[u8], kept: &mut Option<Workshop>) -> Result<Result<PaperFiles, String>, String> {
    let request: Request = serde_json::from_slice(request).map_err(|e| e.to_string())?;
    let workshop = match kept {
        Some(kept) if serves(kept, &request) => kept,
        Some(_) | None => kept.insert(workshop(&request)?),
    };
    if workshop.fonts.digest() != request.faces {
        return Err("the faces have changed since the daemon began: restart it".to_owned());
    }
    let fields = request.fields.as_object().cloned().unwrap_or_default();
    Ok(workshop.issued(&request.template, &request.source, &fields, request.public.as_deref()))
}

fn serves(kept: &Workshop, request: &Request) -> bool {
    kept.spool.root() == request.spool
        && kept.font_directory == request.fonts
        && kept.libreoffice == request.libreoffice
}

fn workshop(request: &Request) -> Result<Workshop, String> {
    let fonts = match &request.fonts {
        Some(directory) => Fonts::with_directory(directory).map_err(|e| Error::Fonts(e.to_string()).to_string())?,
        None => Fonts::bundled(),
    };
    let spool = Spool::at(&request.spool);
    Ok(Workshop {
        maker: Arc::new(Maker::new(&spool)),
        spool,
        fonts,
        font_directory: request.fonts.clone(),
        libreoffice: request.libreoffice.clone(),
    })
}

fn answer(to: &mut impl Write, made: &Result<PaperFiles, String>) -> std::io::Result<()> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let told;
    let status = match made {
        Ok(PaperFiles { word, pdf, renderer, pages }) => {
            let no_pdf = pdf.as_ref().err().cloned();
            told = serde_json::to_vec(&Told { no_pdf, renderer: renderer.clone(), pages: *pages })?;
            parts.extend([told.as_slice(), word, pdf.as_deref().unwrap_or_default()]);
            MADE
        }
        Err(reason) => {
            parts.push(reason.as_bytes());
            NOT_MADE
        }
    };
    to.write_all(&[status])?;
    send(to, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn program(script: &str) -> (tempfile::TempDir, Arc<Children>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maker");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (folder, Children::of(path))
    }

    fn request() -> Request {
        asked("", serde_json::json!({}))
    }

    fn asked(source: &str, fields: serde_json::Value) -> Request {
        let (template, source) = ("公示".to_owned(), source.to_owned());
        let (faces, spool) = (Fonts::bundled().digest(), PathBuf::from("spool"));
        Request { template, source, fields, public: None, fonts: None, faces, spool, libreoffice: None }
    }

    #[tokio::test]
    async fn a_child_that_died_while_it_waited_is_replaced() {
        // it hears the request out, answers "W" and "P", and ends
        let length = serde_json::to_vec(&request()).unwrap().len() + 8;
        let answer = [
            r#"printf '\000\042\000\000\000\000\000\000\000{"no_pdf":null,"renderer":"R1234"}'"#,
            r"printf '\001\000\000\000\000\000\000\000W\001\000\000\000\000\000\000\000P'",
        ];
        let (_folder, children) = program(&format!("head -c {length} >/dev/null; {}", answer.join("; ")));
        for _ in 0..3 {
            let made = children.make(&request()).await.map_err(|_| "failed").unwrap();
            assert_eq!((made.word, made.pdf), (b"W".to_vec(), Ok(b"P".to_vec())));
        }
        assert_eq!(children.idle().len(), 1);
    }

    #[tokio::test]
    async fn what_a_child_has_started_ends_with_it() {
        let script = r#"timeout 60 sh -c 'echo $$ >"$0"; exec sleep 61' "$0.started" & wait"#;
        let (folder, children) = program(script);
        let started = folder.path().join("maker.started");
        let id = loop {
            // let go in the middle of a paper, as by a daemon that stops
            let asked = tokio::time::timeout(Duration::from_millis(500), children.make(&request())).await;
            assert!(asked.is_err(), "it answered");
            if let Some(id) = std::fs::read_to_string(&started).ok().filter(|id| id.ends_with('\n')) {
                break id.trim().to_owned();
            }
        };
        let stat = PathBuf::from("/proc").join(id).join("stat");
        let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
        for _ in 0..100 {
            if !lives() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it lives on");
    }

    #[tokio::test]
    async fn a_failing_child_says_how_and_may_be_asked_again() {
        let (_folder, children) = program("echo 'no memory' >&2; exit 3");
        let Err(Trouble::Later(why)) = children.make(&request()).await else { panic!("made") };
        assert_eq!(why, "the renderer failed (exit status: 3): no memory");
        assert!(children.idle().is_empty());
    }

    #[tokio::test]
    async fn what_cannot_be_made_is_not_tried_again_and_the_child_lives_on() {
        let (_folder, children) =
            program(r"head -c 8 >/dev/null; printf '\001\003\000\000\000\000\000\000\000why'; exec sleep 60");
        let Err(Trouble::Never(why)) = children.make(&request()).await else { panic!("made") };
        assert_eq!(why, "why");
        assert_eq!(children.idle().len(), 1);
    }

    #[test]
    fn a_child_makes_one_paper_after_the_other_and_says_why_one_cannot_be_made() {
        let source = "---\n文种: 公示\n版式: 普通\n标题: {{ 题 }}公示\n---\n正文。\n";
        let frame = |fields: serde_json::Value| {
            let request = serde_json::to_vec(&asked(source, fields)).unwrap();
            [&(request.len() as u64).to_le_bytes()[..], &request].concat()
        };
        let good = frame(serde_json::json!({"题": "甲"}));
        let all = [good.clone(), frame(serde_json::json!({})), good].concat();
        let mut said = Vec::new();
        serve(&all[..], &mut said).unwrap();
        let mut from = &said[..];
        let mut answers = Vec::new();
        while let Some((status, after)) = from.split_first() {
            from = after;
            let parts = if *status == MADE { 3 } else { 1 };
            // an answer's parts are framed as requests are
            answers.push((0..parts).map(|_| part(&mut from).unwrap().unwrap()).collect::<Vec<_>>());
        }
        assert_eq!(answers.len(), 3);
        assert_eq!(answers[0], answers[2]);
        assert_eq!((&answers[0][1][..2], &answers[0][2][..4]), (&b"PK"[..], &b"%PDF"[..]));
        assert!(String::from_utf8_lossy(&answers[1][0]).contains("题"), "{answers:?}");
        assert!(serve(&all[..20], &mut Vec::new()).is_err(), "a request cut short");
        let other = serde_json::to_vec(&Request { faces: "others".into(), ..request() }).unwrap();
        let other = [&(other.len() as u64).to_le_bytes()[..], &other].concat();
        let mut said = Vec::new();
        assert!(serve(&other[..], &mut said).unwrap_err().contains("faces have changed"));
        assert!(said.is_empty(), "nothing is made in faces nobody proofed");
    }
}
