//! Sealing the package of a closed case (DA/T 22): papers by 档号, what was handed in, the log, a manifest.

use super::Engine;
use super::perform::{Trouble, paper_name};
use crate::archive::{self, ArchiveError, ArchiveFile, Package, Piece, Retention, Source};
use crate::case::event::Ask;
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Document, Life, revoked};
use crate::spool::claim::{self, ClaimError, Claimed, ClaimedFile};
use crate::store::{EffectFilter, EffectState};
use crate::workflow::Kind;
use chrono::Datelike;
use serde_json::{Value, json};

/// 门类代码 of 文书.
const CLASS: &str = "WS";
/// Before the name of what is kept under seal: ballots of a secret vote.
const SEALED: &str = "密封-";
/// How long the archive waits for the case's other effects before it looks again.
const OTHERS_SECONDS: u32 = 60;

impl Engine {
    /// Seals the package once nothing else is owed by the case.
    pub(super) async fn archive(&self, id: &str, program: &Program, case: &Case) -> Result<Value, Trouble> {
        self.wait_for_others(id, case).await?;
        if case.filed {
            return self.file_with_parent(id, program, case).await;
        }
        let within = self.filed_within(case).await;
        for (_, child) in &within {
            self.wait_for_others(id, child).await?;
        }
        let (mut pieces, mut submissions) =
            (self.pieces(program, case).await?, self.submissions_of(program, case).await?);
        let mut children = Vec::new();
        for (program, child) in &within {
            let noted = |piece: Piece| Piece { note: format!("子案卷：{} {}", child.title, piece.note), ..piece };
            pieces.extend(self.pieces(program, child).await?.into_iter().map(noted));
            submissions.extend(self.submissions_of(program, child).await?);
            children.push(self.child_log(child).await?);
        }
        let stage = program.workflow().stages.iter().find(|s| s.kind == Kind::File);
        let fonds = stage.and_then(|s| s.fonds.clone()).unwrap_or_else(|| "0000".to_string());
        let office = stage.and_then(|s| s.class.clone()).unwrap_or_else(|| "BGS".to_string());
        let kept = stage.and_then(|s| s.retention).unwrap_or(program.workflow().retention);
        let retention = Retention::parse(kept.title()).unwrap_or(Retention::Years30);
        let (_, closed_at) = case.closed.ok_or_else(|| Trouble::Never("the case is not closed".to_string()))?;
        let package = Package {
            case_id: case.id.clone(),
            title: case.title.clone(),
            fonds: fonds.clone(),
            class: CLASS.to_string(),
            office: office.clone(),
            retention,
            year: closed_at.year(),
            pieces,
            submissions,
            events_jsonl: self.log_of(case).await?,
            children,
            closed_at,
        };
        let mark = format!("archive/{fonds}/{}/{}/{office}", package.year, retention.code());
        let last: u32 = self.store.mark(&mark).await?.and_then(|m| m.parse().ok()).unwrap_or(0);
        let count = u32::try_from(package.pieces.len()).unwrap_or(u32::MAX);
        let folder = self.spool.archive();
        self.fuse.burn("a package is sealed")?;
        let sealed = tokio::task::spawn_blocking(move || archive::seal(&folder, &package, last + 1)).await;
        let sealed = sealed.map_err(|e| Trouble::Later(e.to_string()))?.map_err(trouble)?;
        // Below the archive's folder: a spool that was moved still finds it.
        let place = sealed.path.strip_prefix(self.spool.archive()).unwrap_or(&sealed.path);
        self.set_mark(&package_mark(&case.id), &place.display().to_string()).await?;
        let number = format!("{}至{}", sealed.first, sealed.last);
        let taken = sealed.last.rsplit('-').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(last + count);
        self.set_mark(&mark, &taken.max(last).to_string()).await?;
        Ok(json!({ "digest": sealed.digest, "number": number }))
    }

    /// Nothing else is owed by the case, and nobody is asked anything.
    async fn wait_for_others(&self, id: &str, case: &Case) -> Result<(), Trouble> {
        let filter = EffectFilter {
            states: vec![EffectState::Ready, EffectState::Leased],
            stream: Some(case.id.clone()),
            ..EffectFilter::default()
        };
        let waiting = self.store.effects(filter).await?.into_iter().filter(|e| e.id != id).count();
        if waiting > 0 {
            let why = format!("{waiting} other effects of {} are not settled", case.id);
            return Err(Trouble::Wait(why, OTHERS_SECONDS));
        }
        // What a cancelled case was asked, nobody is to answer any more.
        if case.open_questions().any(|q| case.asks(&Ask::Question(q.id)).is_some()) {
            return Err(Trouble::Wait(format!("a question of {} is not answered", case.id), OTHERS_SECONDS));
        }
        Ok(())
    }

    /// The closed cases whose documents go into this one's package, their own among them.
    async fn filed_within(&self, case: &Case) -> Vec<(Program, Case)> {
        let core = self.core.lock().await;
        let (mut found, mut parents): (Vec<(Program, Case)>, Vec<String>) = (Vec::new(), vec![case.id.clone()]);
        while let Some(parent) = parents.pop() {
            let of_parent = |c: &&Case| c.parent.as_ref().is_some_and(|p| p.case == parent);
            for child in core.cases.values().filter(of_parent).filter(|c| c.closed.is_some() && c.sealed.is_none()) {
                let program = core.programs.get(&child.closure);
                if let Some(program) = program.filter(|p| child.is_filed_with_parent(p.workflow())) {
                    parents.push(child.id.clone());
                    found.push((program.clone(), child.clone()));
                }
            }
        }
        found
    }

    /// What a child leaves is in the sealed package of its parent already, or goes beside it.
    async fn file_with_parent(&self, id: &str, program: &Program, case: &Case) -> Result<Value, Trouble> {
        let parent = case.parent.as_ref().map(|p| p.case.clone()).unwrap_or_default();
        let place = self.store.mark(&package_mark(&parent)).await?;
        let place = place.ok_or_else(|| Trouble::Never(format!("{parent} has no sealed package")))?;
        let package = self.spool.archive().join(&place);
        let number = self.core.lock().await.cases.get(&parent).and_then(|c| c.sealed.clone()).unwrap_or_default();
        let (digest, number) = match archive::holds_child(&package, &case.id).map_err(trouble)? {
            Some(digest) => (digest, number),
            None => {
                let pieces = self.pieces(program, case).await?.into_iter().flat_map(|piece| piece.files);
                let mut files: Vec<ArchiveFile> = pieces.collect();
                files.extend(self.submissions_of(program, case).await?);
                files.push(self.child_log(case).await?);
                let at = case.closed.map_or(case.latest, |(_, at)| at);
                let reason = format!("子案卷“{}”随本案卷归档", case.title);
                let more = archive::Supplement { id: id.to_string(), reason, files, at };
                self.fuse.burn("a supplement is sealed")?;
                let sealed = archive::supplement(&package, &more).map_err(trouble)?;
                let name = sealed.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (sealed.digest, format!("{number} {name}"))
            }
        };
        self.set_mark(&package_mark(&case.id), &place).await?;
        Ok(json!({ "digest": digest, "number": number }))
    }

    /// The log of a case that is filed with another. Being filed and sealed come after it, here as there.
    async fn child_log(&self, case: &Case) -> Result<ArchiveFile, Trouble> {
        let name = archive::child_log(&case.id);
        Ok(ArchiveFile { name, source: Source::Bytes(self.log_of(case).await?) })
    }

    /// What came after sealing goes beside the package, with a manifest of its own.
    pub(super) async fn supplement(&self, id: &str, case: &Case, seq: u64) -> Result<Value, Trouble> {
        let known = self.store.mark(&package_mark(&case.id)).await?;
        let place = known.ok_or_else(|| Trouble::Never("the case has no sealed package".to_string()))?;
        let event = self.store.events(&case.id).await?.into_iter().find(|e| e.seq == seq);
        let event = event.ok_or_else(|| Trouble::Never(format!("there is no event {seq}")))?;
        let line = serde_json::to_vec_pretty(&event).map_err(|e| Trouble::Never(e.to_string()))?;
        let more = archive::Supplement {
            id: id.to_string(),
            reason: format!("归档之后的办理记录：{}", event.kind),
            files: vec![ArchiveFile { name: format!("事件{seq}.json"), source: Source::Bytes(line) }],
            at: event.at,
        };
        self.fuse.burn("a supplement is sealed")?;
        let sealed = archive::supplement(&self.spool.archive().join(place), &more).map_err(trouble)?;
        let name = sealed.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(json!({ "supplement": name, "digest": sealed.digest }))
    }

    async fn pieces(&self, program: &Program, case: &Case) -> Result<Vec<Piece>, Trouble> {
        let mut pieces = Vec::new();
        let core = self.core.lock().await;
        let (programs, ledgers) = (core.programs.clone(), core.ledgers.clone());
        drop(core);
        for paper in case.documents.values().filter(|d| matches!(d.life, Life::Issued | Life::Replaced)) {
            pieces.push(self.piece(programs.get(&paper.closure).unwrap_or(program), case, &ledgers, paper)?);
        }
        if pieces.is_empty() {
            let told = format!("{}：{:?}，未形成文书", case.title, case.closed.map(|c| c.0));
            let file = ArchiveFile { name: "说明.txt".to_string(), source: Source::Bytes(told.clone().into_bytes()) };
            pieces.push(Piece {
                title: format!("{}办理情况说明", program.workflow().title),
                number: String::new(),
                responsible: case.opener.clone(),
                date: case.latest.date(),
                secrecy: String::new(),
                pages: None,
                note: told,
                files: vec![file],
            });
        }
        Ok(pieces)
    }

    /// One 件: the sealed scan first where there is one (正本), then PDF and Word.
    fn piece(&self, program: &Program, case: &Case, ledgers: &Ledgers, paper: &Document) -> Result<Piece, Trouble> {
        let mut files: Vec<ArchiveFile> = self
            .paper_files(program, case, paper)?
            .into_iter()
            .map(|(name, bytes)| ArchiveFile { name, source: Source::Bytes(bytes) })
            .collect();
        files.reverse();
        let own = paper.retention.as_ref().map(|r| format!("保管期限{r}")).unwrap_or_default();
        let replaced = (paper.life == Life::Replaced).then_some("已被替代");
        let revoked = revoked(program, case, ledgers, paper);
        let note: Vec<&str> = replaced.into_iter().chain(revoked.as_deref()).chain([own.as_str()]).collect();
        Ok(Piece {
            title: paper.title.clone(),
            number: paper.number.as_ref().map(ToString::to_string).unwrap_or_default(),
            responsible: super::site::issuer(paper),
            date: paper.date,
            secrecy: String::new(),
            pages: None,
            note: note.join(" ").trim().to_string(),
            files: if files.is_empty() {
                vec![ArchiveFile {
                    name: paper_name(program, case, paper, "", ".txt"),
                    source: Source::Bytes(Vec::new()),
                }]
            } else {
                files
            },
        })
    }

    /// What offices handed in to this case, attachments included, under the names they gave.
    async fn submissions_of(&self, program: &Program, case: &Case) -> Result<Vec<ArchiveFile>, Trouble> {
        let mut found = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for record in self.store.submissions(u32::MAX).await? {
            let ours = record.first_event.as_ref().is_some_and(|(stream, _)| *stream == case.id);
            if ours && seen.insert(record.id.clone()) {
                let sealed = record.task.as_deref().is_some_and(|task| is_secret(program, case, task));
                let files = self.original_files(&record.id)?.into_iter();
                found.extend(files.map(|file| if sealed { under_seal(file) } else { file }));
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Digests of the originals of a submission.
    pub(super) fn digests_of(&self, id: &str) -> Result<Vec<String>, super::Error> {
        match self.journal(id) {
            Ok(journal) => Ok(journal.into_iter().flat_map(|j| j.files).map(|f| f.digest).collect()),
            Err(Trouble::Later(why) | Trouble::Wait(why, _) | Trouble::Never(why)) => Err(super::Error::Log(why)),
        }
    }

    fn original_files(&self, id: &str) -> Result<Vec<ArchiveFile>, Trouble> {
        let Some((folder, claim)) = id.split_once('/') else { return Ok(Vec::new()) };
        let file = |f: &ClaimedFile| {
            let flat = f.name.replace('/', "-");
            ArchiveFile {
                name: format!("{folder}-{claim}-{flat}"),
                source: Source::Path(self.spool.original(&f.digest)),
            }
        };
        Ok(self.journal(id)?.iter().flat_map(|journal| &journal.files).map(file).collect())
    }

    /// What a claim wrote down of the files it took; None when it is no claim of an office.
    fn journal(&self, id: &str) -> Result<Option<Claimed>, Trouble> {
        let Some((folder, claim)) = id.split_once('/') else { return Ok(None) };
        let answered = self.spool.answered(folder).join(format!("{claim}.json"));
        let held = self.spool.claimed(folder).join(format!("{claim}.json"));
        let journal = if answered.exists() { answered } else { held };
        // A package that lacks what was handed in would be sealed for good.
        let journal = claim::load(&journal).map_err(|error| match error {
            ClaimError::Failed(source) => Trouble::Later(format!("claim {id}: {source}")),
            error @ (ClaimError::Journal { .. }
            | ClaimError::Held { .. }
            | ClaimError::Vanished { .. }
            | ClaimError::Secret { .. }
            | ClaimError::Unreturned { .. }) => Trouble::Never(format!("claim {id}: {error}")),
        })?;
        Ok(Some(journal))
    }

    async fn log_of(&self, case: &Case) -> Result<Vec<u8>, Trouble> {
        let mut lines = Vec::new();
        for recorded in self.store.events(&case.id).await? {
            let line = serde_json::to_vec(&recorded).map_err(|e| Trouble::Never(e.to_string()))?;
            lines.extend(line);
            lines.push(b'\n');
        }
        Ok(lines)
    }
}

/// Whether a task, by its key, brought sheets of a secret ballot.
fn is_secret(program: &Program, case: &Case, key: &str) -> bool {
    let id: Option<u64> = key.strip_prefix(&format!("{}/", case.id)).and_then(|id| id.parse().ok());
    let task = id.and_then(|id| case.tasks.get(&id));
    let stage = task.filter(|t| t.ask == Ask::Answer).and_then(|t| program.workflow().stage(t.stage.as_ref()?));
    stage.is_some_and(|s| s.ballot.as_ref().is_some_and(|b| b.secret))
}

/// A file whose name says that nobody opens it without leave.
fn under_seal(file: ArchiveFile) -> ArchiveFile {
    ArchiveFile { name: format!("{SEALED}{}", file.name), ..file }
}

/// The mark that says where a case's package lies.
fn package_mark(case: &str) -> String {
    format!("package/{case}")
}

fn trouble(error: ArchiveError) -> Trouble {
    if error.is_transient() { Trouble::Later(error.to_string()) } else { Trouble::Never(error.to_string()) }
}
