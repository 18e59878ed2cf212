//! Forms with a file, as browsers send them.

use std::collections::HashMap;

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use futures_util::StreamExt;

use super::confirm::check_form_token;
use crate::services::Services;
use crate::web::Problem;

/// Largest file that is taken: more than the staff list of any trust.
const MOST_BYTES: usize = 20_000_000;
/// Most fields of a form.
const MOST_FIELDS: usize = 20;

/// What a form holds.
pub(super) struct Upload {
    fields: HashMap<String, Field>,
}

struct Field {
    file: Option<String>,
    bytes: Vec<u8>,
}

impl Upload {
    /// Reads the whole form, which must have the caller's own token in `token`.
    ///
    /// # Errors
    /// 400 for what is no such form, the same for one that came from elsewhere, 422 for a file that is too large.
    pub(super) async fn read(form: Multipart, request: &HttpRequest, services: &Services) -> Result<Self, Problem> {
        let form = Self::fields(form).await?;
        check_form_token(request, services, &form.text("token"))?;
        Ok(form)
    }

    async fn fields(mut form: Multipart) -> Result<Self, Problem> {
        let malformed = |_| Problem::bad_request("this form cannot be read; go back and send it again");
        let mut fields = HashMap::new();
        while let Some(field) = form.next().await {
            let mut field = field.map_err(malformed)?;
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.content_disposition().and_then(|it| it.get_filename()).map(str::to_owned);
            let bytes = match field.bytes(MOST_BYTES).await {
                Ok(bytes) => bytes.map_err(malformed)?.to_vec(),
                Err(_) => {
                    return Err(Problem::unprocessable(
                        "the file is larger than 20 MB; send a smaller one",
                        Vec::new(),
                    ));
                }
            };
            fields.insert(name, Field { file, bytes });
            if fields.len() > MOST_FIELDS {
                return Err(Problem::bad_request("this form has more fields than ours"));
            }
        }
        Ok(Self { fields })
    }

    /// A field of text; empty when it is not there.
    pub(super) fn text(&self, name: &str) -> String {
        self.fields.get(name).map(|field| String::from_utf8_lossy(&field.bytes).into_owned()).unwrap_or_default()
    }

    /// The name and the bytes of a file; `None` when none was chosen.
    pub(super) fn file(&self, name: &str) -> Option<(&str, &[u8])> {
        let field = self.fields.get(name)?;
        let file = field.file.as_deref().unwrap_or_default();
        (!field.bytes.is_empty()).then_some((if file.is_empty() { "the file" } else { file }, field.bytes.as_slice()))
    }
}
