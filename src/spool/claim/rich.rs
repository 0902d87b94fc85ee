//! Rich: the beginning of the text of a rich text file (.rtf, often named .doc), and the codes of its fields.
//!
//! Characters are read as GBK unless a file gives their number. What is no text of the paper (faces, styles, colours, pictures,
//! what a program does not know) is passed over. Limits: [`TEXT_BYTES`] of text, [`GROUPS_MAX`] groups within one another.

use encoding_rs::GB18030;

/// How rich text begins.
const RICH: &[u8] = b"{\\rt";
/// Text of a file that is looked at.
const TEXT_BYTES: usize = 4 * 1024;
/// Groups within one another that are followed; what is deeper is no text.
const GROUPS_MAX: usize = 1_000;
/// Groups that hold no text of the paper.
const APART: [&str; 9] =
    ["fonttbl", "stylesheet", "colortbl", "info", "pict", "listtable", "listoverridetable", "rsidtbl", "themedata"];

/// Whether the bytes may be rich text.
pub(super) fn is_rich(bytes: &[u8]) -> bool {
    bytes.starts_with(RICH)
}

/// The beginning of the text, one paragraph or cell a line.
pub(super) fn head(bytes: &[u8]) -> String {
    let mut reading = Reading { rest: bytes, open: vec![Group { apart: false, instead: 1 }], out: Vec::new() };
    while reading.out.len() < TEXT_BYTES && reading.step() {}
    GB18030.decode_without_bom_handling(&reading.out).0.into_owned()
}

/// What the codes of its fields say, one a line.
pub(super) fn fields(bytes: &[u8]) -> String {
    const CODE: &[u8] = b"\\fldinst";
    const CODE_BYTES: usize = 512;
    let codes = bytes.windows(CODE.len()).enumerate().filter(|(_, part)| part.eq_ignore_ascii_case(CODE));
    let code = |(at, _): (usize, &[u8])| {
        let code = &bytes[at + CODE.len()..bytes.len().min(at + CODE_BYTES)];
        head(&[b"{", code].concat()).replace('\n', " ") + "\n"
    };
    codes.map(code).collect()
}

/// What holds within a pair of braces.
#[derive(Clone, Copy, Default)]
struct Group {
    /// no text of the paper
    apart: bool,
    /// characters behind one given by its number that stand for it where a program cannot read numbers
    instead: usize,
}

struct Reading<'a> {
    rest: &'a [u8],
    open: Vec<Group>,
    /// GB18030
    out: Vec<u8>,
}

impl Reading<'_> {
    /// Reads one thing; false at the end.
    fn step(&mut self) -> bool {
        let Some((first, rest)) = self.rest.split_first() else { return false };
        self.rest = rest;
        match first {
            b'{' => {
                let group = self.group();
                self.open.push(Group { apart: group.apart || self.open.len() > GROUPS_MAX, ..group });
            }
            b'}' => drop(self.open.pop()),
            b'\\' => self.word(),
            b'\r' | b'\n' => {}
            byte => self.put(&[*byte]),
        }
        true
    }

    fn group(&self) -> Group {
        self.open.last().copied().unwrap_or_default()
    }

    fn put(&mut self, bytes: &[u8]) {
        if !self.group().apart {
            self.out.extend(bytes);
        }
    }

    /// A control word, or a character that is written as one.
    fn word(&mut self) {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == 0 {
            return self.sign();
        }
        let (word, rest) = self.rest.split_at(letters);
        let digits = rest
            .iter()
            .enumerate()
            .take_while(|(at, byte)| byte.is_ascii_digit() || *at == 0 && **byte == b'-')
            .count();
        let (number, rest) = rest.split_at(digits);
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse::<i32>().ok());
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        match (word, number) {
            (b"par" | b"line" | b"cell" | b"row" | b"sect" | b"page", _) => self.put(b"\n"),
            (b"tab", _) => self.put(b"\t"),
            (b"emspace" | b"enspace" | b"qmspace", _) => self.put(b" "),
            // what a box of text says
            (b"shptxt", _) => self.edit(|group| group.apart = false),
            (b"uc", Some(count)) => self.edit(|group| group.instead = usize::try_from(count).unwrap_or(0).min(8)),
            (b"u", Some(number)) => {
                let sign =
                    u32::try_from(if number < 0 { number + 0x1_0000 } else { number }).ok().and_then(char::from_u32);
                if let Some(sign) = sign {
                    let text = String::from(sign);
                    self.put(&GB18030.encode(&text).0);
                }
                self.pass_over(self.group().instead);
            }
            (word, _) if std::str::from_utf8(word).is_ok_and(|word| APART.contains(&word)) => {
                self.edit(|group| group.apart = true);
            }
            _ => {}
        }
    }

    fn sign(&mut self) {
        let Some((sign, rest)) = self.rest.split_first() else { return };
        self.rest = rest;
        match sign {
            b'\'' => {
                let byte = rest
                    .get(..2)
                    .and_then(|two| std::str::from_utf8(two).ok())
                    .and_then(|two| u8::from_str_radix(two, 16).ok());
                if let Some(byte) = byte {
                    self.rest = &rest[2..];
                    self.put(&[byte]);
                }
            }
            // what a program need not know; the code of a field is read by itself
            b'*' => self.edit(|group| group.apart = true),
            b'~' => self.put(b" "),
            b'{' | b'}' | b'\\' => self.put(&[*sign]),
            _ => {}
        }
    }

    fn edit(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.open.last_mut() {
            change(group);
        }
    }

    /// Characters that stand for the one before.
    fn pass_over(&mut self, count: usize) {
        for _ in 0..count {
            let length = match self.rest {
                [b'\\', b'\'', _, _, ..] => 4,
                [b'{' | b'}' | b'\\', ..] | [] => return,
                _ => 1,
            };
            self.rest = &self.rest[length..];
        }
    }
}
