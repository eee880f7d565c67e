"""Training loops as people write them: loops.py NAME STEPS."""

import math
import random
import sys

import numpy as np

import xorviz


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def textbook(steps):
    """The 28 lines: full batch, no biases."""
    x = np.array([[1, 0], [0, 0], [0, 1], [1, 1]])
    t = np.array([[1], [0], [1], [0]])
    np.random.seed(1234)
    w1, w2 = np.random.uniform(-1, 1, (2, 3)), np.random.uniform(-1, 1, (3, 1))
    with xorviz.watch("textbook", rate=0.5, loss="sse") as see:
        for step in range(steps):
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


def faulty(steps):
    """With biases; the hidden layer lacks the slope of its activation."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    t = np.array([[0], [1], [1], [0]])
    rng = np.random.default_rng(0)
    w1, b1 = rng.normal(size=(2, 4)), np.zeros((1, 4))
    w2, b2 = rng.normal(size=(4, 1)), np.zeros((1, 1))
    see = xorviz.watch("homework", rate=0.5, loss="sse")
    for _ in range(steps):
        see(w1, b1, w2, b2)
        h = sigmoid(x @ w1 + b1)
        y = sigmoid(h @ w2 + b2)
        d_y = 2 * (y - t) * y * (1 - y)
        d_h = d_y @ w2.T
        w2 -= 0.5 * h.T @ d_y
        b2 -= 0.5 * d_y.sum(axis=0, keepdims=True)
        w1 -= 0.5 * x.T @ d_h
        b1 -= 0.5 * d_h.sum(axis=0, keepdims=True)


def online(steps):
    """Plain Python: an update after each row, lists of floats."""
    rows = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]
    random.seed(3)
    w1 = [[random.uniform(-1, 1) for _ in range(2)] for _ in range(3)]  # of each unit
    b1 = [0.0, 0.0, 0.0]
    w2, b2 = [random.uniform(-1, 1) for _ in range(3)], [0.0]
    with xorviz.watch("online", rate=0.5, loss="half-sse", batch="row") as see:
        for step in range(steps):
            see(w1, b1, w2, b2)
            x, t = rows[step % 4]
            z = [w[0] * x[0] + w[1] * x[1] + b for w, b in zip(w1, b1)]
            h = [1 / (1 + math.exp(-one)) for one in z]
            y = 1 / (1 + math.exp(-sum(w * one for w, one in zip(w2, h)) - b2[0]))
            d_y = (y - t) * y * (1 - y)
            d_h = [d_y * w * one * (1 - one) for w, one in zip(w2, h)]
            for unit in range(3):
                w2[unit] -= 0.5 * d_y * h[unit]
                b1[unit] -= 0.5 * d_h[unit]
                for i in range(2):
                    w1[unit][i] -= 0.5 * d_h[unit] * x[i]
            b2[0] -= 0.5 * d_y
        see(w1, b1, w2, b2)


def torch_loop(steps):
    """PyTorch: a Sequential, BCELoss, SGD."""
    import torch  # noqa: PLC0415

    torch.manual_seed(0)
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    t = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1), torch.nn.Sigmoid()
    )
    optimizer, loss = torch.optim.SGD(model.parameters(), lr=0.5), torch.nn.BCELoss()
    with xorviz.watch("PyTorch", rate=0.5, loss="mean-cross-entropy", activation="tanh") as see:
        for _ in range(steps):
            see(model)
            optimizer.zero_grad()
            loss(model(x), t).backward()
            optimizer.step()
        see(model)


globals()[sys.argv[1]](int(sys.argv[2]))
