//! What the layout itself writes round an element is taken off one that was given with it, so that it stands there once.

/// A note without the brackets that stand round the whole of it (7.3.1, 7.3.6).
pub(super) fn unbracketed(text: String) -> String {
    for (open, close) in [('（', '）'), ('(', ')')] {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| is_one_pair(inner, open, close)) {
            return inner.trim().to_owned();
        }
    }
    text
}

/// Whether no bracket within closes what stands before it.
fn is_one_pair(inner: &str, open: char, close: char) -> bool {
    let mut depth = 0_usize;
    for character in inner.chars() {
        if character == open {
            depth += 1;
        } else if character == close {
            let Some(less) = depth.checked_sub(1) else { return false };
            depth = less;
        }
    }
    depth == 0
}

/// 主送机关 without the colon that follows them (7.3.2).
pub(super) fn without_colon(text: String) -> String {
    text.trim_end_matches(['：', ':', ' ', '　']).to_owned()
}

/// 抄送机关 without the full stop that ends them (7.4.2); a title and the name of an attachment, which end with none (7.3.1, 7.3.4).
pub(super) fn without_stop(text: String) -> String {
    text.trim_end_matches(['。', ' ', '　']).to_owned()
}
