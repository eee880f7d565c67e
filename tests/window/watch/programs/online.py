"""An online loop in plain Python: an update after each row, lists of floats."""

import math
import random
import sys

import xorviz

ROWS = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]
RATE = 0.5
random.seed(3)
w1 = [[random.uniform(-1, 1) for _ in range(2)] for _ in range(3)]  # of each unit
b1 = [0.0, 0.0, 0.0]
w2, b2 = [random.uniform(-1, 1) for _ in range(3)], [0.0]


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


with xorviz.watch("online", rate=RATE, loss="half-sse", batch="row") as see:
    for step in range(int(sys.argv[1])):
        see(w1, b1, w2, b2)
        x, t = ROWS[step % 4]
        h = [sigmoid(w[0] * x[0] + w[1] * x[1] + b) for w, b in zip(w1, b1)]
        y = sigmoid(sum(w * one for w, one in zip(w2, h)) + b2[0])
        d_y = (y - t) * y * (1 - y)
        d_h = [d_y * w * one * (1 - one) for w, one in zip(w2, h)]
        for unit in range(3):
            w2[unit] -= RATE * d_y * h[unit]
            b1[unit] -= RATE * d_h[unit]
            for i in range(2):
                w1[unit][i] -= RATE * d_h[unit] * x[i]
        b2[0] -= RATE * d_y
    see(w1, b1, w2, b2)
print("done", flush=True)
