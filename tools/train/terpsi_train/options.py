"""Where the data is: a flag, or a folder of TERPSI_DATA."""

import os


def add_data(parser, flag="--data", folder="open", **more):
    """Adds the option for a folder of clips; by default `folder` in $TERPSI_DATA, where that is set."""
    data = os.environ.get("TERPSI_DATA")
    more = {"help": f"folder of the {folder} pack; default: $TERPSI_DATA/{folder}", **more}
    parser.add_argument(flag, default=data and os.path.join(data, folder), required=not data, **more)
