//! Placeholder; the event's wire form follows.
