"""Ten prints at ten noise levels: the loop of the question l1-loss-rises, measured.

The data are points of the plane, in eight small heaps on a ring. At step 1 a point is mixed with a
little noise, at step 10 nothing is left of it. The network is not told the level; the perfect model is.
"""

from itertools import pairwise

import numpy as np

ANGLES = np.arange(8) * np.pi / 4.0
HEAPS = 1.4 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
WIDTH = 0.1  # standard deviation of a heap
SHAPES = [(inputs + 1, outputs) for inputs, outputs in pairwise((2, 128, 128, 128, 2))]
REPETITIONS = 20


def draw(rng, count, step):
    """Draw points of the data; return them under the noise of this step, and clean."""
    data = HEAPS[rng.integers(8, size=count)] + WIDTH * rng.standard_normal((count, 2))
    noise = rng.standard_normal(data.shape)
    return (1.0 - step / 10.0) * data + step / 10.0 * noise, data


class Network:
    """Three hidden layers of 128 units, with x * sigmoid(x) behind each, trained with Adam."""

    def __init__(self, rng):
        layers = [rng.uniform(-1.0, 1.0, shape) / (shape[0] - 1) ** 0.5 for shape in SHAPES]
        self.weights = np.concatenate([layer.ravel() for layer in layers])
        self.mean, self.square = np.zeros_like(self.weights), np.zeros_like(self.weights)
        self.updates = 0

    def layers(self):
        """Return each layer's part of the weights; its last row is added whatever comes in."""
        ends = np.cumsum([rows * columns for rows, columns in SHAPES])[:-1]
        parts = np.split(self.weights, ends)
        return [part.reshape(shape) for part, shape in zip(parts, SHAPES, strict=True)]

    def guess(self, noisy):
        """Guess the clean points, and keep what training needs."""
        x, self.inputs, self.slopes = noisy, [], []
        for layer in self.layers():
            self.inputs.append(np.column_stack([x, np.ones(len(x))]))
            output = self.inputs[-1] @ layer
            gate = 1.0 / (1.0 + np.exp(-output))
            self.slopes.append(gate * (1.0 + output * (1.0 - gate)))
            x = output * gate
        return output  # nothing stands behind the last layer

    def train(self, noisy, data, _step):
        """Take one gradient step on the squared error, and return the error from before it."""
        error = self.guess(noisy) - data
        back, gradients = 2.0 * error / error.size, []
        for number, layer in reversed(list(enumerate(self.layers()))):
            gradients.insert(0, (self.inputs[number].T @ back).ravel())
            if number:
                back = back @ layer[:-1].T * self.slopes[number - 1]
        gradient = np.concatenate(gradients)
        self.updates += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient**2 - self.square)
        scale = np.sqrt(self.square / (1.0 - 0.999**self.updates)) + 1e-8
        self.weights -= 0.002 * self.mean / (1.0 - 0.9**self.updates) / scale
        return (error**2).mean()


class Perfect:
    """Guesses the average of all points that could lie behind the noise; nothing is left to train."""

    def train(self, noisy, data, step):
        """Return the error; the model stays as it is."""
        signal, noise = 1.0 - step / 10.0, step / 10.0
        variance = (signal * WIDTH) ** 2 + noise**2  # of the noisy points of one heap
        off = noisy[:, None] - signal * HEAPS
        likely = np.exp(-(off**2).sum(axis=2) / (2.0 * variance))
        shares = likely / likely.sum(axis=1, keepdims=True)
        points = HEAPS + signal * WIDTH**2 / variance * off
        return (((shares[:, :, None] * points).sum(axis=1) - data) ** 2).mean()


TESTS = [draw(np.random.default_rng(1000 + step), 400, step) for step in range(1, 11)]
TEST_NOISY, TEST_DATA = (np.concatenate(part) for part in zip(*TESTS, strict=True))


def test_error(network):
    """Average the squared error over all ten levels, on points kept for that."""
    return ((network.guess(TEST_NOISY) - TEST_DATA) ** 2).mean()


def train(model_of, seed, step_of, updates):
    """Train a new model, each update at the step that `step_of` gives; return it and its prints."""
    rng = np.random.default_rng(seed)
    model, prints = model_of(rng), []
    for update in range(updates):
        step = step_of(update, rng)
        prints.append(model.train(*draw(rng, 256, step), step))
    return model, prints


def loop(title, model_of, step_of):
    """Print what the loop of ten steps prints, on average over new models."""
    prints = [train(model_of, seed, step_of, 10)[1] for seed in range(REPETITIONS)]
    print(title, *(f"{loss:.3f}" for loss in np.mean(prints, axis=0)))
    print(f"    rises {sum(losses[-1] > losses[0] for losses in prints)} times out of {REPETITIONS}")


def errors(step_of, updates):
    """Return the errors of new models on the test set after so many updates."""
    return np.array([test_error(train(Network, seed, step_of, updates)[0]) for seed in range(REPETITIONS)])


def as_written(update, _rng):
    """Steps 1 to 10, again and again."""
    return 1 + update % 10


def backwards(update, _rng):
    """Steps 10 to 1, again and again."""
    return 10 - update % 10


def at_random(_update, rng):
    """A step of its own for each example."""
    return rng.integers(1, 11, size=(256, 1))


loop("as written:", Network, as_written)
loop("backwards:", Network, backwards)
loop("perfect model:", lambda rng: Perfect(), as_written)
print("error on a fixed test set, all levels:")
print(f"    untrained {errors(as_written, 0).mean():.3f}")
for updates, others in ((10, (backwards, at_random)), (30, (backwards,))):
    written = errors(as_written, updates)
    print(f"after {updates} updates:")
    print(f"    as written {written.mean():.3f}")
    for way in others:
        found = errors(way, updates)
        worse = f"worse {sum(found > written)} times out of {REPETITIONS}"
        print(f"    {way.__name__.replace('_', ' ')} {found.mean():.3f}, {worse}")
