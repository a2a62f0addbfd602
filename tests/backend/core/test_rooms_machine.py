"""Promises that a room keeps under any commands in any order."""

from hypothesis import settings

from tests.support.harnesses.room_machine import RoomMachine

TestRoomMachine = RoomMachine.TestCase
TestRoomMachine.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
