"""Training side of the Nacre image codec: model, training, evaluation and export.

Nothing here runs when an image is compressed: TypeScript reads only what `nacre.export` writes.
"""
