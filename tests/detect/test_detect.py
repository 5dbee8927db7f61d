"""Detection against recorded outputs of the real tools (sources in data/SOURCES.md)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fitcheck.answers.local import local_card, local_device
from fitcheck.catalog import load
from fitcheck.detect import local_machine
from fitcheck.errors import FitcheckError
from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.units import GB, GIB, MIB

CATALOG = load()

SMI = "nvidia-smi --query-gpu=index,uuid,name,memory.total,memory.free"
SMI_NEW = f"{SMI},compute_cap"
APPS = "nvidia-smi --query-compute-apps"


class NvmlError(Exception):
    pass


def nvml_of(cards, *, broken=False):
    """Stand in for pynvml with the calls that are made of it."""

    def init():
        if broken:
            raise NvmlError("Driver/library version mismatch")

    def memory(card):
        if card.total is None:
            raise NvmlError("Not Supported")
        return SimpleNamespace(total=card.total * MIB, free=card.free * MIB)

    def unsupported(*_):
        raise NvmlError("Not Supported")

    return SimpleNamespace(
        NVMLError=NvmlError,
        NVML_CLOCK_MEM=2,
        nvmlInit=init,
        nvmlShutdown=lambda: None,
        nvmlSystemGetDriverVersion=lambda: b"580.105.08",
        nvmlSystemGetProcessName=lambda pid: f"/usr/bin/program-{pid}",
        nvmlDeviceGetCount=lambda: len(cards),
        nvmlDeviceGetHandleByIndex=lambda index: cards[index],
        nvmlDeviceGetName=lambda card: card.name,
        nvmlDeviceGetMemoryInfo=memory,
        nvmlDeviceGetCudaComputeCapability=lambda card: card.capability,
        nvmlDeviceGetMaxClockInfo=lambda card, _: card.clock,
        nvmlDeviceGetMemoryBusWidth=lambda card: card.bus,
        nvmlDeviceGetDisplayActive=lambda _: 1,
        nvmlDeviceGetComputeRunningProcesses=lambda card: card.programs,
        nvmlDeviceGetGraphicsRunningProcesses=unsupported,
    )


def card(name, total, free, capability, *, clock=10501, bus=384, programs=()):
    return SimpleNamespace(
        name=name,
        total=total,
        free=free,
        capability=capability,
        clock=clock,
        bus=bus,
        programs=programs,
    )


def test_nvml_tells_memory_bandwidth_and_what_runs(fake):
    llama = SimpleNamespace(pid=42, usedGpuMemory=6 * GIB)
    nvml = nvml_of([card("NVIDIA GeForce RTX 4090", 24564, 17946, (8, 9), programs=[llama])])
    found = local_machine(fake.machine(nvml=nvml)).gpus[0]
    assert (found.name, found.found_by, found.compute_capability) == (
        "NVIDIA GeForce RTX 4090",
        "NVML",
        "8.9",
    )
    assert found.total_bytes == 24564 * MIB
    assert found.bandwidth_bytes_per_s == pytest.approx(1008 * GB, rel=0.001)
    assert found.occupants[0].name == "program-42"
    assert found.occupants[0].memory_bytes == 6 * GIB
    assert found.drives_display


def test_a_broken_nvml_gives_way_to_nvidia_smi(fake):
    line = (
        "0, GPU-a, NVIDIA GeForce RTX 4090, 24564 MiB, 24090 MiB, 8.9, 10501 MHz, Disabled, 580\n"
    )
    probe = fake.machine(
        nvml=nvml_of([], broken=True),
        programs={SMI_NEW: line, APPS: "GPU-a, 7, /opt/ollama/ollama, 5120 MiB\n"},
    )
    machine = local_machine(probe)
    assert machine.gpus[0].free_bytes == 24090 * MIB
    assert machine.gpus[0].occupants[0].name == "ollama"
    assert any("mismatch" in line for line in machine.tried)


def test_an_old_driver_that_knows_no_compute_capability(fake):
    lines = "0, GPU-a, Tesla P40, 22919 MiB, 22700 MiB\n1, GPU-b, Tesla P40, 22919 MiB, 9000 MiB\n"
    probe = fake.machine(programs={SMI_NEW: 'Field "compute_cap" is not a valid field', SMI: lines})
    device = local_device(CATALOG, local_machine(probe))
    assert device.count == 2
    assert {gpu.id for gpu in device.gpus} == {"tesla-p40"}
    assert [usable_memory(gpu).bytes // MIB for gpu in device.gpus] == [22700, 9000]


def test_memory_tells_apart_cards_of_one_name(fake):
    line = "0, GPU-a, NVIDIA GeForce RTX 3060, 12288 MiB, 12110 MiB, 8.6, 7501 MHz, Disabled, 580\n"
    found = local_device(CATALOG, local_machine(fake.machine(programs={SMI_NEW: line})))
    assert found.gpus[0].id == "rtx-3060-12gb"


def test_bandwidth_tells_apart_cards_of_one_name_and_size(fake):
    nvml = nvml_of([card("NVIDIA GeForce GTX 1650", 4096, 3900, (7, 5), clock=6001, bus=128)])
    found = local_device(CATALOG, local_machine(fake.machine(nvml=nvml)))
    assert found.gpus[0].id == "gtx-1650-gddr6"


def test_a_modified_board_keeps_the_total_that_was_detected(fake):
    nvml = nvml_of([card("NVIDIA GeForce RTX 4090", 49140, 48600, (8, 9))])
    gpu = local_device(CATALOG, local_machine(fake.machine(nvml=nvml))).gpus[0]
    assert gpu.id == "rtx-4090"
    assert gpu.memory_bytes == gpu.driver_memory_bytes == 49140 * MIB
    assert usable_memory(gpu).bytes == 48600 * MIB
    assert gpu.bandwidth_bytes_per_s == 1008 * GB


def test_a_card_no_table_knows_works_if_its_bandwidth_is_told(fake):
    nvml = nvml_of([card("NVIDIA RTX 9999", 40000, 39000, (13, 0), clock=16000, bus=512)])
    gpu = local_device(CATALOG, local_machine(fake.machine(nvml=nvml))).gpus[0]
    assert gpu.bandwidth_bytes_per_s == 2048 * GB
    assert usable_memory(gpu).bytes == 39000 * MIB
    line = "0, GPU-a, NVIDIA RTX 9999, 40000 MiB, 39000 MiB, 13.0, 16000 MHz, Disabled, 580\n"
    machine = local_machine(fake.machine(programs={SMI_NEW: line}))
    with pytest.raises(FitcheckError, match="no table knows") as refused:
        local_card(machine.gpus[0], machine, CATALOG)
    assert "--bandwidth" in refused.value.hint


def test_a_dgx_spark_shows_no_memory_of_its_own(fake):
    line = "0, GPU-a, NVIDIA GB10, [N/A], [N/A], 12.1, [N/A], Disabled, 580.173.02\n"
    machine = local_machine(fake.machine(programs={SMI_NEW: line}))
    gpu = local_device(CATALOG, machine).gpus[0]
    assert gpu.id == "dgx-spark-gb10"
    assert usable_memory(gpu).bytes == machine.ram_free_bytes


def test_rocm_smi(fake):
    probe = fake.machine(programs={"rocm-smi": fake.recorded("rocm_smi_rx7900xt.json")})
    machine = local_machine(probe)
    assert machine.gpus[0].compute_capability == "gfx1100"
    gpu = local_device(CATALOG, machine).gpus[0]
    assert gpu.id == "rx-7900-xt"
    assert usable_memory(gpu).bytes == 21458059264 - 27856896


def test_graphics_inside_the_processor_is_left_out_beside_a_card(fake):
    recorded = fake.recorded("rocm_smi_rx6800_and_raphael.json")
    machine = local_machine(fake.machine(programs={"rocm-smi": recorded}))
    assert len(machine.gpus) == 1
    gpu = local_device(CATALOG, machine).gpus[0]
    assert gpu.bandwidth_bytes_per_s == 512 * GB
    assert gpu.driver_memory_bytes == 17163091968


def test_amd_without_its_tool_is_read_from_the_kernel(fake):
    device = "/sys/class/drm/card1/device"
    files = {
        f"{device}/vendor": "0x1002\n",
        f"{device}/uevent": "DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0\n",
        f"{device}/mem_info_vram_total": "25753026560\n",
        f"{device}/mem_info_vram_used": "1000000000\n",
        f"{device}/mem_info_gtt_total": "33000000000\n",
        f"{device}/mem_info_gtt_used": "0\n",
    }
    programs = {"lspci -s 0000:03:00.0": fake.recorded("lspci_navi31.txt")}
    gpu = local_device(CATALOG, local_machine(fake.machine(files=files, programs=programs))).gpus[0]
    assert gpu.id == "rx-7900-xtx"  # of the names lspci gives, the one with that much memory
    assert gpu.free_memory_bytes == 24753026560


def test_strix_halo_takes_what_the_kernel_lends(fake):
    device = "/sys/class/drm/card0/device"
    files = {
        f"{device}/vendor": "0x1002\n",
        f"{device}/uevent": "PCI_SLOT_NAME=0000:c5:00.0\n",
        f"{device}/mem_info_vram_total": str(512 * MIB),
        f"{device}/mem_info_vram_used": "0\n",
        f"{device}/mem_info_gtt_total": str(63967 * MIB),
        f"{device}/mem_info_gtt_used": str(1000 * MIB),
    }
    line = "c5:00.0 Display controller: AMD [AMD/ATI] Strix Halo [Radeon 8060S]"
    gpu = local_device(
        CATALOG, local_machine(fake.machine(files=files, programs={"lspci": line}))
    ).gpus[0]
    assert gpu.id == "ryzen-ai-max-395-128gb"
    assert usable_memory(gpu).bytes == 62967 * MIB


def test_intel_arc_is_named_by_lspci(fake):
    files = {
        "/sys/class/drm/card0/device/vendor": "0x8086\n",
        "/sys/class/drm/card0/device/uevent": "DRIVER=xe\nPCI_SLOT_NAME=0000:29:00.0\n",
    }
    programs = {"lspci -s 0000:29:00.0": fake.recorded("lspci_arc_b580.txt")}
    machine = local_machine(fake.machine(files=files, programs=programs))
    assert machine.gpus[0].name == "Arc B580"
    assert local_device(CATALOG, machine).gpus[0].id == "arc-b580"


def test_graphics_inside_any_processor_is_no_device_beside_a_card(fake):
    line = "0, GPU-a, NVIDIA GeForce RTX 3060, 12288 MiB, 12110 MiB, 8.6, 7501 MHz, Disabled, 580\n"
    files = {
        "/sys/class/drm/card0/device/vendor": "0x8086\n",
        "/sys/class/drm/card0/device/uevent": "DRIVER=i915\nPCI_SLOT_NAME=0000:00:02.0\n",
    }
    programs = {
        SMI_NEW: line,
        "lspci": "00:02.0 VGA compatible controller: Intel Meteor Lake-P [Intel Arc Graphics]",
    }
    machine = local_machine(fake.machine(programs=programs, files=files))
    assert [gpu.vendor for gpu in machine.gpus] == ["nvidia"]
    machine = local_machine(fake.machine(programs={"lspci": programs["lspci"]}, files=files))
    assert machine.gpus[0].unified_memory


def test_of_two_makers_the_one_with_more_memory_is_the_device(fake):
    line = "0, GPU-a, NVIDIA GeForce RTX 3060, 12288 MiB, 12110 MiB, 8.6, 7501 MHz, Disabled, 580\n"
    programs = {SMI_NEW: line, "rocm-smi": fake.recorded("rocm_smi_rx7900xt.json")}
    machine = local_machine(fake.machine(programs=programs))
    assert len(machine.gpus) == 2
    assert local_device(CATALOG, machine).id == "rx-7900-xt"


def test_cards_of_other_makers_on_windows_are_read_from_the_registry(fake):
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce}"
    names = f"""
{key}\\0000
    DriverDesc    REG_SZ    Intel(R) Arc(TM) Pro B60 Graphics

{key}\\0001
    DriverDesc    REG_SZ    Microsoft Basic Display Adapter
ERROR: Access is denied.
"""
    sizes = f"""
{key}\\0000
    HardwareInformation.qwMemorySize    REG_QWORD    0x600000000

{key}\\0001
    HardwareInformation.qwMemorySize    REG_QWORD    0x20000000

End of search: 2 match(es) found.
"""
    query = r"reg query HKLM\SYSTEM\CurrentControlSet\Control\Class"
    klass = f"{query}\\{{4d36e968-e325-11ce-bfc1-08002be10318}} /s /v"
    programs = {f"{klass} DriverDesc": names, f"{klass} HardwareInformation": sizes}
    machine = local_machine(fake.machine(programs=programs, platform="win32"))
    assert machine.system == "windows"
    gpu = local_device(CATALOG, machine).gpus[0]
    assert (gpu.id, gpu.driver_memory_bytes) == ("arc-pro-b60", 24 * GIB)


MAC = {
    "sysctl -n machdep.cpu.brand_string": "Apple M4\n",
    "sysctl -n hw.memsize": "17179869184\n",
    "sysctl -n iogpu.wired_limit_mb": "0\n",
    "sw_vers -productVersion": "15.3.1\n",
}


def test_a_mac(fake):
    programs = {**MAC, "system_profiler": fake.recorded("system_profiler_m4.json")}
    machine = local_machine(fake.machine(programs=programs, platform="darwin"))
    assert machine.system == "macos-15"
    gpu = local_device(CATALOG, machine).gpus[0]
    assert (gpu.id, gpu.memory_bytes) == ("apple-m4-10c", 16 * GIB)
    assert usable_memory(gpu, system="macos").bytes == round(16 * GIB * 2 / 3)


def test_a_mac_whose_limit_was_raised(fake):
    programs = {
        **MAC,
        "sysctl -n hw.memsize": str(128 * GIB),
        "sysctl -n iogpu.wired_limit_mb": "122880\n",
        "system_profiler": fake.recorded("system_profiler_m3_max.json"),
    }
    gpu = local_device(
        CATALOG, local_machine(fake.machine(programs=programs, platform="darwin"))
    ).gpus[0]
    assert gpu.id == "apple-m3-max-40c"
    assert usable_memory(gpu).bytes == 122880 * MIB


def test_no_gpu_is_said_and_nothing_breaks(fake):
    machine = local_machine(fake.machine())
    assert machine.gpus == ()
    assert machine.ram_bytes == 131072000 * 1024
    assert any("nvidia-smi" in line for line in machine.tried)
    with pytest.raises(FitcheckError, match="no GPU was found"):
        local_device(CATALOG, machine)


@pytest.mark.parametrize("nonsense", ["", "No devices were found", "a,b,c", "{", '{"card0": {}}'])
def test_nonsense_from_a_tool_is_no_gpu(fake, nonsense):
    programs = {"nvidia-smi": nonsense, "rocm-smi": nonsense, "lspci": nonsense}
    assert local_machine(fake.machine(programs=programs)).gpus == ()


def test_wsl_and_the_speed_of_its_memory(fake):
    dmidecode = """
Memory Device
	Locator: DIMM_A1
	Type: DDR5
	Speed: 6000 MT/s
	Configured Memory Speed: 5600 MT/s
Memory Device
	Locator: DIMM_B1
	Type: DDR5
	Configured Memory Speed: 5600 MT/s
Memory Device
	Locator: DIMM_A2
	Type: Unknown
	Speed: Unknown
"""
    machine = local_machine(
        fake.machine(
            programs={"dmidecode": dmidecode},
            files={"/proc/version": "Linux version 6.6.87-microsoft-standard-WSL2"},
        )
    )
    assert machine.system == "wsl"
    assert machine.ram_kind == "DDR5-5600, 2 channels"
    assert machine.ram_bandwidth_bytes_per_s == pytest.approx(89.6 * GB)
