//! A tree that grows node by node and is told depth first: pure.
//!
//! A node is known by its key and stands once, so adding it again changes nothing.

use std::collections::BTreeSet;

/// A tree that grows node by node.
#[derive(Debug)]
pub(super) struct Growing<K, T> {
    keys: BTreeSet<K>,
    nodes: Vec<Node<K, T>>,
}

#[derive(Debug)]
struct Node<K, T> {
    key: K,
    parent: Option<usize>,
    children: Vec<usize>,
    value: T,
}

impl<K, T> Default for Growing<K, T> {
    fn default() -> Self {
        Self { keys: BTreeSet::new(), nodes: Vec::new() }
    }
}

impl<K: Copy + Ord, T> Growing<K, T> {
    /// Adds a node below its parent, which was added before; none if the key is there already.
    pub(super) fn add(&mut self, parent: Option<usize>, key: K, value: T) -> Option<usize> {
        let place = self.nodes.len();
        if !self.keys.insert(key) {
            return None;
        }
        self.nodes.push(Node { key, parent, children: Vec::new(), value });
        if let Some(parent) = parent {
            self.nodes[parent].children.push(place);
        }
        Some(place)
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn get(&self, place: usize) -> &T {
        &self.nodes[place].value
    }

    /// The nodes depth first, children in the order of their keys; each with the place of its
    /// parent in this order and its depth.
    pub(super) fn into_depth_first(self) -> Vec<(T, Option<usize>, usize)> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut open: Vec<_> = self.roots().map(|root| (root, 0)).collect();
        open.reverse();
        while let Some((place, depth)) = open.pop() {
            order.push((place, depth));
            let mut children = self.nodes[place].children.clone();
            children.sort_unstable_by_key(|child| std::cmp::Reverse(self.nodes[*child].key));
            open.extend(children.into_iter().map(|child| (child, depth + 1)));
        }
        let mut told = vec![0; self.nodes.len()];
        order.iter().enumerate().for_each(|(new, (place, _))| told[*place] = new);
        let mut nodes: Vec<_> = self.nodes.into_iter().map(Some).collect();
        let node = |(place, depth): (usize, usize)| {
            let node: Node<K, T> = nodes[place].take()?;
            Some((node.value, node.parent.map(|parent| told[parent]), depth))
        };
        order.into_iter().filter_map(node).collect()
    }

    fn roots(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(|place| self.nodes[*place].parent.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Edges `parent>child` in the order they are found; the first word is the root.
    fn check(edges: &[&str], expected: &str) {
        let mut tree = Growing::default();
        let mut places = std::collections::HashMap::new();
        for edge in edges {
            let (parent, child) = edge.rsplit_once('>').unwrap_or(("", edge));
            let key: u32 = child.parse().expect("a number");
            if let Some(place) = tree.add(places.get(parent).copied(), key, key) {
                places.insert(child, place);
            }
        }
        let line = |(value, parent, depth): &(u32, Option<usize>, usize)| {
            let parent = parent.map_or("-".to_owned(), |parent| parent.to_string());
            format!("{}{value}({parent})", ".".repeat(*depth))
        };
        let told = tree.into_depth_first();
        assert_eq!(told.iter().map(line).collect::<Vec<_>>().join(" "), expected, "{edges:?}");
    }

    // Protects: every event of a cascade stands once, below its cause, in the order of time.
    #[test]
    fn depth_first() {
        check(&["1"], "1(-)");
        check(&["1", "1>5", "1>3", "3>4", "5>6"], "1(-) .3(0) ..4(1) .5(0) ..6(3)");
        // A circle, and a second cause of one event.
        check(&["1", "1>2", "2>1", "1>3", "2>3"], "1(-) .2(0) .3(0)");
    }
}
