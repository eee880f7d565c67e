"""A network learns XOR in PyTorch, and xorviz shows it live. Run it, then change what you like."""

import torch

import xorviz

RATE, STEPS, HIDDEN = 0.5, 20_000, 3

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
T = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

torch.manual_seed(1)
model = torch.nn.Sequential(
    torch.nn.Linear(2, HIDDEN), torch.nn.Sigmoid(), torch.nn.Linear(HIDDEN, 1), torch.nn.Sigmoid()
)
optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

# torch.nn.MSELoss is "mse" here, BCELoss "mean-cross-entropy". Steps of Adam cannot be checked.
with xorviz.watch("my network", rate=RATE, loss="sse", activation="sigmoid") as see:
    for step in range(STEPS):
        see(model)
        loss = ((model(X) - T) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    see(model)

print("outputs for 00, 01, 10, 11:", [round(y, 3) for y in model(X).flatten().tolist()])
