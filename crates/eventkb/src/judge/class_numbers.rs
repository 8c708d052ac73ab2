//! Sets of classes: what findings are compared by. There may be very many.

/// Numbers of classes, in order, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClassNumbers(Box<[u32]>);

impl FromIterator<usize> for ClassNumbers {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> ClassNumbers {
        // No session has more classes than that: limits::MAX_CLASSES.
        let numbers = numbers.into_iter().filter_map(|n| u32::try_from(n).ok());
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        ClassNumbers(numbers.into())
    }
}

impl ClassNumbers {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|number| *number as usize)
    }

    pub(crate) fn is_subset(&self, other: &ClassNumbers) -> bool {
        let mut theirs = other.0.iter();
        self.0.iter().all(|number| {
            // Both are in order: what was passed over is not looked at again.
            theirs.by_ref().find(|other| *other >= number) == Some(number)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets() {
        let set = |numbers: &[usize]| numbers.iter().copied().collect::<ClassNumbers>();
        let all = set(&[9, 1, 4, 4, 7]);
        assert_eq!(all.len(), 4);
        for part in [&[][..], &[1], &[9], &[4, 7], &[1, 4, 7, 9]] {
            assert!(set(part).is_subset(&all), "{part:?}");
        }
        for other in [&[0][..], &[1, 2], &[10], &[1, 4, 7, 9, 11]] {
            assert!(!set(other).is_subset(&all), "{other:?}");
        }
    }
}
