//! Caller lookup: whom a telephone number belongs to (F59).

use roadbook_domain::crm::reach;
use roadbook_domain::crm::row::{ContactRow, DetailSort};
use roadbook_domain::value::id::DocumentId;
use rusqlite::Connection;

use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::store::rows;

/// How many details with one key, and contacts with one name, are looked at: all people of a firm may have its number.
pub(super) const MOST_ALIKE: u32 = 500;

impl Client {
    /// The contacts in use that have this telephone number, however it is written there and here; by family name, at
    /// most `limit`. An index finds them, so that it is known who calls while the phone rings.
    pub fn find_caller(&self, number: &str, limit: u32) -> Result<Vec<(DocumentId, ContactRow)>, ApiError> {
        Ok(self.store().query(|connection| {
            let mut ids = reached_by(connection, DetailSort::Phone, number)?;
            ids.truncate(limit as usize);
            rows::contacts(connection, ids)
        })?)
    }
}

/// The contacts in use that are reached by a detail, by family name.
pub(super) fn reached_by(
    connection: &Connection,
    sort: DetailSort,
    value: &str,
) -> Result<Vec<DocumentId>, Error> {
    let Some(key) = reach::key(sort, value) else { return Ok(Vec::new()) };
    let sql = "SELECT c.document, d.value
               FROM (SELECT document, value FROM detail WHERE key = ?1 AND sort = ?2 LIMIT ?3) d
               CROSS JOIN contact c ON c.document = d.document
               WHERE c.trash = 0 ORDER BY c.place, c.document";
    let mut statement = connection.prepare_cached(sql)?;
    let mut details = statement.query((key, sort.name(), MOST_ALIKE))?;
    let mut ids: Vec<DocumentId> = Vec::new();
    while let Some(row) = details.next()? {
        let id = DocumentId::from_bytes(row.get(0)?);
        let known = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        // Those of one contact follow each other.
        if ids.last() != Some(&id) && reach::is_same(sort, known, value) {
            ids.push(id);
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use roadbook_domain::crm::command::ContactCommand;
    use roadbook_domain::crm::row::DetailSort;
    use roadbook_domain::value::id::DocumentId;

    use crate::testing::{Phone, part};

    fn phone_of(n: u8, value: &str) -> ContactCommand {
        let (label, value) = (String::new(), value.to_owned());
        ContactCommand::SetDetail { id: part(n), sort: DetailSort::Phone, label, value }
    }

    fn callers(phone: &Phone, number: &str) -> Vec<DocumentId> {
        phone.client.find_caller(number, 9).unwrap().into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn whoever_calls_is_found_however_the_number_was_written_down() {
        let phone = Phone::local(1);
        let zold = phone.company("Zöld Kft.", &[phone_of(1, "06 1 234-5678"), phone_of(2, "06 30 123 4567")]);
        let alma =
            phone.company("Alma Bt.", &[phone_of(1, "30/123 4567 (mobil)"), phone_of(2, "+36301234567")]);
        let other = phone.company("Körte Bt.", &[phone_of(1, "+36 20 123 4567")]);
        for number in ["+36301234567", "0036 30 123 4567", "06301234567"] {
            assert_eq!(callers(&phone, number), [alma, zold], "{number}: by name, each once");
        }
        assert_eq!(callers(&phone, "+36201234567"), [other], "other numbers end alike");
        assert_eq!(callers(&phone, "+3612345678"), [zold]);
        assert_eq!(phone.client.find_caller("+36301234567", 1).unwrap().len(), 1);
        for number in ["", "234 5678", "112", "+36301234568", "anonymous"] {
            assert_eq!(callers(&phone, number), [], "{number}");
        }
    }

    #[test]
    fn a_caller_is_found_by_the_numbers_of_now_and_not_in_the_trash() {
        let mut phone = Phone::local(1);
        let firm = phone.company("Alma Bt.", &[phone_of(1, "+36 30 123 4567")]);
        let edit = |phone: &Phone, command| phone.client.edit_contact(firm, &[command]).map(drop).unwrap();
        edit(&phone, phone_of(1, "+36 70 765 4321"));
        assert_eq!(callers(&phone, "+36301234567"), []);
        assert_eq!(callers(&phone, "06707654321"), [firm]);
        edit(&phone, ContactCommand::Trash);
        assert_eq!(callers(&phone, "06707654321"), []);
        edit(&phone, ContactCommand::Restore);
        assert_eq!(callers(&phone, "06707654321"), [firm]);
        assert_eq!(phone.client.wrong_projections().unwrap(), []);

        // As an older version made it.
        let spoil = |tx: &rusqlite::Transaction<'_>| {
            tx.execute("UPDATE detail SET key = NULL", [])?;
            Ok(tx.execute("DELETE FROM meta WHERE key = 'detail_keys'", [])?)
        };
        phone.client.store().write(spoil).unwrap();
        assert_eq!(callers(&phone, "06707654321"), []);
        phone.reopen();
        assert_eq!(callers(&phone, "06707654321"), [firm]);
        edit(&phone, phone_of(1, ""));
        assert_eq!(callers(&phone, "06707654321"), []);
    }
}
