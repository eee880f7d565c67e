"""A PyTorch loop: a Sequential, BCELoss, SGD."""

import sys

import torch

import xorviz

torch.manual_seed(0)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
t = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
model = torch.nn.Sequential(
    torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1), torch.nn.Sigmoid()
)
optimizer, loss = torch.optim.SGD(model.parameters(), lr=0.5), torch.nn.BCELoss()
with xorviz.watch("PyTorch", rate=0.5, loss="mean-cross-entropy", activation="tanh") as see:
    for _ in range(int(sys.argv[1])):
        see(model)
        optimizer.zero_grad()
        loss(model(x), t).backward()
        optimizer.step()
    see(model)
print("done", flush=True)
