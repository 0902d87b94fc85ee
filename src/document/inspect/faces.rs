//! Which faces are which: an office's, the system's and the open ones, by the names files call them.
//!
//! The standard names styles, not products (9704 5.2.2, 7.2, 7.3): any face of the style will do.

/// A style of face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// 仿宋
    Fang,
    /// 楷体
    Kai,
    /// 黑体
    Hei,
    /// 小标宋, or a bold 宋 that stands for it
    Title,
    /// 宋体
    Song,
    /// none of these, or unknown
    Other,
}

impl Family {
    pub(super) fn title(self) -> &'static str {
        match self {
            Family::Fang => "仿宋",
            Family::Kai => "楷体",
            Family::Hei => "黑体",
            Family::Title => "小标宋",
            Family::Song => "宋体",
            Family::Other => "其他字体",
        }
    }
}

/// Parts of names, in lower case and without spaces, hyphens and underscores; the first that fits decides.
const NAMES: [(&str, Family); 39] = [
    ("仿宋", Family::Fang),
    ("fangsong", Family::Fang),
    ("fandolfang", Family::Fang),
    ("zhuque", Family::Fang),
    ("朱雀", Family::Fang),
    ("fzfs", Family::Fang),
    ("cwtexfs", Family::Fang),
    ("楷", Family::Kai),
    ("kaiti", Family::Kai),
    ("fandolkai", Family::Kai),
    ("wenkai", Family::Kai),
    ("ukai", Family::Kai),
    ("fzkt", Family::Kai),
    ("fzxkt", Family::Kai),
    ("小标宋", Family::Title),
    ("大标宋", Family::Title),
    ("xiaobiaosong", Family::Title),
    ("fzxbs", Family::Title),
    ("中宋", Family::Title),
    ("zhongsong", Family::Title),
    ("fandolsongbold", Family::Title),
    ("黑", Family::Hei),
    ("simhei", Family::Hei),
    ("heiti", Family::Hei),
    ("stxihei", Family::Hei),
    ("fandolhei", Family::Hei),
    ("zenhei", Family::Hei),
    ("microhei", Family::Hei),
    ("fzht", Family::Hei),
    ("notosans", Family::Hei),
    ("sourcehansans", Family::Hei),
    ("宋", Family::Song),
    ("simsun", Family::Song),
    ("stsong", Family::Song),
    ("fandolsong", Family::Song),
    ("fzss", Family::Song),
    ("notoserif", Family::Song),
    ("sourcehanserif", Family::Song),
    ("uming", Family::Song),
];

/// The style of the face of this name; a subset's prefix (`ABCDEF+`) is no part of it.
pub(super) fn family(name: &str) -> Family {
    let bare = match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 => rest,
        Some(_) | None => name,
    };
    let mut plain = String::with_capacity(bare.len());
    plain.extend(bare.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | ',')).flat_map(char::to_lowercase));
    // the heavy cuts of the open 宋 stand for 小标宋, whatever part of Asia they are named for
    let open = ["notoserif", "sourcehanserif", "思源宋"].iter().any(|name| plain.contains(name));
    if open && ["bold", "black", "heavy"].iter().any(|weight| plain.contains(weight)) {
        return Family::Title;
    }
    NAMES.iter().find(|(part, _)| plain.contains(part)).map_or(Family::Other, |(_, family)| *family)
}

/// The name of a face as a person reads it: old programs write it in GBK.
pub(super) fn name(bytes: &[u8]) -> String {
    const OLD: [(&[u8], &str); 6] = [
        (b"\xB7\xC2\xCB\xCE", "仿宋"),
        (b"\xBF\xAC\xCC\xE5", "楷体"),
        (b"\xBA\xDA\xCC\xE5", "黑体"),
        (b"\xD0\xA1\xB1\xEA\xCB\xCE", "小标宋"),
        (b"\xD6\xD0\xCB\xCE", "中宋"),
        (b"\xCB\xCE\xCC\xE5", "宋体"),
    ];
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.trim_end_matches("-Identity-H").to_owned();
    }
    let known = OLD.iter().find(|(old, _)| bytes.windows(old.len()).any(|part| part == *old));
    known.map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_of_offices_systems_and_free_ones_are_told_apart() {
        for (name, family_of_it) in [
            ("仿宋_GB2312", Family::Fang),
            ("ABCDEF+FandolFang-Regular", Family::Fang),
            ("方正仿宋_GBK", Family::Fang),
            ("STKaiti", Family::Kai),
            ("LXGW WenKai", Family::Kai),
            ("SimHei", Family::Hei),
            ("Noto Sans CJK SC", Family::Hei),
            ("FZXiaoBiaoSong-B05S", Family::Title),
            ("方正小标宋简体", Family::Title),
            ("NotoSerifSC-Bold", Family::Title),
            ("NotoSerifCJKjp-SemiBold", Family::Title),
            ("Noto Serif CJK SC", Family::Song),
            ("宋体", Family::Song),
            ("Times New Roman", Family::Other),
        ] {
            assert_eq!(family(name), family_of_it, "{name}");
        }
        assert_eq!(name(b"\xB7\xC2\xCB\xCE_GB2312"), "仿宋");
    }
}
