"""What the code looks like: classes found without labels, and units that do nothing.

Nothing but reconstruction shapes the code, yet images that look alike get codes that lie near, so
classes gather: t-SNE draws neighbourhoods of the code on paper, coloured by labels that no network
saw. In a code that is wider than it need be, some units give up: one that is the same for every
image has collapsed, and carries nothing. A ReLU that no image makes positive has no slope to
come back by; a penalty that pushes towards 0 takes more of them there.

Reference:
    van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 9, 2008.
"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.manifold import TSNE
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from lab.blocks import dense
from lab.data import Data, Setting, small_digits
from lab.experiment import Check, Experiment, Measured, Models
from lab.figures import panels, table
from lab.measures import error
from lab.trainer import Recipe, mse, plus, sparse

SHOWN = 500


@torch.no_grad()
def measure(data: Data, models: Models, setting: Setting) -> Measured:
    labels = data.test_labels[:SHOWN].numpy()
    codes = models["code of 16"].encoder(data.test[:SHOWN]).numpy()
    places = TSNE(random_state=0, perplexity=20, max_iter=500).fit_transform(codes)
    told = cross_val_score(KNeighborsClassifier(5), places, labels, cv=5).mean()
    rows, collapsed, spreads = [], {}, {}
    for name, model in list(models.items())[1:]:
        spread = model.encoder(data.test).std(0)
        spreads[name] = spread.sort(descending=True).values / spread.max()
        collapsed[name] = int((spread < 0.01 * spread.max()).sum())
        rows.append([name, len(spread), collapsed[name], error(model, data.test)])
    values = {
        "told": float(told),
        "plain": float(collapsed["wide"]),
        "sparse": float(collapsed["wide, sparse"]),
    }
    values["more"] = values["sparse"] - values["plain"]
    figure, (scatter, curve) = panels("t-SNE of the code, coloured by class", "Spread of each unit")
    colours = np.array([f"C{label}" for label in range(10)])
    scatter.scatter(*places.T, c=colours[labels], s=3, linewidths=0, rasterized=True)
    for label in range(10):
        middle = np.median(places[labels == label], 0)
        scatter.text(*middle, str(label), fontsize=11, weight="bold", ha="center", va="center")
    scatter.set_axis_off()
    for name, spread in spreads.items():
        curve.plot(spread, label=name)
    curve.set(xlabel="unit, by spread", ylabel="standard deviation / largest")
    curve.legend()
    return Measured(values, table(["", "units", "collapsed", "error in test"], rows), figure)


SPEC = Experiment(
    group=9,
    title="The latent space",
    claim="Classes gather in the code though no label is used. Of a wide ReLU code some units "
    "collapse, so that they carry nothing, and more under a sparse penalty.",
    data=small_digits,
    trains={
        "code of 16": Recipe(lambda data: dense(data.shape, 128, 16), steps=1200, quick=800),
        "wide": Recipe(lambda data: dense(data.shape, 128, 64, code=nn.ReLU()), steps=800),
        "wide, sparse": Recipe(
            lambda data: dense(data.shape, 128, 64, code=nn.ReLU()),
            plus(mse, 0.03, sparse),
            steps=800,
        ),
    },
    measure=measure,
    checks=(
        Check("told", ">", 0.75, "accuracy of 5 nearest neighbours on the t-SNE map (chance 0.1)"),
        Check("plain", ">", 3, "collapsed units of 64"),
        Check("more", ">", 3, "how many more collapse under the sparse penalty"),
    ),
    result="On the map, five neighbours tell the class of {told:.0%} of the images. Of 64 "
    "units {sparse:.0f} collapse under the sparse penalty, {plain:.0f} without.",
)
