//! Sealing: build the folder beside its place, sync, make read-only, rename.

use super::manifest::{self, Listed, MANIFEST, Manifest};
use super::names::{case_part, folder, is_code, number_of, parse_folder, unique};
use super::{ArchiveError, ArchiveFile, FILE_BYTES_MAX, FILES_MAX, PIECE_NUMBER_MAX, Package, Piece, Sealed, Source};
use crate::files;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Start of the name of a folder being built; one that a crash left behind is taken away and built anew.
const BUILDING: &str = ".building-";
/// Rights of a sealed file: its group reads, others do not (the unit's mask; papers may name persons).
pub(super) const SEALED_FILE_MODE: u32 = 0o440;
/// Rights of a sealed folder.
pub(super) const SEALED_FOLDER_MODE: u32 = 0o550;
/// Rights of a folder that is opened for a moment.
pub(super) const OPEN_FOLDER_MODE: u32 = 0o750;
/// Folder of the logs of cases that are filed with this one.
pub(super) const CHILDREN: &str = "子案卷";
const CATALOGUE_HEADER: &str = "序号,档号,文号,责任者,题名,日期,密级,页数,备注";

/// Seals a closed case under `dir/<year>/`, its pieces numbered from `first_piece` (the next 件号 of the series).
///
/// A case sealed before is answered with the package that is there, whatever `first_piece` says now.
///
/// # Errors
/// [`ArchiveError`]; nothing half-made counts.
pub fn seal(dir: &Path, package: &Package, first_piece: u32) -> Result<Sealed, ArchiveError> {
    let last_piece = check(package, first_piece)?;
    let _turn = one_at_a_time();
    let year = dir.join(package.year.to_string());
    if let Some(sealed) = find(&year, &package.case_id)? {
        return Ok(sealed);
    }
    refuse_taken(&year, package, first_piece, last_piece)?;
    files::create_dirs(&year)?;
    let building = Building::start(&year, &package.case_id)?;
    let mut listed = Vec::new();
    for (piece, number) in package.pieces.iter().zip(first_piece..) {
        listed.extend(building.add_files(&format!("公文/{number:04}"), &piece.files)?);
    }
    listed.extend(building.add_files("来件", &package.submissions)?);
    listed.extend(building.add_files(CHILDREN, &package.children)?);
    listed.push(building.add("事件.jsonl", &package.events_jsonl)?);
    listed.push(building.add("目录.csv", catalogue(package, first_piece).as_bytes())?);
    listed.sort_by(|one, other| one.path.cmp(&other.path));
    let manifest = Manifest {
        format: 1,
        case: package.case_id.clone(),
        title: package.title.clone(),
        fonds: package.fonds.clone(),
        class: package.class.clone(),
        office: package.office.clone(),
        retention: package.retention.title().to_owned(),
        year: package.year,
        first: number_of(package, first_piece),
        last: number_of(package, last_piece),
        closed_at: package.closed_at.format("%Y-%m-%dT%H:%M:%S+08:00").to_string(),
        files: listed,
    };
    let target = year.join(folder(package, first_piece, last_piece));
    let digest = building.finish(&manifest, &target)?;
    Ok(Sealed { path: target, digest, first: manifest.first, last: manifest.last, already: false })
}

/// The last 件号.
fn check(package: &Package, first_piece: u32) -> Result<u32, ArchiveError> {
    let invalid = |reason: String| ArchiveError::Invalid { case: package.case_id.clone(), reason };
    for (what, code) in [("fonds", &package.fonds), ("class", &package.class), ("office", &package.office)] {
        if !is_code(code) {
            return Err(invalid(format!("{what} code {code:?} is not made of letters and digits")));
        }
    }
    let files = package.submissions.len()
        + package.children.len()
        + package.pieces.iter().map(|piece| piece.files.len()).sum::<usize>();
    if files > FILES_MAX {
        return Err(invalid(format!("{files} files; {FILES_MAX} are possible")));
    }
    let count = u32::try_from(package.pieces.len()).unwrap_or(u32::MAX);
    let last = count.checked_sub(1).and_then(|more| first_piece.checked_add(more));
    match last {
        Some(last) if first_piece > 0 && last <= PIECE_NUMBER_MAX => Ok(last),
        Some(_) => Err(invalid(format!("{count} pieces from {first_piece} do not fit 0001 to {PIECE_NUMBER_MAX}"))),
        None => Err(invalid("a package needs at least one piece".to_owned())),
    }
}

/// The package of a case, if it is there; mends the rights a crash may have left wide.
fn find(year: &Path, case_id: &str) -> Result<Option<Sealed>, ArchiveError> {
    let ending = format!("_{}", case_part(case_id));
    for name in files::list(year)? {
        let Some(text) = name.to_str().filter(|text| text.ends_with(&ending)) else { continue };
        let path = year.join(text);
        if parse_folder(text).is_none() {
            continue;
        }
        let (manifest, digest) = manifest::read::<Manifest>(&path.join(MANIFEST)).map_err(|reason| {
            ArchiveError::Invalid { case: case_id.to_owned(), reason: format!("{text}: {reason}") }
        })?;
        if manifest.case == case_id {
            set_mode(&path, SEALED_FOLDER_MODE)?;
            return Ok(Some(Sealed { path, digest, first: manifest.first, last: manifest.last, already: true }));
        }
    }
    Ok(None)
}

fn refuse_taken(year: &Path, package: &Package, first: u32, last: u32) -> Result<(), ArchiveError> {
    let own = number_of(package, first);
    let series = own.rsplit_once('-').map(|(series, _)| series.to_owned()).unwrap_or_default();
    for name in files::list(year)? {
        let Some((other, from, to)) = name.to_str().and_then(parse_folder) else { continue };
        if other == series && from <= last && first <= to {
            let by = name.to_string_lossy().into_owned();
            return Err(ArchiveError::NumberTaken { number: number_of(package, first.max(from)), by });
        }
    }
    Ok(())
}

/// Sealing is rare, and two at once could take the same numbers or sweep each other's work away.
pub(super) fn one_at_a_time() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder in the making.
pub(super) struct Building {
    path: PathBuf,
    case_id: String,
}

impl Building {
    /// Begins anew beside the place the folder will have.
    pub(super) fn start(beside: &Path, key: &str) -> Result<Building, ArchiveError> {
        for name in files::list(beside)?.iter().filter(|name| name.to_string_lossy().starts_with(BUILDING)) {
            open_tree(&beside.join(name))?;
            files::remove_tree(&beside.join(name))?;
        }
        let path = beside.join(format!("{BUILDING}{}", &files::digest_hex(key.as_bytes())[..16]));
        files::create_dirs(&path)?;
        Ok(Building { path, case_id: key.to_owned() })
    }

    /// Copies files into a folder under safe names that do not meet.
    pub(super) fn add_files(&self, folder: &str, some: &[ArchiveFile]) -> Result<Vec<Listed>, ArchiveError> {
        let mut names: Vec<String> = Vec::new();
        let mut listed = Vec::new();
        for file in some {
            let name = unique(&file.name, &names);
            let path = format!("{folder}/{name}");
            listed.push(match &file.source {
                Source::Bytes(bytes) => self.add(&path, bytes)?,
                Source::Path(from) => self.add(&path, &self.read(from)?)?,
            });
            names.push(name);
        }
        Ok(listed)
    }

    /// Writes one file, synced and read-only.
    pub(super) fn add(&self, path: &str, bytes: &[u8]) -> Result<Listed, ArchiveError> {
        let full = self.path.join(path);
        if let Some(parent) = full.parent() {
            files::create_dirs(parent)?;
        }
        files::write_atomic(&full, bytes)?;
        set_mode(&full, SEALED_FILE_MODE)?;
        let bytes_count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(Listed { path: path.to_owned(), bytes: bytes_count, sha256: files::digest_hex(bytes) })
    }

    /// Writes the manifest, shuts all folders and puts the whole in its place; the digest of the manifest.
    pub(super) fn finish(self, manifest: &impl serde::Serialize, target: &Path) -> Result<String, ArchiveError> {
        let mut text = serde_json::to_string_pretty(manifest)
            .map_err(|error| ArchiveError::Invalid { case: self.case_id.clone(), reason: error.to_string() })?;
        text.push('\n');
        let digest = self.add(MANIFEST, text.as_bytes())?.sha256;
        close_tree(&self.path)?;
        files::rename_durable(&self.path, target)?;
        Ok(digest)
    }

    fn read(&self, from: &Path) -> Result<Vec<u8>, ArchiveError> {
        files::read_at_most(from, FILE_BYTES_MAX)?.ok_or_else(|| ArchiveError::Invalid {
            case: self.case_id.clone(),
            reason: format!("{} is longer than {FILE_BYTES_MAX} bytes", from.display()),
        })
    }
}

/// Read and enter only, from the innermost folder outwards.
fn close_tree(path: &Path) -> Result<(), ArchiveError> {
    for folder in folders(path)? {
        close_tree(&folder)?;
    }
    files::sync_directory(path)?;
    set_mode(path, SEALED_FOLDER_MODE)
}

/// The opposite, for a folder in the making that a crash left behind.
fn open_tree(path: &Path) -> Result<(), ArchiveError> {
    set_mode(path, OPEN_FOLDER_MODE)?;
    for folder in folders(path)? {
        open_tree(&folder)?;
    }
    Ok(())
}

fn folders(path: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
    let all = files::list(path)?;
    Ok(all.iter().map(|name| path.join(name)).filter(|one| one.is_dir() && !one.is_symlink()).collect())
}

pub(super) fn set_mode(path: &Path, mode: u32) -> Result<(), ArchiveError> {
    let rights = std::fs::Permissions::from_mode(mode);
    match std::fs::set_permissions(path, rights) {
        // shares without such rights: the digests still tell
        Err(error) if error.kind() != io::ErrorKind::Unsupported => {
            Err(files::failed("set the rights of", path)(error).into())
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The catalogue (归档文件目录, DA/T 22-2015) as Excel and WPS open it: UTF-8 with its mark, CRLF.
fn catalogue(package: &Package, first_piece: u32) -> String {
    let mut out = format!("\u{FEFF}{CATALOGUE_HEADER}\r\n");
    for ((piece, number), order) in package.pieces.iter().zip(first_piece..).zip(1_u32..) {
        out.push_str(&row(order, &number_of(package, number), piece));
        out.push_str("\r\n");
    }
    out
}

fn row(order: u32, number: &str, piece: &Piece) -> String {
    let pages = piece.pages.map(|pages| pages.to_string()).unwrap_or_default();
    let date = piece.date.format("%Y%m%d").to_string();
    let cells = [
        &order.to_string(),
        number,
        &piece.number,
        &piece.responsible,
        &piece.title,
        &date,
        &piece.secrecy,
        &pages,
        &piece.note,
    ];
    cells.map(cell).join(",")
}

/// A cell that stays text: a beginning a spreadsheet would take for a formula is disarmed by an apostrophe.
fn cell(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let formula = line.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let line = if formula { format!("'{line}") } else { line };
    if line.contains([',', '"']) { format!("\"{}\"", line.replace('"', "\"\"")) } else { line }
}
