"""A generator's entry of the manifest: how to run it, its normalisation, its styles and its phrases."""

from terpsi_train.export.manifest import described

OVERLAP = 32  # frames shared by neighbouring windows


def short(values):
    return [float(f"{v:.6g}") for v in values]


def tensors(shapes):
    return {name: [str(n) for n in shape] for name, shape in shapes.items()}


def entry(architecture, path, model, corpus, saved, guidance, data, licence):
    """saved: checkpoint of the run, of which mean, std and times are used."""
    c, contract = model.config, architecture.contract
    return {
        **described(architecture, path, licence),
        "data": data,
        "feature_version": 1,
        "skeleton_version": 1,
        "condition_version": 1,
        "window": c.window,
        "overlap": OVERLAP,
        "condition_columns": c.condition,
        "times": short(saved["times"]),
        "guidance": guidance,
        "inputs": tensors({name: tensor.shape for name, tensor in contract.inputs(model).items()}),
        "outputs": tensors(contract.outputs(model)),
        "mean": short(saved["mean"].tolist()),
        "std": short(saved["std"].tolist()),
        "styles": [
            {"name": s, "family": f, "bpm": float(round(b, 2)), "magnitude": float(round(m, 3))}
            for s, f, b, m in zip(corpus.styles, corpus.families, corpus.style_bpm, corpus.style_magnitude)
        ],
        "phrases": [
            {
                "style": p.style,
                "energy": round(p.energy, 3),
                "mirror": p.mirror,
                "alike": p.alike,
                "bpm": round(corpus.clips[p.clip].bpm, 1),
                "next": [[k, round(v, 1)] for k, v in p.next],
            }
            for p in corpus.phrases
        ],
    }
