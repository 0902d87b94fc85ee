//! Manifests: what a sealed folder holds, and the check that it still holds just that.

use super::ArchiveError;
use super::names::child_log;
use super::package::CHILDREN;
use crate::files;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// Name of a manifest in its folder.
pub(super) const MANIFEST: &str = "manifest.json";
/// Start of the name of every supplement's folder.
pub(super) const SUPPLEMENT: &str = "补充-";
/// Bytes of a manifest that are read.
const MANIFEST_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How deep a package may be; deeper folders are not ours.
const DEPTH_MAX: usize = 8;

/// One file by its path in the folder, with `/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// What `manifest.json` of a package says; it is kept for decades, so fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) case: String,
    pub(super) title: String,
    pub(super) fonds: String,
    pub(super) class: String,
    pub(super) office: String,
    pub(super) retention: String,
    pub(super) year: i32,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) closed_at: String,
    pub(super) files: Vec<Listed>,
}

/// What `manifest.json` of a supplement says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SupplementManifest {
    pub(super) format: u32,
    pub(super) case: String,
    pub(super) supplement: u32,
    pub(super) id: String,
    pub(super) reason: String,
    pub(super) at: String,
    /// digest of the manifest before this one: the package's, or the last supplement's
    pub(super) after: String,
    pub(super) files: Vec<Listed>,
}

/// One thing a package no longer is as it was sealed; paths are relative to the package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// the manifest is gone or cannot be read
    Manifest {
        /// which
        path: String,
        /// why
        reason: String,
    },
    /// a listed file is gone
    Missing(String),
    /// a listed file has other bytes
    Changed(String),
    /// a file nobody listed
    Unlisted(String),
    /// a supplement that does not follow on the manifest before it
    Chain(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Manifest { path, reason } => write!(f, "{path}: {reason}"),
            Problem::Missing(path) => write!(f, "{path}: missing"),
            Problem::Changed(path) => write!(f, "{path}: changed since it was sealed"),
            Problem::Unlisted(path) => write!(f, "{path}: in no manifest"),
            Problem::Chain(path) => write!(f, "{path}: does not follow on the manifest before it"),
        }
    }
}

/// The digest of a package's manifest, if a case that is filed with it was sealed in it.
///
/// # Errors
/// [`ArchiveError`] when the manifest cannot be read.
pub fn holds_child(package: &Path, case_id: &str) -> Result<Option<String>, ArchiveError> {
    let invalid = |reason: String| ArchiveError::Invalid { case: package.display().to_string(), reason };
    let (manifest, digest) = read::<Manifest>(&package.join(MANIFEST)).map_err(invalid)?;
    let log = format!("{CHILDREN}/{}", child_log(case_id));
    Ok(manifest.files.iter().any(|file| file.path == log).then_some(digest))
}

/// Checks a sealed package with all its supplements; an empty list means it is as it was sealed.
pub fn verify(package: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut before = String::new();
    match read::<Manifest>(&package.join(MANIFEST)) {
        Ok((manifest, digest)) => {
            before = digest;
            check(package, "", &manifest.files, &mut known, &mut problems);
        }
        Err(reason) => problems.push(Problem::Manifest { path: MANIFEST.to_owned(), reason }),
    }
    known.insert(MANIFEST.to_owned());
    for number in supplements(package).unwrap_or_default() {
        let folder = format!("{SUPPLEMENT}{number}");
        let path = format!("{folder}/{MANIFEST}");
        match read::<SupplementManifest>(&package.join(&path)) {
            Ok((manifest, digest)) => {
                if manifest.after != before || manifest.supplement != number {
                    problems.push(Problem::Chain(path.clone()));
                }
                before = digest;
                check(package, &format!("{folder}/"), &manifest.files, &mut known, &mut problems);
            }
            Err(reason) => problems.push(Problem::Manifest { path: path.clone(), reason }),
        }
        known.insert(path);
    }
    unlisted(package, "", DEPTH_MAX, &known, &mut problems);
    problems.sort();
    problems.dedup();
    problems
}

/// Reads a manifest with the digest of its bytes.
pub(super) fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<(T, String), String> {
    let bytes = files::read_at_most(path, MANIFEST_BYTES_MAX).map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or_else(|| format!("longer than {MANIFEST_BYTES_MAX} bytes"))?;
    let value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    Ok((value, files::digest_hex(&bytes)))
}

/// The numbers of a package's supplements, in order.
pub(super) fn supplements(package: &Path) -> Result<Vec<u32>, ArchiveError> {
    let names = files::list(package)?;
    let number = |name: &std::ffi::OsString| name.to_str()?.strip_prefix(SUPPLEMENT)?.parse().ok();
    let mut numbers: Vec<u32> = names.iter().filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn check(package: &Path, folder: &str, listed: &[Listed], known: &mut BTreeSet<String>, problems: &mut Vec<Problem>) {
    for one in listed {
        let path = format!("{folder}{}", one.path);
        // a manifest that was tampered with must not make us read elsewhere
        let inside = one.path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        match files::digest_file(&package.join(&path)) {
            _ if !inside => problems.push(Problem::Changed(format!("{folder}{MANIFEST}"))),
            Ok(digest) if digest == one.sha256 => {}
            Ok(_) => problems.push(Problem::Changed(path.clone())),
            Err(error) if error.is_absent() => problems.push(Problem::Missing(path.clone())),
            Err(error) => problems.push(Problem::Manifest { path: path.clone(), reason: error.to_string() }),
        }
        known.insert(path);
    }
}

fn unlisted(package: &Path, folder: &str, depth: usize, known: &BTreeSet<String>, problems: &mut Vec<Problem>) {
    let names = match files::list(&package.join(folder)) {
        Ok(names) => names,
        Err(error) => {
            problems.push(Problem::Manifest { path: folder.to_owned(), reason: error.to_string() });
            return;
        }
    };
    for name in names {
        let path = format!("{folder}{}", name.to_string_lossy());
        let full = package.join(folder).join(&name);
        if full.is_dir() && !full.is_symlink() && depth > 0 {
            unlisted(package, &format!("{path}/"), depth - 1, known, problems);
        } else if !known.contains(&path) {
            problems.push(Problem::Unlisted(path));
        }
    }
}
