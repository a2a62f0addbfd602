"""Fuzzes one entrance, guided by coverage: `python -m tests.fuzz.guided TARGET RUNS SEED FOLDER`.

atheris (libFuzzer) keeps in FOLDER/corpus what has reached new code, and writes into FOLDER what was a fault. Where
there is no wheel of it, as many inputs are made from the good ones blindly, and the last line says so. Exit code 0: no
fault.
"""

import hashlib
import sys
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzz.corpus import kept

LARGEST: Final = 64 * 1024
MEMORY_MB: Final = 1_024
"""A target that holds more has a leak: it begins with about 150 MB."""
SLOW_S: Final = 5
"""No input may take longer."""
CODE: Final = ("gateway", "gameserver", "wire", "backend")


def guided(name: str, runs: int, seed: int, folder: Path) -> None:
    """Runs libFuzzer, which ends the process. Raises ImportError without atheris."""
    import atheris

    with atheris.instrument_imports(include=list(CODE)):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]

    def mutate(data: bytes, most: int, number: int) -> bytes:
        random = Random(number)
        if random.random() < 0.3:
            mutated: bytes = atheris.Mutate(data, most)
            return mutated
        return target.mutate(data, random)[:most]

    seeds, found = folder / "seeds", folder / "corpus"
    for place in (seeds, found):
        place.mkdir(parents=True, exist_ok=True)
    for content in [*target.seeds(), *kept(name)]:
        (seeds / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    options = [
        f"-runs={runs}",
        f"-seed={seed}",
        f"-max_len={LARGEST}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-timeout={SLOW_S}",
        f"-artifact_prefix={folder}/",
        "-verbosity=0",
    ]
    print(f"guided by coverage: {name}, {runs} inputs", flush=True)
    atheris.Setup([sys.argv[0], *options, str(found), str(seeds)], target.run, custom_mutator=mutate)
    atheris.Fuzz()


def blind(name: str, runs: int, seed: int, folder: Path) -> None:
    """The same number of inputs, each made from a good one by one to three changes."""
    from tests.fuzz.targets import TARGETS

    target, random = TARGETS[name], Random(seed)
    seeds = [*target.seeds(), *kept(name)]
    folder.mkdir(parents=True, exist_ok=True)
    for _ in range(runs):
        data = random.choice(seeds)
        for _ in range(random.randint(1, 3)):
            data = target.mutate(data, random)[:LARGEST]
        try:
            target.run(data)
        except BaseException:
            (folder / f"crash-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
            raise
    print(f"not guided by coverage, since there is no atheris for this Python: {name}, {runs} inputs")


def main(name: str, runs: str, seed: str, folder: str) -> None:
    """Fuzzes as the arguments say."""
    try:
        guided(name, int(runs), int(seed), Path(folder))
    except ImportError as error:
        if error.name != "atheris":
            raise
        blind(name, int(runs), int(seed), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
