//! Users who lose access while something is unsent, and what a manager does with what their phones hand in.

use std::collections::BTreeMap;

use roadbook_client::{SyncError, SyncSession, account, sync};
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::value::id::DeviceId;
use serde_json::Value;

use super::Simulation;
use super::peek::Unsent;
use super::transition::Act;
use crate::failure::{Failure, ensure, same};

impl Simulation<'_> {
    /// A user loses access, or their phone is revoked. It hands in what is unsent and keeps nothing that can be
    /// read; once they have access again, their edits are back on it (R17).
    pub(super) fn hand_in(&mut self, phone: u8, revoked: bool, judged: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let owner = self.phones[place].owner;
        // The administrator stays one.
        let revoked = revoked || owner == 0;
        if !self.is_enabled(owner)? || !self.sign_in_on(place, owner)? {
            return Ok(());
        }
        let app = self.phones[place].phone.app();
        let (unsent, quarantined) = (app.peek.outbox()?, app.peek.quarantine()?);
        let client = app.client.clone();
        let (user, device) = self.phones[place].sender();
        let act = if revoked { Act::Revoke } else { Act::Disable };
        self.server.act(user, Some(device), act)?;
        self.look()?;
        let line = self.server.line();
        let mut over = self.server.wait_for(sync(&client, &line, &mut |_| {})).map(drop);
        if over == Err(SyncError::Elsewhere) {
            // The app waits for an answer, and will ask for a token next.
            over = self.server.wait_for(account::refresh(&client, &line)).map(drop);
        }
        // A sync begins with what the user opened last, which may be one edit more.
        let count = unsent.len() as u64;
        let is_all = matches!(over, Err(SyncError::AccessEnded { handed_in }) if (count..=count + 1).contains(&handed_in));
        ensure("all that is unsent is handed in (R17)", is_all, || format!("{over:?} of {count}"))?;
        self.ledger.tally.count("handed in");
        let app = self.phones[place].phone.app();
        let is_empty = app.peek.documents()?.is_empty() && app.peek.outbox()?.is_empty();
        ensure("who has no access keeps nothing (R17)", is_empty, || format!("phone {place}"))?;
        app.session = SyncSession::new(&app.client);
        // Of what a restored server lost, this may have been the last copy.
        self.write_off()?;
        // Whoever applies it, it was made by this user on this device.
        self.ledger.note_made((user, device), unsent.keys().copied());
        self.judge_hand_in(device, judged, &unsent)?;
        if !revoked {
            self.server.act(user, None, Act::Enable)?;
            self.look()?;
        }
        let taken = self.sign_in_on(place, owner)?;
        ensure("a user signs in to their own file again", taken, || format!("phone {place}"))?;
        self.is_back(place, &unsent, &quarantined)?;
        self.look_at(place)
    }

    /// A manager applies what a device handed in, discards it, or leaves it.
    fn judge_hand_in(
        &mut self,
        device: DeviceId,
        judged: u8,
        unsent: &BTreeMap<ChangeHash, Unsent>,
    ) -> Result<(), Failure> {
        let device = device.to_string();
        let mut waiting = self.server.hand_ins()?;
        waiting.retain(|hand_in| hand_in["device"] == device.as_str());
        let changes =
            |waiting: &[Value]| waiting.iter().filter_map(|one| one["changes"].as_u64()).sum::<u64>();
        ensure(
            "what is handed in waits for a manager (R17)",
            changes(&waiting) >= unsent.len() as u64,
            || format!("{} of {}", changes(&waiting), unsent.len()),
        )?;
        let before = self.server.documents()?;
        for hand_in in &waiting {
            match judged % 3 {
                0 => {
                    let answer = self.server.judge_hand_in(hand_in, "apply")?;
                    self.ledger.tally.count("hand-ins applied");
                    let is_all =
                        answer["left"] == 0 && answer["refused"].as_array().is_some_and(Vec::is_empty);
                    let there = self.server.documents()?;
                    let lacks = |(hash, one): &(&ChangeHash, &Unsent)| {
                        there.get(&one.document).is_none_or(|held| !held.changes.0.contains_key(*hash))
                    };
                    let lacking = unsent.iter().filter(lacks).count();
                    // Earlier hand-ins of the device are among them, so a refusal cannot be told to be of this.
                    ensure(
                        "what is applied is there (R17)",
                        !is_all || waiting.len() > 1 || lacking == 0,
                        || format!("{lacking} of {answer}"),
                    )?;
                }
                1 => {
                    self.server.judge_hand_in(hand_in, "discard")?;
                    self.ledger.tally.count("hand-ins discarded");
                    let after = self.server.documents()?;
                    same("what is discarded changes nothing (R17)", &after, &before)?;
                }
                _ => {}
            }
        }
        self.look().map(drop)
    }
}
