//! What comes after sealing: one more folder in the package, with a manifest that follows on the last.

use super::manifest::{self, MANIFEST, Manifest, SUPPLEMENT, SupplementManifest};
use super::package::{Building, OPEN_FOLDER_MODE, SEALED_FOLDER_MODE, one_at_a_time, set_mode};
use super::{ArchiveError, FILES_MAX, Sealed, Supplement};
use std::path::Path;

/// Adds `more` to the sealed package at `package` as its next `补充-n/`; the package itself stays as it is.
///
/// The answer's `path` is the supplement's folder, its `digest` that of the supplement's manifest. The same
/// [`Supplement::id`] again is answered with what is there.
///
/// # Errors
/// [`ArchiveError`]; also when the package's manifest cannot be read.
pub fn supplement(package: &Path, more: &Supplement) -> Result<Sealed, ArchiveError> {
    let invalid = |reason: String| ArchiveError::Invalid { case: package.display().to_string(), reason };
    if more.files.is_empty() || more.files.len() > FILES_MAX {
        return Err(invalid(format!("a supplement of {} files; 1 to {FILES_MAX} are possible", more.files.len())));
    }
    let _turn = one_at_a_time();
    let (base, mut after) = manifest::read::<Manifest>(&package.join(MANIFEST)).map_err(invalid)?;
    let sealed = |number: u32, digest: String, already: bool| Sealed {
        path: package.join(format!("{SUPPLEMENT}{number}")),
        digest,
        first: base.first.clone(),
        last: base.last.clone(),
        already,
    };
    let mut next = 1;
    for number in manifest::supplements(package)? {
        let path = package.join(format!("{SUPPLEMENT}{number}")).join(MANIFEST);
        let (there, digest) = manifest::read::<SupplementManifest>(&path).map_err(invalid)?;
        if there.id == more.id {
            set_mode(package, SEALED_FOLDER_MODE)?;
            return Ok(sealed(number, digest, true));
        }
        after = digest;
        next = number + 1;
    }
    // the package's own folder is opened for one rename and shut again; its files stay read-only throughout
    set_mode(package, OPEN_FOLDER_MODE)?;
    let digest = build(package, more, next, base.case.clone(), after);
    set_mode(package, SEALED_FOLDER_MODE)?;
    Ok(sealed(next, digest?, false))
}

fn build(package: &Path, more: &Supplement, number: u32, case: String, after: String) -> Result<String, ArchiveError> {
    let building = Building::start(package, &more.id)?;
    let mut files = building.add_files("文件", &more.files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let manifest = SupplementManifest {
        format: 1,
        case,
        supplement: number,
        id: more.id.clone(),
        reason: more.reason.clone(),
        at: more.at.format("%Y-%m-%dT%H:%M:%S+08:00").to_string(),
        after,
        files,
    };
    building.finish(&manifest, &package.join(format!("{SUPPLEMENT}{number}")))
}
