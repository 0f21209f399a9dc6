"""The embedded model's process: llama.cpp's server, until the process that started it goes away.

Run as a file, by ``local.py``; it needs nothing of this package. The first line of standard input is
the configuration as JSON; the first line of standard output is the address. Then it serves until
standard input ends, which happens however the other process dies.
"""

import json
import os
import sys


def main() -> None:
    config = json.loads(sys.stdin.readline())
    # Nothing but the address may go to the pipe: whatever llama.cpp prints goes with its errors.
    pipe = os.dup(1)
    os.dup2(2, 1)
    sys.path.append(config["packages"])
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = config["file"]
    params.model_alias = {config["name"]}  # otherwise every reply names the file with its folder
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # Every page in a browser may send requests to this machine, and so may its other users.
    params.api_keys = [config["key"]]
    params.cors_origins = ""
    params.offline = True
    params.ui = False
    params.endpoint_slots = False
    params.n_ctx = config["context"]
    params.fit_params = False  # it would load twice, and change the context
    # One at a time, each from scratch: in a batch of two, or after a cached prefix, sums are made in
    # another order, and the same request gets another text.
    params.n_parallel = 1
    params.cache_prompt = False
    params.cache_ram_mib = 0  # its default keeps up to 8 GB of old prompts
    params.cpuparams.n_threads = config["threads"]
    params.cpuparams_batch.n_threads = config["prompt_threads"]
    params.verbosity = 1  # errors only
    server = xllamacpp.Server(params)  # comes back when the model is loaded
    os.write(pipe, (server.listening_address + "\n").encode())
    os.close(pipe)
    sys.stdin.read()
    os._exit(0)  # nothing is worth saving, and nobody waits for the answer in progress


if __name__ == "__main__":
    main()
