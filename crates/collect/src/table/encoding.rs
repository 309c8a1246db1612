//! Texts in any encoding, as UTF-8.
//!
//! Without a word from the map the whole file is looked through before a row is taken: it is UTF-8
//! if all of it is, else UTF-16 if a mark or its zeros say so, else GB18030 (which GBK and GB 2312
//! are part of) if all of it is. So no row is ever read in the wrong encoding halfway.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::CollectError;

const BUFFER_BYTES: usize = 64 * 1024;
/// What is looked at to recognise UTF-16 without a mark.
const SAMPLE_BYTES: usize = 1024;

/// The encoding of a file.
pub(super) struct Found {
    pub(super) encoding: &'static Encoding,
    /// What was assumed.
    pub(super) hint: Option<String>,
}

impl Found {
    pub(super) fn utf8() -> Self {
        Self { encoding: UTF_8, hint: None }
    }
}

/// Finds the encoding of a file.
pub(super) fn find(path: &Path, label: Option<&str>) -> Result<Found, CollectError> {
    let unfit = |message: String| CollectError::Table { path: path.to_owned(), message };
    if let Some(label) = label {
        let encoding = Encoding::for_label(label.as_bytes());
        let unknown = || {
            unfit(format!("there is no encoding `{label}`; write utf-8, gbk, gb18030, utf-16le, …"))
        };
        return Ok(Found { encoding: encoding.ok_or_else(unknown)?, hint: None });
    }
    let mut head = Vec::new();
    let file = File::open(path).map_err(CollectError::file("read", path))?;
    let mut head_of = file.take(SAMPLE_BYTES as u64);
    head_of.read_to_end(&mut head).map_err(CollectError::file("read", path))?;
    if let Some((encoding, _)) = Encoding::for_bom(&head) {
        return Ok(Found { encoding, hint: None });
    }
    if let Some(encoding) = by_zeros(&head) {
        return Ok(Found { encoding, hint: Some(format!("read as {}", encoding.name())) });
    }
    let fault = match first_fault(path, UTF_8)? {
        None => return Ok(Found::utf8()),
        Some(fault) => fault,
    };
    if first_fault(path, GB18030)?.is_none() {
        let hint = Some("no UTF-8; read as GB18030 (GBK)".to_owned());
        return Ok(Found { encoding: GB18030, hint });
    }
    Err(unfit(format!(
        "neither UTF-8 (byte {fault} is not) nor GB18030; name its encoding in a map: [file] \
         encoding = \"…\""
    )))
}

/// ASCII in UTF-16 has a zero in every other byte.
fn by_zeros(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let half = head.len() / 2;
    match (zeros(0), zeros(1)) {
        (0, odd) if half > 0 && odd * 4 > half => Some(UTF_16LE),
        (even, 0) if half > 0 && even * 4 > half => Some(UTF_16BE),
        _ => None,
    }
}

/// Where a file stops being of an encoding: about which byte.
fn first_fault(path: &Path, encoding: &'static Encoding) -> Result<Option<u64>, CollectError> {
    let failed = |error| CollectError::file("read", path)(error);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut input = vec![0; BUFFER_BYTES];
    let mut output = vec![0; BUFFER_BYTES * 3 + 16];
    let mut before = 0;
    loop {
        let count = file.read(&mut input).map_err(failed)?;
        let (result, read, _) =
            decoder.decode_to_utf8_without_replacement(&input[..count], &mut output, count == 0);
        if let DecoderResult::Malformed(..) = result {
            return Ok(Some(before + read as u64));
        }
        if count == 0 {
            return Ok(None);
        }
        before += count as u64;
    }
}

/// A text as UTF-8, without its mark. What is malformed becomes U+FFFD: it was looked through
/// before, or the map insists.
pub(super) struct Decoded<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    /// Decoded and not yet given: the part from `given` on.
    output: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let (input, output) = (vec![0; BUFFER_BYTES], Vec::new());
        Self { inner, decoder, input, output, given: 0, ended: false }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let count = self.inner.read(&mut self.input)?;
        self.ended = count == 0;
        let most = self.decoder.max_utf8_buffer_length(count).unwrap_or(BUFFER_BYTES * 3 + 16);
        self.output.resize(most, 0);
        let input = &self.input[..count];
        let (_, _, written, _) = self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
        self.output.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.output.len() && !self.ended {
            self.fill()?;
        }
        let rest = &self.output[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}
