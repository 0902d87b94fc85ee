//! Package: reads what is held and keeps each file's bytes under their digest; of a zip file also what it holds.

use super::{Claimed, ClaimedFile, PACKAGE_FILES_MAX, SUBMISSION_BYTES_MAX};
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::names;
use crate::spool::reader::Looked;
use crate::spool::settle::{Kind, Observation, Refusal, scan};
use crate::submission::Fault;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The bytes of a kept file, checked against their digest.
pub fn read_original(spool: &Spool, digest: &str) -> Result<Vec<u8>, files::Error> {
    let path = spool.original(digest);
    let failed = |why| files::failed("read", &path)(Error::new(ErrorKind::InvalidData, why));
    let bytes = files::read_at_most(&path, SUBMISSION_BYTES_MAX)?.ok_or_else(|| failed("it is too long"))?;
    if files::digest_hex(&bytes) == digest { Ok(bytes) } else { Err(failed("its bytes do not have its digest")) }
}

/// Where a kept file lies, once its bytes are known to have its digest.
pub fn checked_original(spool: &Spool, digest: &str) -> Result<PathBuf, files::Error> {
    let path = spool.original(digest);
    let rotted =
        || files::failed("read", &path)(Error::new(ErrorKind::InvalidData, "its bytes do not have its digest"));
    if files::digest_file(&path)? == digest { Ok(path) } else { Err(rotted()) }
}

/// Reads the held drop `name` in `folder` and fills in files, digest and faults. A drop that changes under the reading (a
/// writer was not done) is an error that heals.
pub(super) fn keep(spool: &Spool, claimed: &mut Claimed, folder: &Path, name: &Path) -> Result<(), files::Error> {
    let seen = scan::walk(folder, name)?;
    let mut faults = faults(&seen, name);
    let mut kept = Vec::new();
    let mut inside = Vec::new();
    let mut zipped = false;
    let alone = seen.first().is_some_and(|top| top.kind == Kind::File);
    if within_limits(&seen, &mut faults) {
        for (shown, file) in named(&seen, name) {
            let bytes = read(folder, file)?;
            let digest = store(spool, &bytes)?;
            let looked = spool.reader().look(&spool.original(&digest), &shown, &bytes, alone)?;
            zipped |= !looked.drawn && !looked.held.is_empty();
            inside.extend(unpacked(spool, &shown, looked, &mut faults)?);
            kept.push(ClaimedFile { name: shown, digest, bytes: file.size, of: None });
        }
    }
    if scan::walk(folder, name)? != seen {
        return Err(busy(&folder.join(name)));
    }
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    claimed.digest = match (kept.as_slice(), seen.first().map(|top| top.kind)) {
        ([one], Some(Kind::File)) => one.digest.clone(),
        (many, _) => digest_of(many),
    };
    claimed.seen = fingerprint(&seen);
    claimed.container = kept.first().filter(|_| zipped).map(|zip| zip.name.clone());
    kept.extend(inside);
    claimed.files = kept;
    claimed.faults = faults;
    Ok(())
}

/// The files of a drop that are kept, each under the name it is kept by.
fn named<'a>(seen: &'a [Observation], name: &Path) -> Vec<(String, &'a Observation)> {
    let mut taken: Vec<(String, &Observation)> = Vec::new();
    for file in seen.iter().filter(|seen| seen.kind == Kind::File && seen.size > 0) {
        let shown = names::unique(&place(file, name), |shown| taken.iter().any(|(other, _)| other == shown));
        taken.push((shown, file));
    }
    taken
}

/// What in a drop is not among its kept files: it must not be deleted. Folders and junk do not count.
pub(super) fn unkept(claimed: &Claimed, seen: &[Observation], name: &Path) -> Vec<String> {
    let kept = |shown: &str, bytes: u64| claimed.files.iter().any(|file| file.name == shown && file.bytes == bytes);
    let files = named(seen, name).into_iter().filter(|(shown, file)| !kept(shown, file.size)).map(|(shown, _)| shown);
    let others = seen.iter().filter(|seen| match seen.kind {
        Kind::Folder => false,
        Kind::File => seen.size == 0,
        Kind::Refused(_) => true,
    });
    files.chain(others.map(|seen| place(seen, name))).collect()
}

/// What a drop looked like when it was read, to notice a writer who was not done.
pub(super) fn fingerprint(seen: &[Observation]) -> String {
    files::digest_hex(format!("{seen:?}").as_bytes())
}

fn digest_of(files: &[ClaimedFile]) -> String {
    let text = files.iter().map(|file| format!("{}\0{}\n", file.name, file.digest)).collect::<String>();
    files::digest_hex(text.as_bytes())
}

/// What a look into a file found, kept like the files of a folder: the files of a zip file, the pictures of a Word form.
fn unpacked(
    spool: &Spool,
    name: &str,
    looked: Looked,
    faults: &mut Vec<Fault>,
) -> Result<Vec<ClaimedFile>, files::Error> {
    faults.extend(looked.too_large.into_iter().chain(looked.faults));
    let of = looked.drawn.then(|| name.to_owned());
    let mut kept: Vec<ClaimedFile> = Vec::new();
    for (held, content) in looked.held {
        let digest = store(spool, &content)?;
        let held = if looked.drawn { format!("{name}/{held}") } else { held };
        let within = spool.reader().look(&spool.original(&digest), &held, &content, false)?;
        let taken = |shown: &str| shown == name || kept.iter().any(|file| file.name == shown);
        let shown = names::unique(&held, taken);
        let deeper = unpacked(spool, &shown, within, faults)?;
        kept.push(ClaimedFile { name: shown, digest, bytes: content.len() as u64, of: of.clone() });
        kept.extend(deeper);
    }
    Ok(kept)
}

fn read(folder: &Path, file: &Observation) -> Result<Vec<u8>, files::Error> {
    let path = folder.join(&file.path);
    let bytes = files::read_at_most(&path, SUBMISSION_BYTES_MAX)?.ok_or_else(|| busy(&path))?;
    if bytes.len() as u64 == file.size { Ok(bytes) } else { Err(busy(&path)) }
}

fn store(spool: &Spool, bytes: &[u8]) -> Result<String, files::Error> {
    let digest = files::digest_hex(bytes);
    let original = spool.original(&digest);
    // A kept file whose bytes have rotted is mended by those in hand.
    if !original.exists() || files::digest_file(&original)? != digest {
        make_shelf(original.parent().unwrap_or(spool.root()))?;
        files::write_atomic(&original, bytes)?;
    }
    Ok(digest)
}

/// Makes a shelf of originals; whoever finds it there finds it synced.
fn make_shelf(shelf: &Path) -> Result<(), files::Error> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    files::create_dirs(shelf)
}

fn busy(path: &Path) -> files::Error {
    files::failed("read", path)(Error::new(ErrorKind::ResourceBusy, "it is still being written"))
}

/// How a fault names a file: the file itself, or its path below the dropped folder.
fn place(seen: &Observation, name: &Path) -> String {
    match seen.path.strip_prefix(name) {
        Ok(below) if below.components().next().is_some() => names::shown_path(below),
        Ok(_) | Err(_) => names::shown_path(&seen.path),
    }
}

fn faults(seen: &[Observation], name: &Path) -> Vec<Fault> {
    seen.iter().filter_map(|seen| say(seen).map(|say| Fault::at(place(seen, name), say))).collect()
}

fn say(seen: &Observation) -> Option<String> {
    let say = match seen.kind {
        Kind::Folder => return None,
        Kind::File if seen.path.file_name().is_some_and(names::is_partial) => "文件没有传完，请传完后重新交",
        Kind::File if seen.size == 0 => "文件是空的，请检查后重新交",
        Kind::File => return None,
        Kind::Refused(Refusal::Link) => "这是快捷方式（链接），不是文件本身，请放入文件本身",
        Kind::Refused(Refusal::HardLink) => "这个文件与别处的文件是同一个（硬链接），请复制一份再放入",
        Kind::Refused(Refusal::Special) => "这不是普通文件，无法读取，请放入文件本身",
        Kind::Refused(Refusal::TooMany) => {
            return Some(format!("文件夹里的文件太多，一次最多{PACKAGE_FILES_MAX}个，请分开交"));
        }
        Kind::Refused(Refusal::TooDeep) => {
            return Some(format!("文件夹套得太深，最多{}层，请减少层次后重新交", scan::DROP_DEPTH_MAX));
        }
    };
    Some(say.to_owned())
}

fn within_limits(seen: &[Observation], faults: &mut Vec<Fault>) -> bool {
    let files = seen.iter().filter(|seen| seen.kind == Kind::File);
    let (count, bytes) = files.fold((0, 0_u64), |(count, bytes), file| (count + 1, bytes.saturating_add(file.size)));
    if count > PACKAGE_FILES_MAX {
        faults.push(Fault::at("", format!("文件夹里有{count}个文件，一次最多{PACKAGE_FILES_MAX}个，请分开交")));
    }
    if bytes > SUBMISSION_BYTES_MAX {
        let (size, most) = (bytes.div_ceil(1024 * 1024), SUBMISSION_BYTES_MAX / 1024 / 1024);
        faults.push(Fault::at("", format!("材料共{size}兆字节，一次最多{most}兆字节，请压缩图片或者分开交")));
    }
    if count == 0 && faults.is_empty() {
        faults.push(Fault::at("", "文件夹里没有文件，请检查后重新交"));
    }
    count <= PACKAGE_FILES_MAX && bytes <= SUBMISSION_BYTES_MAX
}
