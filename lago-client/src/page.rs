//! A page of a list.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use lago_types::PaginationMeta;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// One page of a list.
///
/// It is a slice of its elements and iterates over them. An older server may leave out `meta` in
/// some lists; then the page is the only one.
///
/// A page can be kept: it is written as an object of `items` and `meta`, and read again.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The elements.
    pub items: Vec<T>,
    /// Where in the list the page stands.
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

/// What errors call a page, and its fields.
const NAME: &str = "Page";
const FIELDS: &[&str] = &["items", "meta"];

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = 1 + usize::from(self.meta.is_some());
        let mut fields = serializer.serialize_struct(NAME, count)?;
        fields.serialize_field("items", &self.items)?;
        if let Some(meta) = &self.meta {
            fields.serialize_field("meta", meta)?;
        }
        fields.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(NAME, FIELDS, PageVisitor(PhantomData))
    }
}

struct PageVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PageVisitor<T> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct Page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
        let (mut items, mut meta) = (None, None);
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            match &*name {
                "items" if items.is_some() => return Err(A::Error::duplicate_field("items")),
                "items" => items = Some(map.next_value()?),
                "meta" if meta.is_some() => return Err(A::Error::duplicate_field("meta")),
                "meta" => meta = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Page {
            items: items.ok_or_else(|| A::Error::missing_field("items"))?,
            meta: meta.flatten(),
        })
    }
}

#[cfg(test)]
mod tests {
    use lago_types::PaginationMeta;

    use super::Page;

    /// The same for serde's derive, which has the name of the type in its errors.
    mod derived {
        use super::PaginationMeta;

        #[derive(serde::Serialize, serde::Deserialize)]
        pub(super) struct Page {
            items: Vec<u8>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            meta: Option<PaginationMeta>,
        }
    }

    #[test]
    fn a_page_is_kept_as_the_derive_keeps_it() {
        let meta =
            r#"{"current_page":1,"next_page":2,"prev_page":null,"total_pages":2,"total_count":3}"#;
        let whole = format!(r#"{{"items":[1,2],"meta":{meta}}}"#);
        let mut read = 0;
        for json in [
            whole.as_str(),
            r#"{"items":[]}"#,
            r#"{"more":{"a":[1]},"items":[1],"meta":null}"#,
            r#"{"meta":null}"#,
            r#"{"items":[1],"items":[2]}"#,
            r#"{"items":[1],"meta":null,"meta":null}"#,
            r#"{"items":[300]}"#,
            r#"{"items":null}"#,
            r#"{"items":[1]"#,
            "null",
            "3",
        ] {
            let ours = serde_json::from_str::<Page<u8>>(json).map_err(|error| error.to_string());
            let derived = serde_json::from_str::<derived::Page>(json);
            let derived = derived.map_err(|error| error.to_string());
            let written = ours.map(|page| serde_json::to_string(&page).ok());
            read += usize::from(written.is_ok());
            let expected = derived.map(|page| serde_json::to_string(&page).ok());
            assert_eq!(written, expected, "{json}");
        }
        assert_eq!(read, 3);
    }
}
