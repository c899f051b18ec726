//! Permissions: what a user may do in an organisation, by their role and by the organisation's own rules.

use crate::settings::Organisation;
use crate::settings::role::{Act, Role};
use crate::settings::user::User;

/// Whether `user` may do `act` in `organisation`; `None` is a workspace that never joined one.
///
/// A role allows what [`Act::allowed_to`] says, with two exceptions: an organisation may keep exports to
/// Admins (C4), and a user may get the right to issue invoices without the role (C19). A user who has no
/// access any more may do nothing.
pub fn may(act: Act, user: &User, organisation: Option<&Organisation>) -> bool {
    let by_role = act.allowed_to(user.role);
    let allowed = match act {
        Act::Export => match organisation {
            // A local workspace has one user, and all its data is theirs.
            None => true,
            Some(own) => by_role && (user.role == Role::Admin || !own.only_admins_export),
        },
        Act::IssueInvoices => by_role || user.issues_invoices,
        _ => by_role,
    };
    user.active && allowed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::local_user;
    use crate::value::time::Zone;

    #[test]
    fn managers_export_unless_the_organisation_keeps_it_to_admins() {
        let open = Organisation::default();
        let kept = Organisation { only_admins_export: true, ..Organisation::default() };
        for (role, in_open, in_kept) in [
            (Role::Admin, true, true),
            (Role::Manager, true, false),
            (Role::User, false, false),
            (Role::Restricted, false, false),
        ] {
            let user = user(role);
            assert_eq!(may(Act::Export, &user, Some(&open)), in_open, "{role:?}");
            assert_eq!(may(Act::Export, &user, Some(&kept)), in_kept, "{role:?}");
            assert!(may(Act::Export, &user, None), "a workspace without an organisation exports freely");
        }
    }

    #[test]
    fn a_user_issues_invoices_by_role_or_by_a_right_of_their_own() {
        let organisation = Organisation::default();
        assert!(may(Act::IssueInvoices, &user(Role::Admin), Some(&organisation)));
        assert!(!may(Act::IssueInvoices, &user(Role::Manager), Some(&organisation)));
        let named = User { issues_invoices: true, ..user(Role::User) };
        assert!(may(Act::IssueInvoices, &named, Some(&organisation)));
    }

    #[test]
    fn a_user_without_access_may_do_nothing() {
        let gone = User { active: false, ..user(Role::Admin) };
        for act in Act::ALL {
            assert!(!may(*act, &gone, None), "{act:?}");
        }
    }

    fn user(role: Role) -> User {
        User { role, ..local_user(Zone::UTC, "en") }
    }
}
