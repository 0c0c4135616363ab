"""Banned and forced texts and biases, against looking at whole texts."""

import itertools
import math
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.config.sampling import SamplingConfig
from engine.config.texts_of import joined_texts
from engine.errors import InvalidSetting
from engine.sampling.chain import Chain
from engine.sampling.choice import generator_of
from engine.sampling.constraints import BannedTexts
from engine.sampling.text_matching import START, TextMatcher
from engine.sampling.token_texts import token_texts
from engine.text.tokenizer_byte import ByteTokenizer
from engine.text.tokenizer_char import CharTokenizer
from engine.text.tokenizer_word import WordTokenizer
from engine.text.tokenizers import build_tokenizer
from engine.text.word_pieces import WordCutter

ABC = CharTokenizer("abc", fallback="a")
LETTERS = CharTokenizer("\n abcde", fallback=None)
WORDS = build_tokenizer(
    'One whale, "two whales" and well-known men; he hears the hello.\nThen the sea  said so: the whale swims.\n',
    CorpusConfig(tokens="word"),
)
PADDED = WordTokenizer(["the", "whale", ",", "he", "hello", ""], WordCutter("spaced", is_padded=True))
SHORT_TEXTS = st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=4)


def settings_of(**options):
    return SamplingConfig(**options)


def ids_of(tokenizer, text):
    return tokenizer.encode_prompt(text)[0].tolist()


class Model:
    """A model of random logits that depend on the last two tokens; its state is all it has read."""

    def __init__(self, size, seed=0):
        self._tables = np.random.Generator(np.random.PCG64(seed)).normal(scale=1.5, size=(size, size, size))
        self._tables = self._tables.astype(np.float32)

    def step(self, token_id, state):
        state = (*state, token_id)
        return self._tables[state[-2] if len(state) > 1 else 0, state[-1]].copy(), state

    def read(self, ids):
        state = ()
        for token_id in ids:
            logits, state = self.step(token_id, state)
        return logits, state

    def shares(self, state, unknown_id=None):
        logits = self.read(state)[0].astype(float)
        if unknown_id is not None:
            logits[unknown_id] = -np.inf
        powers = np.exp(logits - logits.max())
        return powers / powers.sum()


def written(model, choice, prompt_ids, length, seed, weighs=False):
    random = generator_of(seed)
    logits, state = model.read(prompt_ids)
    if weighs:
        choice.weigh_forced(logits, state, model.step)
    ids = []
    for _ in range(length):
        ids.append(choice.choose(logits, random))
        logits, state = model.step(ids[-1], state)
    return ids


@settings(deadline=None)
@given(SHORT_TEXTS, st.lists(st.text("abcd", max_size=5), max_size=6))
def test_the_matcher_finds_what_stands_in_the_text(patterns, pieces):
    matcher, node, text = TextMatcher(patterns), START, ""
    for piece in pieces:
        node, found = matcher.feed(node, piece)
        ends = range(len(text) + 1, len(text) + len(piece) + 1)
        text += piece
        assert found == any(text[:end].endswith(pattern) for end in ends for pattern in patterns)
        wanted = {
            pattern[size:] for pattern in patterns for size in range(1, len(pattern)) if text.endswith(pattern[:size])
        }
        assert matcher.rests(node) == wanted


@pytest.mark.parametrize("tokenizer", [LETTERS, WORDS, PADDED, ByteTokenizer()])
def test_token_texts_joined_are_what_the_tokenizer_decodes(tokenizer):
    tokens = token_texts(tokenizer)

    @settings(deadline=None)
    @given(st.lists(st.integers(0, min(tokenizer.vocabulary_size, 128) - 1), max_size=12))
    def check(ids):
        text, is_spaced = "", tokens.starts_spaced
        for token_id in ids:
            text += tokens.texts[is_spaced][token_id]
            is_spaced = tokens.leaves_spaced[token_id]
        assert tokens.shown(text) == tokenizer.decode(ids)

    check()
    assert token_texts(tokenizer) is tokens


def can_go_on(text, banned, left):
    """Whether so many more letters can follow without a banned text."""
    if not left:
        return True
    longer = (text[-4:] + letter for letter in "abc")
    return any(can_go_on(each, banned, left - 1) for each in longer if not any(each.endswith(bad) for bad in banned))


@settings(deadline=None, max_examples=60)
@given(SHORT_TEXTS, st.text("abc", max_size=5))
def test_exactly_the_letters_are_banned_that_complete_a_banned_text_or_leave_no_way_out(banned, prompt):
    choice = Chain.of(settings_of(banned=joined_texts(banned)), ABC).begin(ids_of(ABC, prompt))
    allowed = {
        letter for letter in "abc"
        if not any((prompt + letter).endswith(bad) for bad in banned) and can_go_on(prompt + letter, banned, 6)
    }  # fmt: skip
    shares = choice.probabilities(np.zeros(3, np.float32))
    if can_go_on(prompt, banned, 7):
        assert {letter for letter, share in zip("abc", shares, strict=True) if share > 0} == allowed
    else:
        assert shares.sum() == pytest.approx(1)


@settings(deadline=None, max_examples=60)
@given(SHORT_TEXTS, st.text("abc", min_size=1, max_size=5), st.integers(0, 1000))
def test_no_text_contains_a_banned_one_also_where_the_prompt_begins_it(banned, prompt, seed):
    if not can_go_on(prompt, banned, 7):
        return
    ids = ids_of(ABC, prompt)
    choice = Chain.of(settings_of(banned=joined_texts(banned), length=40), ABC).begin(ids)
    text = prompt + ABC.decode(written(Model(3), choice, ids, 40, seed))
    for bad in banned:
        places = [place for place in range(len(text)) if text.startswith(bad, place)]
        assert all(place + len(bad) <= len(prompt) for place in places)


def test_words_are_banned_across_token_borders_and_spaces():
    model = Model(WORDS.vocabulary_size, 3)
    banned = ["whale", "the sea", 'men" ', "e h", ", the"]
    chain = Chain.of(settings_of(banned=joined_texts(banned)), WORDS)
    seen, free = "", ""
    for seed in range(40):
        prompt = ids_of(WORDS, "the")
        seen += WORDS.decode([*prompt, *written(model, chain.begin(prompt), prompt, 60, seed)]) + "\n"
        plain = Chain.of(settings_of(), WORDS).begin(prompt)
        free += WORDS.decode([*prompt, *written(model, plain, prompt, 60, seed)]) + "\n"
    assert not any(bad in seen for bad in banned)
    assert all(bad in free for bad in banned)


@pytest.mark.parametrize("tokenizer", [WORDS, PADDED, LETTERS])
@pytest.mark.parametrize("num_texts", [3, 40])
def test_many_banned_texts_forbid_what_each_of_them_does(tokenizer, num_texts):
    alphabet = "abcde" if tokenizer is LETTERS else ["the", "he", "whale", "wha", " ", "hello", "lo", "sea", "so"]
    random = np.random.Generator(np.random.PCG64(5))
    banned = {"".join(random.choice(list(alphabet), 3)) for _ in range(num_texts)} - {"   "}
    tokens = token_texts(tokenizer)
    rules = BannedTexts(tuple(sorted(banned)), tokens)
    prompt = tokens.texts[False][ids_of(tokenizer, "the" if tokenizer is not LETTERS else "ab")[0]]
    node, _ = rules.after(START, prompt)
    for is_spaced in (False, True):
        wrong = {
            index for index, text in enumerate(tokens.texts[is_spaced])
            for bad in banned
            if bad in text or any(prompt.endswith(bad[:n]) and text.startswith(bad[n:]) for n in range(1, len(bad)))
        }  # fmt: skip
        assert wrong <= set(rules.forbidden(node, is_spaced).tolist())


def test_a_thousand_banned_words_are_ready_in_time():
    random = np.random.Generator(np.random.PCG64(1))
    words = sorted({"".join(random.choice(list("abcdefghijklmnopqrstuvwxyz"), 7)) for _ in range(5000)})
    tokenizer = WordTokenizer(words, WordCutter("spaced", is_padded=True))
    began = time.perf_counter()
    Chain.of(settings_of(banned=joined_texts(words[::5])), tokenizer)
    assert time.perf_counter() - began < 2  # some 0.3 s; with sets for every place it took 5


def test_bytes_of_a_banned_character_never_come_together():
    tokenizer = ByteTokenizer()
    choice = Chain.of(settings_of(banned="é"), tokenizer).begin(list("café".encode()[:4]))
    shares = choice.probabilities(np.zeros(256, np.float32))
    assert shares[0xA9] == 0
    assert np.count_nonzero(shares) == 255


def test_letters_keep_their_proportions_when_others_are_banned():
    logits = np.array([0.3, 1.2, -0.4], np.float32)
    choice = Chain.of(settings_of(banned="ab", temperature=1.0), ABC).begin(ids_of(ABC, "ca"))
    random = generator_of(4)
    counts = np.bincount([choice.copy().choose(logits, random) for _ in range(20_000)], minlength=3)
    powers = [math.exp(0.3), 0, math.exp(-0.4)]
    wanted = np.array(powers) / sum(powers) * 20_000
    assert counts[1] == 0
    assert sum((counts[index] - wanted[index]) ** 2 / wanted[index] for index in (0, 2)) < 10.83  # 1 in 1,000


def string_shares(model, prompt_ids, sequences, unknown_id=None):
    """The probability of each sequence of tokens after the prompt, among them."""
    found = {}
    for sequence in sequences:
        share, state = 1.0, tuple(prompt_ids)
        for token_id in sequence:
            share *= model.shares(state, unknown_id)[token_id]
            state = (*state, token_id)
        found[sequence] = share
    return {sequence: share / math.fsum(found.values()) for sequence, share in found.items()}


def chi_square(counts, shares, total):
    return sum((counts.get(key, 0) - share * total) ** 2 / (share * total) for key, share in shares.items())


def counted(model, chain, prompt_ids, length_of, num, weighs):
    """How often each beginning was written; `length_of` says how many tokens of a text are its beginning."""
    counts = {}
    for seed in range(num):
        ids = written(model, chain.begin(prompt_ids), prompt_ids, 5, seed, weighs)
        beginning = tuple(ids[: length_of(ids)])
        counts[beginning] = counts.get(beginning, 0) + 1
    return counts


FORCED = ["abca", "abb", "c", "bacc", "abcb", "cab"]  # the last adds nothing: such texts begin with "c"


@pytest.mark.parametrize("weighs", [True, False])
def test_forced_texts_are_as_likely_as_the_model_finds_them(weighs):
    model, prompt = Model(3, 8), ids_of(ABC, "ab")
    sequences = [tuple(ids_of(ABC, text)) for text in FORCED[:-1]]
    if weighs:
        wanted = string_shares(model, prompt, sequences)
    else:
        wanted = {}
        for sequence in sequences:
            share = 1.0
            for size, token_id in enumerate(sequence):
                allowed = {each[size] for each in sequences if each[:size] == sequence[:size]}
                shares = model.shares((*prompt, *sequence[:size]))
                share *= shares[token_id] / sum(shares[other] for other in allowed)
            wanted[sequence] = share
    chain = Chain.of(settings_of(forced=joined_texts(FORCED), temperature=1.0), ABC)

    def size_of(ids):
        return next(len(sequence) for sequence in sequences if tuple(ids[: len(sequence)]) == sequence)

    counts = counted(model, chain, prompt, size_of, 2_000, weighs)
    assert set(counts) <= set(wanted)
    assert chi_square(counts, wanted, 2_000) < 18.5  # 4 degrees of freedom, once in a thousand


def test_after_a_forced_text_the_model_goes_on_freely():
    model, prompt = Model(3, 8), ids_of(ABC, "ab")
    chain = Chain.of(settings_of(forced="ca", temperature=1.0), ABC)
    following = {tuple(written(model, chain.begin(prompt), prompt, 4, seed)[2:]) for seed in range(300)}
    assert following == set(itertools.product(range(3), repeat=2))


def test_forced_words_are_whole_words_with_the_space_that_belongs_there():
    model = Model(WORDS.vocabulary_size, 1)
    for prompt, weighs in itertools.product(["Then", "Then ", "", 'said "'], (True, False)):
        ids = ids_of(WORDS, prompt) or [WORDS.line_end_id]
        chain = Chain.of(settings_of(forced="he\nthe whale\nhello."), WORDS)
        for seed in range(30):
            text = WORDS.decode(written(model, chain.begin(ids), ids, 6, seed, weighs)).lstrip(" ")
            assert re.match(r"he\b|the whale\b|hello\.", text)


def test_forced_words_are_as_likely_as_the_model_finds_them():
    model, prompt = Model(WORDS.vocabulary_size, 5), ids_of(WORDS, "Then")
    sequences = [tuple(ids_of(WORDS, text)) for text in ("he", "the whale", "whales", "the sea")]
    wanted = string_shares(model, prompt, sequences, WORDS.unknown_id)
    chain = Chain.of(settings_of(forced="he\nthe whale\nwhales\nthe sea", temperature=1.0), WORDS)
    counts = counted(model, chain, prompt, lambda ids: 1 if tuple(ids[:1]) in sequences else 2, 2_000, True)
    assert set(counts) <= set(wanted)
    assert chi_square(counts, wanted, 2_000) < 16.3  # 3 degrees of freedom, once in a thousand


def test_a_forced_text_that_the_prompt_turns_into_a_banned_one_is_left_out():
    chain = Chain.of(settings_of(forced="ba\nca", banned="aba"), ABC)
    shares = chain.begin(ids_of(ABC, "ca")).probabilities(np.zeros(3, np.float32))
    assert shares.tolist() == [0, 0, 1]
    shares = chain.begin(ids_of(ABC, "cc")).probabilities(np.zeros(3, np.float32))
    assert shares.tolist() == [0, 0.5, 0.5]


def test_when_all_forced_texts_are_banned_by_the_prompt_the_ban_holds():
    choice = Chain.of(settings_of(forced="ba", banned="aba"), ABC).begin(ids_of(ABC, "a"))
    ids = written(Model(3), choice, ids_of(ABC, "a"), 30, 1)
    assert "aba" not in "a" + ABC.decode(ids)


def test_a_long_forced_text_is_written_to_its_end():
    text = "abcab" * 1_000
    choice = Chain.of(settings_of(forced=text + "\nab" + text, length=6_000), ABC).begin([0])
    ids = written(Model(3), choice, [0], 5_000, 3, weighs=True)
    assert ABC.decode(ids).startswith((text, "ab" + text[:4_998]))


def test_biases_move_exactly_the_named_tokens():
    logits = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], np.float32)
    chain = Chain.of(settings_of(logit_bias="a=2.5\n\\n=-1\nb = 0.5\n =1\na=0.5", temperature=1.0), LETTERS)
    shares = chain.begin([3]).probabilities(logits)
    moved = logits.astype(float) + np.array([-np.inf, -1, 1, 3, 0.5, 0, 0, 0])
    powers = np.exp(moved)
    np.testing.assert_allclose(shares, powers / powers.sum(), rtol=1e-12)


def test_a_word_is_biased_with_the_marks_that_hold_spaces_of_their_own():
    token_id = ids_of(WORDS, "the whale")[1]
    comma = [index for index, text in enumerate(token_texts(WORDS).texts[False]) if text.strip() == ","]
    chain = Chain.of(settings_of(logit_bias="whale=50\n,=50.5", temperature=1.0), WORDS)
    shares = chain.begin([1]).probabilities(np.zeros(WORDS.vocabulary_size, np.float32))
    assert set(np.flatnonzero(shares > 0.01).tolist()) == {token_id, *comma}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"logit_bias": "whale"}, "The bias whale is not written as text=number"),
        ({"logit_bias": "=2"}, "The bias =2 is not written as text=number"),
        ({"logit_bias": "a=much"}, "The bias of a must be a number from -100 to 100, not much."),
        ({"logit_bias": "a=nan"}, "must be a number"),
        ({"logit_bias": "a=1e9"}, "must be a number"),
        ({"logit_bias": "ab=1"}, "The model writes one character at a time, and ab is not one that it knows"),
        ({"forced": "abz"}, "The model cannot begin with abz"),
        ({"forced": "cab", "banned": "ab"}, "cab cannot both be what the text begins with"),
    ],
)
def test_what_cannot_be_used_is_said_plainly(options, sentence):
    with pytest.raises(InvalidSetting) as caught:
        Chain.of(settings_of(**options), ABC)
    assert sentence in str(caught.value)


def test_unknown_words_cannot_be_forced_or_biased():
    for options in ({"forced": "zebra"}, {"logit_bias": "zebra=1"}, {"forced": "<unk>"}, {"forced": "whal"}):
        with pytest.raises(InvalidSetting):
            Chain.of(settings_of(**options), WORDS)


def test_a_vocabulary_in_which_everything_is_banned_still_writes():
    choice = Chain.of(settings_of(banned="a\nb\nc"), ABC).begin([])
    assert choice.probabilities(np.array([0, 1, 2], np.float32)).sum() == pytest.approx(1)
