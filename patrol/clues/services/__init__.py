"""Every change of a sighting or a clue: how it comes in, what people do with it, what a bureau set."""

from patrol.clues.services.moving import (
    FIELD_MOVES,
    acknowledge_clue,
    acknowledge_from_phone,
    doing_of,
    move_clue,
    note_reached,
)
from patrol.clues.services.opening import open_clue, open_from_sighting, refuse_known, terms_for
from patrol.clues.services.public import report_publicly
from patrol.clues.services.reporting import report_sighting
from patrol.clues.services.rewarding import (
    claim_reward,
    first_of,
    offer_reward,
    pay_reward,
    proof_of,
    rewards_paid_fen,
)
from patrol.clues.services.setting import (
    drop_day,
    keep_contact_point,
    retire_contact_point,
    set_days,
    set_terms,
    settle_year,
)
from patrol.clues.services.talking import (
    answer_bureau,
    ask_reporter,
    reveal_clue_reporter,
)
from patrol.clues.services.telling import (
    Sent,
    Word,
    has_word_waiting,
    note_sent,
    send_words,
    word_again,
    words_due,
)
from patrol.clues.services.together import link_clues, merge_clue
from patrol.clues.services.triage import Move, add_note, move_sighting, reveal_reporter

__all__ = [
    "FIELD_MOVES",
    "Move",
    "Sent",
    "Word",
    "acknowledge_clue",
    "acknowledge_from_phone",
    "add_note",
    "answer_bureau",
    "ask_reporter",
    "claim_reward",
    "doing_of",
    "drop_day",
    "first_of",
    "has_word_waiting",
    "keep_contact_point",
    "link_clues",
    "merge_clue",
    "move_clue",
    "move_sighting",
    "note_reached",
    "note_sent",
    "offer_reward",
    "open_clue",
    "open_from_sighting",
    "pay_reward",
    "proof_of",
    "refuse_known",
    "report_publicly",
    "report_sighting",
    "retire_contact_point",
    "reveal_clue_reporter",
    "reveal_reporter",
    "rewards_paid_fen",
    "send_words",
    "set_days",
    "set_terms",
    "settle_year",
    "terms_for",
    "word_again",
    "words_due",
]
