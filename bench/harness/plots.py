"""A bar chart as SVG, without dependencies; readable on a light and on a dark page."""
from xml.sax.saxutils import escape

WIDTH, LABEL, BAR, GAP = 760, 170, 16, 22
COLOURS = ["#2f6fdb", "#8a8f98", "#d9822b", "#3f9a5c", "#a5559b", "#c0484d", "#6d6a2c", "#4aa3a8"]


def bars(title, groups):
    """@param groups  (name, [(label, value)]) each; all bars share one scale per group"""
    body, y, colours = [], 50, {}
    for name, rows in groups:
        body.append(f'<text x="10" y="{y}" class="group">{escape(name)}</text>')
        y += 8
        largest = max(value for _, value in rows) or 1
        for label, value in rows:
            colour = colours.setdefault(label, COLOURS[len(colours) % len(COLOURS)])
            length = max(1, value / largest * (WIDTH - LABEL - 80))
            body.append(f'<text x="{LABEL - 8}" y="{y + 13}" class="label">{escape(label)}</text>'
                        f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" '
                        f'fill="{colour}"/>'
                        f'<text x="{LABEL + length + 6:.1f}" y="{y + 13}">{value:.2f}</text>')
            y += GAP
        y += 20
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img">\n'
            f"<title>{escape(title)}</title>\n"
            "<style>text{font:13px sans-serif;fill:#555}.group,.title{font-weight:bold}"
            ".label{text-anchor:end}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>\n"
            f'<text x="10" y="22" class="title">{escape(title)}</text>\n'
            + "\n".join(body) + "\n</svg>\n")
