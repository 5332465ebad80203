//! A page of a list.

use lago_types::PaginationMeta;
use serde::{Deserialize, Serialize};

/// One page of a list.
///
/// It is a slice of its elements and iterates over them. An older server may leave out `meta` in
/// some lists; then the page is the only one.
///
/// A page can be kept: it is written as an object of `items` and `meta`, and read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The elements.
    pub items: Vec<T>,
    /// Where in the list the page stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<PaginationMeta>,
}

impl<T> Page<T> {
    /// The number of the next page; none on the last one.
    #[must_use]
    pub fn next_page(&self) -> Option<i64> {
        self.meta.as_ref()?.next_page
    }

    /// The number of elements on all pages, as the server last counted them: it may keep a count
    /// for half an hour, so a walk goes by [`next_page`](Self::next_page).
    #[must_use]
    pub fn total_count(&self) -> Option<i64> {
        self.meta.as_ref().map(|meta| meta.total_count)
    }
}

impl<T> std::ops::Deref for Page<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'p, T> IntoIterator for &'p Page<T> {
    type Item = &'p T;
    type IntoIter = std::slice::Iter<'p, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
