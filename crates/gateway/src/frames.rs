//! The close of a WebSocket, as it passes: RFC 6455, sections 5.2 and 5.5.1.
//!
//! One direction of a connection is read over in whatever pieces it comes. Only the close frame is
//! looked into; what is said before it is skipped and never kept. What is no WebSocket ends the
//! reading without a word: the bytes pass anyhow.

/// Bytes of a close frame's payload, at most.
const CLOSE_BYTES_MAX: usize = 125;
const OPCODE_CLOSE: u8 = 8;

/// A close frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CloseFrame {
    pub(crate) code: Option<u16>,
    pub(crate) reason: String,
}

/// Reads over one direction.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// The head of the frame, as far as it has come.
    head: Vec<u8>,
    /// Bytes of the payload that are still to come.
    left: u64,
    /// The payload of a close frame, as far as it has come.
    close: Option<Vec<u8>>,
    mask: [u8; 4],
    found: Option<CloseFrame>,
    is_lost: bool,
}

impl Frames {
    /// The close frame, once it has passed.
    pub(crate) fn close(&self) -> Option<&CloseFrame> {
        self.found.as_ref()
    }

    /// The next bytes.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.found.is_none() && !self.is_lost {
            if self.left > 0 {
                let taken = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                if let Some(close) = &mut self.close {
                    close.extend_from_slice(&bytes[..taken]);
                }
                self.left -= taken as u64;
                bytes = &bytes[taken..];
            } else {
                self.head.push(bytes[0]);
                bytes = &bytes[1..];
                self.read_head();
            }
            if self.left == 0 {
                self.end_frame();
            }
        }
    }

    /// Knows the frame once its head is whole.
    fn read_head(&mut self) {
        let [first, second, rest @ ..] = &self.head[..] else { return };
        let is_masked = second & 0x80 != 0;
        let length_bytes = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if rest.len() < length_bytes + if is_masked { 4 } else { 0 } {
            return;
        }
        let length = match length_bytes {
            0 => u64::from(second & 0x7f),
            bytes => rest[..bytes].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        let mask = rest[length_bytes..].first_chunk().filter(|_| is_masked);
        self.mask = mask.copied().unwrap_or_default();
        if first & 0x0f == OPCODE_CLOSE {
            if length > CLOSE_BYTES_MAX as u64 {
                self.is_lost = true;
                return;
            }
            self.close = Some(Vec::new());
        }
        self.left = length;
        self.head.clear();
    }

    fn end_frame(&mut self) {
        if !self.head.is_empty() {
            return;
        }
        let Some(mut payload) = self.close.take() else { return };
        for (byte, mask) in payload.iter_mut().zip(self.mask.iter().cycle()) {
            *byte ^= mask;
        }
        let code = payload.first_chunk().copied().map(u16::from_be_bytes);
        let reason = payload.get(2..).unwrap_or_default();
        let reason = String::from_utf8_lossy(reason).into_owned();
        self.found = Some(CloseFrame { code, reason });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(opcode: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x80 | opcode];
        let masked = if mask.is_some() { 0x80 } else { 0 };
        match payload.len() {
            0..126 => frame.push(masked | payload.len() as u8),
            126..65_536 => {
                frame.push(masked | 126);
                frame.extend((payload.len() as u16).to_be_bytes());
            }
            _ => {
                frame.push(masked | 127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        let mask_or_not = mask.unwrap_or_default();
        frame.extend(mask.into_iter().flatten());
        frame
            .extend(payload.iter().zip(mask_or_not.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        frame
    }

    // Protects: why a session ended is found whatever was said before, however it is cut up.
    #[test]
    fn the_close_is_found() {
        let check = |mask, payload: &[u8], expected: CloseFrame, piece: usize| {
            let mut stream = Vec::new();
            for size in [0, 5, 125, 126, 70_000] {
                stream.extend(frame(2, mask, &vec![0x88; size]));
            }
            stream.extend(frame(9, mask, b"ping"));
            let before = stream.len();
            stream.extend(frame(8, mask, payload));
            stream.extend(b"whatever follows");
            let mut frames = Frames::default();
            for (place, bytes) in stream.chunks(piece).enumerate() {
                if place * piece < before {
                    assert_eq!(frames.close(), None);
                }
                frames.push(bytes);
            }
            assert_eq!(frames.close(), Some(&expected));
        };
        for mask in [None, Some([1, 2, 3, 4])] {
            for piece in [1, 7, 1_000, 1_000_000] {
                let timeout = CloseFrame { code: Some(4_000), reason: "timeout".to_owned() };
                check(mask, b"\x0f\xa0timeout", timeout, piece);
                check(mask, b"", CloseFrame::default(), piece);
            }
        }
    }

    proptest! {
        // Protects: foreign bytes never stop a session.
        #[test]
        fn anything_may_pass(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20)) {
            let mut frames = Frames::default();
            pieces.iter().for_each(|piece| frames.push(piece));
        }
    }
}
