#!/usr/bin/env python3
"""Trains a generator: the teacher, or the student. Resumable: run again with the same --out to go on.

  tools/train/train_generator.py --role teacher --terpsi build/terpsi --out runs/teacher --minutes 60
  tools/train/train_generator.py --role student --teacher runs/teacher ... --out runs/student --minutes 30

With --teacher half of every batch is distilled from it.
"""

from terpsi_train.models.registry import ROWS
from terpsi_train.training.generator import train
from terpsi_train.training.run import Run, arguments


def main():
    roles = {row.name: row for row in ROWS if row.recipe and not row.single_step}
    parser = arguments(__doc__)
    parser.add_argument("--role", choices=list(roles), required=True)
    parser.add_argument("--teacher", help="run folder of the teacher to distil (student)")
    parser.add_argument("--pairs", type=int, default=3072, help="dances of the teacher to distil from")
    parser.add_argument(
        "--start",
        help="where to start: an ONNX model with its manifest.json beside it, or a run on --data alone",
    )
    a = parser.parse_args()
    train(Run(a), roles[a.role], a.teacher, a.pairs, a.start)


if __name__ == "__main__":
    main()
