//! How an organisation's own files name the columns of an import: saved once, applied to every upload.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, put, web};

use super::body::Body;
use crate::domain::column_mapping::{ColumnMapping, FileFormat};
use crate::services::Services;
use crate::web::access::{ChangeWorkforce, InOrganisation, ReadWorkforce};
use crate::web::error::{ApiResult, Problem, ProblemBody};
use crate::web::manners::IfMatch;

/// The organisation's headings, each with the column that it stands for, or `ignore`.
#[utoipa::path(tag = "workforce",
    params(("ods" = String, Path, description = "ODS code"), ("file_format" = String, Path, description = "workforce or indicator_inputs")),
    responses((status = 200, body = BTreeMap<String, String>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/organisations/{ods}/column-mappings/{file_format}")]
pub async fn read_column_mapping(
    access: InOrganisation<ReadWorkforce>,
    path: web::Path<(String, String)>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<ColumnMapping>> {
    Ok(web::Json(services.column_mappings.read(access.scope, parse(&path.1)?).await?))
}

/// Saves the mapping in place of an earlier one; an empty object removes it.
#[utoipa::path(tag = "workforce",
    params(("ods" = String, Path, description = "ODS code"), ("file_format" = String, Path, description = "workforce or indicator_inputs")),
    request_body = BTreeMap<String, String>,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[put("/organisations/{ods}/column-mappings/{file_format}")]
pub async fn replace_column_mapping(
    access: InOrganisation<ChangeWorkforce>,
    path: web::Path<(String, String)>,
    body: Body<BTreeMap<String, String>>,
    if_match: IfMatch,
    services: web::Data<Services>,
) -> ApiResult<HttpResponse> {
    let format = parse(&path.1)?;
    let mapping = ColumnMapping::new(format, body.read()?)
        .map_err(|error| Problem::unprocessable(error.to_string(), Vec::new()))?;
    services.column_mappings.replace(access.scope, format, mapping, if_match.on(ColumnMapping::clone)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn parse(text: &str) -> ApiResult<FileFormat> {
    text.parse().map_err(|_| Problem::not_found("format with a column mapping"))
}
