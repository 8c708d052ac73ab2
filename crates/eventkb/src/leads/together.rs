//! How near events of several kinds lie to each other.

/// The smallest number of seconds within which each list has an entry; `None` where one is empty.
/// The lists are in order.
pub(crate) fn closest(lists: &[&[i64]]) -> Option<u64> {
    let mut at = vec![0_usize; lists.len()];
    let mut best: Option<u64> = None;
    loop {
        let mut low: Option<(i64, usize)> = None;
        let mut high: Option<i64> = None;
        for (n, list) in lists.iter().enumerate() {
            // A list that is used up ends the search: nothing later can be nearer.
            let Some(second) = at.get(n).and_then(|at| list.get(*at)) else {
                return best;
            };
            if low.is_none_or(|(lowest, _)| *second < lowest) {
                low = Some((*second, n));
            }
            high = high.max(Some(*second));
        }
        let ((low, first), high) = low.zip(high)?;
        let span = low.abs_diff(high);
        best = Some(best.map_or(span, |best| best.min(span)));
        if best == Some(0) {
            return best;
        }
        if let Some(at) = at.get_mut(first) {
            *at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_each() {
        assert_eq!(closest(&[&[0, 100, 200], &[103, 400]]), Some(3));
        assert_eq!(closest(&[&[0, 100], &[50], &[120]]), Some(70));
        assert_eq!(closest(&[&[5], &[5], &[5]]), Some(0));
        assert_eq!(closest(&[&[5], &[]]), None);
        assert_eq!(closest(&[]), None);
        assert_eq!(closest(&[&[7]]), Some(0));
    }
}
