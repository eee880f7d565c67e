"""A network learns XOR in NumPy, and xorviz shows it live. Run it, then change what you like."""

import numpy as np

import xorviz

RATE, STEPS, HIDDEN = 0.5, 20_000, 3

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
T = np.array([[0], [1], [1], [0]], dtype=float)

draw = np.random.default_rng(1)
w1, b1 = draw.uniform(-1, 1, (2, HIDDEN)), np.zeros(HIDDEN)
w2, b2 = draw.uniform(-1, 1, (HIDDEN, 1)), np.zeros(1)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


with xorviz.watch("my network", rate=RATE, loss="half-sse", activation="sigmoid") as see:
    for step in range(STEPS):
        see(w1, b1, w2, b2)
        h = sigmoid(X @ w1 + b1)
        y = sigmoid(h @ w2 + b2)
        d_y = (y - T) * y * (1 - y)  # of the loss ((y - T) ** 2).sum() / 2
        d_h = d_y @ w2.T * h * (1 - h)
        w1 -= RATE * X.T @ d_h
        b1 -= RATE * d_h.sum(axis=0)
        w2 -= RATE * h.T @ d_y
        b2 -= RATE * d_y.sum(axis=0)
    see(w1, b1, w2, b2)

print("outputs for 00, 01, 10, 11:", y.ravel().round(3))
