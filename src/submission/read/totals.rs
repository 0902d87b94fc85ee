//! Rows below the headings of a list that are no answers: lines of totals, and notes.

/// Words of a line of totals. Beside another one of the last has to have a number to be one.
const TOTALS: [&str; 9] = ["合计数", "合计", "总计", "小计", "共计", "累计", "总数", "共", "总"];
/// What may stand around such a word without making it a name.
const AROUND_TOTALS: [&str; 21] = [
    "以上",
    "上述",
    "本表",
    "本页",
    "全表",
    "本单位",
    "我单位",
    "全部",
    "人员",
    "人数",
    "户数",
    "名单",
    "对象",
    "推荐",
    "报送",
    "有",
    "大写",
    "小写",
    "人民币",
    "金额",
    "资金",
];
/// And single characters.
const SIGNS_OF_TOTALS: &str = "：:()（）、，,.。人个户项条件份名元分圆角整正¥￥";
const NUMERALS: &str = "0123456789０１２３４５６７８９一二两三四五六七八九十百千零〇壹贰叁肆伍陆柒捌玖拾佰仟万萬亿";
/// Cells of a line that only counts, at most.
const COUNTING_CELLS_MAX: usize = 2;
/// Labels of notes below a list.
pub const NOTES: [&str; 26] = [
    "填表人",
    "制表人",
    "填报人",
    "审核人",
    "审核",
    "负责人",
    "单位负责人",
    "经办人",
    "联系人",
    "联系电话",
    "电话",
    "联系方式",
    "填报单位",
    "填表单位",
    "报送单位",
    "单位",
    "单位（盖章）",
    "盖章",
    "填报日期",
    "填表日期",
    "报送日期",
    "日期",
    "备注",
    "说明",
    "注",
    "填表说明",
];
/// Whether a line that begins so, with so many cells that hold something, tells a sum: `合计`, `共计3人`, `以上人员共1名`, and no name.
pub fn is_totals(word: &str, cells: usize) -> bool {
    let (mut rest, mut summed, mut alone) = (word, false, false);
    while let Some(sign) = rest.chars().next() {
        let after = |words: &[&'static str]| words.iter().find_map(|it| rest.strip_prefix(it).map(|rest| (*it, rest)));
        if let Some((total, left)) = after(&TOTALS) {
            (summed, alone, rest) = (true, alone || total.chars().count() > 1, left);
        } else if let Some((_, left)) = after(&AROUND_TOTALS) {
            rest = left;
        } else if SIGNS_OF_TOTALS.contains(sign) || NUMERALS.contains(sign) {
            rest = &rest[sign.len_utf8()..];
        } else {
            return false;
        }
    }
    summed && (alone || cells <= COUNTING_CELLS_MAX && word.contains(|sign| NUMERALS.contains(sign)))
}

#[cfg(test)]
mod tests {
    use super::is_totals;

    #[test]
    fn a_sum_is_told_from_a_name() {
        let sums = [
            "合计",
            "共计1人",
            "以上人员共1名",
            "共1人",
            "人数合计：1人",
            "本表共1人",
            "合计（3户）",
            "推荐对象共计：十二名",
            "合计（大写）：伍佰元整",
            "合计人民币(大写)：壹万贰仟叁佰圆零伍角",
            "资金合计：￥1,200.50元",
        ];
        let names = ["共青团县委", "总工会", "张三", "一", "1", "三人", "共", "总", "全部", "合计会计事务所", "计生办"];
        for word in sums {
            assert!(is_totals(word, 1), "{word}");
        }
        for word in names {
            assert!(!is_totals(word, 1), "{word}");
        }
    }
}
