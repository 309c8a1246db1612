//! One floor of Annals; its rooms follow.
