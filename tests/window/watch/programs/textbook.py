"""The 28 lines as a textbook loop: full batch, no biases."""

import sys

import numpy as np

import xorviz

x = np.array([[1, 0], [0, 0], [0, 1], [1, 1]])
t = np.array([[1], [0], [1], [0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


np.random.seed(1234)
w1, w2 = np.random.uniform(-1, 1, (2, 3)), np.random.uniform(-1, 1, (3, 1))
with xorviz.watch("textbook", rate=0.5, loss="sse") as see:
    for step in range(int(sys.argv[1])):
        if step % 1000 == 0:
            print("at", step, flush=True)
        see(w1, w2)
        h = sigmoid(x @ w1)
        y = sigmoid(h @ w2)
        d_y = 2 * (y - t) * y * (1 - y)
        d_h = d_y @ w2.T * h * (1 - h)
        w1 -= 0.5 * x.T @ d_h
        w2 -= 0.5 * h.T @ d_y
    see(w1, w2)
print("done", flush=True)
