//! Lanes for lines that run side by side.

/// Least distance of two lines in one lane, in pixels.
const APART: i32 = 12;

/// Gives each span (what, from, until) a lane: short ones first, each in the first lane where it meets no other.
pub(super) fn assign(spans: &[(usize, i32, i32)]) -> Vec<(usize, usize)> {
    let mut sorted: Vec<&(usize, i32, i32)> = spans.iter().collect();
    sorted.sort_by_key(|(what, from, until)| (until - from, *from, *what));
    let mut lanes: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut found = Vec::new();
    for (what, from, until) in sorted {
        let free = |taken: &Vec<(i32, i32)>| taken.iter().all(|(a, b)| *until + APART < *a || *b + APART < *from);
        let lane = lanes.iter().position(free).unwrap_or(lanes.len());
        if lane == lanes.len() {
            lanes.push(Vec::new());
        }
        lanes[lane].push((*from, *until));
        found.push((*what, lane));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_pass_each_other_are_apart() {
        assert_eq!(assign(&[(0, 0, 100), (1, 20, 40), (2, 60, 80)]), [(1, 0), (2, 0), (0, 1)]);
        assert_eq!(assign(&[(7, 0, 10), (8, 15, 30)]), [(7, 0), (8, 1)]);
        assert!(assign(&[]).is_empty());
    }
}
