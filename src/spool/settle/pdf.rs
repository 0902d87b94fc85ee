//! Pdf: whether a PDF goes on to its end.
//!
//! Its end is marked, and what programs and scanners put behind the mark is no part of it; but one that is written in several goes
//! (saved again, or made for reading page by page) has such a mark in its middle too, with objects behind it. Limits: where the end says
//! that its table lies is not asked, for readers make the table anew.

/// What stands at the end: where its table of objects begins, and the end itself.
const ENDS: [&[u8]; 2] = [b"startxref", b"%%EOF"];
const OBJECT: &[u8] = b"obj";

/// Whether a PDF, or the last part of one, breaks off: it marks no end, or more of it follows on the last.
pub(in crate::spool) fn breaks_off(bytes: &[u8]) -> bool {
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|part| part == mark);
    let end = ENDS.into_iter().filter_map(last).max();
    end.and_then(|end| bytes.get(end..)).is_none_or(has_object)
}

/// Whether something in a PDF could be found by a reader that mends it: `7 0 obj`.
pub(in crate::spool) fn has_object(bytes: &[u8]) -> bool {
    let mut places = bytes.windows(OBJECT.len()).enumerate().filter(|(_, part)| *part == OBJECT);
    places.any(|(at, _)| {
        let before = bytes[..at].trim_ascii_end();
        before.len() < at && before.last().is_some_and(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";
    const END: &str = "xref\n0 1\ntrailer\n<< >>\nstartxref\n30\n%%EOF\n";

    #[test]
    fn a_pdf_breaks_off_wherever_it_is_cut_before_its_end() {
        let whole = format!("{PAGE}{END}");
        let twice = format!("{PAGE}{END}2 0 obj\n<< /Length 9 >>\nendobj\n{END}");
        let seen = |text: &str| breaks_off(text.as_bytes());
        assert!(!seen(&whole) && !seen(&twice));
        for cut in 0..whole.find("startxref").unwrap() {
            assert!(seen(&whole[..cut]), "{cut}");
        }
        for cut in whole.len() + "2 0 obj".len()..twice.rfind("startxref").unwrap() {
            assert!(seen(&twice[..cut]), "{cut}");
        }
    }

    #[test]
    fn what_follows_on_the_end_and_a_broken_table_are_no_break() {
        let behind = [PAGE.as_bytes(), END.as_bytes(), &[0; 9_000], b"scanned by nobody"].concat();
        assert!(!breaks_off(&behind));
        assert!(!breaks_off(format!("{PAGE}startxref\n99999\n%%EOF").as_bytes()));
        assert!(!breaks_off(format!("{PAGE}%%EOF").as_bytes()), "a table that is missing is made anew");
        assert!(breaks_off(&[PAGE.as_bytes(), &[0; 9_000]].concat()), "room that was made for what was to come");
    }
}
