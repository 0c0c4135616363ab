"""Suggestions of next words against the enumeration of all words, and how little is read again while typing."""

import codecs
import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.corpus import CleaningConfig, CorpusConfig
from engine.config.model import GruConfig, LstmConfig
from engine.errors import BadInput, Cancelled
from engine.models.build import parameter_shapes
from engine.sampling import word_search as word_search_module
from engine.sampling.choice import forbid, probabilities
from engine.sampling.mixing import Mixture
from engine.sampling.reading_memory import ReadingMemory
from engine.sampling.stepper import Stepper
from engine.sampling.suggestions import Suggester
from engine.sampling.word_letters import Phase, kind_of, phase_after
from engine.text.tokenizers import build_tokenizer

CONFIG = LstmConfig(hidden_size=10, embedding_size=4, num_layers=2)
LETTERS = "ab'-日 .\n"


class Counted:
    """A predictor that counts the tokens of single steps and of reading."""

    def __init__(self, stepper):
        self._stepper = stepper
        self.num_read = 0

    def __getattr__(self, name):
        return getattr(self._stepper, name)

    def read(self, token_ids, state):
        self.num_read += len(token_ids)
        return self._stepper.read(token_ids, state)


def make_stepper(vocabulary_size, seed=3, scale=0.9, config=CONFIG, biases=()):
    random = np.random.default_rng(seed)
    shapes = parameter_shapes(config, vocabulary_size)
    arrays = {name: random.normal(size=shape, scale=scale).astype(np.float32) for name, shape in shapes.items()}
    for token_id, bias in biases:
        arrays["output.bias"][token_id] += bias
    return Stepper.from_arrays(config, arrays)


def make_suggester(text=LETTERS, cleaning=None, tokens=None, **options):
    tokenizer = build_tokenizer(text, tokens or CorpusConfig())
    return Suggester(make_stepper(tokenizer.vocabulary_size, **options), tokenizer, cleaning), tokenizer


def shares_after(suggester, tokenizer, text):
    """The distribution after a text, read from its beginning."""
    ids = tokenizer.encode_prompt(text)[0].tolist() or [tokenizer.line_end_id]
    logits, _ = suggester._predictor.read(ids, suggester._predictor.initial_state())
    forbid(logits, tokenizer.unknown_id)
    return probabilities(logits, 1.0)


def enumerated(suggester, tokenizer, prompt, characters, longest):
    """Every word of up to `longest` characters after a prompt, with its probability, by the definition of a word."""
    phase, half = phase_after(prompt)
    prompt = prompt or "\n"
    ids = {character: int(tokenizer.encode(character)[0]) for character in characters}
    letters = [c for c in characters if c in "abc"]
    found = {}

    def end_of(text):
        """Of going on with no letter, or with a joiner that no letter follows."""
        shares = shares_after(suggester, tokenizer, text)
        is_joined = text[-1:] in "'-"
        ends = 0.0
        for character, token_id in ids.items():
            if character in letters:
                continue
            if character in "'-" and not is_joined:
                after = shares_after(suggester, tokenizer, text + character)
                ends += shares[token_id] * (1 - sum(after[ids[letter]] for letter in letters))
            else:
                ends += shares[token_id]
        return ends

    def go_on(rest, mass, phase):
        if phase in (Phase.INSIDE, Phase.JOINED) and rest and rest[-1] in letters:
            found[rest] = mass * end_of(prompt + rest)
        if len(rest) >= longest:
            return
        shares = shares_after(suggester, tokenizer, prompt + rest)
        for character, token_id in ids.items():
            share = mass * shares[token_id]
            if character in letters:
                go_on(rest + character, share, Phase.INSIDE)
            elif character in "'-" and phase is Phase.INSIDE:
                go_on(rest + character, share, Phase.JOINED)
            elif character == " " and phase is Phase.BEFORE_SPACE:
                go_on(rest + character, share, Phase.BEFORE)
            elif character == "日" and phase in (Phase.BEFORE, Phase.BEFORE_SPACE):
                found[rest + character] = share

    go_on("", 1.0, phase)
    return half, sorted(found.items(), key=lambda item: -item[1])


@pytest.mark.parametrize("prompt", ["", "a b ", "ab", "a'", "a.", "日", "-", "a--", "b'a"])
@pytest.mark.parametrize("seed", range(3))
def test_suggestions_are_the_likeliest_of_all_words(prompt, seed, monkeypatch):
    monkeypatch.setattr(word_search_module, "LONGEST_WORD", 4)
    monkeypatch.setattr(word_search_module, "NEGLIGIBLE", 0.0)
    suggester, tokenizer = make_suggester(seed=seed)
    half, wanted = enumerated(suggester, tokenizer, prompt, LETTERS, 4)
    found = suggester.suggest(prompt, 7)
    assert [suggestion.text for suggestion in found] == [text for text, _ in wanted[:7]]
    np.testing.assert_allclose([suggestion.probability for suggestion in found], [p for _, p in wanted[:7]], rtol=1e-4)
    assert all(suggestion.word == half + suggestion.text.removeprefix(" ") for suggestion in found)


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_what_is_followed_together_changes_no_suggestion(batch_size, monkeypatch):
    suggester, _ = make_suggester()
    wanted = suggester.suggest("ab a", 9)
    monkeypatch.setattr(word_search_module, "BATCH_SIZE", batch_size)
    found = make_suggester()[0].suggest("ab a", 9)
    assert [s.text for s in found] == [s.text for s in wanted]
    np.testing.assert_allclose([s.probability for s in found], [s.probability for s in wanted], rtol=4e-3)


class ByteWords:
    """All words of a byte model that knows a few bytes only, by the definition of a word, string by string."""

    def __init__(self, suggester, known_bytes):
        self._predictor = suggester._predictor
        self._bytes = known_bytes

    def after(self, data):
        logits, _ = self._predictor.read(list(data), self._predictor.initial_state())
        return probabilities(logits, 1.0)

    def end(self, data, tail=b""):
        """The probability that a word does not go on after its last letter and these bytes."""
        shares = self.after(data + tail)
        total = 1 - sum(shares[byte] for byte in self._bytes)
        for byte in self._bytes:
            outcome = self._outcome(tail + bytes([byte]))
            total += shares[byte] * (self.end(data, tail + bytes([byte])) if outcome is None else outcome)
        return total

    def _outcome(self, tail):
        """1 if the word has ended, 0 if it goes on, None if that is not decided yet."""
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(tail)
        except UnicodeDecodeError:
            return 1
        if text in ("", "’"):
            return None
        return 0 if text.removeprefix("’")[0].isalnum() else 1

    def words(self, prompt, longest):
        _, half = phase_after(prompt)
        prompt = prompt or "\n"
        found = {}
        for size in range(1, longest + 1):
            for word in map(bytes, itertools.product(self._bytes, repeat=size)):
                text = word.decode(errors="replace")
                if re.fullmatch(r"(?!_)(\w+’)*\w+", half + text):
                    mass = np.prod([self.after(prompt.encode() + word[:at])[word[at]] for at in range(size)])
                    found[text] = mass * self.end(prompt.encode() + word)
        return sorted(found.items(), key=lambda item: -item[1])


@pytest.mark.parametrize("prompt", ["", "é", "né ", "l’é"])
def test_a_byte_model_suggests_words_of_whole_characters(prompt, monkeypatch):
    monkeypatch.setattr(word_search_module, "LONGEST_WORD", 4)
    known = sorted({byte for character in ["é", "’", " "] for byte in character.encode()})
    biases = [(byte, -60.0) for byte in range(256) if byte not in known]
    suggester, _ = make_suggester(tokens=CorpusConfig(tokens="byte"), biases=biases, scale=0.5)
    wanted = ByteWords(suggester, known).words(prompt, 4)
    found = suggester.suggest(prompt, 3)
    assert [s.text for s in found] == [text for text, _ in wanted[:3]]
    np.testing.assert_allclose([s.probability for s in found], [mass for _, mass in wanted[:3]], rtol=4e-3)


def test_unknown_characters_are_never_suggested():
    text = "ab " * 20 + "c"
    suggester, tokenizer = make_suggester(text, tokens=CorpusConfig(unknown_character=True, min_count=2))
    found = suggester.suggest("a", 20)
    assert tokenizer.unknown_id == 0
    assert found
    assert all("\N{REPLACEMENT CHARACTER}" not in suggestion.text for suggestion in found)


def test_the_probabilities_of_all_words_and_of_no_word_are_one(monkeypatch):
    monkeypatch.setattr(word_search_module, "LONGEST_WORD", 60)
    monkeypatch.setattr(word_search_module, "MOST_BEGINNINGS", 10**6)
    suggester, tokenizer = make_suggester("ab .\n", biases=[(1, 3.0), (2, 3.0)])
    total = sum(suggestion.probability for suggestion in suggester.suggest("a ", 3000))
    shares = shares_after(suggester, tokenizer, "a ")
    words = 1 - sum(shares[int(tokenizer.encode(character)[0])] for character in " .\n")
    assert total == pytest.approx(words, rel=1e-3)


@given(
    st.text(alphabet="ab'-. ", max_size=8), st.integers(1, 9), st.integers(0, 5),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_fewer_suggestions_are_the_first_of_more(prompt, count, seed):
    suggester, _ = make_suggester("ab'-. \n", seed=seed)
    few, many = suggester.suggest(prompt, count), suggester.suggest(prompt, count + 4)
    assert [s.text for s in few] == [s.text for s in many[:count]]
    assert all(first.probability >= second.probability for first, second in itertools.pairwise(many))


WORD_TEXT = "the then there other, bother. The end then\nthe other end\n" * 3


def word_suggester(**options):
    return make_suggester(WORD_TEXT, tokens=CorpusConfig(tokens="word"), **options)


def test_a_word_model_suggests_the_likeliest_words_but_no_marks():
    suggester, tokenizer = word_suggester()
    shares = shares_after(suggester, tokenizer, "the other")
    words = [token_id for token_id in range(2, len(shares)) if tokenizer.token_text(token_id).isalpha()]
    wanted = sorted(words, key=lambda token_id: -shares[token_id])[:4]
    found = suggester.suggest("the other ", 4)
    assert [s.word for s in found] == [tokenizer.token_text(token_id) for token_id in wanted]
    assert [s.text for s in found] == [s.word for s in found]
    assert [s.probability for s in found] == pytest.approx([shares[token_id] for token_id in wanted])


def test_a_word_model_completes_a_half_typed_word():
    suggester, tokenizer = word_suggester()
    shares = shares_after(suggester, tokenizer, "other ")
    fitting = {text: shares[int(tokenizer.encode(text)[0])] for text in ("the", "then", "there")}
    found = suggester.suggest("other the", 5)
    assert {s.word: s.text for s in found} == {"then": "n", "there": "re"}
    for suggestion in found:
        assert suggestion.probability == pytest.approx(fitting[suggestion.word] / sum(fitting.values()))


def test_a_half_typed_word_that_no_known_word_begins_with_has_no_suggestions():
    suggester, _ = word_suggester()
    assert suggester.suggest("the xyz") == []


def test_a_word_model_brings_the_space_that_is_missing():
    suggester, _ = word_suggester()
    assert all(s.text == s.word for s in suggester.suggest("the other, ", 3))
    assert all(s.text.strip() == s.word for s in suggester.suggest("end\n", 3))


def test_capitals_count_only_if_a_word_is_written_so():
    suggester, _ = word_suggester()
    assert {s.word for s in suggester.suggest("BO")} == {"bother"}
    assert {s.text for s in suggester.suggest("BO")} == {"ther"}


def test_typing_a_letter_costs_one_step_and_deleting_one_costs_none():
    tokenizer = build_tokenizer(LETTERS, CorpusConfig())
    predictor = Counted(make_stepper(tokenizer.vocabulary_size))
    suggester = Suggester(predictor, tokenizer)
    text = "ab ba. a'b ab-a b " * 40
    suggester.suggest(text)
    assert predictor.num_read == len(text)
    for typed in ("a", "ab", "aba"):
        predictor.num_read = 0
        suggester.suggest(text + typed)
        assert predictor.num_read == 1
    for typed in ("ab", "a", "", "a", "ab"):
        predictor.num_read = 0
        suggester.suggest(text + typed)
        assert predictor.num_read == 0
    suggester.suggest(text + "ab.")
    assert predictor.num_read == 1
    predictor.num_read = 0
    suggester.suggest(text[:-5])
    assert predictor.num_read == 0


@given(st.lists(st.tuples(st.integers(0, 700), st.lists(st.integers(0, 3), max_size=90)), max_size=8))
@settings(max_examples=20, deadline=None)
def test_a_changed_text_is_read_as_if_from_its_beginning(changes):
    stepper = make_stepper(4, config=GruConfig(hidden_size=3, embedding_size=0), scale=0.5)
    predictor = Counted(stepper)
    memory = ReadingMemory(predictor)
    ids = [1, 2, 3, 0] * 150
    for place, others in [(0, []), *changes]:
        ids = [*ids[:place], *others, *ids[place + len(others) // 2 :]] or [1]
        predictor.num_read = 0
        logits, state = memory.after(ids)
        wanted, wanted_state = stepper.read(ids, stepper.initial_state())
        np.testing.assert_array_equal(logits, wanted)
        np.testing.assert_array_equal(state, wanted_state)
        assert predictor.num_read <= len(ids) - place + 256 or place > len(ids)


def test_what_was_read_before_a_cancellation_is_not_read_again():
    predictor = Counted(make_stepper(4))
    memory = ReadingMemory(predictor)
    ids = np.random.default_rng(0).integers(4, size=2000)
    answers = iter([False] * 20)
    with pytest.raises(Cancelled):
        memory.after(ids, lambda: next(answers, True))
    assert 1000 < predictor.num_read < 2000
    memory.after(ids)
    assert predictor.num_read < 2000 + 256


def test_a_search_can_be_cancelled():
    suggester, _ = make_suggester()
    answers = iter([False] * 2)
    with pytest.raises(Cancelled):
        suggester.suggest("a", 50, lambda: next(answers, True))
    assert suggester.suggest("a")


def test_a_model_that_has_learned_nothing_is_not_searched_for_ever(monkeypatch):
    monkeypatch.setattr(word_search_module, "MOST_BEGINNINGS", 100)
    suggester, _ = make_suggester("abcdefghijklmnopqrstuvwxyz \n", scale=0.0)
    assert len(suggester.suggest("", 500)) < 500


def test_a_prompt_is_cleaned_as_the_corpus_was():
    cleaning = CleaningConfig(lower_case=True)
    suggester, _ = make_suggester(cleaning=cleaning)
    assert suggester.suggest("AB B") == make_suggester()[0].suggest("ab b")


def test_half_a_character_is_refused():
    suggester, _ = make_suggester()
    with pytest.raises(BadInput, match="half a character"):
        suggester.suggest("a\ud800")


def test_two_mixed_models_suggest_together(monkeypatch):
    monkeypatch.setattr(word_search_module, "LONGEST_WORD", 3)
    tokenizer = build_tokenizer(LETTERS, CorpusConfig())
    first, second = (make_stepper(tokenizer.vocabulary_size, seed=seed) for seed in (1, 2))
    suggester = Suggester(Mixture([first, second], [1.0, 2.0]), tokenizer)
    _, wanted = enumerated(suggester, tokenizer, "ab ", LETTERS, 3)
    found = suggester.suggest("ab ", 5)
    assert [s.text for s in found] == [text for text, _ in wanted[:5]]


@pytest.mark.parametrize(
    ("text", "phase", "half"),
    [
        ("", Phase.BEFORE, ""), ("the ", Phase.BEFORE, ""), ("the\n", Phase.BEFORE, ""), ("the", Phase.INSIDE, "the"),
        ("don't", Phase.INSIDE, "don't"), ("don'", Phase.JOINED, "don'"), ("'tis", Phase.INSIDE, "tis"),
        ("dog--ca", Phase.INSIDE, "ca"), ("dog--", Phase.BEFORE_SPACE, ""), ("dog,", Phase.BEFORE_SPACE, ""),
        ("mother-in-la", Phase.INSIDE, "mother-in-la"), ("日", Phase.BEFORE, ""),
        ("cafe\u0301", Phase.INSIDE, "cafe\u0301"), ("x" * 100, Phase.INSIDE, "x" * 64), ("'", Phase.BEFORE_SPACE, ""),
    ],
)  # fmt: skip
def test_where_the_end_of_a_text_stands(text, phase, half):
    assert phase_after(text) == (phase, half)


def test_what_characters_are_to_words():
    kinds = "".join(kind_of(character).name[0] for character in "aé9日'’- .\n_\u0301")
    assert kinds == "LLLWJJJSOOOL"
