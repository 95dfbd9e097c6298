"""What the figures were measured on."""
import os
import platform
import sys


def cpuinfo(key):
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name.strip() == key:
                return value.strip()
    return ""


def flags():
    return set(cpuinfo("flags").split())


def has_avx512():
    """What PyTorch's AVX-512 kernels are compiled for; it does not ask before it runs them."""
    return {"avx512f", "avx512bw", "avx512dq", "avx512vl", "fma"} <= flags()


def our_simd():
    return "best,avx2" if "avx2" in flags() else "best"


def describe():
    return {"processor": cpuinfo("model name") or platform.processor(), "cores": os.cpu_count(),
            "system": platform.platform(), "load": round(os.getloadavg()[0], 2)}


def warn_of_load():
    """Barriers of a loaded machine cost PyTorch's thread pool far more than ours: ratios swell."""
    load = os.getloadavg()[0]
    if load > 0.3 * os.cpu_count():
        print(f"race: other programs are running (load {load:.1f} on {os.cpu_count()} cores): "
              "these figures are not to be quoted", file=sys.stderr, flush=True)
        return True
    return False
