"""models/manifest.json: what the program knows about every network. Written here only."""

import hashlib
import json

from terpsi_train.export.onnx_file import OPSET
from terpsi_train.models.registry import ROWS

RESEARCH = "research use only"
ROLES = list(dict.fromkeys(row.role for row in ROWS))


def described(architecture, path, licence="MIT", card=None):
    """What every entry says of its network and its file."""
    raw = path.read_bytes()
    return {
        "name": path.stem,
        **architecture.labels(),
        "file": path.name,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw),
        "opset": OPSET,
        "licence": licence,
        "card": card or path.stem + ".md",
    }


def rank(entry):
    role = entry.get("role", "")
    return entry.get("licence") == RESEARCH, ROLES.index(role) if role in ROLES else 0, entry["name"]


def text_of(manifest):
    """The manifest with a line for each style table, phrase table, phrase and list."""
    text = json.dumps(manifest, separators=(",", ":"))
    lists = [json.dumps(k) + ":" for k in manifest if k not in ("manifest_version", "models")]
    for head in ['{"style"', '"phrases"', *lists]:
        text = text.replace(head, "\n" + head)
    return text + "\n"


def enter(models, architecture, entry):
    """Puts an entry into the list of its kind, in place of the one of that name; the default comes first."""
    file = models / "manifest.json"
    manifest = json.loads(file.read_text()) if file.exists() else {"manifest_version": 1, "models": []}
    others = [e for e in manifest.get(architecture.contract.key, []) if e["name"] != entry["name"]]
    manifest[architecture.contract.key] = sorted([*others, entry], key=rank)
    file.write_text(text_of(manifest))
