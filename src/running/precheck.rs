//! What is looked at before the first row is sent: who is there already. It is done once in a run.

use super::balances::BALANCES;
use super::error::RunError;
use super::facts::LOOKED_FOR;
use super::look::RowLook;
use super::phases::Phases;
use super::recorder::Report;
use super::run_end::RunEnd;
use super::spec::OnExisting;
use crate::catalogue::{Action, ApiSelector};
use crate::events::Look;
use crate::reconciling::{ExistingCustomer, existing};
use crate::recording::{ErrorCode, RowResult, Status};
use crate::sending::{Clock, Transport};

/// Who is there already.
const EXISTING: RowLook = RowLook { name: "existing", look: Look::Existing };
/// All that is looked at before the first row.
pub(super) const LOOKS: [RowLook; 2] = [EXISTING, BALANCES];

impl<T: Transport, C: Clock> Phases<'_, T, C> {
    /// Finds rows of `add` whose customers exist already. They are not sent; the others wait until all have
    /// been looked for, so that no row is taken for one that this very run has added.
    pub(super) async fn look_for_existing(
        &self,
        selector: ApiSelector,
        end: &mut RunEnd,
    ) -> Result<(), RunError> {
        let status = match self.policy.existing {
            OnExisting::Fail => Status::Failed,
            OnExisting::Skip => Status::Skipped,
            OnExisting::Ignore => return Ok(()),
        };
        if self.input.spec.operation.subcategory().action != Action::Add {
            return Ok(());
        }
        let is_over = self.replay()?.progress(EXISTING.name)? >= self.validated.totals.rows;
        let link = &self.server.link;
        let ask = async |_, call| existing(link, selector, &call).await;
        let looked = self.look_at_rows(EXISTING, end, ask, async |row, found| {
            let (id, text) = match found {
                None | Some(ExistingCustomer::No) => return Ok(()),
                Some(ExistingCustomer::Is(id)) => {
                    let text = format!("customer {id} has this id in the billing already; nothing was sent");
                    (id, text)
                }
                Some(ExistingCustomer::Several(ids)) => {
                    let text = format!(
                        "customers {} have this id in the billing already; nothing was sent",
                        ids.join(", ")
                    );
                    (ids.join(";"), text)
                }
                Some(ExistingCustomer::Others(ids)) => {
                    self.notes.report(Report::There(ids)).await;
                    return Ok(());
                }
                Some(ExistingCustomer::Unclear(problem)) => {
                    return Err(format!("whether the customer of row {row} exists already cannot be found out: {problem}; --existing ignore leaves the question"));
                }
            };
            let error = Some((ErrorCode::AlreadyExists, text));
            let result = RowResult { status, id: Some(id), error, http_status: None, attempts: 0 };
            self.notes.report(Report::Existing(row, result)).await;
            Ok(())
        });
        looked.await?;
        if !is_over && end.may_send() {
            self.notes.report(Report::Fact(LOOKED_FOR, "yes".to_owned())).await;
        }
        Ok(())
    }
}
