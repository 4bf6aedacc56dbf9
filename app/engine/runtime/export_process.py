"""`python -m app.engine.runtime.export_process CARD_FOLDER FILE PARENT`: exports a network into a file.

It ends with the engine that began it, whose process id is given: the engine may have gone while this process
was still starting, and loading torch takes seconds. So it is looked for from the first moment on.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from app.printing import print_anything

LOOK_EVERY_S = 0.5


def main(folder: Path, target: Path, parent: int) -> None:
    """Write the network of a card as ONNX, beside everything else that this machine does."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    print_anything()
    os.nice(10)
    import torch  # noqa: PLC0415  (after the thread)

    from app.cards import read_card  # noqa: PLC0415
    from app.engine.runtime.export import export  # noqa: PLC0415

    torch.set_num_threads(1)
    export(read_card(folder), target)


def _end_with(parent: int) -> None:
    """Leave once the parent is gone: the next one exports anew."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
