//! A log of which any part is replaced by anything: opening it panics at nothing, what is read was appended, and a
//! second look finds no more wrong.
#![no_main]

use std::fs;

use lago_client::ingest::spool::{DiskSpool, Fsync, Position, Spool, SpoolOptions};
use libfuzzer_sys::fuzz_target;

const RECORDS: u8 = 40;

fn options() -> SpoolOptions {
    SpoolOptions::new().fsync(Fsync::Never).segment_bytes(0)
}

fn record(number: u8) -> Vec<u8> {
    vec![number; usize::from(number) * 3]
}

/// All that is read of a log, whatever is found on the way.
fn read_all(spool: &mut DiskSpool) -> Vec<(Position, Vec<u8>)> {
    let mut all: Vec<(Position, Vec<u8>)> = Vec::new();
    loop {
        let from = all.last().map_or(Position::FIRST, |(last, _)| last.plus(1));
        let part = spool
            .read(from, 7, 500)
            .expect("opening has found all damage");
        if part.is_empty() {
            return all;
        }
        all.extend(part);
    }
}

// Which file, where in it, how much of it, and what takes its place.
fuzz_target!(|input: (u8, u16, u8, &[u8])| {
    let (file, place, length, replacement) = input;
    let directory = tempfile::tempdir().expect("a directory can be made");
    let mut spool = DiskSpool::open(directory.path(), options()).expect("an empty directory");
    for number in 0..RECORDS {
        spool
            .append(&[&record(number)])
            .expect("there is room for it");
    }
    let done = [3, 4, 5, 30].map(Position::new);
    spool.acknowledge(&done).expect("they were appended");
    drop(spool);

    let files = fs::read_dir(directory.path()).expect("it was made");
    let mut files: Vec<_> = files.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some());
    files.sort();
    let path = &files[usize::from(file) % files.len()];
    let mut content = fs::read(path).expect("it was listed");
    let from = usize::from(place) % (content.len() + 1);
    let to = (from + usize::from(length)).min(content.len());
    content.splice(from..to, replacement.iter().copied());
    fs::write(path, content).expect("there is room for it");

    // A later format is refused.
    let Ok(mut spool) = DiskSpool::open(directory.path(), options()) else {
        return;
    };
    let found = read_all(&mut spool);
    assert!(found.is_sorted_by(|one, two| one.0 < two.0));
    for (position, bytes) in &found {
        let number = u8::try_from(position.get()).expect("positions are small");
        assert!(
            number < RECORDS && *bytes == record(number),
            "it was invented"
        );
    }
    drop(spool);
    let mut again = DiskSpool::open(directory.path(), options()).expect("it is in order");
    assert!(again.recovery().damage.is_empty() && again.recovery().torn_bytes == 0);
    assert_eq!(read_all(&mut again), found);
});
