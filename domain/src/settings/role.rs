//! Roles, and what each allows (F67, C4, C5, C12, C19).

use serde::{Deserialize, Serialize};

use crate::value::open_code::open_code;

open_code! {
    /// What a user may do, in descending order (F67); what each allows is in [`Act`].
    view Role {
        /// Every function.
        Admin = 0, "admin";
        /// Everything except settings.
        Manager = 1, "manager";
        /// Only the cards.
        User = 2, "user";
        /// Only cards assigned to the user, and cards assigned to nobody.
        Restricted = 3, "restricted";
    }
}

impl Role {
    /// Whether it sees all cards and contacts. A role that this version does not know sees as little as
    /// Restricted, and may do nothing ([`Act::allowed_to`]).
    pub const fn reads_all(self) -> bool {
        matches!(self, Self::Admin | Self::Manager | Self::User)
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident => $least:ident;)*) => {
        /// Something that a role allows or does not, whatever the document (C4, C5, C12, C19, F73).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        #[cfg_attr(feature = "web", derive(tsify::Tsify))]
        pub enum Act {
            $($(#[$doc])* $act,)*
        }

        impl Act {
            /// All acts.
            pub const ALL: &[Self] = &[$(Self::$act),*];

            /// The least role that may do it; every role above it may, too (F67).
            pub const fn least_role(self) -> Role {
                match self {
                    $(Self::$act => Role::$least,)*
                }
            }
        }
    };
}

acts! {
    /// Set up products, statuses, fields and the organisation (F73).
    EditSettings => Admin;
    /// Invite users, change roles, revoke devices, switch access off (F62, F73).
    ManageUsers => Admin;
    /// Remove a card or contact for good (C5).
    Purge => Admin;
    /// Read the audit.
    ReadAudit => Admin;
    /// Let sending, automations and numbering go on after a restored backup (C22).
    ReleaseAfterRestore => Admin;
    /// Issue invoices; a user may have this right without the role (C19).
    IssueInvoices => Admin;
    /// Make and change views for all (F74).
    ShareViews => Manager;
    /// Make and change templates (F77, F80).
    EditTemplates => Manager;
    /// Make, start and stop automations (F85-F91).
    EditAutomations => Manager;
    /// Make and change web forms (F96).
    EditForms => Manager;
    /// Make and change folders (F92).
    EditFolders => Manager;
    /// Export data, unless the organisation keeps that to Admins (C4): ask
    /// [`crate::access::permissions::may`]. The code that exports must write each export into the audit.
    Export => Manager;
    /// Import tables (F94).
    Import => Manager;
    /// Send to all cards of a view (F83).
    SendMass => Manager;
    /// Read reports about everybody (F97).
    ReadAllReports => Manager;
    /// Judge and merge duplicates (C10).
    MergeDuplicates => Manager;
    /// Read and apply what a user who has lost access handed in.
    ReviewHandIns => Manager;
    /// Create cards and contacts.
    CreateCards => Restricted;
    /// Edit, move and trash the cards and contacts one sees, and take them out of the trash (C5, C12).
    EditCards => Restricted;
    /// Add, postpone and close todos on the cards one sees.
    EditTodos => Restricted;
    /// Attach files to the cards one sees.
    AttachFiles => Restricted;
    /// Send one message from a card one sees (F82).
    SendSingle => Restricted;
    /// Make views for oneself.
    PrivateViews => Restricted;
    /// Use the views that others share.
    ApplySharedViews => Restricted;
    /// Read one's own figures.
    ReadOwnFigures => Restricted;
}

impl Act {
    /// Whether the role allows it. Acts on documents reach only the documents that the viewer sees.
    pub fn allowed_to(self, role: Role) -> bool {
        // The order of the variants decides. `Other` is the last, so an unknown role may do nothing.
        role <= self.least_role()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_is_allowed_to_the_roles_that_were_decided() {
        let table: Vec<String> = Act::ALL
            .iter()
            .map(|act| {
                let mark = |role: &Role| if act.allowed_to(*role) { "yes" } else { "-" };
                let marks: Vec<_> = Role::ALL.iter().map(mark).collect();
                assert!(!act.allowed_to(Role::Other(9)), "an unknown role may do nothing");
                format!(
                    "{:<20} {:<4} {:<4} {:<4} {}",
                    format!("{act:?}"),
                    marks[0],
                    marks[1],
                    marks[2],
                    marks[3]
                )
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"), @"
        EditSettings         yes  -    -    -
        ManageUsers          yes  -    -    -
        Purge                yes  -    -    -
        ReadAudit            yes  -    -    -
        ReleaseAfterRestore  yes  -    -    -
        IssueInvoices        yes  -    -    -
        ShareViews           yes  yes  -    -
        EditTemplates        yes  yes  -    -
        EditAutomations      yes  yes  -    -
        EditForms            yes  yes  -    -
        EditFolders          yes  yes  -    -
        Export               yes  yes  -    -
        Import               yes  yes  -    -
        SendMass             yes  yes  -    -
        ReadAllReports       yes  yes  -    -
        MergeDuplicates      yes  yes  -    -
        ReviewHandIns        yes  yes  -    -
        CreateCards          yes  yes  yes  yes
        EditCards            yes  yes  yes  yes
        EditTodos            yes  yes  yes  yes
        AttachFiles          yes  yes  yes  yes
        SendSingle           yes  yes  yes  yes
        PrivateViews         yes  yes  yes  yes
        ApplySharedViews     yes  yes  yes  yes
        ReadOwnFigures       yes  yes  yes  yes
        ");
    }
}
