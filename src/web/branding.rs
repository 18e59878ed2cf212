//! The operator's own logo, where `[branding]` sets one. Candour itself brings none, least of all that of the NHS.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

use crate::config::{BrandingConfig, LogoFile};

tokio::task_local! {
    static LOGO: Arc<Logo>;
}

/// A logo, and where browsers get it.
#[derive(Debug)]
pub struct Logo {
    /// Address; changes with the content, so that it may be kept for ever.
    pub address: String,
    /// Whose it is.
    pub text: String,
    file: LogoFile,
}

/// What the pages of this server show.
#[derive(Debug, Clone, Default)]
pub(super) struct Branding(Option<Arc<Logo>>);

impl Branding {
    /// Reads the logo that the settings name.
    pub(super) fn new(config: &BrandingConfig) -> Result<Self, String> {
        let logo = config.logo_file()?.map(|file| {
            let mut hasher = DefaultHasher::new();
            file.bytes.hash(&mut hasher);
            Arc::new(Logo { address: format!("/logo/{:016x}", hasher.finish()), text: config.logo_text.clone(), file })
        });
        Ok(Self(logo))
    }
}

/// The logo that pages of this request show.
pub(super) fn current() -> Option<Arc<Logo>> {
    LOGO.try_with(Arc::clone).ok()
}

/// Lets every page that is made for this request know the logo.
pub(super) async fn show(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let logo = request.app_data::<web::Data<Branding>>().and_then(|branding| branding.0.clone());
    match logo {
        Some(logo) => LOGO.scope(logo, next.call(request)).await,
        None => next.call(request).await,
    }
}

/// The routes of this room.
pub(super) fn configure(services: &mut web::ServiceConfig) {
    services.route("/logo/{name}", web::get().to(serve)).route("/logo/{name}", web::head().to(serve));
}

async fn serve(name: web::Path<String>, branding: web::Data<Branding>) -> HttpResponse {
    match &branding.0 {
        Some(logo) if logo.address == format!("/logo/{name}") => HttpResponse::Ok()
            .content_type(logo.file.content_type)
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(logo.file.bytes.clone()),
        _ => HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such file."),
    }
}
