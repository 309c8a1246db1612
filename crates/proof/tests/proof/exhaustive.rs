//! Every proof of every tree up to 256 leaves, and every way to spoil one.
//!
//! The builder is checked against the definition of the tree, the verifier against the shape of
//! the path: sizes are bound to a root by the checkpoint's signature, not by the proof, so a
//! proof with another size is accepted exactly when that size gives the path the same shape.

use crate::memory::{MemoryTree, root_by_definition};
use annals_proof::{
    ConsistencyProof, Frontier, Hash, InclusionProof, LeafIndex, PROOF_HASHES_MAX, ProofError,
    Subtree, SubtreeProof, TreeSize, hash_leaf,
};

const LEAVES: u64 = 256;

fn leaves() -> Vec<Hash> {
    (0..LEAVES).map(|i| hash_leaf(&i.to_be_bytes())).collect()
}

fn tree() -> MemoryTree {
    MemoryTree::of((0..LEAVES).map(u64::to_be_bytes))
}

/// Roots by size.
fn roots() -> Vec<Hash> {
    let leaves = leaves();
    (0..=leaves.len()).map(|size| root_by_definition(&leaves[..size])).collect()
}

/// All lists that differ from `hashes` in one place: a bit flipped, a hash dropped, doubled,
/// added or swapped with another.
fn spoiled(hashes: &[Hash]) -> Vec<Vec<Hash>> {
    let stranger = hash_leaf(b"stranger");
    let mut lists = Vec::new();
    let mut add = |change: &dyn Fn(&mut Vec<Hash>)| {
        let mut list = hashes.to_vec();
        change(&mut list);
        if list != hashes {
            lists.push(list);
        }
    };
    for i in 0..hashes.len() {
        add(&|list| list[i].0[i % 32] ^= 1 << (i % 8));
        add(&|list| _ = list.remove(i));
        add(&|list| list.insert(i, hashes[i]));
        add(&|list| list.insert(i, stranger));
        for other in 0..i {
            add(&|list| list.swap(i, other));
        }
    }
    add(&|list| list.push(stranger));
    add(&|list| list.resize(PROOF_HASHES_MAX + 1, stranger));
    lists
}

/// For each hash of a proof from the leaf up: whether the sibling stands left.
fn inclusion_shape(index: u64, size: u64) -> Vec<bool> {
    if size == 1 {
        return Vec::new();
    }
    let middle = 1 << (size - 1).ilog2();
    let left = index >= middle;
    let mut shape = match left {
        true => inclusion_shape(index - middle, size - middle),
        false => inclusion_shape(index, middle),
    };
    shape.push(left);
    shape
}

/// As above for a consistency proof; first, whether the proof starts from the old root.
fn consistency_shape(old: u64, new: u64, whole: bool) -> (bool, Vec<bool>) {
    if old == new {
        return (whole, Vec::new());
    }
    let middle = 1 << (new - 1).ilog2();
    let left = old > middle;
    let (start, mut shape) = match left {
        true => consistency_shape(old - middle, new - middle, false),
        false => consistency_shape(old, middle, whole),
    };
    shape.push(left);
    (start, shape)
}

/// Sizes near `size`, and those at the ends of the number range.
fn other_sizes(size: u64) -> impl Iterator<Item = u64> {
    let near = size.saturating_sub(3)..size + 4;
    let far = [0, 1, size / 2, size * 2, 1 << 62, 1 << 63, u64::MAX - 1, u64::MAX];
    near.chain(far).filter(move |other| *other != size)
}

#[test]
fn frontier_gives_every_root() {
    let (leaves, tree) = (leaves(), tree());
    let mut frontier = Frontier::empty();
    for size in 0..=leaves.len() {
        assert_eq!(frontier.size(), TreeSize(size as u64));
        assert_eq!(frontier.root(), root_by_definition(&leaves[..size]));
        let Ok(loaded) = Frontier::load(frontier.size(), &tree);
        assert_eq!(loaded, frontier);
        if let Some(leaf) = leaves.get(size) {
            frontier.append(*leaf, |_, _| ());
        }
    }
    assert_eq!(tree.arrays[0], leaves);
    assert_eq!(tree.arrays[1], [root_by_definition(&leaves)]);
}

#[test]
fn inclusion() {
    let (leaves, roots, tree) = (leaves(), roots(), tree());
    for size in 1..=LEAVES {
        let root = &roots[size as usize];
        for index in 0..size {
            let leaf = &leaves[index as usize];
            let Ok(proof) = InclusionProof::build(LeafIndex(index), TreeSize(size), &tree);
            assert_eq!(proof.verify(leaf, root), Ok(()), "{proof:?}");

            let refused = |proof: &InclusionProof, leaf, root| {
                assert!(proof.verify(leaf, root).is_err(), "{index} of {size}: {proof:?}");
            };
            for hashes in spoiled(&proof.hashes) {
                refused(&InclusionProof { hashes, ..proof.clone() }, leaf, root);
            }
            refused(&proof, &roots[0], root);
            refused(&proof, leaf, &roots[0]);
            refused(&proof, leaf, &roots[size as usize - 1]);
            let near = index.saturating_sub(2)..index + 3;
            for other in near.chain([index ^ 4, index ^ 128, u64::MAX]).filter(|i| *i != index) {
                refused(&InclusionProof { index: LeafIndex(other), ..proof.clone() }, leaf, root);
            }
            let shape = inclusion_shape(index, size);
            for other in other_sizes(size) {
                let proof = InclusionProof { size: TreeSize(other), ..proof.clone() };
                let same_shape = index < other && inclusion_shape(index, other) == shape;
                assert_eq!(proof.verify(leaf, root).is_ok(), same_shape, "{size} {other}");
            }
        }
    }
}

#[test]
fn consistency() {
    let (roots, tree) = (roots(), tree());
    for new in 1..=LEAVES {
        for old in 1..=new {
            let (old_root, new_root) = (&roots[old as usize], &roots[new as usize]);
            let Ok(proof) = ConsistencyProof::build(TreeSize(old), TreeSize(new), &tree);
            assert_eq!(proof.verify(old_root, new_root), Ok(()), "{proof:?}");

            let refused = |proof: &ConsistencyProof, old_root, new_root| {
                assert!(proof.verify(old_root, new_root).is_err(), "{old} to {new}: {proof:?}");
            };
            for hashes in spoiled(&proof.hashes) {
                refused(&ConsistencyProof { hashes, ..proof.clone() }, old_root, new_root);
            }
            refused(&proof, &roots[0], new_root);
            refused(&proof, old_root, &roots[0]);
            if old != new {
                refused(&proof, new_root, old_root);
                let swapped = ConsistencyProof { old: proof.new, new: proof.old, ..proof.clone() };
                refused(&swapped, old_root, new_root);
                refused(&swapped, new_root, old_root);
            }
            let shape = consistency_shape(old, new, true);
            let fits =
                |old, new| 0 < old && old < new && consistency_shape(old, new, true) == shape;
            for other in other_sizes(old) {
                let proof = ConsistencyProof { old: TreeSize(other), ..proof.clone() };
                let result = proof.verify(old_root, new_root);
                assert_eq!(result.is_ok(), fits(other, new), "{old} {new}: old {other}");
            }
            for other in other_sizes(new) {
                let proof = ConsistencyProof { new: TreeSize(other), ..proof.clone() };
                let result = proof.verify(old_root, new_root);
                let fits = old != new && fits(old, other);
                assert_eq!(result.is_ok(), fits, "{old} {new}: new {other}");
            }
        }
    }
}

/// Every subtree of every tree up to 64 leaves: its leaves and its place are proved, a proof of a
/// whole tree is the plain one, and a spoiled proof is refused.
#[test]
fn subtrees() {
    let (leaves, roots, tree) = (leaves(), roots(), tree());
    let stranger = hash_leaf(b"stranger");
    for (start, end) in (0..=64_u64).flat_map(|end| (0..=end).map(move |start| (start, end))) {
        let length = end - start;
        let aligned = length == 0 || start % length.next_power_of_two() == 0;
        let subtree = Subtree::new(LeafIndex(start), LeafIndex(end));
        let Ok(subtree) = subtree else {
            assert!(!aligned, "{start}..{end}");
            continue;
        };
        assert!(aligned, "{start}..{end}");
        let Ok(hash) = subtree.hash(&tree);
        assert_eq!(hash, root_by_definition(&leaves[start as usize..end as usize]));
        for index in 0..70 {
            let Ok(proof) = subtree.prove(LeafIndex(index), &tree);
            let verified = proof.verify(&leaves[index as usize], &hash).is_ok();
            assert_eq!(verified, (start..end).contains(&index), "{index} in {start}..{end}");
        }
        for size in 0..=64 {
            let root = &roots[size as usize];
            let Ok(proof) = SubtreeProof::build(subtree, TreeSize(size), &tree);
            assert_eq!(proof.verify(&hash, root).is_ok(), end <= size, "{proof:?}");
            if size < end || length == 0 {
                assert_eq!(proof.hashes, []);
                continue;
            }
            for hashes in spoiled(&proof.hashes) {
                let spoiled = SubtreeProof { hashes, ..proof.clone() };
                assert!(spoiled.verify(&hash, root).is_err(), "{spoiled:?}");
            }
            assert!(proof.verify(&stranger, root).is_err());
            assert!(proof.verify(&hash, &stranger).is_err());
            if start == 0 {
                let Ok(plain) = ConsistencyProof::build(TreeSize(end), TreeSize(size), &tree);
                assert_eq!(proof.hashes, plain.hashes);
            }
        }
    }
    // At the end of the number range nothing overflows.
    for (start, end) in [(0, u64::MAX), (1 << 63, u64::MAX), (u64::MAX, u64::MAX)] {
        let subtree = Subtree::new(LeafIndex(start), LeafIndex(end)).unwrap();
        let hashes = vec![stranger; PROOF_HASHES_MAX];
        let proof = SubtreeProof { subtree, size: TreeSize(u64::MAX), hashes };
        assert!(proof.verify(&stranger, &stranger).is_err());
    }
    assert!(Subtree::new(LeafIndex(1), LeafIndex(u64::MAX)).is_err());
    assert!(Subtree::new(LeafIndex(2), LeafIndex(1)).is_err());
}

/// Where there is nothing to prove a proof is empty and refused, never built in vain for ever.
#[test]
fn nothing_to_prove() {
    let (roots, tree) = (roots(), tree());
    for (index, size) in [(0, 0), (5, 5), (u64::MAX, 5), (u64::MAX, 0)] {
        let Ok(proof) = InclusionProof::build(LeafIndex(index), TreeSize(size), &tree);
        assert_eq!(proof.hashes, []);
        let error = proof.verify(&roots[1], &roots[1]).unwrap_err();
        assert_eq!(error, ProofError::IndexBeyondTree { index, size });
    }
    for (old, new, expected) in [
        (0, 5, ProofError::OldTreeEmpty),
        (6, 5, ProofError::SizesReversed { old: 6, new: 5 }),
        (u64::MAX, 0, ProofError::SizesReversed { old: u64::MAX, new: 0 }),
    ] {
        let Ok(proof) = ConsistencyProof::build(TreeSize(old), TreeSize(new), &tree);
        assert_eq!(proof.hashes, []);
        assert_eq!(proof.verify(&roots[0], &roots[5]), Err(expected));
    }
}
