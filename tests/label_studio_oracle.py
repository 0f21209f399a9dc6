"""Asks Label Studio's SDK what it thinks of predictions. Runs in an environment that has only the SDK.

Reads {"config": …, "tasks": […]} from standard input, and writes one list for each task: what is wrong
with its predictions.
"""

import json
import sys

from label_studio_sdk.label_interface import LabelInterface


def main() -> None:
    given = json.load(sys.stdin)
    interface = LabelInterface(given["config"])
    found = []
    for task in given["tasks"]:
        said = [interface.validate_prediction(one, return_errors=True) for one in task["predictions"]]
        found.append([str(trouble) for troubles in said for trouble in troubles])
        if not interface.validate_task({"data": task["data"]}):
            found[-1].append("the task lacks data that the interface shows")
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
