//! How the bodies of requests are written.

/// Writes bodies by what serde derives for them under `remote = "Self"`; an error says where in the body.
macro_rules! written {
    ($($body:ident)*) => {$(
        impl serde::Serialize for $body {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer).map_err(|error| {
                    lago_types::encode::located(error, |again| Self::serialize(self, again))
                })
            }
        }
    )*};
}

pub(crate) use written;
