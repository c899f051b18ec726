//! Kinds about orders, invoices and payments.

use super::sales::LEAD_SOURCE;
use super::{FieldSpec, KindSpec, Values, field, names, option, status};
use crate::settings::product::ProductKind;
use crate::settings::status::StatusGroup::{InProgress, Inactive, Negative, Positive};
use crate::settings::status::StatusMode;

pub(super) static ORDER: KindSpec = KindSpec {
    kind: ProductKind::Order,
    names: names("Orders", "Megrendelések", "Comenzi"),
    item_noun: names("order", "megrendelés", "comandă"),
    guidance: names(
        "Choose it to follow each order from draft to delivery; its status follows the dates on the card.",
        "Megrendelések követése a vázlattól a teljesítésig; a státusz az adatlap dátumaiból adódik.",
        "Pentru urmărirea comenzilor de la schiță la livrare; statusul urmează datele de pe card.",
    ),
    mode: StatusMode::Derived,
    lapse_days: None,
    preview: true,
    statuses: &[
        status("draft", Inactive, "Draft", "Vázlat", "Schiță"),
        status("confirmed", InProgress, "Confirmed", "Visszaigazolt", "Confirmată").todo(
            1,
            "Start to fulfil the order",
            "Kezdd el a teljesítést",
            "Începe livrarea",
        ),
        status("in_fulfilment", InProgress, "In fulfilment", "Teljesítés alatt", "În curs de livrare").todo(
            3,
            "Check the delivery",
            "Ellenőrizd a szállítást",
            "Verifică livrarea",
        ),
        status("fulfilled", Positive, "Fulfilled", "Teljesített", "Livrată"),
        status("cancelled", Negative, "Cancelled", "Lemondott", "Anulată"),
    ],
    fields: &[
        field("order_value", Values::Money, "Order value", "Megrendelés értéke", "Valoarea comenzii"),
        field("confirmed_on", Values::Day, "Confirmed on", "Visszaigazolva", "Confirmată la").deciding(),
        field("fulfilment_from", Values::Day, "Fulfilment from", "Teljesítés kezdete", "Livrare din")
            .deciding(),
        field("fulfilled_on", Values::Day, "Fulfilled on", "Teljesítve", "Livrată la").deciding(),
        field("cancelled_on", Values::Day, "Cancelled on", "Lemondva", "Anulată la").deciding(),
    ],
};

pub(super) static INVOICING: KindSpec = KindSpec {
    kind: ProductKind::Invoicing,
    names: names("Invoicing", "Számlázás", "Facturare"),
    item_noun: names("invoice", "számla", "factură"),
    guidance: names(
        "Choose it to issue and store invoices and to see which are unpaid.",
        "Számlák kiállításához és tárolásához; látszik, melyik nincs kifizetve.",
        "Pentru emiterea și păstrarea facturilor; se vede care nu este plătită.",
    ),
    mode: StatusMode::Derived,
    lapse_days: None,
    preview: true,
    statuses: &[
        status("to_issue", Inactive, "To issue", "Kiállítandó", "De emis"),
        status("issued", InProgress, "Issued", "Kiállított", "Emisă").todo(
            0,
            "Send the invoice",
            "Küldd el a számlát",
            "Trimite factura",
        ),
        status("sent", InProgress, "Sent", "Elküldött", "Trimisă").todo(
            8,
            "Check the payment",
            "Ellenőrizd a fizetést",
            "Verifică plata",
        ),
        status("paid", Positive, "Paid", "Kifizetett", "Plătită"),
        status("reversed", Negative, "Reversed", "Sztornózott", "Stornată"),
    ],
    fields: &[
        INVOICE_NUMBER,
        INVOICE_TOTAL,
        PAYMENT_DUE,
        field("issued_on", Values::Day, "Issued on", "Kiállítva", "Emisă la").deciding(),
        field("sent_on", Values::Day, "Sent on", "Elküldve", "Trimisă la").deciding(),
        field("paid_on", Values::Day, "Paid on", "Kifizetve", "Plătită la").deciding(),
        field("reversed_on", Values::Day, "Reversed on", "Sztornózva", "Stornată la").deciding(),
    ],
};

pub(super) static INCOMING_INVOICES: KindSpec = KindSpec {
    kind: ProductKind::IncomingInvoices,
    names: names("Incoming invoices", "Bejövő számlák", "Facturi primite"),
    item_noun: names("incoming invoice", "bejövő számla", "factură primită"),
    guidance: names(
        "Choose it to check, approve and pay the invoices that suppliers send.",
        "A szállítói számlák ellenőrzéséhez, jóváhagyásához és kifizetéséhez.",
        "Pentru verificarea, aprobarea și plata facturilor de la furnizori.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_check", Inactive, "To check", "Ellenőrizendő", "De verificat"),
        status("to_approve", InProgress, "To approve", "Jóváhagyandó", "De aprobat").todo(
            2,
            "Approve the invoice",
            "Hagyd jóvá a számlát",
            "Aprobă factura",
        ),
        status("to_pay", InProgress, "To pay", "Kifizetendő", "De plătit").todo(
            3,
            "Pay the invoice",
            "Fizesd ki a számlát",
            "Plătește factura",
        ),
        status("paid", Positive, "Paid", "Kifizetett", "Plătită"),
        status("rejected", Negative, "Rejected", "Visszautasított", "Respinsă"),
    ],
    fields: &[INVOICE_NUMBER, INVOICE_TOTAL, PAYMENT_DUE],
};

pub(super) static WEBSHOP: KindSpec = KindSpec {
    kind: ProductKind::Webshop,
    names: names("Webshop", "Webáruház", "Magazin online"),
    item_noun: names("shop customer", "webáruházi vevő", "client al magazinului"),
    guidance: names(
        "Choose it when customers order in a web shop: they are sorted by how often and when they bought.",
        "Ha a vevők webáruházban rendelnek: aszerint rendezi őket, hányszor és mikor vásároltak.",
        "Când clienții comandă într-un magazin online: îi ordonează după cât de des și când au cumpărat.",
    ),
    mode: StatusMode::Derived,
    lapse_days: Some(365),
    preview: true,
    statuses: &[
        status("no_order", Inactive, "No order yet", "Még nem rendelt", "Fără comandă încă"),
        status("open_order", InProgress, "Open order", "Nyitott rendelés", "Comandă deschisă").todo(
            1,
            "See to the open order",
            "Intézd a nyitott rendelést",
            "Ocupă-te de comanda deschisă",
        ),
        status("bought_once", Positive, "Bought once", "Egyszer vásárolt", "A cumpărat o dată"),
        status("regular", Positive, "Regular", "Visszatérő", "Fidel"),
        status("lapsed", Negative, "Lapsed", "Elmaradt", "Pierdut din vedere"),
    ],
    fields: &[
        field("open_orders", Values::Decimal, "Open orders", "Nyitott rendelések", "Comenzi deschise")
            .deciding(),
        field("orders", Values::Decimal, "Completed orders", "Teljesült rendelések", "Comenzi finalizate")
            .deciding(),
        field("last_order_on", Values::Day, "Last order on", "Utolsó rendelés", "Ultima comandă la")
            .deciding(),
        field(
            "orders_total",
            Values::Money,
            "Value of all orders",
            "Rendelések összértéke",
            "Valoarea comenzilor",
        ),
        LEAD_SOURCE,
    ],
};

pub(super) static RECURRING_REVENUE: KindSpec = KindSpec {
    kind: ProductKind::RecurringRevenue,
    names: names("Recurring revenue", "Ismétlődő bevétel", "Venituri recurente"),
    item_noun: names("recurring payment", "ismétlődő díj", "plată recurentă"),
    guidance: names(
        "Choose it for products and services that are paid for again and again.",
        "Olyan termékekhez és szolgáltatásokhoz, amelyekért újra és újra fizetnek.",
        "Pentru produse și servicii care se plătesc din nou și din nou.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_start", Inactive, "To start", "Elindítandó", "De pornit"),
        status("to_bill", InProgress, "To bill", "Számlázandó", "De facturat").todo(
            0,
            "Issue the invoice",
            "Állítsd ki a számlát",
            "Emite factura",
        ),
        status("to_collect", InProgress, "To collect", "Beszedendő", "De încasat").todo(
            8,
            "Check the payment",
            "Ellenőrizd a fizetést",
            "Verifică plata",
        ),
        status("settled", Positive, "Settled", "Rendezett", "Achitat"),
        status("stopped", Negative, "Stopped", "Leállított", "Oprit"),
    ],
    fields: &[FEE, BILLING_PERIOD, BILLING_STATE, NEXT_BILLING],
};

pub(super) static SUBSCRIPTION: KindSpec = KindSpec {
    kind: ProductKind::Subscription,
    names: names("Subscriptions", "Előfizetések", "Abonamente"),
    item_noun: names("subscription", "előfizetés", "abonament"),
    guidance: names(
        "Choose it for permanent services and trainings that customers subscribe to and renew.",
        "Folyamatos szolgáltatásokhoz és képzésekhez, amelyekre előfizetnek és amelyeket megújítanak.",
        "Pentru servicii permanente și cursuri la care clienții se abonează și pe care le reînnoiesc.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("trial", Inactive, "Trial to follow up", "Utánkövetendő próba", "Probă de urmărit"),
        status("to_start", InProgress, "To start", "Elindítandó", "De pornit").todo(
            1,
            "Start the subscription",
            "Indítsd el az előfizetést",
            "Pornește abonamentul",
        ),
        status("to_serve", InProgress, "To serve", "Kiszolgálandó", "De deservit").todo(
            14,
            "Ask whether they are satisfied",
            "Kérdezd meg, elégedett-e",
            "Întreabă dacă este mulțumit",
        ),
        status("to_renew", InProgress, "To renew", "Megújítandó", "De reînnoit").todo(
            3,
            "Offer the renewal",
            "Ajánld fel a megújítást",
            "Oferă reînnoirea",
        ),
        status("completed", Positive, "Completed", "Kitöltött", "Încheiat"),
        status("terminated", Negative, "Terminated", "Felmondott", "Reziliat"),
    ],
    fields: &[
        FEE,
        BILLING_PERIOD,
        BILLING_STATE,
        NEXT_BILLING,
        field("started_on", Values::Day, "Started on", "Kezdete", "Început la"),
        field("ends_on", Values::Day, "Ends on", "Vége", "Se încheie la"),
    ],
};

const INVOICE_NUMBER: FieldSpec =
    field("invoice_number", Values::Text, "Invoice number", "Számlaszám", "Numărul facturii");

const INVOICE_TOTAL: FieldSpec = field("invoice_total", Values::Money, "Total", "Végösszeg", "Total");

const PAYMENT_DUE: FieldSpec =
    field("payment_due", Values::Day, "Payment due", "Fizetési határidő", "Termen de plată");

const FEE: FieldSpec = field("fee", Values::Money, "Fee", "Díj", "Tarif");

const BILLING_PERIOD: FieldSpec = field(
    "billing_period",
    Values::Choice(&[
        option("monthly", "Monthly", "Havi", "Lunar"),
        option("quarterly", "Quarterly", "Negyedéves", "Trimestrial"),
        option("yearly", "Yearly", "Éves", "Anual"),
    ]),
    "Billing period",
    "Számlázási időszak",
    "Perioada de facturare",
);

const BILLING_STATE: FieldSpec = field(
    "billing_state",
    Values::Choice(&[
        option("to_bill", "To bill", "Számlázandó", "De facturat"),
        option("billed", "Billed", "Kiszámlázott", "Facturat"),
        option("paid", "Paid", "Kifizetett", "Plătit"),
        option("overdue", "Overdue", "Lejárt", "Restant"),
    ]),
    "Billing state",
    "Számlázás állapota",
    "Starea facturării",
);

const NEXT_BILLING: FieldSpec =
    field("next_billing", Values::Day, "Next billing", "Következő számlázás", "Următoarea facturare");
