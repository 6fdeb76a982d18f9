"""What runs in a deployment, each in a process of its own."""

import gc

# Almost nothing that an import makes is garbage: it is looked for as rarely as by a service that runs.
gc.set_threshold(50_000, 20, 100)
