"""The columns, bars and Markdown of table.py."""

import statistics

from common import table

RAW, CLEANED = "real, raw", "real, cleaned"
# heading, key, scale, digits, which way is better ("+", "-", "1": nearer to 1, "": neither)
COLUMNS = [
    ("BAS", "bas", 1, 3, "+"),
    ("chance", "bas_chance", 1, 3, ""),
    ("excess", "bas_excess", 1, 3, "+"),
    ("BAS annot.", "bas_exact", 1, 3, "+"),
    ("excess annot.", "bas_excess_exact", 1, 3, "+"),
    ("beat F1", "beat_f1", 1, 3, "+"),
    ("skate", "foot_skate", 1, 3, "-"),
    ("skate ref", "foot_skate_ref", 1, 3, "-"),
    ("contact", "contact", 1, 2, ""),
    ("glide", "glide", 1, 2, "-"),
    ("cm/s", "glide_speed", 100, 0, "-"),
    ("any glide", "glide_any", 1, 2, "-"),
    ("swing cm", "swing_height", 100, 1, ""),
    ("planted", "planted", 1, 2, "+"),
    ("PFC", "pfc", 1, 2, "-"),
    ("freeze %", "freeze", 100, 1, "-"),
    ("m/s", "magnitude", 1, 2, ""),
    ("magn. ratio", "magnitude_ratio", 1, 2, "1"),
    ("jitter mm", "jitter", 1000, 2, "-"),
    ("jitter ratio", "jitter_ratio", 1, 2, "-"),
    ("jerk peak", "jerk_peak", 1, 1, "-"),
    ("style acc. %", "style_accuracy", 100, 0, "+"),
    ("of held-out %", "style_of_held_out", 100, 0, "+"),
    ("FID_k", "fid_k", 1, 1, "-"),
    ("FID_g", "fid_g", 1, 1, "-"),
    ("Div_k", "div_k", 1, 2, "+"),
    ("ratio", "div_k_ratio", 1, 2, "+"),
    ("Div_g", "div_g", 1, 2, "+"),
    ("repetition", "repetition", 1, 2, "-"),
    ("rep. 5 cm", "repetition_5cm", 1, 2, "-"),
    ("but returns", "repetition_5cm_but_returns", 1, 2, "-"),
    ("novelty cm", "novelty", 100, 1, "+"),
    ("floating cm", "floating", 100, 1, "-"),
    ("penetr. mm", "penetration", 1000, 1, "-"),
    ("joint limits %", "joint_limits", 100, 2, "-"),
    ("smoothness", "smoothness_index", 1, 0, "+"),
    ("x real time", "speed", 1, 0, "+"),
]
# What a difference is at least divided by in the second table, where a base near 0 would make per cents
# meaningless.
LEAST = {
    "foot_skate": 0.02,
    "foot_skate_ref": 0.02,
    "glide": 0.05,
    "glide_speed": 0.1,
    "glide_any": 0.1,
    "freeze": 0.01,
    "repetition_5cm": 0.1,
    "repetition_5cm_but_returns": 0.1,
    "pfc": 0.1,
    "floating": 0.01,
    "penetration": 0.001,
    "joint_limits": 0.01,
}
OF_SETS = {"fid_k", "fid_g", "div_k", "div_k_ratio", "div_g", "smoothness_index"}
BAR = (
    "Bars: BAS at least 0.35 and 0.12 above chance, skate at most 0.05, PFC at most that of real cleaned, "
    "glide at most 0.20 at 30 cm/s, planted at least 0.75, swing 3.5 to 9 cm, jerk peak at most 9, "
    "repetition at 5 cm but for returning sections at most 0.30, freeze under 1 %, magnitude 0.85 to 1.2, "
    "jitter at most 1.2 x real cleaned, style accuracy at least 80 % of held-out real, Div_k at least 0.8 "
    "of real, FID_k and FID_g below the graph's. A figure that misses its bar is in bold."
)


def bars(rows):
    """key -> test; those that compare with a row exist only where that row does."""
    tests = {
        "bas": lambda v: v >= 0.35,
        "bas_excess": lambda v: v >= 0.12,
        "bas_exact": lambda v: v >= 0.35,
        "bas_excess_exact": lambda v: v >= 0.12,
        "foot_skate": lambda v: v <= 0.05,
        "glide": lambda v: v <= 0.2,
        "glide_speed": lambda v: v <= 0.3,
        "swing_height": lambda v: 0.035 <= v <= 0.09,
        "planted": lambda v: v >= 0.75,
        "jerk_peak": lambda v: v <= 9,
        "repetition_5cm_but_returns": lambda v: v <= 0.3,
        "freeze": lambda v: v < 0.01,
        "magnitude_ratio": lambda v: 0.85 <= v <= 1.2,
        "jitter_ratio": lambda v: v <= 1.2,
        "style_of_held_out": lambda v: v >= 0.8,
        "div_k_ratio": lambda v: v >= 0.8,
    }
    if CLEANED in rows:
        tests["pfc"] = lambda v: v <= rows[CLEANED]["pfc"]
    if "graph" in rows:
        for key in ("fid_k", "fid_g"):
            tests[key] = lambda v, limit=rows["graph"][key]: v <= limit
    return tests


def by_style(rows, key):
    """Mean over the styles of the mean over a style's rows, None without any. Longer clips count for more
    within a style."""
    styles = {}
    for row in rows:
        if row.get(key) is not None:
            styles.setdefault(row.get("style", ""), []).append((row[key], row["seconds"]))
    if not styles:
        return None
    return statistics.fmean(
        sum(v * w for v, w in values) / sum(w for _, w in values) for values in styles.values()
    )


def figures(entry, exact, held_out):
    """One row of the table from one set of the evaluation. exact: names of songs whose beats are
    annotated."""
    rows = entry["rows"]
    for row in rows:
        if any(row["name"].startswith(song + "-") for song in exact):
            row["bas_exact"], row["bas_excess_exact"] = row.get("bas"), row.get("bas_excess")
    out = {key: entry.get(key) if key in OF_SETS else by_style(rows, key) for _, key, *_ in COLUMNS}
    if out["style_accuracy"] is not None and held_out:
        out["style_of_held_out"] = out["style_accuracy"] / held_out
    return out


def cell(value, scale, digits, bold=False):
    if value is None:
        return "-"
    shown = f"{value * scale:.{digits}f}"
    return f"**{shown}**" if bold else shown


def first_table(rows, counts):
    tests = bars(rows)
    lines = []
    for name, values in rows.items():
        real = name in (RAW, CLEANED)
        cells = [
            cell(
                values[key],
                scale,
                digits,
                not real and key in tests and values[key] is not None and not tests[key](values[key]),
            )
            for _, key, scale, digits, _ in COLUMNS
        ]
        lines.append([name, str(counts[name]), *cells])
    return table(["", "clips", *(c[0] for c in COLUMNS)], lines)


def against(value, base, better, least=0):
    """Per cent by which a value is better (+) or worse (-) than the base; None where that has no meaning."""
    if value is None or base is None:
        return None
    if better == "1":
        return 100 * (abs(base - 1) - abs(value - 1))
    if not max(abs(base), least):
        return None
    change = 100 * (value - base) / max(abs(base), least)
    return -change if better == "-" else change


def second_table(rows, base):
    columns = [c for c in COLUMNS if c[4]]
    lines = []
    for name, values in rows.items():
        if name in (RAW, CLEANED, base):
            continue
        cells = []
        for _, key, _, _, better in columns:
            percent = against(values[key], rows[base][key], better, LEAST.get(key, 0))
            cells.append(
                "-" if percent is None else f"**{percent:+.0f}**" if percent < -15 else f"{round(percent):+d}"
            )
        lines.append([name, *cells])
    return table(["", *(c[0] for c in columns)], lines)


def style_table(sets, held_out_styles, jitter):
    """Chief figures of every style and generator. jitter: of the cleaned clips by style."""
    styles = sorted({row["style"] for entry in sets for row in entry["rows"] if "style" in row})
    headings = ["style", "held-out real %"] + [e["name"] for e in sets]
    lines = []
    for style in styles:
        line = [style, cell(held_out_styles.get(style), 100, 0)]
        for entry in sets:
            rows = [r for r in entry["rows"] if r.get("style") == style]
            values = {
                key: by_style(rows, key)
                for key in ("style_accuracy", "bas", "foot_skate", "magnitude_ratio", "jitter")
            }
            values["jitter"] = (
                values["jitter"] / jitter[style] if values["jitter"] and jitter.get(style) else None
            )
            line.append(
                " / ".join(
                    cell(values[key], scale, digits)
                    for key, scale, digits in (
                        ("style_accuracy", 100, 0),
                        ("bas", 1, 2),
                        ("foot_skate", 1, 3),
                        ("magnitude_ratio", 1, 2),
                        ("jitter", 1, 2),
                    )
                )
            )
        lines.append(line)
    return table(headings, lines)


def report(sets, rows, counts, base, held_out_styles, head):
    """The whole text. sets: of the evaluation; rows, counts: figures and clips by set; head: how they were
    made."""
    parts = [head, BAR, "", first_table(rows, counts), ""]
    if base in rows and len(rows) > 3:
        least = ", ".join(f"{c[0]} {LEAST[c[1]] * c[2]:g}" for c in COLUMNS if c[1] in LEAST)
        parts += [
            f"Against {base}, per cent better (+) or worse (-); magnitude ratio: hundredths nearer to 1; "
            "small values "
            f"count as at least {least}. Worse by more than 15 in bold.",
            "",
            second_table(rows, base),
            "",
        ]
    cleaned = next(e for e in sets if e["name"] == CLEANED)["rows"]
    styles = {row["style"] for row in cleaned if "style" in row}
    jitter = {s: by_style([r for r in cleaned if r.get("style") == s], "jitter") for s in styles}
    chosen = [e for e in sets if e["name"] != RAW]
    parts += ["Every style: style accuracy % / BAS / skate / magnitude ratio / jitter ratio.", ""]
    return "\n".join([*parts, style_table(chosen, held_out_styles, jitter), ""])
