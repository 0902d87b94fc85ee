//! Layout: where everything stands in the spool.
//!
//! ```text
//! offices.yaml  calendar.csv  calendars/  workflows/  templates/
//! offices/<folder>/{交件,待办,回执,退件,公文,表样}/
//! public/  archive/  mail/
//! state/lock                              one daemon per spool
//! state/originals/ab/<sha-256>            every file ever handed in
//! state/claimed/<folder>/<id>.json, <id>/ claims without an answer yet
//! state/answered/<folder>/<id>.json       claims that have one
//! state/folders/<folder>                  the file system an office's folder was last seen on
//! ```
//! Folder names pass through [`names::safe`]; a path never comes from an office's words otherwise. `state/` must not lie
//! on a network share.

use crate::files;
use crate::spool::names;
use crate::spool::reader::Reader;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Bytes of the note of a file system, at most.
const DEVICE_BYTES_MAX: usize = 64;

/// A spool on the disk.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
    reader: Reader,
}

/// One office's folders.
#[derive(Debug, Clone)]
pub struct OfficeFolder {
    path: PathBuf,
}

/// Stands in every 交件 folder: tells the folder itself from the empty mount point of a share that is gone.
pub const MARKER: &str = ".banwen-folder";
/// In 交件: drops taken but not answered, when the folder lies on another file system than `state/`.
pub const HOLD: &str = ".banwen-hold";
/// In 交件: files with a secrecy mark, moved out of reach unread.
pub const SEALED: &str = ".涉密封存";

impl Spool {
    /// The spool at `root`; nothing is touched.
    pub fn at(root: impl Into<PathBuf>) -> Spool {
        Spool { root: root.into(), reader: Reader::default() }
    }

    /// The same, where what is dropped is read by `reader`.
    #[must_use]
    pub fn read_by(self, reader: Reader) -> Spool {
        Spool { reader, ..self }
    }

    /// Who reads what is dropped.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the tree (without the offices' folders); what exists stays as it is, but for temporaries a crash has left. Only
    /// the holder of the lock may call it.
    pub fn create(&self) -> Result<(), files::Error> {
        let folders = [
            self.workflows(),
            self.templates(),
            self.offices(),
            self.public(),
            self.archive(),
            self.mail(),
            self.originals(),
            self.state().join("claimed"),
            self.state().join("answered"),
            self.state().join("templates"),
        ];
        folders.iter().try_for_each(|folder| files::create_dirs(folder))?;
        files::sweep_temporaries(&self.state())?;
        let shelves = files::list(&self.originals())?;
        shelves.iter().try_for_each(|shelf| files::sweep_temporaries(&self.originals().join(shelf)))
    }

    /// Makes one office's folders and sweeps temporaries a crash has left. Only the holder of the lock may call it. On the
    /// mount point of a share that is away nothing is made: what lay there would be lost to sight when it comes back.
    ///
    /// # Errors
    /// The disk's; and that the folder [is away](Spool::is_away).
    pub fn create_office(&self, folder: &str) -> Result<OfficeFolder, files::Error> {
        let office = self.office(folder);
        if self.is_away(folder) {
            let why =
                std::io::Error::other("its share is not mounted: another file system is here, without the marker");
            return Err(files::failed("make the folders in", office.path())(why));
        }
        for path in office.all() {
            files::create_dirs(&path)?;
            files::sweep_temporaries(&path)?;
        }
        let marker = office.handed_in().join(MARKER);
        if !marker.exists() {
            files::write_atomic(&marker, "办文\n".as_bytes())?;
        }
        let (note, seen) = (self.device_note(folder), device(office.path()));
        if let Some(seen) = seen.filter(|seen| self.device_noted(folder).as_ref() != Some(seen)) {
            files::create_dirs(&self.state().join("folders"))?;
            files::write_atomic(&note, seen.as_bytes())?;
        }
        Ok(office)
    }

    /// Whether an office's folder is on another file system than it was, and has no marker: the share it lies on is not
    /// mounted. A share that was mounted anew may have another number, but it has the marker.
    pub fn is_away(&self, folder: &str) -> bool {
        let office = self.office(folder);
        let here = device(office.path()).or_else(|| device(&self.offices()));
        let moved = self.device_noted(folder).is_some_and(|noted| here != Some(noted));
        moved && !office.handed_in().join(MARKER).exists()
    }

    fn device_note(&self, folder: &str) -> PathBuf {
        self.state().join("folders").join(names::safe(folder))
    }

    fn device_noted(&self, folder: &str) -> Option<String> {
        let bytes = files::read_at_most(&self.device_note(folder), DEVICE_BYTES_MAX as u64).ok()??;
        String::from_utf8(bytes).ok()
    }

    /// `offices.yaml`: who there is.
    pub fn offices_file(&self) -> PathBuf {
        self.root.join("offices.yaml")
    }

    /// What a later year's arrangement says, and short notice; laid over the shipped calendar.
    pub fn calendar_file(&self) -> PathBuf {
        self.root.join("calendar.csv")
    }

    /// The folder of regions' own days, `NAME.csv` each.
    pub fn calendars(&self) -> PathBuf {
        self.root.join("calendars")
    }

    /// Definitions dropped for deployment.
    pub fn workflows(&self) -> PathBuf {
        self.root.join("workflows")
    }

    /// The operator's own templates.
    pub fn templates(&self) -> PathBuf {
        self.root.join("templates")
    }

    /// The folder of all offices' folders.
    pub fn offices(&self) -> PathBuf {
        self.root.join("offices")
    }

    /// One office's folders; `folder` is its folder's name, not its id.
    pub fn office(&self, folder: &str) -> OfficeFolder {
        OfficeFolder { path: self.offices().join(names::safe(folder)) }
    }

    /// The web page.
    pub fn public(&self) -> PathBuf {
        self.root.join("public")
    }

    /// Sealed cases.
    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// `.eml` files when no server is set.
    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }

    /// What only the daemon touches.
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// The lock of the one daemon.
    pub fn lock(&self) -> PathBuf {
        self.state().join("lock")
    }

    /// The folder of originals by digest.
    pub fn originals(&self) -> PathBuf {
        self.state().join("originals")
    }

    /// Where the Word template with this sha-256 (hex) lies that some closure names. Not among the originals: those of
    /// offices may be erased, and papers are made of this for as long as the closure is run.
    pub fn word_template(&self, digest: &str) -> PathBuf {
        self.state().join("templates").join(format!("{}.docx", names::safe(digest)))
    }

    /// Where an office suite works while it makes PDF of Word files.
    pub fn office_suite(&self) -> PathBuf {
        self.state().join("office")
    }

    /// Where the original with this sha-256 (hex) lies.
    pub fn original(&self, digest: &str) -> PathBuf {
        let digest = names::safe(digest);
        let shelf = digest.chars().take(2).collect::<String>();
        self.originals().join(shelf).join(digest)
    }

    /// Claims of one office without an answer yet.
    pub fn claimed(&self, folder: &str) -> PathBuf {
        self.state().join("claimed").join(names::safe(folder))
    }

    /// Claims of one office that were answered.
    pub fn answered(&self, folder: &str) -> PathBuf {
        self.state().join("answered").join(names::safe(folder))
    }
}

impl OfficeFolder {
    /// The office's own folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// 交件: what the office hands in.
    pub fn handed_in(&self) -> PathBuf {
        self.path.join("交件")
    }

    /// 待办: one prefilled workbook per task.
    pub fn tasks(&self) -> PathBuf {
        self.path.join("待办")
    }

    /// 回执: what was accepted.
    pub fn receipts(&self) -> PathBuf {
        self.path.join("回执")
    }

    /// 退件: what was not.
    pub fn returns(&self) -> PathBuf {
        self.path.join("退件")
    }

    /// 公文: documents issued to this office.
    pub fn documents(&self) -> PathBuf {
        self.path.join("公文")
    }

    /// 表样: blank forms.
    pub fn blanks(&self) -> PathBuf {
        self.path.join("表样")
    }

    /// All of them.
    pub fn all(&self) -> [PathBuf; 6] {
        [self.handed_in(), self.tasks(), self.receipts(), self.returns(), self.documents(), self.blanks()]
    }
}

/// The file system a path is on, by its number.
fn device(path: &Path) -> Option<String> {
    std::fs::metadata(path).ok().map(|seen| seen.dev().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_made_once_and_keeps_what_is_there() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::at(root.path().join("spool"));
        spool.create().unwrap();
        let office = spool.create_office("第一党支部").unwrap();
        std::fs::write(office.handed_in().join("推荐表.xlsx"), b"x").unwrap();
        std::fs::write(office.receipts().join(".banwen-1-1.tmp"), b"x").unwrap();
        spool.create().unwrap();
        spool.create_office("第一党支部").unwrap();
        assert!(office.handed_in().join("推荐表.xlsx").exists());
        assert!(!office.receipts().join(".banwen-1-1.tmp").exists());
        assert!(spool.root().join("offices/第一党支部/表样").is_dir());
    }

    #[test]
    fn nothing_is_made_on_the_mount_point_of_a_share_that_is_away() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::at(root.path().join("spool"));
        spool.create().unwrap();
        let office = spool.create_office("第一党支部").unwrap();
        assert!(!spool.is_away("第一党支部"));
        // the folder was on a share, which has been mounted anew since: the marker says that it is there
        std::fs::write(spool.device_note("第一党支部"), "1").unwrap();
        spool.create_office("第一党支部").unwrap();
        assert_ne!(spool.device_noted("第一党支部").unwrap(), "1", "it is known by its new number");
        // somebody removed the folders, where they always were: they are made again
        std::fs::remove_dir_all(office.path()).unwrap();
        spool.create_office("第一党支部").unwrap();
        // now there is but the mount point
        std::fs::write(spool.device_note("第一党支部"), "1").unwrap();
        std::fs::remove_dir_all(office.path()).unwrap();
        std::fs::create_dir(office.path()).unwrap();
        assert!(spool.is_away("第一党支部"));
        let error = spool.create_office("第一党支部").unwrap_err();
        assert!(error.to_string().contains("not mounted"), "{error}");
        assert_eq!(std::fs::read_dir(office.path()).unwrap().count(), 0, "nothing was made there");
        // mounted again
        std::fs::create_dir(office.handed_in()).unwrap();
        std::fs::write(office.handed_in().join(MARKER), "").unwrap();
        spool.create_office("第一党支部").unwrap();
    }

    #[test]
    fn no_folder_name_leads_out_of_the_spool() {
        let spool = Spool::at("/s");
        for name in ["../../etc", "/etc", "..", "a/b", "CON", ""] {
            let path = spool.office(name).path().to_path_buf();
            assert_eq!(path.parent(), Some(Path::new("/s/offices")), "{name}");
        }
        assert_eq!(spool.original("abcd"), Path::new("/s/state/originals/ab/abcd"));
    }
}
