//! The spool on a real folder: what was promised is there after any crash, in order, once.

use super::*;

const ROOM: u64 = 1 << 20;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn event(number: usize) -> Vec<u8> {
    format!(r#"{{"id":"e-{number}"}}"#).into_bytes()
}

fn append(spool: &Spool, number: usize) -> u64 {
    let receipt = spool.append(Kind::Event, event(number)).expect("room");
    receipt.wait().expect("durable")
}

/// Everything from the first unacknowledged item on.
fn all(spool: &Spool) -> Vec<(u64, Vec<u8>)> {
    let (mut cursor, mut found) = (spool.cursor(), Vec::new());
    loop {
        let items = spool.read(&mut cursor).expect("readable");
        if items.is_empty() {
            return found;
        }
        found.extend(items.into_iter().map(|(number, item)| (number, item.payload)));
    }
}

fn expected(numbers: std::ops::Range<usize>) -> Vec<(u64, Vec<u8>)> {
    numbers.map(|number| (number as u64, event(number))).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("entry").path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some()).collect();
    files.sort();
    files
}

// Protects: what a receipt promised is there after a restart, in order, over many segments; what
// was acknowledged is not sent again, and its files go.
#[test]
fn items_survive_in_order() {
    let folder = folder();
    // Segments of a few hundred bytes.
    let spool = Spool::open(folder.path(), 8_000).expect("opens");
    for number in 0..60 {
        assert_eq!(append(&spool, number), number as u64);
    }
    assert_eq!(all(&spool), expected(0..60));
    let before = files(folder.path()).len();
    spool.acknowledge(45).expect("acknowledged");
    assert!(before > 3 && files(folder.path()).len() < before - 1);
    drop(spool);
    let spool = Spool::open(folder.path(), 8_000).expect("opens");
    assert_eq!((spool.waiting(), spool.end()), (15, 60));
    assert_eq!(all(&spool), expected(45..60));
    assert_eq!(append(&spool, 60), 60);
    fs::remove_file(folder.path().join("sent")).expect("removed");
    drop(spool);
    // Without the saved position more is sent again, never less.
    let spool = Spool::open(folder.path(), 8_000).expect("opens");
    let again = all(&spool);
    assert!(again.len() >= 16 && again.ends_with(&expected(45..61)));
}

// Protects: a reader that is ahead of the writer goes on where it was.
#[test]
fn a_cursor_follows() {
    let folder = folder();
    let spool = Spool::open(folder.path(), 8_000).expect("opens");
    let mut cursor = spool.cursor();
    assert!(spool.read(&mut cursor).expect("readable").is_empty());
    for number in 0..40 {
        append(&spool, number);
        let items = spool.read(&mut cursor).expect("readable");
        assert_eq!((items.len(), items[0].0), (1, number as u64));
    }
}

// Protects: a crash in the middle of any write, at every byte, loses only what was promised to
// nobody; afterwards the spool takes and gives again.
#[test]
fn torn_writes_are_cut() {
    let origin = folder();
    let spool = Spool::open(origin.path(), ROOM).expect("opens");
    let sizes: Vec<u64> = (0..3)
        .map(|number| {
            append(&spool, number);
            spool.bytes()
        })
        .collect();
    drop(spool);
    let file = files(origin.path()).remove(0);
    let bytes = fs::read(&file).expect("readable");
    for cut in 0..bytes.len() {
        let folder = folder();
        let torn = folder.path().join(file.file_name().expect("a name"));
        fs::write(&torn, &bytes[..cut]).expect("written");
        let spool = Spool::open(folder.path(), ROOM).expect("opens");
        let whole = sizes.iter().filter(|size| **size <= cut as u64).count();
        assert_eq!(all(&spool), expected(0..whole), "cut at {cut}");
        append(&spool, whole);
        assert_eq!(all(&spool), expected(0..whole + 1), "cut at {cut}");
    }
}

// Protects: damage before the end is told and nothing is cut off; two processes do not share.
#[test]
fn damage_and_sharing_are_refused() {
    let folder = folder();
    let spool = Spool::open(folder.path(), ROOM).expect("opens");
    (0..3).for_each(|number| {
        append(&spool, number);
    });
    let second = Spool::open(folder.path(), ROOM);
    assert!(matches!(second, Err(SdkError::InUse { .. })));
    drop(spool);
    let file = files(folder.path()).remove(0);
    let mut bytes = fs::read(&file).expect("readable");
    bytes[HEADER_BYTES + 12] ^= 1;
    fs::write(&file, &bytes).expect("written");
    let damaged = Spool::open(folder.path(), ROOM);
    assert!(matches!(damaged, Err(SdkError::Damaged { offset, .. }) if offset == 48));
    assert_eq!(fs::read(&file).expect("readable"), bytes);
}

// Protects: the limit holds and is told; what could begin can end; room comes back.
#[test]
fn a_full_spool_says_so() {
    let folder = folder();
    let spool = Spool::open(folder.path(), 20_000).expect("opens");
    let intent = |size: usize| spool.append(Kind::Intent, vec![b'x'; size]);
    while let Ok(receipt) = intent(700) {
        receipt.wait().expect("durable");
    }
    assert!(matches!(intent(700), Err(SdkError::Full { bytes_max: 20_000 })));
    let outcome = spool.append(Kind::Outcome, vec![b'x'; 700]).expect("kept free for it");
    outcome.wait().expect("durable");
    assert!(spool.bytes() <= 20_000);
    spool.acknowledge(spool.end()).expect("acknowledged");
    drop(intent(700).expect("room again").wait());
    let large = spool.append(Kind::Event, vec![b'x'; PAYLOAD_BYTES_MAX + 1]);
    assert!(matches!(large, Err(SdkError::TooLarge { .. })));
}

// Protects: many callers at once are each told their own number, and their items are all there.
#[test]
fn many_callers_share_a_sync() {
    let folder = folder();
    let spool = Spool::open(folder.path(), ROOM).expect("opens");
    let mut numbers: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|number| {
                scope.spawn({
                    let spool = &spool;
                    move || append(spool, number)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());
    assert_eq!(all(&spool).len(), 50);
}
