//! What may stand in the log of an error: names of files are left out, for they carry names of people.

use super::Error;
use crate::files;
use crate::spool::claim::ClaimError;
use crate::spool::settle::scan::Away;

/// An error without the names in it.
pub(super) fn error(error: &Error) -> String {
    match error {
        Error::Files(error) => file(error),
        Error::Store(_) | Error::Lock(_) | Error::Text(_) | Error::Fonts(_) | Error::Log(_) | Error::Fuse(_) => {
            error.to_string()
        }
    }
}

/// The same of a claim that met trouble.
pub(super) fn claim(error: &ClaimError) -> String {
    match error {
        ClaimError::Vanished { .. } => "it was gone before it could be claimed".to_string(),
        ClaimError::Secret { mark, .. } => format!("it bears the secrecy mark {mark}"),
        ClaimError::Held { id, source } => format!("{id} is held but not read yet: {}", file(source)),
        ClaimError::Unreturned { .. } | ClaimError::Journal { .. } => error.to_string(),
        ClaimError::Failed(error) => file(error),
    }
}

/// The same of a folder that cannot be looked at.
pub(super) fn away(why: &Away) -> String {
    match why {
        Away::Missing | Away::Link | Away::NoFolder | Away::Foreign => why.to_string(),
        Away::Failed(error) => file(error),
    }
}

/// The same of one file.
pub(super) fn file(error: &files::Error) -> String {
    format!("cannot {}: {}", error.doing, error.source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_reaches_the_log() {
        let source = || std::io::Error::from(std::io::ErrorKind::StorageFull);
        let failed = || files::failed("write", std::path::Path::new("/spool/张三 110101199003070000.xlsx"))(source());
        let told = [
            error(&Error::Files(failed())),
            claim(&ClaimError::Held { id: "20220516-093000-1".to_string(), source: failed() }),
            claim(&ClaimError::Failed(failed())),
            claim(&ClaimError::Vanished { name: "张三.xlsx".to_string() }),
            away(&Away::Failed(failed())),
        ];
        for line in told {
            assert!(!line.contains("张三") && !line.contains("1990"), "{line}");
        }
    }
}
