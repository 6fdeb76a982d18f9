"""What runs in a deployment, each in a process of its own."""

import gc

gc.set_threshold(50_000, 20, 100)  # almost nothing that is made by an import is garbage: it is not looked for meanwhile
