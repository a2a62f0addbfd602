import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRoomCode, isRoomCode } from "../../gateway/web/src/lib/room-code";
import { routeOf } from "../../gateway/web/src/stores/router";

test("a room's code is found in whatever was typed or pasted", () => {
  for (const text of [
    "K7M2QX",
    "k7m2qx",
    " K7M-2QX ",
    "K7M 2QX",
    "K7M2QX.",
    "(K7M2QX)",
    "/room/K7M2QX",
    "http://localhost:7000/room/K7M2QX",
    "https://play.example.org/room/k7m2qx?from=chat#top",
    "Come: https://play.example.org/room/K7M2QX.",
    "(https://play.example.org/room/K7M2QX)",
    "<https://play.example.org/room/K7M2QX>,",
    "https://play.example.org/room/K7M2QX/",
    "「https://play.example.org/room/K7M2QX」。",
    "K7M2QX%2E",
  ]) {
    assert.equal(parseRoomCode(text), "K7M2QX", text);
    assert.ok(isRoomCode(parseRoomCode(text)));
  }
});

test("what is no code stays recognisable as what was typed, and is none", () => {
  assert.equal(parseRoomCode("hello there"), "HELLOTHERE");
  for (const text of ["", "ABC", "HELLOTHERE", "K7M2Q0", "K7M2QX7"])
    assert.equal(isRoomCode(parseRoomCode(text)), false, text);
});

test("a link to a room with a dot or a bracket behind it leads to the room", () => {
  for (const end of ["", ".", ")", ").", "%29", ",", "!", "%E3%80%82"]) {
    assert.deepEqual(routeOf(`/room/K7M2QX${end}`), { page: "room", code: "K7M2QX" }, end);
  }
});

test("no address throws, however it is escaped", () => {
  const parts = [
    "%",
    "%E0%A4%A",
    "%00",
    "%C0%AF",
    "%u0041",
    "..",
    "//",
    "room",
    "play",
    "replay",
    "tournament",
    "\u{202e}",
    "\ud800",
    "%F0%9F%98",
    "1",
    "<b>",
    "a".repeat(9_999),
  ];
  let state = 1;
  const random = (n: number): number => (state = (state * 48_271) % 2_147_483_647) % n;
  for (let i = 0; i < 20_000; i++) {
    const path = Array.from({ length: random(5) }, () => parts[random(parts.length)]).join(random(3) ? "/" : "");
    assert.ok(routeOf(`/${path}`).page, path);
  }
});
