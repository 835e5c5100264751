"""Front-end files of others: copied from npm's folder at set-up, never committed, never fetched by a page."""

import shutil
import sys
from pathlib import Path
from typing import Final

DESTINATION: Final = Path(__file__).with_name("static") / "vendor"

# package in node_modules → folder under /static/vendor → files. What a page may load stands here and nowhere
# else; a licence travels with each package, as its terms ask.
_FILES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "@geoman-io/leaflet-geoman-free": (
        "geoman",
        ("dist/leaflet-geoman.min.js", "dist/leaflet-geoman.css", "LICENSE"),
    ),
    "htmx.org": ("htmx", ("dist/htmx.min.js", "LICENSE")),
    "leaflet": (
        "leaflet",
        (
            "dist/leaflet.js",
            "dist/leaflet.css",
            "dist/images/layers.png",
            "dist/images/layers-2x.png",
            "dist/images/marker-icon.png",
            "dist/images/marker-icon-2x.png",
            "dist/images/marker-shadow.png",
            "LICENSE",
        ),
    ),
    "leaflet.fullscreen": (
        "fullscreen",
        ("Control.FullScreen.js", "Control.FullScreen.css", "icon-fullscreen.svg", "LICENSE"),
    ),
    "leaflet.markercluster": (
        "markercluster",
        ("dist/leaflet.markercluster.js", "dist/MarkerCluster.css", "MIT-LICENCE.txt"),
    ),
}


def install(node_modules: Path, destination: Path = DESTINATION) -> None:
    """Copy the listed files to `destination`/<name>/…, replacing what an earlier version left there.

    Raises:
        FileNotFoundError: a listed file is not in `node_modules`; nothing has been removed then.
    """
    copies = [(node_modules / package / file, target) for package, file, target in _plan(destination)]
    for source, _ in copies:
        if not source.is_file():
            raise FileNotFoundError(source)
    if destination.exists():
        shutil.rmtree(destination)
    for source, target in copies:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def missing(destination: Path = DESTINATION) -> list[str]:
    """Return the listed files that are not at `destination`, as paths below it, in the table's order."""
    return [str(target.relative_to(destination)) for *_, target in _plan(destination) if not target.is_file()]


def _plan(destination: Path) -> list[tuple[str, str, Path]]:
    return [
        (package, file, destination / name / file.removeprefix("dist/"))
        for package, (name, files) in _FILES.items()
        for file in files
    ]


if __name__ == "__main__":
    install(Path(sys.argv[1]))
