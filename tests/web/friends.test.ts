import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Bond, type FriendList, FriendListSchema } from "../../gateway/web/gen/matchpoint/v1/friend_pb";
import { type Invited, InvitedSchema } from "../../gateway/web/gen/matchpoint/v1/lobby_pb";
import { Friends } from "../../gateway/web/src/stores/friends";

const list = (revision: number, ...bonds: [accountId: string, bond: Bond][]): FriendList =>
  create(FriendListSchema, {
    revision: BigInt(revision),
    friends: bonds.map(([accountId, bond]) => ({ accountId, name: accountId, bond })),
  });

const invitation = (accountId: string, roomCode: string): Invited =>
  create(InvitedSchema, { accountId, name: accountId, roomCode });

test("a list that comes late does not replace a newer one", () => {
  const friends = new Friends();
  friends.replaceList(list(2, ["mina", Bond.FRIEND]));
  friends.replaceList(list(1));
  assert.deepEqual(
    friends.of(Bond.FRIEND).map((f) => f.name),
    ["mina"],
  );
});

test("those who ask and those who invite wait for an answer", () => {
  const friends = new Friends();
  friends.replaceList(list(1, ["jun", Bond.ASKS], ["mina", Bond.FRIEND], ["sol", Bond.ASKED], ["ara", Bond.BLOCKED]));
  friends.invited(invitation("mina", "ABC234"));
  assert.equal(friends.waiting, 2);
});

test("of several invitations by one friend the newest holds, until its room is entered or declined", () => {
  const friends = new Friends();
  friends.replaceList(list(1, ["mina", Bond.FRIEND], ["jun", Bond.FRIEND]));
  friends.invited(invitation("mina", "ABC234"));
  friends.invited(invitation("jun", "JJJ234"));
  friends.invited(invitation("mina", "DEF567"));
  assert.deepEqual(
    friends.invitations.value.map((i) => i.roomCode),
    ["DEF567", "JJJ234"],
  );
  friends.dismissInvitations("DEF567");
  assert.deepEqual(
    friends.invitations.value.map((i) => i.name),
    ["jun"],
  );
});

test("an invitation goes with the friendship", () => {
  const friends = new Friends();
  friends.replaceList(list(1, ["mina", Bond.FRIEND]));
  friends.invited(invitation("mina", "ABC234"));
  friends.replaceList(list(2));
  assert.equal(friends.waiting, 0);
});

test("nothing of one person is left for the next", () => {
  const friends = new Friends();
  friends.replaceList(list(9, ["mina", Bond.FRIEND]));
  friends.invited(invitation("mina", "ABC234"));
  friends.clear();
  assert.equal(friends.waiting, 0);
  friends.replaceList(list(1, ["jun", Bond.FRIEND]));
  assert.deepEqual(
    friends.of(Bond.FRIEND).map((f) => f.name),
    ["jun"],
  );
});

test("invitations are bounded: the oldest goes first", () => {
  const friends = new Friends();
  for (let i = 0; i < 20; i++) friends.invited(invitation(`friend-${i}`, "ABC234"));
  assert.equal(friends.invitations.value.length, 8);
  assert.equal(friends.invitations.value[0]?.name, "friend-19");
});
