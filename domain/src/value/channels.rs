//! On what a user is reminded (F105).

use std::fmt;
use std::str::FromStr;

use crate::value::open_word::open_word;
use crate::value::text_form::text_form;

open_word! {
    /// A way to reach a user.
    view Channel {
        /// A browser: a page that is open, or a push to it.
        Browser = "browser";
        /// An app on a phone: an alarm of its own, or a push to it.
        Device = "device";
    }
}

/// The most channels that are chosen at once.
pub const MAX_CHANNELS: usize = 8;

/// Different channels, in the order of their names. Those that a later version added are kept.
///
/// Its text form is `browser,device`, or `none`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Channels(Vec<Channel>);

/// Text that is not [`Channels`] in their canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `none`, nor up to {MAX_CHANNELS} ascending channels written like browser,device")]
pub struct ChannelsError;

impl Channels {
    /// No channel.
    pub const NONE: Self = Self(Vec::new());

    /// All channels that this version knows.
    pub fn all() -> Self {
        Self(Channel::ALL.to_vec())
    }

    /// These channels, in whatever order and however often each is named.
    ///
    /// # Errors
    /// [`ChannelsError`] if they are more than [`MAX_CHANNELS`], or one of them has the name of none.
    pub fn of(channels: impl IntoIterator<Item = Channel>) -> Result<Self, ChannelsError> {
        let mut chosen = Self::NONE;
        for channel in channels {
            // An app may call by its name what this version knows.
            let channel: Channel = channel.name().parse().map_err(|_| ChannelsError)?;
            let is_new = !chosen.has(channel);
            if is_new && (chosen.0.len() == MAX_CHANNELS || channel.name() == NONE) {
                return Err(ChannelsError);
            }
            chosen = chosen.with(channel, true);
        }
        Ok(chosen)
    }

    /// Whether the user is reached on it.
    pub fn has(&self, channel: Channel) -> bool {
        self.0.contains(&channel)
    }

    /// The same with one channel chosen, or no more; what there are [`MAX_CHANNELS`] of stays as it is.
    #[must_use]
    pub fn with(mut self, channel: Channel, is_chosen: bool) -> Self {
        self.0.retain(|known| *known != channel);
        if is_chosen && self.0.len() < MAX_CHANNELS {
            let at = self.0.partition_point(|known| known.name() < channel.name());
            self.0.insert(at, channel);
        }
        self
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Channel> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, others @ ..] = self.0.as_slice() else { return f.write_str(NONE) };
        f.write_str(first.name())?;
        others.iter().try_for_each(|channel| write!(f, ",{channel}"))
    }
}

impl FromStr for Channels {
    type Err = ChannelsError;

    /// Accepts the canonical text form only, also with channels of a later version.
    fn from_str(text: &str) -> Result<Self, ChannelsError> {
        if text == NONE {
            return Ok(Self::NONE);
        }
        // One more than is allowed: a long list is refused without being read to its end.
        let names: Vec<_> = text.split(',').take(MAX_CHANNELS + 1).collect();
        let are_in_order = names.is_sorted_by(|one, other| one < other) && !names.contains(&NONE);
        if names.len() > MAX_CHANNELS || !are_in_order {
            return Err(ChannelsError);
        }
        let channels: Result<_, _> = names.into_iter().map(str::parse).collect();
        channels.map(Self).map_err(|_| ChannelsError)
    }
}

text_form!(Channels);

/// The text of no channels. The empty text of a register says that nobody chose any.
const NONE: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_one_text_form_keep_those_of_a_later_version_and_refuse_every_other_text() {
        for text in ["none", "browser", "device", "browser,device", "browser,device,email", "a,b,c,d,e,f,g,h"]
        {
            assert_eq!(text.parse::<Channels>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "device,browser",
            "browser,browser",
            "browser,",
            "Browser",
            "browser, device",
            "device,none",
            "a,b,c,d,e,f,g,h,i",
        ] {
            assert_eq!(text.parse::<Channels>(), Err(ChannelsError), "{text:?}");
        }
    }

    #[test]
    fn choosing_one_leaves_the_others_as_they_are() {
        let channels: Channels = "device,email".parse().unwrap();
        let both = channels.clone().with(Channel::Browser, true);
        assert_eq!(both.to_string(), "browser,device,email");
        assert_eq!(both.clone().with(Channel::Browser, true), both);
        assert_eq!(both.with(Channel::Browser, false), channels);
        let full: Channels = "a,b,c,d,e,f,g,h".parse().unwrap();
        assert_eq!(full.clone().with(Channel::Device, true), full);
        assert_eq!(Channels::all().to_string(), "browser,device");
    }

    #[test]
    fn channels_in_any_order_become_what_reads_from_text_or_are_refused() {
        let of = |names: &str| Channels::of(names.split(' ').map(|name| name.parse().unwrap()));
        assert_eq!(of("device email browser device"), "browser,device,email".parse());
        assert_eq!(Channels::of([]), Ok(Channels::NONE));
        assert_eq!(of("a b c d e f g h h"), "a,b,c,d,e,f,g,h".parse());
        let twice = [Channel::Browser, Channel::Other("browser".parse().unwrap())];
        assert_eq!(Channels::of(twice), "browser".parse());
        for names in ["none", "device none", "a b c d e f g h i"] {
            assert_eq!(of(names), Err(ChannelsError), "{names}");
        }
    }
}
