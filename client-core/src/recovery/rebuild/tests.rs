use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::read::projection;

use super::*;
use crate::remote::error::SyncError;
use crate::remote::transport::{Transport, TransportError};
use crate::store::meta;
use crate::sync::syncer::Syncer;
use crate::testing::{NOW, Phone, todo};

/// A network that is not there.
struct Nowhere;

impl Transport for Nowhere {
    async fn exchange(&self, _: &str, _: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        Err(TransportError::Unreachable)
    }

    async fn post(&self, _: &str, _: Option<&str>, _: String) -> Result<String, TransportError> {
        Err(TransportError::Unreachable)
    }
}

#[tokio::test]
async fn rows_of_another_projection_version_are_made_anew_without_a_network_and_nothing_is_lost() {
    let mut phone = Phone::local(1);
    // More than one slice of them.
    let cards: Vec<_> =
        (0..70).map(|n| phone.card(&format!("Card {n}"), &[todo(1, "Call", "2026-11-24")])).collect();
    phone.client.edit_card(cards[0], &[CardCommand::Rename("Bakery".into())]).unwrap();
    let before = (phone.client.state_hash(NOW), phone.client.unsent_count());
    // As an older version of the projection would have made them.
    let older = |tx: &Transaction<'_>| {
        tx.execute_batch("UPDATE card SET name = ''; DELETE FROM todo; UPDATE fact SET facts = x'80'")?;
        meta::set(tx, &documents::PROJECTION_VERSION, &(projection::VERSION + 1))
    };
    phone.client.store().write(older).unwrap();
    phone.reopen();
    assert_eq!(phone.client.wrong_projections().unwrap().len(), cards.len());

    let synced = Syncer::new(&phone.client).sync(&Nowhere, &mut |_| {}).await;
    assert_eq!(synced, Err(SyncError::SignInNeeded));
    assert_eq!(phone.client.wrong_projections(), Ok(Vec::new()));
    assert_eq!((phone.client.state_hash(NOW), phone.client.unsent_count()), before);
    assert_eq!(phone.client.rebuild_some(9), Ok((false, ChangeSet::default())), "once");
}
