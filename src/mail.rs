//! Mail: a letter as a value, its bytes by RFC 5322, and the way out, as `.eml` files or over SMTP.
//!
//! Guarantees: the bytes of a letter are a function of the letter (no clock, no luck), the same effect always has the same
//! Message-ID, and no name, subject or file name can add a header. Failures: [`MailError`] tells what may be tried again
//! from what may not, and keeps the server's own words. Limits: mail is at least once; a line that drops between the
//! server's 250 and our record repeats the letter, under the same Message-ID.

mod message;
mod smtp;
#[cfg(test)]
mod tests;

use crate::clock::Moment;
use crate::files;
use std::path::{Path, PathBuf};

pub use message::{message, message_id};

/// Bytes of all attachments of one letter together; what common mail servers still take.
pub const LETTER_BYTES_MAX: usize = 40 * 1024 * 1024;
/// Recipients of one letter; the number RFC 5321 obliges every server to take.
pub const LETTER_RECIPIENTS_MAX: usize = 100;

/// A name and an address, e.g. 香山镇组织办 and `zzb@example.gov.cn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondent {
    /// display name as people read it, may be empty; control characters are dropped when it is written
    pub name: String,
    /// ASCII address `user@domain`
    pub address: String,
}

/// A file that travels with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// file name as the recipient sees it, in any script
    pub file_name: String,
    /// `type/subtype`; anything else is sent as `application/octet-stream`
    pub media_type: String,
    /// content
    pub bytes: Vec<u8>,
}

/// One letter, complete: nothing is added but what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// `case/seq/n`: the seed of the Message-ID and of the part boundary
    pub effect_id: String,
    /// who writes
    pub from: Correspondent,
    /// who receives, 1 to [`LETTER_RECIPIENTS_MAX`]
    pub to: Vec<Correspondent>,
    /// subject, one line
    pub subject: String,
    /// plain text
    pub text: String,
    /// files, at most [`LETTER_BYTES_MAX`] together
    pub attachments: Vec<Attachment>,
    /// what the Date header says
    pub date: Moment,
}

/// How the conversation is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// plain text; a user name is only sent to this machine itself
    None,
    /// upgraded before anything of the letter is said; refused when the server cannot
    StartTls,
    /// TLS from the first byte
    Tls,
}

/// A mail server and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// name or address, also the name its certificate must bear
    pub host: String,
    /// TCP port
    pub port: u16,
    /// protection of the line
    pub security: Security,
    /// user name, when the server asks for one
    pub user: Option<String>,
    /// file holding the password; a final line end does not belong to it
    pub password_file: Option<PathBuf>,
    /// PEM file of one more certificate authority to trust (an office's own)
    pub authority_file: Option<PathBuf>,
    /// how long one answer of the server may take, in seconds
    pub timeout_seconds: u64,
}

/// Where letters go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// one `.eml` file per letter in this folder, for when no server is set
    Files {
        /// the folder
        dir: PathBuf,
    },
    /// a mail server
    Smtp(Smtp),
}

/// One recipient the server would not take, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// the address
    pub address: String,
    /// the server's answer, e.g. `550 5.1.1 no such user`
    pub response: String,
}

/// What became of a letter that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// `<…@…>`
    pub message_id: String,
    /// the server's last words, or the name of the file written
    pub response: String,
    /// recipients refused for good (5xx); the others have the letter
    pub refused: Vec<Rejection>,
    /// recipients to be tried again later (4xx) with [`send_to`]; the others have the letter
    pub deferred: Vec<Rejection>,
}

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// the world's trouble, or a setting's: try again later
    #[error("deferred ({0})")]
    Deferred(String),
    /// the server said no for good
    #[error("refused ({0})")]
    Refused(String),
    /// the letter itself cannot be sent as it is
    #[error("malformed letter: {0}")]
    Malformed(String),
    /// the folder of `.eml` files could not be written
    #[error("{0}")]
    Folder(#[from] files::Error),
}

impl MailError {
    /// True when the same letter may succeed later without being changed.
    pub fn is_transient(&self) -> bool {
        match self {
            MailError::Deferred(_) => true,
            MailError::Folder(error) => error.is_transient(),
            MailError::Refused(_) | MailError::Malformed(_) => false,
        }
    }
}

/// Sends a letter to all its recipients; see [`send_to`].
pub async fn send(transport: &Transport, letter: &Letter) -> Result<Sent, MailError> {
    let everybody: Vec<String> = letter.to.iter().map(|one| one.address.clone()).collect();
    send_to(transport, letter, &everybody).await
}

/// Sends a letter to some of its recipients, e.g. those deferred the last time; the letter itself stays the same.
///
/// Into a folder the letter is written once whoever is meant; writing it again changes nothing.
///
/// # Errors
/// [`MailError`]; when at least one recipient was taken, the result is `Ok` and tells the others.
pub async fn send_to(transport: &Transport, letter: &Letter, recipients: &[String]) -> Result<Sent, MailError> {
    let bytes = message(letter)?;
    match transport {
        Transport::Files { dir } => {
            let name = file_name(letter);
            files::create_dirs(dir)?;
            files::write_atomic(&dir.join(&name), &bytes)?;
            Ok(Sent { message_id: message_id(letter), response: name, refused: Vec::new(), deferred: Vec::new() })
        }
        Transport::Smtp(server) => smtp::deliver(server, letter, recipients, &bytes).await,
    }
}

/// Name of a letter's file: its date, its effect, and enough of a digest that no two effects share one.
fn file_name(letter: &Letter) -> String {
    let readable: String = letter
        .effect_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
        .take(80)
        .collect();
    let digest = files::digest_hex(letter.effect_id.as_bytes());
    format!("{}-{readable}-{}.eml", letter.date.format("%Y%m%dT%H%M%S"), &digest[..8])
}

/// A secret read from its file, without the final line end.
fn read_secret(path: &Path) -> Result<String, MailError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| MailError::Deferred(format!("setting: cannot read {}: {error}", path.display())))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
