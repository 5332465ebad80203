//! A disk in memory. It does what real ones do: a write that fails leaves half of it, a sync that fails drops what it
//! should have written and the next one succeeds all the same, and a power failure keeps any beginning of what was not
//! synced.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use super::super::disk::{Disk, DiskFile};

type Names = BTreeMap<String, usize>;

#[derive(Clone, Default)]
struct Content {
    /// What every process sees.
    bytes: Vec<u8>,
    /// What is on the disk.
    durable: Vec<u8>,
    /// A sync failed: what was written until then is taken for written, and is not.
    is_forgotten: bool,
}

#[derive(Default)]
struct State {
    files: Vec<Content>,
    names: Names,
    durable_names: Names,
    /// Names as they were after each change that is not synced.
    changes: Vec<Names>,
    /// How many operations have been tried.
    operations: usize,
    /// How many of the next ones fail, after how many.
    fails: (usize, usize),
    /// How many bytes all files may have together.
    capacity: Option<usize>,
    /// After how many operations nothing is taken any more that needs room.
    full_after: Option<usize>,
}

#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<State>>);

pub(super) struct Open {
    disk: Memory,
    file: usize,
}

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .lock()
            .expect("nothing panics while it holds the lock")
    }

    /// A disk with the same content.
    pub(super) fn copy(&self) -> Self {
        let state = self.state();
        Self(Arc::new(Mutex::new(State {
            files: state.files.clone(),
            names: state.names.clone(),
            durable_names: state.durable_names.clone(),
            ..State::default()
        })))
    }

    /// Lets some of the next operations fail.
    pub(super) fn fail(&self, after: usize, times: usize) {
        self.state().fails = (after, times);
    }

    /// From so many operations on, what needs room finds none. What takes none works: to read, to cut off, to rename, to
    /// remove, to sync.
    pub(super) fn fill_after(&self, operations: usize) {
        self.state().full_after = Some(operations);
    }

    pub(super) fn fill(&self) {
        self.fill_after(0);
    }

    /// There is room again.
    pub(super) fn clear(&self) {
        self.state().full_after = None;
    }

    /// A disk with so much room.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        let disk = Self::default();
        disk.state().capacity = Some(capacity);
        disk
    }

    pub(super) fn operations(&self) -> usize {
        self.state().operations
    }

    pub(super) fn file_names(&self) -> Vec<String> {
        self.state().names.keys().cloned().collect()
    }

    pub(super) fn content(&self, name: &str) -> Vec<u8> {
        let state = self.state();
        state
            .names
            .get(name)
            .map(|file| state.files[*file].bytes.clone())
            .unwrap_or_default()
    }

    /// Changes a file behind everyone's back.
    pub(super) fn overwrite(&self, name: &str, bytes: Vec<u8>) {
        let mut state = self.state();
        let file = state.names[name];
        state.files[file].durable.clone_from(&bytes);
        state.files[file].bytes = bytes;
    }

    /// The power fails. What was not synced is there up to any point, by chance, or has room and no content.
    pub(super) fn power_failure(&self, mut chance: u64) {
        let mut next = move || {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(chance >> 33).unwrap_or_default()
        };
        let mut state = self.state();
        let kept = next() % (state.changes.len() + 1);
        if let Some(names) = kept.checked_sub(1).map(|last| state.changes[last].clone()) {
            state.durable_names = names;
        }
        state.names = state.durable_names.clone();
        state.changes.clear();
        state.fails = (0, 0);
        for file in &mut state.files {
            if let Some(unsynced) = file.bytes.strip_prefix(&*file.durable) {
                let kept = next() % (unsynced.len() + 1);
                file.durable.extend(&unsynced[..kept].to_vec());
                let empty = if next() % 4 == 0 { next() % 40 } else { 0 };
                file.durable
                    .extend(vec![0; empty.min(file.bytes.len() - file.durable.len())]);
            } else if next() % 2 == 0 && !file.is_forgotten {
                file.durable = file.bytes.clone();
            }
            file.bytes = file.durable.clone();
            file.is_forgotten = false;
        }
    }
}

impl State {
    /// Counts an operation, which may be one that fails.
    fn count(&mut self) -> io::Result<()> {
        self.operations += 1;
        match &mut self.fails {
            (0, 0) => Ok(()),
            (0, times) => {
                *times -= 1;
                Err(io::ErrorKind::StorageFull.into())
            }
            (after, _) => {
                *after -= 1;
                Ok(())
            }
        }
    }

    /// Counts an operation that needs room.
    fn count_and_fill(&mut self) -> io::Result<()> {
        self.count()?;
        match self.full_after.is_some_and(|after| self.operations > after) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }

    fn file(&self, name: &str) -> io::Result<usize> {
        self.names
            .get(name)
            .copied()
            .ok_or(io::ErrorKind::NotFound.into())
    }

    fn room(&self) -> usize {
        let Some(capacity) = self.capacity else {
            return usize::MAX;
        };
        let files = self.names.values().map(|file| &self.files[*file]);
        capacity.saturating_sub(files.map(|file| file.bytes.len()).sum())
    }

    fn renamed(&mut self) {
        self.changes.push(self.names.clone());
    }

    fn create(&mut self, name: &str) -> usize {
        self.files.push(Content::default());
        self.names.insert(name.to_owned(), self.files.len() - 1);
        self.renamed();
        self.files.len() - 1
    }

    fn append(&mut self, file: usize, bytes: &[u8]) -> io::Result<()> {
        let counted = self.count_and_fill();
        let written = match counted {
            Ok(()) => bytes.len(),
            Err(_) => bytes.len() / 2,
        };
        let room = self.room();
        self.files[file].bytes.extend(&bytes[..written.min(room)]);
        match written <= room {
            true => counted,
            false => Err(io::ErrorKind::StorageFull.into()),
        }
    }
}

impl Disk for Memory {
    type File = Open;

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from("/memory").join(name)
    }

    fn names(&mut self) -> io::Result<Vec<String>> {
        self.state().count()?;
        Ok(self.file_names())
    }

    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        let mut state = self.state();
        state.count()?;
        let file = state.file(name)?;
        Ok(state.files[file].bytes.clone())
    }

    fn create(&mut self, name: &str) -> io::Result<Open> {
        let mut state = self.state();
        state.count_and_fill()?;
        let file = state.create(name);
        Ok(Open {
            disk: self.clone(),
            file,
        })
    }

    fn open(&mut self, name: &str) -> io::Result<Open> {
        let mut state = self.state();
        state.count()?;
        let file = state.file(name)?;
        Ok(Open {
            disk: self.clone(),
            file,
        })
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let file = match state.file(name) {
            Ok(file) => file,
            Err(_) => {
                state.count_and_fill()?;
                state.create(name)
            }
        };
        state.append(file, bytes)
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.count()?;
        let file = state.file(from)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), file);
        state.renamed();
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.count()?;
        state.file(name)?;
        state.names.remove(name);
        state.renamed();
        Ok(())
    }

    fn set_aside(&mut self, name: &str) -> io::Result<PathBuf> {
        let mut state = self.state();
        // It is one name more, in a directory of its own or beside it.
        state.count()?;
        state.file(name)?;
        Ok(PathBuf::from("/memory/quarantine").join(name))
    }

    fn sync_names(&mut self) -> io::Result<()> {
        let mut state = self.state();
        let counted = state.count();
        if counted.is_ok() {
            state.durable_names = state.names.clone();
        }
        state.changes.clear();
        counted
    }
}

impl DiskFile for Open {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.state().append(self.file, bytes)
    }

    fn read_at(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        state.count()?;
        let at = usize::try_from(at).map_err(io::Error::other)?;
        let content = state.files[self.file].bytes.get(at..at + bytes.len());
        bytes.copy_from_slice(content.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.count()?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        state.files[self.file].bytes.resize(len, 0);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        let counted = state.count();
        let file = &mut state.files[self.file];
        file.is_forgotten |= counted.is_err();
        if !file.is_forgotten {
            file.durable = file.bytes.clone();
        }
        counted
    }
}
