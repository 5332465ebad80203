//! Where files may be: a decision from addresses alone. What the API calls a file must not make
//! a client read what only its own network can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::error::InvalidFileUrl;

/// The variables of the environment that name proxies.
const PROXIES: [&str; 6] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// Where files may be.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    api: Url,
    /// The caller allows every address.
    is_unbounded: bool,
    /// Names that are resolved to reach a proxy, and are no place for files.
    proxies: Vec<String>,
}

impl Reach {
    /// For files of this API. `environment` tells the variables of the process.
    pub(crate) fn new(
        api: &Url,
        is_unbounded: bool,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let proxies = PROXIES.iter().filter_map(|name| environment(name));
        Self {
            api: api.clone(),
            is_unbounded,
            proxies: proxies.filter_map(|proxy| host_of(&proxy)).collect(),
        }
    }

    /// Refuses a URL for its scheme, or for a host whose address it tells.
    pub(crate) fn check(&self, url: &Url) -> Result<(), InvalidFileUrl> {
        if self.api.scheme() == "https" && url.scheme() == "http" {
            return Err(InvalidFileUrl::Plain);
        }
        let host = url.host_str().unwrap_or_default();
        let is_known = self.is_unbounded || self.is_api(url);
        let is_allowed = is_known
            || match address_of(host) {
                Some(address) => self.admits(address),
                None => !self.is_proxy(host),
            };
        is_allowed.then_some(()).ok_or(InvalidFileUrl::Private)
    }

    /// Whether a URL is of the API's own origin.
    pub(crate) fn is_api(&self, url: &Url) -> bool {
        url.origin() == self.api.origin()
    }

    /// Whether nothing is refused for its address.
    pub(crate) fn is_unbounded(&self) -> bool {
        self.is_unbounded
    }

    /// Whether files may be at an address: a public one, or loopback when the API is there too.
    pub(crate) fn admits(&self, address: IpAddr) -> bool {
        let api = || self.api.host_str().and_then(address_of);
        self.is_unbounded
            || is_public(address)
            || (is_loopback(address) && api().is_some_and(is_loopback))
    }

    /// Whether a name is a proxy's.
    pub(crate) fn is_proxy(&self, host: &str) -> bool {
        self.proxies
            .iter()
            .any(|proxy| proxy.eq_ignore_ascii_case(host))
    }
}

/// The host of a proxy, which may be written without a scheme.
fn host_of(proxy: &str) -> Option<String> {
    let proxy = proxy.trim();
    let url = match proxy.contains("://") {
        true => Url::parse(proxy),
        false => Url::parse(&format!("http://{proxy}")),
    };
    Some(url.ok()?.host_str()?.to_owned())
}

/// The address that a host of a URL is or, by its name alone, is known to have.
fn address_of(host: &str) -> Option<IpAddr> {
    let name = host.trim_end_matches('.');
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Blocks of IPv4 that are not on the public internet, as IANA registers them.
const RESERVED: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Between carriers and their customers.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local; clouds tell their machines secrets at one of these.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Blocks of the public part of IPv6 (`2000::/3`) that are not public all the same: of protocols,
/// Teredo among them, and for documents.
const RESERVED_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is on the public internet, as far as that can be told from it. One of IPv6
/// that stands for one of IPv4 is what that is.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            let is_in =
                |(block, length): &(Ipv4Addr, u32)| (bits ^ block.to_bits()) >> (32 - length) == 0;
            !RESERVED.iter().any(is_in)
        }
        IpAddr::V6(address) => match embedded(address) {
            Some(address) => is_public(address.into()),
            None => {
                let bits = address.to_bits();
                let is_in = |(block, length): &(Ipv6Addr, u32)| {
                    (bits ^ block.to_bits()) >> (128 - length) == 0
                };
                bits >> 125 == 0b001 && !RESERVED_V6.iter().any(is_in)
            }
        },
    }
}

/// The address of IPv4 to which a translator (NAT64) or a relay (6to4) passes on what goes to
/// this one.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
