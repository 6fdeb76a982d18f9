"""`python -m reference`: build the reference site into `site/`."""

import sys

from reference.build import SITE, SiteBroken, build, pages_of_site

try:
    build(SITE, pages_of_site())
except SiteBroken as broken:
    sys.exit(f"{broken}\nThe site is not built.")
