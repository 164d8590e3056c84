//! What was used lately: keys with the time of their last use, in the order of use, up to a capacity.
//!
//! A table with open addressing points into a list of nodes that are linked in the order of use. Looking a key up is one
//! probe of the table as a rule; nothing is allocated for it.

use super::request::drawn;

/// No node.
const NONE: u32 = u32::MAX;
/// The table grows when three quarters of it are taken.
const LEAST_SLOTS: usize = 64;

/// Keys in the order of their last use.
#[derive(Debug)]
pub struct Recent {
    nodes: Vec<Node>,
    /// Nodes by hash of their key; as many as a power of two.
    slots: Vec<u32>,
    first: u32,
    last: u32,
    free: u32,
    length: usize,
    capacity: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    key: u64,
    time: i64,
    /// Used later and earlier than this.
    later: u32,
    earlier: u32,
}

impl Recent {
    /// An empty one that keeps at most `capacity` keys.
    pub fn new(capacity: Option<usize>) -> Self {
        Self {
            nodes: Vec::new(),
            slots: vec![NONE; LEAST_SLOTS],
            first: NONE,
            last: NONE,
            free: NONE,
            length: 0,
            capacity,
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::new(self.capacity);
    }

    /// When `key` was last used.
    #[inline]
    pub fn time_of(&self, key: u64) -> Option<i64> {
        self.at(key).map(|(_, time)| time)
    }

    /// The same with its node, which [`Recent::touch_at`] takes while nothing is forgotten.
    #[inline]
    pub fn at(&self, key: u64) -> Option<(u32, i64)> {
        let (_, index) = self.probe(key);
        self.node(index).map(|node| (index, node.time))
    }

    /// `key` is the latest now, used at `time`. What is beyond the capacity stays until [`Recent::shrink`].
    #[inline]
    pub fn touch(&mut self, key: u64, time: i64) {
        match self.probe(key) {
            (slot, NONE) => self.insert(key, time, slot),
            (_, index) => self.touch_at(index, time),
        }
    }

    /// The key of this node is the latest now, used at `time`.
    #[inline]
    pub fn touch_at(&mut self, index: u32, time: i64) {
        if let Some(node) = self.nodes.get_mut(index as usize) {
            node.time = time;
        }
        if self.first != index {
            self.unlink(index);
            self.link(index);
        }
    }

    /// Forgets the least recently used keys beyond the capacity.
    pub fn shrink(&mut self) {
        while self.capacity.is_some_and(|capacity| self.length > capacity) {
            self.remove(self.last);
        }
    }

    /// Forgets keys that were last used before `time`, as far as they are the earliest.
    pub fn forget_before(&mut self, time: i64) {
        while self.node(self.last).is_some_and(|node| node.time < time) {
            self.remove(self.last);
        }
    }

    fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(index as usize)
    }

    #[inline]
    fn home(&self, key: u64) -> usize {
        drawn(key, 0) as usize & (self.slots.len() - 1)
    }

    /// The slot of `key` and its node; where there is none, the slot that is free for it.
    #[inline]
    fn probe(&self, key: u64) -> (usize, u32) {
        let mut slot = self.home(key);
        loop {
            match self.slots.get(slot).copied().unwrap_or(NONE) {
                NONE => return (slot, NONE),
                index if self.node(index).is_some_and(|node| node.key == key) => return (slot, index),
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// A new key, for which `slot` is free.
    fn insert(&mut self, key: u64, time: i64, mut slot: usize) {
        if (self.length + 1) * 4 > self.slots.len() * 3 {
            self.grow();
            (slot, _) = self.probe(key);
        }
        let node = Node { key, time, later: NONE, earlier: NONE };
        let index = self.free;
        let index = match self.nodes.get_mut(index as usize) {
            Some(slot) => {
                self.free = slot.earlier;
                *slot = node;
                index
            }
            None => {
                self.nodes.push(node);
                // Four billion blocks do not fit into memory.
                u32::try_from(self.nodes.len() - 1).unwrap_or(NONE)
            }
        };
        if let Some(free) = self.slots.get_mut(slot) {
            *free = index;
        }
        self.link(index);
        self.length += 1;
    }

    fn grow(&mut self) {
        self.slots = vec![NONE; self.slots.len() * 2];
        let mut index = self.first;
        while let Some(node) = self.node(index).copied() {
            // It is nowhere yet, so that what is found is free.
            let (slot, _) = self.probe(node.key);
            if let Some(free) = self.slots.get_mut(slot) {
                *free = index;
            }
            index = node.earlier;
        }
    }

    fn link(&mut self, index: u32) {
        let first = self.first;
        if let Some(node) = self.nodes.get_mut(index as usize) {
            (node.later, node.earlier) = (NONE, first);
        }
        match self.nodes.get_mut(first as usize) {
            Some(node) => node.later = index,
            None => self.last = index,
        }
        self.first = index;
    }

    fn unlink(&mut self, index: u32) {
        let Some(Node { later, earlier, .. }) = self.node(index).copied() else { return };
        match self.nodes.get_mut(later as usize) {
            Some(node) => node.earlier = earlier,
            None => self.first = earlier,
        }
        match self.nodes.get_mut(earlier as usize) {
            Some(node) => node.later = later,
            None => self.last = later,
        }
    }

    fn remove(&mut self, index: u32) {
        let Some(key) = self.node(index).map(|node| node.key) else { return };
        let (slot, _) = self.probe(key);
        self.vacate(slot);
        self.unlink(index);
        if let Some(node) = self.nodes.get_mut(index as usize) {
            node.earlier = self.free;
        }
        self.free = index;
        self.length -= 1;
    }

    /// Empties a slot; keys behind it that were pushed on move up.
    fn vacate(&mut self, mut hole: usize) {
        let mask = self.slots.len() - 1;
        let mut slot = hole;
        loop {
            slot = (slot + 1) & mask;
            let index = self.slots.get(slot).copied().unwrap_or(NONE);
            let Some(key) = self.node(index).filter(|_| index != NONE).map(|node| node.key) else { break };
            let home = self.home(key);
            // It may move up unless its home lies behind the hole.
            if (slot.wrapping_sub(home) & mask) >= (slot.wrapping_sub(hole) & mask) {
                if let Some(target) = self.slots.get_mut(hole) {
                    *target = index;
                }
                hole = slot;
            }
        }
        if let Some(target) = self.slots.get_mut(hole) {
            *target = NONE;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against a list that is searched and moved by hand.
        #[test]
        fn it_remembers_what_a_plain_list_remembers(
            capacity in 1usize..20,
            steps in proptest::collection::vec((0u64..40, 0u8..8), 0..400),
        ) {
            let mut recent = Recent::new(Some(capacity));
            let mut list: Vec<(u64, i64)> = Vec::new();
            for (now, (key, kind)) in steps.into_iter().enumerate() {
                let now = now as i64;
                prop_assert_eq!(recent.time_of(key), list.iter().find(|(known, _)| *known == key).map(|(_, time)| *time));
                if kind == 0 {
                    let before = now - key as i64;
                    recent.forget_before(before);
                    while list.last().is_some_and(|(_, time)| *time < before) {
                        list.pop();
                    }
                } else {
                    recent.touch(key, now);
                    list.retain(|(known, _)| *known != key);
                    list.insert(0, (key, now));
                    if kind > 3 {
                        recent.shrink();
                        list.truncate(capacity);
                    }
                }
                prop_assert_eq!(recent.length, list.len());
            }
            for key in 0..40 {
                prop_assert_eq!(recent.time_of(key), list.iter().find(|(known, _)| *known == key).map(|(_, time)| *time));
            }
        }
    }
}
