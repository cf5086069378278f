#!/usr/bin/env python3
"""Draws a dance as a sheet of still frames (PNG), and as a video if asked (MP4, needs ffmpeg).

    contact_sheet.py DANCE -o sheet.png [--frames 24] [--columns 8] [--from S] [--to S] [--beats F.json]
                     [--mp4 out.mp4 [--audio SONG]]
    contact_sheet.py FOLDER -o SHEETS [--dances 3] [--columns 8] [--from S] [--to S] [--mp4 CLIPS]

The second makes one sheet for each style that is danced in FOLDER: SHEETS/STYLE.png, a row for each of the
first dances in it, the frames on successive beats from --from on (10 s where the dance is long enough); with
--mp4 also CLIPS/STYLE.mp4 of the first dance, 10 s of it.

DANCE is one of
  .dance what `terpsi dance -o x.dance` writes; needs the program (--terpsi)
  .json  what `terpsi dance -o x.json` writes (keys "fps", "positions": T x 24 x 3 metres)
  .npz   an array `joints` (T, 24, 3) in metres, Y up; optional `fps`, `contacts` (T, 4)
  .bvh   any BVH file; scaled so that the figure stands about 1.7 m tall
Left limbs are blue, right limbs are red, the trunk is dark; a planted foot has a green dot; the grey line is
the floor (y = 0).
With --beats (JSON of `terpsi analyze --json`) the frames shown are those on beats, named by beat number.
"""

import argparse
import json
import math
import pathlib
import shutil
import subprocess
import sys

import numpy as np
from dances import load

from terpsi_train.drawing import TRUNK, colour_of
from terpsi_train.layout import CONTACT_JOINTS


def project(points, azimuth, elevation):
    """World (.., 3) -> screen (.., 2) metres and depth; azimuth 0 looks at the dancer's front (from +Z)."""
    a, e = math.radians(azimuth), math.radians(elevation)
    x = points[..., 0] * math.cos(a) - points[..., 2] * math.sin(a)
    z = points[..., 0] * math.sin(a) + points[..., 2] * math.cos(a)
    y = points[..., 1] * math.cos(e) - z * math.sin(e)
    return np.stack([x, y], -1), z


def draw(ax, dance, i, azimuth, elevation, centre, label):
    from matplotlib.collections import LineCollection

    p = dance.joints[i] - [centre[0], 0, centre[1]]
    screen, depth = project(p, azimuth, elevation)
    corner = np.array([[-0.9, 0, -0.9], [0.9, 0, -0.9], [0.9, 0, 0.9], [-0.9, 0, 0.9]])
    floor, _ = project(corner, azimuth, elevation)
    ax.fill(floor[:, 0], floor[:, 1], color="#f1f1f1", ec="#c4c4c4", lw=0.6, zorder=0)
    ground, _ = project(p * [1, 0, 1], azimuth, elevation)
    bones = [(j, q) for j, q in enumerate(dance.parents) if q >= 0]
    ax.add_collection(
        LineCollection([[ground[q], ground[j]] for j, q in bones], colors="#d8d8d8", linewidths=1.6, zorder=1)
    )
    order = sorted(bones, key=lambda b: depth[b[0]] + depth[b[1]])
    ax.add_collection(
        LineCollection(
            [[screen[q], screen[j]] for j, q in order],
            colors=[colour_of(dance.names[j]) for j, _ in order],
            linewidths=2.0,
            capstyle="round",
            zorder=2,
        )
    )
    head = next((j for j, n in enumerate(dance.names) if n.lower() == "head"), None)
    if head is not None:
        ax.plot(*screen[head], "o", ms=6.5, color=TRUNK, zorder=3)
    if dance.contacts is not None and len(dance.parents) == 24:
        for k, j in enumerate(CONTACT_JOINTS):
            if dance.contacts[i][k] > 0.5:
                ax.plot(*screen[j], "o", ms=3.2, color="#1a9850", zorder=4)
    ax.set_xlim(-1.0, 1.0)
    ax.set_ylim(-0.35, 2.0)
    ax.set_aspect("equal")
    ax.axis("off")
    ax.text(-0.97, 1.86, label, fontsize=7, color="#555555")


def frames_to_show(dance, args):
    first = max(0, round(args.start * dance.fps))
    last = (
        len(dance.joints) - 1 if args.to is None else min(len(dance.joints) - 1, round(args.to * dance.fps))
    )
    if first > last:
        raise SystemExit("--from lies behind the end of the dance")
    if args.beats:
        with open(args.beats, encoding="utf-8") as f:
            beats = json.load(f)["beats"]
        on_beat = [(round(b * dance.fps), f"beat {k + 1}  {b:.2f} s") for k, b in enumerate(beats)]
        return [b for b in on_beat if first <= b[0] <= last][: args.frames]
    picks = np.linspace(first, last, min(args.frames, last - first + 1)).round().astype(int)
    return [(int(i), f"{i / dance.fps:.2f} s") for i in picks]


def rows_of(dance, shown, columns):
    return [(dance, shown[k : k + columns]) for k in range(0, len(shown), columns)]


def sheet(rows, output, args, title):
    """rows: [(dance, [(frame, label)])]."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    columns = max(len(shown) for _, shown in rows)
    if not columns:
        raise SystemExit("no frame lies in that range")
    fig, axes = plt.subplots(len(rows), columns, figsize=(1.7 * columns, 2.0 * len(rows)), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for line, (dance, shown) in zip(axes, rows):
        for ax, (i, label) in zip(line, shown):
            draw(ax, dance, i, args.azimuth, args.elevation, dance.joints[i, 0, [0, 2]], label)
    if title:
        fig.suptitle(title, fontsize=9)
    fig.subplots_adjust(0, 0, 1, 1 - 0.13 / len(rows) if title else 1, 0, 0)
    fig.savefig(output, dpi=args.dpi)
    plt.close(fig)


def sheets_by_style(args):
    """Sheets, and clips if asked, of the dances in a folder."""
    out = pathlib.Path(args.output)
    out.mkdir(parents=True, exist_ok=True)
    styles = {}
    for path in sorted(
        p
        for p in pathlib.Path(args.dance).iterdir()
        if p.suffix in (".dance", ".json") and p.name != "made.json"
    ):
        dance = load(str(path), args.terpsi)
        styles.setdefault(dance.style or path.stem, []).append((path.stem, dance))
    if not styles:
        raise SystemExit(f"no dances in {args.dance}")
    for style, dances in sorted(styles.items()):
        rows, names = [], []
        for name, dance in dances[: args.dances]:
            seconds = len(dance.joints) / dance.fps
            start = args.start or (10.0 if seconds > 20 else 0.0)
            beats = [
                b for b in dance.beats if start <= b <= (args.to or seconds) and b < seconds - 1 / dance.fps
            ]
            times = beats[: args.columns] or list(np.linspace(start, seconds - 1 / dance.fps, args.columns))
            rows.append((dance, [(int(round(t * dance.fps)), f"{t:.2f} s") for t in times]))
            names.append(name)
        sheet(rows, out / f"{style}.png", args, f"{style}: {', '.join(names)}")
        if args.mp4:
            pathlib.Path(args.mp4).mkdir(parents=True, exist_ok=True)
            first = dances[0][1]
            start = args.start or (10.0 if len(first.joints) / first.fps > 20 else 0.0)
            video(
                first,
                argparse.Namespace(
                    **{
                        **vars(args),
                        "start": start,
                        "to": args.to or start + 10,
                        "mp4": str(pathlib.Path(args.mp4) / f"{style}.mp4"),
                    }
                ),
            )
        print(f"{out / style}.png: {len(rows)} of {len(dances)} dances", file=sys.stderr)


def video(dance, args):
    """One figure, followed loosely by the camera, front view; every frame of the range at the dance's own
    rate."""
    if not shutil.which("ffmpeg"):
        raise SystemExit("--mp4 needs the program ffmpeg")
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    first = max(0, round(args.start * dance.fps))
    last = len(dance.joints) if args.to is None else min(len(dance.joints), round(args.to * dance.fps) + 1)
    size = 480
    command = [
        "ffmpeg",
        "-loglevel",
        "error",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-s",
        f"{size}x{size}",
        "-r",
        f"{dance.fps:g}",
        "-i",
        "-",
    ]
    if args.audio:
        command += ["-ss", str(args.start), "-i", args.audio, "-shortest", "-c:a", "aac"]
    command += ["-c:v", "libx264", "-pix_fmt", "yuv420p", args.mp4]
    fig, ax = plt.subplots(figsize=(size / 100, size / 100), dpi=100)
    fig.subplots_adjust(0, 0, 1, 1)
    centre = dance.joints[first, 0, [0, 2]].copy()
    encoder = subprocess.Popen(command, stdin=subprocess.PIPE)
    for i in range(first, last):
        centre += 0.05 * (dance.joints[i, 0, [0, 2]] - centre)
        ax.clear()
        draw(ax, dance, i, args.azimuth, args.elevation, centre, f"{i / dance.fps:.2f} s")
        fig.canvas.draw()
        encoder.stdin.write(memoryview(fig.canvas.buffer_rgba()))
    encoder.stdin.close()
    if encoder.wait():
        raise SystemExit("ffmpeg failed")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dance", help="a dance, or a folder of .dance or .json files")
    ap.add_argument("--terpsi", default="build/terpsi")
    ap.add_argument("--dances", type=int, default=3, help="of each style, for a folder")
    ap.add_argument("-o", "--output", default="sheet.png")
    ap.add_argument("--frames", type=int, default=24)
    ap.add_argument("--columns", type=int, default=8)
    ap.add_argument("--from", dest="start", type=float, default=0.0)
    ap.add_argument("--to", type=float)
    ap.add_argument("--beats", help="JSON of `terpsi analyze --json`: show the frames on beats")
    ap.add_argument("--azimuth", type=float, default=0.0, help="degrees; 0 = from the front")
    ap.add_argument("--elevation", type=float, default=12.0, help="degrees above the horizon")
    ap.add_argument("--title", default="")
    ap.add_argument("--dpi", type=int, default=100)
    ap.add_argument("--mp4", help="also write a video")
    ap.add_argument("--audio", help="song to put under the video")
    args = ap.parse_args()
    if args.frames < 1 or args.columns < 1:
        ap.error("--frames and --columns must be at least 1")
    if pathlib.Path(args.dance).is_dir():
        sheets_by_style(args)
        return
    dance = load(args.dance, args.terpsi)
    sheet(
        rows_of(dance, frames_to_show(dance, args), args.columns) or [(dance, [])],
        args.output,
        args,
        args.title,
    )
    print(
        f"{args.output}: {len(dance.joints)} frames, {len(dance.joints) / dance.fps:.1f} s", file=sys.stderr
    )
    if args.mp4:
        video(dance, args)


if __name__ == "__main__":
    main()
