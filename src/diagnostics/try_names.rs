//! One harmless read under each name of the subcategory: how far it gets.

use crate::catalogue::ApiSelector;
use crate::sending::{Clock, Contact, FailureCode, Link, Transport, Unread, contact};
use crate::validating::{Call, CallError};

/// How far a read gets with the older name for the subcategory, and with the newer one; that is not tried where the
/// first one already shows that nobody answers. `is_reached` says whether a direct connection is possible: if not,
/// a proxy may still lead there, and one try tells.
pub(super) async fn try_names<T: Transport, C: Clock>(
    link: &Link<T, C>,
    is_reached: bool,
) -> Result<(Contact, Option<Contact>), CallError> {
    if !is_reached
        && let Err(Unread::Lost(problem)) = link.measure(ApiSelector::Subcat, &Call::probe()?).await.read
        && matches!(problem.code, FailureCode::Connect | FailureCode::Timeout)
    {
        return Ok((Contact::Unreached(problem), None));
    }
    let subcat = contact(link, ApiSelector::Subcat).await?;
    let action = match subcat {
        Contact::Unreached(_) | Contact::Silent(_) | Contact::Redirected(_) => None,
        _ => Some(contact(link, ApiSelector::Action).await?),
    };
    Ok((subcat, action))
}
