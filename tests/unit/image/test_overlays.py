"""Sound boards on Debian's kernel: overlays fit a Pi's device tree, and each board of the catalogue has its own, or a
reason why not. The build does the same with Debian's real trees (docs/image.md)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from oyez_hw.catalogue import known
from oyez_image import device_tree, drivers, overlays
from oyez_image.progress import BuildError

IMAGE = Path(__file__).parents[3] / "image"
HEADER = IMAGE / "boot/header.dts"
SOURCES = sorted((IMAGE / "overlays").glob("*.dts"))
PI = """/dts-v1/;
/ {
    compatible = "brcm,bcm2837";
    #address-cells = <1>;
    #size-cells = <1>;
    aliases { };
    soc {
        compatible = "simple-bus";
        #address-cells = <1>;
        #size-cells = <1>;
        ranges;
        clocks: clock@7e101000 { reg = <0x7e101000 0x2000>; #clock-cells = <1>; };
        dma: dma-controller@7e007000 { reg = <0x7e007000 0xf00>; #dma-cells = <1>; };
        gpio: gpio@7e200000 {
            compatible = "brcm,bcm2835-gpio";
            reg = <0x7e200000 0xb4>;
            gpio-controller;
            #gpio-cells = <2>;
            pinctrl-names = "default";
            pinctrl-0 = <&alt0>;
            alt0: alt0 { brcm,pins = <4 5 7 8 9 10 11>; brcm,function = <4>; };
            pcm_gpio18: pcm-gpio18 { brcm,pins = <18 19 20 21>; brcm,function = <4>; };
        };
        i2s: i2s@7e203000 {
            compatible = "brcm,bcm2835-i2s";
            reg = <0x7e203000 0x24>;
            clocks = <&clocks 31>;
            status = "disabled";
        };
        spi: spi@7e204000 {
            compatible = "brcm,bcm2835-spi";
            reg = <0x7e204000 0x200>;
            #address-cells = <1>;
            #size-cells = <0>;
            status = "disabled";
        };
        i2c1: i2c@7e804000 {
            compatible = "brcm,bcm2835-i2c";
            reg = <0x7e804000 0x1000>;
            #address-cells = <1>;
            #size-cells = <0>;
            status = "okay";
        };
    };
};
"""
"""What of Debian's tree of a Pi is referred to."""
I2S, SPI = "/soc/i2s@7e203000", "/soc/spi@7e204000"

needs_dtc = pytest.mark.skipif(shutil.which("dtc") is None, reason="device-tree-compiler is not installed")


def compiled(source: str, out: Path) -> Path:
    """Raises AssertionError with dtc's remarks."""
    done = subprocess.run(
        ["dtc", "-@", "-I", "dts", "-O", "dtb", "-o", out, "-"],
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return out


def laid_over(tree: Path, overlay: Path, out: Path) -> Path:
    subprocess.run(["fdtoverlay", "-i", tree, "-o", out, overlay], check=True)
    return out


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    return compiled(PI, tmp_path / "pi.dtb")


@pytest.fixture
def with_header(pi: Path, tmp_path: Path) -> Path:
    return laid_over(pi, compiled(HEADER.read_text(), tmp_path / "header.dtbo"), tmp_path / "header.dtb")


def phandle(node: device_tree.Node, name: str) -> bytes:
    return node[name][:4]


@needs_dtc
def test_a_header_that_is_switched_off_has_all_that_its_buses_need(with_header: Path) -> None:
    """The names in __overrides__ are those that the catalogue's `dtparam=` lines give."""
    tree = device_tree.nodes(with_header.read_bytes())
    assert not device_tree.is_on(tree[I2S])
    assert not device_tree.is_on(tree[SPI])
    assert tree["/soc/gpio@7e200000"]["pinctrl-names"] == b"unused\0"
    assert device_tree.words(tree[I2S]["dma-names"]) == ["tx", "rx"]
    assert f"{SPI}/spidev@0" in tree
    given = {line.removeprefix("dtparam=").partition("=")[0] for entry in known().values()
             for line in entry.boot.config_txt if line.startswith("dtparam=")}  # fmt: skip
    switches = tree["/__overrides__"]
    assert given <= set(switches)
    assert phandle(switches, "spi") == tree[SPI]["phandle"]
    assert switches["spi"][4:] == b"status\0"


@needs_dtc
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_an_overlay_makes_a_card_whose_parts_are_there_and_on(source: Path, with_header: Path, tmp_path: Path) -> None:
    overlay = compiled(source.read_text(), tmp_path / "overlay.dtbo")
    tree = device_tree.nodes(laid_over(with_header, overlay, tmp_path / "merged.dtb").read_bytes())
    by_phandle = {node["phandle"]: path for path, node in tree.items() if "phandle" in node}
    assert device_tree.words(tree["/sound"]["compatible"]) == ["simple-audio-card"]
    ends = [by_phandle[node["sound-dai"]] for node in tree.values() if "sound-dai" in node]
    assert I2S in ends
    assert len(set(ends)) > 1
    assert all(device_tree.is_on(tree[path]) and "#sound-dai-cells" in tree[path] for path in ends)


@needs_dtc
def test_the_parameters_that_the_lines_give_name_what_they_change(with_header: Path, tmp_path: Path) -> None:
    """`alsaname` is how the catalogue tells boards with one codec apart."""
    overlay = compiled((IMAGE / "overlays/wm8960-soundcard.dts").read_text(), tmp_path / "overlay.dtbo")
    tree = device_tree.nodes(overlay.read_bytes())
    by_phandle = {node["phandle"]: node for node in tree.values() if "phandle" in node}
    given = {word.partition("=")[0] for entry in known().values() for line in entry.boot.config_txt
             if line.startswith("dtoverlay=") for word in line.split(",")[1:]}  # fmt: skip
    assert given <= set(tree["/__overrides__"])
    for name, value in tree["/__overrides__"].items():
        target = by_phandle[value[:4]]
        assert value[4:].rstrip(b"\0").decode().partition(":")[0] in target, name


def test_each_board_has_its_overlays_on_the_card_or_a_reason_why_not() -> None:
    there = {path.stem for path in SOURCES}
    for entry in known().values():
        named = {line.removeprefix("dtoverlay=").split(",")[0] for line in entry.boot.config_txt
                 if line.startswith("dtoverlay=")}  # fmt: skip
        lacking = bool(named - there) or entry.drivers == "vendor overlay"
        assert lacking == bool(entry.boot.missing_on_image), entry.name


def test_a_device_without_a_driver_ends_the_build(tmp_path: Path) -> None:
    for folder in ("bare", "merged"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bare/pi.dtb").write_bytes(blob({}))
    (tmp_path / "merged/board-on-pi.dtb").write_bytes(blob({"codec": "acme,codec", "crystal": "fixed-clock"}))
    modules = tmp_path / "usr/lib/modules/6.12"
    modules.mkdir(parents=True)
    (modules / "modules.alias").write_text("alias of:N*T*Cacme,codec acme\nalias of:N*T*Cacme,otherC* acme\n")
    overlays.check(tmp_path, tmp_path, "6.12")
    (modules / "modules.alias").write_text("alias of:N*T*Cacme,otherC* acme\nalias usb:v1 acme,codec\n")
    with pytest.raises(BuildError, match="board: /codec, acme,codec"):
        overlays.check(tmp_path, tmp_path, "6.12")


def test_a_device_is_known_by_each_of_its_names(tmp_path: Path) -> None:
    modules = tmp_path / "usr/lib/modules/6.12"
    modules.mkdir(parents=True)
    (modules / "modules.alias").write_text("alias of:N*T*Ca,b x\nalias of:N*T*Ca,cC* x\nalias pci:v1 y\n")
    assert drivers.known_devices(tmp_path, "6.12") == {"a,b", "a,c"}


def blob(devices: dict[str, str]) -> bytes:
    """A device tree with these nodes below the root: name -> compatible."""
    structure = b"\0\0\0\1" + bytes(4)
    for name, compatible in devices.items():
        value = compatible.encode() + b"\0"
        structure += b"\0\0\0\1" + padded(name.encode() + b"\0")
        structure += b"\0\0\0\4" + b"\0\0\0\3" + len(value).to_bytes(4, "big") + bytes(4) + padded(value)
        structure += b"\0\0\0\2"
    structure += b"\0\0\0\2" + b"\0\0\0\x09"
    strings_at = 40 + len(structure)
    words = (0xD00DFEED, strings_at + 11, 40, strings_at, 0, 17, 16, 0, 11, len(structure))
    return b"".join(word.to_bytes(4, "big") for word in words) + structure + b"compatible\0"


def padded(value: bytes) -> bytes:
    return value + bytes(-len(value) % 4)
