//! The phones of the demonstration: the client core, over real HTTP.

use std::error::Error;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use roadbook_client::account::{self, Credentials, HttpMethod, Installation};
use roadbook_client::{Client, HttpTransport, SyncReport, Transport, sync};
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::env::{Env, SystemEnv, random};
use roadbook_domain::value::id::UserId;
use roadbook_domain::value::time::Timestamp;
use serde_json::{Value, json};

use super::cast::{Name, Person};
use crate::scratch::Scratch;

/// Somebody's phone.
pub struct Phone {
    /// The given name of its user.
    pub name: &'static str,
    /// The user.
    pub user: UserId,
    /// The core.
    pub client: Client,
    transport: HttpTransport,
}

/// What a sync did, and how long it took.
pub struct Synced {
    /// What the core counted.
    pub report: SyncReport,
    /// Milliseconds on the clock.
    pub millis: i64,
}

impl Phone {
    /// A new phone on which somebody signs in.
    pub async fn sign_in(address: &str, folder: &Scratch, person: &Person) -> Result<Self, Box<dyn Error>> {
        let name = person.name.given_name;
        let client = Client::open(folder.file(&format!("{name}.db"))?, Arc::new(SystemEnv))?;
        let transport = HttpTransport::new(address)?;
        let user = enter(&client, &transport, person).await?;
        Ok(Self { name, user, client, transport })
    }

    /// Signs in once more: the server may have been restored to a time before this session.
    pub async fn sign_in_again(&self, person: &Person) -> Result<(), Box<dyn Error>> {
        enter(&self.client, &self.transport, person).await?;
        Ok(())
    }

    /// Exchanges everything with the server.
    pub async fn sync(&self) -> Result<Synced, Box<dyn Error>> {
        let began = SystemEnv.now();
        let report = sync(&self.client, &self.transport, &mut |_| {}).await?;
        Ok(Synced { report, millis: SystemEnv.now().millis() - began.millis() })
    }

    /// The hash of what the server shows to this phone's user.
    pub async fn state_hash_of_server(&self, now: Timestamp) -> Result<[u8; 32], Box<dyn Error>> {
        let answer = self.get(&format!("/v1/state-hash?now={}", now.millis())).await?;
        let text = answer.get("state_hash").and_then(Value::as_str).unwrap_or_default();
        let hash = HEXLOWER.decode(text.as_bytes())?;
        Ok(hash.try_into().map_err(|_| "the server's state hash is none")?)
    }

    /// Whether the server shows this phone's user their own cards only.
    pub async fn is_restricted(&self) -> Result<bool, Box<dyn Error>> {
        let me = self.get("/v1/me").await?;
        let role = me.get("role").and_then(Value::as_str).ok_or("the server names no role")?;
        Ok(role.parse::<Role>().is_ok_and(|role| !role.reads_all()))
    }

    async fn get(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        let reply = account::ask(&self.client, &self.transport, HttpMethod::Get, path, None).await?;
        Ok(serde_json::from_str(&reply.body)?)
    }

    /// Adds a colleague, as an administrator does; returns the password made for them.
    pub async fn hire(
        &self,
        name: &Name,
        role: &str,
        zone: &str,
        locale: &str,
    ) -> Result<String, Box<dyn Error>> {
        let bytes: [u8; 12] = random(&SystemEnv);
        let password = data_encoding::BASE64URL_NOPAD.encode(&bytes);
        let token = account::access_token(&self.client, &self.transport).await?;
        let user = json!({
            "email": name.email,
            "family_name": name.family_name,
            "given_name": name.given_name,
            "role": role,
            "zone": zone,
            "locale": locale,
            "password": password,
        });
        self.transport.post("/v1/users", Some(&token), user.to_string()).await?;
        Ok(password)
    }
}

async fn enter(
    client: &Client,
    transport: &HttpTransport,
    person: &Person,
) -> Result<UserId, Box<dyn Error>> {
    let secret: [u8; 32] = random(&SystemEnv);
    let credentials = Credentials { email: person.name.email, password: &person.password };
    let device = format!("{}'s phone", person.name.given_name);
    let installation = Installation { platform: "demo", name: &device, secret: &secret };
    Ok(account::sign_in(client, transport, credentials, installation).await?.user)
}
