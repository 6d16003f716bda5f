"""One long-lived process that runs EZKL for the prover.

Speaks JSON lines: a request {"id", "op", "args"} on standard input, a reply {"id", "ok", ...} on standard
output, one at a time. Every path is relative to the folder given as --root and may not leave it. Nothing is
fetched.
"""

import argparse
import asyncio
import ctypes
import inspect
import json
import os
import resource
import signal
import sys
import time

import ezkl

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from table import Unreadable, constants_used_once, is_linear, read_nodes  # noqa: E402

LINE_BYTES_MAX = 1 << 20
FILE_BYTES_MAX = 4 << 30
VISIBILITY = {"input_visibility": "public", "param_visibility": "hashed", "output_visibility": "public"}


class BadRequest(Exception):
    """The request is not one that this worker takes."""


class EzklFailed(Exception):
    """EZKL refused the work."""


class Files:
    """Resolves the relative paths of a request inside the root folder."""

    def __init__(self, root):
        self.root = os.path.realpath(root)

    def path(self, args, key):
        value = args.get(key)
        if not isinstance(value, str) or not value or os.path.isabs(value):
            raise BadRequest(f"{key} is not a relative path")
        full = os.path.realpath(os.path.join(self.root, value))
        if not full.startswith(self.root + os.sep):
            raise BadRequest(f"{key} leaves the folder")
        return full


def integer(args, key, low, high):
    value = args.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadRequest(f"{key} is not an integer in {low}...{high}")
    return value


def ezkl_call(loop, function, *args, **kwargs):
    """Runs one of EZKL's functions, some of which return awaitables only inside a running loop."""

    async def run():
        result = function(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    try:
        return loop.run_until_complete(run())
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # Rust panics arrive as BaseException
        raise EzklFailed(f"{function.__name__}: {str(error)[:400]}") from error


def write_atomic(path, text):
    partial = path + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(partial, path)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def canonical(settings):
    """The settings without the time of day, keys and range checks sorted.

    EZKL keeps the range checks in a hash set, so their order changes from run to run, and with it the key.
    """
    settings.pop("timestamp", None)
    settings["required_range_checks"].sort()
    settings["required_lookups"].sort(key=lambda value: json.dumps(value, sort_keys=True))
    return json.dumps(settings, sort_keys=True, separators=(",", ":"))


def op_version(_loop, _files, _args):
    return {"ezkl": getattr(ezkl, "__version__", None) or package_version(), "python": sys.version.split()[0]}


def package_version():
    from importlib.metadata import version

    return version("ezkl")


def op_gen_srs(loop, files, args):
    """Makes an SRS whose secret this process has known: development only."""
    ezkl_call(loop, ezkl.gen_srs, files.path(args, "srs"), integer(args, "logrows", 1, 20))
    return {}


def op_settings(loop, files, args):
    """Writes the canonical settings of an ONNX graph at fixed scales; returns them, and whether it is linear.

    Refuses a graph with a weight used once: EZKL 23.0.5 does not tie such a weight to the parameters' hash.
    """
    run = ezkl.PyRunArgs()
    for name, value in VISIBILITY.items():
        setattr(run, name, value)
    run.decomp_base = 128
    run.decomp_legs = 4
    run.disable_freivalds = True
    run.lookup_range = (0, 0)
    run.input_scale = integer(args, "inputScale", 0, 20)
    run.param_scale = integer(args, "paramScale", 0, 20)
    run.logrows = integer(args, "logrows", 6, 20)
    run.ignore_range_check_inputs_outputs = args.get("ignoreRangeChecks") is True
    out = files.path(args, "settings")
    onnx = files.path(args, "onnx")
    if not ezkl_call(loop, ezkl.gen_settings, onnx, out, py_run_args=run):
        raise EzklFailed("gen_settings: refused")
    nodes = read_nodes(ezkl_call(loop, ezkl.table, onnx, run))
    if constants_used_once(nodes):
        raise EzklFailed("a weight is used once, and so is not bound to the hash of the weights")
    text = canonical(read_json(out))
    write_atomic(out, text)
    return {"settings": text, "linear": is_linear(nodes)}


def op_compile(loop, files, args):
    ezkl_call(
        loop,
        ezkl.compile_circuit,
        files.path(args, "onnx"),
        files.path(args, "circuit"),
        files.path(args, "settings"),
    )
    return {}


def op_setup(loop, files, args):
    ezkl_call(
        loop,
        ezkl.setup,
        files.path(args, "circuit"),
        files.path(args, "vk"),
        files.path(args, "pk"),
        files.path(args, "srs"),
    )
    return {}


def op_evm(loop, files, args):
    """Writes the verification key artefact and, when asked for, the source of the reusable verifier."""
    vk, settings, srs = (files.path(args, key) for key in ("vk", "settings", "srs"))
    ezkl_call(loop, ezkl.create_evm_vka, vk, settings, files.path(args, "vka"), srs)
    if "verifier" not in args:
        return {}
    source = files.path(args, "verifier")
    try:
        ezkl_call(loop, ezkl.create_evm_verifier, vk, settings, source, source + ".abi", srs, True)
    except EzklFailed:
        # The source is written before EZKL looks for a compiler, which offline it never finds.
        if not os.path.exists(source) or os.path.getsize(source) == 0:
            raise
    return {}


def op_witness(loop, files, args):
    """Runs the circuit on one batch of signed integers; results are field elements (hex, little-endian)."""
    inputs = args.get("inputs")
    if not isinstance(inputs, list) or not all(type(value) is int for value in inputs):
        raise BadRequest("inputs is not a list of integers")
    witness = files.path(args, "witness")
    data = witness + ".input"
    write_atomic(data, json.dumps({"input_data": [inputs]}))
    ezkl_call(loop, ezkl.gen_witness, data, files.path(args, "circuit"), witness)
    found = read_json(witness)
    return {
        "inputs": [felt for column in found["inputs"] for felt in column],
        "outputs": [felt for column in found["outputs"] for felt in column],
        "params": found["processed_params"]["poseidon_hash"],
    }


def op_prove(loop, files, args):
    proof = files.path(args, "proof")
    ezkl_call(
        loop,
        ezkl.prove,
        files.path(args, "witness"),
        files.path(args, "circuit"),
        files.path(args, "pk"),
        proof,
        files.path(args, "srs"),
    )
    made = read_json(proof)
    instances = [felt for column in made["instances"] for felt in column]
    return {"instances": instances, "proof": made["hex_proof"]}


def op_verify(loop, files, args):
    """Whether the wheel's own verifier accepts a proof (a refusal is an answer, not an error)."""
    paths = [files.path(args, key) for key in ("proof", "settings", "vk", "srs")]
    try:
        return {"valid": bool(ezkl_call(loop, ezkl.verify, *paths))}
    except EzklFailed as error:
        return {"valid": False, "why": str(error)}


def op_poseidon(loop, _files, args):
    message = args.get("message")
    if not isinstance(message, list) or not all(isinstance(felt, str) for felt in message):
        raise BadRequest("message is not a list of field elements")
    return {"digest": ezkl_call(loop, ezkl.poseidon_hash, message)[0]}


OPS = {
    "version": op_version,
    "gen_srs": op_gen_srs,
    "settings": op_settings,
    "compile": op_compile,
    "setup": op_setup,
    "evm": op_evm,
    "witness": op_witness,
    "prove": op_prove,
    "verify": op_verify,
    "poseidon": op_poseidon,
}


def answer(loop, files, line):
    """The reply to one request line; never raises."""
    request_id = None
    try:
        request = json.loads(line)
        request_id = request.get("id")
        op = OPS.get(request.get("op"))
        if op is None:
            raise BadRequest("unknown op")
        before = resource.getrusage(resource.RUSAGE_SELF)
        started = time.monotonic()
        result = op(loop, files, request.get("args") or {})
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        wall = time.monotonic() - started
        usage = {"wallMs": wall * 1e3, "cpuMs": cpu * 1e3, "rssPeakKiB": after.ru_maxrss}
        return {"id": request_id, "ok": True, "result": result, "usage": usage}
    except BadRequest as error:
        return failure(request_id, "bad_request", error)
    except (EzklFailed, Unreadable) as error:
        return failure(request_id, "ezkl_failed", error)
    except Exception as error:
        return failure(request_id, "internal", f"{type(error).__name__}: {error}")


def failure(request_id, code, error):
    return {"id": request_id, "ok": False, "error": {"code": code, "message": str(error)[:500]}}


def confine():
    """No core dumps, no huge files, and no life after the parent on Linux."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES_MAX, FILE_BYTES_MAX))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    files = Files(parser.parse_args().root)
    confine()
    # EZKL prints tables and warnings: keep the real standard output for replies, send its own to the log.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    loop = asyncio.new_event_loop()
    while line := sys.stdin.buffer.readline(LINE_BYTES_MAX):
        replies.write(json.dumps(answer(loop, files, line)) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
