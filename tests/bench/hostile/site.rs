//! Where the requests go: the office of 10,000 cards, with a device of a user, of a Restricted user and of a
//! manager.

use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::wire::{Cursor, SyncRequest, SyncResponse, to_frame};

use super::device::Device;
use crate::dataset;
use crate::office::Office;

/// How many cards the office has.
const CARDS: usize = 10_000;

pub struct Site {
    pub office: Office,
    pub user: Device,
    pub restricted: Device,
    /// Users of the organisation who do nothing.
    pub colleagues: Vec<UserId>,
    /// Cards that were pushed to be edited later.
    pub cards: Vec<DocumentId>,
}

/// A request that is measured.
pub struct Asked {
    pub by: Who,
    pub at: At,
    pub what: What,
    /// Whether the answer (`None`: an error) is what the request is about.
    pub is_so: fn(Option<&SyncResponse>) -> bool,
}

#[derive(Clone, Copy)]
pub enum Who {
    User,
    Restricted,
}

/// Where the device stands that asks.
pub enum At {
    Head,
    Nowhere,
    Cursor(Cursor),
}

pub enum What {
    Request(Box<SyncRequest>),
    Frame(Vec<u8>),
}

impl Site {
    pub fn new() -> Self {
        let office = Office::with(CARDS);
        office.hire("forger", "Forger");
        office.hire_as("restricted", "outsider", "Outsider");
        let colleague = |n: usize| office.hire(&format!("sleeper{n}"), &format!("Sleeper {n}"));
        let colleagues = (0..100).map(colleague).collect();
        let (user, restricted) = (Device::sign_in(&office, "forger"), Device::sign_in(&office, "outsider"));
        Self { office, user, restricted, colleagues, cards: Vec::new() }
    }

    /// The token and the frame of a request.
    pub fn frame(&mut self, asked: &Asked) -> (String, Vec<u8>) {
        let device = match asked.by {
            Who::User => &mut self.user,
            Who::Restricted => &mut self.restricted,
        };
        let cursor = match &asked.at {
            At::Nowhere => None,
            At::Cursor(cursor) => Some(cursor.clone()),
            At::Head => {
                device.catch_up(&self.office);
                device.cursor.clone()
            }
        };
        let frame = match &asked.what {
            What::Frame(frame) => frame.clone(),
            What::Request(request) => to_frame(&SyncRequest { cursor, ..(**request).clone() }),
        };
        (device.token.clone(), frame)
    }

    /// What the user's device has in its outbox, as a request.
    pub fn push_of_user(&mut self, is_so: fn(Option<&SyncResponse>) -> bool) -> Asked {
        Asked { by: Who::User, at: At::Head, what: What::Request(Box::new(self.user.take_push())), is_so }
    }
}

/// The id of a benchmark's document.
pub fn id(what: &str, round: usize, number: usize) -> DocumentId {
    DocumentId::derived(&[what.as_bytes(), &round.to_be_bytes(), &number.to_be_bytes()])
}

pub fn create(name: &str, owner: UserId) -> CardCommand {
    CardCommand::Create {
        product: dataset::product(),
        name: name.to_owned(),
        status: Some(dataset::status("lead")),
        owner: Some(owner),
    }
}

/// Words without an end; the same for the same number.
pub fn words(seed: usize, chars: usize) -> String {
    let mut text = String::with_capacity(chars + 12);
    let mut state = seed as u64 * 2_654_435_761 + 1;
    while text.len() < chars {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        for shift in 0..3 + (state >> 60) as usize % 7 {
            text.push(char::from(b'a' + ((state >> (5 * shift + 8)) % 26) as u8));
        }
        text.push(' ');
    }
    text.truncate(chars);
    text
}
