//! The compound file that programs of before 2007 keep a document in: sectors chained by a table.
//!
//! Every chain is followed at most as often as the file has sectors, so a ring ends.

/// What stands in the table behind the last sector of a chain.
const END: u32 = 0xFFFF_FFFA;
/// Sectors of the table of sectors that the header itself names.
const NAMED_IN_HEADER: usize = 109;
/// Streams shorter than this lie in small sectors.
const SMALL_BELOW_BYTES: usize = 4096;
const SMALL_SECTOR_BYTES: usize = 64;
const ENTRY_BYTES: usize = 128;

/// A file taken apart.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    small: Vec<u8>,
    /// name, first sector, length
    streams: Vec<(String, u32, usize)>,
}

impl<'a> Compound<'a> {
    /// Reads the tables; `None` when it is no such file or a damaged one.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let sector_bytes = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Compound {
            bytes,
            sector_bytes,
            table: Vec::new(),
            small_table: Vec::new(),
            small: Vec::new(),
            streams: Vec::new(),
        };
        let mut parts: Vec<u32> = (0..NAMED_IN_HEADER).map_while(|n| u32_at(bytes, 76 + 4 * n)).collect();
        let mut more = u32_at(bytes, 68)?;
        for _ in 0..file.sectors() {
            let Some(sector) = (more < END).then(|| file.sector(more)).flatten() else { break };
            let (last, rest) = words(sector).split_last().map(|(last, rest)| (*last, rest.to_vec()))?;
            parts.extend(rest);
            more = last;
        }
        parts.truncate(file.sectors());
        for part in parts.into_iter().filter(|part| *part < END) {
            file.table.extend(words(file.sector(part)?));
        }
        let directory = file.chain(u32_at(bytes, 48)?, usize::MAX);
        let entry = |entry: &[u8]| {
            let units = entry.get(..64)?.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            let name: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
            Some((String::from_utf16_lossy(&name), u32_at(entry, 116)?, usize::try_from(u32_at(entry, 120)?).ok()?))
        };
        file.streams = directory.chunks_exact(ENTRY_BYTES).filter_map(entry).collect();
        let (_, root, length) = file.streams.first()?.clone();
        file.small_table = words(&file.chain(u32_at(bytes, 60)?, usize::MAX));
        file.small = file.chain(root, length);
        Some(file)
    }

    /// Whether there is a stream of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.streams.iter().any(|(other, ..)| other.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let (_, first, length) = self.streams.iter().find(|(other, ..)| other.eq_ignore_ascii_case(name))?;
        if *length >= SMALL_BELOW_BYTES {
            return Some(self.chain(*first, *length));
        }
        let mut found = Vec::new();
        let mut at = *first;
        for _ in 0..=self.small_table.len() {
            let start = usize::try_from(at).ok().filter(|_| at < END)?.checked_mul(SMALL_SECTOR_BYTES)?;
            let rest = self.small.get(start..)?;
            found.extend(rest.iter().take(SMALL_SECTOR_BYTES.min(length - found.len())));
            if found.len() >= *length {
                break;
            }
            at = *self.small_table.get(usize::try_from(at).ok()?)?;
        }
        Some(found)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector_bytes + 1
    }

    /// A sector; the last one of a file may be short.
    fn sector(&self, at: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(at).ok()?.checked_add(1)?.checked_mul(self.sector_bytes)?;
        let rest = self.bytes.get(start..)?;
        Some(rest.get(..self.sector_bytes).unwrap_or(rest))
    }

    /// A chain of sectors, as far as it goes.
    fn chain(&self, first: u32, length: usize) -> Vec<u8> {
        let mut found = Vec::new();
        let mut at = first;
        for _ in 0..self.sectors() {
            let Some(sector) = (at < END).then(|| self.sector(at)).flatten() else { break };
            found.extend(sector.iter().take(length - found.len()));
            let next = usize::try_from(at).ok().and_then(|at| self.table.get(at));
            match next {
                Some(next) if found.len() < length => at = *next,
                Some(_) | None => break,
            }
        }
        found
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|word| u32_at(word, 0)).collect()
}

/// Two bytes, the lower first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

/// Four bytes, the lowest first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
