"""A batch on two nodes of Ray's own cluster utilities, of which one is removed in the middle.

Ray leaves threads, connections and handlers behind: tests run it in a process of its own.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from summarizer.batch.engine import LocalEngine, Opener
from summarizer.batch.job import Batch
from summarizer.batch.journal import Journal
from summarizer.batch.outcome import Status
from summarizer.batch.ray_engine import RayEngine, RayReader
from summarizer.batch.readers import Reader
from summarizer.checker import check_article
from summarizer.pipeline import weigh
from summarizer.report import Report
from summarizer.settings import Settings
from tests import batch_scale, stand_in
from tests.batches import content, unchecked, unweighed


@dataclass(frozen=True)
class Lost:
    """``most_per_minute`` is the highest rate over five seconds that the server saw with Ray."""

    articles: int
    reported: int
    equal: bool
    removed_after: int
    requests: int
    needed: int
    most_per_minute: float
    articles_per_s: float
    plain_per_s: float


def lose_a_node(
    count: int,
    *,
    in_flight: int,
    delay_ms: float,
    requests_per_minute: float,
    checks: bool = False,
    loses: bool = True,
) -> Lost:
    """Runs it with Ray (two actors) and without (one process), and compares.

    ``checks`` as in a real run, else none; without ``loses`` both nodes stay.
    """
    # On a busy machine it takes its time.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "180")
    os.environ.setdefault("RAY_agent_register_timeout_ms", "180000")
    import ray
    from ray.cluster_utils import Cluster

    cluster, second = _two_nodes(Cluster)
    try:
        ray.init(address=cluster.address, log_to_driver=False, logging_level="error")
        with tempfile.TemporaryDirectory(prefix="summarizer-batch-") as name:
            source = Path(name) / "articles.jsonl"
            lines = (f"{json.dumps(row)}\n" for row in batch_scale.rows(count))
            source.write_text("".join(lines), encoding="utf-8")

            def run(
                folder: str, opener: Opener, given: Any, lose: bool
            ) -> tuple[dict[str, Any], dict[str, Any], float]:
                """Reports by id, what the server saw, articles a second."""
                with stand_in.running(delay_ms=delay_ms) as url:

                    async def go() -> float:
                        batch = Batch(
                            Path(name) / folder,
                            settings=Settings(model="stand-in", base_url=f"{url}/v1", context=32_768),
                            concurrency=in_flight,
                            requests_per_minute=requests_per_minute,
                            check=check_article if checks else unchecked,
                            weigh=weigh if checks else unweighed,
                            opener=opener,
                        )
                        done, started = 0, 0.0
                        async for _ in batch.run(given):
                            started = started or time.perf_counter()
                            done += 1
                            if lose and done == count // 3:
                                cluster.remove_node(second)
                        return done / (time.perf_counter() - started)

                    rate = asyncio.run(go())
                    seen = batch_scale.stats(url)
                with Journal(Path(name) / folder).look() as look:
                    found = [Report.from_json(line) for line in look.rows("report", Status.REPORTED)]
                # The server's port is in no report; all else is to be the same.
                return {one.article.document_id: content(one) for one in found}, seen, rate

            with_ray, seen, rate = run("ray", RayEngine.opener(actors=2), RayReader([str(source)]), loses)
            without, _, plain = run("plain", LocalEngine.open, Reader([str(source)]), False)
            by_second = seen["by_second"]
            windows = [sum(by_second[start : start + 5]) for start in range(max(1, len(by_second) - 4))]
            return Lost(
                articles=count,
                reported=len(with_ray),
                equal=with_ray == without,
                removed_after=count // 3,
                requests=seen["requests"],
                needed=2 * count,
                most_per_minute=12.0 * max(windows),
                articles_per_s=rate,
                plain_per_s=plain,
            )
    finally:
        ray.shutdown()
        cluster.shutdown()


def _two_nodes(make: Any) -> tuple[Any, Any]:
    """A cluster and its second node. Ray gives its own helpers half a minute, which a busy machine may not."""
    for more_tries in (2, 1, 0):
        cluster = make()
        try:
            cluster.add_node(num_cpus=1, include_dashboard=False)
            return cluster, cluster.add_node(num_cpus=1)
        except Exception:  # Ray raises nothing narrower
            cluster.shutdown()
            if not more_tries:
                raise
    raise AssertionError("the last try returns or raises")


def main() -> None:
    count, in_flight, delay_ms, rate = (float(one) for one in sys.argv[1:])
    found = lose_a_node(int(count), in_flight=int(in_flight), delay_ms=delay_ms, requests_per_minute=rate)
    sys.stdout.write(f"{json.dumps(asdict(found))}\n")


if __name__ == "__main__":
    main()
