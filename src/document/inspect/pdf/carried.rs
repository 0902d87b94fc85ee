//! What a PDF brings along unseen: a password, scripts, calls of other programs, programs within it; and its pictures as they were
//! put in, with what their makers wrote into them, packed once more or not.

use super::super::{Carried, Unreadable};
use hayro_syntax::object::{Dict, MaybeRef, Name, Object, Stream, String as Text};
use hayro_syntax::{Filter, LoadPdfError, Pdf};
use std::borrow::Cow;
use std::fmt::Write;

/// Levels of an object that are looked into; what it refers to is an object of its own.
const DEPTH_MAX: usize = 16;
/// Bytes of one embedded file that are unpacked to see what it begins with.
const EMBEDDED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What a PDF that is enciphered says of itself.
const LOCKED: &[u8] = b"/Encrypt";
/// How programs begin: of Windows, of Linux, of a shell.
const PROGRAMS: [&[u8]; 3] = [b"MZ", b"\x7FELF", b"#!"];
/// Endings of files that run when they are opened.
const RUNNING: [&str; 14] =
    [".exe", ".com", ".scr", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".wsf", ".hta", ".lnk", ".msi", ".jar", ".dll"];

/// What one brings along; nothing of one that is damaged, which is nobody's to run.
pub(super) fn carried(bytes: Vec<u8>) -> Result<Carried, Unreadable> {
    let mut found = Carried::default();
    let says_so = bytes.windows(LOCKED.len()).any(|part| part == LOCKED);
    match Pdf::new(bytes) {
        // what opens without being asked for a password is no secret, whatever may not be done with it
        Ok(pdf) => pdf.objects().into_iter().for_each(|object| look(&object, 0, &mut found)),
        Err(LoadPdfError::Decryption(_)) => found.locked = true,
        Err(LoadPdfError::Invalid) => (found.locked, found.unread) = (says_so, !says_so),
    }
    Ok(found)
}

fn look(object: &Object<'_>, depth: usize, found: &mut Carried) {
    if depth > DEPTH_MAX {
        return;
    }
    match object {
        Object::Dict(dict) => dictionary(dict, depth, found),
        Object::Stream(stream) => {
            found.programs |= is_embedded(stream) && is_program(stream);
            dictionary(stream.dict(), depth, found);
        }
        Object::Array(array) => {
            for value in array.raw_iter() {
                if let MaybeRef::NotRef(value) = value {
                    look(&value, depth + 1, found);
                }
            }
        }
        Object::String(_) | Object::Null(_) | Object::Boolean(_) | Object::Number(_) | Object::Name(_) => {}
    }
}

fn dictionary(dict: &Dict<'_>, depth: usize, found: &mut Carried) {
    let action = dict.get::<Name<'_>>("S");
    let does = |what: &[u8]| action.as_ref().is_some_and(|name| name.as_ref() == what);
    found.runs |= does(b"JavaScript") || does(b"Launch") || dict.contains_key("JS");
    let named = ["F", "UF"].into_iter().filter_map(|key| dict.get::<Text<'_>>(key));
    let is_file = dict.contains_key("EF");
    found.programs |= named.into_iter().any(|name| is_file && runs_by_name(name.as_bytes()));
    for (_, value) in dict.entries() {
        if let MaybeRef::NotRef(value) = value {
            look(&value, depth + 1, found);
        }
    }
}

/// Names are written a byte or two bytes a character; their endings are plain in both.
fn runs_by_name(name: &[u8]) -> bool {
    let plain: Vec<u8> = name.iter().copied().filter(|byte| *byte != 0).collect();
    let plain = String::from_utf8_lossy(&plain).to_lowercase();
    RUNNING.iter().any(|ending| plain.trim_end().ends_with(ending))
}

fn is_embedded(stream: &Stream<'_>) -> bool {
    stream.dict().get::<Name<'_>>("Type").is_some_and(|kind| kind.as_ref() == b"EmbeddedFile")
}

fn is_program(stream: &Stream<'_>) -> bool {
    let small = stream.raw_data().len() <= EMBEDDED_BYTES_MAX;
    let file = small.then(|| stream.decoded().ok()).flatten();
    file.is_some_and(|file| PROGRAMS.iter().any(|start| file.starts_with(start)))
}

/// The pictures that stand in it as the files they were: JPEG, JPEG 2000. Of others it keeps the dots alone.
pub(super) fn pictures(bytes: Vec<u8>) -> Result<Vec<Vec<u8>>, Unreadable> {
    let pdf = Pdf::new(bytes).map_err(|error| Unreadable::Damaged(format!("{error:?}")))?;
    let picture = |object: Object<'_>| {
        let Object::Stream(stream) = object else { return None };
        match stream.filters().as_slice() {
            [outer @ .., Filter::DctDecode | Filter::JpxDecode] => unpacked(&stream.raw_data(), outer),
            _ => None,
        }
    };
    Ok(pdf.objects().into_iter().filter_map(picture).collect())
}

/// What is under the outer filters of a stream. The reader undoes all of them or none, and the last would leave the dots alone: so it
/// is given a file with a stream that has but the outer ones.
fn unpacked(packed: &[u8], outer: &[Filter]) -> Option<Vec<u8>> {
    if outer.is_empty() {
        return Some(packed.to_vec());
    }
    let filters = outer.iter().map(|filter| name(*filter)).collect::<Option<Vec<_>>>()?.concat();
    let length = packed.len();
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [] /Count 0 >>".to_vec(),
        [format!("<< /Filter [{filters}] /Length {length} >>\nstream\n").as_bytes(), packed, b"\nendstream"].concat(),
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = String::new();
    for (n, object) in objects.iter().enumerate() {
        let _ = writeln!(places, "{:010} 00000 n ", file.len());
        file.extend([format!("{} 0 obj\n", n + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = file.len();
    let end = format!(
        "xref\n0 4\n0000000000 65535 f \n{places}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.extend(end.as_bytes());
    let pdf = Pdf::new(file).ok()?;
    let stream = |object| if let Object::Stream(stream) = object { Some(stream) } else { None };
    pdf.objects().into_iter().find_map(stream)?.decoded().ok().map(Cow::into_owned)
}

/// What a filter that packs anything is called.
fn name(filter: Filter) -> Option<&'static str> {
    match filter {
        Filter::AsciiHexDecode => Some("/ASCIIHexDecode "),
        Filter::Ascii85Decode => Some("/ASCII85Decode "),
        Filter::LzwDecode => Some("/LZWDecode "),
        Filter::FlateDecode => Some("/FlateDecode "),
        Filter::RunLengthDecode => Some("/RunLengthDecode "),
        Filter::CcittFaxDecode | Filter::Jbig2Decode | Filter::DctDecode | Filter::JpxDecode | Filter::Crypt => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::pdf;
    use super::*;

    fn told(others: &[&str]) -> (bool, bool, bool) {
        let found = carried(pdf("", others)).unwrap();
        (found.locked, found.runs, found.programs)
    }

    #[test]
    fn what_runs_in_a_pdf_is_seen_and_what_only_leads_within_it_is_not() {
        assert_eq!(told(&["<< /S /GoTo /D [3 0 R /Fit] >>"]), (false, false, false));
        assert_eq!(told(&["<< /S /JavaScript /JS (app.alert\\(1\\)) >>"]), (false, true, false));
        assert_eq!(told(&["<< /Type /Annot /A << /S /Launch /F (cmd.exe) >> >>"]), (false, true, false));
        assert_eq!(told(&["[ << /AA << /K << /S /JavaScript /JS 9 0 R >> >> >> ]"]), (false, true, false));
    }

    #[test]
    fn programs_in_a_pdf_are_seen_by_their_names_and_their_first_bytes() {
        let file = |name: &str| format!("<< /Type /Filespec /F ({name}) /EF << /F 6 0 R >> >>");
        let holds =
            |bytes: &str| format!("<< /Type /EmbeddedFile /Length {} >>\nstream\n{bytes}\nendstream", bytes.len());
        let both = |name: &str, bytes: &str| told(&[&file(name), &holds(bytes)]).2;
        assert!(!both("fapiao.xml", "<invoice/>"));
        assert!(both("setup.EXE", "<invoice/>"));
        assert!(both("fapiao.xml", "MZ program"));
    }

    /// Enciphered with a key of 40 bits; what its opening says decides whether the empty password opens it.
    fn enciphered(opening: &str) -> Carried {
        let owner = (0..32_u8).map(|n| format!("{n:02x}")).collect::<String>();
        let with = format!("<< /Filter /Standard /V 1 /R 2 /Length 40 /O <{owner}> /U <{opening}> /P -4 >>");
        let text = String::from_utf8(pdf("", &["<< >>", &with])).unwrap();
        let id = (0..16_u8).map(|n| format!("{n:02x}")).collect::<String>();
        let text = text.replace("/Info 5 0 R", &format!("/Info 5 0 R /Encrypt 6 0 R /ID [<{id}> <{id}>]"));
        carried(text.into_bytes()).unwrap()
    }

    #[test]
    fn what_opens_with_a_password_only_is_locked_and_what_opens_without_one_is_not() {
        // what the empty password comes to under this owner, this number and these rights
        let empty = "bdfd2ba69eb485e8958f00573637472252fc32a0a02880b2f522a7337b796732";
        assert!(!enciphered(empty).locked);
        assert!(enciphered(&empty.replace('b', "a")).locked);
        // an end that was cut off hides nothing
        assert!(carried(b"%PDF-1.7 << /Encrypt 6 0 R".to_vec()).unwrap().locked);
        assert!(carried(b"%PDF-1.7 1 0 obj".to_vec()).unwrap().unread);
    }

    #[test]
    fn a_picture_comes_out_as_the_file_it_was() {
        let image = "<< /Subtype /Image /Filter /DCTDecode /Length 12 >>\nstream\nabcdefghijkl\nendstream";
        assert_eq!(pictures(pdf("", &["<< >>", image])).unwrap(), [b"abcdefghijkl".to_vec()]);
        assert!(pictures(pdf("", &["<< >>", &image.replace("/DCTDecode", "/ASCIIHexDecode")])).unwrap().is_empty());
        let newer = image.replace("/DCTDecode", "/JPXDecode");
        assert_eq!(pictures(pdf("", &["<< >>", &newer])).unwrap(), [b"abcdefghijkl".to_vec()]);
    }

    #[test]
    fn a_picture_that_was_packed_once_more_comes_out_too() {
        let image = |filters: &str, data: &str| {
            let length = data.len();
            let image =
                format!("<< /Subtype /Image /Filter [{filters}] /Length {length} >>\nstream\n{data}\nendstream");
            pictures(pdf("", &["<< >>", &image])).unwrap()
        };
        let whole = [b"abcd 3 0 obj".to_vec()];
        assert_eq!(image("/ASCIIHexDecode /DCTDecode", "616263642033203020 6F626A>"), whole);
        let twice = "3631363236333634323033333230333032303646363236413E>";
        assert_eq!(image("/ASCIIHexDecode /ASCIIHexDecode /JPXDecode", twice), whole);
        assert!(image("/DCTDecode /ASCIIHexDecode", "616263642033203020 6F626A>").is_empty());
    }
}
