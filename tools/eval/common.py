"""What the tools of this folder share: running the program, songs with their beats, real clips on our
skeleton."""

import json
import pathlib
import subprocess
import sys

sys.path.append(
    str(pathlib.Path(__file__).resolve().parents[1] / "train")
)  # terpsi_train, for those who import this

SONGS = {".ogg", ".mp3", ".wav", ".flac", ".opus"}


def run(command):
    """Standard output of a command; ends the program with its message where it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def songs_in(folder):
    songs = sorted(p for p in folder.iterdir() if p.suffix.lower() in SONGS)
    if not songs:
        sys.exit(f"no songs in {folder}")
    return songs


def annotation_of(song):
    """The exact beats beside a song (NAME.beats.txt), or None."""
    beats = song.with_name(song.stem + ".beats.txt")
    return beats if beats.exists() else None


def beat_lines(times):
    return "".join(f"{t:.4f}\n" for t in times)


def write_song_notes(terpsi, song, folder):
    """Writes folder/NAME.beats, the annotated beats of a song, else those that the program hears, one a line,
    and NAME.sections, its sections as the program hears them."""
    heard = json.loads(run([terpsi, "analyze", song, "--json", "-"]))
    exact = annotation_of(song)
    (folder / f"{song.stem}.beats").write_text(exact.read_text() if exact else beat_lines(heard["beats"]))
    sections = [f"{s['start']:.4f} {s['end']:.4f} {s['label']}\n" for s in heard["sections"]]
    (folder / f"{song.stem}.sections").write_text("".join(sections))


def copy_song_notes(folder, song, dance):
    """Puts what write_song_notes wrote beside a dance, where `terpsi evaluate` reads it."""
    for ending in (".beats", ".sections"):
        notes = (folder / (song.stem + ending)).read_text()
        if notes:
            dance.with_suffix(ending).write_text(notes)


def retargeted(terpsi, pack, folder, clean):
    """Puts the clips of a pack on our skeleton, with their feet cleaned if `clean`: folder/NAME.npz and,
    where the tempo is known, folder/NAME.beats, the grid of that tempo from 0 s. What is there already is
    kept. Returns {name: style}."""
    from terpsi_train.data.motion.clips import entries_of

    folder.mkdir(parents=True, exist_ok=True)
    styles = {}
    for clip in entries_of(pack):
        styles[clip["name"]] = clip["style"]
        npz = folder / (clip["name"] + ".npz")
        if not npz.exists():
            source = pathlib.Path(pack) / clip["file"]
            run([terpsi, "retarget", source, "-o", npz, *(["--lock-feet"] if clean else [])])
        if clip["bpm"]:
            beat = 60 / clip["bpm"]
            count = int(clip["frames"] / clip["fps"] / beat) + 1
            npz.with_suffix(".beats").write_text(beat_lines(k * beat for k in range(count)))
    return styles


def table(headings, rows):
    """Markdown."""
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
