//! The hash chain: what makes a changed record show, and lawful erasure possible all the same.
//!
//! An event's hash is sha-256 over the hash before it in its stream, the hash before it among all events, the digest of its
//! header and the digest of its body. The body's digest is taken over its JSON text with every leaf under a key named
//! `fields`, `rows` or `params` replaced by sha-256(salt ‖ JSON of the leaf). The salts stand beside the body, one a leaf
//! in reading order. To erase a leaf, its value becomes null and its salt gives way to the leaf's digest: the body's digest,
//! and with it the chain, stays as it was, and without the salt a guessed value (a telephone number has few) cannot be tried.
//!
//! For that the salts must not be computable later: they come from a secret that is read from `/dev/urandom` when a store
//! is opened and never written down. Simulated runs give a fixed secret, and are reproducible; they hold nobody's data.
//!
//! Limits: names of fields, keys of tables and list lengths are not erased, only leaves; who may change both a record and
//! every hash after it is not stopped by any chain, which is why the head's hash is worth keeping elsewhere.

use super::{Draft, Error};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Leaves under these keys are what people filled in.
const ERASABLE_KEYS: [&str; 3] = ["fields", "rows", "params"];
const SALT_BYTES: usize = 16;
const FLOAT_ROUNDS_MAX: usize = 8;
/// Stands before a leaf's digest in the salts once the leaf is erased.
const ERASED: char = '!';

/// What salts are made from: unpredictable, or for tests and simulations given.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A fresh one from the operating system; kept in memory only.
    ///
    /// # Errors
    /// When `/dev/urandom` cannot be read.
    pub fn fresh() -> Result<Secret, Error> {
        use std::io::Read;
        let mut bytes = [0; 32];
        std::fs::File::open("/dev/urandom")
            .and_then(|mut source| source.read_exact(&mut bytes))
            .map_err(|error| Error::Transient(format!("/dev/urandom: {error}")))?;
        Ok(Secret(bytes))
    }

    /// A given one: the same run gives the same salts. Never for people's data.
    pub fn fixed(seed: u64) -> Secret {
        Secret(Sha256::digest(seed.to_be_bytes()).into())
    }

    /// A name nobody else has, e.g. of a process start.
    pub fn name(&self) -> String {
        let mut name = hex(&Sha256::digest(self.0));
        name.truncate(16);
        name
    }

    /// The salt of a leaf: by its place, so that a run repeated after a crash gives the same again.
    fn salt(&self, stream: &str, seq: u64, leaf: usize) -> String {
        let mut hash = Sha256::new();
        hash.update(self.0);
        part(&mut hash, stream.as_bytes());
        part(&mut hash, &seq.to_be_bytes());
        part(&mut hash, &leaf.to_be_bytes());
        let mut salt = hex(&hash.finalize());
        salt.truncate(SALT_BYTES * 2);
        salt
    }
}

/// A body ready to be stored.
pub(crate) struct Sealed {
    /// the body as it will be read back
    pub(crate) value: Value,
    /// the text to store
    pub(crate) body: String,
    /// the salts to store with it
    pub(crate) salts: String,
    /// the body's digest, hex
    pub(crate) digest: String,
}

/// Salts and digests a draft's body.
///
/// # Errors
/// [`Error::Malformed`] when the body cannot be read back (nesting too deep).
pub(crate) fn seal(draft: &Draft, secret: &Secret) -> Result<Sealed, Error> {
    let (value, body) = settled_text(&draft.body)
        .map_err(|error| Error::Malformed(format!("body of {} {}: {error}", draft.stream, draft.seq)))?;
    let mut salts = Vec::new();
    each_leaf(&mut value.clone(), false, &mut String::new(), &mut |_, _| {
        salts.push(secret.salt(&draft.stream, draft.seq, salts.len()));
        Ok(())
    })?;
    let salts = salts.join(",");
    let digest = body_digest(value.clone(), &salts)?;
    Ok(Sealed { value, body, salts, digest })
}

/// A value and its text that read and write as each other. The parser may miss a float's last place, so a text is taken
/// only once writing what was read gives it again.
fn settled_text(value: &Value) -> Result<(Value, String), String> {
    let mut text = value.to_string();
    for _ in 0..FLOAT_ROUNDS_MAX {
        let read: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let again = read.to_string();
        if again == text {
            return Ok((read, text));
        }
        text = again;
    }
    Err("a number does not read back as it is written".to_owned())
}

/// The digest of a stored body under its stored salts.
///
/// # Errors
/// [`Error::Fault`] when salts and body do not belong together.
pub(crate) fn body_digest(mut body: Value, salts: &str) -> Result<String, Error> {
    let mut rest = tokens(salts);
    each_leaf(&mut body, false, &mut String::new(), &mut |path, leaf| {
        let token = rest.next().ok_or_else(|| Error::Fault(format!("no salt for {path}")))?;
        let digest = match token.strip_prefix(ERASED) {
            Some(_) if !leaf.is_null() => return Err(Error::Fault(format!("{path} was erased, yet has a value"))),
            Some(digest) => digest.to_owned(),
            None => leaf_digest(token, leaf),
        };
        *leaf = Value::String(digest);
        Ok(())
    })?;
    match rest.next() {
        Some(_) => Err(Error::Fault("more salts than leaves".into())),
        None => Ok(hex(&Sha256::digest(body.to_string()))),
    }
}

/// Erases the leaves at and under `pointer`; gives the new salts and how many leaves were erased now.
///
/// # Errors
/// [`Error::Unknown`] when nothing erasable stands there; [`Error::Fault`] as [`body_digest`].
pub(crate) fn erase(body: &mut Value, salts: &str, pointer: &str) -> Result<(String, usize), Error> {
    let mut rest = tokens(salts);
    let mut kept: Vec<String> = Vec::new();
    let (mut met, mut erased) = (0, 0);
    each_leaf(body, false, &mut String::new(), &mut |path, leaf| {
        let token = rest.next().ok_or_else(|| Error::Fault(format!("no salt for {path}")))?;
        let below = path.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        met += usize::from(below);
        if below && !token.starts_with(ERASED) {
            kept.push(format!("{ERASED}{}", leaf_digest(token, leaf)));
            *leaf = Value::Null;
            erased += 1;
        } else {
            kept.push(token.to_owned());
        }
        Ok(())
    })?;
    if met == 0 {
        return Err(Error::Unknown { what: "erasable leaf", id: pointer.to_owned() });
    }
    Ok((kept.join(","), erased))
}

/// What an event's hash covers beside its body.
pub(crate) struct Header<'a> {
    /// place among all events
    pub(crate) position: u64,
    /// stream
    pub(crate) stream: &'a str,
    /// number
    pub(crate) seq: u64,
    /// moment as stored
    pub(crate) at: &'a str,
    /// author
    pub(crate) by: &'a str,
    /// for whom
    pub(crate) on_behalf: Option<&'a str>,
    /// cause
    pub(crate) cause: &'a str,
    /// kind
    pub(crate) kind: &'a str,
}

/// An event's hash, hex. The hashes before it are empty for the first.
pub(crate) fn event_hash(before_in_stream: &str, before: &str, header: &Header<'_>, body_digest: &str) -> String {
    let mut hash = Sha256::new();
    part(&mut hash, b"banwen event 1");
    part(&mut hash, before_in_stream.as_bytes());
    part(&mut hash, before.as_bytes());
    part(&mut hash, &header.position.to_be_bytes());
    part(&mut hash, header.stream.as_bytes());
    part(&mut hash, &header.seq.to_be_bytes());
    part(&mut hash, header.at.as_bytes());
    part(&mut hash, header.by.as_bytes());
    // Nobody and an empty name are two things.
    part(&mut hash, &[u8::from(header.on_behalf.is_some())]);
    part(&mut hash, header.on_behalf.unwrap_or_default().as_bytes());
    part(&mut hash, header.cause.as_bytes());
    part(&mut hash, header.kind.as_bytes());
    part(&mut hash, body_digest.as_bytes());
    hex(&hash.finalize())
}

/// Lengths stand before the bytes, so that no two lists of parts give one text.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn leaf_digest(salt: &str, leaf: &Value) -> String {
    let mut hash = Sha256::new();
    part(&mut hash, salt.as_bytes());
    part(&mut hash, leaf.to_string().as_bytes());
    hex(&hash.finalize())
}

fn tokens(salts: &str) -> impl Iterator<Item = &str> {
    (!salts.is_empty()).then(|| salts.split(',')).into_iter().flatten()
}

type Visit<'a> = &'a mut dyn FnMut(&str, &mut Value) -> Result<(), Error>;

/// Visits every erasable leaf in reading order with its JSON pointer.
fn each_leaf(value: &mut Value, erasable: bool, path: &mut String, visit: Visit<'_>) -> Result<(), Error> {
    let length = path.len();
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries.iter_mut() {
                let _ = write!(path, "/{}", key.replace('~', "~0").replace('/', "~1"));
                each_leaf(inner, erasable || ERASABLE_KEYS.contains(&key.as_str()), path, visit)?;
                path.truncate(length);
            }
            Ok(())
        }
        Value::Array(values) => {
            for (index, inner) in values.iter_mut().enumerate() {
                let _ = write!(path, "/{index}");
                each_leaf(inner, erasable, path, visit)?;
                path.truncate(length);
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) if erasable => visit(path, value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
