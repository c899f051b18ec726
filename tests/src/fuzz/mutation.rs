//! Bytes made from good ones.

use crate::dice::Dice;

/// The longest input.
const MAX_INPUT: usize = 64 << 10;

/// What readers stumble over: heads of CBOR that promise much, ends of numbers, marks of text and CSV.
const TOKENS: &[&[u8]] = &[
    &[0x00],
    &[0xff],
    &[0x7f],
    &[0x80],
    &[0xf6],
    &[0x9f],
    &[0xbf],
    &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x9b, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x5a, 0xff, 0xff, 0xff, 0xff],
    &[0x9a, 0x00, 0x01, 0x00, 0x00],
    &[0xba, 0x7f, 0xff, 0xff, 0xff],
    &[0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    b"\"",
    b",",
    b"\r\n",
    b";",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b".",
    b"=",
    "\u{202e}".as_bytes(),
    "\u{1f469}\u{200d}\u{1f467}".as_bytes(),
    b"9999-12-31",
    b"-1",
    b"18446744073709551616",
];

/// One to eight mutations of one of these.
pub(super) fn mutated(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = dice.pick(corpus).cloned().unwrap_or_default();
    for _ in 0..=dice.below(8) {
        mutate(&mut input, corpus, dice);
    }
    input.truncate(MAX_INPUT);
    input
}

fn mutate(input: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let place = dice.below(input.len());
    let length = dice.below((input.len() - place.min(input.len())).min(64) + 1);
    let end = (place + length).min(input.len());
    match dice.below(9) {
        0 => {
            if let Some(byte) = input.get_mut(place) {
                *byte ^= 1 << dice.below(8);
            }
        }
        1 => {
            if let Some(byte) = input.get_mut(place) {
                *byte = dice.byte();
            }
        }
        2 => drop(input.drain(place.min(end)..end)),
        3 => {
            let byte = dice.byte();
            drop(input.splice(place..place, std::iter::repeat_n(byte, dice.below(9))));
        }
        4 => {
            let token = dice.pick(TOKENS).copied().unwrap_or_default();
            drop(input.splice(place..place, token.iter().copied()));
        }
        5 => {
            let token = dice.pick(TOKENS).copied().unwrap_or_default();
            let end = (place + token.len()).min(input.len());
            drop(input.splice(place..end, token.iter().copied()));
        }
        6 => {
            let part = input[place.min(end)..end].to_vec();
            for _ in 0..=dice.below(4) {
                drop(input.splice(place..place, part.iter().copied()));
            }
        }
        7 => {
            let other = dice.pick(corpus).cloned().unwrap_or_default();
            let from = dice.below(other.len());
            input.truncate(place);
            input.extend_from_slice(&other[from.min(other.len())..]);
        }
        _ => {
            let keep = dice.below(input.len() + 1);
            input.truncate(keep);
        }
    }
}
