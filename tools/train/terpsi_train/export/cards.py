"""Model cards (models/NAME.md) of the networks that are trained and measured in one go; their texts are in
cards/."""

import pathlib


def table(headings, rows):
    """Markdown."""
    lines = ["|" + "|".join(f" {h} " if h else " " for h in headings) + "|", "|" + "---|" * len(headings)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def fill(name, **values):
    return (pathlib.Path(__file__).parent / "cards" / name).read_text().format(**values)


def recogniser(rows, overall, **values):
    styles = [
        [s, r["split_by"], r["windows"], *(f"{r[k]:.2f}" for k in ("window_accuracy", "clip_accuracy", "f1"))]
        + [", ".join(r["taken_for"]) or "-"]
        for s, r in rows.items()
    ]
    keys = ("window_accuracy", "window_accuracy_by_style", "clip_accuracy", "macro_f1")
    whole = [[n.replace("_", " "), o["styles"], *(f"{o[k]:.3f}" for k in keys)] for n, o in overall.items()]
    return fill(
        "recogniser.md",
        styles=table(
            ["style", "split by", "windows", "window accuracy", "clip accuracy", "F1", "taken for"], styles
        ),
        overall=table(["", "styles", "windows right", "mean over styles", "clips right", "macro-F1"], whole),
        **values,
    )


def bpm_encoder(figures, **values):
    names = {
        "chunks of 2 s": "chunks",
        "the mean of the training songs, always": "chunks_mean",
        "whole excerpts (median)": "excerpts",
        "the mean, always": "excerpts_mean",
    }
    rows = []
    for name, key in names.items():
        f = figures[key]
        rows.append([name, f"{f['mae']:.1f}", f"{100 * f['acc1']:.0f}", f"{100 * f['acc2']:.0f}"])
    rows = table(["", "mean error, BPM", "right %", "or a multiple %"], rows)
    return fill("bpm_encoder.md", rows=rows, **figures | values)


def genre_rows(figures, seeds):
    """A row for each classifier; the network's songs are means over `seeds` trainings."""
    shares = ("frame_accuracy", "frame_accuracy_without_tango", "mean_over_genres_without_tango")
    rows = []
    for name, f in figures.items():
        n, genres = seeds if name == "network" else 1, f["genres"]
        by = [
            f"{100 * genres[g]['frame_accuracy']:.1f}" if g in genres else "-"
            for g in ("chacha", "rumba", "waltz", "tango")
        ]
        songs = f"{f['songs_right'] / n:g} of {f['songs'] // n}"
        rows.append([name, *(f"{100 * f[k]:.1f}" for k in shares), songs, *by])
    headings = "|windows right %|without tango %|mean of cha-cha, rumba, waltz %|songs right|"
    headings += "cha-cha %|rumba %|waltz %|tango % (one song, in parts)"
    return table(headings.split("|"), rows)


def genre_ballroom(figures, seeds, **values):
    return fill("genre_ballroom.md", rows=genre_rows(figures, seeds), seeds=seeds, **values)


def zoo(figures):
    """figures: of every network of the zoo."""
    counts, sizes = [round(f["parameters"] / 1e3) for f in figures], [f["bytes"] / 1e6 for f in figures]
    about = {key: figures[0][key] for key in ("seed", "steps", "batch", "excerpts")}
    parameters = f"{min(counts)} to {max(counts)}"
    return fill("zoo.md", parameters=parameters, least=min(sizes), most=max(sizes), **about)
