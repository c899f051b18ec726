//! Purges: cards and contacts that an administrator removes for good (C5).

use axum::http::{Method, StatusCode};
use roadbook_domain::access::audience::{inbox_id, user_document_id};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::settings::INBOX_PRODUCT;
use roadbook_domain::value::id::DocumentId;

use crate::on_both;
use crate::sync::tests::phone::Phone;
use crate::testing::{ADMIN, Answer, Server};

on_both! {
    async fn a_purged_card_leaves_every_device_and_cannot_be_purged_again(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        let mut phone = Phone::new(&server, "bela@example.com", 2).await;
        let card = DocumentId::new(&*server.env);
        let create = CardCommand::Create { product: INBOX_PRODUCT, name: "Roof".into(), status: None, owner: None };
        phone.card(&server, card, create);
        phone.sync(&server).await;
        assert_eq!(purge(&server, &phone.token, card).await.code(), "forbidden");
        assert_eq!(purge(&server, &admin, card).await.status, StatusCode::NO_CONTENT);
        phone.sync(&server).await;
        assert_eq!(phone.purged, [card]);
        assert!(!phone.held.contains_key(&card));
        let again = purge(&server, &admin, card).await;
        assert_eq!((again.status, again.code()), (StatusCode::NOT_FOUND, "not_found"));
    }

    async fn nobody_purges_a_users_own_documents_not_even_that_user(engine) {
        let server = Server::new(engine).await.unwrap();
        let admin = server.admin().await.unwrap();
        server.add_user(&admin, "bela@example.com", "user").await.unwrap();
        for (email, installation) in [("bela@example.com", 2), (ADMIN, 9)] {
            let mut phone = Phone::new(&server, email, installation).await;
            for own in [user_document_id(phone.user), inbox_id(phone.user)] {
                assert_eq!(purge(&server, &admin, own).await.code(), "not_found", "{email}");
            }
            phone.sync(&server).await;
            assert!(phone.purged.is_empty() && phone.held.contains_key(&inbox_id(phone.user)), "{email}");
        }
    }
}

async fn purge(server: &Server, token: &str, document: DocumentId) -> Answer {
    server.send(Method::DELETE, &format!("/v1/documents/{document}"), token, None).await.unwrap()
}
