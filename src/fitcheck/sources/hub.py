"""A repository of the Hugging Face Hub: its configuration and headers, never its weights.

`huggingface_hub` gives the endpoint, the token, the cache and the offline mode; files are read by
range requests (`sources.web`), so that what is transferred is bounded. What the local cache holds
is read from there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fitcheck.errors import FitcheckError, SourceError
from fitcheck.records.record import record, replace
from fitcheck.sources.hf.config import parse_json
from fitcheck.sources.text import clean
from fitcheck.sources.web import WebRanges, get_text, network_error

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fitcheck.records.model import Model
    from fitcheck.sources.hf.safetensors import Shard

MAX_SHARDS = 24  # headers of more files would take too long to fetch
SHARD_BYTES = 128 * 1024
DEFAULT_TAG = "Q4_K_M"  # what llama.cpp's `-hf` takes
API_TIMEOUT_S = 15.0

_PREFIX = re.compile(r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/|^hf:", re.IGNORECASE)
_SKIPPED = ("mmproj", "imatrix")


@record(kw_only=False)
class Address:
    """What a word asks of the Hub: a repository, and a file or a format in it."""

    repo: str
    file: str = ""
    tag: str = ""


def open_hub(word: str, *, allow_network: bool = True) -> Model:
    """Open a repository, a file in it, or one of its GGUF formats. Raises SourceError."""
    address = parse_address(word)
    hub = _hub()
    cached = _from_cache(address)
    if cached is not None:
        return cached
    if not allow_network or hub.constants.HF_HUB_OFFLINE:
        why = "offline mode is on" if hub.constants.HF_HUB_OFFLINE else "the network is off"
        raise SourceError(
            f"`{address.repo}` is not in the Hub's cache, and {why}",
            "unset HF_HUB_OFFLINE, or download it first",
        )
    try:
        return _from_network(address, hub)
    except SourceError as error:
        if not address.file or _PREFIX.match(word):
            raise
        hint = f"{error.hint}; if a file on this disk was meant, there is none of that name"
        raise SourceError(error.message, hint) from None


def parse_address(word: str) -> Address:
    """Read `org/name`, `org/name:Q4_K_M`, `org/name/file.gguf` or a page's address."""
    path = _PREFIX.sub("", word).split("?", 1)[0].strip("/")
    tag = ""
    if ":" in path:
        path, _, tag = path.rpartition(":")
    parts = path.split("/")
    if len(parts) < 2 or not all(parts[:2]):  # noqa: PLR2004
        raise SourceError(f"`{clean(word)}` names no repository", "names look like `org/name`")
    repo, rest = "/".join(parts[:2]), parts[2:]
    if rest and rest[0] in ("blob", "resolve", "tree"):
        rest = rest[2:]
    return Address(clean(repo), "/".join(rest), tag)


def _hub() -> Any:  # noqa: ANN401  # a module
    try:
        import huggingface_hub
        import huggingface_hub.constants
    except ImportError:
        raise SourceError(
            "reading from the Hub needs the package `huggingface_hub`",
            'install it with `pip install "gpu-fitcheck[hub]"`',
        ) from None
    return huggingface_hub


def _from_cache(address: Address) -> Model | None:
    """Open what the cache holds whole, without asking the network."""
    from fitcheck.sources.hub_cache import hub_cache
    from fitcheck.sources.local import gguf_files, open_path

    folder = hub_cache() / f"models--{address.repo.replace('/', '--')}"
    snapshot = _snapshot(folder)
    if snapshot is None:
        return None
    model: Model | None = None
    try:
        if address.file:
            path = snapshot / address.file
            if path.is_file() and snapshot in path.parents and ".." not in address.file:
                model = open_path(str(path))
        else:
            names = {path.name: path for path in gguf_files(snapshot)}
            chosen = (
                choose(names, address.tag) if names and (address.tag or len(names) == 1) else ""
            )
            if chosen:
                model = open_path(str(names[chosen]))
            elif not address.tag and any(snapshot.glob("*.safetensors")):
                model = open_path(str(snapshot))
    except FitcheckError:
        return None  # a download in progress; the network knows better
    if model is None:
        return None
    return _named(model, address)


def _snapshot(folder: Path) -> Path | None:
    try:
        commit = (folder / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    if not re.fullmatch(r"[0-9a-f]{7,64}", commit):
        return None
    snapshot = folder / "snapshots" / commit
    return snapshot if snapshot.is_dir() else None


def _named(model: Model, address: Address) -> Model:
    url = f"https://huggingface.co/{address.repo}"
    sources = tuple(replace(source, url=url) for source in model.sources)
    return replace(model, repo=address.repo, sources=sources)


def _from_network(address: Address, hub: Any) -> Model:  # noqa: ANN401
    info = _info(address.repo, hub)
    files = [clean(str(item.rfilename), 500) for item in info.siblings or ()]
    if address.file:
        if address.file not in files:
            raise SourceError(f"`{address.repo}` has no file `{clean(address.file)}`", _some(files))
        if address.file.casefold().endswith(".gguf"):
            return _gguf(address, address.file, hub)
        if address.file.casefold().endswith(".safetensors"):
            return _safetensors(address, [address.file], files, info, hub)
        if not address.file.endswith("config.json"):
            raise SourceError(
                f"`{clean(address.file)}` is neither GGUF nor safetensors", _some(files)
            )
    gguf = [name for name in files if name.casefold().endswith(".gguf")]
    weights = [name for name in files if name.casefold().endswith(".safetensors")]
    if address.tag or (gguf and not ("config.json" in files and weights)):
        chosen = choose(gguf, address.tag or DEFAULT_TAG)
        if not chosen and not address.tag:
            chosen = choose(gguf, "")
        if not chosen:
            raise SourceError(
                f"`{address.repo}` has no GGUF file `{clean(address.tag or DEFAULT_TAG)}`",
                _some(gguf) if gguf else "it holds no GGUF files at all",
            )
        return _gguf(address, chosen, hub)
    if "config.json" not in files:
        raise SourceError(
            f"`{address.repo}` has neither a config.json nor a GGUF file",
            "it is not a model that can be measured from here",
        )
    return _safetensors(address, main_weights(weights), files, info, hub)


def _info(repo: str, hub: Any) -> Any:  # noqa: ANN401
    """Ask the Hub's API for the list of files; every refusal becomes one sentence."""
    try:
        return hub.HfApi().model_info(repo, timeout=API_TIMEOUT_S)
    except Exception as error:  # noqa: BLE001  # of the Hub's, httpx's or requests' own kinds
        raise _refusal(error, repo) from None


def _refusal(error: Exception, repo: str) -> SourceError:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", 0)
    if "GatedRepoError" in kinds:
        return SourceError(
            f"`{repo}` is gated: its owner must let you in",
            f"accept its terms at https://huggingface.co/{repo}, then `hf auth login`",
        )
    if "RepositoryNotFoundError" in kinds or "HFValidationError" in kinds:
        return SourceError(
            f"the Hub has no public repository `{repo}`",
            "is the name right? a private one needs `hf auth login`",
        )
    if status == 429:  # noqa: PLR2004
        return SourceError("the Hub limits how often it may be asked (HTTP 429)", "try again later")
    if status:
        return SourceError(f"the Hub answers with HTTP {status} for `{repo}`", "try again later")
    return network_error(error, "the Hub")


def _ranges(address: Address, file: str, hub: Any, first_bytes: int | None = None) -> WebRanges:  # noqa: ANN401
    url = hub.hf_hub_url(address.repo, file)
    return WebRanges(url, headers=hub.utils.build_hf_headers(), first_bytes=first_bytes)


def _gguf(address: Address, file: str, hub: Any) -> Model:  # noqa: ANN401
    from fitcheck.sources.gguf.files import parts_of, read_parts
    from fitcheck.sources.gguf.model import gguf_model

    folder, _, name = file.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    headers = read_parts(parts_of(name), lambda part: _ranges(address, prefix + part, hub))
    return _named(gguf_model(headers, file=name), address)


def _safetensors(
    address: Address,
    weights: list[str],
    files: list[str],
    info: Any,  # noqa: ANN401
    hub: Any,  # noqa: ANN401
) -> Model:
    from fitcheck.sources.hf.folder import model_of
    from fitcheck.sources.hf.safetensors import read_shard

    config: dict[str, Any] = {}
    if "config.json" in files:
        config = parse_json(_small(address, "config.json", hub), "config.json")
    if "hf_quant_config.json" in files and "quantization_config" not in config:
        more = parse_json(_small(address, "hf_quant_config.json", hub), "hf_quant_config.json")
        if isinstance(more.get("quantization"), dict):
            config["quantization_config"] = {"quant_method": "modelopt", **more["quantization"]}
    shards: list[Shard] = []
    if len(weights) <= MAX_SHARDS:
        for file in weights:
            ranges = _ranges(address, file, hub, SHARD_BYTES)
            try:
                shards.append(read_shard(ranges))
            finally:
                ranges.close()
    name = address.repo.rsplit("/", 1)[-1]
    model = model_of(
        config, shards, name=name, file=f"{address.repo}/config.json", repo=address.repo
    )
    total = getattr(getattr(info, "safetensors", None), "total", None)
    if (
        isinstance(total, int)
        and 0 < total < 10**14
        and not model.stored_format.startswith(("awq", "gptq", "mlx", "exl"))
    ):
        model = replace(model, published_params=total)
    return _named(model, address)


def _small(address: Address, file: str, hub: Any) -> bytes:  # noqa: ANN401
    """Read a small file: from the cache if it is there, else bounded from the network."""
    cached = hub.try_to_load_from_cache(address.repo, file)
    if isinstance(cached, str):
        from pathlib import Path

        return Path(cached).read_bytes()
    return get_text(hub.hf_hub_url(address.repo, file), headers=hub.utils.build_hf_headers())


def main_weights(files: list[str]) -> list[str]:
    """Keep the weights proper: not adapters, not second copies in another layout."""
    top = [name for name in files if "/" not in name and not name.startswith("adapter_")]
    proper = [name for name in top if not name.startswith("consolidated")]
    whole = [name for name in proper if name == "model.safetensors"]
    parts = [name for name in proper if re.search(r"-\d{5}-of-\d{5}\.", name)]
    return sorted(parts or whole or proper or top)


def choose(names: Iterable[str], tag: str) -> str:
    """Choose the GGUF file a tag means, "" if none: its first part, the plainest name."""
    from fitcheck.sources.gguf.files import parts_of

    wanted = tag.casefold().removesuffix(".gguf")
    found = []
    for name in names:
        base = name.rsplit("/", 1)[-1]
        if base.casefold().startswith(_SKIPPED) or parts_of(base)[0] != base:
            continue
        if not wanted or re.search(
            rf"(?:^|[-._/]){re.escape(wanted)}(?:[-._/]|$)", name.casefold()
        ):
            found.append(name)
    return min(found, key=lambda name: (len(name), name), default="")


def _some(files: list[str]) -> str:
    shown = [f"`{name}`" for name in files if name.casefold().endswith((".gguf", ".safetensors"))]
    more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""  # noqa: PLR2004
    return f"it has {', '.join(shown[:5])}{more}" if shown else "it has no weights"
