//! The simulation on a few seeds, and runs that once failed.

#![expect(clippy::panic, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use roadbook_tests::merge;
use roadbook_tests::sim::{Act, Fault, Firm, Rival, Transition, run, run_seed};

#[test]
fn phones_with_the_same_changes_show_the_same() {
    for seed in 0..500 {
        merge::run(seed).unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
    }
}

#[test]
fn every_law_holds_on_a_seed_and_the_seed_does_the_same_twice() {
    let firm = firm();
    for seed in 0..4 {
        let run = || run_seed(&firm, seed, 60).unwrap_or_else(|report| panic!("{report:#?}"));
        assert_eq!(run(), run(), "seed {seed}");
    }
}

#[test]
fn an_author_who_lost_a_card_never_gives_two_changes_the_same_number_on_a_restored_server() {
    holds(
        143,
        &[
            Transition::BackUp,
            // A Restricted user closes the only todo that let them see the card.
            Transition::Edit { phone: 18, act: 13, target: 1, value: 64 },
            Transition::Sync { phone: 34, narrow: false },
            Transition::Clone { phone: 196, same_device: true },
            Transition::Exchange { phone: 120, fault: Fault::None },
            Transition::Enrol { user: 189 },
            Transition::RestoreServer,
            Transition::Sync { phone: 98, narrow: false },
            Transition::Edit { phone: 62, act: 190, target: 3, value: 89 },
            Transition::Exchange { phone: 122, fault: Fault::DropAnswer },
        ],
    );
}

#[test]
fn an_edit_by_another_user_between_a_loss_and_the_re_upload_does_not_spoil_the_receipt() {
    holds(
        143,
        &[
            Transition::BackUp,
            Transition::Edit { phone: 18, act: 13, target: 1, value: 64 },
            Transition::Sync { phone: 34, narrow: false },
            Transition::Clone { phone: 196, same_device: true },
            Transition::Exchange { phone: 120, fault: Fault::None },
            Transition::Enrol { user: 189 },
            Transition::RestoreServer,
            Transition::Sync { phone: 98, narrow: false },
            Transition::Edit { phone: 62, act: 190, target: 3, value: 89 },
            // This phone learns that the log is gone, and then of the edit, before it re-uploads.
            Transition::Exchange { phone: 186, fault: Fault::None },
            Transition::Exchange { phone: 122, fault: Fault::DropAnswer },
        ],
    );
}

#[test]
fn a_card_taken_out_of_a_trash_that_server_and_phone_have_both_lost_is_still_an_edit() {
    holds(
        86_546_321,
        &[
            Transition::Edit { phone: 178, act: 99, target: 1, value: 143 },
            Transition::BackUp,
            Transition::RestoreToFull,
            Transition::Sync { phone: 69, narrow: false },
            Transition::Edit { phone: 99, act: 83, target: 1, value: 92 },
            Transition::Clone { phone: 51, same_device: false },
            Transition::RestoreServer,
            Transition::Pass { quarters: 21 },
            Transition::Salvage { phone: 23, page: 15 },
            Transition::Meet { phone: 107, rival: Rival::Exchange, order: 17 },
        ],
    );
}

#[test]
fn retained_closings_of_a_lost_log_are_sent_anew() {
    holds(
        2221,
        &[
            Transition::BackUp,
            Transition::Edit { phone: 32, act: 85, target: 1, value: 42 },
            Transition::Edit { phone: 186, act: 8, target: 3, value: 207 },
            Transition::Exchange { phone: 142, fault: Fault::DropAnswer },
            Transition::Exchange { phone: 241, fault: Fault::None },
            Transition::RestoreServer,
        ],
    );
}

#[test]
fn a_change_that_the_server_took_from_a_copy_of_the_phone_leaves_the_quarantine_of_the_other() {
    holds(
        101_339,
        &[
            Transition::Edit { phone: 101, act: 182, target: 2, value: 162 },
            Transition::Edit { phone: 230, act: 94, target: 1, value: 192 },
            Transition::Edit { phone: 163, act: 103, target: 2, value: 37 },
            Transition::Sync { phone: 75, narrow: false },
            Transition::Sync { phone: 209, narrow: false },
            Transition::Edit { phone: 147, act: 107, target: 1, value: 220 },
            Transition::Exchange { phone: 238, fault: Fault::Twice },
            Transition::Edit { phone: 33, act: 108, target: 2, value: 255 },
            Transition::Clone { phone: 17, same_device: true },
        ],
    );
}

#[test]
fn who_makes_a_card_for_others_is_told_that_they_do_not_see_it() {
    // A Restricted user gives away what they make. Their phone must not find out by comparing everything.
    holds(0, &[Transition::Edit { phone: 227, act: 32, target: 3, value: 201 }]);
}

#[test]
fn who_becomes_restricted_while_they_are_answered_gets_nothing_that_they_may_not_see() {
    holds(
        99,
        &[
            Transition::Edit { phone: 199, act: 160, target: 0, value: 203 },
            Transition::Edit { phone: 74, act: 209, target: 2, value: 235 },
            Transition::Sync { phone: 43, narrow: false },
            Transition::Meet { phone: 161, rival: Rival::Administer(Act::Restrict), order: 15 },
        ],
    );
    holds(
        227,
        &[
            Transition::Edit { phone: 75, act: 6, target: 3, value: 58 },
            Transition::Edit { phone: 166, act: 103, target: 1, value: 178 },
            Transition::Meet { phone: 118, rival: Rival::Exchange, order: 169 },
            Transition::Meet { phone: 228, rival: Rival::Administer(Act::Restrict), order: 226 },
        ],
    );
}

#[test]
fn who_makes_a_card_for_others_is_told_so_on_a_copy_of_their_phone_too() {
    holds(
        36,
        &[
            Transition::Edit { phone: 41, act: 160, target: 3, value: 109 },
            Transition::Clone { phone: 45, same_device: false },
        ],
    );
}

#[test]
fn what_a_comparison_found_missing_is_fetched_after_a_kill_too() {
    holds(
        222,
        &[
            Transition::Edit { phone: 166, act: 1, target: 0, value: 222 },
            Transition::Sync { phone: 157, narrow: false },
            Transition::Clone { phone: 89, same_device: false },
            Transition::Exchange { phone: 7, fault: Fault::Twice },
            Transition::Clone { phone: 86, same_device: true },
            Transition::Join,
            Transition::Meet { phone: 75, rival: Rival::Exchange, order: 157 },
            Transition::Kill { phone: 27 },
        ],
    );
}

#[test]
fn nobody_lets_themselves_in_by_a_link_from_their_own_inbox() {
    // The third of the user's cards is their inbox, and they may not see the contact of its new todo.
    holds(
        0,
        &[
            Transition::Enrol { user: 237 },
            Transition::Clone { phone: 111, same_device: false },
            Transition::BuildOn { phone: 225, target: 1, value: 175 },
        ],
    );
}

#[test]
fn settings_that_a_salvage_found_give_way_to_those_of_a_server_that_lost_them() {
    holds(
        169_160_244,
        &[
            Transition::BackUp,
            Transition::Meet { phone: 38, rival: Rival::Administer(Act::Restrict), order: 246 },
            Transition::Exchange { phone: 231, fault: Fault::Twice },
            Transition::Salvage { phone: 9, page: 16 },
            Transition::RestoreServer,
        ],
    );
}

#[test]
fn a_copy_that_is_first_after_a_rollback_is_the_author_in_log_and_table() {
    holds(
        201_024_812,
        &[
            Transition::BackUp,
            Transition::Edit { phone: 238, act: 147, target: 0, value: 84 },
            Transition::Clone { phone: 142, same_device: true },
            Transition::Edit { phone: 53, act: 50, target: 2, value: 141 },
            Transition::Exchange { phone: 181, fault: Fault::None },
            Transition::RestoreServer,
            Transition::Clone { phone: 43, same_device: false },
            Transition::Clone { phone: 23, same_device: false },
            Transition::Meet { phone: 197, rival: Rival::Exchange, order: 68 },
        ],
    );
}

#[test]
fn what_a_restored_server_with_a_full_disk_lost_stays_on_the_phones() {
    holds(
        29,
        &[
            Transition::BackUp,
            Transition::Edit { phone: 28, act: 105, target: 0, value: 17 },
            Transition::Edit { phone: 80, act: 246, target: 1, value: 9 },
            Transition::Edit { phone: 172, act: 1, target: 2, value: 92 },
            Transition::Edit { phone: 241, act: 32, target: 1, value: 13 },
            Transition::Exchange { phone: 185, fault: Fault::None },
            Transition::RestoreToFull,
        ],
    );
}

#[test]
fn what_was_written_into_a_text_is_told_though_the_document_comes_later_than_the_edit() {
    // The phone was revoked: its edits come back under another device, and are made again.
    holds(
        45_895_428,
        &[
            Transition::Edit { phone: 9, act: 175, target: 1, value: 130 },
            Transition::Meet { phone: 85, rival: Rival::Exchange, order: 152 },
            Transition::Edit { phone: 113, act: 203, target: 0, value: 171 },
            Transition::Clone { phone: 46, same_device: false },
            Transition::Edit { phone: 56, act: 213, target: 0, value: 212 },
            Transition::HandIn { phone: 76, revoked: true, judged: 221 },
        ],
    );
}

#[test]
fn two_edits_that_say_the_same_may_be_made_again_as_one() {
    holds(
        208_640_667,
        &[
            Transition::Lose { phone: 84 },
            Transition::Edit { phone: 221, act: 129, target: 3, value: 152 },
            Transition::Exchange { phone: 44, fault: Fault::Narrow },
            Transition::Edit { phone: 68, act: 36, target: 3, value: 217 },
            Transition::HandIn { phone: 47, revoked: true, judged: 214 },
            Transition::Edit { phone: 14, act: 244, target: 1, value: 161 },
        ],
    );
}

#[test]
fn what_was_told_to_be_there_and_lost_with_the_last_copy_is_not_asked_of_a_phone_that_forgot_it() {
    // A copy of the phone still has it unsent, makes it again on the restored server, and is refused.
    holds(
        17_768_721,
        &[
            Transition::Edit { phone: 86, act: 28, target: 3, value: 74 },
            Transition::Clone { phone: 58, same_device: false },
            Transition::BackUp,
            Transition::Exchange { phone: 107, fault: Fault::Twice },
            Transition::Edit { phone: 251, act: 28, target: 1, value: 15 },
            Transition::RestoreToFull,
        ],
    );
}

#[test]
fn what_was_made_again_and_then_lost_with_the_last_copy_is_not_asked_of_the_first_edit() {
    holds(
        17_768_721,
        &[
            Transition::Edit { phone: 86, act: 28, target: 3, value: 74 },
            Transition::Clone { phone: 58, same_device: false },
            Transition::Sync { phone: 134, narrow: true },
            Transition::BackUp,
            Transition::Edit { phone: 207, act: 48, target: 2, value: 241 },
            Transition::Meet { phone: 112, rival: Rival::Exchange, order: 50 },
            Transition::Exchange { phone: 107, fault: Fault::Twice },
            Transition::RestoreToFull,
        ],
    );
}

#[test]
fn a_users_own_document_can_be_edited_before_the_servers_comes_back_after_a_salvage() {
    holds(
        3257,
        &[
            Transition::Edit { phone: 84, act: 196, target: 1, value: 187 },
            Transition::Salvage { phone: 117, page: 7 },
            Transition::Edit { phone: 102, act: 4, target: 0, value: 156 },
            Transition::Edit { phone: 78, act: 164, target: 1, value: 225 },
        ],
    );
}

#[test]
fn settings_that_an_attached_phone_learned_give_way_to_those_of_a_server_that_lost_them() {
    holds(
        169_936_673,
        &[
            Transition::BackUp,
            Transition::Meet { phone: 53, rival: Rival::Administer(Act::Disable), order: 202 },
            Transition::Attach { user: 225, edits: 0, fault: 77 },
            Transition::RestoreServer,
        ],
    );
}

#[test]
fn what_went_with_a_damaged_page_and_a_restored_server_is_not_asked_of_anybody() {
    holds(
        72_690_463,
        &[
            Transition::Enrol { user: 79 },
            Transition::BackUp,
            Transition::Edit { phone: 32, act: 199, target: 1, value: 81 },
            Transition::Meet { phone: 16, rival: Rival::Exchange, order: 14 },
            Transition::RestoreServer,
            Transition::Spoil { phone: 242, target: 247 },
        ],
    );
}

#[test]
fn a_device_that_a_restored_server_never_saw_is_not_there_to_be_revoked() {
    holds(
        204_593_904,
        &[
            Transition::BackUp,
            Transition::Enrol { user: 124 },
            Transition::RestoreServer,
            Transition::Act { user: 27, act: Act::Revoke },
        ],
    );
}

#[test]
fn a_change_that_erases_the_same_characters_twice_is_not_taken() {
    holds(
        44_092_663,
        &[
            Transition::Edit { phone: 116, act: 2, target: 2, value: 202 },
            Transition::Edit { phone: 166, act: 214, target: 3, value: 82 },
            Transition::Reapply { phone: 177 },
            Transition::BackUp,
            Transition::Edit { phone: 250, act: 20, target: 2, value: 190 },
            Transition::Edit { phone: 103, act: 236, target: 1, value: 125 },
            Transition::Forge { phone: 43, how: 66 },
            Transition::Kill { phone: 166 },
            Transition::Edit { phone: 111, act: 72, target: 1, value: 112 },
            Transition::Administer { user: 163, restricted: true, zone: 158 },
            Transition::Sync { phone: 85, narrow: true },
            Transition::Edit { phone: 191, act: 255, target: 3, value: 106 },
            Transition::Meet { phone: 21, rival: Rival::Exchange, order: 12 },
            Transition::Arrive,
            Transition::Restore { phone: 188 },
            Transition::Exchange { phone: 210, fault: Fault::None },
            Transition::Edit { phone: 57, act: 236, target: 2, value: 35 },
            Transition::Edit { phone: 236, act: 236, target: 2, value: 85 },
            Transition::Edit { phone: 229, act: 25, target: 2, value: 44 },
            Transition::Edit { phone: 63, act: 0, target: 1, value: 30 },
            Transition::Exchange { phone: 243, fault: Fault::Fails(13) },
            Transition::Edit { phone: 56, act: 108, target: 3, value: 187 },
            Transition::Edit { phone: 208, act: 212, target: 0, value: 178 },
            Transition::Edit { phone: 15, act: 169, target: 3, value: 187 },
            Transition::Forge { phone: 119, how: 129 },
            Transition::Clone { phone: 37, same_device: true },
            Transition::Edit { phone: 223, act: 76, target: 3, value: 152 },
            Transition::Edit { phone: 73, act: 243, target: 0, value: 233 },
            Transition::Copy { phone: 62 },
            Transition::BackUp,
            Transition::Edit { phone: 110, act: 140, target: 0, value: 196 },
            Transition::Restore { phone: 138 },
            Transition::Meet { phone: 217, rival: Rival::Exchange, order: 206 },
            Transition::Attach { user: 76, edits: 149, fault: 35 },
            Transition::Skew { phone: 107, hours: -36 },
            Transition::Arrive,
            Transition::Forge { phone: 65, how: 131 },
        ],
    );
}

#[test]
fn a_card_that_was_edited_since_is_not_taken_back_as_a_whole() {
    holds(
        84_322_747,
        &[
            Transition::Attach { user: 231, edits: 169, fault: 91 },
            Transition::Edit { phone: 134, act: 121, target: 2, value: 232 },
            Transition::Edit { phone: 244, act: 60, target: 2, value: 101 },
            Transition::Exchange { phone: 29, fault: Fault::Dropped },
            Transition::Meet { phone: 68, rival: Rival::Administer(Act::Demote), order: 183 },
            Transition::Undo { phone: 203, target: 2, skip: 2 },
        ],
    );
}

#[test]
fn changes_that_were_made_at_once_may_change_places_when_an_edit_is_taken_back() {
    holds(
        80_579_551,
        &[
            Transition::Edit { phone: 216, act: 57, target: 1, value: 157 },
            Transition::Edit { phone: 240, act: 12, target: 3, value: 127 },
            Transition::BuildOn { phone: 76, target: 1, value: 175 },
            Transition::Edit { phone: 100, act: 151, target: 3, value: 199 },
            Transition::Sync { phone: 32, narrow: true },
            Transition::Edit { phone: 222, act: 10, target: 1, value: 17 },
            Transition::Exchange { phone: 22, fault: Fault::Narrow },
            Transition::Exchange { phone: 44, fault: Fault::Twice },
            Transition::Edit { phone: 76, act: 142, target: 3, value: 92 },
            Transition::Undo { phone: 92, target: 1, skip: 0 },
        ],
    );
}

#[test]
fn to_insert_the_same_words_twice_is_not_forged() {
    holds(
        209_908_896,
        &[
            Transition::Edit { phone: 157, act: 170, target: 2, value: 21 },
            Transition::Edit { phone: 19, act: 213, target: 2, value: 34 },
            Transition::Forge { phone: 202, how: 251 },
        ],
    );
}

#[test]
fn a_todo_that_is_closed_already_is_not_closed_again_when_what_made_it_is_taken_back() {
    holds(
        105_615_885,
        &[
            Transition::Attach { user: 77, edits: 58, fault: 73 },
            Transition::Undo { phone: 124, target: 1, skip: 1 },
        ],
    );
}

fn firm() -> Firm {
    Firm::prepare().unwrap_or_else(|failure| panic!("{failure}"))
}

fn holds(seed: u64, transitions: &[Transition]) {
    let ended = run(&firm(), seed, transitions);
    ended.unwrap_or_else(|(done, failure)| panic!("after {done} transitions: {failure}"));
}
