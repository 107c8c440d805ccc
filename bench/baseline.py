"""The stored results of the benches: bench/baselines/NAME.json with the machine, the date and the versions."""

import datetime
import json
import os
import platform
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def machine():
    cpu = platform.processor()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), cpu)
    return {"cpu": cpu, "cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def version(assay):
    return subprocess.run([assay, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def output(folder, *command):
    """What the program prints, with a store and a cache of its own in `folder`; ends the bench where it fails."""
    environment = {**os.environ, "ASSAY_STORE": str(Path(folder, "lab.db")), "ASSAY_CACHE": str(Path(folder, "cache"))}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values)}


def keep(name, figures, load_before):
    """Writes the figures as the baseline `name`. load_before: the load average before the bench itself made one."""
    path = ROOT / "bench/baselines" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    whole = {"schema": f"assay.bench.{name}/1", "date": datetime.date.today().isoformat(), "machine": machine(),
             "load_average_before": load_before, **figures}
    path.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
