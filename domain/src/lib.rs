//! The truth of Roadbook: what a card is, who may see it, what is due, and what goes over the wire.
//!
//! Pure: every function depends on its arguments alone; clock, zone and randomness are arguments.
//! No I/O crate may appear in this crate's tree; storage and network live in `client-core` and
//! `server`, which share these rules and never repeat them (L7).
//!
//! # How it works
//!
//! A user's action is one or more *commands*, such as [`CardCommand`](crm::command::CardCommand). A
//! [`Draft`](document::draft::Draft) turns them into one [`Change`](document::change::Change), which writes
//! registers of one [`Document`](document::Document). Only changes travel. The guard judges each before it
//! touches a document:
//!
//! ```text
//! command -> draft -> change -> document -> row -> lists, Today
//!                       |
//!                       +-> bytes -> server -> bytes -> guard -> the same document elsewhere
//! ```
//!
//! A change is known by its hash and never altered. A document is the set of its changes, so two devices
//! with the same changes show the same, in whatever order the changes came. Where users write one register
//! at the same time, [`shown`](document::shown()) picks one value and the others are kept, so nothing is
//! lost (L6).
//!
//! Lists, Today and reports read [rows](crm::row) and never a document. A row follows from its document
//! alone, so phone and server compute the same.
//!
//! # Example
//!
//! Two users edit one card, each on a device of their own, and neither sees the other's edit. Both devices
//! come to the same card.
//!
//! ```
//! use roadbook_domain::crm::card;
//! use roadbook_domain::crm::command::{Acting, CardCommand, NewTodo};
//! use roadbook_domain::crm::row::Rows;
//! use roadbook_domain::document::Document;
//! use roadbook_domain::document::change::{Actor, Change};
//! use roadbook_domain::document::draft::Draft;
//! use roadbook_domain::read::projection::rows;
//! use roadbook_domain::value::env::SeededEnv;
//! use roadbook_domain::value::id::{PartId, ProductId, UserId};
//! use roadbook_domain::value::time::Timestamp;
//! use roadbook_domain::value::todo::Outcome;
//!
//! type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
//!
//! /// Drafts the commands of one action on a device's copy of the card, and adds the finished change.
//! fn edit(on: &mut Document, actor: Actor, acting: &Acting, commands: &[CardCommand]) -> Result<Change> {
//!     let mut draft = Draft::new(on, actor, acting.now);
//!     for command in commands {
//!         command.draft(&mut draft, acting)?;
//!     }
//!     let change = draft.finish().ok_or("the commands change nothing")?;
//!     on.add(&change)?;
//!     Ok(change)
//! }
//!
//! // Clock and randomness are arguments; an app passes those of the operating system.
//! let now = Timestamp::from_millis(1_764_000_000_000);
//! let env = SeededEnv::new(1, now);
//! let anna = Acting { by: UserId::new(&env), now, zone: "Europe/Budapest".parse()? };
//! let bela = Acting { by: UserId::new(&env), ..anna };
//! let (phone, tablet) = (Actor::new(&env), Actor::new(&env));
//!
//! // Anna makes a card with a todo on her phone. Béla's tablet receives the change.
//! let call = PartId::new(&env);
//! let mut on_phone = Document::new(&card::TYPE);
//! let made = edit(&mut on_phone, phone, &anna, &[
//!     CardCommand::Create {
//!         product: ProductId::new(&env),
//!         name: "Acme".into(),
//!         status: None,
//!         owner: Some(anna.by),
//!     },
//!     CardCommand::AddTodo(NewTodo {
//!         id: call,
//!         text: "Call back".into(),
//!         due: Some("2025-11-25".parse()?),
//!         assignee: Some(anna.by),
//!         contact: None,
//!     }),
//! ])?;
//! let mut on_tablet = Document::new(&card::TYPE);
//! on_tablet.add(&made)?;
//!
//! // Neither sees the other's edit: Anna postpones the todo, Béla closes it.
//! let monday = Some("2025-12-01".parse()?);
//! let postponed = edit(&mut on_phone, phone, &anna, &[CardCommand::Postpone(call, monday)])?;
//! let closed = edit(&mut on_tablet, tablet, &bela, &[CardCommand::Close(call, Outcome::Success)])?;
//!
//! // Each device adds the other's change, read from the bytes that travel, in whatever order.
//! on_phone.add(&Change::from_bytes(&closed.to_bytes())?)?;
//! on_tablet.add(&Change::from_bytes(&postponed.to_bytes())?)?;
//! assert_eq!(on_phone.heads(), on_tablet.heads());
//!
//! // Lists read the row. The todo is closed, and the postponement is kept, too (C13).
//! let Rows::Card(row, _) = rows(&on_phone, None) else { return Err("not a card".into()) };
//! let todo = row.todos.first().ok_or("no todo")?;
//! assert_eq!(todo.closed_by(), Some(bela.by));
//! assert_eq!(todo.due, monday);
//! assert_eq!(rows(&on_tablet, None), rows(&on_phone, None));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to begin
//!
//! To read: [`crm::command`] tells what a user can do, [`document::change`] what a change is, and
//! [`document::guard`] which changes are refused. To call: `client-core` is the phone and `server` the
//! server; an app needs no more of this crate than their types.
//!
//! # The rooms
//!
//! Each uses only those before it in this list.
//!
//! 1. [`value`]: ids, times, amounts and other texts of one form, the clock and randomness.
//! 2. [`document`]: changes, their canonical bytes, the guard, and the documents that they make.
//! 3. [`crm`]: cards, contacts and user documents, their commands, and the rows that lists live on.
//! 4. [`settings`]: products, statuses, fields and users, which administrators set.
//! 5. [`access`]: who sees which document, and what their role lets them do.
//! 6. [`read`]: what registers show, and what is made from them: Today, boards, history, reminders.
//! 7. [`calendar`]: a user's todos as events of a calendar, and the feed that calendar programs read.
//! 8. [`wire`]: what goes over the wire, and rests in stores in the same form.
//! 9. [`import`]: from the bytes of a CSV file to the commands that make cards and contacts.
//! 10. `bindings`: how ids, times and texts cross into Kotlin, Swift and TypeScript.

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

pub mod access;
pub mod calendar;
pub mod crm;
pub mod document;
pub mod import;
pub mod read;
pub mod settings;
pub mod value;
pub mod wire;

#[cfg(any(feature = "uniffi", feature = "web"))]
pub mod bindings;
