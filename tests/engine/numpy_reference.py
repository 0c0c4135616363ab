"""The language model written a second time, in NumPy and float64, one token of one stream at a time."""

from dataclasses import dataclass

import numpy


@dataclass
class Masks:
    """Dropout masks, already divided by the share kept; None where nothing is dropped. Shapes (T, B, width)."""

    embedding: object = None
    between: tuple = ()
    output: object = None


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def rnn_step(w, u, b, x, state, config):
    h = state[0]
    total = w @ x + b + u @ h
    if config.activation == "tanh":
        return (numpy.tanh(total),)
    if config.activation == "sigmoid":
        return (sigmoid(total),)
    return (numpy.maximum(total, 0),)


def lstm_step(w, u, b, x, state, config):
    h, c = state
    size = config.hidden_size
    total = w @ x + b + u @ h
    i, f = sigmoid(total[:size]), sigmoid(total[size : 2 * size])
    g, o = numpy.tanh(total[2 * size : 3 * size]), sigmoid(total[3 * size :])
    c = f * c + i * g
    return o * numpy.tanh(c), c


def gru_step(w, u, b, x, state, config):
    h = state[0]
    size = config.hidden_size
    from_x, from_h = w @ x, u @ h
    r = sigmoid(from_x[:size] + from_h[:size] + b[:size])
    z = sigmoid(from_x[size : 2 * size] + from_h[size : 2 * size] + b[size : 2 * size])
    n = numpy.tanh(from_x[2 * size :] + r * (from_h[2 * size :] + b[2 * size :]))
    return ((1 - z) * n + z * h,)


STEPS = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}


def logits_and_state(config, parameters, x_TB, state, masks):
    """Logits (T, B, V) and the state after the window; `state[layer][kind]` is (B, H)."""
    num_steps, batch_size = x_TB.shape
    vocabulary_size = len(parameters["output.bias"])
    output_weight = parameters["embedding.weight"] if config.tied else parameters["output.weight"]
    logits = numpy.zeros((num_steps, batch_size, vocabulary_size))
    after = [[numpy.asarray(tensor).copy() for tensor in layer] for layer in state]
    for stream in range(batch_size):
        for t in range(num_steps):
            token = x_TB[t, stream]
            if config.embedding_size:
                x = parameters["embedding.weight"][token]
                if masks.embedding is not None:
                    x = x * masks.embedding[t, stream]
            else:
                x = numpy.eye(vocabulary_size)[token]
            for layer in range(config.num_layers):
                entering = x
                if layer and masks.between:
                    entering = x * masks.between[layer - 1][t, stream]
                w, u, b = (parameters[f"layers.{layer}.{kind}"] for kind in ("weight_ih", "weight_hh", "bias"))
                before = [tensor[stream] for tensor in after[layer]]
                result = STEPS[config.cell](w, u, b, entering, before, config)
                for tensor, value in zip(after[layer], result, strict=True):
                    tensor[stream] = value
                x = x + result[0] if layer and config.residual else result[0]
            if masks.output is not None:
                x = x * masks.output[t, stream]
            logits[t, stream] = output_weight @ x + parameters["output.bias"]
    return logits, after


def loss_nats(config, parameters, x_TB, y_TB, state, masks):
    """Mean cross entropy in nats per token."""
    logits, _ = logits_and_state(config, parameters, x_TB, state, masks)
    logits = logits - logits.max(axis=2, keepdims=True)
    log_probabilities = logits - numpy.log(numpy.exp(logits).sum(axis=2, keepdims=True))
    return -numpy.take_along_axis(log_probabilities, y_TB[:, :, None], axis=2).mean()


def finite_differences(function, array, step=1e-5):
    """The gradient of `function()` by every entry of `array`, by central differences; the array is put back."""
    gradient = numpy.zeros_like(array)
    for index in numpy.ndindex(array.shape):
        value = array[index]
        array[index] = value + step
        above = function()
        array[index] = value - step
        below = function()
        array[index] = value
        gradient[index] = (above - below) / (2 * step)
    return gradient
