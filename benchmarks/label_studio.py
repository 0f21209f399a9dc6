#!/usr/bin/env python3
"""The way through a running Label Studio and back, with the real one: nothing here is a stand-in.

    python3 -m venv ls && ls/bin/pip install label-studio==1.23.2
    LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN=true ls/bin/label-studio start --no-browser \\
        --internal-host 127.0.0.1 --port 8765 --data-dir ls-data \\
        --username desk@example.org --password a-long-password-1 --user-token "$TOKEN"  # 40 hex digits
    .venv/bin/python benchmarks/label_studio.py http://127.0.0.1:8765 "$TOKEN"

A summary with errors is checked by rule and queued, the queue is exported, a project with our interface is
made, and the file imported. Then tasks and predictions are compared with what was sent, two tasks are
annotated, one annotation is changed, and each time the project's export is imported into the queue.
Ends with 1 when anything is not as it should be.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2

from summarizer import check_summary
from summarizer.export.label_studio import LABEL_CONFIG
from summarizer.review.queue import Queue

TEXT = """LINDHOLM, Nov. 12, 2026 — The council of Lindholm voted 9-4 on Monday to build a bridge.

The bridge will cost $48 million, treasurer Ada Brandt said. “We 🎉 counted twice,” she added.

It replaces a ferry that carried 3,100 people a day. Work begins in March and takes two years."""
SUMMARY = """The council of Lindholm voted 9-5 on Monday to build a bridge. The bridge will cost $84 million.
It replaces a ferry that carried 1,300 people a day."""

failed = 0


def check(what: str, found: Any, wanted: Any) -> None:
    global failed
    good = found == wanted
    failed += not good
    print(f"{'ok  ' if good else 'FAIL'} {what}: {found!r}" + ("" if good else f", wanted {wanted!r}"))


def queue_command(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-c", "from summarizer.cli import main; main()", "queue", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def counted(file: Path, queue: Path) -> dict[str, int]:
    found = queue_command("import", str(file), "--queue", str(queue), "--name", "1=ada")
    return {fate: number for fate, number in found["counts"].items() if number}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("url", help="as http://127.0.0.1:8765")
    parser.add_argument("token", help="the user's legacy token")
    given = parser.parse_args()
    with (
        httpx2.Client(
            base_url=given.url, headers={"Authorization": f"Token {given.token}"}, timeout=120
        ) as studio,
        tempfile.TemporaryDirectory() as folder,
    ):
        print("Label Studio", studio.get("/api/version").json()["release"])
        round_trip(studio, Path(folder))
    print("all as it should be" if not failed else f"{failed} things are not as they should be")
    return 1 if failed else 0


def round_trip(studio: httpx2.Client, folder: Path) -> None:
    queue, tasks_file, back = folder / "queue.sqlite", folder / "tasks.json", folder / "project.json"
    with Queue(queue) as opened:
        opened.add(check_summary(TEXT, SUMMARY))
        items = [item.id for item in opened.items()]
    written = queue_command(
        *("export", "--format", "label-studio", "--out", str(tasks_file), "--queue", str(queue))
    )
    check("rows exported", written["rows"], len(items))
    sent = json.loads(tasks_file.read_text(encoding="utf-8"))

    project = studio.post(
        "/api/projects", json={"title": "round trip", "label_config": LABEL_CONFIG}
    ).raise_for_status()
    number = project.json()["id"]
    took = studio.post(f"/api/projects/{number}/import", json=sent).raise_for_status().json()
    counts = [took["task_count"], took["prediction_count"], took["annotation_count"]]
    check("tasks, predictions, annotations imported", counts, [len(items), len(items), 0])

    there = studio.get("/api/tasks", params={"project": number, "fields": "all"}).json()["tasks"]
    there.sort(key=lambda task: task["id"])
    for mine, theirs in zip(sent, there, strict=True):
        short = mine["data"]["item_id"][:8]
        check(f"{short}: data came through", theirs["data"] == mine["data"], True)
        check(f"{short}: provenance came through", theirs["meta"] == mine["meta"], True)
        (prediction,) = theirs["predictions"]
        same = {name: prediction[name] for name in ("model_version", "score", "result")}
        check(f"{short}: prediction came through", same == mine["predictions"][0], True)

    first = annotate(studio, there[0], "contradicted", "It voted 9-4.")
    annotate(studio, there[1], "supported", None)
    export(studio, number, back)
    check("first import", counted(back, queue), {"added": 2, "no_decision": len(items) - 2})
    check("the same again", counted(back, queue), {"known": 2, "no_decision": len(items) - 2})

    changed = [entry("verdict", {"choices": ["not_in_article"]})]
    studio.patch(f"/api/annotations/{first}", json={"result": changed}).raise_for_status()
    export(studio, number, back)
    wanted = {"replaced": 1, "known": 1, "no_decision": len(items) - 2}
    check("after a change in Label Studio", counted(back, queue), wanted)
    with Queue(queue) as opened:
        said = [(one.reviewer, one.verdict.value) for item in items for one in opened.decisions(item)]
        check("decisions that stand", said, [("ada", "not_in_article"), ("ada", "supported")])
        check("decisions ever made about the first", len(opened.history(items[0])), 3)
    print(f"project {number} stays, to be looked at: {studio.base_url}/projects/{number}/data")


def entry(control: str, value: dict[str, Any]) -> dict[str, Any]:
    kind = "choices" if control == "verdict" else "textarea"
    return {
        "id": f"{control}-1",
        "from_name": control,
        "to_name": "statement",
        "type": kind,
        "value": value,
    }


def annotate(studio: httpx2.Client, task: dict[str, Any], verdict: str, corrected: str | None) -> int:
    """Takes over what the checker filled in, as the page does it, with another verdict."""
    kept = [one for one in task["predictions"][0]["result"] if one["from_name"] != "verdict"]
    result = [*kept, entry("verdict", {"choices": [verdict]})]
    if corrected is not None:
        result.append(entry("corrected", {"text": [corrected]}))
    made = studio.post(f"/api/tasks/{task['id']}/annotations", json={"result": result, "lead_time": 12.5})
    return int(made.raise_for_status().json()["id"])


def export(studio: httpx2.Client, project: int, file: Path) -> None:
    got = studio.get(
        f"/api/projects/{project}/export", params={"exportType": "JSON", "download_all_tasks": "true"}
    )
    file.write_bytes(got.raise_for_status().content)


if __name__ == "__main__":
    sys.exit(main())
