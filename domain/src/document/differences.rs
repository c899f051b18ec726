//! The fewest differences between two sequences, as far as a number of steps goes.
//!
//! Myers' search in linear space ("An O(ND) Difference Algorithm and Its Variations"). Work is counted in
//! steps and not in time, so every device finds the same differences. Where the steps do not reach, what is
//! left counts as replaced: still a right answer, only a longer one.

use std::ops::Range;

/// How many differences a search looks for from either end.
const MAX_DISTANCE: i32 = 2_048;

/// One place at which two sequences differ: what stood there, and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// In the old sequence.
    pub old: Range<usize>,
    /// In the new one.
    pub new: Range<usize>,
}

/// The steps that are left for a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps(pub u32);

impl Steps {
    fn take(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }
}

/// The places at which two sequences differ, in order. Between them both are equal, and no two touch.
pub(super) fn differences(old: &[u32], new: &[u32], steps: &mut Steps) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut boxes = vec![Place { old: 0..old.len(), new: 0..new.len() }];
    while let Some(whole) = boxes.pop() {
        let rest = without_common_ends(old, new, whole);
        if rest.old.is_empty() && rest.new.is_empty() {
            continue;
        }
        match split(old, new, &rest, steps) {
            Some((x, y)) => {
                boxes.push(Place { old: x..rest.old.end, new: y..rest.new.end });
                boxes.push(Place { old: rest.old.start..x, new: rest.new.start..y });
            }
            None => match places.last_mut() {
                Some(last) if last.old.end == rest.old.start && last.new.end == rest.new.start => {
                    (last.old.end, last.new.end) = (rest.old.end, rest.new.end);
                }
                _ => places.push(rest),
            },
        }
    }
    places
}

/// What is left of a place when its common beginning and end are taken off.
pub(super) fn without_common_ends<T: PartialEq>(old: &[T], new: &[T], place: Place) -> Place {
    let a = old.get(place.old.clone()).unwrap_or_default();
    let b = new.get(place.new.clone()).unwrap_or_default();
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    // Beginning and end must not overlap, as they would where a letter is repeated.
    let most = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    Place {
        old: place.old.start + start..place.old.end - end,
        new: place.new.start + start..place.new.end - end,
    }
}

/// A point on a short way through a place that has no common ends; `None` if all of it counts as replaced.
fn split(old: &[u32], new: &[u32], place: &Place, steps: &mut Steps) -> Option<(usize, usize)> {
    let a = old.get(place.old.clone()).unwrap_or_default();
    let b = new.get(place.new.clone()).unwrap_or_default();
    if a.is_empty() || b.is_empty() || steps.0 == 0 {
        return None;
    }
    let (n, m) = (i32::try_from(a.len()).ok()?, i32::try_from(b.len()).ok()?);
    let (x, y) = middle(a, b, n, m, steps)?;
    let inside = |x: i32, y: i32| (x, y) != (0, 0) && (x, y) != (n, m);
    let (from_a, from_b) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
    inside(x, y).then_some((place.old.start + from_a, place.new.start + from_b))
}

/// Where the searches from both ends meet or, if they are broken off, the furthest that one of them came. A
/// search may take half of the steps that are left, so that some are left for what stands beside it.
fn middle(a: &[u32], b: &[u32], n: i32, m: i32, steps: &mut Steps) -> Option<(i32, i32)> {
    let at =
        |text: &[u32], place: i32| usize::try_from(place).ok().and_then(|place| text.get(place).copied());
    let forth = |x: i32, y: i32| at(a, x) == at(b, y);
    let back = |x: i32, y: i32| at(a, n - 1 - x) == at(b, m - 1 - y);
    let (delta, most) = (n - m, ((n + m + 1) / 2).min(MAX_DISTANCE));
    let is_odd = delta % 2 != 0;
    let mut from_start = Front::new(most, n, m);
    let mut from_end = Front::new(most, n, m);
    let until = steps.0 / 2;
    let mut reached = 0;
    for distance in 0..=most {
        reached = distance;
        for diagonal in (-distance..=distance).step_by(2) {
            let x = from_start.advance(diagonal, distance, forth, steps);
            let other = from_end.get(delta - diagonal);
            let meet = is_odd && (delta - diagonal).abs() < distance && x >= 0 && other >= 0;
            if meet && x + other >= n {
                return Some((x, x - diagonal));
            }
        }
        for diagonal in (-distance..=distance).step_by(2) {
            let x = from_end.advance(diagonal, distance, back, steps);
            let other = from_start.get(delta - diagonal);
            let meet = !is_odd && (delta - diagonal).abs() <= distance && x >= 0 && other >= 0;
            if meet && x + other >= n {
                return Some((n - x, m - (x - diagonal)));
            }
        }
        if steps.0 <= until {
            break;
        }
    }
    let (forth, x, y) = from_start.furthest(reached)?;
    let (back, from_x, from_y) = from_end.furthest(reached)?;
    Some(if forth >= back { (x, y) } else { (n - from_x, m - from_y) })
}

/// How far a search came on each diagonal, counted in the first sequence.
struct Front {
    reached: Vec<i32>,
    most: i32,
    n: i32,
    m: i32,
}

impl Front {
    fn new(most: i32, n: i32, m: i32) -> Self {
        let diagonals = usize::try_from(2 * most + 3).unwrap_or_default();
        Self { reached: vec![-1; diagonals], most, n, m }
    }

    /// -1 for a diagonal that it has not come to.
    fn get(&self, diagonal: i32) -> i32 {
        let place = usize::try_from(diagonal + self.most + 1).ok();
        place.and_then(|place| self.reached.get(place).copied()).unwrap_or(-1)
    }

    /// How far it came after so many differences, and where; of several places one in the middle.
    fn furthest(&self, distance: i32) -> Option<(i32, i32, i32)> {
        let diagonals = (-distance..=distance).step_by(2);
        let reached = diagonals.map(|diagonal| (self.get(diagonal), diagonal)).filter(|(x, _)| *x >= 0);
        let far = reached.max_by_key(|(x, diagonal)| (2 * x - diagonal, -diagonal.abs()));
        far.map(|(x, diagonal)| (2 * x - diagonal, x, x - diagonal))
    }

    /// Goes one difference further on a diagonal, and then as far as both are equal.
    fn advance(
        &mut self,
        diagonal: i32,
        distance: i32,
        is_same: impl Fn(i32, i32) -> bool,
        steps: &mut Steps,
    ) -> i32 {
        let (inserted, erased) = (self.get(diagonal + 1), self.get(diagonal - 1));
        let inserted = if inserted - diagonal <= self.m { inserted } else { -1 };
        let erased = if (0..self.n).contains(&erased) { erased + 1 } else { -1 };
        let mut x = if distance == 0 { 0 } else { inserted.max(erased) };
        steps.take();
        while x >= 0 && x < self.n && x - diagonal < self.m && is_same(x, x - diagonal) {
            x += 1;
            steps.take();
        }
        if let Some(reached) =
            usize::try_from(diagonal + self.most + 1).ok().and_then(|place| self.reached.get_mut(place))
        {
            *reached = x;
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The new sequence, made of the old one and the places.
    fn applied(old: &[u32], new: &[u32], places: &[Place]) -> Vec<u32> {
        let mut made = Vec::new();
        let mut at = 0;
        for place in places {
            made.extend(&old[at..place.old.start]);
            made.extend(&new[place.new.clone()]);
            at = place.old.end;
        }
        made.extend(&old[at..]);
        made
    }

    fn size(places: &[Place]) -> usize {
        places.iter().map(|place| place.old.len() + place.new.len()).sum()
    }

    /// The fewest differences, by the table that every textbook has.
    fn fewest(old: &[u32], new: &[u32]) -> usize {
        let mut row: Vec<usize> = (0..=new.len()).collect();
        for (n, a) in (1..).zip(old) {
            let mut next = vec![n];
            for (m, b) in new.iter().enumerate() {
                next.push(if a == b { row[m] } else { 1 + next[m].min(row[m + 1]) });
            }
            row = next;
        }
        row[new.len()]
    }

    fn touching(places: &[Place]) -> bool {
        places.windows(2).any(|two| two[0].old.end >= two[1].old.start || two[0].new.end >= two[1].new.start)
    }

    proptest! {
        #[test]
        fn the_places_make_the_new_of_the_old_and_are_as_few_as_can_be(
            old in prop::collection::vec(0..4_u32, 0..60),
            new in prop::collection::vec(0..4_u32, 0..60),
        ) {
            let places = differences(&old, &new, &mut Steps(1_000_000));
            prop_assert_eq!(applied(&old, &new, &places), &new[..]);
            prop_assert_eq!(size(&places), fewest(&old, &new));
            prop_assert!(!touching(&places));
        }

        #[test]
        fn with_too_few_steps_they_are_right_all_the_same(
            old in prop::collection::vec(0..9_u32, 0..1_500),
            new in prop::collection::vec(0..9_u32, 0..1_500),
            steps in 0..100_000_u32,
        ) {
            let places = differences(&old, &new, &mut Steps(steps));
            prop_assert_eq!(applied(&old, &new, &places), &new[..]);
            prop_assert!(!touching(&places));
        }
    }

    #[test]
    fn what_is_far_apart_is_found_and_what_has_nothing_in_common_ends() {
        let old: Vec<u32> = (0..60_000).collect();
        let mut new = old.clone();
        new.splice(100..700, 100_000..100_600);
        new[50_000] = 7;
        let mut steps = Steps(4_000_000);
        let places = differences(&old, &new, &mut steps);
        assert_eq!(applied(&old, &new, &places), new);
        assert_eq!(size(&places), 2 * 600 + 2);
        // A chapter is taken out, a word is changed before it, and another one behind it.
        let mut shorter = old.clone();
        shorter.drain(10_000..11_500);
        (shorter[50], shorter[40_000]) = (7, 8);
        let places = differences(&old, &shorter, &mut Steps(4_000_000));
        assert_eq!(applied(&old, &shorter, &places), shorter);
        assert_eq!(size(&places), 1_500 + 4);
        let other: Vec<u32> = (1..60_000).rev().collect();
        let places = differences(&old, &other, &mut Steps(4_000_000));
        assert_eq!(applied(&old, &other, &places), other);
    }
}
