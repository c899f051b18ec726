//! The exchange over HTTP, in process, on real databases.

mod access;
mod bounds;
mod limits;
mod live;
mod own_documents;
pub(crate) mod phone;
mod pull;
mod push;
mod reach;
mod recovery;
mod reupload;
mod rights;
mod strangers;
mod trim;

use roadbook_domain::crm::command::{CardCommand, NewTodo};
use roadbook_domain::settings::INBOX_PRODUCT;
use roadbook_domain::value::id::{DocumentId, PartId, UserId};

use self::phone::Phone;
use crate::testing::{Engine, Server};

/// A server with a user of each role, and a phone of each.
struct World {
    server: Server,
    admin: Phone,
    manager: Phone,
    user: Phone,
    restricted: Phone,
}

impl World {
    async fn new(engine: Engine) -> Self {
        let server = Server::new(engine).await.unwrap();
        let token = server.admin().await.unwrap();
        for role in ["manager", "user", "restricted"] {
            server.add_user(&token, &format!("{role}@example.com"), role).await.unwrap();
        }
        let admin = Phone::new(&server, crate::testing::ADMIN, 1).await;
        let manager = Phone::new(&server, "manager@example.com", 2).await;
        let user = Phone::new(&server, "user@example.com", 3).await;
        let restricted = Phone::new(&server, "restricted@example.com", 4).await;
        Self { server, admin, manager, user, restricted }
    }

    fn id(&self) -> DocumentId {
        DocumentId::new(&*self.server.env)
    }

    fn part(&self) -> PartId {
        PartId::new(&*self.server.env)
    }
}

fn create(name: &str, owner: Option<UserId>) -> CardCommand {
    CardCommand::Create { product: INBOX_PRODUCT, name: name.into(), status: None, owner }
}

fn todo(id: PartId, text: &str, assignee: UserId) -> CardCommand {
    let due = Some("2026-11-22".parse().unwrap());
    CardCommand::AddTodo(NewTodo { id, text: text.into(), due, assignee: Some(assignee), contact: None })
}

/// The state hash of a phone's user, by the word of the server.
async fn server_hash(server: &Server, phone: &Phone) -> [u8; 32] {
    let now = roadbook_domain::value::env::Env::now(&*server.env);
    let path = format!("/v1/state-hash?now={}", now.millis());
    let answer = server.send(axum::http::Method::GET, &path, &phone.token, None).await.unwrap();
    let hash = data_encoding::HEXLOWER.decode(answer.text("state_hash").as_bytes()).unwrap();
    hash.try_into().unwrap()
}
