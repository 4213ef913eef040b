"""Picture the desk with the sample stream, for the README.

    python scripts/screenshots.py [FOLDER]

Needs the Chromium of the machine, and fonts for the scripts of the sample (Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

WIDE = {"viewport": {"width": 1280, "height": 800}}
TALL = {"viewport": {"width": 1280, "height": 1100}}
PHONE = {"viewport": {"width": 390, "height": 780}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def shots(client: httpx.Client) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what to picture: the file's name, the address, and the screen."""
    largest = client.get("/v1/clusters", params={"sort": "size", "limit": 1}).json()["clusters"][0]["cluster_id"]
    origins = client.get(f"/v1/clusters/{largest}/provenance").json()["articles"]
    copy = max((o for o in origins if o["copied_from"]), key=lambda o: o["copied_from"]["added_tokens"])
    job = reindexed(client)
    pair = f"/compare?left={copy['copied_from']['article_id']}&right={copy['article_id']}"
    return {
        "clusters": ("/", WIDE),
        "clusters-dark": ("/?sort=size", WIDE | {"color_scheme": "dark"}),
        "clusters-phone": ("/?sort=size", PHONE),
        "cluster": (f"/clusters/{largest}", TALL),
        "compare": (pair, WIDE),
        "reindex": (f"/jobs/{job}", WIDE),
    }


def reindexed(client: httpx.Client) -> str:
    """Have the sample stream clustered by other settings; return the job once there is something to look at."""
    job = client.post("/v1/reindex", json={"settings": {"coverage": 0.95}}).raise_for_status().json()
    while job["state"] == "building":
        job = client.get(f"/v1/jobs/{job['job_id']}", params={"wait": 10}).json()
    return str(job["job_id"])


def picture(browser: Browser, url: str, folder: Path) -> None:
    """Write every picture."""
    with httpx.Client(base_url=url) as client:
        for name, (path, screen) in shots(client).items():
            context = browser.new_context(base_url=url, timezone_id="Europe/Lisbon", **screen)
            page = context.new_page()
            page.goto(path)
            page.wait_for_timeout(1_000)
            page.screenshot(path=folder / f"{name}.png")
            context.close()


def main() -> None:
    """Serve the sample stream and picture it."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    command = [sys.executable, "-c", "from api.cli import main; main()", "demo", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        try:
            url = json.loads(demo.stdout.readline())["url"] if demo.stdout else ""
            httpx.Client(transport=httpx.HTTPTransport(retries=8)).get(f"{url}/readyz")
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                picture(browser, url, folder)
                browser.close()
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
