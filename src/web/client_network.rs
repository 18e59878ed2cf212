//! Where a request comes from, for the waits after sign-ins that went wrong. The address is hashed at once, and neither
//! stored nor logged.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::config::Config;

/// Address of the client: the peer's, or what a trusted proxy says it is. `None` when neither is known.
#[derive(Clone, Copy)]
pub struct ClientNetwork(pub(super) Option<IpAddr>);

impl FromRequest for ClientNetwork {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let trusted = request.app_data::<web::Data<Config>>().map(|config| config.server.trusted_proxies.as_slice());
        let peer = request.peer_addr().map(|address| address.ip());
        let forwarded = request
            .headers()
            .get_all("x-forwarded-for")
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|part| part.trim().parse().ok());
        ready(Ok(Self(client(peer, &forwarded.collect::<Vec<_>>(), trusted.unwrap_or_default()))))
    }
}

/// The last address that is not a trusted proxy's: what stands before it may be made up.
fn client(peer: Option<IpAddr>, forwarded: &[Option<IpAddr>], trusted: &[IpAddr]) -> Option<IpAddr> {
    let mut client = peer?;
    for said in forwarded.iter().rev() {
        if !trusted.contains(&client) {
            break;
        }
        let Some(said) = said else { break };
        client = *said;
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let (proxy, inner, liar) = (ip("10.0.0.1"), ip("10.0.0.2"), ip("192.0.2.1"));
        let said = [Some(ip("198.51.100.9")), Some(ip("203.0.113.5")), Some(inner)];
        assert_eq!(client(Some(proxy), &said, &[proxy, inner]), Some(ip("203.0.113.5")));
        assert_eq!(client(Some(liar), &said, &[proxy, inner]), Some(liar));
        assert_eq!(client(Some(proxy), &[], &[proxy]), Some(proxy));
        assert_eq!(client(Some(proxy), &[Some(liar), None], &[proxy]), Some(proxy));
    }
}
