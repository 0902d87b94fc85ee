//! A letter's bytes: headers, text and attachments by RFC 5322, 2045, 2047 and 2231.
//!
//! Everything is a `multipart/mixed` whose boundary follows from the effect's id, so the bytes are reproducible. All of it
//! is ASCII: no server needs an extension to carry it. File names are given twice, as `filename*` by RFC 2231 and as an
//! encoded word in `name`, because mail programs in offices know one or the other.

use super::{Attachment, Correspondent, LETTER_BYTES_MAX, LETTER_RECIPIENTS_MAX, Letter, MailError};
use crate::clock::Moment;
use crate::files;
use lettre::Address;
use lettre::message::header::{self, ContentDisposition, ContentTransferEncoding, ContentType, Header, HeaderName};
use lettre::message::header::{HeaderValue, Headers};
use lettre::message::{MultiPart, MultiPartKind, SinglePart};
use std::time::{Duration, SystemTime};

/// Characters of one display name or file name, so that no header grows without end.
const NAME_CHARS_MAX: usize = 200;
/// Characters of a subject.
const SUBJECT_CHARS_MAX: usize = 400;
/// Bytes of UTF-8 in one encoded word: 45 become 60 of base64, and the word stays under the 75 of RFC 2047.
const ENCODED_WORD_BYTES_MAX: usize = 45;
/// Seconds of +08:00.
const OFFSET_SECONDS: i64 = 8 * 3600;

/// The letter as it goes over the line or into a file: ASCII, lines ended by CRLF.
///
/// # Errors
/// [`MailError::Malformed`] for an address that is none, no or too many recipients, or too much attached.
pub fn message(letter: &Letter) -> Result<Vec<u8>, MailError> {
    check(letter)?;
    let mut whole = MultiPart::builder().kind(MultiPartKind::Mixed).boundary(boundary(letter)).singlepart(
        SinglePart::builder().header(ContentType::TEXT_PLAIN).header(ContentTransferEncoding::Base64).body(
            // RFC 2045 wants CRLF inside encoded text; a bare CR would be neither
            letter.text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n").into_bytes(),
        ),
    );
    for attachment in &letter.attachments {
        whole = whole.singlepart(attached(attachment));
    }
    write_headers(letter, whole.headers_mut())?;
    Ok(whole.formatted())
}

/// `<digest@domain>`: the same for the same effect and sender, whatever the attempt.
pub fn message_id(letter: &Letter) -> String {
    let digest = files::digest_hex(letter.effect_id.as_bytes());
    let domain = letter.from.address.rsplit('@').next().filter(|domain| !domain.is_empty()).unwrap_or("localhost");
    format!("<{}@{domain}>", &digest[..32])
}

/// The address in the form lettre's commands want.
pub(super) fn address(text: &str) -> Result<Address, MailError> {
    // a non-ASCII address needs SMTPUTF8 on every hop; government servers do not offer it
    if !text.is_ascii() || text.chars().any(|c| c.is_ascii_control() || c == ' ') {
        return Err(MailError::Malformed(format!("{text:?} is not an ASCII mail address")));
    }
    text.parse().map_err(|error| MailError::Malformed(format!("{text:?} is not a mail address: {error}")))
}

fn check(letter: &Letter) -> Result<(), MailError> {
    let count = letter.to.len();
    if count == 0 || count > LETTER_RECIPIENTS_MAX {
        return Err(MailError::Malformed(format!("{count} recipients; 1 to {LETTER_RECIPIENTS_MAX} are possible")));
    }
    let bytes: usize = letter.attachments.iter().map(|one| one.bytes.len()).sum();
    if bytes > LETTER_BYTES_MAX {
        return Err(MailError::Malformed(format!("{bytes} bytes attached; {LETTER_BYTES_MAX} are possible")));
    }
    Ok(())
}

fn boundary(letter: &Letter) -> String {
    // "_" occurs in no base64 line, so the boundary cannot occur in a body
    format!("part_{}", &files::digest_hex(format!("boundary {}", letter.effect_id).as_bytes())[..32])
}

fn write_headers(letter: &Letter, headers: &mut Headers) -> Result<(), MailError> {
    headers.set(header::MIME_VERSION_1_0);
    headers.set(header::Date::new(instant(letter.date)?));
    headers.insert_raw(addresses("From", std::slice::from_ref(&letter.from))?);
    headers.insert_raw(addresses("To", &letter.to)?);
    headers.set(header::Subject::from(one_line(&letter.subject, SUBJECT_CHARS_MAX)));
    headers.set(header::MessageId::from(message_id(letter)));
    // RFC 3834: an absence note must not answer a daemon
    headers.insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
    Ok(())
}

/// One address a line, a name of up to fifteen Chinese characters in one encoded word: some programs put a blank where
/// two words meet.
fn addresses(header: &'static str, correspondents: &[Correspondent]) -> Result<HeaderValue, MailError> {
    let mut lines = Vec::new();
    for one in correspondents {
        let address = address(&one.address)?;
        let name = one_line(&one.name, NAME_CHARS_MAX);
        lines.push(if name.is_empty() { address.to_string() } else { format!("{} <{address}>", phrase(&name)) });
    }
    let value = lines.join(",\r\n ");
    Ok(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(header), value.clone(), value))
}

/// A display name: bare when it is plain words, else encoded; never a quoted string, so nothing in it can end it.
fn phrase(name: &str) -> String {
    let plain = name.len() < 60 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-'));
    if plain { name.to_owned() } else { encoded_words(name) }
}

fn instant(moment: Moment) -> Result<SystemTime, MailError> {
    let seconds = moment.and_utc().timestamp() - OFFSET_SECONDS;
    u64::try_from(seconds)
        .map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .map_err(|_| MailError::Malformed(format!("a letter cannot be dated {moment}")))
}

fn attached(attachment: &Attachment) -> SinglePart {
    let name = file_name(&attachment.file_name);
    SinglePart::builder()
        .header(NamedContentType { media_type: media_type(&attachment.media_type), name: name.clone() })
        .header(ContentDisposition::attachment(&name))
        .header(ContentTransferEncoding::Base64)
        .body(attachment.bytes.clone())
}

/// One line without control characters and without the marks that turn text around (a way to disguise a file's ending).
fn one_line(text: &str, chars_max: usize) -> String {
    let turning = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}');
    let breaking = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let line: String =
        text.chars().filter(|c| !turning(*c)).map(|c| if breaking(c) { ' ' } else { c }).take(chars_max).collect();
    line.trim().to_owned()
}

/// A file name that is only a name: no folder, no quote that a careless program would end it at.
fn file_name(name: &str) -> String {
    let line = one_line(name, NAME_CHARS_MAX);
    let plain: String = line.chars().map(|c| if matches!(c, '/' | '\\' | '"' | ':') { '_' } else { c }).collect();
    let plain = plain.trim_start_matches('.').to_owned();
    if plain.is_empty() { "attachment".to_owned() } else { plain }
}

fn media_type(text: &str) -> String {
    let token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_'))
    };
    match text.split_once('/') {
        Some((kind, subtype)) if token(kind) && token(subtype) => text.to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// `Content-Type` with the file name as an encoded word: not in the standard, and what older mail programs read.
#[derive(Clone)]
struct NamedContentType {
    media_type: String,
    name: String,
}

impl Header for NamedContentType {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Type")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Err("only written, never read".into())
    }

    fn display(&self) -> HeaderValue {
        let plain = self.name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' '));
        let name = if plain && self.name.len() < 60 { self.name.clone() } else { encoded_words(&self.name) };
        let value = format!("{};\r\n name=\"{name}\"", self.media_type);
        HeaderValue::dangerous_new_pre_encoded(<Self as Header>::name(), value.clone(), value)
    }
}

/// RFC 2047 "B" words, cut between characters, each continuing on its own line.
fn encoded_words(text: &str) -> String {
    let mut chunks: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if chunks.last().is_some_and(|chunk| chunk.len() + c.len_utf8() > ENCODED_WORD_BYTES_MAX) {
            chunks.push(String::new());
        }
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(c);
        }
    }
    chunks.iter().map(|chunk| format!("=?utf-8?B?{}?=", base64(chunk.as_bytes()))).collect::<Vec<_>>().join("\r\n ")
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let octet = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for i in 0..4 {
            let sextet = (bits >> (18 - 6 * i)) & 63;
            out.push(if i > group.len() { '=' } else { char::from(ALPHABET[sextet as usize]) });
        }
    }
    out
}
