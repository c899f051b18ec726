//! Kinds about people and partners: applicants, leave, participants, suppliers, franchise.

use super::{KindSpec, Values, field, names, option, status};
use crate::settings::product::ProductKind;
use crate::settings::status::StatusGroup::{InProgress, Inactive, Negative, Positive};
use crate::settings::status::StatusMode;

pub(super) static HUMAN_RESOURCES: KindSpec = KindSpec {
    kind: ProductKind::HumanResources,
    names: names("Human resources", "HR", "Resurse umane"),
    item_noun: names("applicant", "jelölt", "candidat"),
    guidance: names(
        "Choose it to lead applicants from candidate to colleague.",
        "Hogy a jelentkezőket végigkísérd a jelölttől a munkatársig.",
        "Pentru a însoți candidații până devin colegi.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("candidate", Inactive, "Candidate to assess", "Felmérendő jelölt", "Candidat de evaluat"),
        status("to_invite", InProgress, "To invite", "Behívandó", "De invitat").todo(
            2,
            "Invite to an interview",
            "Hívd be interjúra",
            "Invită la interviu",
        ),
        status("to_interview", InProgress, "Interview to hold", "Megtartandó interjú", "Interviu de ținut")
            .todo(3, "Prepare the interview", "Készülj fel az interjúra", "Pregătește interviul"),
        status(
            "to_offer",
            InProgress,
            "Salary offer to make",
            "Bérajánlat teendő",
            "Ofertă salarială de făcut",
        )
        .todo(2, "Make the salary offer", "Tedd meg a bérajánlatot", "Fă oferta salarială"),
        status("hired", Positive, "Hired", "Felvett", "Angajat"),
        status("rejected", Negative, "Rejected", "Elutasított", "Respins"),
    ],
    fields: &[
        field("position", Values::Text, "Position", "Munkakör", "Post"),
        field("expected_salary", Values::Money, "Expected salary", "Bérigény", "Salariu așteptat"),
    ],
};

pub(super) static LEAVE: KindSpec = KindSpec {
    kind: ProductKind::Leave,
    names: names("Leave", "Szabadságok", "Concedii"),
    item_noun: names("leave", "szabadság", "concediu"),
    guidance: names(
        "Choose it to plan, request and approve the leave of colleagues.",
        "A munkatársak szabadságának tervezéséhez, kéréséhez és jóváhagyásához.",
        "Pentru planificarea, cererea și aprobarea concediilor colegilor.",
    ),
    mode: StatusMode::Derived,
    lapse_days: None,
    preview: true,
    statuses: &[
        status("planned", Inactive, "Planned", "Tervezett", "Planificat"),
        status("requested", InProgress, "Requested", "Kért", "Cerut").todo(
            2,
            "Decide on the leave",
            "Dönts a szabadságról",
            "Decide asupra concediului",
        ),
        status("approved", Positive, "Approved", "Jóváhagyott", "Aprobat"),
        status("refused", Negative, "Refused", "Elutasított", "Respins"),
        status("withdrawn", Negative, "Withdrawn", "Visszavont", "Retras"),
    ],
    fields: &[
        field("leave_from", Values::Day, "From", "Első nap", "Din"),
        field("leave_until", Values::Day, "Until", "Utolsó nap", "Până la"),
        field(
            "leave_sort",
            Values::Choice(&[
                option("paid", "Paid leave", "Fizetett szabadság", "Concediu plătit"),
                option("unpaid", "Unpaid leave", "Fizetés nélküli", "Concediu fără plată"),
                option("sick", "Sick leave", "Betegszabadság", "Concediu medical"),
                option("other", "Other", "Egyéb", "Altele"),
            ]),
            "Sort of leave",
            "Szabadság fajtája",
            "Felul concediului",
        ),
        field("requested_on", Values::Day, "Requested on", "Kérve", "Cerut la").deciding(),
        field(
            "decision",
            Values::Choice(&[
                option("approved", "Approved", "Jóváhagyva", "Aprobat"),
                option("refused", "Refused", "Elutasítva", "Respins"),
            ]),
            "Decision",
            "Döntés",
            "Decizie",
        )
        .deciding(),
        field("withdrawn_on", Values::Day, "Withdrawn on", "Visszavonva", "Retras la").deciding(),
    ],
};

pub(super) static PARTICIPANTS: KindSpec = KindSpec {
    kind: ProductKind::Participants,
    names: names("Participants", "Résztvevők", "Participanți"),
    item_noun: names("participant", "résztvevő", "participant"),
    guidance: names(
        "Choose it for events and courses: who is invited, who has paid, who came.",
        "Rendezvényekhez, tanfolyamokhoz: kit hívtunk, ki fizetett, ki jött el.",
        "Pentru evenimente și cursuri: cine e invitat, cine a plătit, cine a venit.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_invite", Inactive, "To invite", "Meghívandó", "De invitat"),
        status("to_confirm", InProgress, "To confirm", "Visszaigazolandó", "De confirmat").todo(
            2,
            "Ask for a confirmation",
            "Kérj visszaigazolást",
            "Cere confirmarea",
        ),
        status("to_collect", InProgress, "Fee to collect", "Beszedendő díj", "Taxă de încasat").todo(
            5,
            "Ask for the fee",
            "Kérd be a díjat",
            "Cere taxa",
        ),
        status("to_receive", InProgress, "To receive", "Fogadandó", "De primit").todo(
            1,
            "Prepare the welcome",
            "Készülj a fogadásra",
            "Pregătește primirea",
        ),
        status("attended", Positive, "Attended", "Részt vett", "A participat"),
        status("cancelled", Negative, "Cancelled", "Lemondta", "A anulat"),
    ],
    fields: &[field("fee", Values::Money, "Fee", "Díj", "Taxă")],
};

pub(super) static SUPPLIERS: KindSpec = KindSpec {
    kind: ProductKind::Suppliers,
    names: names("Suppliers", "Beszállítók", "Furnizori"),
    item_noun: names("supplier", "beszállító", "furnizor"),
    guidance: names(
        "Choose it to find, compare and keep the firms you buy from.",
        "Hogy megtaláld, összehasonlítsd és megtartsd, akiktől vásárolsz.",
        "Pentru a găsi, compara și păstra firmele de la care cumperi.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("known", Inactive, "Known, to assess", "Ismert, felmérendő", "Cunoscut, de evaluat"),
        status("offer_to_ask", InProgress, "Offer to ask for", "Bekérendő ajánlat", "Ofertă de cerut").todo(
            1,
            "Ask for an offer",
            "Kérj ajánlatot",
            "Cere o ofertă",
        ),
        status(
            "offer_to_compare",
            InProgress,
            "Offer to compare",
            "Összevetendő ajánlat",
            "Ofertă de comparat",
        )
        .todo(3, "Compare the offers", "Vesd össze az ajánlatokat", "Compară ofertele"),
        status("to_contract", InProgress, "To contract", "Szerződendő", "De contractat").todo(
            3,
            "Prepare the contract",
            "Készítsd elő a szerződést",
            "Pregătește contractul",
        ),
        status("supplying", Positive, "Supplying, to rate", "Szállít, értékelendő", "Livrează, de evaluat"),
        status("dropped", Negative, "Dropped", "Elvetett", "Abandonat"),
    ],
    fields: &[],
};

pub(super) static FRANCHISE: KindSpec = KindSpec {
    kind: ProductKind::Franchise,
    names: names("Franchise", "Franchise", "Franciză"),
    item_noun: names("partner", "partner", "partener"),
    guidance: names(
        "Choose it to lead those who ask about your franchise to the opening of their shop.",
        "Hogy a franchise iránt érdeklődőt elvezesd az üzlete megnyitásáig.",
        "Pentru a-i conduce pe cei interesați de franciză până la deschiderea magazinului.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_inform", Inactive, "To inform", "Tájékoztatandó", "De informat"),
        status("to_assess", InProgress, "To assess", "Felmérendő", "De evaluat").todo(
            3,
            "Assess the applicant",
            "Mérd fel a jelentkezőt",
            "Evaluează solicitantul",
        ),
        status("to_contract", InProgress, "To contract", "Szerződendő", "De contractat").todo(
            3,
            "Prepare the contract",
            "Készítsd elő a szerződést",
            "Pregătește contractul",
        ),
        status("to_open", InProgress, "Opening to prepare", "Előkészítendő nyitás", "Deschidere de pregătit")
            .todo(7, "Prepare the opening", "Készítsd elő a nyitást", "Pregătește deschiderea"),
        status("opened", Positive, "Opened", "Megnyitott", "Deschis"),
        status("turned_down", Negative, "Turned down", "Visszalépett", "Renunțat"),
    ],
    fields: &[field("town", Values::Text, "Town", "Település", "Localitate")],
};
