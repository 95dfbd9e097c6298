"""Where what a generator made now differs from the golden that is kept; for their --check."""


def differences(made, kept, tolerance, least=1.0, place=""):
    """A line for each value that is another one. Numbers may differ by `tolerance`, relative to the larger of them but
    to no less than `least`: other processors round sums otherwise."""
    if isinstance(made, dict) and isinstance(kept, dict) and made.keys() == kept.keys():
        pairs = [(f"{place}/{key}", made[key], kept[key]) for key in made]
    elif isinstance(made, list) and isinstance(kept, list) and len(made) == len(kept):
        pairs = [(f"{place}/{i}", a, b) for i, (a, b) in enumerate(zip(made, kept))]
    elif made == kept or (isinstance(made, float) and isinstance(kept, float) and
                          abs(made - kept) <= tolerance * max(least, abs(made), abs(kept))):
        return []
    elif isinstance(made, (dict, list)) or isinstance(kept, (dict, list)):
        return [f"{place}: another shape"]
    else:
        return [f"{place}: {made} made, {kept} kept"]
    return [line for inner, a, b in pairs for line in differences(a, b, tolerance, least, inner)]
