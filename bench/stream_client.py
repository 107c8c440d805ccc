#!/usr/bin/env python3
"""What a token event costs assay's HTTP client, and how late it is seen, beside an aiohttp client in the same run.

  bench/stream_client.py [--program build/bench/bench/stream_client] [--streams 256] [--rate 50] [--tokens 250]
                         [--rounds 5] [--write]

Our own server sends each of the streams so many tokens a second, each with the time of its sending; both clients read
the same protocol and parse each chunk's JSON. Processor time is that of the whole client process from the first token
on, divided by the events; the lag is the client's stamp less the server's. "bare" receives the same bytes with epoll and
recv and does nothing with them: what no client goes below on this machine. --before PROGRAM adds an earlier build of
this bench to the same rounds. Rounds alternate. aiohttp is optional (pip install aiohttp). The accepted most is 8 us;
docs/engines.md says where the rest goes. --write stores the result as bench/baselines/stream_client.json.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time

import baseline


def peer(address, streams):
    """The same as `stream_client measure`, as one would write it with aiohttp."""
    import aiohttp  # only in the process that measures it

    lags = []
    begin = None

    async def one(session):
        nonlocal begin
        body = {"model": "tiny", "messages": [{"role": "user", "content": "go"}], "stream": True}
        async with session.post(address + "/chat/completions", json=body) as response:
            rest = b""
            async for data in response.content.iter_any():
                at = time.monotonic_ns()
                begin = begin or time.process_time_ns()
                rest += data
                *lines, rest = rest.split(b"\n")
                for line in lines:
                    if not line.startswith(b"data: ") or line == b"data: [DONE]":
                        continue
                    content = json.loads(line[6:])["choices"][0]["delta"].get("content")
                    if content:
                        lags.append(at - int(content))

    async def every():
        limits = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(total=None)) as session:
            await asyncio.gather(*(one(session) for _ in range(streams)))

    asyncio.run(every())
    cpu = time.process_time_ns() - begin
    lags.sort()
    print(json.dumps({"events": len(lags), "cpu_us_per_event": cpu / 1e3 / len(lags),
                      "lag_p50_ms": lags[len(lags) // 2] / 1e6, "lag_p99_ms": lags[int(len(lags) * 0.99)] / 1e6}))


def measured(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr or done.stdout}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(baseline.ROOT / "build/bench/bench/stream_client"))
    parser.add_argument("--streams", type=int, default=256)
    parser.add_argument("--rate", type=int, default=50, help="tokens a second of each stream")
    parser.add_argument("--tokens", type=int, default=250, help="of each stream")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--before", metavar="PROGRAM", help="stream_client of an earlier build")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--peer", metavar="ADDRESS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options.peer, options.streams)

    load = os.getloadavg()[0]
    server = subprocess.Popen([options.program, "serve", str(options.rate), str(options.tokens)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = server.stdout.readline().strip()
    address = f"http://127.0.0.1:{port}/v1"
    clients = {"assay": [options.program, "measure", address, str(options.streams)]}
    if sys.platform == "linux":
        clients["bare"] = [options.program, "bare", port, str(options.streams)]
    if options.before:
        clients["before"] = [options.before, "measure", address, str(options.streams)]
    if subprocess.run([sys.executable, "-c", "import aiohttp"], capture_output=True).returncode == 0:
        clients["aiohttp"] = [sys.executable, __file__, "--peer", address, "--streams", str(options.streams)]
    rounds = {name: [] for name in clients}
    for _ in range(options.rounds):
        for name, command in clients.items():
            rounds[name].append(measured(command))
    server.stdin.close()
    server.wait()

    print(f"{options.streams} streams × {options.rate} tokens/s, {os.cpu_count()} processors, "
          f"medians of {options.rounds} alternating rounds")
    print(f"{'client':<10}{'CPU per event':>16}{'lag p50':>12}{'lag p99':>12}")
    clients = {name: {key: baseline.spread([r[key] for r in results]) for key in results[0]}
               for name, results in rounds.items()}
    for name, figures in clients.items():
        middle = {key: value["median"] for key, value in figures.items()}
        lags = "".join(f"{middle[key]:>9.3f} ms" for key in ("lag_p50_ms", "lag_p99_ms") if key in middle)
        print(f"{name:<10}{middle['cpu_us_per_event']:>13.2f} us{lags}")
    if options.write:
        baseline.keep("stream_client", {"streams": options.streams, "tokens_per_s_of_each": options.rate,
                                        "limit_cpu_us_per_event": 8, "clients": clients}, load)
    return 0


if __name__ == "__main__":
    sys.exit(main())
