"""Rules for the contract itself, which no program can break."""

import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

import matchpoint.internal.v1
import matchpoint.v1
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from matchpoint.v1 import frames_pb2, session_pb2
from matchpoint.v1.options_pb2 import Access
from matchpoint.v1.refusal_pb2 import Reason

from wire.access import access_of
from wire.refusal import TABLE
from wire.settings import retried_methods

PACKAGES = (matchpoint.v1, matchpoint.internal.v1)


def files(*packages: ModuleType) -> list[FileDescriptor]:
    """Every file of some packages of the contract."""
    modules = [
        module for package in packages for module in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
    ]
    return [import_module(module.name).DESCRIPTOR for module in modules if module.name.endswith("_pb2")]


def methods(*packages: ModuleType) -> list[str]:
    """Every method of some packages of the contract, as calls name it."""
    services = [service for file in files(*packages) for service in file.services_by_name.values()]
    return [f"/{service.full_name}/{method.name}" for service in services for method in service.methods]


def test_every_method_says_who_may_call_it() -> None:
    assert [method for method in methods(*PACKAGES) if access_of(method) == Access.ACCESS_UNSPECIFIED] == []


def test_a_method_outside_the_contract_is_closed() -> None:
    for method in ("/matchpoint.v1.SessionService/Nope", "/other.Service/Nope", "", "/", "nonsense"):
        assert access_of(method) == Access.ACCESS_UNSPECIFIED


def test_the_three_names_of_the_mission_are_there() -> None:
    assert {
        "/matchpoint.v1.SessionService/CreateSession",
        "/matchpoint.v1.SessionService/StreamGameState",
        "/matchpoint.internal.v1.ReportService/ReportStats",
    } <= set(methods(*PACKAGES))


def test_the_internal_package_is_for_programs_only_and_nothing_public_depends_on_it() -> None:
    internal = matchpoint.internal.v1
    assert [method for method in methods(internal) if access_of(method) != Access.ACCESS_SERVICE] == []
    own = {file.name for file in files(internal)}
    assert [file.name for file in files(matchpoint.v1) for other in file.dependencies if other.name in own] == []


def test_what_programs_may_call_in_the_public_package_is_what_operators_are_shown() -> None:
    cookbook = (Path(__file__).parents[2] / "docs" / "grpc.md").read_text()
    for_programs = {method for method in methods(matchpoint.v1) if access_of(method) == Access.ACCESS_SERVICE}
    assert {method for method in for_programs if method not in cookbook} == set()


def test_what_programs_may_repeat_is_retried() -> None:
    repeatable = {
        (service.full_name, method.name)
        for file in files(*PACKAGES)
        for service in file.services_by_name.values()
        for method in service.methods
        if method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
        and access_of(f"/{service.full_name}/{method.name}") == Access.ACCESS_SERVICE
    }
    assert {(method["service"], method["method"]) for method in retried_methods()} == repeatable
    assert ("matchpoint.v1.SessionService", "CreateSession") in repeatable
    assert ("matchpoint.internal.v1.PlayService", "Play") not in repeatable


def test_every_reason_has_a_status_and_a_close_code() -> None:
    assert set(TABLE) == set(Reason.values())
    assert all(code in range(1000, 1016) or code in range(4000, 5000) for _, code in TABLE.values())


def test_a_raw_twin_has_the_numbers_of_its_original_and_bytes_where_it_does_not_look() -> None:
    messages = {name: message for file in files(*PACKAGES) for name, message in file.message_types_by_name.items()}
    for name in ("PlayRequest", "Inbound", "PlayResponse", "Delivery", "GetReplayResponse", "ClientMessage"):
        original, twin = messages[name], messages[f"Raw{name}"]
        for field in twin.fields:
            other = original.fields_by_number[field.number]
            assert (field.name, field.is_repeated) == (other.name, other.is_repeated)
            if field.type == FieldDescriptor.TYPE_BYTES:
                assert other.type == FieldDescriptor.TYPE_MESSAGE
            elif field.message_type is not None:
                assert other.message_type is not None
                assert field.message_type.name in (other.message_type.name, f"Raw{other.message_type.name}")
            else:
                assert field.type == other.type


def test_what_is_streamed_reads_as_what_a_browser_gets() -> None:
    streamed: Descriptor = session_pb2.StreamGameStateResponse.DESCRIPTOR
    for field in streamed.fields:
        other = frames_pb2.ServerMessage.DESCRIPTOR.fields_by_number[field.number]
        assert (field.name, field.message_type) == (other.name, other.message_type)
