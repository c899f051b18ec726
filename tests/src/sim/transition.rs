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
            0..470 => Self::Edit { phone, act: dice.byte(), target: dice.byte() % 4, value: dice.byte() },
            470..680 => Self::Exchange { phone, fault: Fault::any(dice) },
            680..770 => Self::Sync { phone, narrow: dice.percent(50) },
            770..790 => Self::Arrive,
            790..825 => Self::Kill { phone },
            825..845 => Self::Copy { phone },
            845..860 => Self::Restore { phone },
            860..870 => Self::Clone { phone, same_device: dice.percent(50) },
            870..877 => Self::Enrol { user: dice.byte() },
            877..890 => Self::Reapply { phone },
            890..910 => Self::RestartServer { orderly: dice.percent(50) },
            910..925 => Self::BackUp,
            925..935 => Self::RestoreServer,
            935..970 => Self::Pass { quarters: dice.byte() % 24 },
            970..980 => Self::Skew { phone, hours: i8::from_be_bytes([dice.byte()]) },
            980..986 => Self::Rename { product: dice.byte(), name: dice.byte() },
            _ => Self::Administer { user: dice.byte(), restricted: dice.percent(50), zone: dice.byte() },
        }
    }
}

impl Fault {
    fn any(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..44 => Self::None,
            44..50 => Self::Narrow,
            50..57 => Self::DropRequest,
            57..71 => Self::DropAnswer,
            71..79 => Self::Twice,
            79..86 => Self::Delay,
            86..90 => Self::CutRequest(dice.byte()),
            90..94 => Self::CutAnswer(dice.byte()),
            _ => Self::KillBeforeStoring,
        }
    }
}
