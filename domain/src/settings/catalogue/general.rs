//! Kinds about work that is done: projects, tickets, and a process of one's own.

use super::{KindSpec, Values, field, names, option, status};
use crate::settings::product::ProductKind;
use crate::settings::status::StatusGroup::{InProgress, Inactive, Negative, Positive};
use crate::settings::status::StatusMode;

pub(super) static PROJECTS: KindSpec = KindSpec {
    kind: ProductKind::Projects,
    names: names("Projects", "Projektek", "Proiecte"),
    item_noun: names("project", "projekt", "proiect"),
    guidance: names(
        "The general base: choose it for any process whose steps you want to see and design yourself.",
        "Általános alap: bármely folyamathoz, amelynek lépéseit magad tervezed és látni akarod.",
        "Baza generală: pentru orice proces ai cărui pași vrei să-i vezi și să-i proiectezi singur.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("idea", Inactive, "Idea to weigh", "Mérlegelendő ötlet", "Idee de cântărit"),
        status("to_plan", InProgress, "To plan", "Tervezendő", "De planificat").todo(
            2,
            "Make the plan",
            "Készítsd el a tervet",
            "Fă planul",
        ),
        status("to_carry_out", InProgress, "To carry out", "Megvalósítandó", "De realizat").todo(
            3,
            "Take the next step",
            "Tedd meg a következő lépést",
            "Fă pasul următor",
        ),
        status("to_hand_over", InProgress, "To hand over", "Átadandó", "De predat").todo(
            2,
            "Arrange the handover",
            "Egyeztesd az átadást",
            "Stabilește predarea",
        ),
        status("finished", Positive, "Finished", "Befejezett", "Finalizat"),
        status("cancelled", Negative, "Cancelled", "Meghiúsult", "Anulat"),
    ],
    fields: &[],
};

pub(super) static PROJECT_MANAGEMENT: KindSpec = KindSpec {
    kind: ProductKind::ProjectManagement,
    names: names("Project management", "Projektmenedzsment", "Managementul proiectelor"),
    item_noun: names("project", "projekt", "proiect"),
    guidance: names(
        "Choose it for projects with a budget and a deadline that are prepared, introduced and checked.",
        "Költségkerettel és határidővel bíró projektekhez, előkészítéstől ellenőrzésig.",
        "Pentru proiecte cu buget și termen, de la pregătire la verificare.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_approve", Inactive, "To approve", "Jóváhagyandó", "De aprobat"),
        status("to_prepare", InProgress, "To prepare", "Előkészítendő", "De pregătit").todo(
            3,
            "Prepare the project",
            "Készítsd elő a projektet",
            "Pregătește proiectul",
        ),
        status("to_carry_out", InProgress, "To carry out", "Megvalósítandó", "De realizat").todo(
            3,
            "Take the next step",
            "Tedd meg a következő lépést",
            "Fă pasul următor",
        ),
        status("to_introduce", InProgress, "To introduce", "Bevezetendő", "De introdus").todo(
            3,
            "Arrange the introduction",
            "Szervezd meg a bevezetést",
            "Organizează introducerea",
        ),
        status("to_check", InProgress, "To check", "Ellenőrizendő", "De verificat").todo(
            7,
            "Check the result",
            "Ellenőrizd az eredményt",
            "Verifică rezultatul",
        ),
        status("finished", Positive, "Finished", "Befejezett", "Finalizat"),
        status("cancelled", Negative, "Cancelled", "Meghiúsult", "Anulat"),
    ],
    fields: &[
        field("budget", Values::Money, "Budget", "Költségkeret", "Buget"),
        field("deadline", Values::Day, "Deadline", "Határidő", "Termen"),
    ],
};

pub(super) static CUSTOMER_SERVICE: KindSpec = KindSpec {
    kind: ProductKind::CustomerService,
    names: names("Customer service", "Ügyfélszolgálat", "Serviciu clienți"),
    item_noun: names("ticket", "hibajegy", "tichet"),
    guidance: names(
        "Choose it for complaints, faults and questions: each becomes a ticket that somebody answers for.",
        "Panaszokhoz, hibákhoz, kérdésekhez: mindegyikből hibajegy lesz, amelynek felelőse van.",
        "Pentru reclamații, defecte și întrebări: fiecare devine un tichet cu un responsabil.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_take_up", Inactive, "To take up", "Felveendő", "De preluat"),
        status("to_solve", InProgress, "To solve", "Megoldandó", "De rezolvat")
            .todo(1, "Solve it", "Oldd meg", "Rezolvă"),
        status("answer_awaited", InProgress, "Answer to ask for", "Bekérendő válasz", "Răspuns de cerut")
            .todo(2, "Ask for the answer", "Kérd be a választ", "Cere răspunsul"),
        status(
            "to_confirm",
            InProgress,
            "Solution to confirm",
            "Visszaigazolandó megoldás",
            "Soluție de confirmat",
        )
        .todo(
            1,
            "Ask whether it is solved",
            "Kérdezd meg, megoldódott-e",
            "Întreabă dacă s-a rezolvat",
        ),
        status("solved", Positive, "Solved", "Megoldott", "Rezolvat"),
        status("unsolved", Negative, "Closed unsolved", "Megoldatlanul lezárt", "Închis nerezolvat"),
    ],
    fields: &[
        field(
            "complaint_category",
            Values::Choice(&[
                option("product", "Product", "Termék", "Produs"),
                option("delivery", "Delivery", "Szállítás", "Livrare"),
                option("invoice", "Invoice", "Számla", "Factură"),
                option("service", "Service", "Kiszolgálás", "Servire"),
                option("other", "Other", "Egyéb", "Altele"),
            ]),
            "Complaint category",
            "Panasz kategóriája",
            "Categoria reclamației",
        ),
        field(
            "channel",
            Values::Choice(&[
                option("phone", "Phone", "Telefon", "Telefon"),
                option("email", "Email", "E-mail", "E-mail"),
                option("web", "Web form", "Webes űrlap", "Formular web"),
                option("in_person", "In person", "Személyesen", "Personal"),
            ]),
            "Channel",
            "Csatorna",
            "Canal",
        ),
        field(
            "priority",
            Values::Choice(&[
                option("urgent", "Urgent", "Sürgős", "Urgent"),
                option("normal", "Normal", "Normál", "Normal"),
                option("low", "Low", "Alacsony", "Scăzută"),
            ]),
            "Priority",
            "Prioritás",
            "Prioritate",
        ),
    ],
};

pub(super) static INTERNAL_TASKS: KindSpec = KindSpec {
    kind: ProductKind::InternalTasks,
    names: names("Internal tasks", "Belső feladatok", "Sarcini interne"),
    item_noun: names("internal matter", "belső ügy", "chestiune internă"),
    guidance: names(
        "Choose it for what colleagues do for each other, with no customer on the card.",
        "Arra, amit a munkatársak egymásnak végeznek, ügyfél nélkül.",
        "Pentru ce fac colegii unii pentru alții, fără client pe card.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_schedule", Inactive, "To schedule", "Ütemezendő", "De programat"),
        status("to_do", InProgress, "To do", "Elvégzendő", "De făcut").todo(
            1,
            "Do it",
            "Végezd el",
            "Fă sarcina",
        ),
        status("to_check", InProgress, "To check", "Ellenőrizendő", "De verificat").todo(
            1,
            "Check it",
            "Ellenőrizd",
            "Verifică",
        ),
        status("done", Positive, "Done", "Kész", "Gata"),
        status("dropped", Negative, "Dropped", "Elvetett", "Abandonat"),
    ],
    fields: &[],
};

pub(super) static QUESTIONNAIRE: KindSpec = KindSpec {
    kind: ProductKind::Questionnaire,
    names: names("Questionnaire", "Kérdőív", "Chestionar"),
    item_noun: names("questionnaire", "kérdőív", "chestionar"),
    guidance: names(
        "Choose it to ask customers, remind them and evaluate what they answer.",
        "Ügyfelek megkérdezéséhez, emlékeztetéséhez és a válaszok értékeléséhez.",
        "Pentru a întreba clienții, a le reaminti și a evalua răspunsurile.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_send", Inactive, "To send", "Kiküldendő", "De trimis"),
        status("to_remind", InProgress, "To remind", "Emlékeztetendő", "De reamintit").todo(
            3,
            "Remind of the questionnaire",
            "Emlékeztess a kérdőívre",
            "Amintește de chestionar",
        ),
        status("to_evaluate", InProgress, "To evaluate", "Értékelendő", "De evaluat").todo(
            2,
            "Evaluate the answers",
            "Értékeld a válaszokat",
            "Evaluează răspunsurile",
        ),
        status("evaluated", Positive, "Evaluated", "Kiértékelt", "Evaluat"),
        status("unanswered", Negative, "Unanswered", "Megválaszolatlan", "Fără răspuns"),
    ],
    fields: &[field("score", Values::Decimal, "Score", "Pontszám", "Punctaj")],
};

pub(super) static ASSETS: KindSpec = KindSpec {
    kind: ProductKind::Assets,
    names: names("Assets", "Eszközök", "Active"),
    item_noun: names("asset", "eszköz", "activ"),
    guidance: names(
        "Choose it to know who has which tool, car or machine, and what must be serviced.",
        "Hogy tudd, kinél melyik szerszám, autó vagy gép van, és mit kell szervizelni.",
        "Ca să știi la cine este fiecare unealtă, mașină sau utilaj și ce trebuie reparat.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("in_store", Inactive, "In store, to hand out", "Raktáron, kiadandó", "În depozit, de predat"),
        status(
            "in_use",
            InProgress,
            "In use, to look after",
            "Használatban, gondozandó",
            "În uz, de îngrijit",
        )
        .todo(90, "Check its condition", "Ellenőrizd az állapotát", "Verifică starea"),
        status("to_repair", InProgress, "To repair", "Javítandó", "De reparat").todo(
            2,
            "Have it repaired",
            "Javíttasd meg",
            "Dă-l la reparat",
        ),
        status("sold", Positive, "Sold", "Eladott", "Vândut"),
        status("scrapped", Negative, "Scrapped", "Selejtezett", "Casat"),
    ],
    fields: &[
        field("serial_number", Values::Text, "Serial number", "Sorozatszám", "Număr de serie"),
        field("value", Values::Money, "Value", "Érték", "Valoare"),
    ],
};

pub(super) static CUSTOM: KindSpec = KindSpec {
    kind: ProductKind::Custom,
    names: names("Custom", "Egyedi", "Personalizat"),
    item_noun: names("card", "adatlap", "card"),
    guidance: names(
        "Choose it when no other kind fits: a short process that you rebuild as you like.",
        "Ha más típus nem illik: rövid folyamat, amelyet tetszés szerint alakítasz át.",
        "Când niciun alt tip nu se potrivește: un proces scurt pe care îl refaci după plac.",
    ),
    mode: StatusMode::Custom,
    lapse_days: None,
    preview: false,
    statuses: &[
        status("to_start", Inactive, "To start", "Elkezdendő", "De început"),
        status("to_do", InProgress, "To do", "Elvégzendő", "De făcut").todo(
            1,
            "Do it",
            "Végezd el",
            "Fă sarcina",
        ),
        status("done", Positive, "Done", "Kész", "Gata"),
        status("dropped", Negative, "Dropped", "Elvetett", "Abandonat"),
    ],
    fields: &[],
};
