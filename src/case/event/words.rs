//! How what was said of somebody is written down: below `fields`, so that a lawful erasure reaches it. Earlier logs have it bare;
//! what was erased reads as no words.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Words, one or several.
pub(super) trait Words: Sized {
    /// as they lie below `fields`; None for each that was erased
    type Kept: for<'de> Deserialize<'de>;
    /// the words that are left
    fn left(kept: Self::Kept) -> Self;
}

impl Words for String {
    type Kept = Option<String>;
    fn left(kept: Option<String>) -> String {
        kept.unwrap_or_default()
    }
}

impl Words for Vec<String> {
    type Kept = Vec<Option<String>>;
    fn left(kept: Vec<Option<String>>) -> Vec<String> {
        kept.into_iter().map(Option::unwrap_or_default).collect()
    }
}

#[derive(Serialize)]
struct Below<'a, T> {
    fields: &'a T,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Either<T> {
    Below { fields: T },
    Bare(T),
}

pub(super) fn serialize<T: Serialize, S: Serializer>(words: &T, to: S) -> Result<S::Ok, S::Error> {
    Below { fields: words }.serialize(to)
}

pub(super) fn deserialize<'de, T: Words, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Ok(T::left(match Either::deserialize(from)? {
        Either::Below { fields } | Either::Bare(fields) => fields,
    }))
}
