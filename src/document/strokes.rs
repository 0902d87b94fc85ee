//! 姓氏笔画 order: lists of people as official papers set them, by the strokes of the surname.
//!
//! The rule: fewer strokes of the first character come first; among equals the order of its strokes decides, compared
//! stroke by stroke as 横, 竖, 撇, 点, 折. Of one surname, single-character given names stand first, then the second
//! character decides in the same way, then the third. What is still equal stands in the order of Unicode, so that an order
//! never depends on how a list was entered. A compound surname (欧阳) is ordered by its characters like any other name.
//!
//! Counts are those of Unicode's Unihan (the mainland form where two are given: 骨 has 9, not 10); the order of strokes is
//! known for the 6,937 characters of everyday use, and one without it comes after those of as many strokes. Both tables and
//! how they were derived stand in `strokes/`. A character without a count is an error that names it.

use std::sync::LazyLock;

const TOTALS: &str = include_str!("strokes/total.txt");
const ORDERS: &str = include_str!("strokes/order.txt");

/// Characters and their counts, by character.
static COUNTS: LazyLock<Vec<(char, u8)>> = LazyLock::new(|| {
    let count = |line: &'static str| line.split_once(' ').and_then(|(count, all)| Some((count.parse().ok()?, all)));
    table(TOTALS.lines().filter_map(count))
});

/// Characters and how they are written, by character: `1` to `5` for the five classes.
static WRITTEN: LazyLock<Vec<(char, &'static str)>> =
    LazyLock::new(|| table(ORDERS.lines().filter_map(|line| line.split_once(' '))));

fn table<T: Copy>(lines: impl Iterator<Item = (T, &'static str)>) -> Vec<(char, T)> {
    let mut all: Vec<(char, T)> =
        lines.flat_map(|(value, characters)| characters.chars().map(move |it| (it, value))).collect();
    all.sort_unstable_by_key(|(character, _)| *character);
    all
}

fn of<T: Copy>(table: &[(char, T)], character: char) -> Option<T> {
    let place = table.binary_search_by_key(&character, |(it, _)| *it).ok()?;
    table.get(place).map(|(_, value)| *value)
}

/// How many strokes a character has; None when Unihan does not say.
pub fn count(character: char) -> Option<u8> {
    of(&COUNTS, character)
}

/// Where one character stands among others: strokes, whether how it is written is unknown, how it is written, itself.
type Rank = (u8, bool, &'static str, char);

/// Where a name stands among others: its first character, its length, the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(Option<Rank>, usize, Vec<Rank>);

/// Where a name stands. Spaces and the `·` inside a name are passed over.
///
/// # Errors
/// The characters that have no count, in the order they stand.
pub fn place(name: &str) -> Result<Place, Vec<char>> {
    let characters: Vec<char> = name.chars().filter(|it| !it.is_whitespace() && !"·•".contains(*it)).collect();
    let unknown: Vec<char> = characters.iter().copied().filter(|it| count(*it).is_none()).collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let mut ranks = characters.iter().map(|it| {
        let written = of(&WRITTEN, *it);
        (count(*it).unwrap_or(u8::MAX), written.is_none(), written.unwrap_or_default(), *it)
    });
    Ok(Place(ranks.next(), characters.len(), ranks.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(names: &str) -> String {
        let mut names: Vec<&str> = names.split_whitespace().collect();
        names.sort_by_key(|it| place(it).unwrap());
        names.join(" ")
    }

    #[test]
    fn surnames_stand_by_strokes_and_then_by_how_they_are_written() {
        let names = "黄 张 王 赵 李 丁 陈 刘 马 于 卜 林 郑 孙 周 吴 徐 朱 胡 郭 何 高 罗 梁 宋 谢 唐 韩 曹 许 邓 萧 冯 曾 程 蔡 彭 潘 袁 董 余 苏 叶 吕 魏 蒋 田 杜 沈 姜 范 江 傅 钟 卢 汪 戴 崔 任 陆 廖 姚 方 金 邱 夏 谭 韦 贾 邹 石 熊 孟 秦 薛 侯 雷 白 龙 段 郝 孔 邵 史 毛 常 万 顾 赖 武 康 贺 严 尹 钱 施 牛 洪 龚 杨";
        let expected = "丁 卜 于 万 马 王 韦 牛 毛 方 尹 孔 邓 石 龙 卢 叶 田 史 白 冯 吕 朱 任 刘 江 许 孙 严 苏 杜 李 杨 吴 邱 何 余 邹 汪 沈 宋 张 陆 陈 邵 武 范 林 罗 金 周 郑 孟 赵 郝 胡 钟 段 侯 施 姜 洪 姚 贺 秦 袁 贾 夏 顾 钱 徐 高 郭 唐 黄 萧 曹 龚 常 崔 康 梁 彭 董 蒋 韩 程 傅 曾 谢 赖 雷 蔡 廖 谭 熊 潘 薛 戴 魏";
        assert_eq!(ordered(names), expected);
    }

    #[test]
    fn of_one_surname_short_names_come_first_and_then_the_second_character_decides() {
        assert_eq!(ordered("王小明 王伟 王一 王刚 王大勇 李四 王小丽"), "王一 王刚 王伟 王大勇 王小丽 王小明 李四");
        assert_eq!(ordered("欧阳娜 欧文 欧小明"), "欧文 欧小明 欧阳娜");
        assert_eq!(place("张　三"), place("张三"));
        assert_eq!(ordered("买买提·吐尔逊 丁一 阿不都拉·热合曼"), "丁一 买买提·吐尔逊 阿不都拉·热合曼");
    }

    #[test]
    fn counts_are_those_of_the_mainland_forms() {
        let known =
            [('一', 1), ('丁', 2), ('骨', 9), ('范', 8), ('邓', 4), ('花', 7), ('连', 7), ('陈', 7), ('黄', 11)];
        let rare = [('魏', 17), ('䶮', 9), ('㛃', 9), ('𬭊', 12), ('𫖯', 12), ('㙍', 11)];
        for (character, strokes) in known.into_iter().chain(rare) {
            assert_eq!(count(character), Some(strokes), "{character}");
        }
    }

    #[test]
    fn characters_without_a_count_are_named() {
        assert_eq!(place("Li小A"), Err(vec!['L', 'i', 'A']));
        assert!(COUNTS.len() > 98_000 && WRITTEN.len() == 6937, "{} {}", COUNTS.len(), WRITTEN.len());
        let unequal: Vec<char> = WRITTEN
            .iter()
            .filter(|(it, order)| count(*it).map(usize::from) != Some(order.len()))
            .map(|it| it.0)
            .collect();
        assert!(unequal.is_empty(), "{unequal:?}");
    }
}
