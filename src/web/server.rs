//! The HTTP server: built from a configuration, on a port of its own choosing when that is 0.

use std::net::{SocketAddr, TcpListener};

use actix_web::middleware::{NormalizePath, TrailingSlash, from_fn};
use actix_web::{App, HttpServer, web};
use utoipa_actix_web::AppExt;

use super::branding::{self, Branding};
use super::metrics::Metrics;
use super::published::PublicPages;
use super::{api, middleware, routes};
use crate::config::Config;
use crate::services::Services;

/// Seconds that requests in flight get when the server is told to stop.
const GRACE_SECONDS: u64 = 25;

/// A server that listens but does not serve yet.
pub struct Server {
    listener: TcpListener,
    config: Config,
    services: Services,
    metrics: Metrics,
    branding: Branding,
}

impl Server {
    /// Binds the configured address.
    ///
    /// # Errors
    /// The operating system's, for example that the port is taken.
    pub fn bind(config: Config, services: Services) -> std::io::Result<Self> {
        let branding = Branding::new(&config.branding).map_err(std::io::Error::other)?;
        let listener = TcpListener::bind((config.server.host, config.server.port))?;
        Ok(Self { listener, config, services, metrics: Metrics::default(), branding })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The operating system's.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What it counts: for [`super::metrics::serve`].
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Serves until the process is told to stop (SIGTERM, SIGINT), then lets requests in flight end.
    ///
    /// # Errors
    /// The operating system's.
    pub fn start(self) -> std::io::Result<actix_web::dev::Server> {
        let workers = self.config.server.workers;
        let config = web::Data::new(self.config);
        let services = web::Data::new(self.services);
        let metrics = web::Data::new(self.metrics);
        let branding = web::Data::new(self.branding);
        let public_pages = web::Data::new(PublicPages::default());
        let server = HttpServer::new(move || {
            let described = App::new().configure(routes::document);
            let (app, _document) = described.into_utoipa_app().configure(routes::api).split_for_parts();
            app.app_data(config.clone())
                .app_data(services.clone())
                .app_data(metrics.clone())
                .app_data(api::payload_config(&config.server))
                .app_data(branding.clone())
                .app_data(public_pages.clone())
                .app_data(api::path_config())
                .app_data(api::query_config())
                .wrap(from_fn(branding::show))
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .wrap(from_fn(middleware::body_deadline))
                .wrap(from_fn(middleware::careful_headers))
                .wrap(from_fn(middleware::log))
                .configure(routes::pages)
        })
        .workers(workers)
        .shutdown_timeout(GRACE_SECONDS)
        .listen(self.listener)?;
        Ok(server.run())
    }
}
