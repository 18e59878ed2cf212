"""Development: pictures of pages have few colours, so that a palette of 128 holds them: a third of the size.

    make screenshots
"""

import sys
from pathlib import Path

from PIL import Image

for file in sorted(Path(sys.argv[1]).glob("*.png")):
    picture = Image.open(file)
    if picture.mode != "P":
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
