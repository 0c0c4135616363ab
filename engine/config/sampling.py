"""Options of writing with a trained model. Their defaults are plain sampling: draw from what the model says."""

from dataclasses import dataclass

from engine.config.options import option

END_AT = ("length", "line", "sentence", "paragraph")
CHOOSE_AT = ("tokens", "words")


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How text is sampled. `engine.sampling.chain` states the order in which the options act, and their sources.

    An option that holds several texts has one on each line; `engine.config.texts_of.texts_of` reads it.
    """

    prompt: str = option("", label="Prompt", help="What the text begins with. Left empty: a line end.")
    length: int = option(
        500, minimum=0, maximum=10_000_000, unit="tokens", label="Length", help="How many tokens to write.",
    )  # fmt: skip
    temperature: float = option(
        0.8, minimum=0.0, maximum=100.0, label="Temperature",
        help="Low is safe and repetitive, high is wild; 0 always takes the likeliest token.",
    )  # fmt: skip
    seed: int = option(
        1, minimum=0, maximum=2**53, label="Seed", help="The same seed writes the same text again.",
    )  # fmt: skip
    stop: str = option(
        "", label="Stop at", help="Writing ends when this text appears. Several: one on each line.",
    )  # fmt: skip
    end_at: str = option(
        "length", choices=END_AT, label="End with",
        help="Writing ends after so many tokens or words, or before that with a line, a sentence or a paragraph.",
    )  # fmt: skip
    num_words: int = option(
        0, minimum=0, maximum=1_000_000, unit="words", label="Words",
        help="Writing ends after so many words. 0: no such limit.",
    )  # fmt: skip
    style: str = option(
        "", label="Style", help="A passage that the model reads before the prompt, to take up its style.",
    )  # fmt: skip
    complete_word: bool = option(
        False, label="Complete the word",
        help="A prompt that ends amid a word is completed, also by a model that knows whole words only.",
    )  # fmt: skip
    choose_at: str = option(
        "tokens", choices=CHOOSE_AT, label="Chance at",
        help="Where chance chooses: at every token, or only where a word begins, with the likeliest letters after it.",
    )  # fmt: skip
    temperature_change: float = option(
        0.0, minimum=-100.0, maximum=100.0, label="Temperature change",
        help="How much the temperature rises, or falls, from the first token to the last.",
    )  # fmt: skip
    dynamic_range: float = option(
        0.0, minimum=0.0, maximum=10.0, label="Dynamic temperature",
        help="The temperature goes up so far where the model is unsure, and down so far where it is sure.",
    )  # fmt: skip
    dynamic_exponent: float = option(
        1.0, minimum=0.1, maximum=10.0, label="Dynamic exponent",
        help="How the dynamic temperature follows the model's doubt: above 1 it stays low for longer.",
    )  # fmt: skip
    top_k: int = option(
        0, minimum=0, maximum=1_000_000, label="Top k", help="Choose among so many likeliest tokens only. 0: all.",
    )  # fmt: skip
    top_p: float = option(
        1.0, minimum=0.0, maximum=1.0, label="Top p",
        help="Choose among the likeliest tokens that together have this probability. 1: all.",
    )  # fmt: skip
    min_p: float = option(
        0.0, minimum=0.0, maximum=1.0, label="Min p",
        help="Leave out tokens less probable than this share of the likeliest one's probability.",
    )  # fmt: skip
    typical_p: float = option(
        1.0, minimum=0.0, maximum=1.0, label="Typical",
        help="Choose among the tokens that surprise as much as the model expects, up to this probability. 1: all.",
    )  # fmt: skip
    top_n_sigma: float = option(
        0.0, minimum=0.0, maximum=100.0, label="Top n sigma",
        help="Leave out tokens whose score is more than so many standard deviations below the best. 0: none.",
    )  # fmt: skip
    xtc_probability: float = option(
        0.0, minimum=0.0, maximum=1.0, label="Exclude top choices",
        help="How often the likeliest tokens are left out, so that a less obvious one is chosen.",
    )  # fmt: skip
    xtc_threshold: float = option(
        0.1, minimum=0.0, maximum=0.5, label="Top choice from",
        help="A token is a top choice from this probability on; the least probable of them always stays.",
    )  # fmt: skip
    mirostat_target: float = option(
        0.0, minimum=0.0, maximum=20.0, unit="bits", label="Mirostat",
        help="Keeps the surprise of the text near so many bits per token. 0: off.",
    )  # fmt: skip
    mirostat_rate: float = option(
        0.1, minimum=0.001, maximum=1.0, label="Mirostat rate", help="How fast Mirostat corrects itself.",
    )  # fmt: skip
    repetition_penalty: float = option(
        1.0, minimum=0.1, maximum=10.0, label="Repetition penalty",
        help="Above 1, tokens that were written lately become less likely. 1: off.",
    )  # fmt: skip
    presence_penalty: float = option(
        0.0, minimum=-10.0, maximum=10.0, label="Presence penalty",
        help="Taken from the score of each token that was written lately, however often.",
    )  # fmt: skip
    frequency_penalty: float = option(
        0.0, minimum=-10.0, maximum=10.0, label="Frequency penalty",
        help="Taken from the score of a token for each time it was written lately.",
    )  # fmt: skip
    penalty_window: int = option(
        64, minimum=0, maximum=1_000_000, unit="tokens", label="Lately",
        help="How many tokens back the penalties look. 0: as far as the text goes.",
    )  # fmt: skip
    no_repeat_ngram: int = option(
        0, minimum=0, maximum=1_000, unit="tokens", label="No repeated sequence",
        help="No sequence of so many tokens is written twice. 0: off.",
    )  # fmt: skip
    dry_multiplier: float = option(
        0.0, minimum=0.0, maximum=100.0, label="Don't repeat yourself",
        help="Makes a token less likely the longer the passage is that it would repeat. 0: off.",
    )  # fmt: skip
    dry_base: float = option(
        1.75, minimum=1.0, maximum=10.0, label="Growth of the penalty",
        help="By how much each further repeated token multiplies the penalty.",
    )  # fmt: skip
    dry_allowed_length: int = option(
        2, minimum=1, maximum=1_000, unit="tokens", label="Allowed repetition",
        help="Repeated passages up to this length cost nothing. Use some 12 for letters, 2 for words.",
    )  # fmt: skip
    dry_breakers: str = option(
        "\\n\n:\n\"\n*", label="Repetition ends at",
        help="A repeated passage never reaches across one of these texts, one on each line.",
    )  # fmt: skip
    banned: str = option(
        "", label="Never write", help="None of these texts is ever written, one on each line.",
    )  # fmt: skip
    forced: str = option(
        "", label="Begin with one of",
        help="The text goes on with one of these, one on each line, as likely as the model finds them.",
    )  # fmt: skip
    logit_bias: str = option(
        "", label="Bias",
        help="Adds to the score of one letter or word of the vocabulary: text=number, one on each line, as in e=1.5.",
    )  # fmt: skip
    beams: int = option(
        1, minimum=1, maximum=64, label="Beams",
        help="Above 1: no chance; so many beginnings are followed side by side, and the likeliest text is kept.",
    )  # fmt: skip
    length_penalty: float = option(
        0.6, minimum=0.0, maximum=5.0, label="Length penalty",
        help="How much a longer text is preferred by the search with beams. 0: not at all.",
    )  # fmt: skip
