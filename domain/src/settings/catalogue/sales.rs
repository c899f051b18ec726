//! Kinds about winning and keeping customers.

use super::{FieldSpec, KindSpec, OptionSpec, Values, field, names, option, status};
use crate::settings::field::StepMeaning;
use crate::settings::product::ProductKind;
use crate::settings::status::StatusGroup::{InProgress, Inactive, Negative, Positive};
use crate::settings::status::StatusMode;

pub(super) static SALES: KindSpec = KindSpec {
    kind: ProductKind::Sales,
    names: names("Sales", "Értékesítés", "Vânzări"),
    item_noun: names("opportunity", "lehetőség", "oportunitate"),
    guidance: names(
        "Choose it when many leads arrive each month and must be qualified: it ranks them by itself.",
        "Akkor válaszd, ha havonta sok érdeklődő érkezik, akiket minősíteni kell: magától rangsorolja őket.",
        "Alege-l când sosesc lunar mulți clienți potențiali care trebuie calificați: îi ordonează singur.",
    ),
    mode: StatusMode::Derived,
    lapse_days: Some(30),
    preview: false,
    statuses: &[
        status("to_qualify", Inactive, "To qualify", "Minősítendő", "De calificat"),
        status("non_target", Inactive, "Non-target", "Nem célcsoport", "În afara grupului-țintă"),
        status("vip_hot", InProgress, "VIP, hot", "VIP, forró", "VIP, fierbinte").todo(
            0,
            "Call now: VIP and hot",
            "Hívd most: VIP és forró",
            "Sună acum: VIP și fierbinte",
        ),
        status("vip", InProgress, "VIP", "VIP", "VIP").todo(
            1,
            "Call the VIP lead",
            "Hívd fel a VIP érdeklődőt",
            "Sună clientul potențial VIP",
        ),
        status("target_hot", InProgress, "Target, hot", "Célcsoport, forró", "Grup-țintă, fierbinte").todo(
            1,
            "Call: hot lead",
            "Hívd fel: forró érdeklődő",
            "Sună: client potențial fierbinte",
        ),
        status("target", InProgress, "Target", "Célcsoport", "Grup-țintă").todo(
            3,
            "Call the lead",
            "Hívd fel az érdeklődőt",
            "Sună clientul potențial",
        ),
        status("forgotten", InProgress, "Forgotten", "Elfelejtett", "Uitat"),
        status("won", Positive, "Won", "Megnyert", "Câștigat"),
        status("lost", Negative, "Lost", "Elveszett", "Pierdut"),
    ],
    fields: &[
        SALES_STEP.deciding(),
        QUALIFICATION.deciding(),
        LEAD_SOURCE,
        EXPECTED_VALUE,
        EXPECTED_CLOSE,
        LOSS_REASON,
    ],
};

pub(super) static CLASSIC_SALES: KindSpec =
    KindSpec {
        kind: ProductKind::ClassicSales,
        names: names("Classic sales", "Klasszikus értékesítés", "Vânzări clasice"),
        item_noun: names("opportunity", "lehetőség", "oportunitate"),
        guidance: names(
            "Choose it for few, large deals that you move from offer to decision by hand.",
            "Kevés, nagy értékű üzlethez, amelyet kézzel viszel az ajánlattól a döntésig.",
            "Pentru vânzări puține și mari, pe care le muți de la ofertă la decizie cu mâna ta.",
        ),
        mode: StatusMode::Fixed,
        lapse_days: None,
        preview: false,
        statuses: &[
            status("database", Inactive, "Database", "Adatbázis", "Bază de date"),
            status("offer_to_send", InProgress, "Offer to send", "Küldendő ajánlat", "Ofertă de trimis")
                .todo(1, "Send the offer", "Küldd el az ajánlatot", "Trimite oferta"),
            status(
                "offer_follow_up",
                InProgress,
                "Offer to follow up",
                "Utánkövetendő ajánlat",
                "Ofertă de urmărit",
            )
            .todo(3, "Ask about the offer", "Kérdezz rá az ajánlatra", "Întreabă despre ofertă"),
            status("won", Positive, "Won", "Megnyert", "Câștigat"),
            status("lost", Negative, "Lost", "Elveszett", "Pierdut"),
        ],
        fields: &[QUALIFICATION, HOT, STEP, LEAD_SOURCE, EXPECTED_VALUE, EXPECTED_CLOSE, LOSS_REASON],
    };

pub(super) static CUSTOMERS: KindSpec = KindSpec {
    kind: ProductKind::Customers,
    names: names("Customers", "Ügyfelek", "Clienți"),
    item_noun: names("customer", "ügyfél", "client"),
    guidance: names(
        "Choose it to look after existing customers, so that one-time buyers become regular ones.",
        "Meglévő ügyfelek gondozásához, hogy az egyszeri vevőkből visszatérők legyenek.",
        "Pentru îngrijirea clienților existenți, ca un cumpărător ocazional să devină fidel.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_get_to_know", Inactive, "To get to know", "Megismerendő", "De cunoscut"),
        status("to_look_after", InProgress, "To look after", "Gondozandó", "De îngrijit").todo(
            7,
            "Call the customer",
            "Hívd fel az ügyfelet",
            "Sună clientul",
        ),
        status("to_win_back", InProgress, "To win back", "Visszahódítandó", "De recâștigat").todo(
            3,
            "Call and win back",
            "Hívd fel, és hódítsd vissza",
            "Sună și recâștigă clientul",
        ),
        status("regular", Positive, "Regular, to thank", "Törzsvevő, megköszönendő", "Fidel, de mulțumit"),
        status("left", Negative, "Left", "Elment", "Plecat"),
    ],
    fields: &[QUALIFICATION, LEAD_SOURCE],
};

pub(super) static CRM: KindSpec = KindSpec {
    kind: ProductKind::Crm,
    names: names("CRM", "CRM", "CRM"),
    item_noun: names("customer", "ügyfél", "client"),
    guidance: names(
        "Choose it to hold everything about a customer on one card, from first meeting to reorder.",
        "Ha egy adatlapon akarod tartani az ügyfél teljes történetét az első találkozástól az újrarendelésig.",
        "Pentru a ține totul despre un client pe un singur card, de la prima întâlnire la recomandă.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_contact", Inactive, "To contact", "Megkeresendő", "De contactat"),
        status("to_meet", InProgress, "Meeting to hold", "Megtartandó találkozó", "Întâlnire de ținut").todo(
            3,
            "Arrange the meeting",
            "Egyeztesd a találkozót",
            "Stabilește întâlnirea",
        ),
        status("offer_to_send", InProgress, "Offer to send", "Küldendő ajánlat", "Ofertă de trimis").todo(
            1,
            "Send the offer",
            "Küldd el az ajánlatot",
            "Trimite oferta",
        ),
        status(
            "offer_follow_up",
            InProgress,
            "Offer to follow up",
            "Utánkövetendő ajánlat",
            "Ofertă de urmărit",
        )
        .todo(3, "Ask about the offer", "Kérdezz rá az ajánlatra", "Întreabă despre ofertă"),
        status("customer", Positive, "Customer, to look after", "Ügyfél, gondozandó", "Client, de îngrijit"),
        status("lost", Negative, "Lost", "Elveszett", "Pierdut"),
    ],
    fields: &[QUALIFICATION, LEAD_SOURCE, EXPECTED_VALUE, LOSS_REASON],
};

const QUALIFICATION: FieldSpec = field(
    "qualification",
    Values::Choice(&[
        option("non_target", "Non-target", "Nem célcsoport", "În afara grupului-țintă"),
        option("target", "Target", "Célcsoport", "Grup-țintă"),
        option("vip", "VIP", "VIP", "VIP"),
    ]),
    "Qualification",
    "Minősítés",
    "Calificare",
);

const HOT: FieldSpec = field("hot", Values::Flag, "Hot", "Forró", "Fierbinte");

/// In Sales the step decides, by what its options mean (C24).
const SALES_STEP: FieldSpec = field(
    "step",
    Values::Choice(&[
        option("enquiry", "Enquiry", "Érdeklődés", "Cerere").means(StepMeaning::Open),
        option("needs_known", "Needs known", "Felmért igény", "Nevoi cunoscute").means(StepMeaning::Open),
        option("offer_sent", "Offer sent", "Elküldött ajánlat", "Ofertă trimisă").means(StepMeaning::Hot),
        option("negotiating", "Negotiating", "Tárgyalás", "Negociere").means(StepMeaning::Hot),
        option("won", "Won", "Megnyert", "Câștigat").means(StepMeaning::Won),
        option("lost", "Lost", "Elveszett", "Pierdut").means(StepMeaning::Lost),
    ]),
    "Step",
    "Lépés",
    "Pas",
);

const STEP: FieldSpec = field(
    "step",
    Values::Choice(&[
        option("first_contact", "First contact", "Első kapcsolat", "Primul contact"),
        option("needs", "Needs assessed", "Igényfelmérés", "Analiza nevoilor"),
        option("offer", "Offer", "Ajánlat", "Ofertă"),
        option("negotiation", "Negotiation", "Tárgyalás", "Negociere"),
        option("contract", "Contract", "Szerződés", "Contract"),
    ]),
    "Step",
    "Lépés",
    "Pas",
);

pub(super) const LEAD_SOURCE: FieldSpec = field(
    "lead_source",
    Values::Choice(LEAD_SOURCES),
    "Lead source",
    "Érdeklődő forrása",
    "Sursa clientului potențial",
);

const LEAD_SOURCES: &[OptionSpec] = &[
    option("website", "Website", "Weboldal", "Site web"),
    option("recommendation", "Recommendation", "Ajánlás", "Recomandare"),
    option("advertisement", "Advertisement", "Hirdetés", "Reclamă"),
    option("event", "Event", "Rendezvény", "Eveniment"),
    option("cold_call", "Cold call", "Hideghívás", "Apel la rece"),
    option("other", "Other", "Egyéb", "Altele"),
];

const EXPECTED_VALUE: FieldSpec =
    field("expected_value", Values::Money, "Expected value", "Várható érték", "Valoare estimată");

const EXPECTED_CLOSE: FieldSpec =
    field("expected_close", Values::Day, "Expected close", "Várható lezárás", "Încheiere estimată");

const LOSS_REASON: FieldSpec = field(
    "loss_reason",
    Values::Choice(&[
        option("price", "Price", "Ár", "Preț"),
        option("competitor", "Chose a competitor", "Versenytársat választott", "A ales un concurent"),
        option("no_need", "No need any more", "Már nincs igény", "Nu mai are nevoie"),
        option("no_answer", "No answer", "Nem válaszolt", "Nu a răspuns"),
        option("other", "Other", "Egyéb", "Altele"),
    ]),
    "Loss reason",
    "Elvesztés oka",
    "Motivul pierderii",
);
