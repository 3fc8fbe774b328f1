"""The autoencoder laboratory: each claim of the theory under the codec as one small experiment.

Nothing here trains or changes the codec; README.md has the order to read in.
"""
