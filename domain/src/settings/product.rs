//! Products: the working areas of a firm (F7-F16).

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::value::id::ProductId;
use crate::value::open_code::open_code;

/// A product: a working area with its own steps, fields and cards (F7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Product {
    /// Its id.
    #[n(0)]
    pub id: ProductId,
    /// What it was made from; never changes.
    #[n(1)]
    pub kind: ProductKind,
    /// The name that an administrator gave it for the top bar (F9); empty: the catalogue's, see
    /// [`Product::display_name`].
    #[n(2)]
    pub name: String,
    /// What an administrator called one card of it, in the singular (F40); empty: as the catalogue does,
    /// see [`Product::display_noun`].
    #[n(3)]
    pub item_noun: String,
    /// Its place in the top bar; ties go by id.
    #[n(4)]
    pub order: u32,
    /// Whether it is in use; a product that is switched off keeps its cards (F7).
    #[n(5)]
    pub enabled: bool,
    /// After how many days the status changes by itself (T13): days without contact in Sales
    /// (*forgotten*), without order in Webshop (*lapsed*). `None`: never.
    #[n(6)]
    pub lapse_days: Option<u16>,
}

open_code! {
    /// What a product is made from: its status mode, default statuses and preset fields are in
    /// [`crate::settings::catalogue`].
    view ProductKind {
        /// Sales with qualified leads that move by themselves (F16-F19).
        Sales = 1, "sales";
        /// Sales moved by hand (F12).
        ClassicSales = 2, "classic_sales";
        /// Outgoing invoices.
        Invoicing = 3, "invoicing";
        /// Orders of customers.
        Order = 4, "order";
        /// Customers of a web shop.
        Webshop = 5, "webshop";
        /// Leave of colleagues.
        Leave = 6, "leave";
        /// Customers as such.
        Customers = 20, "customers";
        /// Projects; the general base for a process of one's own (F14).
        Projects = 21, "projects";
        /// Projects that are planned, introduced and checked.
        ProjectManagement = 22, "project_management";
        /// Applicants and colleagues.
        HumanResources = 23, "human_resources";
        /// Franchise partners.
        Franchise = 24, "franchise";
        /// Participants of events and courses.
        Participants = 25, "participants";
        /// Suppliers.
        Suppliers = 26, "suppliers";
        /// Helpdesk; a card is a ticket (F14).
        CustomerService = 27, "customer_service";
        /// A process of the firm's own design.
        Custom = 28, "custom";
        /// Questionnaires sent to customers.
        Questionnaire = 29, "questionnaire";
        /// What is done inside the firm; inbox cards live here.
        InternalTasks = 30, "internal_tasks";
        /// Invoices received.
        IncomingInvoices = 31, "incoming_invoices";
        /// Tools, cars and other assets.
        Assets = 32, "assets";
        /// All that is held about a customer, in one place.
        Crm = 33, "crm";
        /// Regular payments (F14, C18).
        RecurringRevenue = 40, "recurring_revenue";
        /// Subscriptions to services and trainings (F14, C18).
        Subscription = 41, "subscription";
    }
}
