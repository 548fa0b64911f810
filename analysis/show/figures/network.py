"""Who is named together: names on a circle, ties between them."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.style import context

from analysis.show.figures.style import STYLE, empty, noted, palette_for, plot, short

MANY_TIES = 60  # of a network; more would be a tangle


@context(STYLE)
def network(nodes: pd.DataFrame, edges: pd.DataFrame, most: int = 24, note: str = "") -> Figure:
    """Entities (entity_id, entity, n, side) on a circle, side by side, with ties between them.

    `edges` has entity_a, entity_b, n; the `most` entities with the strongest ties are drawn.  A
    circle keeps every name readable, and nothing depends on chance.
    """
    if edges.empty:
        return empty("No two entities stand in one sentence often enough to draw a network.")
    strength = pd.concat([edges.groupby(end)["n"].sum() for end in ("entity_a", "entity_b")])
    kept = strength.groupby(level=0).sum().sort_index().nlargest(most).index
    ties = edges[edges["entity_a"].isin(kept) & edges["entity_b"].isin(kept)]
    ties = ties.sort_values(["n", "entity_a", "entity_b"], ascending=[False, True, True])
    if len(ties) > MANY_TIES:
        note = f"Of {len(ties)} ties the {MANY_TIES} strongest are drawn. {note}"
        ties = ties.head(MANY_TIES)
    own = nodes[nodes["entity_id"].isin(kept)]
    own = own.sort_values(["side", "n", "entity_id"], ascending=[True, False, True])
    angle = np.pi / 2 - (np.arange(len(own)) + 0.5) * 2 * np.pi / len(own)
    place = dict(zip(own["entity_id"], zip(np.cos(angle), np.sin(angle), strict=True), strict=True))
    colour = palette_for(own["side"].unique())
    figure, axes = plot(8.2, 6.8)
    for tie in ties.sort_values(["n", "entity_a", "entity_b"]).itertuples():
        (x0, y0), (x1, y1) = place[tie.entity_a], place[tie.entity_b]
        curve = mpl.path.Path([(x0, y0), (0.25 * (x0 + x1), 0.25 * (y0 + y1)), (x1, y1)],
                              [mpl.path.Path.MOVETO] + 2 * [mpl.path.Path.CURVE3])  # fmt: skip
        width, shade = 0.3 + 5 * tie.n / ties["n"].max(), 0.25 + 0.5 * tie.n / ties["n"].max()
        axes.add_patch(mpl.patches.PathPatch(curve, fc="none", ec="#555555", lw=width, alpha=shade))
    for node, turn in zip(own.itertuples(), angle, strict=True):
        x, y = place[node.entity_id]
        axes.scatter(x, y, s=20 + 260 * node.n / own["n"].max(), color=colour[node.side], zorder=3)
        right = np.cos(turn) > -1e-9
        axes.text(
            1.11 * x, 1.11 * y, short(node.entity, 34), fontsize=8.5, va="center",
            ha="left" if right else "right", rotation_mode="anchor",
            rotation=np.degrees(turn) + (0 if right else 180),
        )  # fmt: skip
    for side, shade in colour.items():
        axes.scatter([], [], color=shade, label=side or "no side given")
    figure.legend(loc="outside upper left", ncols=min(len(colour), 6))
    axes.set_aspect("equal")
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.9, 1.9)
    axes.axis("off")
    return noted(figure, note)
