"""Entries of models/manifest.json besides the dance models."""

import hashlib
import json


def described(path):
    """What every entry says of its file."""
    raw = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}


def enter(models, key, entry):
    """Puts an entry into the list `key`, in place of the one of that name, else at the end; entries of the role "zoo" stay behind the others."""
    file = models / "manifest.json"
    manifest = json.loads(file.read_text())
    entries = manifest.setdefault(key, [])
    at = next((i for i, e in enumerate(entries) if e["name"] == entry["name"]), len(entries))
    entries[at:at + 1] = [entry]
    entries.sort(key=lambda e: e.get("role") == "zoo")
    text = json.dumps(manifest, separators=(",", ":"))
    heads = ['{"style"', '"phrases"'] + [json.dumps(k) + ":" for k in manifest if k not in ("manifest_version", "models")]
    for head in heads:
        text = text.replace(head, "\n" + head)
    file.write_text(text + "\n")
