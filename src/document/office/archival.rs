//! PDF/A of an office suite, the same every time: its colour profile has the time in it, packed where no value can be put over it.
//!
//! The profile is unpacked, its time taken out, and put back as it is; the table of places at the end of the file is counted anew.
//! A file laid out otherwise than this suite does stays as it is: that the bytes are the same is not promised.

use super::{last, positions};
use crate::document::inspect;

/// Where a colour profile has the time it was made (ICC.1:2010, 7.2.8): twelve bytes.
const TIME: std::ops::Range<usize> = 24..36;

/// The file with a colour profile that bears no time.
pub(super) fn timeless(bytes: Vec<u8>) -> Vec<u8> {
    let Some(mut profile) = inspect::colour_profile(&bytes) else { return bytes };
    let Some(time) = profile.get_mut(TIME) else { return bytes };
    time.fill(0);
    replaced(&bytes, &profile).filter(|new| inspect::colour_profile(new).as_ref() == Some(&profile)).unwrap_or(bytes)
}

/// An edit: where, how many bytes go, what comes.
struct Edit {
    at: usize,
    gone: usize,
    new: Vec<u8>,
}

fn replaced(bytes: &[u8], profile: &[u8]) -> Option<Vec<u8>> {
    let number = number_after(bytes, b"/DestOutputProfile ")?;
    let begin = object(bytes, number)?;
    let stream = begin + bytes.get(begin..)?.windows(7).position(|it| it == b"stream\n")?;
    let length = number_after(bytes.get(begin..stream)?, b"/Length ")?;
    let told = object(bytes, length)?;
    let digits = bytes.get(told..)?.iter().take_while(|it| it.is_ascii_digit()).count();
    let count: usize = std::str::from_utf8(bytes.get(told..told + digits)?).ok()?.parse().ok()?;
    let end = stream + 7 + count;
    let head = format!("<</N 3/Length {}>>\nstream\n", profile.len());
    let mut edits = [
        Edit { at: begin, gone: end - begin, new: [head.as_bytes(), profile].concat() },
        Edit { at: told, gone: digits, new: profile.len().to_string().into_bytes() },
    ];
    edits.sort_by_key(|it| it.at);
    let table = last(bytes, b"\nxref\n0 ")? + 1;
    let mut out = Vec::with_capacity(bytes.len() + profile.len());
    let mut from = 0;
    for edit in &edits {
        out.extend(bytes.get(from..edit.at)?);
        out.extend(&edit.new);
        from = edit.at + edit.gone;
    }
    out.extend(bytes.get(from..table)?);
    let moved =
        |place: usize| edits.iter().filter(|it| it.at < place).fold(place, |place, it| place + it.new.len() - it.gone);
    let trailer = table + bytes.get(table..)?.windows(7).position(|it| it == b"trailer")?;
    for line in std::str::from_utf8(bytes.get(table..trailer)?).ok()?.split_inclusive('\n') {
        match line.split_once(' ').filter(|_| line.ends_with(" n \n")) {
            Some((place, rest)) => out.extend(format!("{:010} {rest}", moved(place.parse().ok()?)).bytes()),
            None => out.extend(line.bytes()),
        }
    }
    let start = last(bytes, b"startxref\n")? + 10;
    out.extend(bytes.get(trailer..start)?);
    out.extend(format!("{}\n%%EOF\n", moved(table)).bytes());
    Some(out)
}

/// Where an object of this number begins, behind its head.
fn object(bytes: &[u8], number: usize) -> Option<usize> {
    let head = format!("\n{number} 0 obj\n");
    positions(bytes, head.as_bytes()).next().map(|at| at + head.len())
}

/// The number behind a mark.
fn number_after(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    let at = positions(bytes, mark).next()? + mark.len();
    let digits: Vec<u8> = bytes.get(at..)?.iter().copied().take_while(u8::is_ascii_digit).collect();
    String::from_utf8(digits).ok()?.parse().ok()
}
