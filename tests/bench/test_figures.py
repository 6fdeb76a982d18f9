"""What is told of measurements: the page shows the kept figures, and a figure of product code long past is named."""

import subprocess

from bench.figures import RESULTS, bound, find_past, load, table


def test_the_page_shows_the_kept_figures():
    assert table(load()) in (RESULTS.parent / "README.md").read_text()


def test_a_figure_whose_product_code_is_long_past_is_named(tmp_path):
    changes = "".join(
        f"commit refs/heads/main\ncommitter A <a@a.example> {n} +0000\ndata 0\n"
        f"M 100644 inline services/a\ndata 3\n{n:03}\n"
        for n in range(102)
    )
    for command in (["init", "-q", "-b", "main"], ["fast-import", "--quiet"]):
        subprocess.run(["git", *command], cwd=tmp_path, input=changes, text=True, check=True)
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD~100", "HEAD~99"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    past, recent = answer.stdout.split()
    kept = {name: {**bound(1, None, "s"), "commit": commit} for name, commit in (("old", past), ("new", recent))}

    assert find_past(kept, tmp_path) == {past: ["old"]}
    assert find_past(kept, tmp_path / "bench") == {}
