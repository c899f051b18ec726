//! Transitions: everything that happens in a simulation, as data, and how often.
//!
//! A transition names phones, documents and values by small numbers that wrap around
//! ([`crate::dice::nth`]), so a run from which some transitions were taken away is still a run.

use crate::dice::Dice;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// A user edits something.
    Edit {
        /// On which phone.
        phone: u8,
        /// What they do.
        act: u8,
        /// To what.
        target: u8,
        /// With what.
        value: u8,
    },
    /// A user works on a new phone without an account, and then attaches it to theirs.
    Attach {
        /// Whose account.
        user: u8,
        /// How much they did without it, and what.
        edits: u8,
        /// What ends the first attempt.
        fault: u8,
    },
    /// A user adds what the server may refuse, and goes on with it and with something else in one step.
    BuildOn {
        /// On which phone.
        phone: u8,
        /// To which card.
        target: u8,
        /// With what.
        value: u8,
    },
    /// A user takes back one of the last edits of a card.
    Undo {
        /// On which phone.
        phone: u8,
        /// Of which card.
        target: u8,
        /// How many edits came after it.
        skip: u8,
    },
    /// Two phones link one contact to nearly as many others as it may have, each without the other's knowledge.
    LinkMany {
        /// The first of them.
        phone: u8,
        /// Which contact.
        target: u8,
    },
    /// A phone makes one exchange, or tries to.
    Exchange {
        /// Which phone.
        phone: u8,
        /// What the network does to it.
        fault: Fault,
    },
    /// A phone exchanges until nothing is left.
    Sync {
        /// Which phone.
        phone: u8,
        /// Whether it asks for the smallest answers that there are.
        narrow: bool,
    },
    /// The same with a server whose disk is full all the while.
    SyncToFull {
        /// Which phone.
        phone: u8,
    },
    /// A request that was held up reaches the server at last; nobody waits for its answer.
    Arrive,
    /// The app is killed and opened again.
    Kill {
        /// Which phone.
        phone: u8,
    },
    /// The phone's file is copied to a safe place.
    Copy {
        /// Which phone.
        phone: u8,
    },
    /// The phone becomes what it was when it was copied.
    Restore {
        /// Which phone.
        phone: u8,
    },
    /// A second phone begins from a copy of the first one's file.
    Clone {
        /// Which phone.
        phone: u8,
        /// Whether it is taken for the same device, because even the install secret was copied.
        same_device: bool,
    },
    /// A user signs in on a phone that was never used.
    Enrol {
        /// Which user.
        user: u8,
    },
    /// An edit out of the quarantine is applied again.
    Reapply {
        /// On which phone.
        phone: u8,
    },
    /// The server ends and begins again.
    RestartServer {
        /// Whether it could end in order.
        orderly: bool,
    },
    /// The server is backed up.
    BackUp,
    /// The server becomes what it was at the last backup.
    RestoreServer,
    /// The same, on a disk that is full until every phone has synced.
    RestoreToFull,
    /// Time passes.
    Pass {
        /// In quarters of an hour, squared: 15 minutes to more than a week.
        quarters: u8,
    },
    /// A phone's clock is set wrong.
    Skew {
        /// Which phone.
        phone: u8,
        /// By how many hours.
        hours: i8,
    },
    /// An administrator renames a product, which is a setting.
    Rename {
        /// Which product.
        product: u8,
        /// To what.
        name: u8,
    },
    /// An administrator gives a user another role or zone.
    Administer {
        /// Which user.
        user: u8,
        /// Whether they are Restricted from now on.
        restricted: bool,
        /// Which zone they live in.
        zone: u8,
    },
    /// An administrator does something to a user.
    Act {
        /// Which user.
        user: u8,
        /// What.
        act: Act,
    },
    /// A phone's push comes forged.
    Forge {
        /// Which phone.
        phone: u8,
        /// How it is forged.
        how: u8,
    },
    /// A user joins, with a phone.
    Join,
    /// A phone is lost for ever, with what is unsent on it.
    Lose {
        /// Which phone.
        phone: u8,
    },
    /// A phone exchanges while another does, or while an administrator does something; each of the two
    /// waits before each of its statements.
    Meet {
        /// Which phone.
        phone: u8,
        /// What happens meanwhile.
        rival: Rival,
        /// In which order they go on.
        order: u8,
    },
    /// A second process works on the file of an app: it edits, and tries to exchange.
    Widget {
        /// On which phone.
        phone: u8,
        /// What the user does there.
        act: u8,
        /// To what.
        target: u8,
        /// With what.
        value: u8,
        /// Whether the app is exchanging meanwhile.
        amid: bool,
    },
    /// A user signs out, and another one signs in, or the same.
    SignOut {
        /// On which phone.
        phone: u8,
        /// Whether unsent edits do not stand in the way.
        forced: bool,
        /// Who signs in then.
        user: u8,
    },
    /// The phone's file is damaged, and salvaged.
    Salvage {
        /// Which phone.
        phone: u8,
        /// Which page is damaged; 0: none that matters.
        page: u8,
    },
    /// A document in the phone's file becomes unreadable, and the app meets it.
    Spoil {
        /// On which phone.
        phone: u8,
        /// Which document.
        target: u8,
    },
    /// A user loses access, or their phone is revoked, and it hands in what is unsent; then they get access
    /// again.
    HandIn {
        /// On which phone.
        phone: u8,
        /// Whether it is revoked, and not the user disabled.
        revoked: bool,
        /// What a manager does with it: apply it, discard it, or nothing yet.
        judged: u8,
    },
    /// A user edits on a phone that has no room left.
    EditInNoRoom {
        /// On which phone.
        phone: u8,
        /// What they do.
        act: u8,
        /// With what.
        value: u8,
    },
}

/// What an administrator does to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// They become Restricted.
    Restrict,
    /// They become a User.
    Demote,
    /// They become a Manager.
    Promote,
    /// Access is switched off.
    Disable,
    /// Access is switched on.
    Enable,
    /// They get another password.
    SetPassword,
    /// A device of theirs is revoked.
    Revoke,
}

/// What happens while a phone exchanges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    /// Another phone exchanges.
    Exchange,
    /// An administrator does something to the user of the phone.
    Administer(Act),
    /// Two processes of the phone refresh its session at once.
    Refresh,
}

/// What the network does to an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The request is lost.
    DropRequest,
    /// The answer is lost.
    DropAnswer,
    /// The request arrives twice; the phone gets the second answer.
    Twice,
    /// The request is held up; the phone gives up waiting.
    Delay,
    /// Only the first part of the request arrives: this many 256ths of it.
    CutRequest(u8),
    /// Only the first part of the answer arrives.
    CutAnswer(u8),
    /// The app is killed after the answer was sent and before it is stored.
    KillBeforeStoring,
    /// The phone asks for the smallest answer that there is.
    Narrow,
    /// A proxy answers with a page of its own.
    Proxy,
    /// Nobody waits for the answer any more.
    Dropped,
    /// The line is too slow for the answer.
    TooSlow,
    /// The server fails after this many statements.
    Fails(u8),
    /// The server's disk is full.
    ServerFull,
    /// The phone has no room for the answer.
    PhoneFull,
}

/// A run's transitions.
pub fn any_run(dice: &mut Dice, steps: usize) -> Vec<Transition> {
    (0..steps).map(|_| Transition::any(dice)).collect()
}

impl Transition {
    /// Something that happens. What finds more faults happens more often.
    fn any(dice: &mut Dice) -> Self {
        let phone = dice.byte();
        match dice.below(1000) {
            0..15 => Self::BuildOn { phone, target: dice.byte() % 4, value: dice.byte() },
            15..30 => Self::Undo { phone, target: dice.byte() % 4, skip: dice.byte() % 3 },
            30..434 => Self::Edit { phone, act: dice.byte(), target: dice.byte() % 4, value: dice.byte() },
            434..440 => Self::LinkMany { phone, target: dice.byte() % 4 },
            440..445 => Self::Spoil { phone, target: dice.byte() },
            445..490 => Self::Forge { phone, how: dice.byte() },
            490..630 => Self::Exchange { phone, fault: Fault::any(dice) },
            630..690 => Self::Meet { phone, rival: Rival::any(dice), order: dice.byte() },
            690..753 => Self::Sync { phone, narrow: dice.percent(50) },
            753..760 => Self::SyncToFull { phone },
            760..780 => Self::Arrive,
            780..790 => Self::Widget {
                phone,
                act: dice.byte(),
                target: dice.byte() % 4,
                value: dice.byte(),
                amid: dice.percent(50),
            },
            790..825 => Self::Kill { phone },
            825..845 => Self::Copy { phone },
            845..860 => Self::Restore { phone },
            860..870 => Self::Clone { phone, same_device: dice.percent(50) },
            870..874 => Self::Enrol { user: dice.byte() },
            874..877 => Self::Attach { user: dice.byte(), edits: dice.byte(), fault: dice.byte() },
            877..890 => Self::Reapply { phone },
            890..902 => Self::RestartServer { orderly: dice.percent(50) },
            902..917 => Self::BackUp,
            917..922 => Self::RestoreServer,
            922..927 => Self::RestoreToFull,
            927..950 => Self::Pass { quarters: dice.byte() % 24 },
            950..957 => Self::Skew { phone, hours: i8::from_be_bytes([dice.byte()]) },
            957..962 => Self::Rename { product: dice.byte(), name: dice.byte() },
            962..968 => Self::SignOut { phone, forced: dice.percent(50), user: dice.byte() },
            968..972 => Self::Salvage { phone, page: dice.byte() % 24 },
            972..976 => Self::EditInNoRoom { phone, act: dice.byte(), value: dice.byte() },
            976..978 => Self::Join,
            978..980 => Self::Lose { phone },
            980..992 => Self::Act { user: dice.byte(), act: Act::any(dice) },
            992..996 => Self::HandIn { phone, revoked: dice.percent(50), judged: dice.byte() },
            _ => Self::Administer { user: dice.byte(), restricted: dice.percent(50), zone: dice.byte() },
        }
    }
}

impl Fault {
    fn any(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..40 => Self::None,
            40..48 => Self::Narrow,
            48..53 => Self::DropRequest,
            53..63 => Self::DropAnswer,
            63..69 => Self::Twice,
            69..76 => Self::Delay,
            76..78 => Self::CutRequest(dice.byte()),
            78..80 => Self::CutAnswer(dice.byte()),
            80..82 => Self::Proxy,
            82..86 => Self::Dropped,
            86..88 => Self::TooSlow,
            88..91 => Self::Fails(dice.byte() % 24),
            91..94 => Self::ServerFull,
            94..96 => Self::PhoneFull,
            _ => Self::KillBeforeStoring,
        }
    }

    /// What it is called in the tally.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "carried",
            Self::DropRequest => "requests lost",
            Self::DropAnswer => "answers lost",
            Self::Twice => "repeated",
            Self::Delay => "held up",
            Self::CutRequest(_) => "requests cut",
            Self::CutAnswer(_) => "answers cut",
            Self::KillBeforeStoring => "killed before storing",
            Self::Narrow => "narrow",
            Self::Proxy => "answered by a proxy",
            Self::Dropped => "dropped",
            Self::TooSlow => "too slow",
            Self::Fails(_) => "failed in the middle",
            Self::ServerFull => "with a full server",
            Self::PhoneFull => "with a full phone",
        }
    }

    /// Whether what the phone hears is no whole answer.
    pub fn spoils_answer(self) -> bool {
        matches!(self, Self::CutAnswer(_) | Self::Proxy)
    }
}

impl Act {
    fn any(dice: &mut Dice) -> Self {
        const ALL: [Act; 7] = [
            Act::Restrict,
            Act::Demote,
            Act::Promote,
            Act::Disable,
            Act::Enable,
            Act::SetPassword,
            Act::Revoke,
        ];
        ALL[dice.below(ALL.len())]
    }

    /// What it is called in the tally.
    pub fn name(self) -> &'static str {
        match self {
            Self::Restrict => "made Restricted",
            Self::Demote => "made a User",
            Self::Promote => "made a Manager",
            Self::Disable => "disabled",
            Self::Enable => "enabled",
            Self::SetPassword => "given a password",
            Self::Revoke => "devices revoked",
        }
    }
}

impl Rival {
    fn any(dice: &mut Dice) -> Self {
        let act = Act::any(dice);
        match dice.below(100) {
            0..55 => Self::Exchange,
            55..65 => Self::Refresh,
            _ => Self::Administer(act),
        }
    }
}
