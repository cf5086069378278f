"""Where the data is: a flag, or a folder of TERPSI_DATA."""

import os


def add_data(parser, flag="--data", folder="open", **more):
    """Adds the option for a folder of clips; by default `folder` in $TERPSI_DATA, where that is set. Without
    `folder`: that of all open packs (vocabulary.PACKS), or one of them."""
    data = os.environ.get("TERPSI_DATA")
    what = f"the {folder} pack" if folder else "the packs, or one pack"
    more = {"help": f"folder of {what}; default: $TERPSI_DATA/{folder}".rstrip("/"), **more}
    parser.add_argument(flag, default=data and os.path.join(data, folder), required=not data, **more)
