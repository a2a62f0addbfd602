import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { type Places as Sent, PlacesSchema } from "../../gateway/web/gen/matchpoint/v1/lobby_pb";
import { Places } from "../../gateway/web/src/stores/places";

const sent = (revision: number, ...places: [roomCode: string, title: string, sessionId?: string][]): Sent =>
  create(PlacesSchema, {
    revision: BigInt(revision),
    places: places.map(([roomCode, title, sessionId = ""]) => ({ roomCode, title, sessionId })),
  });

const called = (places: Places): string | undefined => places.announced?.title;

test("a list that comes late does not replace a newer one", () => {
  const places = new Places();
  places.replaceList(sent(2, ["AAA234", "Cup"]), true);
  places.replaceList(sent(1), false);
  assert.deepEqual(
    places.tournaments.map(({ title }) => title),
    ["Cup"],
  );
});

test("the room for duels is the one without a title", () => {
  const places = new Places();
  places.replaceList(sent(1, ["AAA234", "Cup"], ["DDD234", ""]), true);
  assert.equal(places.duel?.roomCode, "DDD234");
  assert.deepEqual(
    places.tournaments.map(({ roomCode }) => roomCode),
    ["AAA234"],
  );
  assert.equal(places.of("AAA234")?.title, "Cup");
});

test("a tournament that was on at the connection's begin is called out, a later one when it is told", () => {
  const places = new Places();
  places.replaceList(sent(1, ["AAA234", "First", "s1"], ["DDD234", "", "s0"], ["BBB234", "Second"]), true);
  assert.equal(called(places), "First");
  places.dismiss("s1");
  places.replaceList(sent(2, ["AAA234", "First", "s1"], ["BBB234", "Second", "s2"]), false);
  assert.equal(called(places), undefined);
  places.announce("s2");
  assert.equal(called(places), "Second");
});

test("where the page has been it is not called again, nor to what is over", () => {
  const places = new Places();
  places.replaceList(sent(1, ["AAA234", "Cup", "s1"]), true);
  places.dismiss("s1");
  places.replaceList(sent(2, ["AAA234", "Cup", "s1"]), true);
  places.announce("s1");
  assert.equal(called(places), undefined);
  places.replaceList(sent(3, ["BBB234", "Other", "s2"]), true);
  places.replaceList(sent(4, ["BBB234", "Other"]), false);
  assert.equal(called(places), undefined);
});

test("whoever sits here next is not shown the places of the last", () => {
  const places = new Places();
  places.replaceList(sent(9, ["AAA234", "Cup", "s1"]), true);
  places.clear();
  assert.deepEqual([places.list.value, places.begun.value], [[], []]);
  places.replaceList(sent(1, ["AAA234", "Cup", "s1"]), true);
  assert.equal(called(places), "Cup");
});
