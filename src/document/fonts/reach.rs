//! How far faces reach: the Han characters of GB 18030-2022, by its implementation levels.
//!
//! Level 1: U+4E00–9FEF, extension A, 12 unified ideographs among the compatibility forms, 14 components: 27,584. Level 2:
//! besides, the 196 characters of 通用规范汉字表 that stand in later extensions: 27,780; what names in an office's files are
//! expected to hold. Level 3: besides, extensions B to F and the 214 radicals of 康熙字典: 88,115.

use super::{Fonts, Role, Source};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// How many Han characters each level has, those of the levels below among them.
pub const LEVEL_CHARACTERS: [usize; 3] = [27_584, 27_780, 88_115];

const LEVEL_1: [RangeInclusive<u32>; 2] = [0x4e00..=0x9fef, 0x3400..=0x4db5];
const LEVEL_1_SINGLE: [u32; 26] = [
    0xfa0e, 0xfa0f, 0xfa11, 0xfa13, 0xfa14, 0xfa1f, 0xfa21, 0xfa23, 0xfa24, 0xfa27, 0xfa28, 0xfa29, 0x2e81, 0x2e84,
    0x2e88, 0x2e8b, 0x2e8c, 0x2e97, 0x2ea7, 0x2eaa, 0x2eae, 0x2eb3, 0x2eb6, 0x2eb7, 0x2ebb, 0x2eca,
];
/// 通用规范汉字表 beyond level 1 (`kTGH` of Unihan 15.0.0).
const LEVEL_2: &str = "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣\
    𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩\
    𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹\
    𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓";
const LEVEL_3: [RangeInclusive<u32>; 6] =
    [0x20000..=0x2a6d6, 0x2a700..=0x2b734, 0x2b740..=0x2b81d, 0x2b820..=0x2cea1, 0x2ceb0..=0x2ebe0, 0x2f00..=0x2fd5];

/// The level a character comes in with: 1, 2 or 3; `None` for one that no level has.
pub fn level(character: char) -> Option<usize> {
    let code = u32::from(character);
    let within = |ranges: &[RangeInclusive<u32>]| ranges.iter().any(|it| it.contains(&code));
    if within(&LEVEL_1) || LEVEL_1_SINGLE.contains(&code) {
        Some(1)
    } else if within(&LEVEL_3) {
        Some(if LEVEL_2.contains(character) { 2 } else { 3 })
    } else {
        None
    }
}

/// How many characters of each level are there, those of the levels below among them.
pub type Reach = [usize; 3];

fn reach(codes: &BTreeSet<u32>) -> Reach {
    let mut own = [0; 3];
    for level in codes.iter().filter_map(|code| level(char::from_u32(*code)?)) {
        if let Some(count) = own.get_mut(level - 1) {
            *count += 1;
        }
    }
    [own[0], own[0] + own[1], own[0] + own[1] + own[2]]
}

/// What is known of one face.
#[derive(Debug, Clone)]
pub struct FaceReport {
    /// its family
    pub family: String,
    /// its file: a path, or the name of a bundled one
    pub file: String,
    /// it comes with the program
    pub bundled: bool,
    /// what its family is used for; `None` when it only lends characters
    pub role: Option<Role>,
    /// no face before it serves that role
    pub first: bool,
    /// how far it reaches
    pub reach: Reach,
}

/// What is known of all faces.
#[derive(Debug, Clone)]
pub struct Report {
    /// each face, in the order they are asked
    pub faces: Vec<FaceReport>,
    /// how far they reach together
    pub together: Reach,
    /// the characters that none of them has, by the level they come in with
    pub missing: [Vec<char>; 3],
}

impl Fonts {
    /// Which faces there are, what they serve and how far they reach.
    pub fn report(&self) -> Report {
        let mut faces: Vec<FaceReport> = Vec::new();
        let mut all = BTreeSet::new();
        for face in self.faces.iter() {
            let Some(info) = face.info() else { continue };
            let codes: BTreeSet<u32> = info.coverage.iter().collect();
            let (file, bundled) = match &face.source {
                Source::Bundled { file, .. } => ((*file).to_owned(), true),
                Source::File { path, .. } => (path.display().to_string(), false),
            };
            let first = face.role.is_some() && !faces.iter().any(|before| before.role == face.role);
            let (family, role, reach) = (info.family.clone(), face.role, reach(&codes));
            faces.push(FaceReport { family, file, bundled, role, first, reach });
            all.extend(codes);
        }
        let mut missing: [Vec<char>; 3] = Default::default();
        for character in LEVEL_1.iter().chain(&LEVEL_3).cloned().flatten().chain(LEVEL_1_SINGLE) {
            let lacking = Some(character).filter(|it| !all.contains(it)).and_then(char::from_u32);
            if let Some((character, level)) = lacking.and_then(|it| Some((it, level(it)?))) {
                missing[level - 1].push(character);
            }
        }
        Report { faces, together: reach(&all), missing }
    }

    /// The family a character of a role is set in: the role's own, or the first that has it. `None` when none has.
    pub fn set_in(&self, role: Role, character: char) -> Option<String> {
        let has = |family: &String| {
            let mut infos = self.faces.iter().filter_map(|face| face.info());
            infos.any(|info| info.family == *family && info.coverage.contains(u32::from(character)))
        };
        self.families(role).into_iter().find(has)
    }

    /// The Han characters of a text that an office's own face for `role` lacks, each with the family it is set in instead.
    /// Empty while a bundled face serves the role.
    pub fn borrowed(&self, role: Role, text: &str) -> Vec<(char, String)> {
        let own = self.faces.iter().find(|face| face.role == Some(role));
        let Some(own) = own.filter(|face| matches!(face.source, Source::File { .. })).and_then(|face| face.info())
        else {
            return Vec::new();
        };
        let characters: BTreeSet<char> = text.chars().filter(|it| crate::numerals::han(*it)).collect();
        let lacking = characters.into_iter().filter(|it| !own.coverage.contains(u32::from(*it)));
        lacking.filter_map(|it| Some((it, self.set_in(role, it)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_have_the_characters_the_standard_counts() {
        let codes: BTreeSet<u32> = (0..=0x10_ffff).collect();
        assert_eq!(reach(&codes), LEVEL_CHARACTERS);
        let levels: Vec<_> = ['张', '䶮', '㛃', '𬭊', '𫖯', '㙍', '𠀀', 'A', '〇'].map(level).into();
        assert_eq!(levels, [Some(1), Some(1), Some(1), Some(2), Some(2), Some(1), Some(3), None, None]);
    }

    #[test]
    fn the_bundled_faces_have_every_character_of_every_level() {
        let report = Fonts::bundled().report();
        assert_eq!(report.missing, [const { Vec::<char>::new() }; 3]);
        assert_eq!(report.together, LEVEL_CHARACTERS);
        let serving: Vec<_> = report.faces.iter().filter(|face| face.first).filter_map(|face| face.role).collect();
        assert_eq!(serving, [Role::Text, Role::Heading, Role::Script, Role::Title, Role::Plain]);
        assert!(report.faces.iter().all(|face| face.bundled));
    }

    #[test]
    fn a_character_an_offices_face_lacks_is_told_with_the_face_that_lends_it() {
        let directory = tempfile::tempdir().unwrap();
        let fang = super::super::BUNDLED.iter().find(|face| face.role == Some(Role::Text)).unwrap();
        std::fs::write(directory.path().join("a.otf"), fang.bytes).unwrap();
        // the family does not say 仿宋, only "FandolFang": it lends, and the bundled face serves
        let fonts = Fonts::with_directory(directory.path()).unwrap();
        assert_eq!(fonts.borrowed(Role::Text, "张䶮"), []);
        let kai = super::super::BUNDLED.iter().find(|face| face.role == Some(Role::Script)).unwrap();
        std::fs::write(directory.path().join("b.otf"), kai.bytes).unwrap();
        let fonts = Fonts::with_directory(directory.path()).unwrap();
        assert_eq!(fonts.borrowed(Role::Script, "张䶮A䶮"), [('䶮', "Noto Serif SC".to_owned())]);
        assert_eq!(fonts.set_in(Role::Script, '张').as_deref(), Some("FandolKai"));
        assert_eq!(fonts.set_in(Role::Script, '𠉣').as_deref(), Some("Banwen Han Supplement"));
        assert_eq!(fonts.set_in(Role::Script, '\u{1F600}'), None);
        assert!(fonts.report().faces[1].file.ends_with("b.otf"));
    }
}
