"""The colors of the metals and stones."""

from typing import NamedTuple


class Metal(NamedTuple):
    """A metal's tones from its brightest gleam to its deepest shade."""

    name: str
    shine: str
    light: str
    mid: str
    dark: str
    deep: str


class Stone(NamedTuple):
    """A stone's name and its six tones, from dark to bright."""

    name: str
    tones: tuple[str, ...]


METALS = {
    "yellow": Metal("yellow gold", "#fff8dc", "#f6d98a", "#dcae48", "#a97826", "#6b4511"),
    "white": Metal("white gold", "#fff", "#ecebe7", "#c3c1bc", "#8d8b86", "#53514d"),
    "rose": Metal("rose gold", "#fff3ec", "#f5cbb6", "#dc9c82", "#aa6751", "#6b3a2b"),
    "platinum": Metal("platinum", "#fff", "#e2e9ef", "#aeb9c4", "#76828e", "#3f4852"),
    "silver": Metal("silver", "#fff", "#f3f5f5", "#d2d6d8", "#9a9fa3", "#5f6468"),
}


def _stone(name: str, tones: str) -> Stone:
    return Stone(name, tuple(f"#{tone}" for tone in tones.split()))


STONES = {
    "diamond": _stone("diamond", "647b8e 9db2c1 c6d5df e1ebf1 f3f8fb ffffff"),
    "yellowdiamond": _stone("yellow diamond", "8a6a06 c59a10 ebc52f f8de6b fdf0ad fffbe6"),
    "sapphire": _stone("sapphire", "081650 10318f 1d50c4 447ee6 8cb6f7 dfecff"),
    "pinksapphire": _stone("pink sapphire", "760a45 b31a6c dc3f92 f073b5 f9aed5 fff0f8"),
    "ruby": _stone("ruby", "4a0312 860822 c01437 e34666 f48fa4 ffe1e7"),
    "emerald": _stone("emerald", "023224 065a41 10835a 38ae7e 88d7b3 def8ec"),
    "aquamarine": _stone("aquamarine", "2b7f97 55a9bf 86cbdb b1e1eb d6f2f7 f6fdff"),
    "amethyst": _stone("amethyst", "34104f 5a2286 8140b3 a76fd3 cfabec f5e9ff"),
    "citrine": _stone("citrine", "7d3c04 b8650a e28f1b f5b548 fbd68a fff5dc"),
    "garnet": _stone("garnet", "32040a 610a14 931722 bd3a3f df7f7c fbdedb"),
    "tanzanite": _stone("tanzanite", "1d1459 372a90 5347c0 7d74de b0a9f2 eceaff"),
    "morganite": _stone("morganite", "b0685c d4958a ebb8ae f5d2ca fbe6e1 fffaf8"),
    "peridot": _stone("peridot", "3c5703 638710 8bb022 afcf4e d3e88e f8fde2"),
    "bluetopaz": _stone("blue topaz", "073f56 0f6280 2489a8 56b1ca 9cd6e5 e6f8fc"),
    "tourmaline": _stone("tourmaline", "0b423b 14685a 2b8f7b 5cb6a1 a1dbcc e6f9f4"),
    "spinel": _stone("spinel", "560c1f 96193a cd3457 ea6a83 f7a9b6 ffecee"),
    "pearl": _stone("pearl", "8f7764 b59d8b d8c4b4 efe3da fbf6f2 ffffff"),
}
