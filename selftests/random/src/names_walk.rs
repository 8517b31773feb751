// SPDX-License-Identifier: GPL-2.0

//! The reference of names: where a path leads.

use crate::names::{Kind, Named, Root};
use crate::names_model::{attributes, status, Checked, Model, ROOT};

/// The most links on one path.
const LINKS: usize = 32;

/// Where a path leads.
pub enum Reached {
    Object(usize),
    /// To a free name in a directory.
    Vacant(usize, String),
}

impl Model {
    /// Follows the path through links to an object of the wanted kind.
    pub fn walk(&self, named: &Named, path: &str) -> Checked<Reached> {
        let fold =
            named.kind != Kind::Event || named.attributes & attributes::CASE_INSENSITIVE != 0;
        let reparse = named.attributes & attributes::DONT_REPARSE == 0;
        let mut path = path.to_owned();
        let mut links = 0;
        let mut directory = match named.root {
            Root::None => None,
            Root::Device => return Err(status::INVALID_HANDLE),
            Root::Slot(slot) => match self.slots[usize::from(slot)] {
                None => return Err(status::INVALID_HANDLE),
                Some(root) if self.objects[root].kind == Kind::Link && path.is_empty() => {
                    if named.kind == Kind::Link {
                        return Ok(Reached::Object(root));
                    }
                    if !reparse {
                        return Err(status::REPARSE_POINT_ENCOUNTERED);
                    }
                    links = 1;
                    path = self.target(root);
                    None
                }
                Some(root) if self.objects[root].kind != Kind::Directory => {
                    return Err(status::OBJECT_TYPE_MISMATCH)
                }
                root => root,
            },
        };
        for _ in links..=LINKS {
            if directory.is_some() == path.starts_with('\\') {
                return Err(status::OBJECT_PATH_SYNTAX_BAD);
            }
            let start = directory.take().unwrap_or(ROOT);
            let relative = path.strip_prefix('\\').unwrap_or(&path);
            match self.walk_to_link(start, relative, named.kind, fold)? {
                Ok(reached) => return Ok(reached),
                Err(_) if !reparse => return Err(status::REPARSE_POINT_ENCOUNTERED),
                Err(target) => path = target,
            }
        }
        Err(status::OBJECT_NAME_NOT_FOUND)
    }

    /// The path that replaces a link. An empty target is the root directory.
    fn target(&self, link: usize) -> String {
        match self.objects[link].target.as_str() {
            "" => "\\".to_owned(),
            target => target.to_owned(),
        }
    }

    /// Follows a path to its end or to the first link. Returns the path to continue with.
    fn walk_to_link(
        &self,
        start: usize,
        path: &str,
        kind: Kind,
        fold: bool,
    ) -> Checked<Result<Reached, String>> {
        let mut here = start;
        let mut rest = Some(path).filter(|path| !path.is_empty());
        while let Some(path) = rest {
            let (name, behind) = match path.split_once('\\') {
                Some((name, behind)) => (name, Some(behind)),
                None => (path, None),
            };
            if name.is_empty() {
                return Err(status::OBJECT_NAME_INVALID);
            }
            let found = self.find(here, name, fold);
            here = match (found, behind) {
                (None, Some(_)) => return Err(status::OBJECT_PATH_NOT_FOUND),
                (None, None) => return Ok(Ok(Reached::Vacant(here, name.to_owned()))),
                (Some(found), _) => found,
            };
            let object = &self.objects[here];
            match (object.kind, behind) {
                (Kind::Link, None) if kind != Kind::Link => return Ok(Err(self.target(here))),
                (Kind::Link, Some(behind)) => {
                    let target = object.target.strip_suffix('\\').unwrap_or(&object.target);
                    return Ok(Err(format!("{target}\\{behind}")));
                }
                (Kind::Event, Some(_)) => return Err(status::OBJECT_TYPE_MISMATCH),
                // A trailing separator makes an empty component.
                (Kind::Directory, Some("")) => return Err(status::OBJECT_NAME_INVALID),
                _ => rest = behind,
            }
        }
        if self.objects[here].kind != kind {
            return Err(status::OBJECT_TYPE_MISMATCH);
        }
        Ok(Ok(Reached::Object(here)))
    }

    /// The newest object with the name.
    fn find(&self, directory: usize, name: &str, fold: bool) -> Option<usize> {
        let is_it = |other: &str| other == name || fold && other.eq_ignore_ascii_case(name);
        let mut entries = self.objects[directory].entries.iter().rev();
        entries
            .find(|(other, _)| is_it(other))
            .map(|(_, object)| *object)
    }
}
