#!/usr/bin/env python3
"""Draws a dance as a sheet of still frames (PNG), and as a video if asked (MP4, needs ffmpeg).

    contact_sheet.py DANCE -o sheet.png [--frames 24] [--columns 8] [--from S] [--to S] [--beats F.json] [--mp4 out.mp4 [--audio SONG]]
    contact_sheet.py FOLDER -o SHEETS [--dances 3] [--columns 8] [--from S] [--to S] [--mp4 CLIPS]

The second makes one sheet for each style that is danced in FOLDER: SHEETS/STYLE.png, a row for each of the first dances in it, the frames on
successive beats from --from on (10 s where the dance is long enough); with --mp4 also CLIPS/STYLE.mp4 of the first dance, 10 s of it.

DANCE is one of
  .dance what `terpsi dance -o x.dance` writes; needs the program (--terpsi)
  .json  what `terpsi dance -o x.json` writes (keys "fps", "positions": T x 24 x 3 metres)
  .npz   an array `joints` (T, 24, 3) in metres, Y up; optional `fps`, `contacts` (T, 4)
  .bvh   any BVH file; scaled so that the figure stands about 1.7 m tall
Left limbs are blue, right limbs are red, the trunk is dark; a planted foot has a green dot; the grey line is the floor (y = 0).
With --beats (JSON of `terpsi analyze --json`) the frames shown are those on beats, named by beat number.
"""
import argparse
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

# The program's skeleton (core/motion/skeleton.h).
PARENTS = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21]
NAMES = ("pelvis l_hip r_hip spine1 l_knee r_knee spine2 l_ankle r_ankle spine3 l_foot r_foot neck l_collar r_collar "
         "head l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hand r_hand").split()
CONTACT_JOINTS = [7, 10, 8, 11]  # l_ankle, l_foot, r_ankle, r_foot
LEFT, RIGHT, TRUNK = "#2563c9", "#d0342c", "#333333"


class Dance:
    def __init__(self, joints, fps, parents, names, contacts=None):
        self.joints = np.asarray(joints, dtype=np.float64)
        self.fps, self.parents, self.names, self.contacts = float(fps), list(parents), list(names), contacts
        self.style, self.beats = "", []     # seconds
        if self.joints.ndim != 3 or self.joints.shape[1:] != (len(self.parents), 3) or not len(self.joints):
            raise SystemExit(f"expected joints of shape (T, {len(self.parents)}, 3), found {self.joints.shape}")
        if not np.isfinite(self.joints).all():
            raise SystemExit("the dance holds values that are not finite")


def load(path, terpsi):
    if path.endswith(".dance"):
        with tempfile.TemporaryDirectory() as scratch:
            target = str(pathlib.Path(scratch) / "dance.json")
            done = subprocess.run([terpsi, "convert", path, "-o", target], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit(f"{path}: {done.stderr.strip()}")
            return load(target, terpsi)
    if path.endswith(".json"):
        with open(path, encoding="utf-8") as f:
            d = json.load(f)
        contacts = np.asarray(d["contacts"]) if d.get("contacts") else None
        dance = Dance(d["positions"], d.get("fps", 30), d.get("parents", PARENTS), d.get("joints", NAMES), contacts)
        dance.style, dance.beats = d.get("style", ""), d.get("beats", [])
        return dance
    if path.endswith(".npz"):
        with np.load(path, allow_pickle=False) as d:
            fps = float(d["fps"]) if "fps" in d else 30.0
            return Dance(d["joints"], fps, PARENTS, NAMES, d["contacts"] if "contacts" in d else None)
    if path.endswith(".bvh"):
        return load_bvh(path)
    raise SystemExit("expected a .dance, .json, .npz or .bvh file")


def axis_rotation(axis, degrees):
    """(T,) degrees -> (T, 3, 3) rotation about X, Y or Z."""
    a = np.radians(degrees)
    c, s, o, l = np.cos(a), np.sin(a), np.zeros_like(a), np.ones_like(a)
    rows = {"X": [l, o, o, o, c, -s, o, s, c], "Y": [c, o, s, o, l, o, -s, o, c], "Z": [c, -s, o, s, c, o, o, o, l]}[axis]
    return np.stack(rows, -1).reshape(-1, 3, 3)


def load_bvh(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        words = f.read().split()
    at, names, parents, offsets, channels, stack, is_end = 0, [], [], [], [], [], []
    while at < len(words) and words[at] != "MOTION":
        w = words[at]
        if w in ("ROOT", "JOINT", "End"):
            names.append(words[at + 1])
            parents.append(stack[-1] if stack else -1)
            offsets.append([0.0] * 3)
            channels.append([])
            is_end.append(w == "End")
            at += 2
        elif w == "{":
            stack.append(len(names) - 1)
            at += 1
        elif w == "}":
            stack.pop()
            at += 1
        elif w == "OFFSET":
            offsets[-1] = [float(v) for v in words[at + 1:at + 4]]
            at += 4
        elif w == "CHANNELS":
            n = int(words[at + 1])
            channels[-1] = words[at + 2:at + 2 + n]
            at += 2 + n
        else:
            at += 1
    at = words.index("MOTION", at)
    frames = int(words[at + 2])
    frame_time = float(words[at + 5])
    data = np.array(words[at + 6:], dtype=np.float64).reshape(frames, -1)
    position, rotation, column = [None] * len(names), [None] * len(names), 0
    for j, name in enumerate(names):
        local = np.tile(np.eye(3), (frames, 1, 1))
        place = np.tile(np.array(offsets[j]), (frames, 1))
        if any(c.endswith("position") for c in channels[j]) and parents[j] < 0:
            place = np.zeros((frames, 3))
        for c in channels[j]:
            values = data[:, column]
            column += 1
            if c.endswith("position"):
                place[:, "XYZ".index(c[0])] = values
            else:
                local = local @ axis_rotation(c[0], values)
        if parents[j] < 0:
            position[j], rotation[j] = place, local
        else:
            p = parents[j]
            position[j] = position[p] + np.einsum("tij,tj->ti", rotation[p], place)
            rotation[j] = rotation[p] @ local
    joints = np.stack(position, 1)
    # Standing height decides the unit: metres, centimetres or inches all come out about 1.7 m tall.
    height = np.percentile(joints[..., 1].max(1) - joints[..., 1].min(1), 90)
    scale = 1.0 if 1.0 < height < 2.6 else 0.01 if 100 < height < 260 else 1.7 / max(height, 1e-6)
    joints = joints * scale
    ends = [j for j in range(len(names)) if is_end[j]]
    for j in ends:
        names[j] = names[parents[j]]
    return Dance(joints, 1.0 / frame_time, parents, names)


def colour(name):
    n = name.lower()
    if n.startswith(("l_", "left", "l-")) or n.startswith("l") and len(n) > 1 and name[1].isupper():
        return LEFT
    if n.startswith(("r_", "right", "r-")) or n.startswith("r") and len(n) > 1 and name[1].isupper():
        return RIGHT
    return TRUNK


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
    ax.add_collection(LineCollection([[ground[q], ground[j]] for j, q in bones], colors="#d8d8d8", linewidths=1.6, zorder=1))
    order = sorted(bones, key=lambda b: depth[b[0]] + depth[b[1]])
    ax.add_collection(LineCollection([[screen[q], screen[j]] for j, q in order],
                                     colors=[colour(dance.names[j]) for j, _ in order], linewidths=2.0, capstyle="round", zorder=2))
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
    last = len(dance.joints) - 1 if args.to is None else min(len(dance.joints) - 1, round(args.to * dance.fps))
    if first > last:
        raise SystemExit("--from lies behind the end of the dance")
    if args.beats:
        with open(args.beats, encoding="utf-8") as f:
            beats = json.load(f)["beats"]
        on_beat = [(round(b * dance.fps), f"beat {k + 1}  {b:.2f} s") for k, b in enumerate(beats)]
        return [b for b in on_beat if first <= b[0] <= last][:args.frames]
    picks = np.linspace(first, last, min(args.frames, last - first + 1)).round().astype(int)
    return [(int(i), f"{i / dance.fps:.2f} s") for i in picks]


def rows_of(dance, shown, columns):
    return [(dance, shown[k:k + columns]) for k in range(0, len(shown), columns)]


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
    for path in sorted(p for p in pathlib.Path(args.dance).iterdir() if p.suffix in (".dance", ".json") and p.name != "made.json"):
        dance = load(str(path), args.terpsi)
        styles.setdefault(dance.style or path.stem, []).append((path.stem, dance))
    if not styles:
        raise SystemExit(f"no dances in {args.dance}")
    for style, dances in sorted(styles.items()):
        rows, names = [], []
        for name, dance in dances[:args.dances]:
            seconds = len(dance.joints) / dance.fps
            start = args.start or (10.0 if seconds > 20 else 0.0)
            beats = [b for b in dance.beats if start <= b <= (args.to or seconds) and b < seconds - 1 / dance.fps]
            times = beats[:args.columns] or list(np.linspace(start, seconds - 1 / dance.fps, args.columns))
            rows.append((dance, [(int(round(t * dance.fps)), f"{t:.2f} s") for t in times]))
            names.append(name)
        sheet(rows, out / f"{style}.png", args, f"{style}: {', '.join(names)}")
        if args.mp4:
            pathlib.Path(args.mp4).mkdir(parents=True, exist_ok=True)
            first = dances[0][1]
            start = args.start or (10.0 if len(first.joints) / first.fps > 20 else 0.0)
            video(first, argparse.Namespace(**{**vars(args), "start": start, "to": args.to or start + 10,
                                               "mp4": str(pathlib.Path(args.mp4) / f"{style}.mp4")}))
        print(f"{out / style}.png: {len(rows)} of {len(dances)} dances", file=sys.stderr)


def video(dance, args):
    """One figure, followed loosely by the camera, front view; every frame of the range at the dance's own rate."""
    if not shutil.which("ffmpeg"):
        raise SystemExit("--mp4 needs the program ffmpeg")
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    first = max(0, round(args.start * dance.fps))
    last = len(dance.joints) if args.to is None else min(len(dance.joints), round(args.to * dance.fps) + 1)
    size = 480
    command = ["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{size}x{size}",
               "-r", f"{dance.fps:g}", "-i", "-"]
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
    sheet(rows_of(dance, frames_to_show(dance, args), args.columns) or [(dance, [])], args.output, args, args.title)
    print(f"{args.output}: {len(dance.joints)} frames, {len(dance.joints) / dance.fps:.1f} s", file=sys.stderr)
    if args.mp4:
        video(dance, args)


if __name__ == "__main__":
    main()
