//! `Files`: every account's home. Nobody, administrators included, sees another one's.

use std::collections::BTreeMap;

use crate::refusal::Refusal;

/// Most bytes of a home.
const HOME_BYTES_MAX: usize = 64 << 20;

/// A path and what is there: a file's contents, or nothing for a folder.
type Home = BTreeMap<String, Option<Vec<u8>>>;

/// All homes.
#[derive(Debug, Default)]
pub(crate) struct Files {
    homes: BTreeMap<String, Home>,
}

/// The last part of a path.
pub(crate) fn name_of(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

impl Files {
    /// The home of an account, for a path inside it.
    fn home(&mut self, login: &str, path: &str) -> Result<&mut Home, Refusal> {
        let root = format!("/home/{login}");
        let is_inside = path.strip_prefix(&root).is_some_and(|rest| rest.starts_with('/'));
        if !is_inside || path.split('/').any(|part| part == "..") {
            return Err(Refusal::Rule("the path is outside of your home"));
        }
        Ok(self.homes.entry(login.to_owned()).or_insert_with(|| [(root, None)].into()))
    }

    /// What is at a path and in a folder above it, of the account's own.
    fn existing(&mut self, login: &str, path: &str) -> Result<&mut Home, Refusal> {
        let home = self.home(login, path)?;
        if home.contains_key(path) { Ok(home) } else { Err(Refusal::missing("file", path)) }
    }

    /// A home in which a path is free and its folder is there.
    fn free(&mut self, login: &str, path: &str) -> Result<&mut Home, Refusal> {
        let home = self.home(login, path)?;
        if home.contains_key(path) {
            return Err(Refusal::State(format!("there is something at `{path}`")));
        }
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        match home.get(above) {
            Some(None) => Ok(home),
            _ => Err(Refusal::missing("folder", above)),
        }
    }

    pub(crate) fn create_folder(&mut self, login: &str, path: &str) -> Result<(), Refusal> {
        self.free(login, path)?.insert(path.to_owned(), None);
        Ok(())
    }

    pub(crate) fn upload(&mut self, login: &str, path: &str, data: Vec<u8>) -> Result<(), Refusal> {
        let home = self.free(login, path)?;
        let used: usize = home.values().flatten().map(Vec::len).sum();
        if used + data.len() > HOME_BYTES_MAX {
            return Err(Refusal::State(format!("a home has at most {HOME_BYTES_MAX} bytes")));
        }
        home.insert(path.to_owned(), Some(data));
        Ok(())
    }

    pub(crate) fn download(&mut self, login: &str, path: &str) -> Result<Vec<u8>, Refusal> {
        let found = self.existing(login, path)?.get(path).cloned().flatten();
        found.ok_or_else(|| Refusal::Request(format!("`{path}` is a folder")))
    }

    /// The files in a folder, with their contents.
    pub(crate) fn package(
        &mut self,
        login: &str,
        path: &str,
    ) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
        let home = self.existing(login, path)?;
        let inside = home.iter().filter(|(file, _)| is_in(file, path));
        Ok(inside.filter_map(|(file, data)| Some((file.clone(), data.clone()?))).collect())
    }

    /// Copies a file or a folder with all that is in it.
    pub(crate) fn copy(&mut self, login: &str, from: &str, to: &str) -> Result<(), Refusal> {
        self.existing(login, from)?;
        let home = self.free(login, to)?;
        let copies: Vec<_> = home
            .iter()
            .filter_map(|(file, data)| Some((moved(file, from, to)?, data.clone())))
            .collect();
        home.extend(copies);
        Ok(())
    }

    pub(crate) fn rename(&mut self, login: &str, from: &str, to: &str) -> Result<(), Refusal> {
        if is_in(to, from) {
            return Err(Refusal::Request("a folder cannot be moved into itself".to_owned()));
        }
        self.copy(login, from, to)?;
        self.delete(login, &[from.to_owned()])
    }

    /// Deletes all of them, with what is in them, or none.
    pub(crate) fn delete(&mut self, login: &str, paths: &[String]) -> Result<(), Refusal> {
        for path in paths {
            self.existing(login, path)?;
        }
        for path in paths {
            let home = self.home(login, path)?;
            home.retain(|file, _| file != path && !is_in(file, path));
        }
        Ok(())
    }

    /// Every path of a home.
    pub(crate) fn list(&self, login: &str) -> Vec<&String> {
        self.homes.get(login).into_iter().flat_map(BTreeMap::keys).collect()
    }
}

fn is_in(file: &str, folder: &str) -> bool {
    file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Where a file goes that is, or is in, what is moved.
fn moved(file: &str, from: &str, to: &str) -> Option<String> {
    let rest = file.strip_prefix(from)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
}
