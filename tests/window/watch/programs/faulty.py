"""A textbook loop with biases, whose hidden layer lacks the slope of its activation."""

import sys

import numpy as np

import xorviz

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
t = np.array([[0], [1], [1], [0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


rng = np.random.default_rng(0)
w1, b1 = rng.normal(size=(2, 4)), np.zeros((1, 4))
w2, b2 = rng.normal(size=(4, 1)), np.zeros((1, 1))
see = xorviz.watch("homework", rate=0.5, loss="sse")
for _ in range(int(sys.argv[1])):
    see(w1, b1, w2, b2)
    h = sigmoid(x @ w1 + b1)
    y = sigmoid(h @ w2 + b2)
    d_y = 2 * (y - t) * y * (1 - y)
    d_h = d_y @ w2.T
    w2 -= 0.5 * h.T @ d_y
    b2 -= 0.5 * d_y.sum(axis=0, keepdims=True)
    w1 -= 0.5 * x.T @ d_h
    b1 -= 0.5 * d_h.sum(axis=0, keepdims=True)
print("done", flush=True)
