"""How well guessed tempi meet the true ones."""

import numpy as np


def accuracies(true, guess):
    """{mae, acc1: within 4 %, acc2: within 4 % of it, or of 2, 3, 1/2 or 1/3 times it}."""
    true, guess = np.asarray(true, float), np.asarray(guess, float)

    def near(tempo):
        return np.abs(guess - tempo) <= 0.04 * tempo

    anyhow = near(true) | near(2 * true) | near(3 * true) | near(true / 2) | near(true / 3)
    mae = float(np.abs(guess - true).mean())
    return {"mae": mae, "acc1": float(near(true).mean()), "acc2": float(anyhow.mean())}
